"""Points for what one module tells and another one gives: neighbours do not know each other."""

from django.conf import settings

from grapevine.care.contracts import ShowOrderPublished
from grapevine.loyalty import facade as loyalty


def on_show_order_published(event: ShowOrderPublished) -> None:
    """A buyer showed what they received: points, once a line of an order. May run twice."""
    loyalty.give_points(
        key=f"shown:{event.order_number}:{event.position}", person_id=event.person_id,
        points=settings.POINTS_SHOW_ORDER, reference=event.order_number,
    )  # fmt: skip
