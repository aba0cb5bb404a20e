"""The cast: Bob sells a cup for a group of three; Alice leads, Carol and Dan join, Eve probes."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils.module_loading import import_string

from grapevine.campaigns import facade
from grapevine.campaigns.contracts import PlanView, Seated
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, NewSku, ShopCard
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView

PASSWORD = "vine-and-grape-7"
HOME = AddressView("林知夏", "13800138000", "浙江省", "杭州市", "西湖区", "龙井路 1 号")


@dataclass(frozen=True, slots=True)
class Cast:
    alice: int
    bob: int
    carol: int
    dan: int
    eve: int
    shop: ShopCard
    cup: GoodsCard
    sku: int
    plan: PlanView


def sign_up(name: str) -> int:
    return people.sign_up(identifier=f"{name.lower()}@example.com", password=PASSWORD, name=name)


def gather(*, size: int = 3, stock: int = 99) -> Cast:
    alice, bob, carol, dan, eve = map(sign_up, ["Alice", "Bob", "Carol", "Dan", "Eve"])
    shop = goods.open_shop(
        owner_id=bob, slug="halfday", name="半日", colour="#8d3b1f", bio="慢慢来"
    )
    cup = goods.list_goods(
        shop_id=shop.id, title="粗陶马克杯", category="家居", body="手工。",
        skus=[NewSku(option="默认", price_minor=7900, stock=stock)], picture_ids=[],
    )  # fmt: skip
    plan = facade.create_plan(
        shop_id=shop.id, goods_public_id=cup.public_id, size=size, price_minor=5990, hours=24
    )
    sku = goods.goods_detail(cup.public_id).skus[0].sku_id
    return Cast(alice, bob, carol, dan, eve, shop, cup, sku, plan)


def opens(cast: Cast, person_id: int, *, key: str = "") -> Seated:
    return facade.open_group(
        buyer_id=person_id, plan_id=cast.plan.public_id, sku_id=cast.sku, count=1, address=HOME,
        key=key,
    )  # fmt: skip


def joins(cast: Cast, person_id: int, group: str, *, key: str = "") -> Seated:
    return facade.join_group(
        buyer_id=person_id, group_id=group, sku_id=cast.sku, count=1, address=HOME, key=key
    )


def pays(person_id: int, seated: Seated) -> None:
    """At the sandbox's own page, then our job asks the provider, then the news is delivered."""
    trade.start_payment(buyer_id=person_id, number=seated.payment_number)
    browser(person_id).post(f"/sandbox/{seated.payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    signals.drain()


def browser(person_id: int | None) -> Client:
    client = Client()
    if person_id is not None:
        client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def job(name: str) -> None:
    import_string(f"grapevine.{name}")()


def state_of(person_id: int, seated: Seated) -> str:
    return str(trade.order_for(person_id, seated.order_number).state)
