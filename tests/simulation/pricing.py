"""The model's prices, in exact fractions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.simulation.facts import Line, Order, Percent, Plan, Refused, SendingSpec

POINTS_BPS = 5_000


@dataclass(slots=True)
class Wanted:
    """A line on its way through the offers."""

    sku: int
    shop: int
    goods: int
    grams: int
    line: Line
    is_exclusive: bool = False

    @property
    def left(self) -> int:
        return self.line.price * self.line.count - self.line.discount


def share(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in proportion to `weights`; what rounding leaves goes to the largest fractions, the earlier first."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(exact)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: total - sum(parts)]:
        parts[n] += 1
    return parts


def together(lines: Sequence[Wanted], plan: Plan) -> None:
    """The price of buying together, where it is lower."""
    for one in lines:
        if one.goods == plan.goods and plan.spec.price < one.line.price:
            one.line.discount = (one.line.price - plan.spec.price) * one.line.count
            one.is_exclusive = True


def cut(
    lines: Sequence[Wanted], amount: int, *, by_platform: bool = False, by_points: bool = False
) -> None:
    if amount:
        for one, part in zip(lines, share(amount, [one.left for one in lines]), strict=True):
            one.line.discount += part
            one.line.subsidy += part if by_platform else 0
            one.line.points += part if by_points else 0


def reduce(lines: Sequence[Wanted], tiers: Sequence[tuple[int, int]]) -> None:
    """The shop's own offer: the best tier its goods reach."""
    open_ = [one for one in lines if not one.is_exclusive]
    base = sum(one.left for one in open_)
    best = max((less for threshold, less in tiers if base and base >= threshold), default=0)
    cut(open_, min(best, base))


def take_percent(lines: Sequence[Wanted], offer: Percent) -> None:
    open_ = [one for one in lines if not one.is_exclusive]
    base = sum(one.left for one in open_)
    if base and base >= offer.threshold:
        part = base * offer.rate_bps // 10_000
        cut(open_, min(part, offer.most), by_platform=True)


def take_points(lines: Sequence[Wanted], most: int) -> None:
    """Points pay up to half of what is left, lines at a special price too."""
    base = sum(one.left for one in lines)
    cut(lines, min(base * POINTS_BPS // 10_000, most), by_platform=True, by_points=True)


def given_back(order: Order, pieces: Mapping[int, int]) -> tuple[dict[int, int], int, int]:
    """(goods by line, shipping, subsidy) for pieces: each is worth its part of the line, earlier ones rounded down."""
    weights = [line.payable for line in order.lines]
    whole = share(order.shipping, weights) if any(weights) else [order.shipping]
    goods: dict[int, int] = {}
    sent = subsidy = 0
    for n, count in pieces.items():
        line = order.lines[n]
        goods[n] = part(line.payable, line, count)
        sent += part(whole[n] if n < len(whole) else 0, line, count)
        subsidy += part(line.subsidy, line, count)
    return goods, sent, subsidy


def part(whole: int, line: Line, count: int) -> int:
    """What the next `count` pieces of a line are worth of `whole`, such that all are worth the whole."""
    return whole * (line.back + count) // line.count - whole * line.back // line.count


def points_back(order: Order, pieces: Mapping[int, int]) -> tuple[int, int]:
    """What points had paid of what was given back: (before, with `pieces`)."""
    before = sum(line.points * line.back // line.count for line in order.lines)
    more = sum(part(order.lines[n].points, order.lines[n], count) for n, count in pieces.items())
    return before, before + more


def sending(lines: Sequence[Wanted], spec: SendingSpec | None, province: int | None) -> int:
    """What sending a shop's lines costs; refused where the shop does not send."""
    if spec is None:
        return 0
    if province is not None and province == spec.nowhere:
        raise Refused("trade.not_delivered")
    if spec.free_over is not None and sum(one.left for one in lines) >= spec.free_over:
        return 0
    grams = sum(max(1, one.grams) * one.line.count for one in lines)
    beyond = max(0, grams - 1000)
    return spec.first + -(-beyond // 1000) * spec.step
