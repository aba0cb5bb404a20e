"""Hearing that a payment was made, and making it true here, once."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import connection, transaction

from grapevine.goods import facade as goods
from grapevine.kit import clock, crashing, sql
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.signals import facade as signals
from grapevine.trade.actions import paying_sql as text, placing_sql
from grapevine.trade.actions.moving import SUBSIDY, close_payment, escrow
from grapevine.trade.actions.refunding import returned
from grapevine.trade.actions.watching import flag
from grapevine.trade.contracts import IllegalMove, OrderPaid, PaymentNotFound
from grapevine.trade.models import Attempt, Payment, ProviderEvent, Refund
from grapevine.trade.oversight import AlertKind
from grapevine.trade.payments.port import BadCallback, Disputed, Outcome, Receipt, Returned
from grapevine.trade.payments.registry import provider

CLEARING = Account("platform", "clearing:payment")


@dataclass(frozen=True, slots=True)
class _Money:
    """What arrived: for which payment, through which attempt, under which of the provider's events."""

    payment_id: int
    payment_number: str
    attempt_id: int | None
    attempt_number: str
    method: str
    event_id: str
    total_minor: int
    currency: str


def receive_callback(*, method: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """A provider's message: verified on its raw bytes, compared with the payment, effective once.

    Returns what the provider wants to hear. Raises BadCallback with no effect for anything not right, also
    for a message about a payment we have not committed yet: providers repeat, and find it then.
    """
    known = provider(method)
    if not known.ready():
        raise BadCallback(method)
    news = known.read_callback(headers=headers, body=body)
    try:
        if isinstance(news, Outcome):
            apply(method, news)
        elif isinstance(news, Returned):
            returned(method, news)
        elif isinstance(news, Disputed):
            _disputed(method, news)
    except PaymentNotFound:
        raise BadCallback(method) from None
    return known.receipt(accepted=True)


def _disputed(method: str, news: Disputed) -> None:
    """Noted for an operator: answering a dispute, or giving the money back, is a person's decision."""
    told = ProviderEvent.objects.filter(provider=method, transaction_id=news.transaction_id)
    for payment_id in told.values_list("payment", flat=True)[:1]:
        flag(AlertKind.DISPUTE, payment_id, detail=f"{news.dispute_id} {news.amount_minor}")


def apply(method: str, outcome: Outcome) -> bool:
    """Make what the provider says true here, once. BadCallback if it is not about this payment as it is."""
    found = sql.rows(text.ATTEMPT, [outcome.payment_number])
    if not found:
        raise PaymentNotFound(outcome.payment_number)
    attempt_id, own_method, payment_id, number, total, currency = found[0]
    if (outcome.amount_minor, outcome.currency, method) != (total, currency, own_method):
        raise BadCallback(outcome.payment_number)
    if outcome.state in ("failed", "closed"):
        _gone(attempt_id, payment_id, outcome.state)
    if outcome.state != "paid":
        return False
    money = _Money(
        payment_id, number, attempt_id, outcome.payment_number, method, outcome.event_id, total,
        currency,
    )  # fmt: skip
    try:
        is_news = _make_true(money, outcome)
    except IllegalMove:
        _give_up(payment_id)
        is_news = _make_true(money, outcome)
    crashing.point("trade.pay.after_commit")
    return is_news


@transaction.atomic
def _make_true(money: _Money, outcome: Outcome) -> bool:
    if not _first_time(money, outcome):
        return False
    crashing.point("trade.pay.noted")
    sql.changed(text.ATTEMPT_PAID, [money.attempt_id])
    take_in(money)
    crashing.point("trade.pay.before_commit")
    return True


def _give_up(payment_id: int) -> None:
    """The pieces went back to the shelf before the money came: close what can no longer be sold."""
    with suppress(IllegalMove), transaction.atomic():
        payment = Payment.objects.get(pk=payment_id)
        close_payment(payment, actor="system", reason=marked("超时未付款"))


@transaction.atomic
def _gone(attempt_id: int, payment_id: int, state: str) -> None:
    """The attempt is over without money; the buyer is told, unless another is under way, and may begin another."""
    live = Attempt.objects.filter(payment=payment_id, state__in=["starting", "open"])
    if live.filter(pk=attempt_id).update(state=state) and not live.exists():
        Payment.objects.filter(pk=payment_id, state="pending").update(failed_at=clock.now())


def _first_time(money: _Money, outcome: Outcome) -> bool:
    """Write the event down. False if it was known; BadCallback if it was known for another attempt."""
    row = (
        money.method, money.event_id, money.payment_id, money.attempt_id, outcome.transaction_id,
        "paid", clock.now(),
    )  # fmt: skip
    if sql.insert("trade_providerevent", text.EVENT_COLUMNS, [row], ending=text.EVENT_ENDING):
        return True
    if sql.rows(text.EVENT_OF, [money.method, money.event_id]) != [(money.attempt_id,)]:
        raise BadCallback(outcome.payment_number)
    return False


def take_in(money: _Money) -> None:
    """Money for a payment: its orders are paid, or it goes back. Must run in a transaction.

    IllegalMove, which undoes the whole, if their pieces are not held any more.
    """
    now = clock.now()
    if not sql.changed(text.PAYMENT_PAID, [now, money.method, money.payment_id]):
        _too_late(money)
        return
    query = text.ORDERS_PAID.format(text.LINES[connection.vendor])
    orders = [_Order(*row) for row in sql.rows(query, [now, money.payment_id])]
    numbers = [order.number for order in orders]
    if not orders or goods.sell(numbers) != set(numbers):
        raise IllegalMove(money.payment_number)
    crashing.point("trade.pay.sold")
    if money.total_minor or any(order.subsidy_minor for order in orders):
        _capture(money, orders)
    sql.insert(
        "trade_orderstep",
        placing_sql.STEP_COLUMNS,
        [(order.pk, order.state, now, "provider", None, "") for order in orders],
    )
    for state in sorted({order.state for order in orders}):
        channels = [f"order:{order.number}" for order in orders if order.state == state]
        signals.publish_many(channels, {"state": state})
    _tell(money, orders, now.isoformat())


@dataclass(frozen=True, slots=True)
class _Order:
    """A row of ORDERS_PAID."""

    pk: int
    number: str
    buyer_id: int
    shop_id: int
    state: str
    total_minor: int
    subsidy_minor: int
    currency: str
    source: str
    claim: str
    region: str
    offers: str
    lines: str


def _capture(money: _Money, orders: Sequence[_Order]) -> None:
    ledger.post(
        key=f"capture:{money.payment_number}", kind="capture", reference=money.payment_number,
        currency=money.currency,
        legs=[
            Leg(Account("platform", f"cash:{money.method}"), CLEARING, money.total_minor),
            *(Leg(CLEARING, escrow(order.number), order.total_minor) for order in orders),
            *(Leg(SUBSIDY, escrow(order.number), order.subsidy_minor) for order in orders),
        ],
    )  # fmt: skip


def _tell(money: _Money, orders: Sequence[_Order], at: str) -> None:
    signals.emit(*(_news(money, order, at) for order in orders))


def _news(money: _Money, order: _Order, at: str) -> OrderPaid:
    lines = json.loads(order.lines)
    return OrderPaid(
        order_number=order.number, person_id=order.buyer_id, shop_id=order.shop_id,
        goods_ids=sorted({goods_id for goods_id, _ in lines}),
        items=sum(count for _, count in lines), total_minor=order.total_minor,
        currency=order.currency, source=json.loads(order.source), claim=order.claim, at=at,
        region=order.region, payment_number=money.payment_number,
        offers=[offer["reference"] for offer in json.loads(order.offers)],
    )  # fmt: skip


def _too_late(money: _Money) -> None:
    """Money for orders that are gone, or paid already: take it in, and send it straight back."""
    closed = Payment.objects.filter(pk=money.payment_id, state__in=["closed", "returned"])
    if not closed.update(state="returned"):
        flag(AlertKind.SECOND_CHARGE, money.payment_id, detail=money.attempt_number)
    if not money.total_minor:
        return
    ledger.post(
        key=f"late:{money.payment_number}:{money.event_id}", kind="late",
        reference=money.payment_number, currency=money.currency,
        legs=[
            Leg(Account("platform", f"cash:{money.method}"), CLEARING, money.total_minor),
            Leg(CLEARING, Account("platform", "clearing:refund"), money.total_minor),
        ],
    )  # fmt: skip
    Refund.objects.create(
        payment_id=money.payment_id, attempt_id=money.attempt_id, amount_minor=money.total_minor,
        reason=marked("付款到得太晚，原路退回"), at=clock.now(),
    )  # fmt: skip
    crashing.point("trade.late.before_commit")
    crashing.committed("trade.late.after_commit")


def pay_nothing(payment_number: str) -> None:
    """A purchase that offers paid for in full is paid without a provider. Must run in a transaction."""
    payment = Payment.objects.get(number=payment_number)
    assert payment.total_minor == 0
    take_in(_Money(payment.pk, payment.number, None, "", "none", "", 0, payment.currency))
