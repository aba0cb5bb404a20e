"""What is measured on: ten shops, a thousand SKUs, sixty-four buyers with a token and an address."""

import json
import time
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.db import connection

from bench.load import Client
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewShop, NewSku
from grapevine.goods.models import Goods, Stock
from grapevine.kit.ids import new_id
from grapevine.people import facade as people
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView
from grapevine.trade.payments.providers.sandbox import signing

PASSWORD = "vine-and-grape-7"  # noqa: S105  of people who live for a minute
HOME = AddressView("张三", "13800138000", "广东省", "深圳市", "南山区", "科技路 1 号")
PLENTY = 10_000_000
COUNTED = (
    "trade_order", "trade_payment", "goods_stockhold", "goods_stockmovement", "signals_outboxevent",
    "guard_storedanswer",
)  # fmt: skip


@dataclass(slots=True)
class World:
    shop_id: int
    codes: list[str]
    hot_code: str
    tokens: list[str]
    addresses: list[int]


def build(buyers: int) -> World:
    call_command("migrate", verbosity=0)
    owner = people.sign_up(identifier="owner@example.com", password=PASSWORD, name="店主")
    shops = goods.save_shops_bulk([NewShop(owner, f"shop-{n}", f"店 {n}") for n in range(10)])
    made = goods.save_goods_bulk(
        [
            NewGoods(shop, f"商品 {n}", "家居", "", [NewSku("默认", 1000 + n, PLENTY)])
            for shop in shops
            for n in range(100)
        ]
    )
    lines = goods.sku_lines([pk for one in made for pk in one.sku_ids], covers=False)
    ids = [
        people.sign_up(identifier=f"b{n}@example.com", password=PASSWORD, name=f"买家{n}")
        for n in range(buyers)
    ]
    world = World(
        shops[0], [line.code for line in lines.values()], "",
        [people.issue_token(pk, "bench") for pk in ids],
        [trade.save_address(person_id=pk, address=HOME) for pk in ids],
    )  # fmt: skip
    world.hot_code = hot_goods(world, PLENTY)
    analyse()
    return world


def analyse() -> None:
    """Let the database count its rows, so that it plans for what there is."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def hot_goods(world: World, stock: int) -> str:
    """Goods for a flash sale; the code of their one SKU."""
    card = goods.list_goods(
        shop_id=world.shop_id, title="秒杀", category="家居", body="",
        skus=[NewSku("默认", 999, stock)],
    )  # fmt: skip
    code = goods.goods_detail(card.public_id).skus[0].code
    goods.set_hot(shop_id=world.shop_id, code=code, on=True)
    return code


def first_goods_id() -> int:
    return Goods.objects.order_by("id").values_list("pk", flat=True)[0]


def held(code: str) -> int:
    """Pieces of a SKU that are held or sold; with the free ones they must be all there ever were."""
    rows = Stock.objects.filter(sku__code=code).values_list("free", "held", "sold")
    return sum(h + s for _, h, s in rows)


def row_counts() -> dict[str, int]:
    counts = {}
    with connection.cursor() as cursor:
        for table in COUNTED:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608  constants
            counts[table] = cursor.fetchone()[0]
    return counts


class Buyer:
    """A buyer with a connection of their own; two lines an order, another pair each time."""

    def __init__(self, port: int, world: World, n: int) -> None:
        self.client = Client(port, world.tokens[n])
        self.provider = Client(port)
        self.world, self.n, self.turn = world, n, 0

    def whole_order(self, times: list[float]) -> None:
        codes = self.world.codes
        self.turn += 1
        at = (self.turn * 131 + self.n * 17) % len(codes)
        lines = [{"sku": codes[at], "count": 1}, {"sku": codes[(at + 7) % len(codes)], "count": 2}]
        marks = [time.perf_counter()]
        status, _ = self.client.post("/api/v1/cart/lines", {"lines": lines})
        assert status == 201, status
        marks.append(time.perf_counter())
        status, quote = self.client.post("/api/v1/quotes", {"lines": lines, "province": "广东省"})
        assert status == 200, status
        marks.append(time.perf_counter())
        order = {
            "lines": lines, "address_id": self.world.addresses[self.n], "method": "sandbox",
            "expected_minor": quote["total_minor"], "from_cart": True,
        }  # fmt: skip
        status, placed = self.client.post("/api/v1/orders", order, {"Idempotency-Key": new_id()})
        assert status == 201, (status, placed)
        marks.append(time.perf_counter())
        self.pay(placed)
        marks.append(time.perf_counter())
        for step in range(4):
            times[step] += marks[step + 1] - marks[step]

    def pay(self, placed: dict[str, Any]) -> None:
        told = {
            "event_id": new_id(), "payment": placed["attempt_number"], "state": "paid",
            "amount_minor": placed["total_minor"], "currency": "CNY",
        }  # fmt: skip
        body = json.dumps(told).encode()
        signed = signing.sign(body, nonce=new_id())
        status, _ = self.provider.send("POST", "/api/v1/payments/sandbox/callback", body, signed)
        assert status == 204, status

    def place(self, code: str) -> int:
        """Place an order for one piece without anything before it; the status."""
        order = {
            "lines": [{"sku": code, "count": 1}], "address_id": self.world.addresses[self.n],
        }  # fmt: skip
        status, _ = self.client.post("/api/v1/orders", order, {"Idempotency-Key": new_id()})
        return status
