"""Whoever paid for goods that fail an inspection is told once; who did not is not."""

import io
import json
from typing import Any

import pytest
from django.apps import apps

from grapevine.goods import facade as goods
from grapevine.signals import facade as signals
from grapevine.trade import facade
from grapevine.trade.tests.cast import HOME, decided, deliver, gather, placed

pytestmark = pytest.mark.django_db


def told() -> list[dict[str, Any]]:
    made = apps.get_model("signals", "OutboxEvent").objects
    rows = made.filter(name="trade.bought_goods_failed").order_by("id")
    found = [row.payload for row in rows]
    return [json.loads(one) if isinstance(one, str) else one for one in found]


def fail(title: str) -> None:
    goods.draw_plan(share_bps=10_000, seed=1, operator_id=1)
    one = next(one for one in goods.inspections().items if one.goods.title == title)
    goods.record_inspection(
        public_id=one.public_id,
        operator_id=1,
        is_passed=False,
        finding="铅超标",
        report=io.BytesIO(b"%PDF-1.4 report"),
    )
    signals.drain()


def test_buyers_are_told_once_with_their_last_paid_order() -> None:
    cast = gather()
    first, second = placed(cast), placed(cast, (cast.cup, 1), (cast.vase, 1))
    for nonce, one in (("n1", first), ("n2", second)):
        deliver(decided(cast, one), nonce)
    facade.place_order(buyer_id=cast.eve, lines=[(cast.cup.sku_id, 1)], address=HOME)
    fail("粗陶杯")
    found = told()
    assert [(one["person_id"], one["order_number"]) for one in found] == [
        (cast.alice, second.order_numbers[0])
    ]
    assert (found[0]["title"], found[0]["finding"]) == ("粗陶杯", "铅超标")


def test_goods_nobody_bought_tell_nobody() -> None:
    gather()
    fail("小花瓶")
    assert told() == []
