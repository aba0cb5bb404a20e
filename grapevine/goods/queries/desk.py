"""Reads of the goods desk. A page of the list costs 6 queries, of the table 4, however many goods there are."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from grapevine.goods import access
from grapevine.goods.contracts import StockedSku
from grapevine.goods.desking import BatchView, DeskFilter, DeskRow, TableRow, TermsView
from grapevine.goods.models import (
    Category,
    DeskBatch,
    DeskChange,
    Goods,
    ShippingTemplate,
    Sku,
    Stock,
    StockHold,
)
from grapevine.kit import clock
from grapevine.kit.paging import Page, decode_cursor, encode_cursor
from grapevine.media import facade as media

ROWS = 50
TABLE_ROWS = 60
LOW_BELOW = 5
CATEGORIES_MAX = 200
BATCHES_MAX = 10
SORTS: dict[str, tuple[str, bool]] = {
    "new": ("id", True), "old": ("id", False), "price": ("price_minor", False),
    "dear": ("price_minor", True), "title": ("title", False),
}  # fmt: skip
"""The column a list is ordered by, and whether downwards; ties by id in the same direction."""


def matching(shop_id: int, wanted: DeskFilter) -> QuerySet[Goods]:
    """The goods a filter means, in no order."""
    rows = Goods.objects.filter(shop_id=shop_id, removed_at=None)
    if wanted.query:
        named = Sku.objects.filter(Q(code=wanted.query) | Q(own_code=wanted.query))
        rows = rows.filter(
            Q(title__icontains=wanted.query)
            | Q(public_id=wanted.query)
            | Q(pk__in=named.values("goods_id"))
        )
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    if wanted.kind in ("goods", "service"):
        rows = rows.filter(kind=wanted.kind)
    return _in_state(rows, shop_id, wanted.state)


def _in_state(rows: QuerySet[Goods], shop_id: int, state: str) -> QuerySet[Goods]:
    if state == "on":
        return rows.filter(on_sale=True)
    if state == "off":
        return rows.filter(on_sale=False)
    if state == "scheduled":
        now = clock.now()
        return rows.filter(Q(on_sale_from__gt=now) | Q(on_sale_until__gt=now))
    if state == "bare":
        return rows.filter(cover_id=None)
    if state == "low":
        short = (
            Stock.objects.filter(sku__goods__shop_id=shop_id)
            .values("sku__goods_id", "sku_id")
            .annotate(left=Sum("free"))
            .filter(left__lt=LOW_BELOW)
        )
        return rows.filter(on_sale=True, pk__in=short.values("sku__goods_id"))
    return rows


def desk_page(
    shop_id: int, wanted: DeskFilter, cursor: str | None = None, limit: int = ROWS
) -> Page[DeskRow]:
    """A page of the desk's list, by a cursor of (value, id)."""
    column, down = SORTS.get(wanted.sort, SORTS["new"])
    rows = matching(shop_id, wanted)
    if cursor:
        kind = str if column == "title" else int
        value, last = decode_cursor(cursor, [kind, int])
        step = "lt" if down else "gt"
        beyond = Q(**{f"{column}__{step}": value})
        if column != "id":
            beyond |= Q(**{column: value, f"pk__{step}": last})
        rows = rows.filter(beyond)
    sign = "-" if down else ""
    order = [f"{sign}{column}"] if column == "id" else [f"{sign}{column}", f"{sign}id"]
    found = list(rows.order_by(*order)[: limit + 1])
    shown = found[:limit]
    more = None
    if len(found) > limit:
        more = encode_cursor(getattr(shown[-1], column), shown[-1].pk)
    return Page(desk_rows(shown), more)


def desk_rows(found: Sequence[Goods]) -> list[DeskRow]:
    ids = [goods.pk for goods in found]
    covers = media.pictures([goods.cover_id for goods in found if goods.cover_id])
    skus = {
        pk: (n, dear)
        for pk, n, dear in Sku.objects.filter(goods_id__in=ids)
        .values_list("goods_id")
        .annotate(n=Count("id"), dear=Max("price_minor"))
    }
    stock = {
        pk: (free, sold)
        for pk, free, sold in Stock.objects.filter(sku__goods_id__in=ids)
        .values_list("sku__goods_id")
        .annotate(free_all=Sum("free"), sold_all=Sum("sold"))
    }
    return [
        DeskRow(
            goods.pk, goods.public_id, goods.title, goods.category, goods.kind,
            covers.get(goods.cover_id or 0), goods.price_minor,
            skus.get(goods.pk, (0, goods.price_minor))[1], goods.currency,
            skus.get(goods.pk, (0, 0))[0], *stock.get(goods.pk, (0, 0)), goods.limit_per_person,
            goods.on_sale, goods.on_sale_from, goods.on_sale_until, goods.is_wanted,
        )
        for goods in found
    ]  # fmt: skip


def categories_of(shop_id: int) -> list[str]:
    """Names of categories the shop uses or has set up."""
    used = Goods.objects.filter(shop_id=shop_id, removed_at=None).exclude(category="")
    names = set(
        used.order_by("category").values_list("category", flat=True).distinct()[:CATEGORIES_MAX]
    )
    names |= set(
        Category.objects.filter(shop_id=shop_id).values_list("name", flat=True)[:CATEGORIES_MAX]
    )
    return sorted(names)


def category_attributes(shop_id: int) -> list[tuple[str, tuple[str, ...]]]:
    """The shop's category table: (name, suggested attribute names)."""
    rows = Category.objects.filter(shop_id=shop_id).order_by("name")[:CATEGORIES_MAX]
    return [(row.name, tuple(row.attributes)) for row in rows]


def terms_of(shop_id: int, public_id: str) -> TermsView:
    """How goods are sold: limit, shipping template and the clock."""
    goods = access.goods_for_shop(shop_id, public_id)
    template = ShippingTemplate.objects.filter(pk=goods.shipping_id or 0).values_list(
        "public_id", flat=True
    )
    return TermsView(
        goods.limit_per_person,
        template.first() or "",
        goods.on_sale,
        goods.on_sale_from,
        goods.on_sale_until,
        goods.returns,
    )


def batches_of(shop_id: int, limit: int = BATCHES_MAX) -> list[BatchView]:
    """What was changed from the desk, newest first."""
    rows = list(
        DeskBatch.objects.filter(shop_id=shop_id).exclude(kind="import").order_by("-id")[:limit]
    )
    counts = dict(
        DeskChange.objects.filter(batch__in=rows).values_list("batch_id").annotate(n=Count("id"))
    )
    return [
        BatchView(
            row.public_id, row.kind, row.at, row.actor_id, counts.get(row.pk, 0),
            row.undone_at is not None,
        )
        for row in rows
    ]  # fmt: skip


def moves_prices(shop_id: int, batch: str) -> bool:
    """Whether undoing this batch changes prices or costs, for which another right is asked."""
    rows = DeskChange.objects.filter(batch__public_id=batch, batch__shop_id=shop_id)
    return any(
        {"price_minor", "cost_minor"} & set(after)
        for after in rows.values_list("after", flat=True).iterator()
    )


def was_wanted(goods_ids: Iterable[int]) -> set[int]:
    """Goods of which a piece was ever held, so that an order may know them."""
    held = StockHold.objects.filter(sku__goods=OuterRef("pk"))
    sold = Stock.objects.filter(sku__goods=OuterRef("pk"), sold__gt=0)
    rows = Goods.objects.filter(Exists(held) | Exists(sold), pk__in=list(goods_ids))
    return set(rows.values_list("pk", flat=True))


TABLE_COLUMNS = (
    "code", "goods__public_id", "goods_id", "id", "goods__title", "option", "goods__category",
    "price_minor", "cost_minor", "goods__limit_per_person", "grams", "own_code",
)  # fmt: skip


def table_page(
    shop_id: int, wanted: DeskFilter, cursor: str | None = None, limit: int = TABLE_ROWS
) -> Page[TableRow]:
    """SKUs as rows, goods by goods, newest first."""
    rows = Sku.objects.filter(goods__in=matching(shop_id, wanted))
    if cursor:
        goods_id, position, last = decode_cursor(cursor, [int, int, int])
        rows = rows.filter(
            Q(goods_id__lt=goods_id)
            | Q(goods_id=goods_id, position__gt=position)
            | Q(goods_id=goods_id, position=position, pk__gt=last)
        )
    values: list[Any] = list(
        rows.order_by("-goods_id", "position", "id").values_list(*TABLE_COLUMNS, F("position"))[
            : limit + 1
        ]
    )
    more = None
    if len(values) > limit:
        last_row = values[limit - 1]
        more = encode_cursor(last_row[2], last_row[-1], last_row[3])
    return Page(_table_rows([row[:-1] for row in values[:limit]]), more)


def table_rows(shop_id: int, codes: Sequence[str]) -> dict[str, TableRow]:
    rows = Sku.objects.filter(
        code__in=codes, goods__shop_id=shop_id, goods__removed_at=None
    ).values_list(*TABLE_COLUMNS)
    return {row.code: row for row in _table_rows(list(rows))}


def _table_rows(values: Sequence[tuple[Any, ...]]) -> list[TableRow]:
    stock: dict[int, dict[int, int]] = {}
    for sku, place, free in (
        Stock.objects.filter(sku_id__in=[row[3] for row in values])
        .values_list("sku_id", "warehouse_id")
        .annotate(n=Sum("free"))
        .order_by()
    ):
        stock.setdefault(sku, {})[place] = free
    whole: list[list[Any]] = [[*row, stock.get(row[3], {}), version_of(row[4:])] for row in values]
    return [TableRow(*row) for row in whole]


def version_of(facts: Sequence[Any]) -> str:
    """A short mark of what a row said when it was shown; another mark means that somebody changed it."""
    text = json.dumps(list(facts), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


STOCKED_MAX = 5000


def stocked_skus(shop_id: int) -> list[StockedSku]:
    """SKUs on sale of which pieces lie free, the most pieces first; one query, at most 5,000 rows."""
    rows = (
        Stock.objects.filter(sku__goods__shop_id=shop_id, sku__goods__on_sale=True, sku__goods__kind="goods")
        .values_list(
            "sku_id", "sku__code", "sku__goods_id", "sku__goods__public_id", "sku__goods__title",
            "sku__option", "sku__goods__category", "sku__price_minor", "sku__goods__price_minor",
            "sku__cost_minor",
        )
        .annotate(left=Sum("free"), since=Max("sku__goods__listed_at"))
        .filter(left__gt=0)
        .order_by("-left", "sku_id")[:STOCKED_MAX]
    )  # fmt: skip
    return [StockedSku(*row) for row in rows]
