"""The parts of goods on their page: pictures in order, options generated, times to book, facts, terms and the clock."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.goods.actions import desk, parts, schedule, shipping
from grapevine.goods.contracts import Facts, GoodsDetail, Right, ShopCard
from grapevine.goods.queries import cards
from grapevine.goods.queries import desk as queries
from grapevine.goods.queries.places import shipping_templates
from grapevine.goods.rules import matrix, table
from grapevine.goods.rules.listing import STOCK_MAX
from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.media import facade as media

PICTURES_MAX = 9
AXES = 3
SPARE = 3


def context_of(shop: ShopCard, detail: GoodsDetail) -> dict[str, Any]:
    """What the parts below the form show."""
    terms = queries.terms_of(shop.id, detail.card.public_id)
    pairs = list(detail.facts.attributes)
    known = {name for name, _value in pairs}
    suggested = dict(queries.category_attributes(shop.id)).get(detail.card.category, ())
    pairs += [(name, "") for name in suggested if name not in known]
    values = [list(dict.fromkeys(part)) for part in zip(*_parts(detail), strict=False)]
    axes = [
        (
            n,
            detail.axes[n] if n < len(detail.axes) else "",
            "，".join(values[n]) if n < len(values) else "",
        )
        for n in range(AXES)
    ]
    return {
        "pairs": pairs + [("", "")] * SPARE, "terms": terms, "templates": shipping_templates([shop.id]),
        "axis_rows": axes, "weekdays": list(enumerate(_weekdays())), "may_price": Right.PRICES in shop.rights,
    }  # fmt: skip


def _parts(detail: GoodsDetail) -> list[list[str]]:
    return [sku.option.split(" / ") for sku in detail.skus if sku.option]


def _weekdays() -> list[str]:
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


@require_POST
@signed_in_page
def part(request: HttpRequest, slug: str, public_id: str, name: str) -> HttpResponse:
    """POST /console/<slug>/goods/<public_id>/<part>/ : pictures, matrix, slots, facts, terms or skus"""
    act, right = PARTS[name]
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    cards.shop_for_staff(me(request), slug, right)
    cards.goods_detail_of_shop(shop.id, public_id)
    try:
        act(request, shop, public_id)
    except DomainError as refused:
        text = "；".join(_(one) for one in refused.fields.values()) or words(refused)[0]
        messages.error(request, text)
    else:
        guard.audit(
            actor_id=me(request),
            action=f"goods.{name}",
            object=f"goods:{public_id}",
            shop_id=shop.id,
        )
        messages.success(request, _("已保存"))
    target = reverse("goods:edit", args=[slug, public_id])
    return HttpResponseRedirect(f"{target}#{name}", status=303)


def _pictures(request: HttpRequest, shop: ShopCard, public_id: str) -> None:
    """`move` is up-2, down-2 or away-2; or new files, and `alt-<picture id>`."""
    verb, _sep, place = request.POST.get("move", "").partition("-")
    if verb in ("up", "down", "away") and place.isascii() and place.isdigit():
        by = {"up": -1, "down": 1, "away": 0}[verb]
        parts.move_picture(shop_id=shop.id, public_id=public_id, place=int(place[:3]), by=by)
        return
    detail = cards.goods_detail(public_id)
    for picture in detail.pictures:
        alt = request.POST.get(f"alt-{picture.id}")
        if alt is not None and alt != picture.alt:
            parts.describe_picture(
                shop_id=shop.id, public_id=public_id, picture_id=picture.id, alt=alt[:200]
            )
    files = request.FILES.getlist("pictures")[:PICTURES_MAX]
    if files:
        own = [picture.id for picture in detail.pictures]
        if len(own) + len(files) > PICTURES_MAX:
            raise BadInput(fields={"pictures": marked("最多 9 张图片")})
        own += [
            media.store_picture(owner_id=me(request), file=file, alt=detail.card.title).id
            for file in files
        ]
        parts.set_pictures(shop_id=shop.id, public_id=public_id, picture_ids=own)


def _matrix(request: HttpRequest, shop: ShopCard, public_id: str) -> None:
    axes, options = matrix.matrix([
        (request.POST.get(f"axis-{n}", "")[:20], matrix.values_of(request.POST.get(f"values-{n}", "")[:2000]))
        for n in range(AXES)
    ])  # fmt: skip
    price, stock = _price_and_stock(request)
    parts.add_options(
        shop_id=shop.id,
        public_id=public_id,
        axes=axes,
        options=options,
        price_minor=price,
        stock=stock,
    )


def _slots(request: HttpRequest, shop: ShopCard, public_id: str) -> None:
    data = request.POST
    try:
        first, last = (
            date.fromisoformat(data.get("first", "")),
            date.fromisoformat(data.get("last", "")),
        )
    except ValueError:
        raise BadInput(fields={"slots": marked("选开始和结束日期")}) from None
    times = matrix.values_of(data.get("times", "")[:500])
    weekdays = [int(one) for one in data.getlist("weekday") if one in "0123456" and len(one) == 1]
    options = matrix.slots(first=first, last=last, weekdays=weekdays or range(7), times=times)
    price, capacity = _price_and_stock(request)
    parts.add_options(
        shop_id=shop.id, public_id=public_id, axes="日期 / 时间" if times else "日期", options=options,
        price_minor=price, stock=capacity,
    )  # fmt: skip


def _price_and_stock(request: HttpRequest) -> tuple[int, int]:
    price = table.minor(request.POST.get("price", "")[:20])
    stock = table.whole(request.POST.get("stock", "")[:12] or "0", STOCK_MAX)
    if price is None or price <= 0 or stock is None:
        raise BadInput(fields={"price": marked("价格写成 12.50 这样，数量写成不带小数的数字")})
    return price, stock


def _facts(request: HttpRequest, shop: ShopCard, public_id: str) -> None:
    data = request.POST
    pairs = zip(data.getlist("name"), data.getlist("value"), strict=False)
    told = tuple(
        (name.strip(), value.strip()) for name, value in pairs if name.strip() and value.strip()
    )
    facts = Facts(data.get("kind", "goods"), data.get("origin", ""), data.get("supplier", ""), told)
    desk.set_facts(shop_id=shop.id, public_id=public_id, facts=facts)


def _terms(request: HttpRequest, shop: ShopCard, public_id: str) -> None:
    data = request.POST
    limit = table.whole(data.get("limit", "")[:12] or "0", 10**9)
    shipping.set_terms(
        shop_id=shop.id, public_id=public_id, limit_per_person=-1 if limit is None else limit,
        shipping=data.get("shipping", "")[:12],
    )  # fmt: skip
    terms = queries.terms_of(shop.id, public_id)
    on_from, on_until = (
        _moment(data.get("on_sale_from", "")),
        _moment(data.get("on_sale_until", "")),
    )
    if (on_from, on_until) != (terms.on_sale_from, terms.on_sale_until):
        schedule.set_schedule(
            shop_id=shop.id, public_id=public_id, on_from=on_from, on_until=on_until
        )


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip()[:25])
        return timezone.make_aware(found) if timezone.is_naive(found) else found
    except (ValueError, OverflowError):
        raise BadInput(fields={"on_sale_from": marked("时间写成 2026-12-01 10:00 这样")}) from None


def _skus(request: HttpRequest, shop: ShopCard, public_id: str) -> None:
    """`away` is the code of a SKU of these goods."""
    code = request.POST.get("away", "")[:40]
    if code in {sku.code for sku in cards.goods_detail(public_id).skus}:
        parts.remove_sku(shop_id=shop.id, code=code)


PARTS: dict[str, tuple[Callable[[HttpRequest, ShopCard, str], None], Right]] = {
    "pictures": (_pictures, Right.GOODS), "matrix": (_matrix, Right.PRICES), "slots": (_slots, Right.PRICES),
    "facts": (_facts, Right.GOODS), "terms": (_terms, Right.GOODS), "skus": (_skus, Right.GOODS),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in_page
def categories(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/categories/ : name, attributes (separated by commas; none takes it away)"""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    refused = None
    if request.method == "POST":
        try:
            parts.save_category(
                shop_id=shop.id, name=request.POST.get("name", "")[:40],
                attributes=matrix.values_of(request.POST.get("attributes", "")[:1000]),
            )  # fmt: skip
            messages.success(request, _("已保存"))
            return HttpResponseRedirect(reverse("goods:attributes", args=[slug]), status=303)
        except DomainError as error:
            refused = error
    rows = [(name, "，".join(names)) for name, names in queries.category_attributes(shop.id)]
    context = {
        "shop": shop, "nav": "goods", "rows": rows, "used": queries.categories_of(shop.id),
        "wrong": [_(text) for text in refused.fields.values()] if refused else [],
    }  # fmt: skip
    return render(
        request, "goods/attributes.html", context, status=refused.status if refused else 200
    )
