"""Goods and SKUs as rows of one form: typed in place, each row saved whole or not at all."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from grapevine.goods.actions.table import Saved, save_table
from grapevine.goods.contracts import Right, ShopCard
from grapevine.goods.desking import RowEdit, TableRow
from grapevine.goods.queries import cards, desk as queries
from grapevine.goods.queries.places import warehouses
from grapevine.goods.rules import table as rules
from grapevine.goods.web.desklist import batch_rows, filter_context, held_words, wanted_filter
from grapevine.guard import facade as guard
from grapevine.kit.pages import me, signed_in_page

PLACES_SHOWN = 6


@require_http_methods(["GET", "POST"])
@signed_in_page
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/table/ : with the filters of the list; fields are `title-<code>` and so on."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    return _saved(request, shop) if request.method == "POST" else _page(request, shop)


def _page(request: HttpRequest, shop: ShopCard, saved: Saved | None = None) -> HttpResponse:
    wanted = wanted_filter(request)
    page = queries.table_page(shop.id, wanted, request.GET.get("cursor"))
    places = [one for one in warehouses(shop.id) if one.is_active][:PLACES_SHOWN]
    wrong = saved.wrong if saved else {}
    shown: set[str] = set()
    rows = []
    for row in page.items:
        rows.append(
            _row(
                request,
                row,
                [one.id for one in places],
                wrong.get(row.code),
                first=row.public_id not in shown,
            )
        )
        shown.add(row.public_id)
    texts = [text for errors in wrong.values() for text in errors.values()]
    context = {
        "shop": shop, "nav": "goods", "rows": rows, "page": page, "places": places,
        "may_price": Right.PRICES in shop.rights, "batches": batch_rows(shop.id),
        "wrong": len(wrong), "saved": saved.rows if saved else 0,
        "asks": any("勾选确认" in text for text in texts), "table": True,
        **filter_context(request, shop, wanted),
    }  # fmt: skip
    return render(request, "goods/table.html", context, status=422 if wrong else 200)


def _row(
    request: HttpRequest,
    row: TableRow,
    places: list[int],
    wrong: dict[str, str] | None,
    *,
    first: bool,
) -> dict[str, Any]:
    """A row as it stands; one that was refused shows again what was typed."""
    given = {
        "title": row.title, "category": row.category, "price": rules.yuan(row.price_minor),
        "cost": rules.yuan(row.cost_minor), "limit": str(row.limit_per_person),
        "grams": str(row.grams), "own_code": row.own_code,
    }  # fmt: skip
    stock = [(place, row.stock.get(place, 0), str(row.stock.get(place, 0))) for place in places]
    if wrong is not None:
        given = {name: request.POST.get(f"{name}-{row.code}", text) for name, text in given.items()}
        stock = [
            (place, free, request.POST.get(f"stock-{place}-{row.code}", text))
            for place, free, text in stock
        ]
    errors = {name: _(text) for name, text in (wrong or {}).items()}
    return {
        "sku": row, "given": given, "first": first, "errors": errors,
        "stock": [(place, free, text, errors.get(f"stock-{place}", "")) for place, free, text in stock],
    }  # fmt: skip


def _edits(request: HttpRequest) -> list[RowEdit]:
    data = request.POST
    found = []
    for code in data.getlist("sku"):
        fields = {
            name: data[f"{name}-{code}"][:200] for name in rules.FIELDS if f"{name}-{code}" in data
        }
        stock = [
            (
                int(place),
                data.get(f"was-{place}-{code}", "")[:12],
                data[f"stock-{place}-{code}"][:12],
            )
            for place in data.getlist("place")
            if place.isascii() and place.isdigit() and f"stock-{place}-{code}" in data
        ]
        found.append(RowEdit(code, data.get(f"seen-{code}", "")[:16], fields, stock))
    return found


def _saved(request: HttpRequest, shop: ShopCard) -> HttpResponse:
    edits = _edits(request)
    if any({"price", "cost"} & set(edit.fields) for edit in edits):
        cards.shop_for_staff(me(request), shop.slug, Right.PRICES)
    saved = save_table(
        shop_id=shop.id, edits=edits, actor_id=me(request),
        below_cost_ok=request.POST.get("confirmed") == "1",
        large_ok=request.POST.get("confirmed") == "1",
    )  # fmt: skip
    if saved.batch:
        guard.audit(
            actor_id=me(request), action="goods.table", object=f"batch:{saved.batch}", shop_id=shop.id,
            after={"rows": saved.rows},
        )  # fmt: skip
        told = ngettext("存好 %(count)s 行，可以撤销", "存好 %(count)s 行，可以撤销", saved.rows)
        messages.success(request, told % {"count": saved.rows})
    elif not saved.wrong and not saved.held:
        messages.success(request, _("没有需要改的"))
    if saved.held:
        messages.info(request, held_words(saved.held))
    if saved.wrong:
        return _page(request, shop, saved)
    search = request.GET.urlencode()
    target = reverse("goods:table", args=[shop.slug]) + (f"?{search}" if search else "")
    return HttpResponseRedirect(target, status=303)
