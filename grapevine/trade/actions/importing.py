"""Import of finished orders: many rows, few statements, every one with its money in the ledger."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.goods.contracts import OutOfStock, Want
from grapevine.kit import clock, sql
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg, Posting
from grapevine.trade.actions import placing_sql
from grapevine.trade.actions.moving import escrow
from grapevine.trade.actions.placing import number
from grapevine.trade.contracts import ImportedOrder, OrderState
from grapevine.trade.models import Refund
from grapevine.trade.rules import address as places

BATCH = 500
UNSENT_KEPT = timedelta(days=1)
CASH = Account("platform", "cash:imported")
CLEARING = Account("platform", "clearing:payment")
BACK = Account("platform", "clearing:refund")
COUPON = "coupon:imported"
REASON = marked("从别处导入")
PAYMENT_COLUMNS = f"{placing_sql.PAYMENT_COLUMNS}, paid_at"
ORDER_COLUMNS = f"{placing_sql.ORDER_COLUMNS}, paid_at, shipped_at, received_at, refunded_minor"
LINE_COLUMNS = f"{placing_sql.LINE_COLUMNS}, refunded_count, refunded_minor"
MADE = "RETURNING number, id"


@dataclass(frozen=True, slots=True)
class _Made:
    """An order that was written, and the payment it belongs to."""

    row: ImportedOrder
    id: int
    number: str
    payment_id: int
    payment_number: str


@transaction.atomic
def import_paid_orders(rows: Sequence[ImportedOrder]) -> list[str]:
    """Insert orders that were paid elsewhere, with lines, timeline, payment and postings; numbers in order."""
    now = clock.now()
    made = _orders(rows, _payments(rows), now)
    _insert("trade_line", LINE_COLUMNS, [_line(one) for one in made])
    steps = [step for one in made for step in _steps(one, now)]
    _insert("trade_orderstep", placing_sql.STEP_COLUMNS, steps)
    Refund.objects.bulk_create(
        [
            Refund(
                payment_id=one.payment_id, order_id=one.id, amount_minor=one.row.total_minor,
                reason=REASON, state="done", at=one.row.paid_at, done_at=one.row.paid_at,
            )
            for one in made
            if one.row.state == "refunded" and one.row.total_minor
        ],
        batch_size=BATCH,
    )  # fmt: skip
    ledger.post_many([p for one in made if one.row.total_minor for p in _postings(one)])
    kept = _keep_unsent(made)
    goods.count_sold_bulk(
        [
            (one.row.sku_id, one.row.count)
            for one in made
            if one.row.state != "refunded" and one.number not in kept
        ]
    )
    return [one.number for one in made]


def _insert(
    table: str, columns: str, values: Sequence[Sequence[object]], *, ending: str = ""
) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(values), BATCH):
        found += sql.insert(table, columns, values[start : start + BATCH], ending=ending)
    return found


def _payments(rows: Sequence[ImportedOrder]) -> list[tuple[int, str]]:
    """One payment for each row, in order: its id and number."""
    names = [number(row.paid_at) for row in rows]
    values = [
        (
            name, row.buyer_id, new_id(), "paid", "imported", row.total_minor, row.currency,
            row.paid_at, row.paid_at,
        )
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip
    ids = dict(_insert("trade_payment", PAYMENT_COLUMNS, values, ending=MADE))
    return [(ids[name], name) for name in names]


def _orders(
    rows: Sequence[ImportedOrder], payments: Sequence[tuple[int, str]], now: datetime
) -> list[_Made]:
    names = [number(row.paid_at) for row in rows]
    values = [
        _order(row, name, payment_id, now)
        for row, name, (payment_id, _) in zip(rows, names, payments, strict=True)
    ]
    ids = dict(_insert("trade_order", ORDER_COLUMNS, values, ending=MADE))
    return [
        _Made(row, ids[name], name, *payment)
        for row, name, payment in zip(rows, names, payments, strict=True)
    ]


def _keep_unsent(made: Sequence[_Made]) -> set[str]:
    """Take the pieces of what is yet to be sent from the shelf, so that it can be; the orders they were there for."""
    kept = set()
    until = clock.now() + UNSENT_KEPT
    for one in made:
        if one.row.state not in (OrderState.PAID, OrderState.WAITING):
            continue
        try:
            with transaction.atomic():
                goods.hold(wants=[Want(one.number, one.row.sku_id, one.row.count)], until=until)
        except OutOfStock:
            continue
        kept.add(one.number)
    goods.sell(sorted(kept))
    return kept


def _order(row: ImportedOrder, name: str, payment_id: int, now: datetime) -> tuple[object, ...]:
    total = row.total_minor
    received = _later(row, 3, now) if row.state == "received" else None
    shipped = _later(row, 1, now) if row.state in {"shipped", "received"} else None
    region, city = places.placed(row.region) if row.region else ("", "")
    source = json.dumps({**row.source, "channel": row.channel})
    return (
        name, payment_id, row.buyer_id, row.shop_id, row.shop_name, row.state, total + row.cut_minor,
        row.cut_minor, 0, 0, total, row.currency, json.dumps(_offers(row)), "", False, row.claim,
        source, "", region, city, row.paid_at, row.paid_at, shipped, received,
        total if row.state == "refunded" else 0,
    )  # fmt: skip


def _offers(row: ImportedOrder) -> list[dict[str, object]]:
    if not row.cut_minor:
        return []
    words = {"label": marked("优惠券"), "reference": COUPON, "kind": "coupon"}
    return [{**words, "amount_minor": row.cut_minor}]


def _later(row: ImportedOrder, days: int, now: datetime) -> datetime:
    return min(row.paid_at + timedelta(days=days), now)


def _line(one: _Made) -> tuple[object, ...]:
    row = one.row
    is_back = row.state == "refunded"
    return (
        one.id, row.sku_id, row.goods_id, row.goods_public_id, row.title, row.option, row.count,
        row.price_minor, row.cut_minor, 0,
        json.dumps([(COUPON, row.cut_minor)] if row.cut_minor else []), "seven_days", False,
        row.paid_at, row.count if is_back else 0, row.total_minor if is_back else 0,
    )  # fmt: skip


def _steps(one: _Made, now: datetime) -> list[tuple[object, ...]]:
    row = one.row

    def step(state: str, days: int) -> tuple[object, ...]:
        return one.id, state, _later(row, days, now), "system", None, REASON

    steps = [step(OrderState.PENDING, 0), step(OrderState.PAID, 0)]
    if row.state in {"shipped", "received"}:
        steps.append(step(OrderState.SHIPPED, 1))
    if row.state == "received":
        steps.append(step(OrderState.RECEIVED, 3))
    if row.state == "refunded":
        steps.append(step(OrderState.REFUNDED, 1))
    return steps


def _postings(one: _Made) -> list[Posting]:
    row, total, hold = one.row, one.row.total_minor, escrow(one.number)
    capture = Posting(
        f"capture:{one.payment_number}", "capture", one.payment_number,
        [Leg(CASH, CLEARING, total), Leg(CLEARING, hold, total)], row.currency, row.paid_at,
    )  # fmt: skip
    if row.state != "refunded":
        return [capture]
    refund = Posting(
        f"refund:{one.number}", "refund", one.number,
        [Leg(hold, BACK, total), Leg(BACK, CASH, total)], row.currency, row.paid_at,
    )  # fmt: skip
    return [capture, refund]
