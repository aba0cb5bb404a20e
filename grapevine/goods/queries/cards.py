"""Reads of shops, goods and SKUs. Costs: `shops` 2 queries, `goods_cards` 3, `sku_lines` 2."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Sum

from grapevine.goods import access
from grapevine.goods.contracts import (
    Facts,
    GoodsCard,
    GoodsDetail,
    GoodsNotFound,
    Right,
    ShopCard,
    SkuLine,
)
from grapevine.goods.models import Goods, GoodsPicture, Shop, Sku, Staff, Stock
from grapevine.goods.rules import options
from grapevine.kit import sql
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.media import facade as media

FIND_MAX = 30
NEWEST_CONSIDERED, NEWEST_MAX = 200, 60
NEWEST = """
SELECT * FROM (
  SELECT 'new' AS what, id AS who, 0 AS number FROM (
    SELECT id, on_sale, listed_at FROM goods_goods ORDER BY id DESC LIMIT %s
  ) AS considered WHERE on_sale AND listed_at >= %s ORDER BY id DESC LIMIT %s
) AS newest
"""
SORTS = {"new": ("-id",), "price": ("price_minor", "id"), "dear": ("-price_minor", "-id")}


def shop_cards(rows: Iterable[Shop]) -> list[ShopCard]:
    found = list(rows)
    logos = media.pictures([shop.logo_id for shop in found if shop.logo_id])
    return [
        ShopCard(
            id=shop.pk, slug=shop.slug, name=shop.name, colour=shop.colour,
            logo=logos.get(shop.logo_id or 0), bio=shop.bio, owner_id=shop.owner_id,
            opened_at=shop.opened_at,
        )
        for shop in found
    ]  # fmt: skip


def shops(ids: Iterable[int]) -> dict[int, ShopCard]:
    return {card.id: card for card in shop_cards(Shop.objects.filter(pk__in=set(ids)))}


def shop_by_slug(slug: str) -> ShopCard:
    return shop_cards([access.shop_of_slug(slug)])[0]


def shop_of_page(parts: Mapping[str, str]) -> int | None:
    """Whose a page is, by the parts of its address: a shop's `slug`, or the `public_id` of goods."""
    if "slug" in parts:
        return Shop.objects.filter(slug=parts["slug"]).values_list("pk", flat=True).first()
    rows = Goods.objects.filter(public_id=parts["public_id"])
    return rows.values_list("shop_id", flat=True).first()


def shop_for_staff(person_id: int, slug: str, right: Right) -> ShopCard:
    """The shop, if this person works there in a role that has the right. Raises ShopNotFound or LacksRight."""
    shop, rights = access.staffed_shop(person_id, slug, right)
    return replace(shop_cards([shop])[0], rights=rights)


def shops_of(owner_id: int) -> list[ShopCard]:
    """The shops where this person works, oldest first."""
    mine = Staff.objects.filter(person_id=owner_id).values("shop_id")
    return shop_cards(Shop.objects.filter(pk__in=mine).order_by("id"))


def shops_page(
    *, query: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[ShopCard]:
    """Every shop, newest first, for operators and importers."""
    size = clamp(limit)
    rows = Shop.objects.order_by("-id")
    if query:
        rows = rows.filter(name__icontains=query)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(shop_cards(found[:size]), more)


def _cards(rows: Iterable[Goods]) -> list[GoodsCard]:
    found = list(rows)
    covers = media.pictures([goods.cover_id for goods in found if goods.cover_id])
    ids = [goods.pk for goods in found]
    sold = dict(
        Stock.objects.filter(sku__goods_id__in=ids)
        .values_list("sku__goods_id")
        .annotate(total=Sum("sold"))
    )
    return [
        GoodsCard(
            id=goods.pk, public_id=goods.public_id, shop_id=goods.shop_id,
            shop_slug=goods.shop.slug, shop_name=goods.shop.name, title=goods.title,
            category=goods.category, cover=covers.get(goods.cover_id or 0),
            price_minor=goods.price_minor, currency=goods.currency,
            sold=sold.get(goods.pk) or 0, on_sale=goods.on_sale,
        )
        for goods in found
    ]  # fmt: skip


def goods_cards(ids: Iterable[int]) -> dict[int, GoodsCard]:
    wanted = set(ids)
    if not wanted:
        return {}
    rows = Goods.objects.select_related("shop").filter(pk__in=wanted)
    return {card.id: card for card in _cards(rows)}


def listed_cards(ids: Iterable[int]) -> dict[int, tuple[GoodsCard, datetime]]:
    """Cards, and since when each has been offered. As many queries as `goods_cards`."""
    wanted = set(ids)
    rows = list(Goods.objects.select_related("shop").filter(pk__in=wanted)) if wanted else []
    listed = {row.pk: row.listed_at for row in rows}
    return {card.id: (card, listed[card.id]) for card in (_cards(rows) if rows else ())}


def newest_part(since: datetime) -> sql.Part:
    """What was put on the shelf since then, of the two hundred newest goods, to be asked along: rows (new, goods, 0)."""
    return sql.Part(NEWEST, (NEWEST_CONSIDERED, since, NEWEST_MAX))


def goods_by_public_id(public_id: str) -> GoodsCard:
    return _cards([access.goods_of_public_id(public_id)])[0]


def id_of_goods(public_id: str) -> int:
    """Raises GoodsNotFound. One query."""
    return access.goods_of_public_id(public_id).pk


def goods_by_public_ids(public_ids: Iterable[str]) -> dict[str, GoodsCard]:
    rows = Goods.objects.select_related("shop").filter(public_id__in=set(public_ids))
    return {card.public_id: card for card in _cards(rows)}


def goods_detail(public_id: str) -> GoodsDetail:
    """Everything of one page: 7 queries, and one for a video."""
    goods = access.goods_of_public_id(public_id)
    pictured = list(GoodsPicture.objects.filter(goods=goods).values_list("picture_id", flat=True))
    pictures = media.pictures(pictured)
    skus = Sku.objects.filter(goods=goods).order_by("position", "id").values_list("pk", flat=True)
    lines = sku_lines(skus)
    card = _cards([goods])[0]
    return GoodsDetail(
        card=card,
        body=goods.body,
        pictures=tuple(pictures[pk] for pk in pictured if pk in pictures),
        skus=tuple(lines[pk] for pk in skus if pk in lines),
        facts=Facts(
            goods.kind, goods.origin, goods.supplier,
            tuple((name, value) for name, value in goods.attributes),
        ),
        axes=tuple(goods.axes.split(options.JOINT)) if goods.axes else (),
        video=media.videos([goods.video_id]).get(goods.video_id) if goods.video_id else None,
        poster=pictures.get(goods.poster_id or 0, card.cover),
    )  # fmt: skip


def goods_detail_of_shop(shop_id: int, public_id: str) -> GoodsDetail:
    """The same for the shop's own desk: another shop's goods are not found."""
    access.goods_for_shop(shop_id, public_id)
    return goods_detail(public_id)


def goods_of_shop(
    shop_id: int,
    cursor: str | None = None,
    limit: int | None = None,
    *,
    sort: str = "new",
    query: str = "",
    on_sale: bool | None = True,
) -> Page[GoodsCard]:
    """A page of a shop's goods; `sort` new, price or dear; `on_sale` None for all."""
    size, order = clamp(limit), SORTS.get(sort, SORTS["new"])
    rows = Goods.objects.select_related("shop").filter(shop_id=shop_id, removed_at=None)
    rows = rows.order_by(*order)
    if on_sale is not None:
        rows = rows.filter(on_sale=on_sale)
    if query:
        rows = rows.filter(title__icontains=query)
    start = decode_cursor(cursor, [int])[0] if cursor else 0
    if sort not in ("price", "dear"):
        rows = rows.filter(pk__lt=start) if start else rows
        found = list(rows[: size + 1])
        more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    else:
        found = list(rows[start : start + size + 1])
        more = encode_cursor(start + size) if len(found) > size else None
    return Page(_cards(found[:size]), more)


SKU_LINES = """
SELECT sku.id, sku.code, sku.goods_id, goods.public_id, goods.title, sku.option, sku.price_minor,
       goods.currency, goods.shop_id, shop.name, goods.on_sale, goods.category, sku.grams,
       goods.limit_per_person, goods.shipping_id, COALESCE(sku.picture_id, goods.cover_id),
       sku.picture_id,
       (SELECT SUM(stock.free) FROM goods_stock stock
        JOIN goods_warehouse place ON place.id = stock.warehouse_id AND place.is_active
        WHERE stock.sku_id = sku.id),
       goods.kind, goods.returns
FROM goods_sku sku
JOIN goods_goods goods ON goods.id = sku.goods_id
JOIN goods_shop shop ON shop.id = goods.shop_id
WHERE sku.{} IN ({})
"""


def sku_lines(sku_ids: Iterable[int], *, covers: bool = True) -> dict[int, SkuLine]:
    """SKUs by id. One query, and one for their pictures."""
    return {line.sku_id: line for line in _sku_lines("id", sorted(set(sku_ids)), covers=covers)}


def sku_lines_by_code(codes: Iterable[str], *, covers: bool = True) -> dict[str, SkuLine]:
    """SKUs by code; an unknown code is left out."""
    return {line.code: line for line in _sku_lines("code", sorted(set(codes)), covers=covers)}


def _sku_lines(column: str, wanted: Sequence[object], *, covers: bool) -> list[SkuLine]:
    if not wanted:
        return []
    rows = sql.rows(SKU_LINES.format(column, sql.places(len(wanted))), wanted)
    pictures = media.pictures([row[15] for row in rows if row[15]]) if covers else {}
    return [
        SkuLine(
            sku_id=row[0], code=row[1], goods_id=row[2], goods_public_id=row[3], title=row[4],
            option=row[5], price_minor=row[6], currency=row[7], shop_id=row[8], shop_name=row[9],
            on_sale=bool(row[10]), category=row[11], grams=row[12], limit_per_person=row[13],
            shipping_id=row[14], cover=pictures.get(row[15] or 0), free=int(row[17] or 0),
            has_own_picture=row[16] is not None, is_service=row[18] == "service",
            returns=row[19],
        )
        for row in rows
    ]  # fmt: skip


def sku_ids(codes: Sequence[str]) -> dict[str, int]:
    """SKU ids by code; an unknown code is left out."""
    wanted = sorted(set(codes))
    query = f"SELECT code, id FROM goods_sku WHERE code IN ({sql.places(len(wanted))})"  # noqa: S608
    return dict(sql.rows(query, wanted)) if wanted else {}


def goods_id_of(shop_id: int, public_id: str) -> int | None:
    """The id of a shop's goods; None for another shop's. One query."""
    rows = Goods.objects.filter(shop_id=shop_id, public_id=public_id)
    return rows.values_list("id", flat=True).first()


def sku_by_code(code: str) -> SkuLine:
    found = _sku_lines("code", [code], covers=True)
    if not found:
        raise GoodsNotFound(code)
    return found[0]


def sku_code_of(public_id: str, picks: Sequence[str]) -> str:
    """The code of the SKU that these values of the goods' axes name; "" while they name none."""
    goods = access.goods_of_public_id(public_id)
    ids = Sku.objects.filter(goods=goods).order_by("position", "id").values_list("pk", flat=True)
    lines = sku_lines(ids, covers=False)
    found = options.resolve([lines[pk] for pk in ids if pk in lines], picks)
    return found.code if found else ""


def find_goods(query: str, limit: int = FIND_MAX) -> list[GoodsCard]:
    """Goods on sale whose title holds the words, for pickers; at most 30."""
    rows = Goods.objects.select_related("shop").filter(on_sale=True).order_by("-id")
    for word in query.split()[:5]:
        rows = rows.filter(title__icontains=word)
    return _cards(rows[: min(limit, FIND_MAX)])


def low_stock(shop_id: int, limit: int = 5, below: int = 5) -> list[SkuLine]:
    """SKUs on sale with fewer than `below` free pieces, scarcest first."""
    rows = (
        Stock.objects.filter(sku__goods__shop_id=shop_id, sku__goods__on_sale=True)
        .values("sku_id")
        .annotate(left=Sum("free"))
        .filter(left__lt=below)
        .order_by("left", "sku_id")
    )
    ids = list(rows.values_list("sku_id", flat=True)[:limit])
    lines = sku_lines(ids)
    return [lines[pk] for pk in ids]


def goods_ids_between(first_id: int, last_id: int) -> list[int]:
    rows = Goods.objects.filter(pk__gte=first_id, pk__lte=last_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def on_sale_count(shop_id: int) -> int:
    """How many goods of a shop can be ordered now."""
    return Goods.objects.filter(shop_id=shop_id, on_sale=True).count()
