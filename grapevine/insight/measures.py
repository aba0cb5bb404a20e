"""Every measure of the data cube, once: its name, its unit, what it means, and the Ibis expression that counts it.

An expression takes a table of one kind of rows (`sources.py` says which columns each has) and is written with the
table's own methods, so that pages may read names and meanings without loading an engine. `docs/MEASURES.md` is made from
this file by `python -m tools.measures`.

What is counted adds up over every dimension and over days: people count once a day, under one value of each dimension.
A ratio does not; it is worked out from the sums of its two parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grapevine.kit.text import marked

Expression = Callable[[Any], Any]


class Unit(StrEnum):
    COUNT = "count"
    PEOPLE = "people"
    """People who came by. Few of them are not shown; see `rules/hiding.py`."""
    MONEY = "money"
    SHARE = "share"
    NUMBER = "number"
    HOURS = "hours"
    STARS = "stars"


@dataclass(frozen=True, slots=True)
class Measure:
    """`of` counts it; a ratio has `parts` instead: above, below, and what the quotient is divided by."""

    name: str
    unit: Unit
    label: str
    meaning: str
    of: Expression | None = None
    parts: tuple[str, str, int] | None = None

    @property
    def is_additive(self) -> bool:
        return self.parts is None


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of the cube: rows of `source` whose verb is one of `verbs` (all if there are none)."""

    name: str
    label: str
    source: str
    dimensions: tuple[str, ...]
    measures: tuple[Measure, ...]
    verbs: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.measures if measure.is_additive)

    @property
    def shown(self) -> tuple[Measure, ...]:
        """Without what is only a part of a ratio."""
        return tuple(measure for measure in self.measures if measure.label)

    def measure(self, name: str) -> Measure:
        return next(measure for measure in self.measures if measure.name == name)


def _many(*verbs: str) -> Expression:
    return lambda t: t.count(where=t.verb.isin(verbs))


def _amount(verb: str) -> Expression:
    return lambda t: t.amount.sum(where=t.verb == verb).fill_null(0)


def _those(name: str) -> Expression:
    return lambda t: t.count(where=t[name])


def _sum(name: str) -> Expression:
    return lambda t: t[name].sum()


def _ratio(
    name: str, unit: Unit, label: str, meaning: str, above: str, below: str, over: int = 1
) -> Measure:
    return Measure(name, unit, label, meaning, parts=(above, below, over))


PAID, BACK = "paid", "back"
C, P, M, S = Unit.COUNT, Unit.PEOPLE, Unit.MONEY, Unit.SHARE

ORDERS = Aspect(
    "orders", marked("订单"), "sales",
    ("hour", "region", "city", "channel", "customer", "campaign", "method"),
    (
        Measure("orders", C, marked("订单数"), marked("付了款的订单，算在付款那天"), _many(PAID)),
        Measure("pieces", C, marked("件数"), marked("这些订单里的件数"), _sum("pieces")),
        Measure("payments_minor", M, marked("支付额"), marked("买家付的钱，含运费，未减退款"), _amount(PAID)),
        Measure("group_orders", C, marked("拼团订单"), marked("通过拼团下的订单"),
                lambda t: t.count(where=(t.verb == PAID) & (t.campaign == "group"))),
        Measure("refunds", C, marked("退款笔数"), marked("退款的笔数，算在退款那天"), _many(BACK)),
        Measure("refunds_minor", M, marked("退款额"), marked("退给买家的钱，算在退款那天"), _amount(BACK)),
        _ratio("order_value_minor", M, marked("笔单价"), marked("支付额 ÷ 订单数"), "payments_minor", "orders"),
        _ratio("order_pieces", Unit.NUMBER, marked("每单件数"), marked("件数 ÷ 订单数"), "pieces", "orders"),
        _ratio("refund_share", S, marked("退款比例"), marked("同一段时间里退款额 ÷ 支付额"), "refunds_minor", "payments_minor"),
    ),
)  # fmt: skip
PEOPLE = Aspect(
    "people", marked("用户"), "people", ("region", "city", "channel", "device", "customer"),
    (
        Measure("visitors", P, marked("访客"), marked("当天看过本店内容或付过款的人，一人一天算一次"), lambda t: t.count()),
        Measure("searchers", P, marked("搜索的人"), marked("当天在本店搜过的人，一人一天算一次"), _those("searched")),
        Measure("carters", P, marked("加购的人"), marked("当天加过购物车的人，一人一天算一次"), _those("carted")),
        Measure("buyers", P, marked("买家"), marked("当天付过款的人，一人一天算一次"), _those("bought")),
        Measure("new_buyers", P, marked("新买家"), marked("当天第一次在本店付款的人"), _those("first")),
        Measure("old_buyers", P, marked("老买家"), marked("当天付款、以前也在本店付过款的人"), _those("again")),
        _ratio("conversion", S, marked("支付转化率"), marked("买家 ÷ 访客"), "buyers", "visitors"),
        _ratio("cart_share", S, marked("加购率"), marked("加购的人 ÷ 访客"), "carters", "visitors"),
        _ratio("old_share", S, marked("复购率"), marked("买家里以前在本店付过款的人所占的比例"), "old_buyers", "buyers"),
    ),
)  # fmt: skip
CAMPAIGNS = Aspect(
    "campaigns", marked("活动"), "moves", ("hour", "region", "channel", "campaign"),
    (
        Measure("opened", C, marked("开团"), marked("当天开的团"), _many("campaigns.group_opened")),
        Measure("joined", C, marked("参团人次"), marked("当天参加拼团的人次"), _many("campaigns.group_joined")),
        Measure("filled", C, marked("成团"), marked("当天成的团"), _many("campaigns.group_filled")),
        Measure("expired", C, marked("未成团"), marked("当天到期没成的团"), _many("campaigns.group_expired")),
        Measure("ended", C, "", "", _many("campaigns.group_filled", "campaigns.group_expired")),
        Measure("offers", C, marked("优惠使用"), marked("付款订单里用上的优惠，一个订单一种优惠算一次"), _many("offer")),
        Measure("offers_minor", M, marked("优惠金额"), marked("这些优惠一共减掉的钱"), _amount("offer")),
        _ratio("fill_share", S, marked("成团率"), marked("当天成的团 ÷ 当天成的和没成的团"), "filled", "ended"),
        _ratio("offer_value_minor", M, marked("每次优惠"), marked("优惠金额 ÷ 优惠使用"), "offers_minor", "offers"),
    ),
    ("campaigns.group_opened", "campaigns.group_joined", "campaigns.group_filled", "campaigns.group_expired", "offer"),
)  # fmt: skip
GOODS = Aspect(
    "goods", marked("商品"), "lines",
    ("hour", "goods", "category", "region", "city", "channel", "customer"),
    (
        Measure("sold", C, marked("销量"), marked("付了款的件数"), lambda t: t.pieces.sum(where=t.verb == PAID).fill_null(0)),
        Measure("revenue_minor", M, marked("销售额"), marked("商品付的钱；运费单列一行，加起来等于支付额"), _amount(PAID)),
        Measure("times", C, marked("购买次数"), marked("有这件商品的付款订单；一单几件商品，每件各算一次"),
                lambda t: t.count(where=(t.verb == PAID) & (t.goods != "0"))),
        Measure("times_again", C, "", "",
                lambda t: t.count(where=(t.verb == PAID) & (t.goods != "0") & t.bought_again)),
        Measure("returned", C, marked("退货件数"), marked("退了款的件数，算在退款那天"), lambda t: t.pieces.sum(where=t.verb == BACK).fill_null(0)),
        Measure("returned_minor", M, marked("商品退款"), marked("退给买家的钱，按付款比例分到商品上"), _amount(BACK)),
        Measure("reviews", C, marked("评价数"), marked("当天写的评价"), _many("care.review_written")),
        Measure("stars", C, "", "", lambda t: t.pieces.sum(where=t.verb == "care.review_written").fill_null(0)),
        _ratio("again_share", S, marked("复购率"), marked("购买次数里，买家以前买过同一件商品的占多少"), "times_again", "times"),
        _ratio("rating", Unit.STARS, marked("平均星级"), marked("这些评价的平均星数"), "stars", "reviews"),
        _ratio("price_minor", M, marked("件单价"), marked("销售额 ÷ 销量"), "revenue_minor", "sold"),
        _ratio("return_share", S, marked("退货率"), marked("同一段时间里退货件数 ÷ 销量"), "returned", "sold"),
    ),
)  # fmt: skip
FANS = Aspect(
    "fans", marked("粉丝"), "moves", ("hour", "region", "channel", "sharer"),
    (
        Measure("shares", C, marked("新分享"), marked("当天新做的分享链接"), _many("spread.share_created")),
        Measure("share_visits", P, marked("分享带来的访问"), marked("当天打开分享链接的人次"), _many("spread.share_visited")),
        Measure("sign_ups", P, marked("带来的新人"), marked("因为分享来注册的人"), _many("spread.sign_up_brought")),
        Measure("brought", C, marked("带来的订单"), marked("算给分享人的付款订单"), _many("spread.order_brought")),
        Measure("brought_minor", M, marked("带来的支付额"), marked("这些订单付的钱"), _amount("spread.order_brought")),
        Measure("commission_minor", M, marked("佣金"), marked("当天为这些订单留出的佣金"), _amount("spread.commission_held")),
        Measure("joined", C, marked("入会"), marked("当天加入会员的人"), _many("loyalty.member_joined")),
        Measure("left", C, marked("退会"), marked("当天退出会员的人"), _many("loyalty.member_left")),
        _ratio("visits_each", Unit.NUMBER, marked("每个分享的访问"), marked("同一段时间里分享带来的访问 ÷ 分享"), "share_visits", "shares"),
        _ratio("brought_share", S, marked("分享转化率"), marked("带来的订单 ÷ 分享带来的访问"), "brought", "share_visits"),
    ),
    ("spread.share_created", "spread.share_visited", "spread.sign_up_brought", "spread.order_brought",
     "spread.commission_held", "loyalty.member_joined", "loyalty.member_left"),
)  # fmt: skip
INCOME = Aspect(
    "income", marked("收入"), "sales",
    ("hour", "region", "channel", "customer", "campaign", "method"),
    (
        Measure("listed_minor", M, marked("标价金额"), marked("付款订单里的商品，按标价"), _sum("listed")),
        Measure("cut_minor", M, marked("优惠"), marked("减掉的钱，含平台承担的"), _sum("cut")),
        Measure("shipping_minor", M, marked("运费收入"), marked("买家付的运费"), _sum("shipping")),
        Measure("received_minor", M, marked("收款"), marked("标价金额 − 优惠 + 运费，和资金流水一致"), _amount(PAID)),
        Measure("back_minor", M, marked("退款"), marked("退给买家的钱，和资金流水一致"), _amount(BACK)),
        Measure("net_minor", M, marked("净收款"), marked("收款 − 退款"),
                lambda t: (t.amount.sum(where=t.verb == PAID).fill_null(0) - t.amount.sum(where=t.verb == BACK).fill_null(0))),
        Measure("subsidy_minor", M, marked("平台补贴"), marked("平台替买家付给店里的优惠"), _sum("subsidy")),
        _ratio("cut_share", S, marked("优惠比例"), marked("优惠 ÷ 标价金额"), "cut_minor", "listed_minor"),
        _ratio("back_share", S, marked("退款率"), marked("同一段时间里退款 ÷ 收款"), "back_minor", "received_minor"),
    ),
)  # fmt: skip
TRAFFIC = Aspect(
    "traffic", marked("流量"), "visits", ("hour", "channel", "device"),
    (
        Measure("impressions", C, marked("曝光"), marked("本店内容在屏幕上露出半秒以上的次数"), _many("impression")),
        Measure("clicks", C, marked("点击"), marked("点进本店内容的次数"), _many("click")),
        Measure("views", C, marked("浏览"), marked("看本店页面的次数"), _many("view")),
        Measure("opens", C, marked("打开分享"), marked("从分享链接打开的次数"), _many("open_share")),
        Measure("searches", C, marked("搜索"), marked("在本店里搜索的次数"), _many("search")),
        Measure("carts", C, marked("加购"), marked("加入购物车的次数"), _many("cart")),
        _ratio("click_share", S, marked("点击率"), marked("点击 ÷ 曝光"), "clicks", "impressions"),
        _ratio("cart_each", S, marked("浏览加购率"), marked("加购 ÷ 浏览"), "carts", "views"),
    ),
    ("impression", "click", "view", "open_share", "search", "cart"),
)  # fmt: skip
CONTENT = Aspect(
    "content", marked("内容"), "notes", ("hour", "note", "channel"),
    (
        Measure("note_views", C, marked("笔记浏览"), marked("带本店商品的笔记被看的次数"), _many("view")),
        Measure("likes", C, marked("点赞"), marked("给这些笔记点的赞"), _many("scene.note_liked", "like")),
        Measure("collects", C, marked("收藏"), marked("收藏这些笔记的次数"), _many("scene.note_collected", "collect")),
        Measure("comments", C, marked("评论"), marked("这些笔记下的评论"), _many("scene.note_commented", "comment")),
        Measure("published", C, marked("新笔记"), marked("当天发布、带本店商品的笔记"), _many("scene.note_published")),
        Measure("acts", C, "", "", _many("scene.note_liked", "like", "scene.note_collected", "collect", "scene.note_commented", "comment")),
        _ratio("act_share", S, marked("互动率"), marked("点赞、收藏、评论一共 ÷ 笔记浏览"), "acts", "note_views"),
    ),
    ("view", "like", "collect", "comment", "scene.note_liked", "scene.note_collected", "scene.note_commented", "scene.note_published"),
)  # fmt: skip
SERVICE = Aspect(
    "service", marked("服务"), "moves", ("hour", "reason", "goods", "category"),
    (
        Measure("cases", C, marked("售后申请"), marked("当天申请的售后"), _many("case.requested")),
        Measure("cases_done", C, marked("售后完成"), marked("当天办完的售后"), _many("case.done")),
        Measure("cases_refused", C, marked("售后被拒"), marked("当天被店里拒绝的售后"), _many("case.rejected")),
        Measure("cases_escalated", C, marked("平台介入"), marked("当天交给平台处理的售后"), _many("case.platform")),
        Measure("reviews", C, marked("评价数"), marked("当天写的评价"), _many("care.review_written")),
        Measure("bad_reviews", C, marked("差评"), marked("两颗星以下的评价"), lambda t: t.count(where=(t.verb == "care.review_written") & (t.amount <= 2))),
        Measure("stars", C, "", "", _amount("care.review_written")),
        Measure("replies", C, marked("评价回复"), marked("店里当天回复的评价"), _many("care.review_replied")),
        _ratio("rating", Unit.STARS, marked("平均星级"), marked("这些评价的平均星数"), "stars", "reviews"),
        _ratio("bad_share", S, marked("差评率"), marked("差评 ÷ 评价数"), "bad_reviews", "reviews"),
    ),
    ("case.requested", "case.done", "case.rejected", "case.platform", "care.review_written", "care.review_replied"),
)  # fmt: skip
SUPPLY = Aspect(
    "supply", marked("供应"), "moves", ("hour", "region", "carrier"),
    (
        Measure("parcels", C, marked("发出包裹"), marked("当天发出的包裹"), _many("parcel")),
        Measure("seconds", C, "", "", _amount("parcel")),
        Measure("received", C, marked("收货订单"), marked("当天收到货的订单"), _many("trade.order_received")),
        Measure("cancelled", C, marked("未付取消"), marked("当天没付款就取消的订单"), _many("trade.order_cancelled")),
        Measure("late", C, marked("超时未发"), marked("当天超过承诺时间还没发的订单"), _many("alarm.late")),
        Measure("stalled", C, marked("物流停滞"), marked("当天发现很久没有动静的包裹"), _many("alarm.stall")),
        Measure("sent_back", C, marked("退回包裹"), marked("当天被退回的包裹"), _many("alarm.returned")),
        _ratio("hours_to_ship", Unit.HOURS, marked("发货用时"), marked("从付款到发出，平均多少小时"), "seconds", "parcels", 3600),
        _ratio("late_share", S, marked("超时比例"), marked("超时未发 ÷ 发出包裹"), "late", "parcels"),
    ),
    ("parcel", "trade.order_received", "trade.order_cancelled", "alarm.late", "alarm.stall", "alarm.returned"),
)  # fmt: skip

ASPECTS = {
    aspect.name: aspect
    for aspect in (
        ORDERS, PEOPLE, CAMPAIGNS, GOODS, FANS, INCOME, TRAFFIC, CONTENT, SERVICE, SUPPLY,
    )
}  # fmt: skip
PLACED_BY = {"orders": "orders", "people": "visitors", "goods": "times"}
"""Aspects that know cities, and the measure that says whether a city is too small to be named."""
BEHIND = {
    "pieces": "orders", "payments_minor": "orders", "refunds_minor": "refunds", "sold": "times",
    "revenue_minor": "times", "returned_minor": "returned", "stars": "reviews",
}  # fmt: skip
"""What is counted behind an amount, of the aspects that know cities: an amount of few is as hidden as the few."""
TIMES = ("day", "week", "month", "weekday")
"""Dimensions that every aspect has; weeks begin on Monday."""
DIMENSIONS = {
    "day": marked("日期"), "week": marked("周"), "month": marked("月"), "weekday": marked("星期"),
    "hour": marked("时段"), "region": marked("地区"), "city": marked("城市"), "channel": marked("来源"),
    "category": marked("类目"), "goods": marked("商品"), "customer": marked("新老客"),
    "device": marked("设备"), "sharer": marked("分享人"), "campaign": marked("活动方式"),
    "method": marked("付款方式"), "note": marked("笔记"), "reason": marked("类型"),
    "carrier": marked("快递"),
}  # fmt: skip
