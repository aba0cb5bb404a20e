"""What of other people stands behind orders: a shop's page with its files, and the operators' sums."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight.queries.influence import Influence, Line, Met, influence_of
from grapevine.insight.rules.influence import FOLLOWERS, KINDS, WINDOW_DAYS
from grapevine.insight.web.lifecycle import operator
from grapevine.insight.web.tables import day_of, file_answer
from grapevine.kit import exports, formats
from grapevine.kit.errors import BadInput
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import safe_cell
from grapevine.scene import facade as scene

HIDDEN = "< 10"


@require_GET
@signed_in_page
def influence(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/influence/?first=&last=&main=&format=csv|xlsx"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    return _answer(request, shop.id, {"shop": shop, "nav": "influence"})


@require_GET
@signed_in_page
def operator_influence(request: HttpRequest) -> HttpResponse:
    """GET /operator/influence/?first=&last=&format=csv|xlsx : all shops together"""
    operator(request)
    return _answer(request, None, {"console": "operator", "nav": "influence"})


def _answer(request: HttpRequest, shop_id: int | None, frame: dict[str, Any]) -> HttpResponse:
    given = request.GET
    main = given.get("main", "")
    main = main if main in KINDS else ""
    try:
        found = influence_of(
            shop_id, day_of(given.get("first", "")), day_of(given.get("last", "")), main=main
        )
    except BadInput as wrong:
        return render(request, "insight/influence.html", {**frame, "wrong": wrong}, status=wrong.status)  # fmt: skip
    if given.get("format") in ("csv", "xlsx"):
        return file_answer(_table(found), f"influence-{found.first}-{found.last}", given["format"])
    query = given.copy()
    query.pop("format", None)
    context = {
        **frame, "found": found, "rows": [_row(line) for line in found.lines],
        "has_any": found.orders is not None, "orders": _count(found.orders), "social": _percent(found.social),
        "unseen": _count(found.unseen) if found.unseen != 0 else "", "query": query.urlencode(),
        "listed": _listed(found), "main": main, "kinds": [(kind, kind_label(kind)) for kind in KINDS],
        "window": WINDOW_DAYS,
    }  # fmt: skip
    return render(request, "insight/influence.html", context)


def kind_label(kind: str) -> str:
    return {
        "friend": _("朋友分享"), "kol": _("意见领袖"), "review": _("评价"), "circle": _("分享圈里的讨论"),
        "crowd": _("分享圈外的讨论"),
        "none": _("没有别人的影响"),
    }[kind]  # fmt: skip


def meaning(kind: str) -> str:
    days = {"days": WINDOW_DAYS, "followers": FOLLOWERS}
    return {
        "friend": _("付款前 %(days)s 天里，最后打开的是别人分享的链接") % days,
        "kol": _("付款前 %(days)s 天里，最后看的是粉丝不少于 %(followers)s 的人的笔记或分享") % days,
        "review": _("付款前 %(days)s 天里，最后看的是商品的评价页") % days,
        "circle": _("付款前 %(days)s 天里，最后看的是同一个分享圈的人写的、带本店商品的笔记或它的评论，或在下面说过话") % days,
        "crowd": _("付款前 %(days)s 天里，最后看的是分享圈以外的用户写的、带本店商品的笔记或它的评论，或在下面说过话") % days,
        "none": _("付款前 %(days)s 天里，这些都没有碰到。本店自己的笔记和自己的分享不算") % days,
    }[kind]  # fmt: skip


def _count(number: int | None) -> str:
    return HIDDEN if number is None else formats.whole_text(number)


def _cell(number: int | None) -> str:
    """As a file has it: a number that can be added up."""
    return HIDDEN if number is None else str(number)


def _percent(number: float | None) -> str:
    return "–" if number is None else f"{number * 100:.1f}%"


def _times(line: Line) -> tuple[str, str]:
    """The lift, and its interval."""
    if line.lift is None:
        return "–", ""
    return _("%(times)s 倍") % {"times": f"{line.lift.ratio:.2f}"}, f"{line.lift.low:.2f} – {line.lift.high:.2f}"  # fmt: skip


def _row(line: Line) -> dict[str, Any]:
    times, interval = _times(line)
    state = ""
    if line.lift is not None:
        state = "up" if line.lift.low > 1 else "down" if line.lift.high < 1 else "flat"
    return {
        "kind": line.kind, "label": kind_label(line.kind), "meaning": meaning(line.kind),
        "orders": _count(line.orders), "share": _percent(line.share),
        "width": round((line.share or 0) * 100), "amount": "–" if line.amount_minor is None else formats.money_text(line.amount_minor),
        "visitors": _count(line.visitors), "conversion": _percent(line.conversion),
        "lift": times, "interval": interval, "state": state,
    }  # fmt: skip


def _listed(found: Influence) -> list[dict[str, Any]]:
    titles = _titles(found.listed)
    return [
        {
            "code": order.code, "day": order.day, "main": kind_label(order.main),
            "met": [_met(one, titles) for one in order.met],
        }
        for order in found.listed
    ]  # fmt: skip


def _titles(listed: Any) -> dict[str, str]:
    """Public id of a note → its title, of those that are still there."""
    names = {
        one.what.partition(":")[2]
        for order in listed
        for one in order.met
        if one.what.startswith(("note:", "talk:"))
    }
    ids = scene.note_ids_of(sorted(names))
    cards = scene.note_cards(list(ids.values()))
    return {card.public_id: card.title for card in cards.values()}


def _met(one: Met, titles: dict[str, str]) -> dict[str, Any]:
    kind, _colon, name = one.what.partition(":")
    title = titles.get(name, "")
    text = {
        "share": _("打开了 %(code)s 的分享") % {"code": name},
        "note": _("看了笔记“%(title)s”") % {"title": title} if title else _("看了一条已不在的笔记"),
        "talk": _("看了“%(title)s”下的讨论") % {"title": title} if title else _("看了一条已不在的讨论"),
        "reviews": _("看了评价"),
    }[kind]  # fmt: skip
    when = _("当天") if one.days == 0 else _("%(days)s 天前") % {"days": one.days}
    return {"kind": kind_label(one.kind), "text": text, "when": when, "note": name if title else ""}


def _table(found: Influence) -> list[list[str]]:
    """As a file has it: influences, then the orders with all that met their buyers."""
    rows = [[_("影响来源"), _("订单"), _("占比"), _("支付额"), _("访客·周"), _("转化率"), _("是没有影响时的几倍"), _("区间")]]  # fmt: skip
    for line in found.lines:
        one = _row(line)
        amount = "" if line.amount_minor is None else str(exports.yuan(line.amount_minor))
        rows.append([one["label"], _cell(line.orders), one["share"], amount, _cell(line.visitors), one["conversion"], one["lift"], one["interval"]])  # fmt: skip
    if found.listed:
        rows += [[], [_("订单代码"), _("付款日"), _("主要影响"), _("碰到过的")]]
        rows += [_order_row(one) for one in _listed(found)]
    return rows


def _order_row(one: dict[str, Any]) -> list[str]:
    met = "；".join(f"{met['when']} {met['kind']} {met['text']}" for met in one["met"])
    return [one["code"], str(one["day"]), one["main"], safe_cell(met)]
