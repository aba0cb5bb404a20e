"""Sending orders out, parcel by parcel, and changing where they go before that."""

import json
from dataclasses import asdict

from django.db import IntegrityError, transaction

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.trade import access
from grapevine.trade.actions.moving import move
from grapevine.trade.contracts import AddressView, IllegalMove, OrderShipped, OrderState
from grapevine.trade.models import Line, Order, OrderStep, Shipment, ShipmentLine
from grapevine.trade.queries.reading import quote
from grapevine.trade.rules import address as places
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
    """Hand a parcel over; carrier and number become visible to the buyer.

    An order kept in several warehouses leaves in several parcels: the one named, or the next. The order
    is shipped when its last parcel is.
    """
    if not 1 <= len(carrier.strip()) <= 30 or not 4 <= len(tracking.strip()) <= 40:
        raise BadInput(fields={"tracking": marked("写上快递公司和单号")})
    order = access.order_of_shop(shop_id, number, lock=True)
    if order.state != OrderState.PAID:
        raise IllegalMove(number)
    waiting = _parcels_left(order)
    wanted = next((w for w in waiting if warehouse_id in (None, w)), None)
    if wanted is None:
        raise IllegalMove(number)
    try:
        with transaction.atomic():
            _send(order, wanted, waiting[wanted], carrier.strip(), tracking.strip())
    except IntegrityError:
        raise IllegalMove(number) from None  # somebody else sent it a moment ago
    guard.note(
        actor_id=actor_id, action="order.ship", object=f"order:{number}", shop_id=shop_id,
        after={"carrier": carrier.strip(), "tracking": tracking.strip()},
    )  # fmt: skip
    if len(waiting) > 1:
        return
    now = clock.now()
    move(
        order, OrderState.SHIPPED, actor="shop", actor_id=actor_id,
        reason=f"{carrier.strip()} {tracking.strip()}", shipped_at=now,
    )  # fmt: skip
    signals.emit(OrderShipped(number, order.buyer_id, shop_id, order.claim, now.isoformat()))


Pieces = tuple[str, dict[int, int]]
"""A warehouse's name, and SKU → pieces."""


def _parcels_left(order: Order) -> dict[int, Pieces]:
    """What has not left yet, by warehouse."""
    gone = set(Shipment.objects.filter(order=order).values_list("warehouse_id", flat=True))
    found: dict[int, Pieces] = {}
    for sku_id, place, name, count in goods.holds_of(order.number):
        if place not in gone:
            found.setdefault(place, (name, {}))[1][sku_id] = count
    return found


def _send(order: Order, place: int, pieces: Pieces, carrier: str, tracking: str) -> None:
    name, counts = pieces
    shipment = Shipment.objects.create(
        order=order, warehouse_id=place, warehouse_name=name, carrier=carrier, tracking=tracking,
        shipped_at=clock.now(),
    )  # fmt: skip
    lines = {line.sku_id: line for line in Line.objects.filter(order=order)}
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=lines[sku_id], count=count)
        for sku_id, count in sorted(counts.items())
    )


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
        address=json.dumps(parts, ensure_ascii=False), region=clean.province
    )
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
