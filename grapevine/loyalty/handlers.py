"""What happens here when an order moves. Each may run twice."""

from grapevine.loyalty import actions
from grapevine.loyalty.offers import POINTS
from grapevine.trade.contracts import OrderCancelled, OrderPaid, OrderRefunded, OrderSettled


def on_order_paid(event: OrderPaid) -> None:
    if POINTS in event.offers:
        actions.spend_points(order_number=event.order_number)


def on_order_cancelled(event: OrderCancelled) -> None:
    if POINTS in event.offers:
        actions.free_points(order_number=event.order_number)


def on_order_refunded(event: OrderRefunded) -> None:
    if POINTS in event.offers:
        actions.give_back(order_number=event.order_number, person_id=event.person_id)


def on_order_settled(event: OrderSettled) -> None:
    actions.count_order(
        order_number=event.order_number, person_id=event.person_id, shop_id=event.shop_id
    )
