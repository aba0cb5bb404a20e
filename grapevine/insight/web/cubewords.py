"""The cube in words: its keys, its numbers and what changed, for pages and files."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grapevine.goods import facade as goods
from grapevine.insight.cubes import Value
from grapevine.insight.measures import Measure, Unit
from grapevine.insight.queries.cities import OTHERS
from grapevine.insight.queries.sharers import SHARER
from grapevine.kit.formats import money_text, whole_text
from grapevine.kit.text import marked
from grapevine.scene import facade as scene
from grapevine.signals import facade as signals

FLAT = 0.03
UNKNOWN_KEYS = ("", "-1")
GONE = {"goods": marked("已不在的商品"), "note": marked("已不在的笔记")}
"""What is said of a thing that has a key and no card any more."""
Names = dict[str, str]


def names_of(dimension: str, keys: Iterable[str]) -> Names:
    """What the keys of a dimension are called; few queries, however many keys."""
    wanted = list(dict.fromkeys(keys))
    known = _known(dimension, wanted)
    return {key: known.get(key) or _said(dimension, key) for key in wanted}


def _known(dimension: str, keys: list[str]) -> Names:
    ids = {int(key) for key in keys if key.isdigit() and key != "0"}
    if dimension == "goods":
        return {str(pk): card.title for pk, card in goods.goods_cards(ids).items()}
    if dimension == SHARER:
        return {key: key[:6] for key in keys if key not in (*UNKNOWN_KEYS, OTHERS)}
    if dimension == "note":
        pks = scene.note_ids_of([key for key in keys if key not in (*UNKNOWN_KEYS, OTHERS)])
        cards = scene.note_cards(list(pks.values()))
        return {
            key: cards[pk].title or _("没有标题的笔记") for key, pk in pks.items() if pk in cards
        }
    return {}


def _said(dimension: str, key: str) -> str:
    if key == OTHERS:
        return _("其他")
    if dimension == "customer" and not key:
        return _("没有付款")
    if dimension == "goods" and key == "0":
        return _("运费")
    if key in UNKNOWN_KEYS:
        return _("未知")
    if dimension in ("day", "week", "month"):
        return _moment(dimension, date.fromisoformat(key))
    if dimension == "hour":
        return f"{int(key):02d}:00"
    if dimension in GONE:
        return _(GONE[dimension])
    return _words(dimension).get(key, key)


def is_open(dimension: str, key: str, today: date) -> bool:
    """Whether a day, week or month is not over yet, so that more comes to it."""
    if dimension not in ("day", "week", "month"):
        return False
    start, end = _days_of(dimension, key)
    return start <= today <= end


def is_part(dimension: str, key: str, first: date, last: date) -> bool:
    """Whether the span has only some days of a week or month."""
    if dimension not in ("week", "month"):
        return False
    start, end = _days_of(dimension, key)
    return start < first or end > last


def _days_of(dimension: str, key: str) -> tuple[date, date]:
    start = date.fromisoformat(key)
    month_after = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    ends = {
        "day": start,
        "week": start + timedelta(days=6),
        "month": month_after - timedelta(days=1),
    }
    return start, ends[dimension]


def _moment(dimension: str, day: date) -> str:
    if dimension == "month":
        return f"{day:%Y-%m}"
    if dimension == "week":
        return f"{date_format(day, 'Y-m-d')} – {date_format(day + timedelta(days=6), 'm-d')}"
    return date_format(day, "Y-m-d")


def _words(dimension: str) -> Names:
    if dimension == "channel":
        return {
            name: signals.channel_label(name)
            for name in ("feed", "share", "search", "note", "group", "shop", "direct", "live")
        }
    return {
        "weekday": {
            "1": _("周一"), "2": _("周二"), "3": _("周三"), "4": _("周四"), "5": _("周五"),
            "6": _("周六"), "7": _("周日"),
        },
        "customer": {"new": _("新客"), "old": _("老客")},
        "campaign": {
            "none": _("没有活动"), "group": _("拼团"), "flash": _("秒杀"), "flash_sale": _("秒杀"),
            "member": _("会员价"), "member_price": _("会员价"), "shop_coupon": _("店铺券"),
            "platform_coupon": _("平台券"), "reduction": _("满减"), "points": _("积分"),
        },
        "method": {
            "sandbox": _("沙盒"), "imported": _("导入"), "wechat": _("微信支付"), "alipay": _("支付宝"),
            "stripe": "Stripe",
        },
        "device": {"phone": _("手机"), "tablet": _("平板"), "desktop": _("电脑"), "mini-app": _("小程序"), "api": _("接口")},
        "reason": {
            "refund": _("仅退款"), "return": _("退货退款"), "exchange": _("换货"), "repair": _("维修"),
        },
    }.get(dimension, {})  # fmt: skip


def value_text(measure: Measure, value: Value) -> str:
    """As a page says it."""
    if value.is_hidden:
        return _("不显示")
    if value.number is None:
        return "–"
    number = value.number
    if measure.unit is Unit.MONEY:
        return money_text(round(number), exact=True)
    if measure.unit is Unit.SHARE:
        return f"{number * 100:.1f}%"
    if measure.unit in (Unit.COUNT, Unit.PEOPLE):
        return whole_text(round(number))
    if measure.unit is Unit.HOURS:
        return _("%(n)s 小时") % {"n": f"{number:.1f}"}
    return f"{number:.2f}"


def value_cell(measure: Measure, value: Value) -> str:
    """As a file has it: plain numbers, money with its decimals, nothing where there is none."""
    if value.is_hidden or value.number is None:
        return "*" if value.is_hidden else ""
    if measure.unit is Unit.MONEY:
        minor = round(value.number)
        return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"
    if measure.unit in (Unit.COUNT, Unit.PEOPLE):
        return str(round(value.number))
    return f"{value.number:.4f}"


def change(value: Value, before: Value | None) -> tuple[str, str]:
    """(state, text) of a number beside an earlier one; ("", "") where nothing can be said."""
    if before is None or value.number is None or not before.number:
        return "", ""
    moved = value.number / before.number - 1
    state = "flat" if abs(moved) < FLAT else "up" if moved > 0 else "down"
    return state, f"{moved * 100:+.1f}%".replace("-", "−")


def chart_number(measure: Measure, value: Value) -> Any:
    """As a chart draws it: money in whole units, shares in per cent."""
    if value.number is None:
        return None
    if measure.unit is Unit.MONEY:
        return round(value.number / 100, 2)
    return round(value.number * 100, 2) if measure.unit is Unit.SHARE else round(value.number, 2)
