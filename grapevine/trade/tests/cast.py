"""The fixed cast in trade: Alice buys, Bob and Carol sell, Eve probes."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, ShopCard, SkuLine
from grapevine.people import facade as people
from grapevine.trade import facade
from grapevine.trade.actions.paying import receive_callback
from grapevine.trade.contracts import AddressView, Offer, OfferKind, Placed
from grapevine.trade.models import SandboxCharge
from grapevine.trade.payments.providers.sandbox import provider as sandbox, signing

HOME = AddressView("张三", "13800138000", "广东省", "深圳市", "南山区", "科技路 1 号")


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
    return people.sign_up(
        identifier=f"{name.lower()}@example.com", password="vine-and-grape-7", name=name
    )


def sku(shop: ShopCard, title: str, price_minor: int, stock: int) -> SkuLine:
    card = goods.list_goods(
        shop_id=shop.id, title=title, category="家居", body="手工。",
        skus=[NewSku(option="默认", price_minor=price_minor, stock=stock)], picture_ids=[],
    )  # fmt: skip
    code = goods.goods_detail(card.public_id).skus[0].code
    return goods.sku_by_code(code)


def gather() -> Cast:
    alice, bob, carol, eve = map(sign_up, ["Alice", "Bob", "Carol", "Eve"])
    bobs = goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f", bio="")
    carols = goods.open_shop(owner_id=carol, slug="carols", name="山茶", colour="#3b8d1f", bio="")
    return Cast(
        alice, bob, carol, eve, bobs, carols,
        sku(bobs, "粗陶杯", 6900, 5), sku(bobs, "小花瓶", 5800, 5), sku(carols, "春茶", 3000, 5),
    )  # fmt: skip


def free(line: SkuLine) -> int:
    return goods.sku_lines([line.sku_id])[line.sku_id].free


def placed(cast: Cast, *lines: tuple[SkuLine, int], **more: Any) -> Placed:
    wanted = [(line.sku_id, count) for line, count in lines or ((cast.cup, 1),)]
    return facade.place_order(buyer_id=cast.alice, lines=wanted, address=HOME, **more)


def decided(cast: Cast, one: Placed, outcome: str = "pay") -> SandboxCharge:
    """Begin at the sandbox and decide there; nobody has told us yet."""
    attempt = facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
    sandbox.decide(attempt.number, outcome)
    return SandboxCharge.objects.get(payment_number=attempt.number)


def deliver(charge: SandboxCharge, nonce: str = "n1") -> None:
    body = sandbox.callback_of(charge)
    receive_callback(method="sandbox", headers=signing.sign(body, nonce=nonce), body=body)


def paid(cast: Cast, *lines: tuple[SkuLine, int], **more: Any) -> Placed:
    one = placed(cast, *lines, **more)
    deliver(decided(cast, one))
    return one


def cut(amount_minor: int, label: str = "优惠", reference: str = "x") -> Offer:
    """A fixed cut on everything, as the platform's coupon gives."""
    return Offer(OfferKind.PLATFORM_COUPON, label, reference, tiers=((0, amount_minor),))


def api(person_id: int | None) -> Client:
    if person_id is None:
        return Client()
    return Client(headers={"Authorization": f"Bearer {people.issue_token(person_id, 'test')}"})


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return client.generic(
        method, f"/api/v1{path}", json.dumps(body or {}), content_type="application/json",
        headers=headers,
    )  # fmt: skip
