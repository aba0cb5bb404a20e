"""What goods ask of modules above: complaints about goods, what was sold for others, and their pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

Complaints = Callable[[Sequence[int]], Mapping[int, int]]
_counters: list[Complaints] = []


def register_complaints(counter: Complaints) -> None:
    """Fill in how often each goods id was complained about."""
    _counters.append(counter)


def complaints(goods_ids: Sequence[int]) -> dict[int, int]:
    total: dict[int, int] = {}
    for counter in _counters:
        for goods_id, count in counter(goods_ids).items():
            total[goods_id] = total.get(goods_id, 0) + count
    return total


Sold = Callable[[int, datetime], int]
_sellers: list[Sold] = []


def register_sold(counter: Sold) -> None:
    """Fill in what a shop sold of other shops' goods since a moment, in minor units."""
    _sellers.append(counter)


def sold_for_others(shop_id: int, since: datetime) -> int:
    return sum(counter(shop_id, since) for counter in _sellers)


ShopOf = Callable[[Mapping[str, str]], int | None]
_pages: dict[str, ShopOf | None] = {}


def register_page(view_name: str, shop_of: ShopOf | None = None) -> None:
    """A page that shops' own domains have; `shop_of` says whose it is by the parts of its address, None for all."""
    _pages[view_name] = shop_of


def has_page(view_name: str) -> bool:
    return view_name in _pages


def is_page_of(view_name: str, parts: Mapping[str, str], shop_id: int) -> bool:
    if view_name not in _pages:
        return False
    shop_of = _pages[view_name]
    return shop_of is None or shop_of(parts) == shop_id


DepositScale = Callable[[int], int]
WHOLE_BPS = 10_000
_scales: list[DepositScale] = []


def register_deposit_scale(scale: DepositScale) -> None:
    """Say how much of the usual deposit a shop owes now, in basis points."""
    _scales.append(scale)


def deposit_bps(shop_id: int) -> int:
    """10,000 where nobody says anything else."""
    return _scales[-1](shop_id) if _scales else WHOLE_BPS
