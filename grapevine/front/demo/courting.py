"""Most who buy at a plain shop for the first time had looked at its goods on some days before: what foretells a first order. Pure.

Nobody of a circle does it, nor at a shop with a story of its own: what is planted there stays as it is. Some look as often and
never buy, and some of those who look now will buy later; so what is foretold is a chance and never sure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from grapevine.front.demo.cast import Human
from grapevine.front.demo.circles import Circles
from grapevine.front.demo.market import Goods, Shop
from grapevine.front.demo.plans import DAYS
from grapevine.front.demo.traffic import Order, moment_in

COURTED = 0.8
"""Of the first orders how many were led up to."""
LOOKED_DAYS, WITHIN_DAYS = (2, 3, 4, 4, 5, 5), 24
"""On how many different days they looked, all of them in so many days before the order's."""
IN_VAIN = 1 / 3
"""For each who looked and bought so many look as often and do not."""
CARTED = 0.2
"""How many put something into the cart on the last of these days."""
KINDS = ("bought", "in_vain", "looking")
FAVOURITE = 0.6
"""How often they look at what they buy in the end."""


@dataclass(frozen=True, slots=True)
class Courting:
    """Days on which somebody looks; `ends`: when they buy, would have bought (`in_vain`) or are going to (`looking`, after now)."""

    person: Human
    goods: Goods
    ends: datetime
    kind: str
    looks: Sequence[datetime]


def courtings(
    shop: Shop, people: Sequence[Human], orders: Sequence[Order], apart: Circles, seed: int,
    now: datetime,
) -> Iterator[Courting]:  # fmt: skip
    """Of one plain shop, out of all orders. Who had no time to look on two days did not."""
    chance = Random(f"{seed}:courting:{shop.id}")  # noqa: S311  a made-up world
    firsts: dict[str, Order] = {}
    for order in sorted(
        (one for one in orders if one.goods.shop is shop), key=lambda one: (one.at, one.id)
    ):
        firsts.setdefault(order.buyer.id, order)
    others = [
        one
        for one in people
        if one.id not in firsts and one is not shop.owner and not apart.has(one)
    ]
    chance.shuffle(others)
    for order in firsts.values():
        if apart.has(order.buyer) or order.buyer is shop.owner or chance.random() >= COURTED:
            continue
        told = [("bought", order.buyer, order.at)]
        later = order.at + timedelta(days=WITHIN_DAYS)
        if others and chance.random() < IN_VAIN:
            told.append(("in_vain", others.pop(), order.at))
        if others and later >= now:
            told.append(("looking", others.pop(), later))
        for kind, person, ends in told:
            since = max(person.joined_at, shop.opened_at, now - timedelta(days=DAYS - 1))
            looks = [at for at in _looks(ends, chance) if since < at < min(ends, now)]
            if looks and (kind == "looking" or len(looks) >= min(LOOKED_DAYS)):
                yield Courting(person, order.goods, ends, kind, looks)


def _looks(ends: datetime, chance: Random) -> list[datetime]:
    day = ends.replace(hour=0, minute=0, second=0, microsecond=0)
    back = chance.sample(range(1, WITHIN_DAYS + 1), k=chance.choice(LOOKED_DAYS))
    return [moment_in(chance, day - timedelta(days=days)) for days in sorted(back, reverse=True)]


def looked(courting: Courting, seed: int) -> Iterator[dict[str, Any]]:
    """Events: found by a search or among the recommendations first, after that they come by themselves."""
    person, shop = courting.person, courting.goods.shop
    chance = Random(f"{seed}:courting:{shop.id}:{person.id}")  # noqa: S311  as above
    channel = chance.choice(("feed", "search"))
    for at in courting.looks:
        goods = courting.goods if chance.random() < FAVOURITE else chance.choice(shop.goods)
        yield _event(person, at, "view", goods, channel)
        channel = "direct"
    later = courting.looks[-1] + timedelta(seconds=chance.randrange(20, 200))
    if chance.random() < CARTED and later < courting.ends:
        yield _event(person, later, "cart", courting.goods, channel)


def _event(person: Human, at: datetime, verb: str, goods: Goods, channel: str) -> dict[str, Any]:
    return {
        "at": at, "verb": verb, "person_id": person.id, "visitor_id": f"v{person.id}", "object_type": "goods",
        "object_id": goods.id, "shop_id": goods.shop.id, "region": person.region, "channel": channel,
    }  # fmt: skip


def told(found: Sequence[Courting]) -> dict[str, Any]:
    """The planted truth: how many looked and bought, looked in vain, and are looking now; and who these are, by shop."""
    kinds = Counter(one.kind for one in found)
    looking: dict[str, list[str]] = defaultdict(list)
    for one in found:
        if one.kind == "looking":
            looking[one.goods.shop.brand.slug].append(one.person.handle)
    days = sum(len(one.looks) for one in found)
    return {
        "courted": COURTED, "people": {kind: kinds[kind] for kind in KINDS}, "days": days,
        "looking": dict(sorted(looking.items())),
    }  # fmt: skip
