"""Goods in and out as files: upload, what would become of it, how far it is, what did not go in, and taking it back."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from grapevine.goods.actions import importing
from grapevine.goods.contracts import Right, ShopCard
from grapevine.goods.queries import cards, sheets as queries
from grapevine.goods.rules.sheets import own
from grapevine.guard import facade as guard
from grapevine.kit import exports
from grapevine.kit.errors import BadInput, DomainError, NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked

REJECTS_SHOWN = 50


@require_http_methods(["GET", "POST"])
@signed_in_page
def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/imports/ : file, form (own, shopify, woo or empty), lists=1"""
    shop = _shop(request, slug)
    if request.method == "GET":
        return _page(request, shop)
    try:
        file = request.FILES.get("file")
        if file is None:
            raise BadInput(fields={"file": marked("先选一个文件")})
        made = importing.begin(
            shop_id=shop.id, actor_id=me(request), file=file, file_name=file.name or "",
            form=request.POST.get("form", "")[:8], lists=request.POST.get("lists") == "1",
        )  # fmt: skip
        guard.audit(
            actor_id=me(request),
            action="goods.import_begin",
            object=f"import:{made}",
            shop_id=shop.id,
        )
    except DomainError as refused:
        return _page(request, shop, refused)
    return HttpResponseRedirect(reverse("goods:import", args=[slug, made]), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def one(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/imports/<id>/ : do=start, cancel or undo"""
    shop = _shop(request, slug)
    refused = None
    if request.method == "POST":
        try:
            _do(request, shop, public_id)
            return HttpResponseRedirect(reverse("goods:import", args=[slug, public_id]), status=303)
        except DomainError as error:
            refused = error
    view = queries.import_view(shop.id, public_id)
    held = queries.held_of(shop.id, public_id)
    context = {
        "shop": shop, "nav": "goods", "run": view, "state": state_words(view.state),
        "rejects": queries.rejects_of(shop.id, public_id, REJECTS_SHOWN),
        "held": held[:REJECTS_SHOWN], "held_count": len({row.key for row in held}),
        "refusal": words(refused) if refused else None,
    }  # fmt: skip
    return render(request, "goods/import.html", context, status=refused.status if refused else 200)


@require_GET
@signed_in_page
def rejects(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/goods/imports/<id>/rejects.csv : what did not go in; column "held": is in, not sold yet."""
    shop = _shop(request, slug)
    found = [
        *queries.rejects_of(shop.id, public_id),
        *(replace(row, column="held") for row in queries.held_of(shop.id, public_id)),
    ]
    heads = ("line", "key", "column", "reason", "value")
    rows = ((str(row.line or ""), row.key, row.column, _(row.reason), row.value) for row in found)
    return exports.export("csv", f"rejects-{public_id}", heads, rows)


@require_GET
@signed_in_page
def export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """GET /console/<slug>/goods/imports/export.csv or .xlsx : every goods in the form that is imported."""
    shop = _shop(request, slug)
    guard.audit(
        actor_id=me(request), action="goods.export", object=f"shop:{shop.id}", shop_id=shop.id
    )
    return _file(form, own.written(queries.exported(shop.id)), f"goods-{slug}")


@require_GET
@signed_in_page
def template(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """GET /console/<slug>/goods/imports/template.csv or .xlsx : the header and one example."""
    _shop(request, slug)
    return _file(form, own.written(own.EXAMPLE), "goods-template")


def _shop(request: HttpRequest, slug: str) -> ShopCard:
    """Prices and costs go in and out by file, so both rights are asked."""
    cards.shop_for_staff(me(request), slug, Right.GOODS)
    return cards.shop_for_staff(me(request), slug, Right.PRICES)


def state_words(state: str) -> str:
    return {
        "waiting": _("正在检查"), "checked": _("检查好了，还没有导入"), "running": _("正在导入"), "done": _("导入完了"),
        "cancelled": _("已停下"), "refused": _("读不了"), "undone": _("已撤销"),
    }.get(state, state)  # fmt: skip


def _do(request: HttpRequest, shop: ShopCard, public_id: str) -> None:
    wanted = request.POST.get("do", "")
    if wanted == "start":
        importing.start(shop_id=shop.id, public_id=public_id)
    elif wanted == "cancel":
        importing.cancel(shop_id=shop.id, public_id=public_id)
    elif wanted == "undo":
        removed, back = importing.undo(shop_id=shop.id, public_id=public_id)
        messages.success(
            request,
            _("撤回了 %(removed)s 件新商品，%(back)s 件改回原样")
            % {"removed": removed, "back": back},
        )
    else:
        raise NotFound
    guard.audit(
        actor_id=me(request),
        action=f"goods.import_{wanted}",
        object=f"import:{public_id}",
        shop_id=shop.id,
    )


def _page(request: HttpRequest, shop: ShopCard, refused: DomainError | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "shop": shop, "nav": "goods",
        "runs": [(run, state_words(run.state)) for run in queries.imports_of(shop.id)],
        "forms": [("", _("自动认")), ("own", _("藤的商品表")), ("shopify", "Shopify CSV"), ("woo", "WooCommerce CSV")],
        "columns": own.CHINESE.items(),
        "refusal": words(refused) if refused else None,
        "wrong": [_(text) for text in refused.fields.values()] if refused else [],
    }  # fmt: skip
    return render(request, "goods/imports.html", context, status=refused.status if refused else 200)


def _file(form: str, rows: Iterable[list[str]], name: str) -> HttpResponse:
    """Cells of goods are sealed so that the file can be read back."""
    if form not in exports.KINDS:
        raise NotFound
    return exports.export(form, name, (), rows, sealed=True)
