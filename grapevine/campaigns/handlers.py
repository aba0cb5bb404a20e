"""What happens here when an order moves, or an experiment stops. Each may run twice."""

from grapevine.campaigns.actions import groups, redeeming, sizes
from grapevine.campaigns.contracts import GroupExpired, SeatLost
from grapevine.signals.facade import ExperimentStopped
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


def give_back_after_cancelling(event: OrderCancelled) -> None:
    if redeeming.uses_flash(event.offers):
        redeeming.give_back_flash(order_number=event.order_number)
    _give_back_coupons(event)


def give_back_after_refunding(event: OrderRefunded) -> None:
    _give_back_coupons(event)


def _give_back_coupons(event: OrderCancelled | OrderRefunded) -> None:
    for public_id in redeeming.coupons_of(event.offers):
        redeeming.give_back_coupon(public_id=public_id, payment_number=event.payment_number)


def on_experiment_stopped(event: ExperimentStopped) -> None:
    if event.knob == sizes.SIZE.name and event.shop_id is not None:
        sizes.unsize_plans(event.shop_id)


def on_group_expired(event: GroupExpired) -> None:
    groups.refund_members(group_id=event.object_id)


def on_seat_lost(event: SeatLost) -> None:
    groups.refund_seat(order_number=event.order_number)
