"""The cart: one form, so that what is picked survives every change, with and without a script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import SkuLine
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.trade.actions import cart as carts
from grapevine.trade.contracts import CartLine, LimitReached, NotDelivered, Quote, QuoteLine
from grapevine.trade.queries import bill, reading
from grapevine.trade.queries.bill import ShopBill
from grapevine.trade.rules.pricing import COUNT_MAX
from grapevine.trade.web import own
from grapevine.trade.web.reading import count, number, source


@dataclass(frozen=True, slots=True)
class _Row:
    """A line with what its buttons do; `quoted` is what checkout charges for it, if it is picked."""

    line: CartLine
    is_picked: bool = False
    quoted: QuoteLine | None = None

    @property
    def fewer(self) -> int:
        return max(0, self.line.count - 1)

    @property
    def more(self) -> int:
        return self.line.count + 1

    @property
    def is_most(self) -> bool:
        sku = self.line.sku
        return self.line.count >= min(sku.free, sku.limit_per_person or sku.free, COUNT_MAX)


@dataclass(slots=True)
class _Shop:
    """A shop's lines in the cart; `bill` if some of them are picked."""

    shop_id: int
    name: str
    rows: list[_Row] = field(default_factory=list)
    bill: ShopBill | None = None


@require_http_methods(["GET", "POST"])
@signed_in_page
def cart(request: HttpRequest) -> HttpResponse:
    """GET /cart/?off=&off= : by shop, what cannot be bought apart; POST takes counts and picks, `do=checkout` goes on."""
    if request.method == "POST":
        return _changed(request)
    lines = own.cart(request)
    good = [line for line in lines if not line.problem]
    off = {number(one) for one in request.GET.getlist("off")}
    picked = [line for line in good if line.id not in off]
    quote, refused = _quote(request, picked)
    charged = {one.sku.sku_id: one for shop in (quote.shops if quote else ()) for one in shop.lines}
    rows = [
        _Row(line, is_picked=True, quoted=charged.get(line.sku.sku_id))
        if line in picked
        else _Row(line)
        for line in good
    ]
    context = {
        "tab": "cart", "shops": _shops(rows, quote), "quote": quote,
        "bad": [(_Row(line), _(line.problem)) for line in lines if line.problem], "refusal": refused,
        "over": _over_limit(picked), "coupons": bill.coupons_of(quote) if quote else None, "pieces": len(picked),
        "gone": _gone(request), "all_picked": len(picked) == len(good),
    }  # fmt: skip
    return render(request, "trade/cart.html", context)


def _quote(
    request: HttpRequest, picked: Sequence[CartLine]
) -> tuple[Quote | None, tuple[str, str] | None]:
    """The price of what is picked, sent to where this person last had it sent."""
    if not picked:
        return None, None
    wanted = [(line.sku.sku_id, line.count) for line in picked]
    known = {line.sku.sku_id: line.sku for line in picked}
    picks = {line.sku.sku_id: line.pick for line in picked if line.pick}
    there = reading.last_province(me(request))
    try:
        return reading.quote(
            buyer_id=me(request), lines=wanted, province=there, known=known, picks=picks
        ), None
    except NotDelivered as error:
        quoted = reading.quote(buyer_id=me(request), lines=wanted, known=known, picks=picks)
        return quoted, words(error)


def _over_limit(picked: Iterable[CartLine]) -> list[tuple[str, str]]:
    """Goods of which all picked lines together are more than one person may buy, in words."""
    pieces: dict[int, int] = {}
    found = {}
    for line in picked:
        sku = line.sku
        pieces[sku.goods_id] = pieces.get(sku.goods_id, 0) + line.count
        if 0 < sku.limit_per_person < pieces[sku.goods_id]:
            found[sku.goods_id] = words(LimitReached(title=sku.title, most=sku.limit_per_person))
    return list(found.values())


def _shops(rows: Iterable[_Row], quote: Quote | None) -> list[_Shop]:
    bills = {one.quote.shop_id: one for one in bill.shop_bills(quote)} if quote else {}
    found: dict[int, _Shop] = {}
    for row in rows:
        sku = row.line.sku
        shop = _Shop(sku.shop_id, sku.shop_name, [], bills.get(sku.shop_id))
        found.setdefault(sku.shop_id, shop).rows.append(row)
    return list(found.values())


def _gone(request: HttpRequest) -> dict[str, Any] | None:
    """What was just taken out, so that it can be put back."""
    code = request.GET.get("gone", "")[:40]
    line = goods.sku_lines_by_code([code], covers=False).get(code) if code else None
    if line is None:
        return None
    n, came_from = request.GET.get("n", "1")[:4], request.GET.get("from", "")[:60]
    return {"line": line, "n": n, "came_from": came_from, "via": request.GET.get("via", "")[:12]}


def _changed(request: HttpRequest) -> HttpResponse:
    data = request.POST
    for line in own.cart(request, covers=False):
        wanted = number(data.get(f"count-{line.id}", ""))
        if wanted is not None and wanted != line.count:
            carts.set_count(buyer_id=me(request), line_id=line.id, count=wanted)
    if data.get("do") == "checkout":
        picked = [one for one in data.getlist("line") if number(one) is not None]
        if picked:
            query = urlencode({"line": picked}, doseq=True)
            return HttpResponseRedirect(f"{reverse('trade:checkout')}?{query}", status=303)
        messages.warning(request, _("先选要买的"))
    return _back(request)


def _back(request: HttpRequest, **more: str) -> HttpResponse:
    """To the cart, with the same lines picked as before."""
    data = request.POST
    shown, picked = data.getlist("shown"), set(data.getlist("line"))
    if data.get("do") == "all":
        picked = set(shown)
    elif data.get("do") == "none":
        picked = set()
    off = [one for one in shown if one not in picked and number(one) is not None]
    query = urlencode({"off": off, **more}, doseq=True)
    return HttpResponseRedirect(f"{reverse('trade:cart')}{'?' if query else ''}{query}", status=303)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """POST /cart/lines/ : sku, or goods with pick-0, pick-1 …; count; then=cart|buy|look|undo.

    What cannot be added as asked leads back to the sheet, which says why; a stranger signs in and is there again.
    """
    data = request.POST
    code = data.get("sku", "")[:40] or _picked_code(data)
    if data.get("then") == "look" or not code:
        return HttpResponseRedirect(_sheet_url(data), status=303)
    if not request.user.is_authenticated:
        query = urlencode({"next": _sheet_url(data, asked=False)})
        return HttpResponseRedirect(f"{reverse('people:sign_in')}?{query}", status=303)
    sku = goods.sku_by_code(code)
    pieces = count(data.get("count", "1"))
    if sku.free < pieces and data.get("goods"):
        if sku.free:
            messages.error(request, _("只剩 %(n)s 件了") % {"n": sku.free})
        return HttpResponseRedirect(_sheet_url(data), status=303)
    if data.get("then") == "buy":
        query = urlencode(
            {"sku": code, "count": pieces, "from": data.get("from", "")[:60], **_via(data)}
        )
        return HttpResponseRedirect(f"{reverse('trade:checkout')}?{query}", status=303)
    return _added(request, sku, pieces)


def _picked_code(data: QueryDict) -> str:
    picks = [data.get(f"pick-{n}", "")[:60] for n in range(goods.AXES_MAX)]
    return goods.sku_code_of(data.get("goods", "")[:12], picks)


def _via(data: QueryDict) -> dict[str, str]:
    """By whose pick it is bought, where it is."""
    via = data.get("via", "")[:12]
    return {"via": via} if via else {}


def _sheet_url(data: QueryDict, *, asked: bool = True) -> str:
    """The goods page with its sheet open as the form left it."""
    picks = {
        name: data[name][:60]
        for name in (f"pick-{n}" for n in range(goods.AXES_MAX))
        if data.get(name)
    }
    kept = {"count": data.get("count", "1")[:4], "from": data.get("from", "")[:60], **_via(data)}
    if asked:
        kept["asked"] = "1"
    public_id = data.get("goods", "")[:12] or goods.sku_by_code(data.get("sku", "")[:40]).goods_public_id  # fmt: skip
    return f"{reverse('goods:goods', args=[public_id])}?{urlencode(picks | kept)}#sku-buy"


def _added(request: HttpRequest, sku: SkuLine, pieces: int) -> HttpResponse:
    data = request.POST
    carts.add_to_cart(
        buyer_id=me(request), lines=[(sku, pieces)], source=source(request, data),
        picks={sku.sku_id: own.pick(request, sku, data.get("via", "")[:12])},
    )  # fmt: skip
    if data.get("then") == "undo":
        return HttpResponseRedirect(reverse("trade:cart"), status=303)
    messages.success(request, _("已加入购物车"))
    query = urlencode({"from": data.get("from", "")[:60], **_via(data)})
    back = f"{reverse('goods:goods', args=[sku.goods_public_id])}?{query}"
    return HttpResponseRedirect(back, status=303)


@require_POST
@signed_in_page
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """POST /cart/lines/<id>/ : count, 0 takes it out, and offers to put it back."""
    wanted = count(request.POST.get("count", "0"))
    before = next((one for one in own.cart(request, covers=False) if one.id == line_id), None)
    told = reading.cart_source(me(request), [before.sku.sku_id]) if before and not wanted else {}
    carts.set_count(buyer_id=me(request), line_id=line_id, count=wanted)
    if wanted or before is None:
        return _back(request)
    note = told.get("note", "")
    came_from = f"note:{note}" if note else told.get("surface", "")
    via = {"via": before.pick} if before.pick else {}
    return _back(request, gone=before.sku.code, n=str(before.count), **{"from": came_from}, **via)
