"""What the rest of the house may call. What needs the engine is loaded only when it is called."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.utils.module_loading import import_string

from grapevine.insight.actions.advising import guide
from grapevine.insight.actions.erasing import forget_customer, forget_own_asset
from grapevine.insight.actions.following import set_manager as set_shop_manager
from grapevine.insight.actions.telling import tell_shop_weeks
from grapevine.insight.queries.cube import ask, peaks_of
from grapevine.insight.queries.fans import network_of
from grapevine.insight.queries.own_asset import own_asset
from grapevine.insight.queries.portraits import own_customer
from grapevine.insight.queries.stages import stage_of, stage_rows
from grapevine.insight.queries.traces import traces_of
from grapevine.insight.queries.trees import ended_on, tree_of
from grapevine.insight.queries.windows import today
from grapevine.insight.rules.holidays import is_holiday_week
from grapevine.signals import facade as signals

__all__ = [
    "after_import",
    "ask",
    "build",
    "build_cube",
    "build_journeys",
    "build_trees",
    "count_people",
    "count_shop_weeks",
    "ended_on",
    "evaluate_command",
    "forget_customer",
    "forget_own_asset",
    "guide",
    "is_holiday_week",
    "judge_shops",
    "lake_append",
    "lake_rebuild",
    "lake_status",
    "network_of",
    "own_asset",
    "own_customer",
    "own_log",
    "path_of",
    "peaks_of",
    "read_trials",
    "set_shop_manager",
    "stage_of",
    "stage_rows",
    "tell_shop_weeks",
    "today",
    "traces_of",
    "train",
    "train_heads",
    "train_shop_leaving",
    "tree_of",
    "viewed_not_bought",
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


def build_trees() -> int:
    """Make every shop's decision tree up to yesterday; returns of how many shops."""
    count: int = import_string("grapevine.insight.planting.plant")().shops
    return count


def count_people() -> dict[str, int]:
    """Count every shop's people, forecasts and places anew; returns how many shops and people."""
    counted: dict[str, int] = import_string("grapevine.insight.customers.counting.count")()
    return counted


def build_journeys() -> None:
    """Count people's ways through the shops anew, and look which goods rise."""
    import_string("grapevine.insight.jobs.journeys")()


def after_import(
    step: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> None:
    """Take in what was imported, so that consoles show it at once. Each part runs inside a `step`, told what it does."""
    signals.seal()
    parts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("汇总数字 / counting the figures", build),
        ("建数据立方 / building the cube", build_cube),
        ("建决策树 / building the trees", build_trees),
        ("汇总顾客 / counting the customers", count_people),
        ("整理购买路径 / following the journeys", build_journeys),
        ("看什么影响了下单 / finding what led to orders", _count_influence),
    )
    for words, part in parts:
        with step(words):
            part()


def _count_influence() -> None:
    import_string("grapevine.insight.jobs.influence")()


def own_log(person_id: int) -> list[dict[str, Any]]:
    """The latest thousand rows of the log that are this person's, newest first, for their export."""
    return [{**row, "ts": row["ts"].isoformat()} for row in reversed(path_of(person_id))]


def lake_status() -> list[str]:
    """How the lake stands, in words."""
    lines: list[str] = import_string("grapevine.insight.keeping.status")()
    return lines


def lake_rebuild() -> list[str]:
    """Make the lake anew from packed spool files and the outbox, and every rollup with it; says how it stands then."""
    import_string("grapevine.insight.keeping.rebuild")()
    build()
    return lake_status()


def path_of(person_id: int, *, limit: int = 1_000) -> list[dict[str, Any]]:
    """What one person did, oldest first: pages and domain events, also of visits before they signed in."""
    found: list[dict[str, Any]] = import_string("grapevine.insight.paths.path_of")(
        person_id, limit=limit
    )
    return found


def viewed_not_bought(goods_public_id: str, goods_id: int, *, times: int = 3) -> list[int]:
    """People who opened this page so often and have no paid order of it, by id."""
    found: list[int] = import_string("grapevine.insight.paths.viewed_not_bought")(
        goods_public_id, goods_id, times=times
    )
    return found


def train_heads() -> dict[str, Any]:
    """Only the ranking heads, on the log as it is in the lake; the card, with `published` and, if not, why."""
    card: dict[str, Any] = import_string("grapevine.insight.heads.train_heads")()
    return card


def train() -> dict[str, Any]:
    """Train on the lake and publish the artifacts; returns what was trained, under `heads` the ranking heads."""
    report: dict[str, Any] = import_string("grapevine.insight.training.train")()
    return report | {"heads": import_string("grapevine.insight.heads.train_heads")()}


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


def read_trials() -> int:
    """Read every experiment that is under watch from the log now; returns how many."""
    count: int = import_string("grapevine.insight.trialing.read_all")()
    return count


def count_shop_weeks() -> int:
    """Count shops' weeks anew where they may have changed; returns how many rows were written."""
    written: int = import_string("grapevine.insight.shopcare.count")()
    return written


def judge_shops(*, is_counted: bool = False) -> dict[str, int]:
    """Count shops' weeks (unless that `is_counted` just now), judge every shop, and open what there is to follow up. Twice is once."""
    report: dict[str, int] = import_string("grapevine.insight.shopcare.care")(is_counted=is_counted)
    return report


def train_shop_leaving() -> dict[str, Any]:
    """Learn which shops leave and publish the model if it proves itself; returns its card."""
    card: dict[str, Any] = import_string("grapevine.insight.shopcare.train")()
    return card
