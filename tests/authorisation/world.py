"""One shop with a person in every role, another shop, a buyer and everything of theirs that an address can name."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from grapevine.campaigns.actions import coupons, flash, groups, reductions
from grapevine.campaigns.contracts import NewCoupons, NewFlashSale, NewReduction
from grapevine.goods import facade as goods
from grapevine.goods.actions import staffing
from grapevine.goods.contracts import NewPrice, NewSku, Role, ShippingZone, ShopCard
from grapevine.kit import clock
from grapevine.media import facade as media
from grapevine.media.tests.films import film
from grapevine.people import facade as people
from grapevine.people.access import session_id
from grapevine.people.contracts import NewPerson
from grapevine.reach import facade as reach
from grapevine.reach.queries import inbox
from grapevine.scene import facade as scene
from grapevine.spread import facade as spread
from grapevine.spread.partnership import NewCooperation
from grapevine.trade import facade as trade
from grapevine.trade.actions import cart
from grapevine.trade.contracts import AddressView
from grapevine.trade.models import CartRow, SandboxCharge
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.tests.cast import deliver
from tests.authorisation.lived import drawn, lived

HOME = AddressView("张三", "13800138000", "广东省", "深圳市", "南山区", "科技路 1 号")
PASSWORD = "vine-and-grape-7"
SLUG = "matrix"
ACTORS = (*(str(role) for role in Role), "rival", "person", "stranger", "operator", "buyer")
PLACES = {
    "slug": "slug", "number": "order", "handle": "buyer_handle", "line_id": "line",
    "address_id": "address", "code": "code", "name": "topic", "width": "width", "token": "share",
    "object_type": "shared_type", "object_id": "goods", "batch": "batch", "method": "method",
    "provider": "method", "day": "day", "refund_id": "nothing", "alert_id": "nothing",
    "owner": "owner", "kind": "kind", "model": "model", "ending": "ending",
    "cooperation_id": "cooperation",
}  # fmt: skip
"""What a part of a path stands for, where the table does not say."""


@dataclass
class World:
    ids: dict[str, int]
    things: dict[str, Any]
    pages: dict[str, Client]
    programs: dict[str, Client]


def found() -> World:
    ids = {name: _person(name) for name in ACTORS if name not in ("stranger", "operator")}
    ids["operator"] = people.save_people_bulk(
        [NewPerson(handle="operator", name="Op", is_operator=True)]
    )[0]
    handles = {name: people.cards([pk])[pk].handle for name, pk in ids.items()}
    shop = goods.open_shop(owner_id=ids["owner"], slug=SLUG, name="半日", colour="#8d3b1f")
    rival = goods.open_shop(owner_id=ids["rival"], slug="rival", name="山茶", colour="#3b8d1f")
    for role in Role:
        if role is not Role.OWNER:
            made = staffing.invite_staff(
                shop_id=shop.id, actor_id=ids["owner"], role=role, handle=handles[role]
            )
            staffing.accept_invite(person_id=ids[role], public_id=made.public_id)
    things = {
        "slug": SLUG, "buyer_handle": handles["buyer"], "clerk": handles["clerk"], "width": 320,
        "topic": "茶", "shared_type": "goods", "method": "sandbox", "day": "2026-01-01",
        "nothing": 999_999, "owner": f"shop:{shop.id}", "kind": "coupons",
        "model": "note_heads",
    }  # fmt: skip
    things |= _offered(shop.id, ids)
    things["pick"] = _picked(shop.id, rival.id, ids)
    things["cooperation"] = _proposed(rival, ids)
    things |= _bought(shop.id, ids, things)
    sku = goods.goods_detail(str(things["goods"])).skus[0]
    things |= lived(shop.id, ids, sku, HOME)
    things["notice"] = _noticed(ids["buyer"], str(things["order"]))
    pages, programs = _doors(ids)
    things["session"] = session_id(str(pages["buyer"].session.session_key))
    return World(ids, things, pages, programs)


def _noticed(person_id: int, order: str) -> str:
    reach.tell(kind="order_shipped", key="1", person_ids=[person_id], facts={"order": order})
    return inbox(person_id).items[0].public_id


def _person(name: str) -> int:
    return people.sign_up(identifier=f"{name}@example.com", password=PASSWORD, name=name)


def _offered(shop_id: int, ids: dict[str, int]) -> dict[str, Any]:
    now = clock.now()
    end = now + timedelta(days=3)
    card = goods.list_goods(
        shop_id=shop_id, title="粗陶杯", category="家居", body="手工。", skus=[NewSku("", 6900, 50)]
    )
    code = goods.goods_detail(card.public_id).skus[0].code
    batch = goods.change_prices(
        shop_id=shop_id, prices=[NewPrice(code, 7000)], actor_id=ids["owner"]
    )
    plan = NewCoupons(500, 10, now, end)
    owner = ids["owner"]
    return {
        "goods": card.public_id, "code": code, "batch": batch,
        "shipping": goods.save_shipping(shop_id=shop_id, name="普通", zones=[ShippingZone()]).public_id,
        "group_plan": groups.create_plan(
            shop_id=shop_id, goods_public_id=card.public_id, size=2, price_minor=5000, hours=24
        ).public_id,
        "coupons": coupons.create_coupons(shop_id=shop_id, new=plan).public_id,
        "platform_coupons": coupons.create_coupons(shop_id=0, new=plan).public_id,
        "reduction": reductions.create_reduction(
            shop_id=shop_id, new=NewReduction(((10_000, 1000),), now, end)
        ).public_id,
        "flash": flash.create_flash_sale(
            shop_id=shop_id, new=NewFlashSale(code, 6000, 5, end, end + timedelta(hours=2))
        ).public_id,
        "invite": staffing.invite_staff(
            shop_id=shop_id, actor_id=owner, role="clerk",
            handle=people.cards([ids["buyer"]])[ids["buyer"]].handle,
        ).public_id,
        "invite_token": staffing.invite_staff(shop_id=shop_id, actor_id=owner, role="clerk").token,
    }  # fmt: skip


def _picked(shop_id: int, rival_id: int, ids: dict[str, int]) -> str:
    """Goods of the rival's that the shop sells for it."""
    card = goods.list_goods(
        shop_id=rival_id, title="春茶", category="茶", body="明前。", skus=[NewSku("", 9000, 50)]
    )
    offer = goods.offer_goods(
        shop_id=rival_id, public_id=card.public_id, actor_id=ids["rival"], rate_bps=1000
    )
    return goods.pick_goods(shop_id=shop_id, offer_id=offer, person_id=ids["owner"])


def _proposed(rival: ShopCard, ids: dict[str, int]) -> str:
    """The rival asks the shop to work with it."""
    now = clock.now()
    new = NewCooperation(SLUG, 1000, now, now + timedelta(days=30))
    return spread.propose(shop=rival, new=new, actor_id=ids["rival"])


def _bought(shop_id: int, ids: dict[str, int], things: dict[str, Any]) -> dict[str, Any]:
    buyer = ids["buyer"]
    card = goods.goods_of_shop(shop_id).items[0]
    sku = goods.goods_detail(card.public_id).skus[0]
    cart.add_to_cart(buyer_id=buyer, lines=[(sku, 1)])
    address = cart.save_address(person_id=buyer, address=HOME)
    placed = trade.place_order(buyer_id=buyer, lines=[(sku.sku_id, 1)], address=HOME)
    attempt = trade.start_payment(buyer_id=buyer, number=placed.payment_number)
    sandbox.decide(attempt.number, "pay")
    deliver(SandboxCharge.objects.get(payment_number=attempt.number))
    group = groups.open_group(
        buyer_id=buyer, plan_id=things["group_plan"], sku_id=sku.sku_id, count=1, address=HOME
    )
    kept = media.store_picture(owner_id=buyer, file=drawn())
    note = scene.publish_note(
        author_id=buyer, title="喝茶", body="好喝", topics=["茶"], picture_ids=[kept.id]
    )
    said = scene.comment(person_id=buyer, public_id=note.public_id, body="真好")
    shared = spread.share(person_id=buyer, object_type="goods", object_id=card.public_id)
    return {
        "line": CartRow.objects.get(buyer_id=buyer).pk, "address": address,
        "order": placed.order_numbers[0], "payment": placed.payment_number,
        "attempt": attempt.number, "picture": kept.public_id, "note": note.public_id,
        "video": media.store_video(owner_id=buyer, file=film()).public_id, "ending": "mp4",
        "share": shared.token, "comment": said.public_id, "group": group.group_public_id,
    }  # fmt: skip


def _doors(ids: dict[str, int]) -> tuple[dict[str, Client], dict[str, Client]]:
    pages, programs = {"stranger": Client()}, {"stranger": Client()}
    for name, pk in ids.items():
        pages[name] = Client()
        pages[name].force_login(
            get_user_model().objects.get(pk=pk),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        token = people.issue_token(pk, "matrix")
        people.person_for_token(token)  # notes the first use, so that no later one is a change
        programs[name] = Client(headers={"Authorization": f"Bearer {token}"})
    return pages, programs


@cache
def _question() -> str:
    """One statement that reads every row of every table; PostgreSQL digests each table itself."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - {"guard_bucket"}
    tables = [quote(name) for name in sorted(names)]
    if connection.vendor != "postgresql":
        return ";".join(f"SELECT * FROM {table}" for table in tables)
    return " UNION ALL ".join(
        f"SELECT {n}, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
        for n, table in enumerate(tables)
    )


def fingerprint() -> str:
    """A digest of every row of every table, but the counters of the rate limits: refusals are counted too."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for question in _question().split(";"):
            cursor.execute(question)
            rows = sorted(repr(row) for row in cursor.fetchall())  # a union comes in any order
            digest.update(repr(rows).encode())
    return digest.hexdigest()
