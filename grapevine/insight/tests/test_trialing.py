"""Experiments read from the log: each counted exactly, by person, by share community and by goods."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
import time_machine

from grapevine.insight import lake, trialing
from grapevine.insight.models import TrialProof, TrialReading
from grapevine.insight.rules.trials.communities import communities
from grapevine.insight.trialing import Frame
from grapevine.signals import facade as signals
from grapevine.signals.facade import EXPOSED, ExperimentView, NewExperiment, State, UnitKind

START = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
NOW = START + timedelta(days=20)
SHOP = 7


def row(verb: str, person: int, at: datetime, **more: Any) -> dict[str, Any]:
    name = f"{verb}-{person}-{at.timestamp()}-{more.get('object_id', '')}"
    made = {"id": name, "ts": at.isoformat(), "verb": verb, "person_id": person, "shop_id": SHOP, "props": "{}"}  # fmt: skip
    return made | more


def exposed(one: str, person: int, at: datetime, arm: str, cluster: int | None = None) -> dict[str, Any]:  # fmt: skip
    told = "null" if cluster is None else str(cluster)
    props = f'{{"arm": "{arm}", "version": 1, "cluster": {told}}}'
    return row(EXPOSED, person, at, shop_id=None, object_type="experiment", object_id=one, props=props)  # fmt: skip


def paid(person: int, at: datetime, minor: int, verb: str = "trade.order_paid", word: str = "total_minor") -> dict[str, Any]:  # fmt: skip
    return row(verb, person, at, props=f'{{"{word}": {minor}, "goods_ids": [1]}}')


def started(unit: str = "person", **more: Any) -> ExperimentView:
    given: dict[str, Any] = {
        "knob": "shop.slot", "primary": "ctr", "window_days": 5, "planned_units": 400,
        "guardrails": {"hides": "stop"}, "shares": {"popular": 5_000, "model": 5_000},
    }  # fmt: skip
    new = NewExperiment(name="位置", hypothesis="模型更准", unit=unit, **{**given, **more})
    with time_machine.travel(START, tick=False):
        made = signals.draft_experiment(new=new, shop_id=SHOP, by_id=1)
        return signals.start_experiment(public_id=made.public_id, shop_id=SHOP)


def life(one: str, person: int, chance: Random, *, hides: float) -> Iterator[dict[str, Any]]:
    """Somebody who was here before, is shown an arm within ten days, and clicks three times as often under the model."""
    arm = "model" if person % 2 else "popular"
    at = START + timedelta(minutes=chance.randrange(10 * 1440))
    yield row("view", person, at - timedelta(days=9))
    yield exposed(one, person, at, arm)
    yield exposed(one, person, at + timedelta(days=1), arm)
    for n in range(6):
        moment = at + timedelta(minutes=n + 1)
        place = {"surface": "shop.slot", "object_type": "goods", "object_id": f"g{n}"}
        yield row("impression", person, moment, **place)
        yield row(
            "impression", person, moment, object_id=f"x{n}", surface="shop"
        )  # not of the slot
        if chance.random() < (0.3 if arm == "model" else 0.1):
            yield row("click", person, moment, **place)
    if arm == "model" and chance.random() < hides:
        yield row("hide", person, at + timedelta(hours=1))


@pytest.mark.django_db
def test_a_planted_effect_is_read_exactly_and_a_broken_guardrail_stops_it() -> None:
    one = started()
    chance = Random(3)
    rows = [event for person in range(1, 601) for event in life(one.public_id, person, chance, hides=0.25)]  # fmt: skip
    at = START + timedelta(days=1)
    odd = [
        exposed(one.public_id, 9_001, at, "model"), exposed(one.public_id, 9_001, at + timedelta(days=2), "popular"),
        exposed(one.public_id, 9_002, at, "model"), paid(9_002, at + timedelta(days=4, hours=23), 700),
        paid(9_002, at + timedelta(days=5), 50_000), paid(9_002, at - timedelta(days=3), 90_000),
        row("trade.order_paid", 9_002, at + timedelta(days=1), shop_id=8, props='{"total_minor": 1000}'),
        paid(9_002, at + timedelta(days=2), 200, "trade.order_refunded", "amount_minor"),
        exposed(one.public_id, 9_003, NOW - timedelta(days=4), "model"),
    ]  # fmt: skip
    lake.write([*rows, *odd])
    frame = Frame(UnitKind.PERSON, SHOP, "shop.slot", 5, START, NOW, NOW)
    with time_machine.travel(NOW, tick=False):
        found = trialing.units_of(frame, one.public_id, ["popular", "model"])
        assert found is not None
        units, mixed = found
        assert (len(units.arm), mixed) == (602, 1)  # 9001 saw both
        mine = int(np.flatnonzero(units.entered == at.timestamp())[0])
        assert units.sums["paid_minor"][mine] == 700
        assert units.sums["refunded_minor"][mine] == 200
        assert units.before[mine].tolist() == [0, 0, 1, 90_000, 0, 0, 0, 0]
        clicks = sum(event["verb"] == "click" for event in rows)
        assert (units.sums["clicks"].sum(), units.sums["shown"].sum()) == (clicks, 3_600)
        assert units.before[:, 7].sum() == 600
        assert trialing.read_all() == 1
    body = TrialReading.objects.get(experiment=one.public_id).body
    assert body["entered"] == {"popular": 300, "model": 302}
    assert body["counted"] == {"popular": 300, "model": 301}  # 9003 is still watched
    ctr = body["measures"]["ctr"]["model"]
    assert ctr["verdict"] == "better"
    assert ctr["relative_low"] < 2 < ctr["relative_high"]
    assert body["measures"]["gmv"]["model"]["verdict"] == "few"
    assert not body["mismatch"]["is_off"]
    assert (body["history"][0]["day"], body["history"][-1]["day"]) == ("2026-11-01", "2026-11-21")
    assert [guard["broken"] for guard in body["guardrails"]] == [["model"]]
    stopped = signals.experiment_of(one.public_id)
    assert (stopped.state, stopped.stop_reason) == (State.STOPPED, "guardrail:hides")


@pytest.mark.django_db
def test_communities_are_found_capped_and_read_as_units() -> None:
    pairs = [(10 * g + a, 10 * g + b, 3) for g in range(1, 31) for a in range(5) for b in range(a)]
    bridges = [(10 * g, 10 * g + 10, 1) for g in range(1, 30)]
    found = communities([*pairs, *bridges])
    assert len(set(found.values())) == 30
    assert found[14] == found[10] == 10
    star = communities([(1, n, 1) for n in range(2, 500)], size_max=50)
    sizes = np.bincount(list(star.values()))
    assert sizes.max() == 50
    lake.write([
        row("spread.order_brought", a, START - timedelta(days=9), object_id=str(b), props=f'{{"buyer_id": {b}}}')
        for a, b, _times in [*pairs, *pairs, *bridges]
    ])  # fmt: skip
    assert trialing.count_communities() == 150
    one = started("cluster")
    shown = {person: signals.variant("shop.slot", shop_id=SHOP, person_id=person) for person in found}  # fmt: skip
    assert len({(cluster, shown[person].arm) for person, cluster in found.items()}) == 30
    rows = []
    for person, variant in shown.items():
        at = START + timedelta(hours=person)
        rows += [exposed(one.public_id, person, at, variant.arm, variant.cluster), row("impression", person, at, surface="shop.slot")]  # fmt: skip
    lake.write(rows)
    frame = Frame(UnitKind.CLUSTER, SHOP, "shop.slot", 5, START, NOW, NOW)
    read = trialing.units_of(frame, one.public_id, ["popular", "model"])
    assert read is not None
    assert len(read[0].arm) == 30
    assert read[0].sums["people"].tolist() == [5.0] * 30
    assert read[0].sums["shown"].tolist() == [5.0] * 30
    assert (read[0].ripe - read[0].entered).tolist() == [10 * 86_400.0] * 30


@pytest.mark.django_db
def test_nothing_is_found_where_nothing_differs_and_the_proof_is_kept() -> None:
    chance = Random(5)
    rows = []
    for person in range(1, 501):
        at = NOW - timedelta(minutes=chance.randrange(30 * 1440))
        for n in range(chance.randrange(1, 8)):
            moment = at + timedelta(minutes=n)
            rows.append(row("impression", person, moment, object_id=f"g{n}"))
            if chance.random() < 0.2:
                rows.append(row("click", person, moment, object_id=f"g{n}"))
        if chance.random() < 0.2:
            rows.append(paid(person, at + timedelta(days=1), chance.randrange(100, 9_000)))
    lake.write(rows)
    with time_machine.travel(NOW, tick=False):
        body = trialing.prove(draws=60)
    assert body is not None
    assert TrialProof.objects.get().body == body
    for told in body["measures"].values():
        assert told["told"] == 60
        assert told["alarms"] <= 3
        assert sum(told["bins"]) == 60
