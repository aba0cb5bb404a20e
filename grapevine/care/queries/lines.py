"""Which received lines a buyer may still speak about."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from grapevine.care.contracts import LineToReview
from grapevine.care.models import Review, ShowOrder, Standing
from grapevine.care.queries.reviews import may_follow_up
from grapevine.kit import clock
from grapevine.kit.paging import Page
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OrderView


def lines_of(orders: Sequence[OrderView]) -> list[LineToReview]:
    """Every line of these orders that arrived, with its review and its note. Three queries."""
    received = [order for order in orders if order.received_at or order.delivered_at]
    numbers = [order.number for order in received]
    if not numbers:
        return []
    reviews = {
        (row.order_number, row.sku_id): row
        for row in Review.objects.filter(order_number__in=numbers)
    }
    followed = Standing.objects.filter(review__order_number__in=numbers, has_follow_up=True)
    done = set(followed.values_list("pk", flat=True))
    notes = {
        (number, sku_id): note
        for number, sku_id, note in ShowOrder.objects.filter(order_number__in=numbers).values_list(
            "order_number", "sku_id", "note_public_id"
        )
    }
    return [
        _line(order, position, reviews, done, notes)
        for order in received
        for position in range(1, len(order.lines) + 1)
    ]


def _line(
    order: OrderView, position: int, reviews: dict[tuple[str, int], Review], done: set[int],
    notes: dict[tuple[str, int], str],
) -> LineToReview:  # fmt: skip
    line = order.lines[position - 1]
    key = (order.number, line.sku_id)
    review = reviews.get(key)
    until = order.received_at and order.received_at + timedelta(days=settings.REVIEW_DAYS)
    in_time = until is not None and clock.now() <= until
    return LineToReview(
        order=order, position=position, line=line, review=review.public_id if review else "",
        note=notes.get(key, ""), may_write=review is None and in_time,
        may_follow_up=review is not None and review.pk not in done and may_follow_up(review),
    )  # fmt: skip


def lines_to_review(
    buyer_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[LineToReview]:
    """A page of received orders, those of their lines that wait for a review. Nine queries."""
    page = trade.received_orders(buyer_id, cursor, limit)
    return Page([one for one in lines_of(page.items) if one.may_write], page.next_cursor)
