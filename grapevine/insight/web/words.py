"""The tree in words: names and meanings of its nodes, and the sentence above it."""

from django.utils.translation import gettext as _

from grapevine.insight.contracts import Baseline, Node, State, Tree
from grapevine.insight.rules.growing import CHANNEL, MONEY, SHARES
from grapevine.insight.rules.tree import nodes
from grapevine.kit.formats import money_text, whole_text
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

LABELS = {
    "payment": marked("支付额"), "buyers": marked("买家数"), "aov": marked("客单价"), "visitors": marked("访客"),
    "conversion": marked("支付转化率"), "new": marked("新买家"), "returning": marked("老买家"),
    "mix": marked("渠道构成"), "detail": marked("看商品的比例"), "cart": marked("加购或下单的比例"),
    "pay": marked("付款的比例"), "rate": marked("同一渠道的转化率"), "pieces": marked("人均件数"),
    "price": marked("件单价（标价）"), "discount": marked("优惠后剩下"), "shipping": marked("运费"),
}  # fmt: skip
MEANINGS = {
    "payment": marked("买家付的钱，含运费，没有减退款。等于买家数 × 客单价。"),
    "buyers": marked("付过款的人，一人一天算一次。等于访客 × 支付转化率。"),
    "aov": marked("一个买家一天付多少钱。等于人均件数 × 标价 × 优惠后剩下的部分。"),
    "visitors": marked("看过本店内容的人，一人一天算一次，只算在一个渠道里。"),
    "conversion": marked("一百个访客里有多少人付款。"),
    "new": marked("当天第一次在本店付款的买家。"),
    "returning": marked("以前也在本店付过款的买家。"),
    "mix": marked("只因为各渠道的访客占比变了，转化率会变多少。爱买的渠道来的人多了，它就升。"),
    "detail": marked("访客里看了商品的人占多少。渠道之间的变化已经分开算。"),
    "cart": marked("看了商品的人里，加购物车或下单的占多少。渠道之间的变化已经分开算。"),
    "pay": marked("加购或下单的人里，付了款的占多少。渠道之间的变化已经分开算。"),
    "rate": marked("如果各渠道的访客占比没变，转化率会是多少。"),
    "pieces": marked("一个买家一天买几件。"),
    "price": marked("买走的商品平均每件标价多少。"),
    "discount": marked("减掉优惠以后，标价还剩百分之多少。优惠多了，它就降。"),
    "shipping": marked("含运费的钱是不含运费的百分之多少。"),
}
OF_CHANNEL = marked(
    "这个渠道带来的访客。来过几个渠道的人，算在带来第一单的那个；没买的，算在最先来的那个。"
)


def node_label(name: str) -> str:
    kind, _sep, channel = name.partition(":")
    return signals.channel_label(channel) if kind == "channel" else _(LABELS[name])


def node_meaning(name: str) -> str:
    return _(OF_CHANNEL if name.startswith(CHANNEL) else MEANINGS[name])


def node_value(node: Node, value: float) -> str:
    if node.name in MONEY:
        return money_text(round(value))
    if node.name in SHARES:
        return f"{value * 100:.{2 if value < 0.1 else 1}f}%"
    if node.name == "pieces":
        return _("%(n)s 件") % {"n": f"{value:.2f}"}
    return _("%(n)s 人") % {"n": whole_text(round(value))}


def signed_money(minor: int) -> str:
    sign = "+" if minor > 0 else "−" if minor < 0 else ""
    return f"{sign}{money_text(abs(minor))}"


def percent(change: float) -> str:
    """Signed, with one digit; what is rounded to nothing has no sign."""
    said = f"{change * 100:+.1f}%".replace("-", "−")
    return said[1:] if said[1:] == "0.0%" else said


def change_text(node: Node) -> str:
    return percent(node.change)


def interval_text(node: Node) -> str:
    return f"{percent(node.low)} ~ {percent(node.high)}"


def baseline_label(baseline: Baseline, days: int) -> str:
    return {
        Baseline.WEEKS: _("前四周同期"),
        Baseline.BEFORE: _("之前 %(days)s 天") % {"days": days},
        Baseline.YEAR: _("去年同期"),
    }[baseline]


def verdict(tree: Tree) -> str:
    """What changed against what and why, in one sentence; first, that nothing came any more."""
    if tree.ended_on is None:
        return _verdict(tree)
    ended = {"day": tree.ended_on.isoformat(), "told": _verdict(tree)}
    return _("%(day)s 以后没有人来，也没有订单。到那天为止：%(told)s") % ended


def _verdict(tree: Tree) -> str:
    root = tree.root
    with_what = {"days": tree.days, "what": baseline_label(tree.baseline, tree.days)}
    if root.state is State.UNKNOWN:
        if tree.is_young:
            return _("还没有以前的日子可比，先不下结论。")
        return _("最近 %(days)s 天的订单还太少，先不下结论。") % with_what
    if root.state is State.FLAT:
        level = {**with_what, "change": change_text(root)}
        return _("最近 %(days)s 天的支付额和%(what)s持平（%(change)s，在日常波动内）。") % level
    amount = {
        **with_what,
        "change": _size(root),
        "amount": money_text(abs(root.contribution_minor)),
    }
    if root.state is State.UP:
        told = _("最近 %(days)s 天的支付额比%(what)s多 %(change)s（%(amount)s）") % amount
    else:
        told = _("最近 %(days)s 天的支付额比%(what)s少 %(change)s（%(amount)s）") % amount
    if len(tree.cause) < 2:
        return _("%(told)s，没有单独一项说得清原因。") % {"told": told}
    cause = next(node for node in nodes(root) if node.name == tree.cause[-1])
    return _("%(told)s，主要因为%(why)s。") % {"told": told, "why": cause_text(cause)}


def cause_text(node: Node) -> str:
    """The cause with how far it moved."""
    told = {"name": node_label(node.name), "change": _size(node)}
    rises = node.state is State.UP
    if node.name.startswith(CHANNEL):
        if rises:
            return _("「%(name)s」来的访客多了 %(change)s") % told
        return _("「%(name)s」来的访客少了 %(change)s") % told
    if rises:
        return _("「%(name)s」升了 %(change)s") % told
    return _("「%(name)s」降了 %(change)s") % told


def _size(node: Node) -> str:
    return (
        f"{abs(node.change) * 100:.0f}%"
        if abs(node.change) >= 0.1
        else f"{abs(node.change) * 100:.1f}%"
    )


def notes(tree: Tree) -> list[str]:
    """What one has to know to read the figures, most telling first."""
    told = []
    if tree.root.state is State.UNKNOWN:
        told.append(_needed(tree))
    if tree.is_widened:
        told.append(_("7 天的订单不够下结论，自动放宽到 %(days)s 天。") % {"days": tree.days})
    if tree.taken_in:
        told.append(
            _("这里面有%(names)s的日子，和不是节日的比，差别里有节日的份。")
            % {"names": _names(tree.taken_in)}
        )
    if tree.left_out:
        told.append(
            _("对比时避开了%(names)s那几天，平常的日子只和平常的日子比。")
            % {"names": _names(tree.left_out)}
        )
    told.append(
        _("支付额算在付款那天，没有减退款。这些天退了 %(now)s，%(what)s退了 %(before)s。")
        % {
            "now": money_text(tree.refunds_minor), "before": money_text(tree.refunds_before_minor),
            "what": baseline_label(tree.baseline, tree.days),
        }
    )  # fmt: skip
    return told


def _needed(tree: Tree) -> str:
    if tree.is_young:
        return _("这家店在%(what)s还没有数据，没有可比的日子。") % {
            "what": baseline_label(tree.baseline, tree.days)
        }
    if not tree.orders_missing:
        return _("这家店每周的起伏很大，支付额就是少一半，也和平常的起伏分不开。")
    return _("这 %(days)s 天有 %(n)s 单。再多 %(missing)s 单左右，就能看出支付额有没有大的变化。") % {
        "days": tree.days, "n": whole_text(tree.orders_now), "missing": whole_text(tree.orders_missing),
    }  # fmt: skip


def _names(names: tuple[str, ...]) -> str:
    return _("、").join(_(name) for name in names)
