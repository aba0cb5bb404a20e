"""What each buyer of a shop bought over the years, for those who foretell. Orders given back whole do not count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, Min, QuerySet, Sum

from grapevine.kit.localday import LocalDay
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Line, Order

PART = 900


@dataclass(frozen=True, slots=True)
class Buyer:
    """`days`: days with an order; `spent_minor` less what went back."""

    person_id: int
    days: int
    first_on: date
    last_on: date
    spent_minor: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order that stands, less what went back; `channel` "" where it is not known."""

    at: datetime
    paid_minor: int
    channel: str


def _standing() -> QuerySet[Order]:
    rows = Order.objects.exclude(paid_at=None)
    return rows.exclude(state__in=[OrderState.REFUNDED, OrderState.CANCELLED])


def shops_with_buyers() -> list[int]:
    return sorted(_standing().order_by().values_list("shop_id", flat=True).distinct())


def buyers_of(shop_id: int) -> list[Buyer]:
    """Every buyer once, by person. One query over the shop's orders."""
    rows = _standing().filter(shop_id=shop_id).annotate(day=LocalDay("paid_at"))
    told = rows.order_by().values_list("buyer_id").annotate(
        days=Count("day", distinct=True), first=Min("day"), last=Max("day"),
        spent=Sum(F("total_minor") - F("refunded_minor")),
    )  # fmt: skip
    return [Buyer(*row) for row in sorted(told)]


def purchases_of(shop_id: int, buyer_id: int) -> list[Purchase]:
    """One buyer's orders at a shop, the newest first. One query."""
    rows = _standing().filter(shop_id=shop_id, buyer_id=buyer_id).order_by("-paid_at", "-pk")
    told = rows.values_list("paid_at", F("total_minor") - F("refunded_minor"), "source")
    return [Purchase(at, paid, str(source.get("channel", ""))) for at, paid, source in told if at]


def buyer_places(shop_id: int) -> dict[int, tuple[str, str]]:
    """The province and the city ("" where it is not known) most orders of each buyer went to. One query."""
    rows = _standing().filter(shop_id=shop_id).exclude(region="").order_by()
    told = rows.values_list("buyer_id", "region", "city").annotate(n=Count("pk"))
    return {
        buyer: (region, city) for buyer, region, city, _ in told.order_by("n", "region", "city")
    }


def buyer_goods(shop_id: int) -> dict[int, int]:
    """The goods each buyer bought most often. One query."""
    rows = Line.objects.filter(order__in=_standing().filter(shop_id=shop_id)).order_by()
    told = rows.values_list("order__buyer_id", "goods_id").annotate(n=Count("pk"))
    return {buyer: goods_id for buyer, goods_id, _ in told.order_by("n", "goods_id")}


def buyers_of_goods(shop_id: int, goods_id: int) -> set[int]:
    """Who bought one of a shop's goods and kept the order. One query."""
    rows = Line.objects.filter(goods_id=goods_id, order__in=_standing().filter(shop_id=shop_id))
    return set(rows.order_by().values_list("order__buyer_id", flat=True))


def net_totals(numbers: Sequence[str]) -> dict[str, int]:
    """What each of these orders that stands is worth, less what went back. A query for each 900."""
    found: dict[str, int] = {}
    for at in range(0, len(numbers), PART):
        rows = _standing().filter(number__in=numbers[at : at + PART])
        found.update(rows.values_list("number", F("total_minor") - F("refunded_minor")))
    return found


def bought_within(
    shop_id: int, since: datetime, span: timedelta, person_ids: Iterable[int]
) -> set[int]:
    """Those of these people with an order that stands, paid after `since` and within the span."""
    wanted, found = sorted(person_ids), set()
    rows = _standing().filter(shop_id=shop_id, paid_at__gt=since, paid_at__lte=since + span)
    for at in range(0, len(wanted), PART):
        part = rows.filter(buyer_id__in=wanted[at : at + PART])
        found |= set(part.values_list("buyer_id", flat=True))
    return found
