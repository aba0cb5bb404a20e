"""What endpoints give."""

from datetime import datetime

from ninja import Schema

from grapevine.discovery.contracts import Suggested
from grapevine.discovery.web.reasons import said
from grapevine.goods.contracts import GoodsCard, ShopCard
from grapevine.scene.contracts import NoteCard


class AuthorOut(Schema):
    handle: str
    name: str
    avatar: str


class CoverOut(Schema):
    url: str
    srcset: str
    width: int
    height: int
    tone: str
    alt: str


class NoteItem(Schema):
    """A note in a list. `position`, with the list's `request_id`, goes back with impressions and clicks of the feed, and so
    does `propensity` where it is not 0: the chance with which a note on trial was drawn. `reason`: why it is here, in words.
    """

    public_id: str
    title: str
    author: AuthorOut
    cover: CoverOut | None
    likes: int
    published_at: datetime | None
    sponsored: bool
    position: int
    channel: str
    propensity: float = 0.0
    reason: str = ""

    @classmethod
    def of(
        cls, card: NoteCard, *, likes: int, position: int, channel: str, propensity: float = 0.0,
        reason: str = "",
    ) -> "NoteItem":  # fmt: skip
        author, cover = card.author, card.cover
        return cls(
            public_id=card.public_id,
            title=card.title,
            author=AuthorOut(handle=author.handle, name=author.name, avatar=author.avatar),
            cover=CoverOut(
                url=cover.url, srcset=cover.srcset, width=cover.width, height=cover.height,
                tone=cover.tone, alt=cover.alt,
            ) if cover else None,
            likes=likes,
            published_at=card.published_at,
            sponsored=card.sponsored,
            position=position,
            channel=channel,
            propensity=propensity,
            reason=reason,
        )  # fmt: skip


class GoodsItem(Schema):
    public_id: str
    title: str
    shop: str
    shop_name: str
    category: str
    cover: str
    price_minor: int
    currency: str
    sold: int
    channel: str
    reason: str = ""
    """Why it is recommended, in words; "" in a search."""
    via: str = ""
    """The agreement by which a shop shows another's goods; buy with it as `pick`."""

    @classmethod
    def of(cls, card: GoodsCard, *, channel: str) -> "GoodsItem":
        return cls(
            public_id=card.public_id,
            title=card.title,
            shop=card.shop_slug,
            shop_name=card.shop_name,
            category=card.category,
            cover=card.cover.url if card.cover else "",
            price_minor=card.price_minor,
            currency=card.currency,
            sold=card.sold,
            channel=channel,
        )

    @classmethod
    def suggested(cls, entry: Suggested) -> "GoodsItem":
        item = cls.of(entry.goods, channel=entry.told)
        item.reason, item.via = said(entry), entry.via
        return item


class ShopItem(Schema):
    slug: str
    name: str
    bio: str
    logo: str

    @classmethod
    def of(cls, shop: ShopCard) -> "ShopItem":
        logo = shop.logo.url if shop.logo else ""
        return cls(slug=shop.slug, name=shop.name, bio=shop.bio, logo=logo)


class FeedOut(Schema):
    items: list[NoteItem]
    next_cursor: str | None
    request_id: str


class FoundOut(Schema):
    """One page; `items` are of the asked kind. `widened`: nothing held every word."""

    kind: str
    items: list[NoteItem | GoodsItem | ShopItem]
    next_cursor: str | None
    widened: bool


class GoodsList(Schema):
    """`request_id`, with each place from 1, goes back with impressions and clicks of this list; "" where nobody is asked."""

    items: list[GoodsItem]
    next_cursor: str | None = None
    request_id: str = ""
