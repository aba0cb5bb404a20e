"""The cast: Bob and Carol sell, Alice buys, Eve probes. Points come from final orders, as they do in life."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils.module_loading import import_string

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, ShopCard, SkuLine
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.loyalty import facade
from grapevine.loyalty.contracts import CURRENCY, Level
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView, Placed, Wishes

PASSWORD = "vine-and-grape-7"
HOME = AddressView("林知夏", "13800138000", "浙江省", "杭州市", "西湖区", "龙井路 1 号")
LADDER = (Level("粉丝", 0, 9500), Level("熟客", 50_000, 9000), Level("家人", 200_000, 8500))


@dataclass(frozen=True, slots=True)
class Cast:
    alice: int
    bob: int
    carol: int
    eve: int
    bobs: ShopCard
    carols: ShopCard
    cup: SkuLine
    vase: SkuLine
    tea: SkuLine


def sign_up(name: str) -> int:
    return people.sign_up(identifier=f"{name.lower()}@example.com", password=PASSWORD, name=name)


def sku(shop: ShopCard, title: str, price_minor: int, stock: int) -> SkuLine:
    card = goods.list_goods(
        shop_id=shop.id, title=title, category="家居", body="手工。",
        skus=[NewSku(option="默认", price_minor=price_minor, stock=stock)], picture_ids=[],
    )  # fmt: skip
    return goods.goods_detail(card.public_id).skus[0]


def gather(*, stock: int = 500) -> Cast:
    alice, bob, carol, eve = map(sign_up, ["Alice", "Bob", "Carol", "Eve"])
    bobs = goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f", bio="慢慢来")
    carols = goods.open_shop(owner_id=carol, slug="carols", name="山茶", colour="#3b8d1f", bio="")
    return Cast(
        alice, bob, carol, eve, bobs, carols,
        sku(bobs, "粗陶杯", 6999, stock), sku(bobs, "小花瓶", 5800, stock),
        sku(carols, "春茶", 3000, stock),
    )  # fmt: skip


def placed(buyer: int, *lines: tuple[SkuLine, int], points: int = 0, **more: Any) -> Placed:
    return trade.place_order(
        buyer_id=buyer, lines=[(one.sku_id, count) for one, count in lines], address=HOME,
        wishes=Wishes(points_minor=points), **more,
    )  # fmt: skip


def pays(buyer: int, one: Placed, *, heard: bool = True) -> None:
    """At the sandbox's own page, then our job asks the provider, then the news is delivered."""
    trade.start_payment(buyer_id=buyer, number=one.payment_number)
    browser(buyer).post(f"/sandbox/{one.payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    if heard:
        signals.drain()


def bought(buyer: int, *lines: tuple[SkuLine, int], points: int = 0) -> Placed:
    one = placed(buyer, *lines, points=points)
    pays(buyer, one)
    return one


def finished(cast: Cast, buyer: int, *lines: tuple[SkuLine, int], points: int = 0) -> Placed:
    """Bought, shipped, received, and the return window is over."""
    one = bought(buyer, *lines, points=points)
    for number in one.order_numbers:
        receive(cast, buyer, number)
    settle()
    return one


def receive(cast: Cast, buyer: int, number: str) -> None:
    shop = trade.order_for(buyer, number).shop_id
    staff = cast.bob if shop == cast.bobs.id else cast.carol
    trade.ship_order(
        shop_id=shop, number=number, carrier="顺丰", tracking="SF12345678", actor_id=staff
    )
    trade.receive_order(buyer_id=buyer, number=number)


def settle(days: float = 7.1) -> None:
    """The return window of everything received is over; the orders become final at that moment."""
    with later(timedelta(days=days)):
        job("trade.jobs.settle_final")
        signals.drain()


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    now = clock.now
    with mock.patch.object(clock, "now", side_effect=lambda: now() + by):
        yield


def refunded(number: str) -> None:
    trade.refund_order(number=number, reason="不要了", actor="shop")
    signals.drain()


def points(person_id: int) -> tuple[int, int]:
    """Free to use, and set aside."""
    found = facade.points_of(person_id)
    return found.points, found.set_aside


def platform() -> tuple[int, int]:
    """What the platform issued, below zero, and what was spent."""
    found = ledger.balances("platform", CURRENCY)
    return found.get("points:issued", 0), found.get("points:spent", 0)


def books() -> dict[str, int]:
    """The trial balance by currency, after everybody's refunds were sent: zero each, and clearing is empty."""
    job("trade.jobs.send_refunds")
    totals: dict[str, int] = {}
    for kind, total in ledger.trial_balance().items():
        totals[kind[:3]] = totals.get(kind[:3], 0) + total
    assert ledger.clearing_ageing() == []
    assert ledger.verify()["differences"] == []
    return totals


def browser(person_id: int | None) -> Client:
    client = Client()
    if person_id is not None:
        client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def api(person_id: int | None, method: str, path: str, body: Any = None) -> Any:
    headers = {"Idempotency-Key": str(uuid4())}
    if person_id is not None:
        headers["Authorization"] = f"Bearer {people.issue_token(person_id, 'test')}"
    return Client(headers=headers).generic(
        method, f"/api/v1{path}", json.dumps(body or {}), content_type="application/json"
    )


def job(name: str) -> None:
    import_string(f"grapevine.{name}")()
