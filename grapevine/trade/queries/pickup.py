"""Reads of pick-up points and of orders that are fetched."""

from collections.abc import Iterable, Sequence

from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Order, Pickup, PickupPoint
from grapevine.trade.parcels import PickupView, PointNotFound, PointView

POINTS_MAX = 50
SHOWN_IN = (OrderState.PAID,)
"""While in these, the buyer sees the code."""


def point_view(row: PickupPoint) -> PointView:
    return PointView(
        row.public_id, row.shop_id, row.name, row.address, row.hours, row.phone, row.is_active
    )


def points_of(shop_ids: Iterable[int], *, all_: bool = False) -> list[PointView]:
    """The points of these shops, the oldest first; `all_` with those that are closed. One query."""
    rows = PickupPoint.objects.filter(shop_id__in=sorted(set(shop_ids)))
    found = rows if all_ else rows.filter(is_active=True)
    return [point_view(row) for row in found.order_by("id")[:POINTS_MAX]]


def chosen_points(public_ids: Sequence[str]) -> dict[int, int]:
    """Shop → id of the point chosen there; PointNotFound for one that is closed or none. One query, none without."""
    if not public_ids:
        return {}
    rows = PickupPoint.objects.filter(public_id__in=public_ids, is_active=True)
    found = {shop_id: pk for pk, shop_id in rows.values_list("pk", "shop_id")}
    if len(found) != len(set(public_ids)):
        raise PointNotFound
    return found


def pickups_of(orders: Iterable[Order], *, shows_code: bool = False) -> dict[int, PickupView]:
    """By order. The code only where it is asked for and the order waits to be fetched. One query."""
    state_of = {order.pk: order.state for order in orders}
    rows = Pickup.objects.filter(order_id__in=list(state_of)).select_related("point")
    return {
        row.order_id: PickupView(
            point_view(row.point),
            row.code if shows_code and state_of[row.order_id] in SHOWN_IN else "",
            row.taken_at,
        )
        for row in rows
    }


def waiting_pickups(shop_id: int, limit: int = 50) -> list[tuple[str, PickupView]]:
    """Paid orders that wait to be fetched, the oldest first: number and where. Without codes."""
    rows = Pickup.objects.filter(
        order__shop_id=shop_id, order__state=OrderState.PAID, taken_at=None
    ).select_related("point", "order")
    return [
        (row.order.number, PickupView(point_view(row.point)))
        for row in rows.order_by("order_id")[:limit]
    ]
