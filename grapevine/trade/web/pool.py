"""What a shop earns by selling other shops' goods."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit.exports import export, moment, yuan
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.workbook import Cell
from grapevine.trade.pool import STATE_WORDS, PoolSaleView
from grapevine.trade.queries import pool as reading, settlement

ROWS = 50
EXPORT_PAGES_MAX = 200


@require_GET
@signed_in_page
def pool_sales(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/picks/earnings/?state=&cursor= ; format=csv or xlsx for all of it."""
    shop = goods.shop_for_staff(me(request), slug, Right.FINANCE)
    state = request.GET.get("state", "")
    state = state if state in reading.STATES else ""
    kind = request.GET.get("format", "")
    if kind in ("csv", "xlsx"):
        return export(kind, f"pool-sales-{slug}", _heads(), _cells(shop.id, state))
    page = reading.pool_sales(shop.id, state, request.GET.get("cursor"), ROWS)
    names = {"": _("全部"), **{key: _(text) for key, text in STATE_WORDS.items()}}
    context = {
        "shop": shop, "nav": "pool_sales", "page": page, "state": state,
        "states": [{"url": f"?state={key}" if key else "?", "label": text, "current": key == state} for key, text in names.items()],
        "rows": [(one, names.get(one.state, "")) for one in page.items],
        "totals": reading.pool_totals(shop.id), "purses": settlement.purses(f"shop:{shop.id}"),
    }  # fmt: skip
    return render(request, "trade/pool_sales.html", context)


def _heads() -> list[str]:
    return [
        _("下单时间"), _("订单号"), _("商品"), _("规格"), _("数量"), _("卖了"), _("佣金"), _("已退回"),
        _("状态"), _("供货"),
    ]  # fmt: skip


def _cells(shop_id: int, state: str) -> Iterator[list[Cell]]:
    cursor: str | None = None
    for _page in range(EXPORT_PAGES_MAX):
        page = reading.pool_sales(shop_id, state, cursor, ROWS)
        yield from (_row(one) for one in page.items)
        cursor = page.next_cursor
        if not cursor:
            return


def _row(one: PoolSaleView) -> list[Cell]:
    return [
        moment(one.at), one.order_number, one.title, one.option, one.count, yuan(one.sale_minor),
        yuan(one.earn_minor), yuan(one.back_minor), _(STATE_WORDS.get(one.state, "")), one.supplier,
    ]  # fmt: skip
