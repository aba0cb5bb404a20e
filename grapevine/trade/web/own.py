"""What of a buyer's things a shop's own domain shows: those of this shop."""

from collections.abc import Sequence

from django.http import HttpRequest

from grapevine.kit.pages import me, own_shop_of
from grapevine.trade.contracts import CartLine, OrderView
from grapevine.trade.queries import reading


def cart(request: HttpRequest, *, covers: bool = True) -> list[CartLine]:
    """The cart; on a shop's domain the lines of its goods."""
    lines, shop = reading.cart(me(request), covers=covers), own_shop_of(request)
    return lines if shop is None else [one for one in lines if one.sku.shop_id == shop.id]


def orders(request: HttpRequest, found: Sequence[OrderView]) -> list[OrderView]:
    """Orders; on a shop's domain its own."""
    shop = own_shop_of(request)
    return list(found) if shop is None else [one for one in found if one.shop_id == shop.id]
