"""The credit rating of a shop: factors from real rows, each 0 to 100, and their weighted mean. Published at /rules/rating/.

A factor is a straight line between the value that earns 100 and the value that earns 0. It counts once it has
`least` cases; until then its weight goes to the others. The rating is the weighted mean of the factors' whole
points, rounded half up, so that anybody can compute it again from what is shown. (E-Commerce Law of the PRC,
article 39: a sound credit evaluation system with public rules.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grapevine.care.contracts import FactorView, Measure
from grapevine.kit.text import marked

WINDOW_DAYS = 90


@dataclass(frozen=True, slots=True)
class Factor:
    """`best` earns 100 points and `worst` 0, in `unit`: hours, bps, ten-thousandths or cases."""

    name: str
    label: str
    source: str
    unit: str
    best: int
    worst: int
    weight: int
    least: int
    hint: str


FACTORS = (
    Factor(
        "ship_time", marked("发货速度"), marked("付款到发出，平均小时"), "hours", 24, 96, 20, 5,
        marked("每天固定时间发货；备货不足的商品先下架或标明发货时间"),
    ),
    Factor(
        "refund_speed", marked("退款速度"), marked("同意退款到钱退回，平均小时"), "hours", 24, 168, 10, 1,
        marked("退款当天处理，钱原路退回"),
    ),
    Factor(
        "refund_rate", marked("退款率"), marked("付款订单里退款的比例"), "bps", 200, 2000, 10, 10,
        marked("看看退款原因里最多的是什么，改详情页和包装"),
    ),
    Factor(
        "dispute_rate", marked("纠纷率"), marked("付款订单里升级为纠纷的比例"), "bps", 0, 200, 15, 10,
        marked("在买家申请平台介入之前把问题解决"),
    ),
    Factor(
        "after_sales", marked("售后考核"), marked("已了结的售后里，首次响应、解决时间都达标且没有重开、满意度不低的比例"),
        "bps", 10_000, 5000, 10, 5,
        marked("一天内先回复买家；能当天退的当天退"),
    ),
    Factor(
        "reviews", marked("商品评价"), marked("评价得分的下界（威尔逊 90%）"), "share", 9000, 4000, 25, 5,
        marked("先回复低星评价，再改买家反复提到的问题"),
    ),
    Factor(
        "violations", marked("违规"), marked("90 天里商品因违规被驳回、因缺证过期被停售、店铺被暂停的次数"), "cases", 0, 5, 5, 0,
        marked("发布前看一遍平台规则；已改正的违规 90 天后不再计入"),
    ),
    Factor(
        "inspections", marked("抽检"), marked("抽检不合格的比例"), "bps", 0, 1000, 5, 1,
        marked("不合格的批次停售，按抽检报告整改"),
    ),
)  # fmt: skip
LEVELS = (("A", 90), ("B", 80), ("C", 65), ("D", 50), ("E", 0))
"""The lowest points of each level."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a level does, in basis points of the usual.

    `ranking`: the score of its goods in search and recommendation is multiplied by it. `deposit`: what the shop owes.
    `fee`: the platform's share of orders placed while the level holds.
    """

    level: str
    ranking_bps: int
    deposit_bps: int
    fee_bps: int


EFFECTS = (
    Effect("A", 10_500, 5_000, 9_000),
    Effect("B", 10_200, 8_000, 10_000),
    Effect("C", 10_000, 10_000, 10_000),
    Effect("D", 9_500, 15_000, 10_000),
    Effect("E", 8_000, 20_000, 11_000),
)


USUAL = Effect("", 10_000, 10_000, 10_000)
"""A shop without a level."""
DEPOSIT_NOTICE_DAYS = 30
"""A deposit rises only once the level has asked for it so long; it falls at once."""


def effect_of(level: str) -> Effect:
    return next((one for one in EFFECTS if one.level == level), USUAL)


def deposit_scale(levels: Sequence[str]) -> int:
    """What is owed, by the levels of the last DEPOSIT_NOTICE_DAYS days: the least any of them asks for."""
    return min((effect_of(one).deposit_bps for one in levels), default=USUAL.deposit_bps)


def points(factor: Factor, value: int) -> int:
    """0 to 100 on the line from `worst` to `best`, rounded half up."""
    span = factor.best - factor.worst
    way = value - factor.worst
    if span < 0:
        span, way = -span, -way
    return min(100, max(0, (200 * way + span) // (2 * span)))


def judged(factor: Factor, measure: Measure | None) -> FactorView:
    if measure is None or measure.cases < factor.least:
        cases = measure.cases if measure else 0
        value = measure.value if measure else 0
        return FactorView(factor.name, None, factor.weight, cases, value)
    earned = points(factor, measure.value)
    return FactorView(factor.name, earned, factor.weight, measure.cases, measure.value)


def overall(factors: Sequence[FactorView]) -> int | None:
    """The weighted mean of the factors that have points; None if those weigh less than half of all."""
    known = [(one.points, one.weight) for one in factors if one.points is not None]
    weight = sum(own for _, own in known)
    if 2 * weight < sum(one.weight for one in FACTORS):
        return None
    total = sum(earned * own for earned, own in known)
    return (2 * total + weight) // (2 * weight)


def level_of(earned: int | None) -> str:
    """A to E; "" for a shop too new to be rated."""
    if earned is None:
        return ""
    return next(name for name, least in LEVELS if earned >= least)


def hints(factors: Sequence[FactorView]) -> list[tuple[str, int, str]]:
    """(factor, points the rating would gain at 100, what to do), the most worthwhile first."""
    now = overall(factors)
    if now is None:
        return []
    by_name = {one.name: one for one in FACTORS}
    found = []
    for one in factors:
        if one.points is not None and one.points < 100:
            best = [
                FactorView(f.name, 100, f.weight, f.cases, f.value) if f.name == one.name else f
                for f in factors
            ]
            found.append((one.name, (overall(best) or now) - now, by_name[one.name].hint))
    return sorted(found, key=lambda hint: (-hint[1], hint[0]))
