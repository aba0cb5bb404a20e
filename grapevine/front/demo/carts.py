"""What the demo world's people have in their carts: put there in the last weeks, by the same action as on the pages."""

from datetime import timedelta
from random import Random

from grapevine.front.demo.cast import CAST
from grapevine.goods import facade as goods
from grapevine.goods.contracts import SkuLine
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.trade import facade as trade

LOOKED_AT = 600
"""People after the cast."""
SHARE = 0.15
"""How many of them have something in their cart."""
LINES, PIECES = (1, 1, 2, 3), (1, 1, 1, 2)
GOODS_EACH = 4
"""Goods of each shop that are thought of."""
DAYS = 21


def fill(seed: int) -> int:
    """How many people have a cart now. Nothing where a run that was cut off had begun."""
    shopper = people.card_by_handle(CAST[0].handle).id
    if trade.cart_count(shopper):
        return 0
    shelf = _shelf()
    if not shelf:
        return 0
    chance = Random(f"{seed}:carts")  # noqa: S311  a made-up world
    _put(chance, shopper, shelf[:3])
    ids = range(shopper + len(CAST), shopper + len(CAST) + LOOKED_AT)
    filled = [pk for pk in sorted(people.accounts(ids)) if chance.random() < SHARE]
    for person in filled:
        _put(chance, person, chance.sample(shelf, min(len(shelf), chance.choice(LINES))))
    return 1 + len(filled)


def _shelf() -> list[SkuLine]:
    """A choice of what the shops sell, the first of each goods; the cast's own shop, with its flash sale, first."""
    own = goods.shops_of(people.card_by_handle(CAST[1].handle).id)
    shops = [*own, *(one for one in goods.shops_page(limit=100).items if one not in own)]
    cards = [one for shop in shops for one in goods.goods_of_shop(shop.id, limit=GOODS_EACH).items]
    skus = [goods.goods_detail(card.public_id).skus[0] for card in cards]
    return [sku for sku in skus if sku.free > 0]


def _put(chance: Random, person: int, skus: list[SkuLine]) -> None:
    for sku in skus:
        with clock.at(clock.now() - timedelta(days=chance.uniform(0.1, DAYS))):
            trade.add_to_cart(buyer_id=person, lines=[(sku, chance.choice(PIECES))])
