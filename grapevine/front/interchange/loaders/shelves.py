"""Shops and what is on their shelves."""

import re
from collections.abc import Sequence
from itertools import groupby

from grapevine.campaigns import facade as campaigns
from grapevine.front.interchange.checking import KEY_JOIN, Row
from grapevine.front.interchange.known import remember
from grapevine.front.interchange.loading import Context, Loaded, RowFault, joined, log_row, parts
from grapevine.goods import facade as goods
from grapevine.goods.contracts import MadeGoods, NewGoods, NewShop, NewSku

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")
DEFAULT_COLOUR = "#1d5a41"
GROUP_HOURS = 24


def load_shops(rows: Sequence[Row], context: Context) -> Loaded:
    context.pictures.store(row["logo"] for row in rows if row["logo"])
    ids = goods.save_shops_bulk([_shop(row, context) for row in rows])
    cards = goods.shops(ids)
    loaded = Loaded()
    for row, shop_id in zip(rows, ids, strict=True):
        loaded.ids[row.key] = joined(shop_id, cards[shop_id].slug)
        owner = int(context.directory.text("people", row["owner_id"]))
        at = row["opened_at"] or context.now
        columns = {"person_id": owner, "shop_id": shop_id, "object_type": "shop"}
        loaded.log.append(
            log_row("shops", row, at, "goods.shop_opened", object_id=cards[shop_id].slug, **columns)
        )
    return loaded


def _shop(row: Row, context: Context) -> NewShop:
    if row["colour"] and not COLOUR.fullmatch(row["colour"]):
        raise RowFault(row, "colour", "颜色写作 #a05236 / a colour is written as #a05236")
    if row["slug"] and not SLUG.fullmatch(row["slug"]):
        said = "用小写字母、数字和连字符 / lower-case letters, digits and hyphens"
        raise RowFault(row, "slug", said)
    return NewShop(
        owner_id=int(context.directory.text("people", row["owner_id"])),
        slug=row["slug"] or _slug(row.key),
        name=row["name"],
        colour=row["colour"] or DEFAULT_COLOUR,
        bio=row["bio"],
        logo_id=context.pictures.id_of(row["logo"]) if row["logo"] else None,
        opened_at=row["opened_at"] or context.now,
    )


def _slug(key: str) -> str:
    """An address made from the file's own id."""
    text = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
    return f"shop-{text}"[:32].rstrip("-")


def load_goods(rows: Sequence[Row], context: Context) -> Loaded:
    """Each row is a SKU; rows of goods that are here already add to them."""
    context.pictures.store(path for row in rows for path in row["pictures"])
    loaded = Loaded()
    fresh: dict[str, list[Row]] = {}
    for key, given in groupby(rows, key=lambda row: str(row["id"])):
        if context.directory.text("goods", key):
            _add_skus(key, list(given), context, loaded)
        else:
            fresh.setdefault(key, []).extend(given)
    if fresh:
        _save(fresh, context, loaded)
    return loaded


def _shop_id(row: Row, context: Context) -> int:
    return int(parts(context.directory.text("shops", row["shop_id"]))[0])


def _sku(row: Row) -> NewSku:
    return NewSku(
        option=row["option"],
        price_minor=row["price_minor"],
        stock=row["stock"] or 0,
        code=row["sku"],
    )


def _save(fresh: dict[str, list[Row]], context: Context, loaded: Loaded) -> None:
    made = goods.save_goods_bulk([_goods(rows, context) for rows in fresh.values()])
    known: list[tuple[str, str, int]] = []
    for (key, rows), one in zip(fresh.items(), made, strict=True):
        first, shop_id = rows[0], _shop_id(rows[0], context)
        known.append((key, joined(one.goods_id, one.public_id, shop_id, one.sku_ids[0]), 0))
        for row, sku_id in zip(rows, one.sku_ids, strict=True):
            loaded.ids[row.key] = str(sku_id)
        at = first["listed_at"] or context.now
        columns = {"shop_id": shop_id, "object_type": "goods", "object_id": one.public_id}
        loaded.log.append(log_row("goods", first, at, "goods.listed", **columns))
    remember("goods", known)
    _offer_together(fresh, context, made)


def _offer_together(
    fresh: dict[str, list[Row]], context: Context, made: Sequence[MadeGoods]
) -> None:
    """Goods that say so can be bought in a group from now on."""
    plans = [
        (one.goods_id, _shop_id(rows[0], context), rows[0]["group_size"], price, GROUP_HOURS)
        for rows, one in zip(fresh.values(), made, strict=True)
        if rows[0]["group_size"] and (price := rows[0]["group_price_minor"])
    ]
    if plans:
        campaigns.offer_bulk(plans)


def _goods(rows: Sequence[Row], context: Context) -> NewGoods:
    first = rows[0]
    for row in rows:
        if row["shop_id"] != first["shop_id"]:
            raise RowFault(row, "shop_id", "同一商品在两家店 / one goods in two shops")
    currency = first["currency"] or "CNY"
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise RowFault(first, "currency", "货币写作 CNY / a currency is written as CNY")
    return NewGoods(
        shop_id=_shop_id(first, context),
        title=first["title"],
        category=first["category"],
        body=first["body"],
        skus=[_sku(row) for row in rows],
        picture_ids=[context.pictures.id_of(path) for path in first["pictures"]],
        currency=currency,
        listed_at=first["listed_at"] or context.now,
    )


def _add_skus(key: str, rows: Sequence[Row], context: Context, loaded: Loaded) -> None:
    goods_id, _, shop_id, _ = parts(context.directory.text("goods", key))
    for row in rows:
        if _shop_id(row, context) != int(shop_id):
            raise RowFault(
                row, "shop_id", "这件商品属于另一家店 / the goods belongs to another shop"
            )
    given = [
        (int(goods_id), row["sku"], row["option"], row["price_minor"], row["stock"] or 0)
        for row in rows
    ]
    for row, sku_id in zip(rows, goods.add_skus_bulk(given), strict=True):
        loaded.ids[row.key] = str(sku_id)


def sku_key(goods_key: str, sku: str) -> str:
    return f"{goods_key}{KEY_JOIN}{sku}"
