"""What lies and what earns: slow sellers with days of cover, and a draft against each with one click."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.guard import facade as guard
from grapevine.insight.actions import drafts
from grapevine.insight.queries.selection import selection_of
from grapevine.insight.queries.slow import drafts_of, slow_and_best, slow_rows
from grapevine.insight.slowness import SlowRow
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import safe_cell

ROWS = 50
RIGHTS = {"discount": Right.PRICES, "group": Right.MARKETING, "stop": Right.STOCK}


@require_GET
@signed_in_page
def slow(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/slow/?format=csv"""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    if request.GET.get("format") == "csv":
        return _csv(slow_rows(shop.id))
    return _page(request, shop)


@require_POST
@signed_in_page
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/slow/drafts/ : sku"""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    try:
        made = drafts.make_draft(
            shop_id=shop.id, code=request.POST.get("sku", "")[:40], actor_id=me(request)
        )
    except DomainError as refused:
        return _page(request, shop, refused)
    guard.audit(
        actor_id=me(request),
        action="slow.draft",
        object=f"sku:{made.code}",
        shop_id=shop.id,
        after={"kind": made.kind},
    )
    messages.success(request, _("草稿存好了，确认后才生效"))
    return HttpResponseRedirect(reverse("insight:slow", args=[slug]) + "#drafts", status=303)


@require_POST
@signed_in_page
def decide(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/slow/drafts/<id>/ : do=carry or drop; large_ok=1"""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    try:
        found = drafts.find_draft(shop.id, public_id)
        goods.shop_for_staff(me(request), slug, RIGHTS[found.kind])
        if request.POST.get("do") == "drop":
            drafts.drop_draft(shop_id=shop.id, public_id=public_id)
            messages.success(request, _("草稿丢掉了"))
        else:
            drafts.carry_out(
                shop_id=shop.id, public_id=public_id, actor_id=me(request),
                large_ok=request.POST.get("large_ok") == "1",
            )  # fmt: skip
            messages.success(request, _("已经生效"))
    except DomainError as refused:
        return _page(request, shop, refused)
    guard.audit(
        actor_id=me(request),
        action="slow.decide",
        object=f"draft:{public_id}",
        shop_id=shop.id,
        after={"do": request.POST.get("do", "")[:8]},
    )
    return HttpResponseRedirect(reverse("insight:slow", args=[slug]) + "#drafts", status=303)


def action_words(action: str) -> str:
    return {
        "discount": _("降价卖"), "group": _("开拼团"), "stop": _("先别再进货"), "wait": _("不用处理"),
    }.get(action, action)  # fmt: skip


def _page(request: HttpRequest, shop: ShopCard, refused: DomainError | None = None) -> HttpResponse:
    (found, best), waiting = slow_and_best(shop.id), drafts_of(shop.id)
    drafted = {one.code for one in waiting if one.state == "draft"}
    context = {
        "shop": shop, "nav": "slow", "rows": [_row(row, drafted) for row in found[:ROWS]],
        "count": len(found), "tied_minor": sum(row.told.tied_minor for row in found),
        "best": [_row(row, drafted) for row in best],
        "selection": selection_of(shop.id),
        "drafts": [(one, action_words(one.kind)) for one in waiting],
        "refusal": words(refused) if refused else None,
    }  # fmt: skip
    return render(request, "insight/slow.html", context, status=refused.status if refused else 200)


def _row(row: SlowRow, drafted: set[str]) -> dict[str, Any]:
    return {
        "sku": row.sku, "told": row.told, "sold": row.sold, "action": action_words(row.told.action),
        "cover": None if row.told.cover_days is None else round(row.told.cover_days),
        "left": round(row.told.left_share * 100), "drafted": row.sku.code in drafted,
        "trend": round((row.told.trend - 1) * 100),
        "month_minor": None if row.told.month_minor is None else round(row.told.month_minor),
    }  # fmt: skip


def _csv(found: list[SlowRow]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="slow.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            "sku",
            "title",
            "option",
            "free",
            "per_day",
            "cover_days",
            "left_percent",
            "tied_minor",
            "action",
            "price_minor",
        ]
    )
    for row in found:
        told = row.told
        writer.writerow([
            row.sku.code, safe_cell(row.sku.title), safe_cell(row.sku.option), row.sku.free, f"{told.per_day:.3f}",
            "" if told.cover_days is None else f"{told.cover_days:.1f}", f"{told.left_share * 100:.1f}",
            told.tied_minor, told.action, told.price_minor or "",
        ])  # fmt: skip
    return response
