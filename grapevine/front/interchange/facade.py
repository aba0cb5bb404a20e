"""`grapevine import` and `grapevine convert`."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings

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
from grapevine.front.progress import Step
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
DELIVERED_MAX = 10_000
"""Events that an import delivers by itself; a running worker takes the rest."""
AT_ONCE = 500


def load(sources: Sequence[Source], folder: Path, rejects: Rejects) -> dict[str, Tally]:
    """Import the files one after the other and return how each went."""
    tallies: dict[str, Tally] = {}
    for source in sources:
        job = FileImport(source, folder, rejects)
        with Step(f"导入 / importing {source.table.name}", source.rows) as step:
            for done in job.run():
                step.advance(done)
        tallies[source.table.name] = job.tally
    return tallies


def deliver(*, as_then: bool = False) -> None:
    """Tell the house what has happened, as far as this command waits for it."""
    with Step("传达事件 / delivering events") as step:
        while step.done < DELIVERED_MAX:
            finished = signals.drain(AT_ONCE, as_then=as_then)
            step.advance(finished)
            if not finished:
                break


def import_folder(path: str | Path) -> int:
    """Import a folder and say what happened; 0 when every row is in, 1 when some were rejected.

    Raises ImportRefused, having changed nothing, when the folder as a whole cannot be read.
    Running it again imports only what is missing.
    """
    folder = Path(path)
    sources = survey(folder)
    with Rejects(folder, settings.HOME / "imports") as rejects:
        tallies = load(sources, folder, rejects)
    deliver()
    with Step("找出热门 / finding what is popular"):
        discovery.count_popular()
    insight.after_import(Step)
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
        with Step(f"转换 / converting {format}"):
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
