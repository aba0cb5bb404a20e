"""Files of the shipping desk: the list of what waits, numbers uploaded, and paper for the warehouse."""

from collections.abc import Iterable, Iterator, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import LacksRight, Right, ShopCard
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.exports import export
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.trade import paper
from grapevine.trade.actions import batches as actions
from grapevine.trade.contracts import AddressView, NothingToBuy
from grapevine.trade.parcels import ToShip
from grapevine.trade.queries import batches, toship
from grapevine.trade.queries.checkout import place_text
from grapevine.trade.rules.shipfile import BYTES_MAX, COLUMNS
from grapevine.trade.web.shipping import filters_of

SHOWN_MAX = 200


@require_GET
@signed_in_page
def download(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/shipping/list/?format=csv|xlsx and the filters: a row for each order and warehouse.

    With addresses for those who may see them, which is written down; without for others.
    """
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    sees = Right.CONTACTS in shop.rights
    rows = _rows(shop, toship.all_to_ship(shop.id, filters_of(request.GET)), sees=sees)
    if sees:
        guard.audit(
            actor_id=me(request),
            action="trade.download_addresses",
            object=f"shop:{shop.id}",
            shop_id=shop.id,
        )
    name = f"to-ship-{localtime(clock.now()):%Y%m%d-%H%M}"
    return export(request.GET.get("format", ""), name, COLUMNS, rows)


def _rows(shop: ShopCard, orders: Iterable[ToShip], *, sees: bool) -> Iterator[Sequence[str]]:
    """A few hundred orders at a time, so that addresses are opened together."""
    some: list[ToShip] = []
    for order in orders:
        some.append(order)
        if len(some) >= 500:
            yield from _some_rows(shop, some, sees=sees)
            some = []
    yield from _some_rows(shop, some, sees=sees)


def _some_rows(shop: ShopCard, orders: Sequence[ToShip], *, sees: bool) -> Iterator[Sequence[str]]:
    numbers = [order.number for order in orders]
    known = toship.addresses_of(shop.id, numbers) if sees else {}
    for order in orders:
        address = known.get(order.number)
        to = (address.name, address.phone, place_text(address)) if address else ("", "", "")
        for place in order.places:
            titles = "；".join(f"{p.title} {p.option} ×{p.left}" for p in place.pieces)
            count = sum(piece.left for piece in place.pieces)
            paid = f"{localtime(order.ready_at):%Y-%m-%d %H:%M}"
            cells = (
                order.number, place.warehouse, titles, str(count), *to, order.message, paid, "", "",
            )  # fmt: skip
            yield cells


@require_POST
@signed_in_page
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/shipping/files/ : file, is_sure. A dry run; nothing is sent."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    given = request.FILES.get("file")
    content = given.read(BYTES_MAX + 1) if given else b""
    try:
        made = actions.draft(
            shop_id=shop.id, actor_id=me(request), name=(given.name or "") if given else "",
            content=content, is_sure=request.POST.get("is_sure") == "1",
        )  # fmt: skip
    except DomainError as error:
        said = next(iter(error.fields.values()), error.message)
        messages.error(request, f"{words(error)[0]}：{_(said)}")
        return HttpResponseRedirect(reverse("trade:shipping", args=[slug]), status=303)
    return _to_batch(slug, made.public_id)


def _to_batch(slug: str, public_id: str) -> HttpResponse:
    there = reverse("trade:shipping_batch", args=[slug, public_id])
    return HttpResponseRedirect(there, status=303)


@require_GET
@signed_in_page
def batch(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/shipping/files/<id>/?state=&format=csv : what a file will do, or did, row by row."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    found = batches.batch(shop.id, public_id)
    state = request.GET.get("state", "")
    rows = [one for one in found.rows if not state or one.state == state]
    if request.GET.get("format") == "csv":
        wrong = [one for one in found.rows if one.state in ("bad", "failed")]
        heading = (
            _("行"), _("订单号"), _("仓库"), _("快递公司"), _("快递单号"), _("原因")
        )  # fmt: skip
        cells = (
            (str(one.row), one.number, one.warehouse, one.carrier, one.tracking, _(one.why))
            for one in wrong
        )  # fmt: skip
        return export("csv", f"refused-{public_id}", heading, cells)
    tabs = [{"url": "?", "label": _("全部"), "count": len(found.rows), "current": not state}]
    tabs += [
        {"url": f"?state={name}", "label": row_label(name), "count": n, "current": name == state}
        for name, n in found.counts.items()
    ]  # fmt: skip
    wrong_count = found.counts.get("bad", 0) + found.counts.get("failed", 0)
    context = {
        "shop": shop, "nav": "shipping", "batch": found, "tabs": tabs, "wrong": wrong_count,
        "rows": [(one, row_label(one.state), _(one.why) if one.why else "") for one in rows[:SHOWN_MAX]],
        "more": max(0, len(rows) - SHOWN_MAX), "good": found.counts.get("ok", 0),
        "done": found.counts.get("done", 0),
    }  # fmt: skip
    return render(request, "trade/shipping_batch.html", context)


def row_label(state: str) -> str:
    return {
        "ok": _("会发货"), "bad": _("不能发"), "skip": _("已发过，跳过"), "done": _("已发货"),
        "failed": _("没发成"),
    }.get(state, state)  # fmt: skip


@require_POST
@signed_in_page
def confirm(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/shipping/files/<id>/confirmation/"""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    made = actions.confirm(shop_id=shop.id, public_id=public_id, actor_id=me(request))
    if made.state == "done":
        messages.success(request, _("发完了"))
    return _to_batch(slug, public_id)


@require_GET
@signed_in_page
def printed(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """GET /console/<slug>/shipping/print/<labels|packing|picking>/?n=&n= or the filters.

    Labels and packing lists carry addresses: only for those who may see them, and each print is written down.
    """
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    page = toship.to_ship(shop.id, filters_of(request.GET), None, 100)
    if not page.items:
        raise NothingToBuy
    if kind == "picking":
        content = _picking(shop, page.items)
    else:
        if Right.CONTACTS not in shop.rights:
            raise LacksRight(Right.CONTACTS)
        numbers = [one.number for one in page.items]
        guard.audit(
            actor_id=me(request),
            action=f"trade.print_{kind}",
            object=f"shop:{shop.id}",
            shop_id=shop.id,
            after=numbers,
        )
        sheets = _sheets(shop, page.items, toship.addresses_of(shop.id, numbers))
        content = paper.labels(sheets) if kind == "labels" else paper.packing_lists(sheets)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = (
        f'inline; filename="{kind}-{localtime(clock.now()):%Y%m%d-%H%M}.pdf"'
    )
    answer["Cache-Control"] = "no-store, private"
    return answer


def _sheets(
    shop: ShopCard, orders: Sequence[ToShip], known: dict[str, AddressView]
) -> list[paper.Sheet]:
    codes = _codes(orders)
    found = []
    for order in orders:
        to = known.get(order.number)
        for place in order.places:
            pieces = tuple(
                paper.Piece(p.title, p.option, p.left, codes.get(p.sku_id, ""))
                for p in place.pieces
            )
            found.append(
                paper.Sheet(
                    order.number, shop.name, place.warehouse, to.name if to else "",
                    to.phone if to else "", place_text(to) if to else "", order.message,
                    localtime(order.ready_at), pieces,
                )
            )  # fmt: skip
    return found


def _codes(orders: Sequence[ToShip]) -> dict[int, str]:
    ids = {piece.sku_id for order in orders for place in order.places for piece in place.pieces}
    return {pk: line.code for pk, line in goods.sku_lines(ids, covers=False).items()}


def _picking(shop: ShopCard, orders: Sequence[ToShip]) -> bytes:
    codes = _codes(orders)
    total: dict[tuple[str, int], tuple[str, str, int, int]] = {}
    for order in orders:
        for place in order.places:
            for piece in place.pieces:
                _, _, count, many = total.get((place.warehouse, piece.sku_id), ("", "", 0, 0))
                total[place.warehouse, piece.sku_id] = (
                    piece.title, piece.option, count + piece.left, many + 1,
                )  # fmt: skip
    picks = [
        paper.Pick(where, codes.get(sku, ""), title, option, count, many)
        for (where, sku), (title, option, count, many) in total.items()
    ]
    picks.sort(key=lambda one: (one.warehouse, one.code))
    return paper.pick_list(picks, shop=shop.name, orders=len(orders), at=localtime(clock.now()))
