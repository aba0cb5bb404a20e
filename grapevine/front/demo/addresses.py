"""Where the demo's orders go that wait to be sent: an import brings a region at most, so their shops asked the buyers."""

from datetime import timedelta
from random import Random

from grapevine.front.demo.words import names
from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShopCard
from grapevine.kit import clock
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView

STREETS = (
    "人民路",
    "解放路",
    "建设路",
    "中山路",
    "和平路",
    "新华路",
    "文化路",
    "学府路",
    "滨河路",
    "青年路",
)
ANSWERED = timedelta(minutes=25)
"""So long after the payment the buyer said where to."""
ELSEWHERE = "浙江省"
"""Where those live of whom no province is known."""


def add(seed: int) -> int:
    """Write them all, each in the province and city that its order came with; how many. The second time there are none."""
    return sum(_add(shop, seed) for shop in goods.shops_page(limit=100).items)


def _add(shop: ShopCard, seed: int) -> int:
    waiting = trade.unaddressed(shop.id)
    for order in waiting:
        chance = Random(f"{seed}:address:{order.number}")  # noqa: S311  a made-up world
        with clock.at(min(order.paid_at + ANSWERED, clock.now())):
            trade.add_address(
                shop_id=shop.id, number=order.number, actor_id=shop.owner_id,
                address=_address(order.province or ELSEWHERE, order.city, chance),
            )  # fmt: skip
    return len(waiting)


def _address(province: str, city: str, chance: Random) -> AddressView:
    """Of a street that any city has, and a number that nobody was given."""
    town = city or trade.cities(province)[0]
    return AddressView(
        name=chance.choice(names.SURNAMES) + chance.choice(names.GIVEN),
        phone=f"1380000{chance.randrange(1000, 10_000)}", province=province, city=town,
        district=chance.choice(trade.districts(province, town) or [""]),
        detail=f"{chance.choice(STREETS)} {chance.randrange(2, 400)} 号 {chance.randrange(1, 20)} 幢 {chance.randrange(101, 1800)} 室",
    )  # fmt: skip
