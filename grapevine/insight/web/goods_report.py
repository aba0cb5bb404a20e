"""Goods and how they sell, hits and where visitors come from, as pages."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight.cubes import Line, Value
from grapevine.insight.funnels import HitView, Hot
from grapevine.insight.measures import ASPECTS
from grapevine.insight.queries.goods_report import MEASURES, Report, ReportLine, report_of, sheet_of
from grapevine.insight.queries.hits import hot, past, record_of, rising
from grapevine.insight.queries.traffic import SourceLine, Sources, sources_of
from grapevine.insight.queries.windows import local_day
from grapevine.insight.web import cubewords, funnelwords as words
from grapevine.insight.web.tables import day_of, file_answer
from grapevine.kit import exports
from grapevine.kit.errors import BadInput, NotFound
from grapevine.kit.formats import money_text, whole_text
from grapevine.kit.pages import me, signed_in_page
from grapevine.people import facade as people
from grapevine.signals import facade as signals

LINES_SHOWN = 50
WORD_MAX = 60
GOODS = ASPECTS["goods"]
STATES = {"on": True, "off": False}


@require_GET
@signed_in_page
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/goods-report/?q=&category=&state=&sort=&up=&first=&last=&start=&format=csv|xlsx"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    given = request.GET
    try:
        found = report_for(shop.id, given)
    except BadInput as wrong:
        context = {"shop": shop, "nav": "goods_report", "wrong": wrong}
        return render(request, "insight/goods_report.html", context, status=wrong.status)
    if given.get("format") in ("csv", "xlsx"):
        name = f"goods-{found.answer.first}-{found.answer.last}"
        return file_answer(_table(found), name, given["format"])
    start = given.get("start", "")
    at = int(start) if start.isdigit() and len(start) < 6 else 0
    context = {
        "shop": shop, "nav": "goods_report", "report": found, "question": found.answer.question,
        "heads": _heads(given, found), "rows": [_row(one) for one in found.lines[at : at + LINES_SHOWN]],
        "moved": _moved(found.lines), "totals": _cells(found.answer.totals), "count": len(found.lines), "query": _with(given, start=None)[1:],
        "next": _with(given, start=str(at + LINES_SHOWN)) if len(found.lines) > at + LINES_SHOWN else "",
        "back": _with(given, start=str(max(0, at - LINES_SHOWN)) if at > LINES_SHOWN else None) if at else "",
    }  # fmt: skip
    return render(request, "insight/goods_report.html", context)


def report_for(shop_id: int, given: QueryDict) -> Report:
    """The report an address asks for."""
    return report_of(
        shop_id, day_of(given.get("first", "")), day_of(given.get("last", "")),
        category=given.get("category", ""), words=given.get("q", ""),
        on_sale=STATES.get(given.get("state", "")), sort=given.get("sort", ""),
        ascending=given.get("up") == "1",
    )  # fmt: skip


def _moved(lines: Sequence[ReportLine]) -> list[dict[str, Any]]:
    """What lost most money against the days before, then what gained most; goods that stayed level are neither."""
    gains: list[tuple[int, str, str, ReportLine]] = []
    for one in lines:
        now, before = one.line.values["revenue_minor"], one.line.before.get("revenue_minor")
        state, change = cubewords.change(now, before)
        if state in ("up", "down") and before is not None:
            gains.append((round((now.number or 0) - (before.number or 0)), state, change, one))
    gains.sort(key=lambda row: row[0])
    ends = [row for row in gains[:1] if row[0] < 0] + [row for row in gains[-1:] if row[0] > 0]
    return [
        {"card": one.card, "state": state, "change": change, "amount": money_text(abs(gained))}
        for gained, state, change, one in ends
    ]


def _with(given: QueryDict, **changes: Any) -> str:
    query = given.copy()
    query.pop("format", None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


def _heads(given: QueryDict, found: Report) -> list[dict[str, Any]]:
    question = found.answer.question
    return [
        {
            "label": _(GOODS.measure(name).label), "meaning": _(GOODS.measure(name).meaning),
            "url": _with(given, start=None, sort=name, up="1" if question.sort == name and not question.ascending else None),
            "order": ("ascending" if question.ascending else "descending") if question.sort == name else "",
        }
        for name in MEASURES
    ]  # fmt: skip


def _cells(line: Line) -> list[dict[str, Any]]:
    cells = []
    for name in MEASURES:
        measure, value, before = GOODS.measure(name), line.values[name], line.before.get(name)
        state, change = cubewords.change(value, before) if name in ("sold", "revenue_minor") else ("", "")  # fmt: skip
        cells.append({
            "label": _(measure.label), "text": cubewords.value_text(measure, value), "state": state, "change": change,
        })  # fmt: skip
    return cells


def _row(one: ReportLine) -> dict[str, Any]:
    return {"card": one.card, "cells": _cells(one.line)}


def _table(found: Report) -> list[list[str]]:
    """As a file has it: the goods' id last, money with its decimals."""
    heads = [_(GOODS.measure(name).label) for name in MEASURES]
    rows = [[_("商品"), *heads, _("销量（之前）"), _("销售额（之前）"), _("商品编号")]]
    for one in found.lines:
        values = [cubewords.value_cell(GOODS.measure(n), one.line.values[n]) for n in MEASURES]
        before = [
            cubewords.value_cell(GOODS.measure(n), one.line.before.get(n, Value(None)))
            for n in ("sold", "revenue_minor")
        ]
        rows.append([one.card.title, *values, *before, one.card.public_id])
    return rows


@require_GET
@signed_in_page
def sheet(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/goods-report/<id>/?first=&last="""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    given = request.GET
    try:
        found = sheet_of(shop.id, public_id, day_of(given.get("first", "")), day_of(given.get("last", "")))  # fmt: skip
    except BadInput as wrong:
        context = {"shop": shop, "nav": "goods_report", "wrong": wrong}
        return render(request, "insight/goods_sheet.html", context, status=wrong.status)
    days = sorted(found.days.lines, key=lambda line: line.key)
    context = {
        "shop": shop, "nav": "goods_report", "card": found.card, "answer": found.days,
        "totals": _cells(found.days.totals),
        "befores": [cubewords.value_text(GOODS.measure(n), found.days.totals.before.get(n, Value(None))) for n in MEASURES],
        "surges": [
            {"surge": one, "times": f"{one.times:.1f}", "causes": [words.cause(c) for c in one.causes[:2]]}
            for one in found.surges
        ],
        "days": [{"day": line.key, "cells": _cells(line)[:3]} for line in reversed(days)],
        "peaks": [
            (cubewords.names_of(name, [str(peak.place)])[str(peak.place)], f"{peak.times:.1f}")
            for name, peaks in found.peaks.items() for peak in peaks[:2]
        ],
        "chart": _chart(found.days.first, found.days.last, days, [str(one.day) for one in found.surges]),
    }  # fmt: skip
    return render(request, "insight/goods_sheet.html", context)


def _chart(first: Any, last: Any, lines: Sequence[Line], marked_days: list[str]) -> dict[str, Any]:
    by_day = {line.key: line for line in lines}
    keys = [str(first + timedelta(days=n)) for n in range((last - first).days + 1)]

    def numbers(values: str) -> list[float]:
        found = [getattr(by_day[key], values).get("sold") if key in by_day else None for key in keys]  # fmt: skip
        return [one.number or 0 if one else 0 for one in found]

    return {
        "keys": keys, "unit": "count", "marks": marked_days,
        "series": [
            {"name": _("销量"), "data": numbers("values")},
            {"name": _("之前"), "data": numbers("before"), "earlier": True},
        ],
    }  # fmt: skip


@require_GET
@signed_in_page
def hits(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/hits/"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    return render(request, "insight/hits.html", {"shop": shop, "nav": "hits", **_hits(shop.id)})


@require_GET
@signed_in_page
def operator_hits(request: HttpRequest) -> HttpResponse:
    """GET /operator/hits/ : of all shops"""
    if not people.is_operator(me(request)):
        raise NotFound
    context = {"nav": "hits", "console": "operator", **_hits(None)}
    return render(request, "insight/hits.html", context)


def _hits(shop_id: int | None) -> dict[str, Any]:
    rises, sells, told = rising(shop_id), hot(shop_id), past(shop_id, 20)
    ids = {one.goods for one in (*rises, *told)} | {one.goods for one in sells}
    cards = goods.goods_cards(ids)
    today = local_day()

    def hit(one: HitView) -> dict[str, Any]:
        return {
            "hit": one, "card": cards[one.goods], "reason": words.reason(one),
            "when": words.days_ago(one.day, today), "lead": (one.top_day - one.day).days if one.top_day else None,
        }  # fmt: skip

    most = max((one.score for one in sells), default=0)

    def sold(one: Hot) -> dict[str, Any]:
        return {"hot": one, "card": cards[one.goods], "width": round(one.score / most * 100) if most else 0}  # fmt: skip

    return {
        "rising": [hit(one) for one in rises if one.goods in cards],
        "hot": [sold(one) for one in sells if one.goods in cards],
        "past": [hit(one) for one in told if one.goods in cards], "record": record_of(shop_id),
    }  # fmt: skip


@require_GET
@signed_in_page
def sources(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/sources/?first=&last=&format=csv|xlsx"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    given = request.GET
    try:
        found = sources_of(shop.id, day_of(given.get("first", "")), day_of(given.get("last", "")))
    except BadInput as wrong:
        context = {"shop": shop, "nav": "sources", "wrong": wrong}
        return render(request, "insight/sources.html", context, status=wrong.status)
    rows = _source_rows(found)
    if given.get("format") in ("csv", "xlsx"):
        table = [_source_heads(), *map(_source_cells, found.lines)]
        return file_answer(table, f"sources-{found.first}-{found.last}", given["format"])
    state, change = cubewords.change(found.natural, found.natural_before)
    context = {
        "shop": shop, "nav": "sources", "found": found, "rows": rows, "state": state, "change": change,
        "natural": words.share_text(found.natural), "natural_before": words.share_text(found.natural_before),
        "weeks": [(day, words.share_text(share), words.people_text(visitors)) for day, share, visitors in reversed(found.weeks)],
        "query": _with(given)[1:],
        "chart": {
            "keys": [str(day) for day, *_rest in found.weeks], "unit": "share", "marks": [],
            "series": [{"name": _("自然流量占比"), "data": [None if share.number is None else round(share.number * 100, 1) for _day, share, _n in found.weeks]}],
        },
    }  # fmt: skip
    return render(request, "insight/sources.html", context)


def _source_heads() -> list[str]:
    return [_("来源"), _("自然流量"), _("访客"), _("占比"), _("买家"), _("转化率"), _("订单"), _("支付额"), _("佣金")]  # fmt: skip


def _source_cells(line: SourceLine) -> list[str]:
    """As a file has it: amounts and counts are numbers."""
    return [
        signals.channel_label(line.channel), _natural_word(line),
        words.people_cell(line.visitors), words.share_text(line.share),
        words.people_cell(line.buyers), words.share_text(line.conversion), str(line.orders),
        str(exports.yuan(line.payments_minor)),
        "" if line.cost_minor is None else str(exports.yuan(line.cost_minor)),
    ]  # fmt: skip


def _natural_word(line: SourceLine) -> str:
    return _("自然") if line.is_natural else _("非自然")


def _source_rows(found: Sources) -> list[dict[str, Any]]:
    rows = []
    for line in found.lines:
        state, change = cubewords.change(line.visitors, line.visitors_before)
        visits = line.visitors.number
        rows.append({
            "channel": line.channel, "label": signals.channel_label(line.channel),
            "kind": _natural_word(line), "is_natural": line.is_natural,
            "visitors": words.people_text(line.visitors), "share": words.share_text(line.share),
            "width": words.width(line.share), "buyers": words.people_text(line.buyers),
            "conversion": words.share_text(line.conversion), "orders": whole_text(line.orders),
            "payments": money_text(line.payments_minor, exact=True),
            "cost": "–" if line.cost_minor is None else money_text(line.cost_minor, exact=True),
            "each": money_text(round(line.cost_minor / visits)) if line.cost_minor and visits else "",
            "state": state, "change": change,
        })  # fmt: skip
    return rows
