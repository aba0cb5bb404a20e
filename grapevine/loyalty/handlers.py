"""What happens here when an order moves. Each may run twice."""

from grapevine.loyalty import actions
from grapevine.loyalty.offers import POINTS
from grapevine.trade.contracts import (
    OrderCancelled,
    OrderPaid,
    OrderRefunded,
    OrderSettled,
    PiecesRefunded,
)


def on_order_paid(event: OrderPaid) -> None:
    if POINTS in event.offers:
        actions.spend_points(order_number=event.order_number)


def on_order_cancelled(event: OrderCancelled) -> None:
    if POINTS in event.offers:
        actions.free_points(order_number=event.order_number)


def on_order_refunded(event: OrderRefunded) -> None:
    if POINTS in event.offers:
        before, _, whole = event.offers_back.get(POINTS, (0, 0, 0))
        actions.give_back(
            order_number=event.order_number, person_id=event.person_id, before=before, whole=whole
        )
    if event.is_settled:
        actions.uncount_order(order_number=event.order_number, key=event.order_number, left_minor=0)


def on_pieces_refunded(event: PiecesRefunded) -> None:
    if POINTS in event.offers:
        before, after, whole = event.offers_back.get(POINTS, (0, 0, 0))
        actions.give_part_back(
            order_number=event.order_number, person_id=event.person_id, key=event.key,
            before=before, after=after, whole=whole,
        )  # fmt: skip
    if event.is_settled:
        left = event.total_minor - event.before_minor - event.amount_minor
        actions.uncount_order(order_number=event.order_number, key=event.key, left_minor=left)


def on_order_settled(event: OrderSettled) -> None:
    actions.count_order(
        order_number=event.order_number, person_id=event.person_id, shop_id=event.shop_id
    )
