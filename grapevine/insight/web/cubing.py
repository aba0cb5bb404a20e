"""The data cube's page. Its address is the question; files are the same answer."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.insight import facade
from grapevine.insight.cubes import Answer, Line, Question, Versus
from grapevine.insight.measures import ASPECTS, DIMENSIONS, TIMES, Aspect, Measure
from grapevine.insight.queries.cities import OTHERS
from grapevine.insight.web import cubewords as words
from grapevine.insight.web.tables import sheet_of
from grapevine.kit import workbook
from grapevine.kit.errors import BadInput
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import marked, safe_cell

LINES_SHOWN = 100
DRAWN_MAX = 12
PEAKS_SHOWN = 3
WORD_MAX = 60
DEEPER = {"month": "week", "week": "day", "weekday": "hour"}


@require_GET
@signed_in_page
def cube(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/cube/?on=&by=&across=&show=&first=&last=&where=&vs=&sort=&up=&format=csv|xlsx"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    ended = None
    try:
        question = question_of(request.GET)
        if question.first is question.last is None:
            ended = facade.ended_on(shop.id)
            question = replace(question, last=ended)
        answer = facade.ask(shop.id, question)
    except BadInput as wrong:
        context = {"shop": shop, "nav": "cube", "wrong": wrong, "tabs": _tabs("")}
        return render(request, "insight/cube.html", context, status=wrong.status)
    file = request.GET.get("format", "")
    if file in ("csv", "xlsx"):
        return file_of(answer, file)
    return render(request, "insight/cube.html", {"shop": shop, "nav": "cube", "ended": ended, **_page(shop, request.GET, answer)})  # fmt: skip


def question_of(words_given: QueryDict) -> Question:
    """The question an address asks; nonsense is refused by name, by whoever answers it."""

    def word(name: str, default: str = "") -> str:
        return words_given.get(name, default)[:WORD_MAX].strip()

    pairs = [text[:WORD_MAX].partition(":") for text in words_given.getlist("where") if text]
    versus = word("vs")
    return Question(
        aspect=word("on") or "orders", by=word("by") or "day", across=word("across"),
        measures=tuple(name for part in words_given.getlist("show") for name in part.split(",") if name)[:12],
        first=_day(word("first")), last=_day(word("last")),
        where=tuple((name, value) for name, _sep, value in pairs),
        versus=Versus(versus) if versus in set(Versus) else Versus.NOTHING,
        sort=word("sort"), ascending=word("up") == "1",
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(fields={"first": marked("日期写成 2026-01-31 这样")}) from None


def asked_text(question: Question) -> str:
    """The question in words: what, by what, over what, and what it is narrowed to."""
    aspect = ASPECTS[question.aspect]
    told = _("%(what)s，按%(by)s") % {"what": _(aspect.label), "by": _(DIMENSIONS.get(question.by, question.by))}  # fmt: skip
    if question.across:
        told = _("%(told)s × %(across)s") % {"told": told, "across": _(DIMENSIONS.get(question.across, question.across))}  # fmt: skip
    narrowed = [
        f"{_(DIMENSIONS.get(name, name))} {words.names_of(name, [value])[value]}"
        for name, value in question.where
    ]
    return " · ".join([told, *narrowed])


def _with(given: QueryDict, **changes: Any) -> str:
    """The address with some words changed; None takes one away."""
    query = given.copy()
    query.pop("start", None)
    query.pop("format", None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        elif isinstance(value, list):
            query.setlist(name, value)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def _tabs(current: str, given: QueryDict | None = None) -> list[dict[str, Any]]:
    """The ten aspects; the span and the comparison go along."""
    kept = QueryDict(mutable=True)
    for name in ("first", "last", "vs"):
        if given and given.get(name):
            kept[name] = str(given[name])
    return [
        {
            "label": _(aspect.label), "url": _with(kept, on=aspect.name),
            "is_current": aspect.name == current, "digit": (number + 1) % 10,
        }
        for number, aspect in enumerate(ASPECTS.values())
    ]  # fmt: skip


def _page(shop: ShopCard, given: QueryDict, answer: Answer) -> dict[str, Any]:
    question, aspect = answer.question, ASPECTS[answer.question.aspect]
    measures = [aspect.measure(name) for name in answer.measures]
    names = words.names_of(question.by, [line.key for line in answer.lines])
    columns = words.names_of(question.across, answer.columns) if question.across else {}
    start = given.get("start", "")
    at = int(start) if start.isdigit() and len(start) < 6 else 0
    shown = answer.lines[at : at + LINES_SHOWN]
    return {
        "answer": answer, "question": question, "aspect_label": _(aspect.label),
        "tabs": _tabs(aspect.name, given),
        "fields": _fields(given, aspect, question), "pills": _pills(given, question),
        "measures": _measures(given, aspect, answer),
        "heads": _heads(given, question, measures, columns),
        "rows": [_row(given, aspect, answer, measures, line, names) for line in shown],
        "totals": _cells(answer, measures, answer.totals),
        "headline": _headline(answer, measures[0]),
        "chart": _chart(answer, measures[0], names, columns),
        "by_label": _(DIMENSIONS[question.by]),
        "times": [(name, _(DIMENSIONS[name])) for name in (*TIMES, *aspect.dimensions)],
        "next": _with(given, start=str(at + LINES_SHOWN)) if len(answer.lines) > at + LINES_SHOWN else "",
        "csv": _with(given, format="csv"), "xlsx": _with(given, format="xlsx"),
        "turned": _with(given, by=question.across, across=question.by) if question.across else "",
        "is_open": bool(question.versus) and answer.last >= timezone.localdate(),
        "empty": {} if answer.lines else _empty(shop.slug, given, answer),
        "peaks": _peaks(shop.id, given, answer) if aspect.name == "goods" else [],
    }  # fmt: skip


def _empty(slug: str, given: QueryDict, answer: Answer) -> dict[str, str]:
    """What to do where there is nothing: first that which narrows it is taken away, then the span, then something is done."""
    question = answer.question
    title = _("这段时间还没有数据")
    if question.where:
        return {
            "title": _("没有符合“只看”的数"), "text": _("去掉条件，看这段时间的全部。"),
            "action": _("去掉“只看”"), "url": _with(given, where=None),
        }  # fmt: skip
    if given.get("first") or given.get("last"):
        return {
            "title": title, "text": _("换一段时间，或看最近四周的。"), "action": _("看最近四周"),
            "url": _with(given, first=None, last=None),
        }  # fmt: skip
    compose = (_("发一条笔记"), reverse("scene:compose"))
    text, (action, url) = {
        "campaigns": (_("开一个拼团或发一张券，这里就有数。"), (_("去开活动"), reverse("campaigns:promotions", args=[slug]))),
        "content": (_("写一条带商品的笔记，有人看就有数。"), compose),
        "supply": (_("发出第一个包裹就有数。"), (_("去发货"), reverse("trade:desk", args=[slug]))),
        "service": (_("有人申请售后或写评价就有数。"), (_("看评价"), reverse("care:desk", args=[slug]))),
    }.get(question.aspect, (_("有人来、有人买就有数。先让人看见店铺。"), compose))  # fmt: skip
    return {"title": title, "text": text, "action": action, "url": url}


def _fields(given: QueryDict, aspect: Aspect, question: Question) -> list[dict[str, Any]]:
    """Every dimension: a click makes it the rows; another small one the columns."""
    return [
        {
            "label": _(DIMENSIONS[name]), "is_row": name == question.by,
            "is_column": name == question.across,
            "url": _with(given, by=name, sort=None, up=None, across=None if name == question.across else question.across or None),
            "column_url": "" if name == question.by else _with(given, across=None if name == question.across else name),
        }
        for name in (*TIMES, *aspect.dimensions)
    ]  # fmt: skip


def _pills(given: QueryDict, question: Question) -> list[dict[str, str]]:
    """What it is narrowed to; a click takes it away."""
    pairs = [f"{name}:{value}" for name, value in question.where]
    return [
        {
            "label": _(DIMENSIONS[name]), "value": words.names_of(name, [value])[value],
            "url": _with(given, where=[pair for n, pair in enumerate(pairs) if n != at]),
        }
        for at, (name, value) in enumerate(question.where)
    ]  # fmt: skip


def _measures(given: QueryDict, aspect: Aspect, answer: Answer) -> list[dict[str, Any]]:
    """Every measure with its meaning: a click shows it or takes it away; the first chosen is drawn."""
    chosen = list(answer.question.measures)
    found = []
    for measure in aspect.shown:
        is_on = measure.name in chosen
        after = [n for n in chosen if n != measure.name] if is_on else [*chosen, measure.name]
        found.append({
            "name": measure.name, "label": _(measure.label), "meaning": _(measure.meaning),
            "is_on": is_on, "is_drawn": measure.name == answer.measures[0],
            "is_additive": measure.is_additive, "url": _with(given, show=after or None),
        })  # fmt: skip
    return found


def _heads(
    given: QueryDict, question: Question, measures: Sequence[Measure], columns: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Column heads; a click sorts by it, another turns it round."""
    if question.across:
        return [
            *({"label": label} for label in columns.values()),
            {"label": _("合计"), "meaning": _(measures[0].meaning)},
        ]
    return [
        {
            "label": _(one.label), "meaning": _(one.meaning),
            "sort": _with(given, sort=one.name, up="1" if question.sort == one.name and not question.ascending else None),
            "order": ("ascending" if question.ascending else "descending") if question.sort == one.name else "",
        }
        for one in measures
    ]  # fmt: skip


def _cells(answer: Answer, measures: Sequence[Measure], line: Line) -> list[dict[str, Any]]:
    first = measures[0]
    if answer.question.across:
        cells = [_cell(first, value) for value in line.across]
        return [*cells, _cell(first, line.values[first.name], line.before.get(first.name))]
    return [_cell(one, line.values[one.name], line.before.get(one.name)) for one in measures]


def _cell(measure: Measure, value: Any, before: Any = None) -> dict[str, Any]:
    state, text = words.change(value, before)
    return {
        "text": words.value_text(measure, value), "is_hidden": value.is_hidden, "state": state,
        "change": text,
    }  # fmt: skip


def _row(
    given: QueryDict, aspect: Aspect, answer: Answer, measures: Sequence[Measure], line: Line,
    names: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    question = answer.question
    deeper = _deeper(aspect, question)
    url = ""
    if deeper and line.key != OTHERS:
        pairs = [f"{name}:{value}" for name, value in (*question.where, (question.by, line.key))]
        across = None if deeper == question.across else question.across or None
        url = _with(given, by=deeper, where=pairs, sort=None, up=None, across=across)
    is_open = words.is_open(question.by, line.key, timezone.localdate())
    told = replace(line, before={}) if is_open else line  # a part of a day is no day to compare
    cells = _cells(answer, measures, told)
    is_part = not is_open and words.is_part(question.by, line.key, answer.first, answer.last)
    return {"label": names[line.key], "url": url, "cells": cells, "is_open": is_open, "is_part": is_part}  # fmt: skip


def _deeper(aspect: Aspect, question: Question) -> str:
    """What a row is looked into by: the next finer time, else the next dimension not yet used."""
    used = {question.by, *(name for name, _value in question.where)}
    finer = DEEPER.get(question.by, "")
    if finer and finer not in used and finer in (*TIMES, *aspect.dimensions):
        return finer
    left = [name for name in (*aspect.dimensions, "day") if name not in used and name != "hour"]
    return left[0] if left else "hour" if "hour" in aspect.dimensions and "hour" not in used else ""


def _headline(answer: Answer, first: Measure) -> dict[str, Any]:
    before = answer.totals.before.get(first.name)
    cell = _cell(first, answer.totals.values[first.name], before)
    told = words.value_text(first, before) if before else ""
    return cell | {"label": _(first.label), "meaning": _(first.meaning), "before": told}


def _partly(answer: Answer) -> set[str]:
    """Days, weeks and months that are not over, or not whole in the span: drawn, they look like a fall. Not if there are no others."""
    today, by = timezone.localdate(), answer.question.by
    found = {
        line.key for line in answer.lines
        if words.is_open(by, line.key, today)
        or words.is_part(by, line.key, answer.first, answer.last)
    }  # fmt: skip
    return found if len(found) < len(answer.lines) else set()


def _chart(
    answer: Answer, first: Measure, names: Mapping[str, str], columns: Mapping[str, str]
) -> dict[str, Any]:
    """What is drawn: times as lines, oldest first; others as the twelve largest bars."""
    question = answer.question
    is_line = question.by in (*TIMES, "hour") and question.by != "weekday"
    lines = list(answer.lines)
    partly = _partly(answer)
    if is_line or question.by == "weekday":
        lines = sorted(lines, key=lambda line: (len(line.key), line.key))
    else:
        lines = lines[:DRAWN_MAX]
    if question.across:
        drawn = [
            (columns[key], [line.across[n] for line in lines])
            for n, key in enumerate(answer.columns)
        ]
    else:
        drawn = [(_(first.label), [line.values[first.name] for line in lines])]
    series: list[dict[str, Any]] = [
        {
            "name": name,
            "data": [
                None if line.key in partly else words.chart_number(first, value)
                for line, value in zip(lines, values, strict=True)
            ],
        }
        for name, values in drawn
    ]
    if question.versus and not question.across:
        before = [line.before.get(first.name) for line in lines]
        series.append({"name": _("之前"), "earlier": True, "data": [words.chart_number(first, one) if one else None for one in before]})  # fmt: skip
    return {
        "kind": "line" if is_line else "bar", "keys": [names[line.key] for line in lines],
        "series": series, "unit": str(first.unit),
    }  # fmt: skip


def _peaks(shop_id: int, given: QueryDict, answer: Answer) -> list[dict[str, str]]:
    found = facade.peaks_of(shop_id, answer)
    return [
        {
            "label": words.names_of(name, [str(peak.place)])[str(peak.place)],
            "times": f"{peak.times:.1f}", "url": _with(given, by=name, sort=None, up=None),
        }
        for name, peaks in found.items() for peak in peaks[:PEAKS_SHOWN]
    ]  # fmt: skip


def file_of(answer: Answer, kind: str) -> HttpResponse:
    """The whole answer as a file, the total first."""
    content = file_content(answer, kind)
    response = HttpResponse(
        content, content_type=workbook.CONTENT_TYPE if kind == "xlsx" else "text/csv; charset=utf-8"
    )
    name = f"{answer.question.aspect}-{answer.first}-{answer.last}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def file_content(answer: Answer, kind: str) -> bytes:
    rows = file_rows(answer)
    if kind == "xlsx":
        return sheet_of(rows)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def file_rows(answer: Answer) -> list[list[str]]:
    question, aspect = answer.question, ASPECTS[answer.question.aspect]
    measures = [aspect.measure(name) for name in answer.measures]
    names = words.names_of(question.by, [line.key for line in answer.lines])
    if question.across:
        columns = words.names_of(question.across, answer.columns)
        heads = [*map(safe_cell, columns.values()), _("合计")]
    else:
        heads = [_(one.label) for one in measures]
        if question.versus:
            heads += [_("%(name)s（之前）") % {"name": _(one.label)} for one in measures]
    rows = [
        [_(DIMENSIONS[question.by]), *heads],
        [_("合计"), *_plain(answer, measures, answer.totals)],
    ]
    rows += [[names[line.key], *_plain(answer, measures, line)] for line in answer.lines]
    return [[safe_cell(row[0]), *row[1:]] for row in rows]


def _plain(answer: Answer, measures: Sequence[Measure], line: Line) -> list[str]:
    first = measures[0]
    if answer.question.across:
        return [
            *(words.value_cell(first, value) for value in line.across),
            words.value_cell(first, line.values[first.name]),
        ]
    cells = [words.value_cell(one, line.values[one.name]) for one in measures]
    if answer.question.versus:
        before = [line.before.get(one.name) for one in measures]
        cells += [words.value_cell(one, value) if value else "" for one, value in zip(measures, before, strict=True)]  # fmt: skip
    return cells
