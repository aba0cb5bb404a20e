"""The demo's shops, goods and notes, and which pictures they need."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from grapevine.front.demo.cast import AVATARS, Human
from grapevine.front.demo.pictures import KINDS, Wanted
from grapevine.front.demo.words import eating, living, wearing
from grapevine.front.demo.words.names import SEQUELS
from grapevine.front.demo.words.theme import Brand, Theme

THEMES = (*living.ALL, *wearing.ALL, *eating.ALL)
NOTE_RATIOS = ("3x4", "4x5", "2x3", "1x1", "3x4", "4x3", "4x5")
FIRST_OWNER = 5
MOVED = ("s01g01", "s01g02")
PRICES = ((60, 10_800), (30, 9_400), (0, 10_000))
"""Of MOVED: from so many days ago back, in basis points of today's price."""


@dataclass(slots=True)
class Goods:
    id: str
    shop: "Shop"
    title: str
    short: str
    price: int
    skus: list[tuple[str, str, int]]
    weight: float
    pictures: list[str]
    listed_at: datetime
    body: str
    group_size: int | None = None
    """How many buy it together; None where it is sold singly only."""

    def price_then(self, price: int, days_ago: int) -> int:
        """What a choice of `price` cost so many days ago: the first shop's first two goods were dearer, then cheaper."""
        if self.id not in MOVED:
            return price
        return next(price * bps // 10_000 for since, bps in PRICES if days_ago >= since)

    @property
    def group_price(self) -> int:
        """What it costs bought together: about a fifth less, ending in 9 yuan or 90 fen."""
        return max(100, self.price * 78 // 1000 * 10)


@dataclass(slots=True)
class Shop:
    id: str
    brand: Brand
    theme: Theme
    owner: Human
    opened_at: datetime
    goods: list[Goods] = field(default_factory=list)


@dataclass(slots=True)
class Note:
    id: str
    theme: Theme
    author: Human
    goods: list[Goods]
    published_at: datetime
    appeal: float
    title: str
    body: str
    topics: list[str]
    pictures: list[str]
    region: str

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id, "author_id": self.author.id, "title": self.title, "body": self.body,
            "topics": self.topics, "pictures": self.pictures,
            "goods_ids": [goods.id for goods in self.goods], "published_at": self.published_at,
        }  # fmt: skip


def note_picture(kind: str, number: int) -> str:
    return f"pictures/{kind}-note-{number}.jpg"


def shops(people: list[Human], chance: Random, now: datetime) -> list[Shop]:
    """One shop for each brand; the first belongs to the cast's shop owner."""
    found: list[Shop] = []
    for theme in THEMES:
        for brand in theme.brands:
            owner = people[1] if not found else people[FIRST_OWNER + len(found)]
            opened = max(owner.joined_at, now - timedelta(days=chance.randrange(95, 104)))
            shop = Shop(f"s{len(found) + 1:02d}", brand, theme, owner, opened)
            shop.goods = list(_goods(shop, chance, now))
            found.append(shop)
    return found


def _goods(shop: Shop, chance: Random, now: datetime) -> Iterator[Goods]:
    second = shop.brand is not shop.theme.brands[0]
    offered = list(shop.theme.goods)
    if second:  # the two shops of a category share some goods, at other prices
        chance.shuffle(offered)
        offered = offered[: max(5, len(offered) - 2)]
    for number, (title, short, yuan) in enumerate(offered, start=1):
        key = f"{shop.id}g{number:02d}"
        price = (yuan + (chance.choice((-4, 6, 10)) if second else 0)) * 100
        options = shop.theme.options[: chance.randrange(2, len(shop.theme.options) + 1)]
        skus = [
            (f"{key}-{index}", option, price + (0 if index == 0 else chance.choice((0, 0, 500))))
            for index, option in enumerate(options)
        ]
        if len(offered) > 1 and shop.theme.options[0] in {"一份", "正装", "裸根", "尝鲜装"}:
            skus = [
                (code, option, price * (10 + 6 * i) // 10)
                for i, (code, option, _) in enumerate(skus)
            ]
        yield Goods(
            id=key, shop=shop, title=title, short=short, price=price, skus=skus,
            weight=1 / number**0.8,
            pictures=[f"pictures/{key}.jpg", note_picture(shop.theme.kind, number % len(NOTE_RATIOS))],
            listed_at=shop.opened_at + (now - shop.opened_at) * chance.random() * 0.5,
            body="\n".join(shop.theme.about), group_size=chance.choice((2, 3, 3, 5, 5, None)),
        )  # fmt: skip


def goods_rows(shop: Shop, chance: Random) -> Iterator[dict[str, Any]]:
    for goods in shop.goods:
        for number, (code, option, price) in enumerate(goods.skus):
            yield {
                "id": goods.id, "shop_id": shop.id, "title": goods.title,
                "category": shop.theme.category, "body": goods.body if number == 0 else "",
                "sku": code, "option": option, "price_minor": price, "currency": "CNY",
                "stock": chance.randrange(60, 900),
                "pictures": goods.pictures if number == 0 else "", "listed_at": goods.listed_at,
                "group_size": goods.group_size if number == 0 else "",
                "group_price_minor": goods.group_price if number == 0 and goods.group_size else "",
            }  # fmt: skip


def shop_row(shop: Shop) -> dict[str, Any]:
    return {
        "id": shop.id, "owner_id": shop.owner.id, "slug": shop.brand.slug,
        "name": shop.brand.name, "colour": shop.brand.colour, "bio": shop.brand.bio,
        "logo": f"pictures/logo-{shop.id}.jpg", "opened_at": shop.opened_at,
    }  # fmt: skip


def pictures(found: list[Shop]) -> Iterator[Wanted]:
    """Every raster the world shows: avatars, logos, each goods, a pool for notes of each kind."""
    for number in range(AVATARS):
        yield Wanted(f"avatar-{number:03d}.jpg", "avatar", 0, number, "")
    for number, shop in enumerate(found):
        yield Wanted(f"logo-{shop.id}.jpg", "logo", 0, number, shop.brand.colour)
        for index, goods in enumerate(shop.goods):
            seed = number * 100 + index
            yield Wanted(f"{goods.id}.jpg", shop.theme.kind, seed, seed, "1x1")
    for kind in KINDS:
        for number, ratio in enumerate(NOTE_RATIOS):
            yield Wanted(f"{kind}-note-{number}.jpg", kind, number, 500 + number, ratio)


def notes(
    found: list[Shop], people: list[Human], count: int, chance: Random, now: datetime
) -> list[Note]:
    """`count` notes of the last 120 days; a few authors write many, most write one."""
    writers = sorted(people[5:], key=lambda human: -human.liveliness)[: max(12, len(people) // 6)]
    written: list[Note] = []
    said: set[str] = set()
    for number in range(count):
        theme = THEMES[0] if number % 40 == 0 else chance.choice(THEMES)
        author = (
            people[2]
            if number % 40 == 0
            else chance.choices(writers, [1 / (rank + 3) for rank in range(len(writers))])[0]
        )
        start = max(author.joined_at, now - timedelta(days=100))
        at = start + (now - start) * chance.random() ** 0.8
        written.append(_note(f"n{number + 1:04d}", theme, author, at, found, chance, said))
    return written


def _note(
    key: str, theme: Theme, author: Human, at: datetime, found: list[Shop], chance: Random,
    said: set[str],
) -> Note:  # fmt: skip
    shop = chance.choice([shop for shop in found if shop.theme is theme])
    tagged = chance.sample(shop.goods, k=chance.choice((0, 1, 1, 1, 1, 2, 2, 3)))
    subject = tagged[0].short if tagged else chance.choice(shop.goods).short
    title = chance.choice(theme.titles).format(goods=subject)
    named = [goods for goods in shop.goods if goods.short in title]
    if tagged and named:  # what the title speaks of is what is tagged first
        tagged = [*named, *(goods for goods in tagged if goods not in named)][:3]
    if title in said:
        title += chance.choice(SEQUELS)
    said.add(title)
    lines = chance.sample(theme.lines, k=chance.randrange(3, 6))
    if chance.random() < 0.4:
        about = named[0].short if named else subject
        since = chance.choice(("一周", "半个月", "三个月", "一年"))
        lines.insert(0, f"{about}到手{since}了，说说。")
    topics = chance.sample(theme.topics, k=chance.randrange(1, 4))
    views = chance.sample(range(len(NOTE_RATIOS)), k=chance.choice((1, 1, 2, 2, 3, 4)))
    return Note(
        id=key, theme=theme, author=author, goods=tagged, published_at=at,
        appeal=min(30.0, chance.paretovariate(1.15)), title=title[:60], body="\n".join(lines),
        topics=topics, pictures=[note_picture(theme.kind, view) for view in views],
        region=author.region,
    )  # fmt: skip
