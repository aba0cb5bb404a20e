"""The checker itself: silent about a whole world, and loud about each way to break it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import F, Model, QuerySet

from grapevine.campaigns import facade as campaigns, jobs as group_jobs
from grapevine.campaigns.models import Group, Seat
from grapevine.goods import facade as goods
from grapevine.goods.models import Goods, Stock, StockHold, StockMovement
from grapevine.kit import clock
from grapevine.ledger.models import PostingRow
from grapevine.signals import facade as signals
from grapevine.signals.models import Handled, OutboxEvent
from grapevine.trade import facade as trade, jobs
from grapevine.trade.models import LimitUse, Line, Order, OrderStep, Payment, Refund, SandboxCharge
from grapevine.trade.tests.cast import HOME, Cast, decided, deliver, gather, paid, placed
from tests import invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """A world with an order in every state money and stock can be in, at rest."""
    cast = gather()
    goods.set_terms(shop_id=cast.bobs.id, public_id=cast.vase.goods_public_id, limit_per_person=3)
    paid(cast, (cast.cup, 1), (cast.tea, 2))
    trade.refund_order(number=paid(cast).order_numbers[0], reason="不要了")
    trade.cancel_order(buyer_id=cast.alice, number=placed(cast).order_numbers[0])
    late = placed(cast)
    charge = decided(cast, late)
    trade.cancel_order(buyer_id=cast.alice, number=late.order_numbers[0])
    deliver(charge)
    placed(cast, (cast.vase, 1))
    plan = campaigns.create_plan(
        shop_id=cast.bobs.id, goods_public_id=cast.vase.goods_public_id, size=2,
        price_minor=4000, hours=1,
    )  # fmt: skip
    opened = campaigns.open_group(
        buyer_id=cast.alice, plan_id=plan.public_id, sku_id=cast.vase.sku_id, count=1, address=HOME
    )
    pay(cast, opened.payment_number)
    signals.drain()
    jobs.send_refunds()
    signals.drain()
    return cast


def pay(cast: Cast, number: str) -> None:
    attempt = trade.start_payment(buyer_id=cast.alice, number=number)
    SandboxCharge.objects.filter(payment_number=attempt.number).update(state="paid")
    deliver(SandboxCharge.objects.get(payment_number=attempt.number))


def test_a_whole_world_is_whole(cast: Cast) -> None:
    assert invariants.broken() == []
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert [line.split(" should")[0].split()[0] for line in invariants.broken()] == [
            "group",
            "payment",
        ]
        group_jobs.expire_groups()
        jobs.expire_payments()
        signals.drain()
        jobs.send_refunds()
        signals.drain()
        assert invariants.broken() == []
    assert cast.alice


def again(row: Model | None) -> None:
    """The same row once more."""
    assert row is not None
    row.pk = None
    row.save(force_insert=True)


def transfer_to(kind: str) -> None:
    """A transfer nobody can explain; the database moves the balances, so that the books add up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_transfer (posting_id, debit_id, credit_id, amount_minor) "
            "SELECT min(posting_id), min(debit_id), "
            "(SELECT max(id) FROM ledger_accountrow WHERE kind = %s), 7 FROM ledger_transfer",
            [kind],
        )


def complete_without_shipping() -> None:
    Order.objects.filter(state="paid").update(state="completed")
    OrderStep.objects.filter(state="paid").update(state="completed")


def paid_events() -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(name="trade.order_paid")


BROKEN: dict[str, tuple[Callable[[], object], str]] = {
    "a piece vanished": (lambda: Stock.objects.update(free=F("free") - 1), "counters"),
    "a piece is held for nobody": (
        lambda: Stock.objects.filter(held=1).update(held=2, free=F("free") - 1), "open holds are",
    ),
    "a hold ended twice": (
        lambda: again(StockMovement.objects.filter(reason="released").first()), "the journal says",
    ),
    "a hold's end was not written down": (
        lambda: StockMovement.objects.filter(reason="sold").delete(), "the journal says",
    ),
    "an order was sold without its pieces": (
        lambda: StockHold.objects.filter(state="sold").update(state="released"), "its pieces are",
    ),
    "money moved without a reason": (lambda: transfer_to("escrow"), "digest"),
    "money stuck in between": (lambda: transfer_to("clearing:refund"), "clearing:refund is 7"),
    "a paid order was never captured": (
        lambda: Payment.objects.filter(state="pending").update(state="paid"), "captured 0 times",
    ),
    "a step is missing": (
        lambda: OrderStep.objects.filter(state="refunded").delete(), "its steps are",
    ),
    "a step by the wrong person": (
        lambda: OrderStep.objects.filter(state="cancelled").update(actor="shop"), "by shop",
    ),
    "an illegal move": (complete_without_shipping, "pending → completed"),
    "a refund that is no refund": (
        lambda: Order.objects.filter(state="refunded").update(state="paid"), "every piece went back",
    ),
    "pieces paid back twice": (
        lambda: again(Refund.objects.exclude(order=None).first()), "its refunds are",
    ),
    "a piece that went back is counted as sold": (
        lambda: Line.objects.filter(order__state="refunded").update(refunded_count=0), "went back",
    ),
    "a refund twice": (
        lambda: again(Refund.objects.filter(order=None).first()), "times too late",
    ),
    "an event is missing": (
        lambda: OutboxEvent.objects.filter(name="trade.order_refunded").delete(), "events",
    ),
    "an event twice": (lambda: again(paid_events().first()), "events"),
    "an event nobody heard": (lambda: paid_events().update(done_at=None), "was not delivered"),
    "an effect is missing": (
        lambda: Handled.objects.filter(subscriber="campaigns.seat_paid").delete(), "effects of",
    ),
    "a limit forgotten": (lambda: LimitUse.objects.update(count=1), "counted"),
    "a limit overstepped": (
        lambda: Goods.objects.filter(limit_per_person=3).update(limit_per_person=1), "1 allowed",
    ),
    "a seat too many": (lambda: Group.objects.update(paid=2), "is full and still open"),
    "a seat of nobody": (
        lambda: Seat.objects.filter(state="paid").update(state="released"), "seat of",
    ),
    "a provider that took more": (
        lambda: SandboxCharge.objects.filter(state="paid").update(amount_minor=9900),
        "the sandbox has",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_each_break_is_found(cast: Cast, name: str) -> None:
    spoil, words = BROKEN[name]
    spoil()
    found = invariants.broken()
    assert any(words in line for line in found), found
    assert cast.alice


def test_the_checker_has_something_to_read(cast: Cast) -> None:
    assert PostingRow.objects.filter(kind="capture").count() == 3
    assert invariants.moved("refunded") == 6900 * 2
    assert invariants.moved("refunded", []) == 0
    assert cast.alice
