"""Circles whose tastes lie apart: they follow each other within, and buy what is bought in few shops of their own. Pure.

Two of three communities are such circles. Each keeps to a few shops and in these to goods of its own liking, in an order of its own; a large shop
that everybody knows hardly sees it. Who follows people of a circle can therefore be told what they will buy; who knows only
what sells best cannot. The rest of the people buy as before, anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from grapevine.front.demo.cast import Human
from grapevine.front.demo.market import Goods, Shop

EVERY = 3
"""Of so many communities one, the cast's among them, has no shops of its own."""
HAUNTS = 3
STEEP = 2.2
"""How fast a circle's liking falls from its first goods in a shop to its second and third."""
KEEN = 4.0
"""How many times likelier somebody of the circle is the next buyer in a shop of theirs."""
TOGETHER = 0.8
"""How often a group of theirs is opened for goods of theirs."""


@dataclass(frozen=True, slots=True)
class Circle:
    """`haunts`: shop → how much each of its goods is liked, in the order of the shop's goods."""

    community: int
    haunts: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Circles:
    """By community; {} where nobody's tastes lie apart."""

    apart: Mapping[int, Circle] = field(default_factory=dict)

    def has(self, human: Human) -> bool:
        return human.community in self.apart

    def keeps_to(self, human: Human, shop: Shop) -> bool:
        return shop.id in self._haunts(human)

    def liking(self, human: Human, shop: Shop) -> Sequence[float] | None:
        """How likely each of the shop's goods is theirs; None where they have no liking of their own."""
        return self._haunts(human).get(shop.id)

    def together(self, human: Human, goods: Sequence[Goods], chance: Random) -> Goods | None:
        """One of these goods that their circle likes; None now and then, and for everybody else."""
        weights = [(self.liking(human, one.shop) or NONE)[place_of(one)] for one in goods]
        if not any(weights) or chance.random() >= TOGETHER:
            return None
        return chance.choices(goods, weights)[0]

    def _haunts(self, human: Human) -> Mapping[str, Sequence[float]]:
        circle = self.apart.get(human.community)
        return circle.haunts if circle else {}


NONE = (0.0,) * 40


def place_of(goods: Goods) -> int:
    return goods.shop.goods.index(goods)


def plant(people: Sequence[Human], shops: Sequence[Shop], chance: Random) -> Circles:
    """Give two of three communities their shops out of these, and their members the tastes that go with them."""
    found = {}
    waiting: list[Shop] = []
    for community in sorted({human.community for human in people}):
        if community % EVERY == 0:
            continue
        if len(waiting) < HAUNTS:
            more = [shop for shop in shops if shop not in waiting]
            waiting += chance.sample(more, k=len(more))
        haunts, waiting = waiting[:HAUNTS], waiting[HAUNTS:]
        found[community] = Circle(community, {shop.id: _liked(shop, chance) for shop in haunts})
        tastes = list(dict.fromkeys(shop.theme.category for shop in haunts))
        for human in people:
            if human.community == community:
                human.tastes = tastes
    return Circles(found)


def _liked(shop: Shop, chance: Random) -> Sequence[float]:
    places = list(range(1, len(shop.goods) + 1))
    chance.shuffle(places)
    return [place**-STEEP for place in places]


def told(
    circles: Circles, people: Sequence[Human], shops: Sequence[Shop], orders: Sequence[Any]
) -> dict[str, Any]:
    """The planted truth: whose tastes lie apart, where they buy what, and how much of what they bought that is."""
    slugs = {shop.id: shop.brand.slug for shop in shops}
    theirs = [order for order in orders if circles.has(order.buyer)]
    within = sum(circles.keeps_to(order.buyer, order.goods.shop) for order in theirs)
    goods = {shop.id: shop.goods for shop in shops}
    return {
        "people": sum(circles.has(human) for human in people),
        "orders": len(theirs),
        "orders_in_their_shops": within,
        "apart": [
            {
                "community": one.community,
                "people": sum(human.community == one.community for human in people),
                "shops": {
                    slugs[key]: [item.id for _, item in sorted(zip(liked, goods[key], strict=True), key=lambda pair: -pair[0])]
                    for key, liked in one.haunts.items()
                },
            }
            for one in circles.apart.values()
        ],
    }  # fmt: skip
