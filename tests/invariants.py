"""What must hold whatever happened: goods, money, orders, groups and news agree with one another.

`broken()` reads the whole database with a few dozen queries and says in words what is wrong; an empty list means that
everything is whole. It belongs to nobody's scenario: races, crashes and simulations end with it. At rest (no process
working, every job run until nothing is left) the clearing accounts are empty and every event has had its effects;
pass `at_rest=False` to look while work goes on, with nothing half-committed in between.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db.models import Count, Sum

from grapevine.campaigns.models import Group, Seat
from grapevine.kit import clock
from grapevine.ledger.models import Transfer
from grapevine.signals import actions as delivery
from grapevine.signals.models import Handled, OutboxEvent
from grapevine.trade.models import Order, Payment, Refund
from tests.holding.money import (
    books,
    clearing,
    payments,
    pool_sales,
    providers,
    settlement,
    withdrawals,
)
from tests.holding.offers import coupons, flash_sales, groups, points
from tests.holding.orders import limits, orders
from tests.holding.stock import holds, stock


def broken(*, at_rest: bool = True) -> list[str]:
    """Everything that is wrong, in words."""
    found = [*stock(), *holds(), *books(), *payments(), *orders(), *limits(), *groups()]
    found += [*coupons(), *flash_sales(), *settlement(), *pool_sales(), *withdrawals()]
    if at_rest:
        found += [*clearing(), *providers(), *news(), *resting(), *points()]
    return found


def assert_whole(*, at_rest: bool = True) -> None:
    found = broken(at_rest=at_rest)
    assert not found, "\n".join(found[:40])


def resting() -> Iterator[str]:
    """Where every event was heard and every job has run: nothing waits for something that cannot come."""
    now = clock.now()
    state_of = dict(Order.objects.filter(claim__startswith="group:").values_list("number", "state"))
    allowed = {
        ("open", "held"): {"pending"},
        ("expired", "held"): {"pending"},
        ("open", "paid"): {"waiting"},
        ("filled", "paid"): {"paid", "shipped", "received", "completed"},
    }
    gone = {"released": {"cancelled"}, "refunded": {"refunded"}}
    for seat in Seat.objects.select_related("group"):
        order = state_of.get(seat.order_number, "")
        right = gone.get(seat.state, allowed.get((seat.group.state, seat.state), set()))
        if order and order not in right:
            yield (
                f"seat of {seat.order_number} is {seat.state} in a group that is {seat.group.state}, "
                f"its order {order}"
            )
    for group in Group.objects.filter(state="open", deadline__lt=now):
        yield f"group {group} should have ended at {group.deadline}"
    for refund in Refund.objects.exclude(state="done"):
        yield f"{refund} of {refund.payment} is {refund.state}"
    for payment in Payment.objects.filter(state="pending", expires_at__lt=now):
        yield f"payment {payment} should have been closed at {payment.expires_at}"


def news() -> Iterator[str]:
    """Every event was delivered, and had each of its effects once."""
    for row in OutboxEvent.objects.filter(done_at=None):
        yield f"{row} was not delivered: {row.last_error or 'nobody tried'}"
    had = Counter(dict(Handled.objects.values_list("event").annotate(Count("id"))))
    for pk, name in OutboxEvent.objects.exclude(done_at=None).values_list("pk", "name"):
        wanted = len(delivery._subscriptions.get(name, ()))
        if had[pk] != wanted:
            yield f"event {pk} {name}: {had[pk]} effects of {wanted}"


def moved(kind: str, references: Iterable[str] | None = None) -> int:
    """How much money postings of a kind moved in all: for a scenario's own arithmetic."""
    rows = Transfer.objects.filter(posting__kind=kind)
    if references is not None:
        rows = rows.filter(posting__reference__in=list(references))
    return int(rows.aggregate(n=Sum("amount_minor"))["n"] or 0)
