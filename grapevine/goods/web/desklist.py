"""The desk's list: filters in the URL, and one change for many goods, said first and undone with one click."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods.actions import batches
from grapevine.goods.contracts import BelowCost, LargePriceChange, Right, ShopCard
from grapevine.goods.desking import BatchView, Bulk, DeskFilter, NothingPicked
from grapevine.goods.queries import cards, desk as queries
from grapevine.goods.queries.places import shipping_templates
from grapevine.goods.web.judged import shelf_reasons
from grapevine.guard import facade as guard
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words

KEPT = ("q", "state", "category", "kind", "sort")
SHOWN_MAX = 100


@require_GET
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/goods/?q=&state=&category=&kind=&sort=&cursor="""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    return _page(request, shop)


@require_POST
@signed_in_page
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/goods/changes/ : goods (several), change, value; sure=1 makes it, else it is only said."""
    kind = request.POST.get("change", "")[:10]
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES if kind == "price" else Right.GOODS)
    wanted = Bulk(kind, request.POST.get(f"value-{kind}", request.POST.get("value", ""))[:40])
    picked = request.POST.getlist("goods")
    try:
        if request.POST.get("sure") == "1":
            return _made(request, shop, picked, wanted)
        return _preview(request, shop, picked, wanted)
    except (BelowCost, LargePriceChange) as refused:
        return _preview(request, shop, picked, wanted, refused)
    except DomainError as refused:
        return _page(request, shop, refused=refused, picked=picked)


@require_POST
@signed_in_page
def undo(request: HttpRequest, slug: str, batch: str) -> HttpResponse:
    """POST /console/<slug>/goods/changes/<batch>/undoing/"""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    if queries.moves_prices(shop.id, batch):
        cards.shop_for_staff(me(request), slug, Right.PRICES)
    done = batches.undo_batch(shop_id=shop.id, batch=batch)
    guard.audit(
        actor_id=me(request),
        action="goods.undo",
        object=f"batch:{batch}",
        shop_id=shop.id,
        after={"back": done.back},
    )
    told = ngettext("%(count)s 处改回去了", "%(count)s 处改回去了", done.back)
    messages.success(request, told % {"count": done.back})
    if done.kept:
        names = "、".join(done.kept[:5])
        messages.warning(request, _("后来又被改过，没有动：%(which)s") % {"which": names})
    back = "goods:table" if request.POST.get("back") == "table" else "goods:desk"
    return HttpResponseRedirect(reverse(back, args=[slug]), status=303)


def wanted_filter(request: HttpRequest) -> DeskFilter:
    data = request.GET
    return DeskFilter(
        data.get("q", "")[:60].strip(), data.get("state", "")[:10], data.get("category", "")[:20],
        data.get("kind", "")[:8], data.get("sort", "new")[:6],
    )  # fmt: skip


def states() -> list[tuple[str, str]]:
    return [
        ("", _("全部")), ("on", _("在售")), ("off", _("已下架")), ("scheduled", _("定时")),
        ("low", _("快卖完")), ("bare", _("没有图片")),
    ]  # fmt: skip


def filter_context(request: HttpRequest, shop: ShopCard, wanted: DeskFilter) -> dict[str, Any]:
    """The tabs, selects and hidden fields of a filtered list."""
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    tabs = [
        {
            "url": "?" + urlencode({**{k: v for k, v in kept.items() if k != "state"}, **({"state": key} if key else {})}),
            "label": label, "on": key == wanted.state,
        }
        for key, label in states()
    ]  # fmt: skip
    sorts = [
        ("new", _("新的在前")), ("old", _("旧的在前")), ("price", _("便宜的在前")),
        ("dear", _("贵的在前")), ("title", _("按标题")),
    ]  # fmt: skip
    return {
        "wanted": wanted, "tabs": tabs, "sorts": sorts, "categories": queries.categories_of(shop.id),
        "kinds": [("goods", _("商品")), ("service", _("服务"))], "search": urlencode(kept),
        "is_filtered": bool(kept.keys() - {"sort"}),
    }  # fmt: skip


def held_words(count: int) -> str:
    """Of goods whose new title or category waits for a look."""
    told = ngettext(
        "%(count)s 件改了关键内容，审核通过后生效，在售的先保持原样",
        "%(count)s 件改了关键内容，审核通过后生效，在售的先保持原样",
        count,
    )
    return told % {"count": count}


def kind_words(kind: str) -> str:
    return {
        "on": _("上架"), "off": _("下架"), "category": _("改分类"), "shipping": _("改运费模板"),
        "limit": _("改限购"), "price": _("调价"), "remove": _("删除草稿"), "table": _("表格里改"),
    }.get(kind, kind)  # fmt: skip


def batch_rows(shop_id: int, limit: int = 5) -> list[tuple[BatchView, str]]:
    return [(one, kind_words(one.kind)) for one in queries.batches_of(shop_id, limit)]


def _page(
    request: HttpRequest, shop: ShopCard, *, refused: DomainError | None = None,
    picked: list[str] | None = None,
) -> HttpResponse:  # fmt: skip
    wanted = wanted_filter(request)
    page = queries.desk_page(shop.id, wanted, request.GET.get("cursor"))
    context = {
        "shop": shop, "nav": "goods", "page": page,
        "held": shelf_reasons(shop.id, page.items),
        "picked": picked or [], "templates": shipping_templates([shop.id]),
        "may_price": Right.PRICES in shop.rights, "batches": batch_rows(shop.id),
        "refusal": words(refused) if refused else None,
        "wrong": [_(text) for text in refused.fields.values()] if refused else [],
        **filter_context(request, shop, wanted),
    }  # fmt: skip
    return render(request, "goods/desk.html", context, status=refused.status if refused else 200)


def _preview(
    request: HttpRequest, shop: ShopCard, picked: list[str], wanted: Bulk,
    refused: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    rows = batches.plan_bulk(shop_id=shop.id, picked=picked, bulk=wanted)
    if not rows:
        raise NothingPicked
    names = {str(one.id): one.name for one in shipping_templates([shop.id])}
    said = {
        "True": _("是"),
        "False": _("否"),
        "": "–",
        **(names if wanted.kind == "shipping" else {}),
    }
    context = {
        "shop": shop, "nav": "goods", "bulk": wanted, "what": kind_words(wanted.kind),
        "picked": picked, "search": request.GET.urlencode(),
        "rows": [
            (row, said.get(row.before, row.before), said.get(row.after, row.after), _(row.refusal) if row.refusal else "")
            for row in rows[:SHOWN_MAX]
        ],
        "moving": sum(row.moves for row in rows), "refusing": sum(bool(row.refusal) for row in rows),
        "still": sum(not row.refusal and not row.moves for row in rows), "more": max(0, len(rows) - SHOWN_MAX),
        "refusal": words(refused) if refused else None,
        "asks_below": isinstance(refused, BelowCost) or request.POST.get("below_cost_ok"),
        "asks_large": isinstance(refused, LargePriceChange) or request.POST.get("large_ok"),
        "given": request.POST.dict() if refused else {},
    }  # fmt: skip
    return render(request, "goods/changes.html", context, status=refused.status if refused else 200)


def _made(request: HttpRequest, shop: ShopCard, picked: list[str], wanted: Bulk) -> HttpResponse:
    done = batches.apply_bulk(
        shop_id=shop.id, picked=picked, bulk=wanted, actor_id=me(request),
        below_cost_ok=request.POST.get("below_cost_ok") == "1",
        large_ok=request.POST.get("large_ok") == "1",
    )  # fmt: skip
    if done.batch:
        guard.audit(
            actor_id=me(request), action=f"goods.{wanted.kind}", object=f"batch:{done.batch}", shop_id=shop.id,
            after={"value": wanted.value, "changed": done.changed},
        )  # fmt: skip
    told = ngettext("改好 %(count)s 处，可以撤销", "改好 %(count)s 处，可以撤销", done.changed)
    if done.changed or not done.held:
        said = told % {"count": done.changed} if done.changed else _("没有需要改的")
        messages.success(request, said)
    if done.held:
        messages.info(request, held_words(done.held))
    for row in done.refused[:5]:
        messages.warning(request, f"{row.title}：{_(row.refusal)}")
    search = request.GET.urlencode()
    target = reverse("goods:desk", args=[shop.slug]) + (f"?{search}" if search else "")
    return HttpResponseRedirect(target, status=303)
