"""Moving orders from state to state: one guarded update, one step of the timeline, one event."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock, crashing, sql
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.signals import facade as signals
from grapevine.trade import access
from grapevine.trade.actions import placing_sql as text
from grapevine.trade.actions.cases import close_cases, with_open_case
from grapevine.trade.actions.charging import take_rate
from grapevine.trade.actions.clawing import claw_back
from grapevine.trade.actions.pooling import (
    book_pool_parts,
    give_back_pool,
    pool_legs,
    pool_parts,
)
from grapevine.trade.actions.settling import book_sale
from grapevine.trade.contracts import (
    IllegalMove,
    OrderCancelled,
    OrderReceived,
    OrderRefunded,
    OrderSettled,
    OrderShipped,
    OrderState,
    PiecesRefunded,
)
from grapevine.trade.models import Line, Order, OrderStep, Payment, Refund, Shipment
from grapevine.trade.queries.giving_back import bought
from grapevine.trade.queries.gone import pieces_gone
from grapevine.trade.rules.giving_back import Back, Bought, given_back, offers_back
from grapevine.trade.rules.settlement import COMMISSION, PAYMENT, fees_of
from grapevine.trade.rules.states import sources_of

BATCH = 200
REFUNDABLE = (OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED, OrderState.COMPLETED)
SUBSIDY = Account("platform", "subsidy")
"""What the platform's own offers cost it: negative, by what it made up to shops."""


def escrow(number: str) -> Account:
    """Where an order's money waits until it is final: one account an order."""
    return Account(f"order:{number}", "escrow")


def move(
    order: Order,
    target: OrderState,
    *,
    actor: str,
    actor_id: int | None = None,
    reason: str = "",
    at: datetime | None = None,
    **changes: Any,
) -> None:
    """Move the order if its state allows it, else IllegalMove. Must run in a transaction."""
    now = at or clock.now()
    mine = Order.objects.filter(pk=order.pk, state__in=sources_of(target, actor))
    if not mine.update(state=target, **changes):
        raise IllegalMove(order.number)
    OrderStep.objects.create(
        order=order, state=target, at=now, actor=actor, actor_id=actor_id, reason=reason[:120]
    )
    signals.publish(f"order:{order.number}", {"state": str(target)})


@transaction.atomic
def cancel_order(*, buyer_id: int, number: str, reason: str = "") -> None:
    """Give up an unpaid order; the others under the same payment go with it."""
    order = access.order_of_buyer(buyer_id, number)
    close_payment(order.payment, actor="buyer", actor_id=buyer_id, reason=reason)


def close_payment(
    payment: Payment, *, actor: str, actor_id: int | None = None, reason: str = ""
) -> None:
    """Close a payment nobody made, cancel its orders, give back their stock and limits."""
    if not Payment.objects.filter(pk=payment.pk, state="pending").update(state="closed"):
        raise IllegalMove(payment.number)
    orders = list(Order.objects.filter(payment=payment).order_by("id"))
    for order in orders:
        move(order, OrderState.CANCELLED, actor=actor, actor_id=actor_id, reason=reason)
    goods.release([order.number for order in orders])
    give_back_limits(orders)
    now = clock.now().isoformat()
    signals.emit(
        *(
            OrderCancelled(
                order.number, order.buyer_id, order.shop_id, order.claim, now, payment.number,
                [offer["reference"] for offer in order.offers],
            )
            for order in orders
        )
    )  # fmt: skip
    crashing.point("trade.close.before_commit")
    crashing.committed("trade.close.after_commit")


def give_back_limits(orders: Sequence[Order], pieces: Mapping[int, int] | None = None) -> None:
    """The pieces of these orders, or some (line id → how many), no longer count against their buyer's limits."""
    buyer = {order.pk: order.buyer_id for order in orders}
    lines = Line.objects.filter(order__in=orders).order_by("goods_id", "id")
    for pk, order_id, goods_id, whole in lines.values_list("pk", "order_id", "goods_id", "count"):
        count = whole if pieces is None else pieces.get(pk, 0)
        if count:
            sql.changed(text.LIMIT_BACK, [count, buyer[order_id], goods_id, count])


def expire_payments() -> int:
    """Close payments whose time is over; returns how many."""
    due = Payment.objects.filter(state="pending", expires_at__lt=clock.now()).order_by("expires_at")
    closed = 0
    for payment in due[:BATCH]:
        try:
            with transaction.atomic():
                close_payment(payment, actor="system", reason=marked("超时未付款"))
                closed += 1
        except IllegalMove:
            continue  # paid or cancelled in the meantime
    return closed


@transaction.atomic
def refund_order(
    *, number: str, reason: str, actor: str = "system", actor_id: int | None = None
) -> None:
    """Refund the whole order, or what is left of it: it is final at once, the money leaves by the next job.

    IllegalMove if not allowed.
    """
    order = access.order_by_number(number)
    was_sent = order.state in (OrderState.SHIPPED, OrderState.RECEIVED)
    move(order, OrderState.REFUNDED, actor=actor, actor_id=actor_id, reason=reason)
    if not was_sent:
        goods.restock([number], gone=pieces_gone(order))
    lines = bought(order)
    _give_back(order, lines, {line.id: line.count - line.back for line in lines}, reason)
    close_cases(order)
    crashing.point("trade.refund.before_commit")
    crashing.committed("trade.refund.after_commit")


@transaction.atomic
def refund_pieces(
    *, number: str, pieces: Mapping[int, int], reason: str, case_id: int, came_back: bool = False
) -> Refund | None:
    """Give back `pieces` (line id → how many); the order is refunded by its last one. IllegalMove if they are not left.

    What never left is sold again; what left only if it `came_back`. Must run with the order locked.
    """
    order = access.order_by_number(number, lock=True)
    lines = bought(order)
    left = {line.id: line.count - line.back for line in lines}
    if order.state not in REFUNDABLE or any(n > left.get(pk, 0) for pk, n in pieces.items()):
        raise IllegalMove(number)
    is_last = all(pieces.get(pk, 0) == n for pk, n in left.items())
    if order.state == OrderState.PAID or came_back:
        gone = pieces_gone(order) if order.state == OrderState.PAID else ()
        for line in lines:
            if pieces.get(line.id):
                sku_id = Line.objects.values_list("sku_id", flat=True).get(pk=line.id)
                goods.restock_pieces(
                    reference=number, sku_id=sku_id, count=pieces[line.id], gone=gone
                )
    if is_last:
        move(order, OrderState.REFUNDED, actor="case", actor_id=case_id, reason=reason)
    made = _give_back(order, lines, pieces, reason)
    if is_last:
        close_cases(order)
    elif order.state == OrderState.PAID:
        _all_sent(order, case_id)
    crashing.point("trade.pieces.before_commit")
    return made


def _all_sent(order: Order, case_id: int) -> None:
    """Where the last pieces that had not left went back, what has left is the whole order: it is shipped."""
    left = {(sku, place): count for sku, place, count in pieces_gone(order)}
    held = goods.holds_of(order.number)
    if not left or any(count > left.get((sku, place), 0) for sku, place, _, count in held):
        return
    now = clock.now()
    move(
        order, OrderState.SHIPPED, actor="case", actor_id=case_id, shipped_at=now,
        reason=marked("没寄的已退，寄出的就是全部"),
    )  # fmt: skip
    signals.emit(
        OrderShipped(order.number, order.buyer_id, order.shop_id, order.claim, now.isoformat())
    )


def _give_back(
    order: Order, lines: Sequence[Bought], pieces: Mapping[int, int], reason: str
) -> Refund | None:
    """Count the pieces, write and book the refund, tell the house. The database holds what was captured as the limit."""
    parts = given_back(lines, shipping_minor=order.shipping_minor, pieces=pieces)
    amount = sum(part.amount_minor for part in parts)
    subsidy = sum(part.subsidy_minor for part in parts)
    _count_back(order, lines, parts)
    Order.objects.filter(pk=order.pk).update(
        refunded_minor=F("refunded_minor") + amount,
        refunded_subsidy_minor=F("refunded_subsidy_minor") + subsidy,
    )
    made = None
    if amount:
        made = Refund.objects.create(
            payment=order.payment, order=order, amount_minor=amount, reason=reason[:120],
            at=clock.now(),
        )  # fmt: skip
    before = sum(line.back for line in lines)
    after = before + sum(part.count for part in parts)
    is_last = after == sum(line.count for line in lines)
    key = f"refund:{order.number}" if is_last and not before else f"refund:{order.number}:{after}"
    give_back_pool(order, key)
    _book_back(order, key, amount, subsidy)
    told = {name: list(three) for name, three in offers_back(lines, pieces).items()}
    _tell_back(order, key if not is_last else "", amount, told)
    return made


def _count_back(order: Order, lines: Sequence[Bought], parts: Sequence[Back]) -> None:
    """The pieces against their lines, and against the limits of their buyer. IllegalMove if somebody was faster."""
    known = {line.id: line for line in lines}
    for part in parts:
        mine = Line.objects.filter(pk=part.id, refunded_count=known[part.id].back)
        if not mine.update(
            refunded_count=F("refunded_count") + part.count,
            refunded_minor=F("refunded_minor") + part.goods_minor,
        ):
            raise IllegalMove(order.number)
    give_back_limits([order], {part.id: part.count for part in parts})


def _book_back(order: Order, key: str, amount: int, subsidy: int) -> None:
    """From the order's escrow; from the shop, once the order is settled."""
    clearing = Account("platform", "clearing:refund")
    if order.settled_at is None:
        legs = [
            Leg(escrow(order.number), clearing, amount),
            Leg(escrow(order.number), SUBSIDY, subsidy),
        ]
    else:
        if amount + subsidy:
            claw_back(
                key=f"claw:{key}", reference=order.number, shop_id=order.shop_id,
                amount_minor=amount + subsidy, currency=order.currency,
            )  # fmt: skip
        legs = [Leg(clearing, SUBSIDY, subsidy)]
    if any(leg.amount_minor for leg in legs):
        ledger.post(
            key=key, kind="refund", reference=order.number, currency=order.currency, legs=legs
        )


def _tell_back(order: Order, key: str, amount: int, told: dict[str, list[int]]) -> None:
    """`key` of a part of the order; "" if it was the last."""
    now = clock.now().isoformat()
    offers = [offer["reference"] for offer in order.offers]
    before = Order.objects.values_list("refunded_minor", flat=True).get(pk=order.pk) - amount
    if key:
        signals.emit(
            PiecesRefunded(
                key, order.number, order.buyer_id, order.shop_id, amount, before,
                order.total_minor, order.currency, order.claim, now, order.source,
                order.payment.number, offers, told, order.settled_at is not None,
            )
        )  # fmt: skip
        return
    signals.emit(
        OrderRefunded(
            order.number, order.buyer_id, order.shop_id, amount, order.claim, now, order.source,
            order.payment.number, offers, before, order.total_minor, told,
            order.settled_at is not None,
        )
    )  # fmt: skip


def refund_by_buyer(*, buyer_id: int, number: str, reason: str) -> None:
    access.order_of_buyer(buyer_id, number)
    refund_order(number=number, reason=reason, actor="buyer", actor_id=buyer_id)


def refund_by_shop(*, shop_id: int, number: str, reason: str, actor_id: int) -> None:
    order = access.order_of_shop(shop_id, number)
    refund_order(number=number, reason=reason, actor="shop", actor_id=actor_id)
    guard.note(
        actor_id=actor_id, action="order.refund", object=f"order:{number}", shop_id=shop_id,
        before={"state": order.state}, after={"state": "refunded", "reason": reason[:120]},
    )  # fmt: skip


@transaction.atomic
def release_waiting(order_numbers: Iterable[str]) -> None:
    """The group is full: its waiting orders go on. One that has left meanwhile is passed over."""
    for order in Order.objects.filter(number__in=sorted(order_numbers)).order_by("number"):
        with suppress(IllegalMove):
            move(order, OrderState.PAID, actor="system", reason=marked("已成团"))
            crashing.point("trade.release.one")


def receive_order(*, buyer_id: int, number: str) -> None:
    _receive(access.order_of_buyer(buyer_id, number), actor="buyer", actor_id=buyer_id)


@transaction.atomic
def _receive(order: Order, *, actor: str, actor_id: int | None = None) -> None:
    now = clock.now()
    move(order, OrderState.RECEIVED, actor=actor, actor_id=actor_id, received_at=now)
    signals.emit(
        OrderReceived(order.number, order.buyer_id, order.shop_id, order.claim, now.isoformat())
    )


def receive_overdue() -> int:
    """RECEIPT_DAYS after the last parcel arrived, or left where nobody knows, an order counts as received.

    Not while a parcel is on its way back to the shop. Returns how many did.
    """
    limit = clock.now() - timedelta(days=settings.RECEIPT_DAYS)
    due = Order.objects.filter(state="shipped").filter(
        Q(delivered_at__lt=limit) | Q(delivered_at=None, shipped_at__lt=limit)
    )
    back = Shipment.objects.exclude(returned_at=None).filter(order=OuterRef("pk"))
    due = due.exclude(Exists(back))
    done = 0
    for order in due.order_by("shipped_at")[:BATCH]:
        try:
            _receive(order, actor="system")
            done += 1
        except IllegalMove:
            continue  # the buyer was faster
    return done


def settle_final(*, shop_id: int | None = None, most: int = BATCH) -> int:
    """Orders received longer ago than the return window: what is left in escrow becomes the shop's.

    Of all shops, or of one; at most `most`, the oldest first.
    """
    limit = clock.now() - timedelta(days=settings.RETURN_WINDOW_DAYS)
    due = Order.objects.filter(state="received", received_at__lt=limit).exclude(
        pk__in=with_open_case()
    )
    due = due if shop_id is None else due.filter(shop_id=shop_id)
    done = 0
    for order in due.select_related("payment").order_by("received_at")[:most]:
        with suppress(IllegalMove):  # refunded, settled by another worker, or not yet whole
            _settle(order)
            done += 1
    return done


@transaction.atomic
def _settle(order: Order) -> None:
    """IllegalMove also while more was given back than lies there: a sharer's part of that is on its way here."""
    now = clock.now()
    move(order, OrderState.COMPLETED, actor="system", at=now, settled_at=now)
    left = ledger.balance(escrow(order.number), order.currency)
    if left < 0:
        raise IllegalMove(order.number)
    parts = pool_parts(order, left)
    pooled = sum(part for _, part in parts)
    fees = fees_of(
        left=max(0, left - pooled), sale=order.total_minor - order.refunded_minor, take_bps=take_rate(order),
        payment_bps=settings.PAYMENT_FEE_BPS.get(order.payment.method, 0),
    )  # fmt: skip
    if left > 0:
        earned = Account(f"shop:{order.shop_id}", "payable")
        ledger.post(
            key=f"settle:{order.number}", kind="settle", reference=order.number, currency=order.currency,
            legs=[
                Leg(escrow(order.number), earned, left),
                *pool_legs(order, parts),
                Leg(earned, Account("platform", COMMISSION), fees.commission),
                Leg(earned, Account("platform", PAYMENT), fees.payment),
            ],
        )  # fmt: skip
        book_sale(order, gross=left, kept=fees.total + pooled)
        book_pool_parts(order, parts)
    signals.emit(
        OrderSettled(
            order.number,
            order.buyer_id,
            order.shop_id,
            left - fees.total - pooled,
            order.claim,
            now.isoformat(),
        )
    )
    crashing.point("trade.settle.before_commit")
    crashing.committed("trade.settle.after_commit")
