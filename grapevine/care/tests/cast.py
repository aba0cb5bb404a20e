"""The cast: Alice buys, Bob and Carol sell, Dora operates, Eve probes. Orders are bought, paid, sent and received."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from unittest import mock

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.module_loading import import_string
from PIL import Image

from grapevine.care import facade
from grapevine.care.contracts import Opinion, Trace
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, ShopCard, SkuLine
from grapevine.kit import clock, sql
from grapevine.media import facade as media
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView, ImportedOrder

PASSWORD = "vine-and-grape-7"
HOME = AddressView("林知夏", "13800138000", "浙江省", "杭州市", "西湖区", "龙井路 1 号")
GOOD = Opinion(5, 5, 4, "釉色比照片里还好看", ("好看",))
BAD = Opinion(1, 2, 3, "到手是裂的", ("质量一般",))


@dataclass(frozen=True, slots=True)
class Cast:
    alice: int
    bob: int
    carol: int
    dora: int
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


def operator(handle: str) -> int:
    people.save_people_bulk([NewPerson(handle=handle, name=handle, is_operator=True)])
    return people.card_by_handle(handle).id


def gather() -> Cast:
    alice, bob, carol, eve = map(sign_up, ["Alice", "Bob", "Carol", "Eve"])
    bobs = goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f", bio="慢慢来")
    carols = goods.open_shop(owner_id=carol, slug="carols", name="山茶", colour="#3b8d1f", bio="")
    return Cast(
        alice, bob, carol, operator("dora"), eve, bobs, carols,
        sku(bobs, "粗陶杯", 6900, 500), sku(bobs, "小花瓶", 5800, 500), sku(carols, "春茶", 3000, 500),
    )  # fmt: skip


def paid(buyer: int, *lines: SkuLine, **more: Any) -> str:
    """A paid order at one shop; the news of it is delivered."""
    one = trade.place_order(
        buyer_id=buyer, lines=[(line.sku_id, 1) for line in lines], address=HOME, **more
    )
    trade.start_payment(buyer_id=buyer, number=one.payment_number)
    browser(buyer).post(f"/sandbox/{one.payment_number}/", {"outcome": "pay"})
    job("trade.jobs.complete_payments")
    signals.drain()
    return one.order_numbers[0]


def received(cast: Cast, buyer: int, *lines: SkuLine) -> str:
    number = paid(buyer, *lines)
    shop = trade.order_for(buyer, number).shop_id
    staff = cast.bob if shop == cast.bobs.id else cast.carol
    trade.ship_order(
        shop_id=shop, number=number, carrier="顺丰", tracking="SF12345678", actor_id=staff
    )
    trade.receive_order(buyer_id=buyer, number=number)
    signals.drain()
    return number


def arrived(
    line: SkuLine, buyers: list[int], *, state: str = "received", hours: int = 1
) -> list[str]:
    """Finished orders from elsewhere, one a buyer: for crowds."""
    return trade.import_paid_orders(
        [
            ImportedOrder(
                buyer_id=buyer, shop_id=line.shop_id, sku_id=line.sku_id, goods_id=line.goods_id,
                count=1, price_minor=line.price_minor, state=state, title=line.title,
                option=line.option, goods_public_id=line.goods_public_id, shop_name=line.shop_name,
                paid_at=clock.now() - timedelta(hours=hours),
            )
            for buyer in buyers
        ]
    )  # fmt: skip


def crowd(count: int, *, joined_days: int = 100, name: str = "crowd") -> list[int]:
    joined = clock.now() - timedelta(days=joined_days)
    people.save_people_bulk(
        [NewPerson(handle=f"{name}{n}", name=f"路人{n}", joined_at=joined) for n in range(count)]
    )
    return [people.card_by_handle(f"{name}{n}").id for n in range(count)]


def reviewed(
    cast: Cast, buyer: int, line: SkuLine, opinion: Opinion = GOOD, trace: Trace | None = None
) -> str:
    number = received(cast, buyer, line)
    public_id = facade.write_review(
        buyer_id=buyer, number=number, position=1, opinion=opinion, trace=trace or Trace()
    )
    signals.drain()
    return public_id


@contextmanager
def later(**by: float) -> Iterator[None]:
    now = clock.now
    with mock.patch.object(clock, "now", side_effect=lambda: now() + timedelta(**by)):
        yield


def picture_file(name: str = "cup.png") -> SimpleUploadedFile:
    body = BytesIO()
    Image.new("RGB", (40, 40), (120, 60, 30)).save(body, "PNG")
    return SimpleUploadedFile(name, body.getvalue(), "image/png")


def picture(owner_id: int) -> int:
    return media.store_picture(owner_id=owner_id, file=picture_file()).id


def events(name: str) -> list[dict[str, Any]]:
    found = sql.rows("SELECT payload FROM signals_outboxevent WHERE name = %s ORDER BY id", [name])
    return [json.loads(one) if isinstance(one, str) else one for (one,) in found]


def tell_again() -> None:
    """Deliver everything once more, as if care had not heard it."""
    sql.changed("DELETE FROM signals_handled WHERE subscriber LIKE %s", ["care.%"])
    sql.changed("UPDATE signals_outboxevent SET done_at = NULL")
    signals.drain()


def job(name: str) -> None:
    import_string(f"grapevine.{name}")()


def browser(person_id: int | None) -> Client:
    client = Client()
    if person_id is not None:
        client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def api(person_id: int | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
    if person_id is not None:
        headers["Authorization"] = f"Bearer {people.issue_token(person_id, 'test')}"
    return Client(headers=headers).generic(
        method, f"/api/v1{path}", json.dumps(body or {}), content_type="application/json"
    )
