"""The shop's desk for its membership: levels, and goods kept out of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit.errors import BadInput
from grapevine.kit.pages import me, signed_in_page
from grapevine.loyalty import actions, queries, rules
from grapevine.loyalty.contracts import Level
from grapevine.loyalty.web.words import hundredths, rate_words

Row = dict[str, str]


def fixed(text: str) -> int:
    """A number with up to two decimals ("59.9") in hundredths; -1 if it is none. Yuan in fen, percent in basis
    points."""
    whole, _sep, part = text.strip().partition(".")
    if not (text.isascii() and whole.isdigit() and len(whole) < 9):
        return -1
    if part and not (part.isdigit() and len(part) <= 2):
        return -1
    return int(whole) * 100 + int((part + "00")[:2])


def read_rows(data: QueryDict) -> list[Row]:
    """The rows of the form that are filled in."""
    columns = [data.getlist(name)[: rules.LEVELS_MAX] for name in ("name", "threshold", "percent")]
    rows = [
        {"name": name.strip(), "threshold": threshold.strip(), "percent": rate.strip()}
        for name, threshold, rate in zip(*columns, strict=False)
    ]
    return [row for row in rows if any(row.values())]


def level(row: Row) -> Level:
    return Level(row["name"], fixed(row["threshold"]), fixed(row["percent"]))


@require_http_methods(["GET", "POST"])
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/members/ : levels, members, goods; POST saves the levels."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    if request.method == "GET":
        return _page(request, shop)
    rows = read_rows(request.POST)
    try:
        actions.set_levels(
            actor_id=me(request), shop_id=shop.id, levels=[level(row) for row in rows]
        )
    except BadInput as error:
        return _page(request, shop, rows, {name: _(text) for name, text in error.fields.items()})
    messages.success(request, _("会员等级已保存"))
    return HttpResponseRedirect(reverse("loyalty:desk", args=[slug]), status=303)


def _page(
    request: HttpRequest,
    shop: ShopCard,
    rows: list[Row] | None = None,
    fields: dict[str, str] | None = None,
) -> HttpResponse:
    levels = queries.levels_of(shop.id)
    if rows is None:
        rows = [
            {"name": one.name, "threshold": hundredths(one.threshold_minor), "percent": hundredths(one.rate_bps)}
            for one in levels
        ]  # fmt: skip
    page = goods.goods_of_shop(shop.id, request.GET.get("cursor"))
    prices = [
        rules.member_price(card.price_minor, levels[0].rate_bps) if levels else card.price_minor
        for card in page.items
    ]
    context = {
        "shop": shop, "nav": "members", "fields": fields or {}, "levels": levels,
        "rows": [*rows, *({} for _ in range(rules.LEVELS_MAX - len(rows)))],
        "members": queries.member_count(shop.id), "excluded": queries.excluded_of_shop(shop.id),
        "goods": list(zip(page.items, prices, strict=True)), "next_cursor": page.next_cursor,
        "rate": rate_words(levels[0].rate_bps) if levels else "",
    }  # fmt: skip
    return render(request, "loyalty/desk.html", context, status=422 if fields else 200)


@require_POST
@signed_in_page
def price(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/members/<goods>/price/ : on=1 gives the goods a member price, on=0 takes it away."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    change = actions.include_goods if request.POST.get("on") == "1" else actions.exclude_goods
    change(shop_id=shop.id, public_id=public_id, actor_id=me(request))
    return HttpResponseRedirect(reverse("loyalty:desk", args=[slug]), status=303)
