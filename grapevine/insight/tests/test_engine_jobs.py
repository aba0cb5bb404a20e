"""Every job that opens the engine keeps the same on PySpark as on DuckDB, column by column."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import time_machine
from django.db import models, transaction
from django.test import override_settings

from grapevine.insight import (
    building,
    circles,
    cubing,
    engine,
    firsts,
    heads,
    hits,
    influencing,
    journeys,
    lake,
    paths,
    shopcare,
    training,
    trialing,
)
from grapevine.insight.customers import behaviour, counting
from grapevine.insight.measures import ASPECTS
from grapevine.insight.models import (
    BuiltDay,
    CubeBlock,
    Customer,
    DailyFact,
    GoodsFact,
    HourFact,
    InfluenceCell,
    InfluencedOrder,
    JourneyBlock,
    PulseCell,
    RegionFact,
    ShopWeek,
    TrialProof,
)
from grapevine.insight.rules.packing import unpacked
from grapevine.insight.tests.lot import DAYS, EXPERIMENT, NOW, Lot
from grapevine.insight.trialing import Frame
from grapevine.signals.facade import UnitKind

LAST = date(2026, 11, 29)
MOMENTS = {"built_at", "counted_at", "id", "at"}
Found = dict[str, Any]


@pytest.fixture
def lot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lot]:
    monkeypatch.setattr("grapevine.insight.rules.influence.FOLLOWERS", 3)
    with time_machine.travel(NOW - timedelta(days=60), tick=False):
        made = Lot(5)
    lake.write(list(made.rows()))
    with time_machine.travel(NOW, tick=False):
        yield made


def stored(*kinds: type[models.Model]) -> Found:
    found = {}
    for kind in kinds:
        names = [one.attname for one in kind._meta.concrete_fields if one.name not in MOMENTS]
        found[kind.__name__] = sorted(kind._default_manager.values_list(*names), key=repr)
    return found


def cells(kind: type[CubeBlock | JourneyBlock], names: Iterable[str]) -> list[Any]:
    found = []
    for block in kind._default_manager.order_by("shop_id", "day"):
        for name in names:
            data = bytes(getattr(block, name))
            if data:
                found.append((block.shop_id, block.day, name, _told(unpacked(data))))
    return found


def _told(cells: Any) -> list[Any]:
    columns = [[one.words[n] for n in one.codes] for one in cells.texts.values()]
    columns += [list(one) for one in cells.sums.values()]
    return sorted(zip(*columns, strict=True), key=repr)


def arrays(found: Any) -> Any:
    return {name: np.asarray(value).tolist() for name, value in asdict(found).items() if name != "sums"} | {
        name: np.asarray(value).tolist() for name, value in found.sums.items()
    }  # fmt: skip


def _facts(_lot: Lot) -> Found:
    building.build()
    return stored(BuiltDay, DailyFact, GoodsFact, HourFact, RegionFact)


def _cube(_lot: Lot) -> Found:
    cubing.build()
    return {"cells": cells(CubeBlock, ASPECTS)}


def _ways(lot: Lot) -> Found:
    journeys.build()
    goods_ids = {pk for shelf in lot.shelves.values() for pk, _ in shelf}
    met = {key: sorted(rows, key=repr) for key, rows in hits._people(LAST, goods_ids).items()}
    return stored(PulseCell) | {"hits": met, "ways": cells(JourneyBlock, journeys.BLOCKS)}


def _people(_lot: Lot) -> Found:
    today, weeks = behaviour.looked_back(NOW)
    counting.count()
    return {"today": today, "weeks": weeks, **stored(Customer)}


def _shops(_lot: Lot) -> Found:
    assert shopcare.count() > 0
    return stored(ShopWeek)


def _influence(_lot: Lot) -> Found:
    assert influencing.build() > 0
    return stored(InfluencedOrder, InfluenceCell)


def _trials(lot: Lot) -> Found:
    found: Found = {}
    first = NOW - timedelta(days=20)
    for kind in (UnitKind.PERSON, UnitKind.GOODS):
        frame = Frame(
            kind, lot.stalls[0].id, "shop.slot", 5, first, NOW, NOW, kind == UnitKind.GOODS
        )
        units = trialing.units_of(frame, EXPERIMENT[str(kind)], ["popular", "model"])
        assert units is not None
        found[str(kind)] = (arrays(units[0]), units[1])
    trialing.prove(draws=3)
    with engine.opened() as connection:
        log = engine.log(connection, lake.days())
        assert log is not None
        ties = sorted(map(repr, engine.rows(circles._ties(log))))
    return found | stored(TrialProof) | {"ties": ties}


def _models(_lot: Lot) -> Found:
    lessons = training._lessons()
    assert isinstance(lessons, training.Lessons)
    told = [lessons.people, lessons.items, lessons.pairs.tolist(), list(lessons.since), lessons.ties.toarray().tolist()]  # fmt: skip
    return {"lessons": told, "happenings": heads._happenings(DAYS)}


def _paths(lot: Lot) -> Found:
    pk, public = next(iter(lot.shelves.values()))[0]
    return {
        "path": paths.path_of(lot.people[3], limit=50),
        "viewed": paths.viewed_not_bought(public, pk, times=1),
    }


JOBS: tuple[Callable[[Lot], Found], ...] = (
    _facts, _cube, _ways, _people, _shops, _influence, _trials, _models, _paths,
)  # fmt: skip


def told_by(name: str, job: Callable[[Lot], Found], lot: Lot) -> Found:
    """What a job keeps and answers, by this engine alone, from nothing."""
    firsts.forget()
    with override_settings(ANALYTICS_ENGINE=name), transaction.atomic():
        found = job(lot)
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def _session() -> Iterator[None]:
    """One for all jobs: each by itself would begin its own."""
    if find_spec("pyspark") is None:
        pytest.skip("left out: PySpark is not installed (make test-spark)")
    with engine.opened("pyspark"):
        yield


@pytest.mark.django_db
@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("_session")
@pytest.mark.parametrize("job", JOBS, ids=[job.__name__.strip("_") for job in JOBS])
def test_pyspark_keeps_the_same(job: Callable[[Lot], Found], lot: Lot) -> None:
    ours, theirs = told_by("duckdb", job, lot), told_by("pyspark", job, lot)
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert len(value), name
        assert theirs[name] == value, name
