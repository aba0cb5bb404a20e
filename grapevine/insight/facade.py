"""What the rest of the house may call. What needs the engine is loaded only when it is called."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.module_loading import import_string

from grapevine.insight.queries.cube import cube
from grapevine.insight.queries.fans import network_of
from grapevine.insight.queries.windows import today, tree_of
from grapevine.signals import facade as signals

__all__ = [
    "after_import",
    "build",
    "cube",
    "evaluate_command",
    "lake_append",
    "network_of",
    "today",
    "train",
    "tree_of",
]


def lake_append(rows: Iterable[Mapping[str, Any]]) -> None:
    """Add log rows (keys: LOG_COLUMNS); they count after the next build."""
    signals.record(rows)


def build() -> int:
    """Bring lake and rollups up to date now; returns how many days were rebuilt."""
    return len(import_string("grapevine.insight.building.build")())


def after_import() -> None:
    """Take in what was imported, so that consoles show it at once."""
    signals.seal()
    build()


def train() -> dict[str, Any]:
    """Train on the lake and publish the artifacts; returns what was trained."""
    report: dict[str, Any] = import_string("grapevine.insight.training.train")()
    return report


def evaluate_command(
    folder: str,
    format: str,  # noqa: A002  the word of the command line
    *,
    as_json: bool = False,
    seed: int = 0,
    refit: bool | None = None,
) -> None:
    """Measure the models on a data set: a table (on stderr with `as_json`) and a last line of JSON."""
    import_string("grapevine.insight.evaluation.command.evaluate")(
        folder, format, as_json=as_json, seed=seed, refit=refit
    )
