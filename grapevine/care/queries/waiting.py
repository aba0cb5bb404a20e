"""How much waits behind the entries of the consoles; each counts to 100 and costs one query."""

from collections.abc import Callable

from grapevine.care.models import Certificate
from grapevine.care.queries import reviews

Count = Callable[[int | None], int]
MOST = 100


def reviews_unanswered(shop_id: int | None) -> int:
    return reviews.unanswered(shop_id or 0)


def certificates_waiting(_shop_id: int | None) -> int:
    return Certificate.objects.filter(state="waiting")[:MOST].count()


COUNTS: dict[tuple[str, str], Count] = {
    ("shop", "reviews"): reviews_unanswered,
    ("operator", "certificates"): certificates_waiting,
}
