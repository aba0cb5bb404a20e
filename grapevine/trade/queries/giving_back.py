"""What pieces of an order are worth, as giving them back would count it."""

from collections.abc import Mapping

from grapevine.trade.models import Line, Order
from grapevine.trade.rules.giving_back import Back, Bought, given_back


def bought(order: Order) -> list[Bought]:
    """The order's lines, as the rule looks at them."""
    return [
        Bought(
            line.pk, line.count, line.refunded_count,
            line.price_minor * line.count - line.discount_minor, line.subsidy_minor,
            tuple((name, cut) for name, cut in line.cuts),
        )
        for line in Line.objects.filter(order=order).order_by("id")
    ]  # fmt: skip


def amounts_of(order: Order, pieces: Mapping[int, int]) -> list[Back]:
    """What would go back now for these pieces (line id → how many), capped at what is left of each line."""
    lines = bought(order)
    left = {line.id: line.count - line.back for line in lines}
    wanted = {pk: min(n, left.get(pk, 0)) for pk, n in pieces.items()}
    wanted = {pk: n for pk, n in wanted.items() if n > 0}
    return given_back(lines, shipping_minor=order.shipping_minor, pieces=wanted) if wanted else []
