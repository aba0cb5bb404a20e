"""What a buyer gets back for pieces of an order. Pure; whole numbers of minor units alone.

An order's total is split over its lines once: what was paid for a line after its offers, its share of the shipping
by largest remainder in proportion to that, and what the platform made up. Of a line of `count` pieces the first n
are worth `whole * n // count` together, so that any order of giving pieces back ends at the whole, to the minor
unit, and never goes beyond it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grapevine.kit.money import allocate


@dataclass(frozen=True, slots=True)
class Bought:
    """A line as it was paid, and how many of its pieces went back before."""

    id: int
    count: int
    back: int
    payable_minor: int
    subsidy_minor: int = 0
    cuts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """What goes back for pieces of a line."""

    id: int
    count: int
    goods_minor: int
    shipping_minor: int
    subsidy_minor: int

    @property
    def amount_minor(self) -> int:
        return self.goods_minor + self.shipping_minor


def first(whole_minor: int, pieces: int, count: int) -> int:
    """What the first `pieces` of `count` are worth together."""
    assert 0 <= pieces <= count
    return whole_minor * pieces // count


def given_back(
    lines: Sequence[Bought], *, shipping_minor: int, pieces: Mapping[int, int]
) -> list[Back]:
    """What goes back for `pieces` (line id → how many), in the order of `lines`: all lines of the order.

    ValueError if a line has not so many left, or none is asked for.
    """
    if not any(pieces.values()) or not set(pieces) <= {line.id for line in lines}:
        raise ValueError("no pieces of this order")
    shares = allocate(shipping_minor, [line.payable_minor for line in lines])
    found = []
    for line, share in zip(lines, shares, strict=True):
        wanted = pieces.get(line.id, 0)
        if wanted < 0 or line.back + wanted > line.count:
            raise ValueError(f"line {line.id} has not so many left")
        if wanted:
            goods, shipping, subsidy = (
                first(whole, line.back + wanted, line.count) - first(whole, line.back, line.count)
                for whole in (line.payable_minor, share, line.subsidy_minor)
            )
            found.append(Back(line.id, wanted, goods, shipping, subsidy))
    return found


def offers_back(
    lines: Sequence[Bought], pieces: Mapping[int, int]
) -> dict[str, tuple[int, int, int]]:
    """For each offer of the order what it had cut from pieces given back: before, with `pieces`, and in all."""
    found: dict[str, tuple[int, int, int]] = {}
    for line in lines:
        after = line.back + pieces.get(line.id, 0)
        for reference, whole in line.cuts:
            had, has, all_ = found.get(reference, (0, 0, 0))
            found[reference] = (
                had + first(whole, line.back, line.count),
                has + first(whole, after, line.count),
                all_ + whole,
            )
    return found
