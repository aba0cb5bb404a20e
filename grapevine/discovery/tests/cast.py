"""The fixed cast: Alice buys, Bob sells, Carol moderates, Dan is blocked by Alice, Eve probes."""

import io
from dataclasses import dataclass

from PIL import Image

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, NewSku, ShopCard
from grapevine.media import facade as media
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteCard

PASSWORD = "vine-and-grape-7"


@dataclass(frozen=True, slots=True)
class Cast:
    alice: int
    bob: int
    carol: int
    dan: int
    eve: int
    shop: ShopCard
    cup: GoodsCard
    vase: GoodsCard


def sign_up(name: str) -> int:
    return people.sign_up(identifier=f"{name.lower()}@example.com", password=PASSWORD, name=name)


def picture(owner_id: int, *, colour: str = "#dcb7a2", size: tuple[int, int] = (60, 80)) -> int:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    file.seek(0)
    return media.store_picture(owner_id=owner_id, file=file).id


def upload(name: str = "a.png") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 80), "#336644").save(file, "PNG")
    file.seek(0)
    file.name = name
    return file


def sell(shop: ShopCard, title: str, category: str = "家居", price_minor: int = 6900) -> GoodsCard:
    return goods.list_goods(
        shop_id=shop.id, title=title, category=category, body="手工。",
        skus=[NewSku(option="默认", price_minor=price_minor, stock=9)], picture_ids=[],
    )  # fmt: skip


def gather() -> Cast:
    alice, bob, carol, dan, eve = map(sign_up, ["Alice", "Bob", "Carol", "Dan", "Eve"])
    people.block(person_id=alice, other_id=dan)
    shop = goods.open_shop(
        owner_id=bob, slug="halfday", name="半日", colour="#8d3b1f", bio="慢慢来"
    )
    cup, vase = sell(shop, "粗陶马克杯"), sell(shop, "小口花瓶", price_minor=5800)
    return Cast(alice, bob, carol, dan, eve, shop, cup, vase)


def write(
    author_id: int, title: str = "用了三个月的粗陶杯", *, goods_public_ids: tuple[str, ...] = (),
    topics: tuple[str, ...] = (), body: str = "", pictures: int = 1,
) -> NoteCard:  # fmt: skip
    return scene.publish_note(
        author_id=author_id, title=title, body=body, topics=topics,
        picture_ids=[picture(author_id) for _ in range(pictures)],
        goods_public_ids=goods_public_ids,
    )  # fmt: skip
