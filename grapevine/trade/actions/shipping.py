"""Sending orders out, parcel by parcel, and changing where they go before that."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.trade import access
from grapevine.trade.actions.moving import move
from grapevine.trade.contracts import AddressView, IllegalMove, OrderShipped, OrderState
from grapevine.trade.models import (
    Line,
    Order,
    OrderStep,
    ParcelChange,
    Pickup,
    Shipment,
    ShipmentLine,
    ShippingAlarm,
)
from grapevine.trade.parcels import (
    AlarmKind,
    IsPickedUp,
    OddNumber,
    ParcelNotFound,
    TooLateToCorrect,
    TooManyPieces,
)
from grapevine.trade.queries.gone import pieces_gone
from grapevine.trade.queries.reading import quote
from grapevine.trade.rules import address as places
from grapevine.trade.rules.carriers import carrier_of, clean_number, name_kept
from grapevine.trade.rules.parcels import fits, may_correct
from grapevine.trade.rules.states import SENDABLE_TO


class DearerThere(DomainError):
    code = "trade.dearer_there"
    status = 409
    message = marked("寄到新地址的运费不一样")
    remedy = marked("请联系店家，或取消后重新下单")


@transaction.atomic
def ship_order(
    *, shop_id: int, number: str, carrier: str, tracking: str, actor_id: int,
    warehouse_id: int | None = None,
) -> None:  # fmt: skip
    """Hand over in one parcel whatever a warehouse still has of an order: the one named, or the next.

    Carrier and number become visible to the buyer. The order is shipped when its last piece has left.
    """
    told = _told(carrier, tracking)
    order = _to_ship(shop_id, number)
    waiting = waiting_pieces(order)
    place = next((w for w in waiting if warehouse_id in (None, w)), None)
    if place is None:
        raise IllegalMove(number)
    _send(order, waiting, place, waiting[place][1], told, actor_id)


@transaction.atomic
def ship_parcel(
    *, shop_id: int, number: str, warehouse_id: int, pieces: Mapping[int, int], carrier: str,
    tracking: str, actor_id: int, is_sure: bool = False,
) -> int:  # fmt: skip
    """Send some `pieces` (line → count) of an order from a warehouse as one parcel; its id.

    Raises TooManyPieces for what is not there any more, OddNumber for a number that does not look like one
    of this carrier's, unless somebody `is_sure`.
    """
    told = _told(carrier, tracking, is_sure=is_sure)
    order = _to_ship(shop_id, number)
    waiting = waiting_pieces(order)
    sku_of = dict(Line.objects.filter(order=order).values_list("id", "sku_id"))
    if not pieces.keys() <= sku_of.keys() or warehouse_id not in waiting:
        raise TooManyPieces
    counts = {sku_of[line_id]: count for line_id, count in pieces.items()}
    if not fits(counts, waiting[warehouse_id][1]):
        raise TooManyPieces
    return _send(order, waiting, warehouse_id, counts, told, actor_id)


@dataclass(frozen=True, slots=True)
class _Told:
    """A carrier's name, its code if we know it (nobody tells of the parcels of others), and a number."""

    carrier: str
    code: str
    tracking: str


def _told(carrier: str, tracking: str, *, is_sure: bool = True) -> _Told:
    name, known = name_kept(carrier), carrier_of(carrier)
    number = clean_number(tracking) if known else tracking.strip()
    if not 1 <= len(name) <= 30 or not 4 <= len(number) <= 40:
        raise BadInput(fields={"tracking": marked("写上快递公司和单号")})
    if known and not is_sure and not known.fits(number):
        raise OddNumber(tracking=number, carrier=known.name)
    return _Told(name, known.code if known else "", number)


def _to_ship(shop_id: int, number: str) -> Order:
    """The order, locked until the transaction ends, or IllegalMove if it is not to be sent now."""
    order = access.order_of_shop(shop_id, number, lock=True)
    if order.state != OrderState.PAID:
        raise IllegalMove(number)
    if Pickup.objects.filter(order=order).exists():
        raise IsPickedUp(number)
    return order


Pieces = tuple[str, dict[int, int]]
"""A warehouse's name, and SKU → pieces."""


def waiting_pieces(order: Order) -> dict[int, Pieces]:
    """What has not left yet, by warehouse. What came back to the shelf before it left waits no more."""
    gone = {(sku, place): count for sku, place, count in pieces_gone(order)}
    found: dict[int, Pieces] = {}
    for sku_id, place, name, count in goods.holds_of(order.number):
        left = count - gone.get((sku_id, place), 0)
        if left > 0:
            found.setdefault(place, (name, {}))[1][sku_id] = left
    return found


def _send(
    order: Order, waiting: Mapping[int, Pieces], place: int, counts: Mapping[int, int], told: _Told,
    actor_id: int,
) -> int:  # fmt: skip
    """Write the parcel; move the order on if nothing is left."""
    now = clock.now()
    shipment = send_pieces(
        order, place=place, name=waiting[place][0], counts=counts, carrier=told.carrier,
        code=told.code, tracking=told.tracking,
    )  # fmt: skip
    guard.note(
        actor_id=actor_id, action="order.ship", object=f"order:{order.number}", shop_id=order.shop_id,
        after={"carrier": told.carrier, "tracking": told.tracking},
    )  # fmt: skip
    if sum(sum(left.values()) for _, left in waiting.values()) > sum(counts.values()):
        return shipment
    move(
        order, OrderState.SHIPPED, actor="shop", actor_id=actor_id,
        reason=f"{told.carrier} {told.tracking}", shipped_at=now,
    )  # fmt: skip
    ShippingAlarm.objects.filter(order=order, kind=AlarmKind.LATE, ended_at=None).update(
        ended_at=now
    )
    signals.emit(
        OrderShipped(order.number, order.buyer_id, order.shop_id, order.claim, now.isoformat())
    )
    return shipment


def send_pieces(
    order: Order, *, place: int, name: str, counts: Mapping[int, int], carrier: str, code: str,
    tracking: str,
) -> int:  # fmt: skip
    """A parcel with pieces (SKU → count): counted on the lines by guarded updates, never more than were ordered."""
    lines = {line.sku_id: line for line in Line.objects.filter(order=order)}
    for sku_id, count in sorted(counts.items()):
        mine = Line.objects.filter(pk=lines[sku_id].pk, shipped_count__lte=F("count") - count)
        if not mine.update(shipped_count=F("shipped_count") + count):
            raise TooManyPieces
    shipment = Shipment.objects.create(
        order=order, warehouse_id=place, warehouse_name=name, carrier=carrier, carrier_code=code,
        tracking=tracking, shipped_at=clock.now(),
    )  # fmt: skip
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=lines[sku_id], count=count)
        for sku_id, count in sorted(counts.items())
    )
    return shipment.pk


@transaction.atomic
def correct_parcel(
    *, shop_id: int, number: str, parcel_id: int, carrier: str, tracking: str, actor_id: int,
    is_sure: bool = False,
) -> None:  # fmt: skip
    """Put carrier and number of a parcel right; what stood there stays in the timeline.

    For a day, until the carrier has brought it somewhere; then TooLateToCorrect.
    """
    told = _told(carrier, tracking, is_sure=is_sure)
    order = access.order_of_shop(shop_id, number, lock=True)
    row = Shipment.objects.filter(order=order, pk=parcel_id).first()
    if row is None:
        raise ParcelNotFound(str(parcel_id))
    open_ = may_correct(
        shipped_at=row.shipped_at, delivered_at=row.delivered_at, returned_at=row.returned_at,
        now=clock.now(),
    )  # fmt: skip
    if not open_ or order.state not in (OrderState.PAID, OrderState.SHIPPED) or not row.tracking:
        raise TooLateToCorrect
    if (row.carrier, row.tracking) == (told.carrier, told.tracking):
        return
    ParcelChange.objects.create(
        shipment=row, carrier=row.carrier, tracking=row.tracking, at=clock.now(), actor_id=actor_id
    )
    Shipment.objects.filter(pk=row.pk).update(
        carrier=told.carrier, carrier_code=told.code, tracking=told.tracking, last_scan_at=None,
        subscribed_at=None, asked_at=None,
    )  # fmt: skip
    signals.publish(f"order:{number}", {"state": order.state})


@transaction.atomic
def change_address(*, buyer_id: int, number: str, address: AddressView) -> None:
    """Send it elsewhere, as long as nothing has left and sending there costs the same.

    Raises IllegalMove, BadAddress, NotDelivered or DearerThere; then the old address stands.
    """
    clean = places.check(address)
    order = access.order_of_buyer(buyer_id, number, lock=True)
    if order.state not in SENDABLE_TO or Shipment.objects.filter(order=order).exists():
        raise IllegalMove(number)
    if clean.province != order.region:
        _same_cost(order, clean.province)
    parts = {k: v for k, v in asdict(clean).items() if k not in ("id", "is_default")}
    Order.objects.filter(pk=order.pk).update(
        address=json.dumps(parts, ensure_ascii=False), region=clean.province,
        city=places.city_of(clean),
    )  # fmt: skip
    OrderStep.objects.create(
        order=order, state=order.state, at=clock.now(), actor="buyer", actor_id=buyer_id,
        reason=marked("改了收货地址"),
    )  # fmt: skip


def _same_cost(order: Order, province: str) -> None:
    """Compare what sending costs there and here by today's templates; offers do not matter for that."""
    lines = list(Line.objects.filter(order=order).values_list("sku_id", "count"))
    here, there = (
        quote(buyer_id=None, lines=lines, province=where, covers=False).shipping_minor
        for where in (order.region, province)
    )
    if here != there:
        raise DearerThere(order.number)
