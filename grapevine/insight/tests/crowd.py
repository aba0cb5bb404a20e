"""A small town for tests of people: two shops, sixty people who look and buy, some of whom bring others."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewSku, ShopCard
from grapevine.insight import facade as insight, keeping
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.signals import facade as signals
from grapevine.spread import facade as spread
from grapevine.spread.contracts import ImportedSale, ImportedShare
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder


def owner(name: str) -> int:
    return people.sign_up(
        identifier=f"{name}@example.com", password="vine-and-grape-7", name=name.title()
    )


def crowd(size: int, prefix: str = "p") -> list[int]:
    return people.save_people_bulk(
        [NewPerson(f"{prefix}{n}", f"{prefix.title()}{n}") for n in range(size)]
    )


def browser(person_id: int) -> Client:
    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=person_id),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


class Stall:
    """A shop with one goods, and what people did there."""

    def __init__(self, slug: str, owner_id: int, category: str = "茶") -> None:
        self.card: ShopCard = goods.open_shop(
            owner_id=owner_id, slug=slug, name=slug.title(), colour="#8d3b1f"
        )
        self.owner_id = owner_id
        self.goods = goods.save_goods_bulk(
            [NewGoods(self.card.id, "春茶", category, "", [NewSku("", 6000, 500)])]
        )[0]

    @property
    def id(self) -> int:
        return self.card.id

    def sold(self, buyer_id: int, *days_ago: int, minor: int = 6000, token: str = "") -> None:
        rows = [
            ImportedOrder(
                buyer_id, self.id, self.goods.sku_ids[0], self.goods.goods_id, 1, minor, "received",
                clock.now() - timedelta(days=days), goods_public_id=self.goods.public_id,
            )
            for days in days_ago
        ]  # fmt: skip
        numbers = trade.import_paid_orders(rows)
        spread.save_sales_bulk([
            ImportedSale(self.id, buyer_id, minor, number, token, row.paid_at)
            for row, number in zip(rows, numbers, strict=True)
        ])  # fmt: skip
        record([
            entry("trade.order_paid", buyer_id, self.id, days, object_type="order", object_id=number)
            for days, number in zip(days_ago, numbers, strict=True)
        ])  # fmt: skip

    def shared(self, person_id: int, days_ago: int = 60) -> str:
        row = ImportedShare(
            person_id, "goods", self.goods.public_id, self.id, "", "link",
            clock.now() - timedelta(days=days_ago),
        )  # fmt: skip
        return spread.save_shares_bulk([row])[0]

    def looked(self, person_id: int, times: int, days_ago: float = 2) -> None:
        record([
            entry("view", person_id, self.id, days_ago + n / 24, object_type="goods", object_id=self.goods.public_id)
            for n in range(times)
        ])  # fmt: skip


def entry(verb: str, person_id: int, shop_id: int, days_ago: float, **more: Any) -> dict[str, Any]:
    at = (clock.now() - timedelta(days=days_ago)).isoformat()
    row = {"id": new_id(), "ts": at, "verb": verb, "person_id": person_id, "shop_id": shop_id}
    return row | {"visitor_id": f"v{person_id}", "props": "{}"} | more


def record(rows: Sequence[dict[str, Any]]) -> None:
    insight.lake_append(rows)


def count() -> dict[str, int]:
    signals.seal()
    keeping.compact()
    return insight.count_people()
