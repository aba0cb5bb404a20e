"""Who gets which arm: evenly, always the same, in one experiment of a layer at a time; and what the log hears of it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grapevine.signals import drawing, facade as signals, knobs
from grapevine.signals.experiments import (
    ExperimentMoved,
    ExperimentNotFound,
    LayerFull,
    LayerOfOthers,
)
from grapevine.signals.facade import (
    Arm,
    ExperimentView,
    Knob,
    NewExperiment,
    State,
    Touching,
    UnitKind,
    WrongExperiment,
)
from grapevine.signals.models import Assignment

LAMP = Knob(
    "lamp", "Lamp", (Arm("off", "Off"), Arm("on", "On"), Arm("dim", "Dim")), "off", "on",
    (UnitKind.PERSON, UnitKind.CLUSTER), ("ctr", "gmv"),
)  # fmt: skip
SIGN = Knob(
    "sign", "Sign", (Arm("red", "Red"), Arm("blue", "Blue")), "red", "red",
    (UnitKind.PERSON, UnitKind.GOODS), ("gmv",), can_last=False,
)  # fmt: skip
HALVES = {"off": 5_000, "on": 5_000}


@pytest.fixture(autouse=True)
def _knobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knobs, "_knobs", {"lamp": LAMP, "sign": SIGN})


def made(shop_id: int = 7, shares: Mapping[str, int] = HALVES, **more: Any) -> ExperimentView:
    given: dict[str, Any] = {"knob": "lamp", "primary": "gmv", "unit": "person"}
    new = NewExperiment(name="Lamp", hypothesis="Light sells", shares=shares, **{**given, **more})
    found = signals.draft_experiment(new=new, shop_id=shop_id, by_id=1)
    return signals.start_experiment(public_id=found.public_id, shop_id=shop_id)


def arm(person_id: int, shop_id: int = 7, knob: str = "lamp", **more: Any) -> tuple[str, int]:
    found = signals.variant(knob, shop_id=shop_id, person_id=person_id, **more)
    return found.arm, found.experiment


def rows() -> list[dict[str, Any]]:
    signals.seal()
    return [
        json.loads(line)
        for path in sorted(settings.SPOOL_DIR.glob("*.ready"))
        for line in path.read_text().splitlines()
    ]


def test_a_price_is_never_an_experiment_and_a_term_is_the_same_for_all_who_look() -> None:
    price = replace(SIGN, name="sign.price", touches=Touching.PRICE, units=(UnitKind.GOODS,))
    with pytest.raises(ValueError, match="nobody's price"):
        signals.register_knob(price)
    terms = replace(SIGN, name="sign.terms", touches=Touching.TERMS)
    with pytest.raises(ValueError, match="the same for everybody"):
        signals.register_knob(terms)
    signals.register_knob(replace(terms, units=(UnitKind.GOODS,)))
    assert {knob.name for knob in signals.knobs()} == {"lamp", "sign", "sign.terms"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["goods.price", "price", "shop.discount"])
def test_asking_for_a_price_experiment_says_why_there_is_none(name: str) -> None:
    new = NewExperiment(
        knob=name, name="Price", hypothesis="Dearer", primary="gmv", unit="person", shares=HALVES
    )
    with pytest.raises(WrongExperiment) as refused:
        signals.draft_experiment(new=new, shop_id=7, by_id=1)
    assert "一个价" in refused.value.fields["knob"]


def test_draws_are_even_and_those_of_layer_and_arm_are_independent() -> None:
    key = b"a key"
    shares = {"a": 2_000, "b": 8_000}
    arms = [drawing.arm_of(key, "one", f"p{n}", shares) for n in range(20_000)]
    assert Counter(arms)["a"] == pytest.approx(4_000, abs=170)  # three standard deviations
    asked = [drawing.is_asked(key, "x", f"p{n}", first=0, count=5_000) for n in range(20_000)]
    both = sum(one and name == "a" for one, name in zip(asked, arms, strict=True))
    assert sum(asked) == pytest.approx(10_000, abs=220)
    assert both == pytest.approx(2_000, abs=130)
    assert arms == [drawing.arm_of(key, "one", f"p{n}", shares) for n in range(20_000)]
    other = [drawing.arm_of(b"another", "one", f"p{n}", shares) for n in range(20_000)]
    assert sum(map(str.__eq__, arms, other)) == pytest.approx(20_000 * 0.68, abs=250)


@pytest.mark.parametrize(("taken", "count", "found"), [
    ([], 10_000, 0), ([(0, 5_000)], 5_000, 5_000), ([(0, 5_000)], 5_001, None),
    ([(2_000, 3_000)], 2_000, 0), ([(2_000, 3_000)], 2_001, 5_000), ([(0, 10_000)], 1, None),
])  # fmt: skip
def test_parts_of_a_layer_do_not_overlap(
    taken: list[tuple[int, int]], count: int, found: int | None
) -> None:
    assert drawing.free_part(taken, count) == found


@pytest.mark.django_db
def test_a_person_keeps_the_arm_through_new_shares_and_is_logged_once_a_day() -> None:
    one = made()
    before = {person: arm(person) for person in range(80)}
    assert Counter(name for name, _ in before.values()).keys() == {"off", "on"}
    assert rows() == []  # looking is no exposure
    shown = [person for person, (name, _) in before.items() if name == "off"][:20]
    with time_machine.travel(datetime(2026, 11, 3, 4, tzinfo=UTC), tick=False):
        for person in [*shown, *shown]:
            signals.expose(signals.variant("lamp", shop_id=7, person_id=person))
        assert len(rows()) == len(shown)
    with time_machine.travel(datetime(2026, 11, 4, 4, tzinfo=UTC), tick=False):
        signals.expose(signals.variant("lamp", shop_id=7, person_id=shown[0]))
    told = rows()
    assert len(told) == len(shown) + 1 == len({row["id"] for row in told})
    assert told[0]["verb"] == "experiment.exposed"
    assert told[0]["object_id"] == one.public_id
    assert json.loads(told[0]["props"]) == {"arm": "off", "version": 1, "cluster": None}
    assert told[0]["person_id"] == shown[0]
    assert "shop_id" not in told[0]
    two = signals.change_shares(
        public_id=one.public_id, shop_id=7, shares={"off": 1, "on": 9_999}, traffic_bps=10_000,
        by_id=1,
    )  # fmt: skip
    assert {arm(person) for person in shown} == {("off", one.id)}
    unseen = [arm(person)[0] for person in range(80) if person not in shown]
    assert unseen.count("on") == len(unseen)
    versions = signals.experiment_of(one.public_id, 7).versions
    assert [(row.number, dict(row.shares)) for row in versions] == [(1, HALVES), (2, two.shares)]
    signals.forget(shown[0])
    assert not Assignment.objects.filter(person_id=shown[0]).exists()


@pytest.mark.django_db
def test_a_browser_keeps_its_arm_as_a_person_and_a_community_is_drawn_as_one() -> None:
    one = made()
    browsers = {n: signals.variant("lamp", shop_id=7, visitor_id=f"b{n}") for n in range(30)}
    for found in browsers.values():
        signals.expose(found)
    for n, found in browsers.items():
        as_person = signals.variant("lamp", shop_id=7, person_id=n, visitor_id=f"b{n}")
        assert (as_person.arm, as_person.unit) == (found.arm, f"p{n}")
        signals.expose(as_person)
        assert arm(n) == (found.arm, one.id)
    signals.stop_experiment(public_id=one.public_id, shop_id=7, reason="enough")
    assert signals.set_clusters({person: person // 10 for person in range(100)}) == 1
    two = made(unit="cluster")
    by_cluster: dict[int, set[str]] = {}
    for person in range(100):
        by_cluster.setdefault(person // 10, set()).add(arm(person)[0])
    assert {len(arms) for arms in by_cluster.values()} == {1}
    assert set.union(*by_cluster.values()) == {"off", "on"}
    signals.expose(signals.variant("lamp", shop_id=7, person_id=5))
    kept = arm(5)[0]
    others = {"off": 1, "on": 9_999} if kept == "off" else {"off": 9_999, "on": 1}
    signals.change_shares(
        public_id=two.public_id, shop_id=7, shares=others, traffic_bps=10_000, by_id=1
    )
    assert {arm(person)[0] for person in range(10)} == {kept}  # none of them is torn away from 5
    assert signals.set_clusters({1: 1}) == 2
    assert {arm(person)[0] for person in range(10)} == {
        kept
    }  # it still draws by the first counting


@pytest.mark.django_db
def test_experiments_of_a_layer_share_nobody_and_do_not_fit_when_it_is_full() -> None:
    a = made(traffic_bps=3_000, layer="light")
    b = made(traffic_bps=6_000, layer="light", knob="sign", shares={"red": 5_000, "blue": 5_000})
    people = range(120)
    lamp = {n for n in people if arm(n)[1] == a.id}
    sign = {n for n in people if arm(n, knob="sign")[1] == b.id}
    assert not lamp & sign
    assert len(lamp) == pytest.approx(36, abs=16)
    assert len(sign) == pytest.approx(72, abs=17)
    assert {arm(n) for n in [*people][:40] if n not in lamp} == {
        ("on", 0)
    }  # the default, in no experiment
    with pytest.raises(LayerFull):
        made(traffic_bps=1_001, layer="light")
    with pytest.raises(LayerOfOthers):
        made(traffic_bps=1_000, layer="light", unit="cluster")
    with pytest.raises(LayerFull):
        signals.change_shares(
            public_id=a.public_id, shop_id=7, shares=HALVES, traffic_bps=4_001, by_id=1
        )
    signals.change_shares(
        public_id=a.public_id, shop_id=7, shares=HALVES, traffic_bps=1_000, by_id=1
    )
    assert {n for n in people if arm(n)[1] == a.id} < lamp


@pytest.mark.django_db
def test_states_go_one_way_and_what_was_decided_is_in_force() -> None:
    one = made()
    name, shop = one.public_id, 7
    with pytest.raises(ExperimentMoved):
        signals.start_experiment(public_id=name, shop_id=shop)
    with pytest.raises(ExperimentMoved):
        signals.decide_experiment(public_id=name, shop_id=shop, arm="off", reason="early")
    with pytest.raises(ExperimentNotFound):
        signals.stop_experiment(public_id=name, shop_id=8, reason="not mine")
    with pytest.raises(WrongExperiment):
        signals.stop_experiment(public_id=name, shop_id=shop, reason=" ")
    assert arm(1, shop_id=8) == ("on", 0)
    signals.stop_experiment(public_id=name, shop_id=shop, reason="seen enough")
    assert arm(1) == ("on", 0)
    with pytest.raises(WrongExperiment):
        signals.decide_experiment(public_id=name, shop_id=shop, arm="dim", reason="never asked")
    done = signals.decide_experiment(public_id=name, shop_id=shop, arm="off", reason="cheaper")
    assert (done.state, done.decision, done.is_in_force) == (State.DECIDED, "off", True)
    assert arm(1) == ("off", 0)
    assert arm(1, shop_id=8) == ("on", 0)
    two = made(traffic_bps=5_000)
    assert {arm(n) for n in range(60)} == {("off", 0), ("off", two.id), ("on", two.id)}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        arm(1, shop_id=8)
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        arm(1)
    assert len(asked) == 2


@pytest.mark.django_db
def test_what_does_not_fit_is_refused_with_every_reason() -> None:
    with pytest.raises(WrongExperiment) as refused:
        made(
            unit="goods", primary="fill", shares={"on": 9_000, "dim": 1_000}, window_days=29,
            guardrails={"reports": "shout"}, min_effect_bps=0, traffic_bps=0,
        )  # fmt: skip
    assert set(refused.value.fields) == {
        "unit", "primary", "shares", "window_days", "guardrails", "min_effect", "traffic",
    }  # fmt: skip
    with pytest.raises(WrongExperiment):
        made(knob="nothing")
