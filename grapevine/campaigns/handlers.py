"""What happens here when an order moves. Each may run twice."""

from grapevine.campaigns.actions import groups
from grapevine.campaigns.contracts import GroupExpired
from grapevine.trade.contracts import OrderCancelled, OrderPaid, OrderRefunded


def on_order_paid(event: OrderPaid) -> None:
    if event.claim.startswith(groups.CLAIM):
        groups.pay_seat(order_number=event.order_number)


def on_order_cancelled(event: OrderCancelled) -> None:
    if event.claim.startswith(groups.CLAIM):
        groups.leave_seat(order_number=event.order_number, refunded=False)


def on_order_refunded(event: OrderRefunded) -> None:
    if event.claim.startswith(groups.CLAIM):
        groups.leave_seat(order_number=event.order_number, refunded=True)


def on_group_expired(event: GroupExpired) -> None:
    groups.refund_members(group_id=event.object_id)
