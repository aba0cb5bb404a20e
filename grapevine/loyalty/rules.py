"""What points are worth, which level a person has, what a member pays."""

from collections.abc import Mapping, Sequence

from grapevine.kit.errors import BadInput
from grapevine.kit.money import allocate
from grapevine.kit.text import marked
from grapevine.loyalty.contracts import Level

LEVELS_MAX = 5
NAME_MAX = 12
RATE_LEAST_BPS = 5_000
RATE_MOST_BPS = 10_000
THRESHOLD_MAX_MINOR = 10**10


def earned(paid_minor: int, *, per_yuan: int) -> int:
    """Points for money that was paid: whole yuan count, what is left over does not."""
    assert paid_minor >= 0
    return paid_minor // 100 * per_yuan


def worth(points: int, *, per_yuan: int) -> int:
    """What points pay, in minor units, rounded down: `needed(worth(p))` is never above `p`."""
    assert points >= 0
    return points * 100 // per_yuan


def needed(amount_minor: int, *, per_yuan: int) -> int:
    """Points that pay this amount, rounded up: a fraction of a point cannot be spent."""
    assert amount_minor >= 0
    return -(-amount_minor * per_yuan // 100)


def split(amounts: Mapping[str, int], *, per_yuan: int) -> dict[str, int]:
    """The points a purchase needs, by order: in proportion to what they cut, the parts sum to the whole."""
    orders = sorted(amounts)
    whole = needed(sum(amounts.values()), per_yuan=per_yuan)
    return dict(zip(orders, allocate(whole, [amounts[one] for one in orders]), strict=True))


def usable(points: int, payable_minor: int, *, per_yuan: int, share_bps: int) -> int:
    """The most that points may pay of a purchase, in minor units."""
    return min(worth(points, per_yuan=per_yuan), payable_minor * share_bps // 10_000)


def level_for(spent_minor: int, levels: Sequence[Level]) -> Level:
    """The highest step reached. `levels` in order; the first begins at 0, so everybody has one."""
    assert levels[0].threshold_minor == 0
    return [one for one in levels if one.threshold_minor <= spent_minor][-1]


def following(spent_minor: int, levels: Sequence[Level]) -> Level | None:
    return next((one for one in levels if one.threshold_minor > spent_minor), None)


def member_price(price_minor: int, rate_bps: int) -> int:
    """A piece at a level's rate, rounded down to the minor unit, in the buyer's favour; never free."""
    return max(1, price_minor * rate_bps // 10_000) if price_minor else 0


def check_levels(levels: Sequence[Level]) -> None:
    """A ladder anybody can read: it begins at 0, every step asks more and never gives less. BadInput if not."""
    wrong: dict[str, str] = {}
    names = [one.name for one in levels]
    thresholds = [one.threshold_minor for one in levels]
    rates = [one.rate_bps for one in levels]
    if len(levels) > LEVELS_MAX:
        wrong["levels"] = marked("最多五个等级")
    if any(not 0 < len(name) <= NAME_MAX for name in names) or len(set(names)) < len(names):
        wrong["name"] = marked("等级名不能空、不能重复，最多十二个字")
    if thresholds and thresholds[0] != 0:
        wrong["threshold"] = marked("第一级的门槛是 0，加入就有")
    elif thresholds != sorted(set(thresholds)) or any(n > THRESHOLD_MAX_MINOR for n in thresholds):
        wrong["threshold"] = marked("门槛要一级比一级高")
    if any(not RATE_LEAST_BPS <= rate <= RATE_MOST_BPS for rate in rates):
        wrong["rate"] = marked("会员价在原价的 50% 到 100% 之间")
    elif rates != sorted(rates, reverse=True):
        wrong["rate"] = marked("等级越高，价格不能越贵")
    if wrong:
        raise BadInput(fields=wrong)
