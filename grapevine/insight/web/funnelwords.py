"""People's ways in words: steps, pages, times, causes, and what may be done about them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from grapevine.insight.cubes import Value
from grapevine.insight.funnels import HitView
from grapevine.insight.rules.surges import Event
from grapevine.insight.steps import BY_NAME
from grapevine.kit.formats import whole_text
from grapevine.signals import facade as signals


def step_label(name: str) -> str:
    return _(BY_NAME[name].label)


def people_text(value: Value) -> str:
    if value.is_hidden:
        return _("不到 10")
    return "–" if value.number is None else whole_text(round(value.number))


def people_cell(value: Value) -> str:
    """As a file has it: a number that can be added up."""
    if value.is_hidden:
        return _("不到 10")
    return "" if value.number is None else str(round(value.number))


def share_text(value: Value) -> str:
    if value.is_hidden:
        return _("不显示")
    return "–" if value.number is None else f"{value.number * 100:.1f}%"


def width(value: Value) -> int:
    """Of a bar, in per cent."""
    return round((value.number or 0) * 100)


def duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 2:
        return _("同时")
    if seconds < 90:
        return _("%(n)s 秒") % {"n": round(seconds)}
    if seconds < 5400:
        return _("%(n)s 分钟") % {"n": round(seconds / 60)}
    if seconds < 129_600:
        return _("%(n)s 小时") % {"n": round(seconds / 3600)}
    return _("%(n)s 天") % {"n": round(seconds / 86_400)}


def customer_label(customer: str) -> str:
    return {"new": _("新客"), "old": _("老客")}.get(customer, customer)


def kind_label(kind: str) -> str:
    return {
        "goods": _("商品页"), "note": _("笔记"), "shop": _("店铺首页"), "group": _("拼团页"),
        "feed": _("推荐流"), "topic": _("话题"), "person": _("个人主页"),
    }.get(kind, kind or _("其他"))  # fmt: skip


def path_label(letter: str) -> str:
    return {
        "g": _("商品页"), "n": _("笔记"), "b": _("店铺首页"), "j": _("拼团页"), "f": _("推荐流"),
        "u": _("个人主页"), "s": _("搜索"), "h": _("好友分享"), "c": _("加购"), "q": _("确认订单"),
        "k": _("参团"),
    }.get(letter, letter)  # fmt: skip


def feast(name: str) -> str:
    return {
        "new_year": _("元旦"), "valentine": _("情人节"), "women": _("妇女节"), "labour": _("劳动节"),
        "love": _("520"), "children": _("儿童节"), "mid_year": _("618"), "national": _("国庆节"),
        "singles": _("双11"), "double_twelve": _("双12"), "christmas": _("圣诞节"), "spring": _("春节"),
        "dragon_boat": _("端午节"), "seventh_eve": _("七夕"), "mid_autumn": _("中秋节"),
    }[name]  # fmt: skip


def cause(event: Event) -> str:
    """What was near a surge."""
    if event.kind == "campaign":
        return {
            "flash": _("秒杀"), "group": _("新开拼团"), "reduction": _("满减"), "coupon": _("优惠券"),
        }[event.name]  # fmt: skip
    if event.kind == "note":
        return _("笔记《%(title)s》") % {"title": event.name}
    if event.kind == "share":
        return _("那天 %(n)s 人从分享进来") % {"n": event.name}
    if event.kind == "group":
        return _("那天 %(n)s 人拼团买") % {"n": event.name}
    return _("临近%(feast)s") % {"feast": feast(event.name)}


def reason(hit: HitView) -> str:
    """Why these goods are named."""
    words: Mapping[str, Any] = {
        "people": whole_text(hit.people), "before": whole_text(round(hit.before)), "times": f"{hit.growth:.1f}",
    }  # fmt: skip
    told = (
        _("3 天里有 %(people)s 位互不相干的人打开，平时 %(before)s 位，至少是平时的 %(times)s 倍")
        if hit.signal == "viewers"
        else _(
            "3 天里有 %(people)s 位互不相干的人买了，平时 %(before)s 位，至少是平时的 %(times)s 倍"
        )
    ) % words
    if not hit.channel:
        return told
    return _("%(told)s；来得最多的是%(channel)s") % {
        "told": told, "channel": signals.channel_label(hit.channel),
    }  # fmt: skip


def days_ago(day: date, today: date) -> str:
    count = (today - day).days
    return ngettext("%(n)s 天前", "%(n)s 天前", count) % {"n": count}
