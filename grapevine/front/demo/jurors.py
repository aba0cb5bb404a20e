"""People who may sit on the demo's jury whatever chance made of everybody else.

Who comes early to the world does much: of those whose account is old enough most have shared the judged shop or follow
its people. So as many as a verdict needs live by themselves: they bought elsewhere, and have to do with nobody.
"""

from datetime import timedelta
from itertools import islice

from django.conf import settings

from grapevine.front.demo.words.names import NICKS
from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShopCard, SkuLine
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView

PLACE = 2
"""The place of the shop they buy at, from the first shop on: one without a planted truth."""
BOUGHT = 60
"""How many days ago the first of them bought."""


def arrive() -> list[int]:
    """They came, bought and received. Nobody where there is no such shop, or too little on its shelf."""
    wanted = min(settings.JURY_QUORUM, settings.JURY_SEATS)
    shops = goods.shops_page(limit=100).items
    if len(shops) < PLACE:
        return []
    shop = shops[-PLACE]
    need = wanted * settings.JURY_ORDERS
    shelf = _shelf(shop, need)
    if len(shelf) < need:
        return []
    joined = clock.now() - timedelta(days=settings.JURY_ACCOUNT_DAYS + 15)
    ids = people.save_people_bulk(
        [
            NewPerson(
                handle=f"juror-{number:02d}", name=f"{NICKS[number % len(NICKS)]}在温州",
                region="浙江", joined_at=joined + timedelta(hours=number),
            )
            for number in range(wanted)
        ]
    )  # fmt: skip
    for number, sku in enumerate(shelf):
        _buy(shop, ids[number % wanted], sku, number % wanted, days=BOUGHT - number)
    return ids


def _shelf(shop: ShopCard, need: int) -> list[SkuLine]:
    """Every piece that can be bought, up to so many."""
    cards = goods.goods_of_shop(shop.id, limit=20).items
    skus = (sku for card in cards for sku in goods.goods_detail(card.public_id).skus)
    return list(islice((sku for sku in skus for _ in range(sku.free)), need))


def _buy(shop: ShopCard, buyer: int, sku: SkuLine, number: int, *, days: float) -> None:
    """One order, from its payment to its receipt four days later, to a door of the buyer's own."""
    home = AddressView(
        "街坊", f"139000001{number:02d}", "浙江省", "温州市", "鹿城区", f"五马街 {number + 1} 号"
    )
    start = clock.now() - timedelta(days=max(days, BOUGHT / 3))
    with clock.at(start):
        placed = trade.place_order(buyer_id=buyer, lines=[(sku.sku_id, 1)], address=home)
        trade.pay_in_sandbox(buyer_id=buyer, number=placed.payment_number)
    for order in placed.order_numbers:
        with clock.at(start + timedelta(days=1)):
            trade.ship_order(
                shop_id=shop.id, number=order, actor_id=shop.owner_id, carrier="顺丰",
                tracking=f"SF13990000{buyer:05d}",
            )  # fmt: skip
        with clock.at(start + timedelta(days=4)):
            trade.receive_order(buyer_id=buyer, number=order)
