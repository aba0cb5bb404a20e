"""What of a buyer's things a shop's own domain shows: those of this shop, and what it sold for others."""

from collections.abc import Sequence

from django.http import HttpRequest

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsNotFound, SkuLine
from grapevine.kit.pages import me, own_shop_of
from grapevine.trade.contracts import CartLine, OrderView
from grapevine.trade.queries import pool, reading


def cart(request: HttpRequest, *, covers: bool = True) -> list[CartLine]:
    """The cart; on a shop's domain the lines of its goods and of its picks."""
    lines, shop = reading.cart(me(request), covers=covers), own_shop_of(request)
    if shop is None:
        return lines
    picks = [one.pick for one in lines if one.pick and one.sku.shop_id != shop.id]
    mine = goods.picks_among(shop.id, picks) if picks else set()
    return [one for one in lines if one.sku.shop_id == shop.id or one.pick in mine]


def pick(request: HttpRequest, sku: SkuLine, via: str) -> str:
    """By whose pick this is bought; on a shop's domain by its own. GoodsNotFound for what it does not sell."""
    shop = own_shop_of(request)
    if shop is None:
        return via
    found = goods.pick_of_goods(shop.id, sku.goods_public_id)
    if not found and sku.shop_id != shop.id:
        raise GoodsNotFound(sku.goods_public_id)
    return found


def orders(request: HttpRequest, found: Sequence[OrderView]) -> list[OrderView]:
    """Orders; on a shop's domain its own, and those in which it sold for others."""
    shop = own_shop_of(request)
    if shop is None:
        return list(found)
    rest = [one.number for one in found if one.shop_id != shop.id and one.source.get("via")]
    sold = pool.sold_by(shop.id, rest) if rest else set()
    return [one for one in found if one.shop_id == shop.id or one.number in sold]
