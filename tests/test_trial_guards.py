"""Guardrails are read like measures, whatever is drawn; one that is broken stops the experiment, and its owners hear why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
import time_machine

from grapevine.campaigns.actions.sizes import SIZE
from grapevine.campaigns.models import GroupPlan
from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.insight import lake, trialing
from grapevine.insight.models import TrialReading
from grapevine.insight.rules.trials.effects import GUARDS
from grapevine.insight.tests.crowd import browser, owner
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.reach.models import Notice
from grapevine.signals import facade as signals
from grapevine.signals.facade import (  # fmt: skip
    EXPOSED,
    ExperimentView,
    NewExperiment,
    State,
    UnitKind,
    WrongExperiment,
)

START = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)
COUNT = 80
pytestmark = pytest.mark.django_db


def row(verb: str, at: datetime, name: str, shop: int | None, props: str = "{}", **more: Any) -> dict[str, Any]:  # fmt: skip
    made = {"id": f"{verb}-{name}", "ts": at.isoformat(), "verb": verb, "shop_id": shop, "props": props}  # fmt: skip
    return made | more


def life(one: str, pk: int, shop: int, chance: Random) -> Iterator[dict[str, Any]]:
    """Goods that sell alike; where fewer make a group a third of what is paid goes back, else a tenth."""
    arm = "fewer" if pk % 2 else "planned"
    props = f'{{"arm": "{arm}", "version": 1, "goods": {pk}}}'
    yield row(EXPOSED, START, f"{pk}", None, props, object_type="experiment", object_id=one)
    for n in range(12):
        at = START + timedelta(hours=1 + n)
        number = f"A{pk}-{n}"
        told = f'{{"order_number": "{number}", "goods_ids": [{pk}, 9], "total_minor": 2000}}'
        yield row("trade.order_paid", at, number, shop, told, person_id=n + 1)
        back = 0.33 if arm == "fewer" else 0.1
        if chance.random() < back:
            told = f'{{"order_number": "{number}", "amount_minor": 1000}}'
            yield row("trade.pieces_refunded", at + timedelta(hours=5), number, shop, told)
        if chance.random() < 0.1:
            told = (
                f'{{"case_number": "C{number}", "order_number": "{number}", "state": "requested"}}'
            )
            yield row("trade.after_sales_moved", at + timedelta(hours=4), number, shop, told)


def started(shop_id: int, **guardrails: str) -> ExperimentView:
    new = NewExperiment(
        knob="group.size", name="少一个人", hypothesis="成得快", primary="fill", unit="goods", window_days=5,
        shares={"planned": 5_000, "fewer": 5_000}, planned_units=COUNT, guardrails=guardrails,
    )  # fmt: skip
    with time_machine.travel(START, tick=False):
        made = signals.draft_experiment(new=new, shop_id=shop_id, by_id=1)
        return signals.start_experiment(public_id=made.public_id, shop_id=shop_id)


def test_goods_are_watched_and_a_broken_guardrail_ends_it_for_everybody() -> None:
    bob = owner("bob")
    shop = goods.open_shop(owner_id=bob, slug="halfday", name="半日", colour="#8d3b1f")
    one = started(shop.id, refunds="stop", complaints="warn", margin="warn")
    chance = Random(4)
    lake.write([event for pk in range(101, 101 + COUNT) for event in life(one.public_id, pk, shop.id, chance)])  # fmt: skip
    GroupPlan.objects.create(
        public_id="plan", goods_id=101, shop_id=shop.id, size=3, trial_size=2, price_minor=900,
        hours=24, made_at=START,
    )  # fmt: skip
    frame = trialing.Frame(UnitKind.GOODS, shop.id, "", 5, START, NOW, NOW)
    with time_machine.travel(NOW, tick=False):
        found = trialing.units_of(frame, one.public_id, ["planned", "fewer"])
        assert found is not None
        units, _mixed = found
        assert units.sums["orders"].tolist() == [12.0] * COUNT
        assert (
            units.sums["paid_minor"].tolist() == [12_000.0] * COUNT
        )  # the other half is goods 9's
        assert set(np.unique(units.sums["refunded_minor"] % 500)) == {0.0}
        assert units.before.shape == (COUNT, 5)
        assert trialing.read_all() == 1
        assert trialing.read_all() == 1  # it is told once
    told = {one["measure"]: one for one in TrialReading.objects.get().body["guardrails"]}
    assert told["refunds"]["broken"] == ["fewer"]
    assert told["refunds"]["arms"]["fewer"]["low"] > 0
    assert told["complaints"]["arms"]["fewer"]["is_enough"]
    assert told["complaints"]["broken"] == []
    assert told["margin"]["arms"]["fewer"]["verdict"] == "few"  # nobody told a cost
    stopped = signals.experiment_of(one.public_id)
    assert (stopped.state, stopped.stop_reason) == (State.STOPPED, "guardrail:refunds")
    assert signals.variant(SIZE.name, shop_id=shop.id, goods_id=101).arm == "planned"
    signals.drain()
    assert GroupPlan.objects.get().size_now == 3  # nobody waits for the minute's round
    notice = Notice.objects.get()
    assert (notice.person_id, notice.kind, notice.facts["variant"]) == (bob, "trial_stopped", "refunds")  # fmt: skip
    client = browser(bob)
    bell = client.get("/console/halfday/notices/").content.decode()
    assert "退款明显变多" in bell
    page = client.get(f"/console/halfday/experiments/{one.public_id}/").content.decode()
    for words in ("护栏触线，自动停下：退款占支付额", "所有人都已经回到原来的样子", "更差", "每单售后申请", "还太少", "护栏停下实验"):  # fmt: skip
        assert words in page, words
    trail = guard.trail(AuditFilter(object=f"experiment:{one.public_id}")).items
    assert [(step.action, step.actor_id) for step in trail] == [("trials.guard", None)]


def test_margin_is_what_pieces_leave_over_their_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    one = started(7, margin="stop")
    sold = [
        {"sku_id": pk, "goods_id": pk, "at": START + timedelta(days=1), "pieces": 2, "paid_minor": 2_000 + 20 * (pk % 10)}
        for pk in range(101, 101 + COUNT)
    ]  # fmt: skip
    costs = {pk: 900 if pk % 2 else 500 for pk in range(101, 101 + COUNT) if pk != 101}
    monkeypatch.setattr("grapevine.trade.facade.pieces_sold", lambda *_: iter(sold))
    monkeypatch.setattr("grapevine.goods.facade.costs_of_shop", lambda _: costs)
    lake.write([
        row(EXPOSED, START, str(pk), None, f'{{"arm": "{"fewer" if pk % 2 else "planned"}", "version": 1, "goods": {pk}}}', object_type="experiment", object_id=one.public_id)
        for pk in range(101, 101 + COUNT)
    ])  # fmt: skip
    with time_machine.travel(NOW, tick=False):
        trialing.read_all()
    (told,) = TrialReading.objects.get().body["guardrails"]
    assert told["arms"]["fewer"]["control"] == pytest.approx(540.0)  # 1040 on the mean, less 500
    assert told["arms"]["fewer"]["value"] < 200
    assert told["broken"] == ["fewer"]
    assert signals.experiment_of(one.public_id).stop_reason == "guardrail:margin"


def test_what_nobody_reads_is_not_accepted_and_operators_hear_of_the_platforms_own() -> None:
    assert set().union(*signals.GUARDS.values()) == set(GUARDS)
    wrong = NewExperiment(
        knob="shop.slot", name="位置", hypothesis="模型更准", primary="ctr", unit="person",
        shares={"popular": 5_000, "model": 5_000}, guardrails={"margin": "stop"},
    )  # fmt: skip
    with pytest.raises(WrongExperiment) as refused:
        signals.draft_experiment(new=wrong, shop_id=0, by_id=None)
    assert list(refused.value.fields) == ["guardrails"]
    boss = people.save_people_bulk([NewPerson("op", "Op", is_operator=True)])[0]
    owner("bob")
    new = replace(wrong, guardrails={"refunds": "stop"})
    for reason in ("看够了", "guardrail:refunds"):
        one = signals.draft_experiment(new=new, shop_id=0, by_id=None)
        signals.start_experiment(public_id=one.public_id, shop_id=0)
        signals.stop_experiment(public_id=one.public_id, shop_id=0, reason=reason)
    signals.drain()
    notice = Notice.objects.get()
    assert (notice.person_id, notice.kind, notice.facts["trial"]) == (boss, "own_trial_stopped", one.public_id)  # fmt: skip
    html = browser(boss).get("/notices/").content.decode()
    assert "退款明显变多" in html
    assert "own_trial_stopped" not in browser(boss).get("/notices/settings/").content.decode()
