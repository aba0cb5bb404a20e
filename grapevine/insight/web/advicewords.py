"""Findings and advice in words: one sentence each, with the numbers in it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from grapevine.insight.advising import AdviceView, Cause, Finding, Kind
from grapevine.insight.contracts import Node, State
from grapevine.insight.rules.advice import COUPON_COUNT, COVER_DAYS, kinds_for, rough
from grapevine.insight.web import words
from grapevine.kit.formats import chinese, money_text, whole_text


def kind_label(kind: str) -> str:
    return {
        "coupon": _("发券"), "group": _("开拼团"), "note": _("写笔记"), "wake": _("叫醒老粉"),
        "move": _("调货"), "order": _("补货"),
    }[kind]  # fmt: skip


def button(kind: str) -> str:
    """What the one button makes: a draft, never the thing itself."""
    return {
        "coupon": _("拟一张券"), "group": _("拟一个团"), "note": _("拟一篇笔记"),
        "wake": _("看看能叫醒谁"), "move": _("拟一张调货单"), "order": _("拟一张进货单"),
    }[kind]  # fmt: skip


def carry_label(kind: str) -> str:
    return {
        "coupon": _("确认发券"), "group": _("确认开团"), "note": _("存进我的草稿"),
        "wake": _("确认提醒"), "move": _("确认调货"), "order": _("确认这张单子"),
    }[kind]  # fmt: skip


def state_label(state: str) -> str:
    return {
        "shown": _("还没处理"), "draft": _("草稿待确认"), "done": _("做了"), "dismissed": _("放下了"),
        "dropped": _("草稿丢掉了"), "undone": _("收回了"), "judged": _("看得出结果的"),
    }[state]  # fmt: skip


def reason_label(reason: str) -> str:
    return {
        "done": _("已经做过了"), "later": _("先不做"), "wrong": _("原因说得不对"), "costly": _("不划算"),
        "other": _("别的原因"),
    }.get(reason, "")  # fmt: skip


def title(advice: AdviceView) -> str:
    facts = advice.facts
    match advice.kind:
        case Kind.COUPON if facts["threshold_minor"]:
            return _("发一张满 %(over)s 减 %(cut)s 的券") % {
                "over": money_text(facts["threshold_minor"]), "cut": money_text(facts["worth_minor"]),
            }  # fmt: skip
        case Kind.COUPON:
            return _("给“%(title)s”发 %(cut)s 的券") % {
                "title": facts["title"], "cut": money_text(facts["worth_minor"]),
            }  # fmt: skip
        case Kind.GROUP:
            return _("给“%(title)s”开一个 %(n)s 人团") % {
                "title": facts["title"], "n": facts["size"],
            }  # fmt: skip
        case Kind.NOTE:
            return _("写一篇带“%(title)s”的笔记") % {"title": facts["title"]}
        case Kind.WAKE:
            return ngettext(
                "叫醒 %(n)s 位带过货的老粉", "叫醒 %(n)s 位带过货的老粉", facts["people"]
            ) % {"n": whole_text(facts["people"])}  # fmt: skip
        case Kind.MOVE:
            return _("给“%(title)s”调货") % {"title": facts["title"]}
        case Kind.ORDER:
            return _("给“%(title)s”补货") % {"title": facts["title"]}


def reason(advice: AdviceView) -> str:
    """Why, and what it would be: one sentence."""
    told = _why(advice.cause, advice.why, advice.node, advice.direction, advice.now, advice.before)
    return _("%(why)s；%(what)s。") % {"why": told, "what": _what(advice)}


def _what(advice: AdviceView) -> str:
    facts = advice.facts
    match advice.kind:
        case Kind.COUPON if facts["threshold_minor"]:
            return _("现在每单 %(now)s，门槛比它高一点，好让人多带一件") % {
                "now": money_text(facts["order_minor"])
            }
        case Kind.COUPON if facts.get("median_minor"):
            return _("卖 %(price)s，同类多半卖 %(others)s，用券到手 %(net)s") % {
                "price": money_text(facts["price_minor"]), "others": money_text(facts["median_minor"]),
                "net": money_text(facts["price_minor"] - facts["worth_minor"]),
            }  # fmt: skip
        case Kind.COUPON:
            return _("卖 %(price)s，用券到手 %(net)s，先发 %(n)s 张") % {
                "price": money_text(facts["price_minor"]), "n": whole_text(facts.get("count", COUPON_COUNT)),
                "net": money_text(facts["price_minor"] - facts["worth_minor"]),
            }  # fmt: skip
        case Kind.GROUP:
            return _("单买 %(alone)s，%(n)s 人一起买 %(price)s，人会叫来人") % {
                "alone": money_text(facts["alone_minor"]), "n": facts["size"],
                "price": money_text(facts["price_minor"]),
            }  # fmt: skip
        case Kind.NOTE:
            return _("“%(title)s”一段时间里卖了 %(earned)s，写它最容易带来人") % {
                "title": facts["title"], "earned": money_text(facts["earned_minor"]),
            }  # fmt: skip
        case Kind.WAKE:
            return ngettext(
                "这些老粉买过也分享过，带来过 %(n)s 位买家",
                "这些老粉买过也分享过，带来过 %(n)s 位买家", facts["brought"],
            ) % {"n": whole_text(facts["brought"])}  # fmt: skip
        case Kind.MOVE:
            line = facts["lines"][0]
            return _("从%(source)s调 %(n)s 件到%(target)s就能接着卖") % {
                "source": line["source_name"], "target": line["target_name"], "n": whole_text(line["count"]),
            }  # fmt: skip
        case Kind.ORDER:
            return _("进 %(n)s 件够卖 %(days)s 天") % {
                "n": whole_text(facts["lines"][0]["count"]), "days": facts.get("days", COVER_DAYS),
            }  # fmt: skip


def _why(
    cause: Cause, why: Mapping[str, Any], node: str, state: State, now: float, before: float
) -> str:
    told = Node(node, now, before, state, 0.0, 0)
    lost = money_text(why.get("lost_minor", 0))
    match cause:
        case Cause.SOLD_OUT:
            return _("“%(title)s”有仓库断货了，之前每天卖 %(n)s 件，少卖了 %(lost)s") % {
                "title": why["title"], "n": why["per_day"], "lost": lost,
            }  # fmt: skip
        case Cause.RAISED:
            return _("“%(title)s”%(on)s从 %(before)s 涨到 %(after)s，少卖了 %(lost)s") % {
                "title": why["title"], "on": _day(why["on"]), "lost": lost,
                "before": money_text(why["before_minor"]), "after": money_text(why["after_minor"]),
            }  # fmt: skip
        case Cause.SALE_OVER:
            return _("“%(title)s”的秒杀%(on)s结束了，少卖了 %(lost)s") % {
                "title": why["title"], "on": _day(why["on"]), "lost": lost,
            }  # fmt: skip
        case Cause.WITHHELD if why.get("shop"):
            return _("整店暂停售卖，少卖了 %(lost)s") % {"lost": lost}
        case Cause.WITHHELD:
            return ngettext(
                "%(n)s 件商品被停售，少卖了 %(lost)s", "%(n)s 件商品被停售，少卖了 %(lost)s",
                why["count"],
            ) % {"n": whole_text(why["count"]), "lost": lost}  # fmt: skip
    if state is State.UP:
        return _("%(name)s从 %(before)s涨到 %(now)s") % _values(told)
    return _("%(name)s从 %(before)s掉到 %(now)s") % _values(told)


def _values(node: Node) -> dict[str, str]:
    return {
        "name": node_name(node.name), "before": words.node_value(node, node.before),
        "now": words.node_value(node, node.now),
    }  # fmt: skip


def node_name(name: str) -> str:
    """`来自好友分享的访客` for a channel; else the node's own name."""
    label = words.node_label(name)
    return (
        _("来自“%(channel)s”的访客") % {"channel": label} if name.startswith("channel:") else label
    )


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "n 月 j 日" if chinese() else " M j ")


def finding(one: Finding) -> str:
    told = _why(one.cause, one.facts, one.node, one.state, one.now, one.before)
    amount = money_text(rough(one.gap_minor))
    if one.state is State.UP:
        return _("%(why)s，一周多收约 %(money)s") % {"why": told, "money": amount}
    return _("%(why)s，一周少收约 %(money)s") % {"why": told, "money": amount}


def so_what(one: Finding, kinds: frozenset[str]) -> str:
    """What is to be done about a finding, also where nothing is. `kinds`: what is advised today."""
    if one.cause is Cause.WITHHELD:
        return _("先把停售的原因处理好，别的办法都要等它。")
    if any(kind in kinds for kind in kinds_for(one)):
        return _("照下面的建议做。")
    if one.state is State.UP:
        return _("是好事，不用做什么，照现在的做法继续。")
    if one.family == "discount":
        return _("优惠给得比以前多，每单就收得少。看看还有哪些券和活动开着，不需要的停掉。")
    if one.family == "shipping":
        return _("运费收得少了。看看运费模板和包邮门槛是不是改过。")
    if one.cause is Cause.SALE_OVER:
        return _("活动过后回落是正常的，不用做什么。")
    return _("现在没有值得做的事，先看几天；草稿和刚做的事见效要一点时间。")


def quiet(state: State, *, is_ended: bool) -> str:
    """What to do where nothing was found."""
    if is_ended:
        return _("没有新的数，就没有可建议的。有人来或有了订单，第二天再看这里。")
    if state is State.UNKNOWN:
        return _("单子还少，看不出哪里变了，不用为数字着急。先发一篇笔记，让更多人看到你的店。")
    return _("和平常差不多，没有要补救的。把手头的单子发好就行。")


def result_text(advice: AdviceView) -> str:
    """What came of it, in a sentence; "" while nobody can know."""
    outcome = advice.outcome
    if outcome is None:
        return ""
    node = Node(advice.node, outcome.observed, outcome.expected, advice.direction, 0.0, 0)
    told = {
        "days": advice.days, "name": node_name(advice.node),
        "now": words.node_value(node, outcome.observed),
        "expected": words.node_value(node, outcome.expected),
        "money": money_text(abs(outcome.gained_minor)),
    }  # fmt: skip
    if outcome.worked:
        return (
            _("有效：之后 %(days)s 天%(name)s是 %(now)s，不做大约 %(expected)s，多收约 %(money)s")
            % told
        )
    return _("没看出效果：之后 %(days)s 天%(name)s是 %(now)s，不做大约也有 %(expected)s") % told
