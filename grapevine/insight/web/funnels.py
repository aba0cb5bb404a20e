"""Funnels, paths and dwell as pages. Their addresses are the questions."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.insight.funnels import Dwell, Funnel, FunnelQuestion, Part, StepLine
from grapevine.insight.queries.funnels import (
    SPLITS,
    dwell_of,
    fresh_at,
    funnel_of,
    paths_of,
    window,
)
from grapevine.insight.steps import BY_NAME, LINES
from grapevine.insight.web import funnelwords as words
from grapevine.insight.web.tables import day_of, file_answer
from grapevine.kit.errors import BadInput
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

WORD_MAX = 60
CHANNELS = ("feed", "search", "note", "share", "group", "shop", "live", "direct")
SPLIT_LABELS = {"channel": marked("来源"), "customer": marked("新老客"), "goods": marked("商品")}
ACTIONS = {
    "goods": (marked("换主图和标题"), "goods:desk"),
    "cart": (marked("看看价格"), "insight:pricing"),
    "quoted": (marked("看看运费"), "trade:shipping"),
    "placed": (marked("发一张优惠券"), "campaigns:new_coupons"),
    "paid": (marked("看待付款的订单"), "trade:desk"),
    "received": (marked("看待发货的订单"), "trade:desk"),
    "reviewed": (marked("看评价"), "care:desk"),
    "joined": (marked("看拼团方案"), "campaigns:desk"),
    "note": (marked("发一条笔记"), "scene:compose"),
}
"""What to do where people are lost, by the step they do not come to."""


@require_GET
@signed_in_page
def funnels(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/funnels/?line=&step=&channel=&customer=&goods=&by=&first=&last=&format=csv|xlsx"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    try:
        funnel = funnel_of(shop.id, question_of(shop.id, request.GET))
    except BadInput as wrong:
        context = {"shop": shop, "nav": "funnels", "wrong": wrong}
        return render(request, "insight/funnels.html", context, status=wrong.status)
    if request.GET.get("format") in ("csv", "xlsx"):
        return file_answer(_table(funnel), f"funnel-{funnel.first}-{funnel.last}", request.GET["format"])  # fmt: skip
    return render(request, "insight/funnels.html", {"shop": shop, "nav": "funnels", **_page(shop, request.GET, funnel)})  # fmt: skip


def question_of(shop_id: int, given: QueryDict) -> FunnelQuestion:
    """The funnel an address asks for; BadInput where it is none."""

    def word(name: str, default: str = "") -> str:
        return given.get(name, default)[:WORD_MAX].strip()

    goods_id = 0
    if word("goods"):
        found = goods.goods_id_of(shop_id, word("goods"))
        if found is None:
            raise BadInput(fields={"goods": marked("没有找到这件商品")})
        goods_id = found
    return FunnelQuestion(
        line=word("line") or "buy", steps=tuple(given.getlist("step"))[:12], channel=word("channel"),
        customer=word("customer"), goods=goods_id, by=word("by"), first=day_of(word("first")),
        last=day_of(word("last")),
    )  # fmt: skip


def _page(shop: ShopCard, given: QueryDict, funnel: Funnel) -> dict[str, Any]:
    question = funnel.question
    line = LINES[question.line]
    chosen = [step.name for step in funnel.steps]
    cards = goods.goods_cards([question.goods]) if question.goods else {}
    query = given.copy()
    query.pop("format", None)
    return {
        "funnel": funnel, "question": question,
        "lines": [(one.name, _(one.label), one.name == line.name) for one in LINES.values()],
        "steps": [(name, words.step_label(name), _(BY_NAME[name].meaning), name in chosen) for name in line.steps],
        "channels": [(name, signals.channel_label(name)) for name in CHANNELS],
        "customers": [(name, words.customer_label(name)) for name in ("new", "old")],
        "splits": [(name, _(SPLIT_LABELS[name])) for name in SPLITS],
        "card": cards.get(question.goods), "rows": [_row(shop, one) for one in funnel.steps],
        "verdict": _verdict(funnel), "parts": _parts(funnel), "query": query.urlencode(),
        "split_label": _(SPLIT_LABELS[question.by]) if question.by else "",
    }  # fmt: skip


def _row(shop: ShopCard, step: StepLine) -> dict[str, Any]:
    label, name = ACTIONS.get(step.name, ("", ""))
    low, high = step.quartiles or (None, None)
    change = ""
    before, now = step.was_of_step_before.number, step.of_step_before.number
    if before and now is not None:
        change = _("%(n)s 个百分点") % {"n": f"{(now - before) * 100:+.1f}".replace("-", "−")}
    return {
        "step": step, "label": words.step_label(step.name), "people": words.people_text(step.people),
        "of_first": words.share_text(step.of_first), "width": words.width(step.of_first),
        "of_before": words.share_text(step.of_step_before), "was": words.share_text(step.was_of_step_before),
        "median": words.duration(step.median),
        "quartiles": "" if low is None else f"{words.duration(low)} – {words.duration(high)}",
        "change": change, "action": _(label) if label and step.state == "down" else "",
        "url": reverse(name, args=[] if name == "scene:compose" else [shop.slug]) if name else "",
    }  # fmt: skip


def _verdict(funnel: Funnel) -> str:
    """What the comparison says, in one sentence."""
    days = (funnel.last - funnel.first).days + 1
    if funnel.dropped:
        names = _("、").join(_("「%(name)s」") % {"name": words.step_label(step.name)} for step in funnel.dropped)  # fmt: skip
        return _("和前 %(days)s 天比，走到%(steps)s的人明显少了。") % {"days": days, "steps": names}
    if all(step.chance is None for step in funnel.steps[1:]):
        return _("人还太少，先不下结论。")
    return _("和前 %(days)s 天比，没有哪一步明显变差。") % {"days": days}


def _parts(funnel: Funnel) -> list[dict[str, Any]]:
    names = part_names(funnel)
    return [
        {
            "label": names.get(part.key, part.key), "cells": [words.people_text(one) for one in part.people],
            "share": words.share_text(part.share), "width": words.width(part.share),
        }
        for part in funnel.parts
    ]  # fmt: skip


def part_names(funnel: Funnel) -> dict[str, str]:
    keys = [part.key for part in funnel.parts]
    if funnel.question.by == "goods":
        cards = goods.goods_cards(int(key) for key in keys)
        return {str(pk): card.title for pk, card in cards.items()}
    if funnel.question.by == "customer":
        return {key: words.customer_label(key) for key in keys}
    return {key: signals.channel_label(key) for key in keys}


def _table(funnel: Funnel) -> list[list[str]]:
    """As a file has it: steps, then the parts."""
    rows = [[_("步骤"), _("人数"), _("占第一步"), _("占上一步"), _("前一段占上一步"), _("判断"), _("用时中位数（秒）")]]  # fmt: skip
    rows += [_step_row(step) for step in funnel.steps]
    names = part_names(funnel)
    if funnel.parts:
        rows.append([])
        rows.append([_(SPLIT_LABELS[funnel.question.by]), *(words.step_label(one.name) for one in funnel.steps), _("转化率")])  # fmt: skip
        rows += [_part_row(names, part) for part in funnel.parts]
    return rows


def _step_row(step: StepLine) -> list[str]:
    return [
        words.step_label(step.name), words.people_cell(step.people), words.share_text(step.of_first),
        words.share_text(step.of_step_before), words.share_text(step.was_of_step_before), str(step.state),
        "" if step.median is None else str(round(step.median)),
    ]  # fmt: skip


def _part_row(names: dict[str, str], part: Part) -> list[str]:
    label = names.get(part.key, part.key)
    return [label, *(words.people_cell(one) for one in part.people), words.share_text(part.share)]


@require_GET
@signed_in_page
def paths(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/paths/?first=&last=&by=kind|channel|page&kind="""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    given = request.GET
    try:
        first, last = day_of(given.get("first", "")), day_of(given.get("last", ""))
        span = window(first, last)
        stays = dwell_of(
            shop.id, *span, by=given.get("by", "") or "kind", kind=given.get("kind", "")[:12]
        )
        ways = {kind: paths_of(shop.id, *span, kind) for kind in ("buy", "leave")}
    except BadInput as wrong:
        context = {"shop": shop, "nav": "paths", "wrong": wrong}
        return render(request, "insight/paths.html", context, status=wrong.status)
    context = {
        "shop": shop, "nav": "paths", "first": span[0], "last": span[1], "by": given.get("by", "") or "kind",
        "kind": given.get("kind", ""), "stays": _stays(stays), "fresh_at": fresh_at(),
        "ways": [
            (kind, [_path(one, max(w.share for w in found)) for one in found]) for kind, found in ways.items()
        ],
    }  # fmt: skip
    return render(request, "insight/paths.html", context)


def _path(one: Any, most: float) -> dict[str, Any]:
    steps = [words.path_label(letter) for letter in one.letters]
    return {
        "steps": steps, "visits": one.visits, "share": f"{one.share * 100:.1f}%",
        "width": round(one.share / most * 100) if most else 0,
    }  # fmt: skip


def _stays(stays: list[Dwell]) -> list[dict[str, Any]]:
    pages = [one.key for one in stays if one.kind == "goods" and one.key]
    titles = {public: card.title for public, card in goods.goods_by_public_ids(pages).items()}
    longest = max((one.median or 0 for one in stays), default=0)
    return [
        {
            "kind": words.kind_label(one.kind), "channel": signals.channel_label(one.key) if one.key in CHANNELS else "",
            "title": titles.get(one.key, ""), "visits": words.people_text(one.visits),
            "median": words.duration(one.median), "width": round((one.median or 0) / longest * 100) if longest else 0,
            "quartiles": " – ".join(words.duration(q) for q in one.quartiles) if one.quartiles else "–",
            "goods": one.key if one.key in titles else "",
        }
        for one in stays
    ]  # fmt: skip
