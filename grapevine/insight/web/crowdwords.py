"""Rules, signals and tags in plain words."""

from django.utils.translation import gettext as _

from grapevine.insight.rules.customers.segments import Rule
from grapevine.kit.formats import whole_text


def bought_words() -> list[tuple[str, str]]:
    return [
        ("", _("不限")), ("never", _("没买过")), ("once", _("买过一次")), ("more", _("买过两次以上")),
        ("any", _("买过")),
    ]  # fmt: skip


def rule_words(rule: Rule) -> list[str]:
    """Each condition of a rule, as a shopkeeper would say it."""
    return [text for is_given, text in _parts(rule) if is_given]


def _parts(rule: Rule) -> list[tuple[object, str]]:
    return [
        (rule.bought, dict(bought_words()).get(rule.bought, "")),
        (rule.fan, _("支撑粉丝")),
        (rule.likely, _("最可能买的五分之一")),
        (rule.follows, _("关注了店主")),
        (rule.orders_least, _("至少买过 %(n)s 天") % {"n": rule.orders_least}),
        (rule.orders_most, _("最多买过 %(n)s 天") % {"n": rule.orders_most}),
        (rule.spent_least, _("花了至少 %(n)s 元") % {"n": whole_text(rule.spent_least)}),
        (rule.quiet_least, _("%(n)s 天以上没买") % {"n": rule.quiet_least}),
        (rule.quiet_most, _("%(n)s 天内买过") % {"n": rule.quiet_most}),
        (rule.views_least, _("28 天里看了至少 %(n)s 次商品") % {"n": whole_text(rule.views_least)}),
        (rule.known_most, _("%(n)s 天内认识的") % {"n": rule.known_most}),
        (rule.r_least, _("最近购买 %(n)s 分以上") % {"n": rule.r_least}),
        (rule.r_most, _("最近购买 %(n)s 分以下") % {"n": rule.r_most}),
        (rule.f_least, _("购买次数 %(n)s 分以上") % {"n": rule.f_least}),
        (rule.m_least, _("消费金额 %(n)s 分以上") % {"n": rule.m_least}),
        (rule.category, _("常买%(name)s") % {"name": rule.category}),
        (rule.region, _("订单多寄到%(name)s") % {"name": rule.region}),
    ]


def signal_words(names: tuple[str, ...]) -> list[str]:
    """Why somebody stands high on the list of whom to speak to."""
    known = {
        "reads": _("读过笔记"), "goods": _("看过商品"), "carts": _("加过购物车"), "comments": _("评论过"),
        "groups": _("看过拼团"), "minutes": _("停留得久"), "follows": _("关注了店主"),
        "inviter": _("老顾客带来的"), "fresh": _("最近来过"),
    }  # fmt: skip
    return [known[name] for name in names if name in known]
