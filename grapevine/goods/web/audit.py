"""The shop's trail: who did what to what, before and after."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grapevine.goods.contracts import Right
from grapevine.goods.queries import cards
from grapevine.goods.queries.trail import CSV_ROWS_MAX, rows_of, trail_page
from grapevine.guard import facade as guard
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import safe_cell
from grapevine.people import facade as people


def _answer(
    request: HttpRequest, *, shop_id: int | None, template: str, context: dict[str, object]
) -> HttpResponse:
    """The trail (of a shop) as the address asks for it: a page, or a file with ?format=csv."""
    asked = {name: request.GET.get(name, "")[:80] for name in ("who", "action", "object", "day")}
    if request.GET.get("format") == "csv":
        return _csv(shop_id, asked)
    page = trail_page(asked, shop_id=shop_id, cursor=request.GET.get("cursor"))
    actions = [(name, guard.action_label(name)) for name in guard.audit_actions(shop_id)]
    shown = {
        "rows": rows_of(page.items), "page": page, "actions": actions,
        "asked": asked | {"any": any(asked.values())},
    }  # fmt: skip
    return render(request, template, context | shown)


def _csv(shop_id: int | None, asked: dict[str, str]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(guard.HEAD)
    cursor: str | None = None
    written = 0
    while written < CSV_ROWS_MAX:
        page = trail_page(asked, shop_id=shop_id, cursor=cursor, limit=100)
        for row in rows_of(page.items):
            line = guard.csv_row(row["entry"], row["handle"] or row["who"])
            writer.writerow([safe_cell(cell) for cell in line])
        written += len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    return response


@require_GET
@signed_in_page
def trail(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/audit/?who=&action=&object=&day=&cursor=&format=csv"""
    shop = cards.shop_for_staff(me(request), slug, Right.STAFF)
    context: dict[str, object] = {"shop": shop, "nav": "audit"}
    return _answer(request, shop_id=shop.id, template="goods/audit.html", context=context)


@require_GET
@signed_in_page
def operator_trail(request: HttpRequest) -> HttpResponse:
    """GET /operator/audit/ : the whole house's trail, with the same filters; for everybody else it does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    context: dict[str, object] = {"console": "operator", "nav": "audit"}
    return _answer(request, shop_id=None, template="goods/audit.html", context=context)
