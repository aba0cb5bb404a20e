"""What the rest of the house may call. What needs the engine is loaded only when it is called."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.module_loading import import_string

from grapevine.insight.queries.cube import ask, peaks_of
from grapevine.insight.queries.fans import network_of
from grapevine.insight.queries.windows import today, tree_of
from grapevine.signals import facade as signals

__all__ = [
    "after_import",
    "ask",
    "build",
    "build_cube",
    "evaluate_command",
    "lake_append",
    "network_of",
    "peaks_of",
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


def build_cube() -> int:
    """Count the days of the data cube whose rows changed; returns how many."""
    return len(import_string("grapevine.insight.cubing.build")().days)


def after_import() -> None:
    """Take in what was imported, so that consoles show it at once."""
    signals.seal()
    build()
    build_cube()


def train() -> dict[str, Any]:
    """Train on the lake and publish the artifacts; returns what was trained."""
    report: dict[str, Any] = import_string("grapevine.insight.training.train")()
    return report


def evaluate_command(folder: str, format: str, *, as_json: bool = False) -> None:  # noqa: A002
    """Measure the models on a data set and print the table; with `as_json` a JSON object comes last."""
    import_string("grapevine.insight.evaluation.command")(folder, format, as_json=as_json)
