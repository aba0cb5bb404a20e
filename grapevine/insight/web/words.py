"""The tree in words, and the names of its nodes."""

from django.utils.translation import gettext as _

from grapevine.insight.contracts import Node, State, Tree
from grapevine.kit.formats import count_text, money_text
from grapevine.signals import facade as signals


def node_label(name: str) -> str:
    kind, _sep, channel = name.partition(":")
    if kind == "channel":
        return signals.channel_label(channel)
    return {
        "payment": _("支付额"), "buyers": _("买家数"), "aov": _("客单价"), "visitors": _("访客"),
        "conversion": _("支付转化率"), "new": _("新买家"), "returning": _("老买家"),
    }[name]  # fmt: skip


def node_value(node: Node, value: float) -> str:
    if node.name in ("payment", "aov"):
        return money_text(round(value))
    if node.name == "conversion":
        return f"{value * 100:.2f}%"
    return _("%(n)s 人") % {"n": count_text(round(value))}


def signed_money(minor: int) -> str:
    return f"{'+' if minor >= 0 else '−'}{money_text(abs(minor))}"


def change_text(node: Node) -> str:
    return f"{node.change * 100:+.1f}%".replace("-", "−")


def verdict(tree: Tree) -> str:
    """What changed and why, in one sentence."""
    root, days = tree.root, tree.days
    amount = money_text(abs(root.contribution_minor))
    if root.state is State.UNKNOWN:
        return _("最近 %(days)s 天的订单还太少，先不下结论。") % {"days": days}
    if root.state is State.FLAT:
        return _("最近 %(days)s 天的支付额和之前持平。") % {"days": days}
    more = _("多收") if root.state is State.UP else _("少收")
    told = _("最近 %(days)s 天%(more)s %(amount)s") % {"days": days, "more": more, "amount": amount}
    cause = _find(root, tree.cause[-1]) if len(tree.cause) > 1 else None
    if cause is None:
        return told + "。"
    moved = _("多了") if cause.state is State.UP else _("少了")
    why = _("主要因为「%(name)s」%(moved)s %(change)s") % {
        "name": node_label(cause.name), "moved": moved, "change": f"{abs(cause.change) * 100:.1f}%",
    }  # fmt: skip
    return f"{told}，{why}。"


def _find(node: Node, name: str) -> Node | None:
    if node.name == name:
        return node
    return next((found for child in node.children if (found := _find(child, name))), None)
