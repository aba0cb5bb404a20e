"""Who is credited, and with how much. Published at /rules/sharing/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from grapevine.kit.money import share_bps

WINDOW = timedelta(days=7)
RATE_MAX_BPS = 5000
SHARER, INVITED, BOTH = "sharer", "invited", "both"
"""Who is thanked for a share that sold something."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A share that met the buyer: by the token on the order, or by a visit."""

    share_id: int
    sharer_id: int
    shop_id: int | None
    at: datetime


def credited(
    touches: Sequence[Touch], *, buyer_id: int, shop_id: int | None, now: datetime
) -> Touch | None:
    """The last direct share of this shop within seven days that is not the buyer's own.

    A share without a shop (a note with goods of several) counts for every shop. `shop_id` None asks
    for a sign-up: any share counts.
    """
    fitting = [
        touch
        for touch in touches
        if touch.sharer_id != buyer_id
        and now - touch.at <= WINDOW
        and (shop_id is None or touch.shop_id in (None, shop_id))
    ]
    return max(fitting, key=lambda touch: (touch.at, touch.share_id), default=None)


def thanks(amount_minor: int, side: str) -> dict[str, int]:
    """What each side gets of a commission: together all of it, whoever they are; of an odd sum the sharer has the rest."""
    invited = {SHARER: 0, INVITED: amount_minor, BOTH: amount_minor // 2}[side]
    parts = {SHARER: amount_minor - invited, INVITED: invited}
    return {name: part for name, part in parts.items() if part}


def category_overlap(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """How much of two shops' shelves is of the same categories: 0 nothing, 1 all, in the same proportions."""
    mine, theirs = sum(one.values()), sum(other.values())
    if not mine or not theirs:
        return 0.0
    return sum(
        min(count / mine, other[name] / theirs) for name, count in one.items() if name in other
    )


def partner_score(*, common: int, fans: int, other_fans: int, same_goods: float) -> float:
    """Audience in common (cosine of the two crowds), less the more both sell the same."""
    if not fans or not other_fans:
        return 0.0
    return float(common / (fans * other_fans) ** 0.5 * (1 - same_goods))


def commission(net_minor: int, rate_bps: int) -> int:
    """What the one direct sharer earns of a net sale, rounded down. There is no second tier."""
    return share_bps(net_minor, min(rate_bps, RATE_MAX_BPS)) if net_minor > 0 else 0
