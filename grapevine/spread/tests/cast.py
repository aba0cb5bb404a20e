"""The cast: Bob sells a cup and pays ten per cent; Alice shares; Carol and Dan are brought; Eve probes."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils.module_loading import import_string

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, NewSku, ShopCard
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source
from grapevine.spread import actions
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


def sign_up(name: str, visitor_id: str = "") -> int:
    return people.sign_up(
        identifier=f"{name.lower()}@example.com", password=PASSWORD, name=name,
        visitor_id=visitor_id,
    )  # fmt: skip


def gather() -> Cast:
    alice, bob, carol, dan, eve = map(sign_up, ["Alice", "Bob", "Carol", "Dan", "Eve"])
    shop = goods.open_shop(
        owner_id=bob, slug="halfday", name="半日", colour="#8d3b1f", bio="慢慢来"
    )
    cup = goods.list_goods(
        shop_id=shop.id, title="粗陶马克杯", category="家居", body="手工。",
        skus=[NewSku(option="默认", price_minor=7900, stock=99)], picture_ids=[],
    )  # fmt: skip
    actions.set_rate(actor_id=bob, slug="halfday", rate_bps=1000)
    signals.drain()
    return Cast(
        alice, bob, carol, dan, eve, shop, cup, goods.goods_detail(cup.public_id).skus[0].sku_id
    )


def buys(cast: Cast, person_id: int, *, token: str = "") -> str:
    """Order one cup and pay for it at the sandbox's page; the order's number."""
    placed = trade.place_order(
        buyer_id=person_id, lines=[(cast.sku, 1)], address=HOME,
        source=Source("goods", share_token=token),
    )  # fmt: skip
    trade.start_payment(buyer_id=person_id, number=placed.payment_number)
    browser(person_id).post(f"/sandbox/{placed.payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    signals.drain()
    return placed.order_numbers[0]


def browser(person_id: int | None) -> Client:
    client = Client()
    if person_id is not None:
        client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def job(name: str) -> None:
    import_string(f"grapevine.{name}")()
