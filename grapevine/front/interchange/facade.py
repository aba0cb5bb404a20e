"""`grapevine import` and `grapevine convert`."""

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grapevine.discovery import facade as discovery
from grapevine.front.interchange.converters import (
    beibei,
    beidian,
    ciao_full,
    completejourney,
    lastfm,
    shopify,
)
from grapevine.front.interchange.errors import ConvertRefused
from grapevine.front.interchange.importing import FileImport, Tally
from grapevine.front.interchange.reading import Source, survey
from grapevine.front.interchange.rejects import Rejects
from grapevine.insight import facade as insight
from grapevine.signals import facade as signals

CONVERTERS: dict[str, Callable[[Path, Path], dict[str, int]]] = {
    "beidian": beidian.convert,
    "beibei": beibei.convert,
    "ciao_full": ciao_full.convert,
    "completejourney": completejourney.convert,
    "lastfm": lastfm.convert,
    "shopify": shopify.convert,
}


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:>8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=sys.stderr),
        transient=True,
    )


def load(sources: Sequence[Source], folder: Path, rejects: Rejects) -> dict[str, Tally]:
    """Import the files one after the other and return how each went."""
    tallies: dict[str, Tally] = {}
    with _progress() as progress:
        for source in sources:
            bar = progress.add_task(source.table.name, total=source.rows)
            job = FileImport(source, folder, rejects)
            for done in job.run():
                progress.advance(bar, done)
            tallies[source.table.name] = job.tally
    return tallies


def import_folder(path: str | Path) -> int:
    """Import a folder and say what happened; 0 when every row is in, 1 when some were rejected.

    Raises ImportRefused, having changed nothing, when the folder as a whole cannot be read.
    Running it again imports only what is missing.
    """
    folder = Path(path)
    sources = survey(folder)
    with Rejects(folder, settings.HOME / "imports") as rejects:
        tallies = load(sources, folder, rejects)
    signals.drain()
    discovery.count_popular()
    insight.after_import()
    _report(tallies, rejects)
    return 1 if rejects.count else 0


def _report(tallies: dict[str, Tally], rejects: Rejects) -> None:
    for name, tally in tallies.items():
        known = f"，{tally.known} 已有 / already there" if tally.known else ""
        wrong = f"，{tally.rejected} 未导入 / rejected" if tally.rejected else ""
        _say(f"{name:>8}  {tally.imported} 已导入 / imported{known}{wrong}")
    if rejects.count:
        _say(f"每一行的原因 / the reason for each row: {rejects.path}")


def convert(*, format: str, source: str | Path, target: str | Path) -> int:  # noqa: A002  its name on the command line
    """Write `source` as an interchange folder at `target`, which must be new or empty.

    The folder appears when it is complete; a refused conversion leaves nothing behind.
    """
    origin, goal = Path(source), Path(target)
    if format not in CONVERTERS:
        known = ", ".join(CONVERTERS)
        raise ConvertRefused(reason=f"不认识的格式 / unknown format: {format}; {known}")
    if not origin.exists():
        raise ConvertRefused(reason=f"{origin}: 找不到 / not found")
    if goal.exists() and (not goal.is_dir() or any(goal.iterdir())):
        raise ConvertRefused(reason=f"{goal}: 已经有内容 / is not empty")
    half_made = goal.with_name(f".{goal.name}.part")
    shutil.rmtree(half_made, ignore_errors=True)
    try:
        counts = CONVERTERS[format](origin, half_made)
        if goal.exists():
            goal.rmdir()
        half_made.rename(goal)
    finally:
        shutil.rmtree(half_made, ignore_errors=True)
    for name, count in counts.items():
        _say(f"{name:>8}  {count}")
    return 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command speaks to who called it
