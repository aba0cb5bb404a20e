"""What terms the pool takes, and which are worse than those before. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from grapevine.goods.contracts import POOL_MOST_BPS
from grapevine.kit.money import share_bps


class Term(NamedTuple):
    """One SKU's terms, in minor units: supply ≤ floor ≤ list."""

    list_minor: int
    supply_minor: int
    floor_minor: int

    @property
    def earn_minor(self) -> int:
        """What a sale at the list price earns."""
        return self.list_minor - self.supply_minor


def term(
    list_minor: int, *, rate_bps: int | None, supply_minor: int | None, floor_minor: int | None
) -> Term | None:
    """The terms asked for, or None if they are none: the pool takes at most half of the price."""
    if rate_bps is not None:
        if not 0 < rate_bps <= POOL_MOST_BPS:
            return None
        supply = list_minor - share_bps(list_minor, rate_bps)
    elif supply_minor is None:
        return None
    else:
        supply = supply_minor
    floor = list_minor if floor_minor is None else floor_minor
    least = list_minor - share_bps(list_minor, POOL_MOST_BPS)
    if not least <= supply < list_minor or not supply <= floor <= list_minor:
        return None
    return Term(list_minor, supply, floor)


def is_worse(before: dict[int, Term], now: dict[int, Term]) -> bool:
    """Whether a shop that agreed to `before` (by SKU) would get less, or may sell at less low a price, by `now`."""
    return any(
        sku not in now
        or now[sku].supply_minor > one.supply_minor
        or now[sku].floor_minor > one.floor_minor
        or now[sku].earn_minor < one.earn_minor
        or now[sku].list_minor > one.list_minor
        for sku, one in before.items()
    )


def price(list_minor: int, floor_minor: int, off_bps: int) -> int:
    """What a pick sells for: the list price less what its shop gives up, never under the floor."""
    return max(min(floor_minor, list_minor), list_minor - share_bps(list_minor, off_bps))


def most_off_bps(terms: Iterable[Term]) -> int:
    """The largest reduction, in whole basis points, that keeps every SKU at its floor or above."""
    return min(
        ((one.list_minor - one.floor_minor) * 10_000 // one.list_minor for one in terms if one.list_minor),
        default=0,
    )  # fmt: skip
