"""How much waits behind the entries of the consoles; each counts to 100 and costs one query."""

from collections.abc import Callable

from grapevine.trade.aftersales import CaseState
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Case, Order, Pickup, Withdrawal

MOST = 100
Count = Callable[[int | None], int]


def orders_to_ship(shop_id: int | None) -> int:
    """Paid orders that a carrier has to bring."""
    rows = Order.objects.filter(shop_id=shop_id or 0, state=OrderState.PAID)
    return rows.exclude(pk__in=Pickup.objects.values("order"))[:MOST].count()


def cases_to_answer(shop_id: int | None) -> int:
    return Case.objects.filter(shop_id=shop_id or 0, state=CaseState.REQUESTED)[:MOST].count()


def disputes(_shop_id: int | None) -> int:
    return Case.objects.filter(state=CaseState.PLATFORM)[:MOST].count()


def withdrawals_to_review(_shop_id: int | None) -> int:
    return Withdrawal.objects.filter(state="review")[:MOST].count()


COUNTS: dict[tuple[str, str], Count] = {
    ("shop", "shipping"): orders_to_ship,
    ("shop", "aftersales"): cases_to_answer,
    ("operator", "disputes"): disputes,
    ("operator", "settlements"): withdrawals_to_review,
}
