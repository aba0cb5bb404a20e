"""A market in few statements: shops with goods in categories, people, what they did."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from grapevine.discovery import facade
from grapevine.discovery.contracts import NewAct
from grapevine.goods import facade as goods
from grapevine.goods.contracts import MadeGoods, NewGoods, NewShop, NewSku
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder


@dataclass
class Market:
    """`shelf`: (shop, category) → its goods in the order they were made; `people`: name → id."""

    shops: dict[str, int] = field(default_factory=dict)
    shelf: dict[tuple[str, str], list[MadeGoods]] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)

    def of(self, category: str) -> set[int]:
        return {
            one.goods_id for (_, name), made in self.shelf.items() if name == category
            for one in made
        }  # fmt: skip


def market(
    shops: dict[str, dict[str, int]], names: list[str], *, region: str = "", price_minor: int = 5000
) -> Market:
    """`shops`: slug → category → how many goods. The first of `names` owns them all."""
    ids = people.save_people_bulk([NewPerson(name.lower(), name, region=region) for name in names])
    found = Market(people=dict(zip(names, ids, strict=True)))
    made = goods.save_shops_bulk([NewShop(ids[0], slug, slug) for slug in shops])
    found.shops = dict(zip(shops, made, strict=True))
    rows = [
        (slug, category, NewGoods(found.shops[slug], f"{category} {n} {slug}", category, "",
                                  [NewSku("默认", price_minor, 99)]))
        for slug, shelf in shops.items() for category, count in shelf.items() for n in range(count)
    ]  # fmt: skip
    for (slug, category, _), one in zip(
        rows, goods.save_goods_bulk([row for *_, row in rows]), strict=True
    ):
        found.shelf.setdefault((slug, category), []).append(one)
    signals.drain()
    return found


def did(person_id: int, act: str, goods_ids: list[int], *, at: datetime | None = None) -> None:
    """They did it a week ago, unless told when."""
    when = at or clock.now() - timedelta(days=7)
    facade.learn_bulk([NewAct(person_id, act, when, goods_ids=[pk]) for pk in goods_ids])


def bought(person_id: int, shop_id: int, made: list[MadeGoods], *, times: int = 1) -> None:
    """Paid orders of a week ago, one for each goods, so many times."""
    trade.import_paid_orders(
        [
            ImportedOrder(
                person_id, shop_id, one.sku_ids[0], one.goods_id, 1, 5000, "received",
                clock.now() - timedelta(days=7 + time),
            )
            for one in made
            for time in range(times)
        ]
    )  # fmt: skip
    did(person_id, "order", [one.goods_id for one in made])
