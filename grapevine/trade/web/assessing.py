"""After-sales against their targets: a shop's page with each of its staff, and the operators' page of all shops."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import safe_cell
from grapevine.trade.queries import assessing as reading
from grapevine.trade.queries.assessing import Performance
from grapevine.trade.web import aftersales_words as said
from grapevine.trade.web.disputes import operator_of

HEAD = (
    "name", "cases", "answered", "answer_hours", "answered_in_time", "ended", "resolution_hours",
    "reopened", "rated", "stars", "missed",
)  # fmt: skip


def days_of(request: HttpRequest) -> int:
    text = request.GET.get("days", "")
    return int(text) if text in {str(one) for one in reading.PERIODS} else 30


def row(one: Performance) -> dict[str, Any]:
    found = one.figures
    return {
        "id": one.id, "name": one.name or _("没有人答复的"), "cases": found.cases,
        "answer": said.hours_text(found.answer_tenths),
        "in_time": said.share_text(found.answered_in_time_bps),
        "resolution": said.hours_text(found.resolution_tenths),
        "reopened": said.share_text(found.reopened_bps), "rated": found.rated,
        "stars": said.stars_text(found.stars_hundredths),
        "missed": [said.target_label(name) for name in one.missed],
    }  # fmt: skip


def _tabs(days: int, more: str = "") -> list[dict[str, Any]]:
    return [
        {"url": f"?days={n}{more}", "label": _("近 %(n)d 天") % {"n": n}, "current": n == days}
        for n in reading.PERIODS
    ]


def _common(days: int) -> dict[str, Any]:
    targets = reading.targets()
    return {
        "days": days, "targets": targets, "reopened": said.share_text(targets.reopened_bps),
        "stars": said.stars_text(targets.stars_hundredths), "agents": None,
        "assessed": settings.AFTER_SALES_ASSESSED_DAYS,
    }  # fmt: skip


def of_shop(request: HttpRequest, shop: ShopCard) -> tuple[list[Performance], list[Performance]]:
    """(rows, agents): the shop and its staff; who may not see the shop's numbers sees themselves alone."""
    days = days_of(request)
    agents = reading.agent_performance(shop.id, days)
    if Right.INSIGHT not in shop.rights:
        agents = [one for one in agents if one.id == me(request)]
        return agents, []
    whole = reading.shop_performance(shop.id, days)
    wanted = request.GET.get("agent", "")
    if wanted:
        return [one for one in agents if str(one.id) == wanted], agents
    total = Performance(whole.id, _("全店"), whole.figures, whole.missed)
    return [total, *agents] if whole.figures.cases else [], agents


@require_GET
@signed_in_page
def performance(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/after-sales/performance/?days=7|30|90&agent="""
    shop = goods.shop_for_staff(me(request), slug, Right.AFTER_SALES)
    rows, agents = of_shop(request, shop)
    days, agent = days_of(request), request.GET.get("agent", "")
    context = _common(days) | {
        "shop": shop, "nav": "aftersales", "who": _("处理人"), "rows": [row(one) for one in rows],
        "tabs": _tabs(days, f"&agent={agent}" if agent.isdigit() else ""), "agent": agent,
        "agents": [(str(one.id), one.name or _("没有人答复的")) for one in agents] or None,
        "back": reverse("trade:aftersales_desk", args=[slug]), "crumb": _("售后"),
        "csv": f"{reverse('trade:aftersales_performance_csv', args=[slug])}?{request.GET.urlencode()}",
    }  # fmt: skip
    return render(request, "trade/aftersales_performance.html", context)


@require_GET
@signed_in_page
def performance_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/after-sales/performance.csv?… : the same as a file."""
    shop = goods.shop_for_staff(me(request), slug, Right.AFTER_SALES)
    rows, _agents = of_shop(request, shop)
    return _csv(rows, f"after-sales-{shop.slug}.csv")


@require_GET
@signed_in_page
def assessments(request: HttpRequest) -> HttpResponse:
    """GET /operator/after-sales/?days=7|30|90&missed=1"""
    operator_of(request)
    days, only_missed = days_of(request), request.GET.get("missed") == "1"
    rows = reading.shops_performance(days, only_missed=only_missed)
    context = _common(days) | {
        "console": "operator", "nav": "disputes", "who": _("店铺"), "form": True,
        "rows": [row(one) for one in rows], "only_missed": only_missed,
        "tabs": _tabs(days, "&missed=1" if only_missed else ""),
        "back": reverse("trade:disputes"), "crumb": _("纠纷"),
        "csv": f"{reverse('trade:assessments_csv')}?{request.GET.urlencode()}",
    }  # fmt: skip
    return render(request, "trade/aftersales_performance.html", context)


@require_GET
@signed_in_page
def assessments_csv(request: HttpRequest) -> HttpResponse:
    """GET /operator/after-sales.csv?…"""
    operator_of(request)
    only_missed = request.GET.get("missed") == "1"
    rows = reading.shops_performance(days_of(request), only_missed=only_missed)
    return _csv(rows, "after-sales.csv")


def _csv(rows: Sequence[Performance], name: str) -> HttpResponse:
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow(HEAD)
    for one in rows:
        found = one.figures
        writer.writerow([
            safe_cell(one.name), found.cases, found.answered, said.hours_text(found.answer_tenths),
            found.answered_in_time, found.ended, said.hours_text(found.resolution_tenths),
            found.reopened, found.rated, said.stars_text(found.stars_hundredths),
            " ".join(one.missed),
        ])  # fmt: skip
    response = HttpResponse("\ufeff" + body.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def missed_todo(request: HttpRequest, *, shop: ShopCard, **_more: Any) -> str:
    """The notice of the last assessment, on the first page of the console."""
    last = reading.last_assessment(shop.id)
    if last is None or not last.missed:
        return ""
    missed = [said.target_label(name) for name in last.missed]
    context = {"shop": shop, "missed": missed}
    return render_to_string("trade/_aftersales_todo.html", context, request)
