"""Reads of what shops sold for others: earnings, what an order's buyer is told, and what is left to promise."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from grapevine.goods import facade as goods
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Order, PoolSale
from grapevine.trade.pool import PoolPart, PoolSaleView, PoolTotals, Told
from grapevine.trade.rules.pool import room

FROZEN = (OrderState.WAITING, OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED)
STATES: dict[str, tuple[OrderState, ...]] = {
    "frozen": FROZEN,
    "earned": (OrderState.COMPLETED,),
    "gone": (OrderState.REFUNDED,),
    "unpaid": (OrderState.PENDING,),
}
"""What a part of a sale is, by the state of its order; cancelled orders are shown nowhere."""
LEFT = F("amount_minor") - F("reversed_minor")


def pool_sales(
    shop_id: int, state: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[PoolSaleView]:
    """What a shop sold for others, newest first, without a word about the buyer. Two queries."""
    size = clamp(limit)
    rows = PoolSale.objects.filter(shop_id=shop_id).exclude(order__state=OrderState.CANCELLED)
    if state in STATES:
        rows = rows.filter(order__state__in=STATES[state])
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows.select_related("line", "order").order_by("-pk")[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([_sale(row) for row in found[:size]], more)


def _sale(row: PoolSale) -> PoolSaleView:
    state = next((name for name, states in STATES.items() if row.order.state in states), "")
    return PoolSaleView(
        row.order.number, row.order.shop_name, row.order.placed_at, row.line.title,
        row.line.option, row.line.count, row.base_minor, row.amount_minor, row.reversed_minor,
        row.order.currency, state, row.pick,
    )  # fmt: skip


def sold_by_ways(ways: Iterable[str]) -> dict[tuple[str, int], tuple[int, int, int]]:
    """(way, shop whose way it is) → paid orders, what their lines bring their seller, and what of that is the shop's.

    Less what went back. One query.
    """
    rows = PoolSale.objects.filter(pick__in=set(ways), order__paid_at__isnull=False)
    rows = rows.exclude(order__state__in=[OrderState.REFUNDED, OrderState.CANCELLED]).order_by()
    sums = rows.values_list("pick", "shop_id").annotate(
        orders=Count("order_id", distinct=True), sold=Sum(F("base_minor") - F("line__refunded_minor")),
        part=Sum(LEFT),
    )  # fmt: skip
    return {
        (pick, shop_id): (orders, max(0, sold), part) for pick, shop_id, orders, sold, part in sums
    }


def pool_totals(shop_id: int) -> list[PoolTotals]:
    """What is frozen and what was earned, by currency. One query."""
    rows = PoolSale.objects.filter(shop_id=shop_id).order_by().values_list("order__currency")
    sums = rows.annotate(
        frozen=Sum(LEFT, filter=Q(order__state__in=FROZEN)),
        earned=Sum(LEFT, filter=Q(order__state=OrderState.COMPLETED)),
    )
    return [PoolTotals(currency, a or 0, b or 0) for currency, a, b in sorted(sums)]


def frozen_of(shop_id: int) -> dict[str, int]:
    """What a shop earned by selling for others and does not have yet, by currency."""
    return {one.currency: one.frozen_minor for one in pool_totals(shop_id) if one.frozen_minor}


def frozen_for_others(shop_id: int) -> dict[str, int]:
    """What of a shop's orders in escrow is other shops', by currency."""
    rows = PoolSale.objects.filter(order__shop_id=shop_id, order__state__in=FROZEN)
    return dict(rows.order_by().values_list("order__currency").annotate(n=Sum(LEFT)))


def sold_for_others(shop_id: int, since: datetime) -> int:
    """What a shop sold of other shops' goods since a moment, less what went back: its limit counts it."""
    rows = PoolSale.objects.filter(shop_id=shop_id, order__paid_at__gte=since)
    rows = rows.exclude(order__state=OrderState.REFUNDED)
    found = rows.aggregate(n=Sum(F("base_minor") - F("line__refunded_minor")))["n"]
    return max(0, int(found or 0))


def told(order_number: str) -> list[Told]:
    """Who recommended which goods of an order, for its buyer; [] for nearly all. One query and one more."""
    rows = PoolSale.objects.filter(order__number=order_number).select_related("line").order_by("pk")
    found = list(rows)
    shops = goods.shops({row.shop_id for row in found})
    return [
        Told(row.line.title, row.shop_name, shops[row.shop_id].slug if row.shop_id in shops else "")
        for row in found
    ]


def sold_by(shop_id: int, numbers: Iterable[str]) -> set[str]:
    """In which of these orders a shop sold for another. One query."""
    rows = PoolSale.objects.filter(shop_id=shop_id, order__number__in=list(numbers))
    return set(rows.values_list("order__number", flat=True))


def pool_parts_of(order_number: str) -> list[PoolPart]:
    """By whom an order's lines were sold: shop, what the buyer paid for its lines, and what it earns of them."""
    rows = PoolSale.objects.filter(order__number=order_number).select_related("line")
    sums: dict[int, tuple[int, int]] = {}
    for row in rows.order_by("shop_id", "pk"):
        paid, earns = sums.get(row.shop_id, (0, 0))
        price = row.line.price_minor * row.line.count - row.line.discount_minor
        sums[row.shop_id] = (paid + price, earns + row.amount_minor)
    return [PoolPart(shop_id, *two) for shop_id, two in sums.items()]


def commission_room(order_number: str, payee_id: int) -> int | None:
    """The most a sharer may be promised for this order beside what a shop earns by selling it; None: no such limit.

    0 for whoever works in a shop that sold it: nobody is paid twice for one sale.
    """
    order = Order.objects.filter(number=order_number).only("source", "total_minor").first()
    if order is None or not order.source.get("via"):
        return None
    parts = pool_parts_of(order_number)
    if _works_there(payee_id, (part.shop_id for part in parts)):
        return 0
    return room(paid_minor=order.total_minor, pool_minor=sum(part.earn_minor for part in parts))


def _works_there(person_id: int, shop_ids: Iterable[int]) -> bool:
    mine = {shop.id for shop in goods.shops_of(person_id)}
    return not mine.isdisjoint(shop_ids)
