"""Import of finished orders: many rows, few statements, every one with its money in the ledger."""

from collections.abc import Sequence
from datetime import datetime, timedelta

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
from grapevine.trade.models import Line, Order, Payment, Refund
from grapevine.trade.rules import address as places

BATCH = 500
UNSENT_KEPT = timedelta(days=1)
CASH = Account("platform", "cash:imported")
CLEARING = Account("platform", "clearing:payment")
BACK = Account("platform", "clearing:refund")
COUPON = "coupon:imported"
REASON = marked("从别处导入")


@transaction.atomic
def import_paid_orders(rows: Sequence[ImportedOrder]) -> list[str]:
    """Insert orders that were paid elsewhere, with lines, timeline, payment and postings; numbers in order."""
    payments = Payment.objects.bulk_create([_payment(row) for row in rows], batch_size=BATCH)
    pairs = list(zip(rows, payments, strict=True))
    orders = Order.objects.bulk_create([_order(r, p) for r, p in pairs], batch_size=BATCH)
    made = list(zip(rows, orders, strict=True))
    Line.objects.bulk_create([_line(row, order) for row, order in made], batch_size=BATCH)
    steps = [step for row, order in made for step in _steps(row, order)]
    for start in range(0, len(steps), BATCH):
        part = steps[start : start + BATCH]
        sql.insert("trade_orderstep", placing_sql.STEP_COLUMNS, part)
    back = [(row, order) for row, order in made if row.state == "refunded" and order.total_minor]
    Refund.objects.bulk_create(
        [
            Refund(
                payment=order.payment, order=order, amount_minor=order.total_minor,
                reason=REASON, state="done", at=row.paid_at, done_at=row.paid_at,
            )
            for row, order in back
        ],
        batch_size=BATCH,
    )  # fmt: skip
    ledger.post_many([p for row, order in made if order.total_minor for p in _postings(row, order)])
    kept = _keep_unsent(made)
    goods.count_sold_bulk(
        [
            (row.sku_id, row.count)
            for row, order in made
            if row.state != "refunded" and order.number not in kept
        ]
    )
    return [order.number for order in orders]


def _keep_unsent(made: Sequence[tuple[ImportedOrder, Order]]) -> set[str]:
    """Take the pieces of what is yet to be sent from the shelf, so that it can be; the orders they were there for."""
    kept = set()
    until = clock.now() + UNSENT_KEPT
    for row, order in made:
        if row.state not in (OrderState.PAID, OrderState.WAITING):
            continue
        try:
            with transaction.atomic():
                goods.hold(wants=[Want(order.number, row.sku_id, row.count)], until=until)
        except OutOfStock:
            continue
        kept.add(order.number)
    goods.sell(sorted(kept))
    return kept


def _payment(row: ImportedOrder) -> Payment:
    return Payment(
        number=number(row.paid_at), buyer_id=row.buyer_id, key=new_id(), state="paid",
        method="imported", total_minor=row.total_minor, currency=row.currency,
        expires_at=row.paid_at, paid_at=row.paid_at,
    )  # fmt: skip


def _order(row: ImportedOrder, payment: Payment) -> Order:
    total = row.total_minor
    received = _later(row, 3) if row.state == "received" else None
    shipped = _later(row, 1) if row.state in {"shipped", "received"} else None
    region, city = places.placed(row.region) if row.region else ("", "")
    return Order(
        number=number(row.paid_at), payment=payment, buyer_id=row.buyer_id, shop_id=row.shop_id,
        shop_name=row.shop_name, state=row.state, goods_minor=total + row.cut_minor,
        discount_minor=row.cut_minor, total_minor=total, offers=_offers(row),
        currency=row.currency, claim=row.claim, source={**row.source, "channel": row.channel},
        placed_at=row.paid_at, paid_at=row.paid_at, shipped_at=shipped, received_at=received,
        refunded_minor=total if row.state == "refunded" else 0, region=region, city=city,
    )  # fmt: skip


def _offers(row: ImportedOrder) -> list[dict[str, object]]:
    if not row.cut_minor:
        return []
    words = {"label": marked("优惠券"), "reference": COUPON, "kind": "coupon"}
    return [{**words, "amount_minor": row.cut_minor}]


def _later(row: ImportedOrder, days: int) -> datetime:
    return min(row.paid_at + timedelta(days=days), clock.now())


def _line(row: ImportedOrder, order: Order) -> Line:
    return Line(
        order=order, sku_id=row.sku_id, goods_id=row.goods_id, goods_public_id=row.goods_public_id,
        title=row.title, option=row.option, count=row.count, price_minor=row.price_minor,
        placed_at=order.placed_at,
        refunded_count=row.count if row.state == "refunded" else 0,
        refunded_minor=row.total_minor if row.state == "refunded" else 0,
        discount_minor=row.cut_minor, cuts=[(COUPON, row.cut_minor)] if row.cut_minor else [],
    )  # fmt: skip


def _steps(row: ImportedOrder, order: Order) -> list[tuple[object, ...]]:
    def step(state: str, days: int) -> tuple[object, ...]:
        return order.pk, state, _later(row, days), "system", None, REASON

    steps = [step(OrderState.PENDING, 0), step(OrderState.PAID, 0)]
    if row.state in {"shipped", "received"}:
        steps.append(step(OrderState.SHIPPED, 1))
    if row.state == "received":
        steps.append(step(OrderState.RECEIVED, 3))
    if row.state == "refunded":
        steps.append(step(OrderState.REFUNDED, 1))
    return steps


def _postings(row: ImportedOrder, order: Order) -> list[Posting]:
    total, hold = order.total_minor, escrow(order.number)
    capture = Posting(
        f"capture:{order.payment.number}", "capture", order.payment.number,
        [Leg(CASH, CLEARING, total), Leg(CLEARING, hold, total)], row.currency, row.paid_at,
    )  # fmt: skip
    if row.state != "refunded":
        return [capture]
    refund = Posting(
        f"refund:{order.number}", "refund", order.number,
        [Leg(hold, BACK, total), Leg(BACK, CASH, total)], row.currency, row.paid_at,
    )  # fmt: skip
    return [capture, refund]
