"""Operators: shops by stage, and one shop with its history. The shop itself: its next steps."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade
from grapevine.insight.lifecycle import StageRow
from grapevine.insight.queries import services, stages as reads
from grapevine.insight.rules.holidays import KNOWN_UNTIL
from grapevine.insight.rules.stages import Stage
from grapevine.insight.web import stagewords as words
from grapevine.insight.web.advices import guidance_of
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import safe_cell
from grapevine.people import facade as people

ROWS = 20
CSV_HEAD = (
    "shop", "slug", "stage", "since", "reasons", "payments_change_percent", "chance_percent",
    "next_step", "last_contact",
)  # fmt: skip


def operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


def filter_from(data: Any) -> reads.StageFilter:
    """What an address asks for; what it does not know is left out."""
    stage, order = data.get("stage", ""), data.get("order", "")
    return reads.StageFilter(
        stage=stage if stage in {*Stage} else "",
        query=data.get("q", "").strip()[:60],
        order=order if order in reads.ORDERS else "risk",
    )


@require_GET
@signed_in_page
def shop_stages(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """GET /operator/lifecycle/?stage=&q=&order=risk|trend|contact|since|opened&cursor=&format=csv"""
    operator(request)
    wanted = filter_from(request.GET)
    if request.GET.get("format") == "csv":
        return _csv(wanted)
    page = reads.stage_page(wanted, cursor=request.GET.get("cursor"), limit=ROWS)
    counts = reads.stage_counts()
    managers = {row.follow_up.manager_id for row in page.items if row.follow_up} - {None}
    query = request.GET.copy()
    for name in ("cursor", "stage"):
        query.pop(name, None)
    context = {
        "console": "operator", "nav": "stages", "page": page, "wanted": wanted,
        "rows": [told(row) for row in page.items],
        "tabs": [_tab(stage, wanted, counts, query.copy()) for stage in ("", *Stage)],
        "orders": [
            ("risk", _("最可能离开的在前")), ("trend", _("支付额跌得多的在前")),
            ("contact", _("最久没联系的在前")), ("since", _("刚换阶段的在前")), ("opened", _("新开的在前")),
        ],
        "managers": people.cards([one for one in managers if one is not None]),
        "meaning": words.stage_meaning(wanted.stage) if wanted.stage else "",
        "csv": _csv_url(request),
    }  # fmt: skip
    return render(request, "insight/shop_stages.html", context)


def _csv_url(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("cursor", None)
    query["format"] = "csv"
    return f"?{query.urlencode()}"


def _tab(
    stage: str, wanted: reads.StageFilter, counts: dict[str, int], query: Any
) -> dict[str, Any]:
    if stage:
        query["stage"] = stage
    here = sum(count for name, count in counts.items() if name != Stage.CLOSED)
    return {
        "url": f"?{query.urlencode()}", "label": words.stage_label(stage) or _("全部"),
        "count": counts.get(stage, 0) if stage else here, "current": wanted.stage == stage,
    }  # fmt: skip


def told(row: StageRow) -> dict[str, Any]:
    """A row of the list in words."""
    trend = row.trend_percent
    return {
        "row": row, "label": words.stage_label(row.stage), "css": words.stage_css(row.stage),
        "reasons": words.reasons_text(row.reasons),
        "chance": words.chance_words(row.chance, row.chance_before),
        "next": words.step_title(row.next_step),
        "trend": "" if trend is None else f"{trend:+d}%".replace("-", "−"),
        "trend_state": "unknown" if trend is None else "up" if trend > 4 else "down" if trend < -4 else "flat",
    }  # fmt: skip


class _Line:
    """What `csv` writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def _csv(wanted: reads.StageFilter) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(wanted), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="shops.csv"'
    return response


def _lines(wanted: reads.StageFilter) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + str(writer.writerow(CSV_HEAD))
    for row in reads.stage_rows(wanted):
        yield str(writer.writerow([
            safe_cell(row.name), row.slug, words.stage_label(row.stage), row.since, words.reasons_text(row.reasons),
            "" if row.trend_percent is None else row.trend_percent,
            "" if row.chance is None else round(row.chance * 100), words.step_title(row.next_step),
            "" if row.last_contact_at is None else f"{row.last_contact_at:%Y-%m-%d}",
        ]))  # fmt: skip


@require_GET
@signed_in_page
def shop_stage(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /operator/lifecycle/<slug>/"""
    operator(request)
    found = reads.stage_of(slug)
    card = goods.shops([found.row.shop_id]).get(found.row.shop_id)
    names = people.cards(
        {one.by_id for one in found.contacts}
        | {one.manager_id for one in found.follow_ups if one.manager_id}
        | ({card.owner_id} if card else set())
    )
    top = max((week.orders for week in found.weeks), default=0) or 1
    context = {
        "console": "operator", "nav": "stages", "found": found, "told": told(found.row),
        "card": card, "owner": names.get(card.owner_id) if card else None, "names": names,
        "meaning": words.stage_meaning(found.row.stage), "script": words.script(found.row.stage),
        "why": [words.why_text(name) for name in found.why], "figures": _figures(found.signals),
        "history": [
            (words.stage_label(one.before), words.stage_label(one.after), words.stage_css(one.after),
             one.on, words.reasons_text(one.reasons))
            for one in found.history
        ],
        "weeks": [(week, round(64 * week.orders / top)) for week in found.weeks],
        "tasks": [(one, words.outcome_label(one.outcome), names.get(one.manager_id or 0)) for one in found.follow_ups],
        "contacts": [(one, words.way_label(one.way), names.get(one.by_id)) for one in found.contacts],
        "calendar_until": KNOWN_UNTIL,
    }  # fmt: skip
    return render(request, "insight/shop_stage.html", context)


def _figures(shown: Any) -> list[tuple[str, Any, Any]]:
    """(name, now, before) of what the stage was judged by; None where there is no such figure."""
    return [
        (_("店家来过（天）"), shown["seen_days"], shown["seen_days_before"]),
        (_("多久没来（天）"), shown["quiet_days"], None),
        (_("订单（单）"), shown["orders"], shown["orders_before"]),
        (_("多久没有订单（天）"), shown["orderless_days"], None),
        (_("上新（件）"), shown["listings"], None),
        (_("活动（个）"), shown["campaigns"], None),
        (_("一周用到的后台功能（项）"), shown["pages"], None),
        (_("回复评价（条）"), shown["replies"], None),
        (_("平均多久发货（小时）"), "–" if shown["ship_hours"] is None else shown["ship_hours"], None),
        (_("售后（单）"), shown["tickets"], None),
    ]  # fmt: skip


@require_GET
@signed_in_page
def steps(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/steps/ : what to do now, because figures moved or because the shop has come so far."""
    shop = goods.shop_for_staff(me(request), slug, Right.TODAY)
    code, found = reads.steps_of(shop.id)
    rows = words.step_rows(found, slug)
    first = next((row for row in rows if row["code"] == code), None)
    service = services.service_of(shop.id)
    context = {
        "shop": shop, "nav": "steps", "first": first, "rows": rows, "service": service,
        "guide": guidance_of(facade.guide(shop.id)) if Right.INSIGHT in shop.rights else None,
        "service_label": words.playbook_label(service.playbook) if service else "",
        "manager": people.cards([service.manager_id]).get(service.manager_id)
        if service and service.manager_id else None,
    }  # fmt: skip
    return render(request, "insight/steps.html", context)


def next_step_panel(request: HttpRequest, *, shop: Any, **_others: Any) -> str:
    """An entry among today's to-dos; "" for a shop that was never judged."""
    code, _found = reads.steps_of(shop.id)
    if not code:
        return ""
    context = {"shop": shop, "title": words.step_title(code)}
    return render_to_string("insight/_next_step.html", context, request=request)
