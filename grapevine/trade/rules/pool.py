"""What a shop earns by selling another shop's goods. Pure; whole numbers of minor units alone."""

from grapevine.goods.contracts import POOL_MOST_BPS
from grapevine.kit.money import share_bps
from grapevine.trade.rules.giving_back import first


def earned(
    *, base_minor: int, list_minor: int, own_cut_minor: int, rate_bps: int | None, supply_minor: int
) -> int:
    """What a line earns the shop that sold it.

    With a rate: its share of the sale as it would be at the supplier's price, less what the shop itself gave up. Without:
    the list price above the supply price, less that. Other cuts are the supplier's. All amounts are of the whole
    line; `base_minor` is what it brings. Never below zero, never above POOL_MOST_BPS of what the line brings.
    """
    assert 0 <= own_cut_minor <= list_minor
    if rate_bps is not None:
        whole = share_bps(base_minor + own_cut_minor, rate_bps) - own_cut_minor
    else:
        whole = list_minor - supply_minor - own_cut_minor
    return max(0, min(whole, share_bps(base_minor, POOL_MOST_BPS)))


def gone(amount_minor: int, *, back: int, count: int) -> int:
    """How much of it goes when `back` of `count` pieces went back: in any order, in the end all of it."""
    return first(amount_minor, back, count)


def room(*, paid_minor: int, pool_minor: int) -> int:
    """What may still be paid for bringing the buyer, beside what a shop earns by selling."""
    return max(0, share_bps(max(0, paid_minor), POOL_MOST_BPS) - pool_minor)
