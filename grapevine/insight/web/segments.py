"""People by rule: a question in the address, its count, what can be done for them, and what came of it."""

import csv
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.guard import facade as guard
from grapevine.insight.actions import segments as actions
from grapevine.insight.crowds import ActView, NewAct, PersonRow
from grapevine.insight.queries import customers
from grapevine.insight.rules.customers.segments import READY, Rule, query_of, rule_from
from grapevine.insight.web import crowdwords
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import safe_cell

ROWS, WHY_SHOWN = 20, 2
AMOUNT_MAX = 1_000_000
HEAD = (
    "code", "orders", "spent_minor", "first_on", "last_on", "views", "brought", "brought_minor",
    "region", "category", "supporting", "following", "r", "f", "m", "why",
)  # fmt: skip


@require_GET
@signed_in_page
def segments(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/segments/?bought=…&views_least=… ; format=csv"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    rule = rule_from(request.GET.dict())
    if request.GET.get("format") == "csv":
        rows = (
            customers.everybody_of(shop.id) if rule.is_empty else customers.people_of(shop.id, rule)
        )
        guard.audit(
            actor_id=me(request), action="segments.export", object=f"shop:{slug}",
            after={"query": query_of(rule), "people": len(rows)}, shop_id=shop.id,
        )  # fmt: skip
        return _csv(rows)
    return _page(request, shop, rule)


def _page(
    request: HttpRequest, shop: ShopCard, rule: Rule, refused: DomainError | None = None
) -> HttpResponse:
    query = query_of(rule)
    counted = customers.counted(shop.id, rule)
    categories, regions = customers.names_of(shop.id)
    rows = customers.people_of(shop.id, rule, ROWS) if counted.people else []
    context = {
        "shop": shop, "nav": "segments", "rule": rule, "query": query, "counted": counted,
        "says": crowdwords.rule_words(rule), "as_of": customers.as_of(shop.id),
        "rows": [(row, crowdwords.signal_words(row.reasons)[:WHY_SHOWN]) for row in rows],
        "has_why": any(row.reasons for row in rows),
        "ready": [(label, query_of(one), query_of(one) == query) for label, one in READY],
        "saved": [
            (one, crowdwords.rule_words(rule_from(customers.asked(one.query))))
            for one in customers.segments_of(shop.id)
        ],
        "acts": [_act(one) for one in customers.acts_of(shop.id)],
        "bought_words": crowdwords.bought_words(), "categories": categories, "regions": regions,
        "may_act": Right.MARKETING in shop.rights, "refusal": words(refused) if refused else None,
        "wrong": refused.fields if refused else {}, "given": request.POST if refused else {},
    }  # fmt: skip
    return render(
        request, "insight/segments.html", context, status=refused.status if refused else 200
    )


def _act(one: ActView) -> dict[str, Any]:
    rule = rule_from(customers.asked(one.query))
    result = one.result
    return {
        "one": one, "says": crowdwords.rule_words(rule),
        "came": f"{result.came_bps / 100:.1f}%" if result else "",
        "control": f"{result.control_bps / 100:.1f}%"
        if result and result.control_bps is not None else "",
    }  # fmt: skip


def _back(slug: str, query: str, anchor: str) -> HttpResponseRedirect:
    address = reverse("insight:segments", args=[slug])
    return HttpResponseRedirect(f"{address}?{query}#{anchor}", status=303)


def _asked(request: HttpRequest) -> Rule:
    return rule_from(QueryDict(request.POST.get("query", "")[:400]).dict())


@require_POST
@signed_in_page
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/segments/saving/ : name, query"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    rule = _asked(request)
    try:
        actions.save_segment(
            shop_id=shop.id, name=request.POST.get("name", ""), rule=rule, actor_id=me(request)
        )
    except DomainError as refused:
        return _page(request, shop, rule, refused)
    messages.success(request, _("人群存好了，人数每天重算"))
    return _back(slug, query_of(rule), "saved")


@require_POST
@signed_in_page
def drop(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/segments/<id>/dropping/"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    actions.drop_segment(shop_id=shop.id, public_id=public_id, actor_id=me(request))
    messages.success(request, _("人群删掉了"))
    return _back(slug, "", "saved")


@require_POST
@signed_in_page
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/segments/acts/ : query, kind, text, worth, threshold, days"""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    rule, given = _asked(request), request.POST
    days = given.get("days", "")
    new = NewAct(
        kind=given.get("kind", "")[:8], text=given.get("text", "")[:200],
        worth_minor=_minor(given.get("worth", "")), threshold_minor=_minor(given.get("threshold", "")),
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
    )  # fmt: skip
    try:
        actions.draft_act(shop_id=shop.id, rule=rule, new=new, actor_id=me(request))
    except DomainError as refused:
        return _page(request, shop, rule, refused)
    messages.success(request, _("草稿存好了，确认后才发"))
    return _back(slug, query_of(rule), "acts")


def _minor(text: str) -> int:
    """An amount as it is written in a form; 0 for what is none."""
    try:
        amount = Decimal(text.strip() or "0")
    except InvalidOperation:
        return 0
    return int(amount * 100) if amount.is_finite() and 0 <= amount <= AMOUNT_MAX else 0


@require_POST
@signed_in_page
def decide(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/segments/acts/<id>/ : do=carry or drop"""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    try:
        if request.POST.get("do") == "drop":
            actions.drop_act(shop_id=shop.id, public_id=public_id, actor_id=me(request))
            messages.success(request, _("草稿丢掉了"))
        else:
            done = actions.carry_out(shop_id=shop.id, public_id=public_id, actor_id=me(request))
            messages.success(
                request,
                ngettext(
                    "发出去了：%(reached)s 位收到", "发出去了：%(reached)s 位收到", done.reached
                )
                % {"reached": done.reached},
            )
    except DomainError as refused:
        return _page(request, shop, Rule(), refused)
    return _back(slug, "", "acts")


def _csv(rows: Sequence[PersonRow]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    writer = csv.writer(response)
    writer.writerow(HEAD)
    for row in rows:
        writer.writerow([
            row.code, row.orders, row.spent_minor, row.first_on or "", row.last_on or "", row.views,
            row.brought, row.brought_minor, safe_cell(row.region), safe_cell(row.category),
            int(row.is_supporting), int(row.is_following), row.recency, row.frequency, row.money,
            " ".join(crowdwords.signal_words(row.reasons)[:WHY_SHOWN]),
        ])  # fmt: skip
    return response
