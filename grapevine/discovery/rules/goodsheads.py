"""Ranking goods by several heads: what is known of goods for a reader, and the one score of them. Pure.

As `heads.py` does for notes, with the same deeds, worths and fitting. The same `goods_features` serve training and pages.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grapevine.discovery.rules.heads import ACTS_MAX, DAY_SECONDS, NEWCOMER_ACTS, Known

GOODS_FEATURES = (
    "place", "unplaced", "age", "sold", "category", "goods", "tie", "away", "priced", "acts", "buyer",
    "sold_newcomer",
)  # fmt: skip
STEP, STEPS_MAX = math.log(2.5), 2.5
AGE_MAX = 400.0
RANK_DAMPING = 10
"""How far down a place still counts for something. The larger, the less the first places weigh."""


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """What is known of goods, whoever looks. `listed`: seconds since 1970; `sold`: pieces."""

    goods_id: int
    listed: float
    sold: int
    category: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class Purse:
    """The prices of what somebody did something for: how many goods, and the sum of the logarithms."""

    count: int = 0
    logs: float = 0.0

    @classmethod
    def of(cls, prices: Collection[int]) -> "Purse":
        found = [math.log(price) for price in prices if price > 0]
        return cls(len(found), sum(found))

    def away(self, price_minor: int) -> float:
        """How many steps of two and a half times a price is from what they usually look at; 0 where nothing is known."""
        if not self.count or price_minor <= 0:
            return 0.0
        return min(abs(math.log(price_minor) - self.logs / self.count) / STEP, STEPS_MAX)


def goods_features(
    reader: Known, one: GoodsFacts, now: float, *, tie: float, purse: Purse, place: int | None = 1
) -> list[float]:
    """A row in the order of GOODS_FEATURES. `tie`: what those the reader follows did for it; `place` None: not written down."""
    days = min(max(now - one.listed, 0.0) / DAY_SECONDS, AGE_MAX)
    sold = math.log1p(max(one.sold, 0))
    category = reader.tastes.get(("category", one.category), 0.0) if one.category else 0.0
    goods = reader.tastes.get(("goods", str(one.goods_id)), 0.0)
    return [
        math.log(max(place, 1)) if place is not None else 0.0,
        1.0 if place is None else 0.0,
        math.log1p(days),
        sold,
        math.log1p(max(category, 0.0)),
        math.log1p(max(goods, 0.0)),
        math.log1p(max(tie, 0.0)),
        purse.away(one.price_minor),
        1.0 if purse.count else 0.0,
        math.log1p(min(reader.acts, ACTS_MAX)),
        1.0 if reader.is_buyer else 0.0,
        sold if reader.acts < NEWCOMER_ACTS else 0.0,
    ]  # fmt: skip


def both_ways(order: Sequence[int], worth: Mapping[int, float]) -> list[int]:
    """Goods by how far in front they stand in a channel's own order and by worth, together.

    The channel knows what no head does (how many of those tied to the reader chose it), the heads what no channel does.
    Places, not scores, are added, since scores of different kinds do not compare (reciprocal rank fusion: Cormack, Clarke,
    Büttcher, SIGIR 2009).
    """
    by_worth = sorted(order, key=lambda pk: -worth.get(pk, 0.0))
    front = dict.fromkeys(order, 0.0)
    for one in (order, by_worth):
        for place, pk in enumerate(one):
            front[pk] += 1 / (RANK_DAMPING + place)
    return sorted(order, key=lambda pk: -front[pk])
