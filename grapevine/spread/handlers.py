"""What happens here when people sign up and orders move. Each runs once in effect."""

from datetime import datetime

from grapevine.people.contracts import PersonSignedIn, PersonSignedUp
from grapevine.spread import actions
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OrderPaid, OrderRefunded, OrderSettled, PiecesRefunded


def on_signed_up(event: PersonSignedUp) -> None:
    at = datetime.fromisoformat(event.at)
    actions.credit_sign_up(person_id=event.person_id, visitor_id=event.visitor_id, at=at)


def on_signed_in(event: PersonSignedIn) -> None:
    actions.stitch(person_id=event.person_id, visitor_id=event.visitor_id)


def on_order_paid(event: OrderPaid) -> None:
    actions.credit_order(event)


def on_order_refunded(event: OrderRefunded) -> None:
    actions.reverse(order_number=event.order_number)
    actions.uncount_fan(
        shop_id=event.shop_id, person_id=event.person_id, amount_minor=event.amount_minor
    )
    if event.source.get("via"):
        for part in trade.pool_parts_of(event.order_number):
            actions.uncount_fan(
                shop_id=part.shop_id, person_id=event.person_id, amount_minor=part.paid_minor
            )


def on_pieces_refunded(event: PiecesRefunded) -> None:
    actions.reverse_part(order_number=event.order_number)
    actions.uncount_spent(
        shop_id=event.shop_id, person_id=event.person_id, amount_minor=event.amount_minor
    )


def on_order_settled(event: OrderSettled) -> None:
    actions.release(order_number=event.order_number)
