"""What a shop has to send: filtered, counted, and what is left where."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.trade import access
from grapevine.trade.contracts import AddressView, OrderState
from grapevine.trade.models import (
    Line,
    Order,
    Pickup,
    Shipment,
    ShipmentLine,
    ShippingTerms,
)
from grapevine.trade.parcels import PieceView, ToShip, WaitingPlace
from grapevine.trade.queries.ready import with_ready
from grapevine.trade.rules.parcels import SHIP_HOURS, ship_by

WAITING_MAX = 10_000
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """Of the list of what is to be sent; empty ones take everything. `age_hours`: waiting for at least so long."""

    warehouse_id: int | None = None
    age_hours: int = 0
    goods: str = ""
    province: str = ""
    is_late: bool = False
    numbers: tuple[str, ...] = ()


NO_FILTERS = Filters()


def ship_hours(shop_id: int) -> int:
    """How many hours after payment this shop promises to send."""
    row = ShippingTerms.objects.filter(shop_id=shop_id).values_list("ship_hours", flat=True).first()
    return row or SHIP_HOURS


def _waiting(shop_id: int) -> QuerySet[Any]:
    rows = Order.objects.filter(shop_id=shop_id, state=OrderState.PAID)
    return with_ready(rows.exclude(pk__in=Pickup.objects.values("order")))


def _filtered(shop_id: int, filters: Filters, hours: int, now: datetime) -> QuerySet[Any]:
    rows = _waiting(shop_id)
    if filters.numbers:
        rows = rows.filter(number__in=filters.numbers)
    if filters.province:
        rows = rows.filter(region=filters.province)
    if filters.age_hours:
        rows = rows.filter(ready_at__lte=now - timedelta(hours=filters.age_hours))
    if filters.is_late:
        rows = rows.filter(ready_at__lt=now - timedelta(hours=hours))
    if filters.goods:
        own = Line.objects.filter(order__shop_id=shop_id)
        for word in filters.goods.split()[:5]:
            own = own.filter(title__icontains=word)
        rows = rows.filter(pk__in=own.values("order_id"))
    if filters.warehouse_id is not None:
        rows = rows.filter(number__in=_numbers_at(rows, filters.warehouse_id))
    return rows


def _numbers_at(rows: QuerySet[Any], warehouse_id: int) -> list[str]:
    """Those of at most 10,000 orders that have something left in a warehouse."""
    numbers = list(rows.order_by("pk").values_list("number", flat=True)[:WAITING_MAX])
    left = left_of(numbers)
    return [number for number in numbers if warehouse_id in left.get(number, {})]


def left_of(numbers: Sequence[str]) -> dict[str, dict[int, tuple[str, dict[int, int]]]]:
    """Order → warehouse → its name, and SKU → pieces that have not left. Two queries for each 500."""
    found: dict[str, dict[int, tuple[str, dict[int, int]]]] = {}
    gone: dict[tuple[str, int, int | None], int] = {}
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        rows = ShipmentLine.objects.filter(shipment__order__number__in=some).values_list(
            "shipment__order__number", "line__sku_id", "shipment__warehouse_id"
        )
        for number, sku_id, place, count in rows.annotate(n=Sum("count")).order_by():
            gone[number, sku_id, place] = count
    for number, holds in goods.holds_of_all(numbers).items():
        for sku_id, place, name, count in holds:
            left = count - gone.get((number, sku_id, place), 0)
            if left > 0:
                found.setdefault(number, {}).setdefault(place, (name, {}))[1][sku_id] = left
    return found


def to_ship(
    shop_id: int, filters: Filters = NO_FILTERS, cursor: str | None = None, limit: int | None = None
) -> Page[ToShip]:
    """What waits, the oldest first. Eight queries, however many."""
    size, now, hours = clamp(limit), clock.now(), ship_hours(shop_id)
    rows = _filtered(shop_id, filters, hours, now).order_by("pk")
    if cursor:
        rows = rows.filter(pk__gt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(_views(found[:size], hours, now), more)


def all_to_ship(shop_id: int, filters: Filters = NO_FILTERS) -> Iterable[ToShip]:
    """Everything that waits, at most 10,000 orders, read 500 at a time: for files."""
    now, hours, last, seen = clock.now(), ship_hours(shop_id), 0, 0
    while seen < WAITING_MAX:
        rows = _filtered(shop_id, filters, hours, now).filter(pk__gt=last).order_by("pk")
        found = list(rows[:CHUNK])
        if not found:
            return
        yield from _views(found, hours, now)
        last, seen = found[-1].pk, seen + len(found)


def waiting_order(shop_id: int, number: str) -> ToShip | None:
    """One order that waits, or None if it does not; OrderNotFound for another shop's."""
    access.order_of_shop(shop_id, number)
    page = to_ship(shop_id, Filters(numbers=(number,)), None, 1)
    return page.items[0] if page.items else None


def _views(rows: Sequence[Order], hours: int, now: datetime) -> list[ToShip]:
    numbers = [row.number for row in rows]
    left = left_of(numbers)
    lines: dict[str, dict[int, Line]] = {number: {} for number in numbers}
    for line in Line.objects.filter(order__in=rows).select_related("order").order_by("id"):
        lines[line.order.number][line.sku_id] = line
    sent: dict[int, int] = {}
    for order_id in Shipment.objects.filter(order__in=rows).values_list("order_id", flat=True):
        sent[order_id] = sent.get(order_id, 0) + 1
    return [
        ToShip(
            row.number, row.buyer_id, row.region, row.total_minor, row.currency, row.message,
            _ready(row), ship_by(_ready(row), hours), _ready(row) < now - timedelta(hours=hours),
            _places(left.get(row.number, {}), lines[row.number]), sent.get(row.pk, 0), bool(row.address),
        )
        for row in rows
    ]  # fmt: skip


def _ready(row: Order) -> datetime:
    found: datetime = getattr(row, "ready_at", None) or row.paid_at or row.placed_at
    return found


def _places(
    left: Mapping[int, tuple[str, Mapping[int, int]]], lines: Mapping[int, Line]
) -> tuple[WaitingPlace, ...]:
    return tuple(
        WaitingPlace(
            place, name,
            tuple(
                PieceView(lines[sku].pk, sku, lines[sku].title, lines[sku].option, count)
                for sku, count in counts.items()
                if sku in lines
            ),
        )
        for place, (name, counts) in left.items()
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unaddressed:
    """An order that waits and goes nobody knows where; of its region what came with it, "" where nothing did."""

    number: str
    paid_at: datetime
    province: str
    city: str


def unaddressed(shop_id: int) -> list[Unaddressed]:
    """Orders that wait to be sent, were imported and have no address yet, the oldest first; at most 10,000."""
    rows = _waiting(shop_id).filter(address="").order_by("pk")[:WAITING_MAX]
    return [Unaddressed(row.number, _ready(row), row.region, row.city) for row in rows]


def counts(shop_id: int) -> dict[str, int]:
    """How many wait, and how many of them are late. Three queries."""
    hours = ship_hours(shop_id)
    rows = _waiting(shop_id)
    limit = clock.now() - timedelta(hours=hours)
    return {"all": rows.count(), "late": rows.filter(ready_at__lt=limit).count()}


def provinces(shop_id: int) -> list[str]:
    """Where orders that wait go to, by name."""
    rows = _waiting(shop_id).exclude(region="").values_list("region", flat=True)
    return sorted(set(rows[:WAITING_MAX]))


def addresses_of(shop_id: int, numbers: Sequence[str]) -> dict[str, AddressView]:
    """Where orders of a shop go, opened. Who asks for it needs the right to, and writes it down."""
    rows = Order.objects.filter(shop_id=shop_id, number__in=numbers).exclude(address="")
    return {
        number: AddressView(**json.loads(address))
        for number, address in rows.values_list("number", "address")
    }
