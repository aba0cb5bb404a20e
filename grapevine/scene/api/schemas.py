"""What endpoints take and give."""

from datetime import datetime

from ninja import Schema

from grapevine.kit.api import ListOut
from grapevine.media.contracts import PictureCard
from grapevine.people.contracts import PersonCard
from grapevine.scene.contracts import CommentView, NoteCard, NoteDetail, TaggedGoods


class NoteAuthorOut(Schema):
    handle: str
    name: str
    avatar: str

    @classmethod
    def of(cls, person: PersonCard) -> "NoteAuthorOut":
        return cls(handle=person.handle, name=person.name, avatar=person.avatar)


class NotePictureOut(Schema):
    public_id: str
    url: str
    srcset: str
    width: int
    height: int
    tone: str
    alt: str

    @classmethod
    def of(cls, card: PictureCard) -> "NotePictureOut":
        return cls(
            public_id=card.public_id, url=card.url, srcset=card.srcset, width=card.width,
            height=card.height, tone=card.tone, alt=card.alt,
        )  # fmt: skip


class NoteCardOut(Schema):
    public_id: str
    title: str
    author: NoteAuthorOut
    cover: NotePictureOut | None
    likes: int
    published_at: datetime | None
    sponsored: bool

    @classmethod
    def of(cls, card: NoteCard) -> "NoteCardOut":
        return cls(
            public_id=card.public_id,
            title=card.title,
            author=NoteAuthorOut.of(card.author),
            cover=NotePictureOut.of(card.cover) if card.cover else None,
            likes=card.likes,
            published_at=card.published_at,
            sponsored=card.sponsored,
        )


class DotOut(Schema):
    picture: int
    x_bps: int
    y_bps: int


class TaggedOut(Schema):
    public_id: str
    title: str
    shop: str
    price_minor: int
    currency: str
    on_sale: bool
    dot: DotOut | None

    @classmethod
    def of(cls, tag: TaggedGoods) -> "TaggedOut":
        dot = tag.dot
        return cls(
            public_id=tag.goods.public_id,
            title=tag.goods.title,
            shop=tag.goods.shop_slug,
            price_minor=tag.goods.price_minor,
            currency=tag.goods.currency,
            on_sale=tag.goods.on_sale,
            dot=DotOut(picture=dot.picture, x_bps=dot.x_bps, y_bps=dot.y_bps) if dot else None,
        )


class NoteOut(NoteCardOut):
    body: str
    topics: list[str]
    pictures: list[NotePictureOut]
    goods: list[TaggedOut]
    state: str
    collects: int
    comments: int
    liked: bool
    collected: bool
    following: bool
    mine: bool

    @classmethod
    def whole(cls, note: NoteDetail) -> "NoteOut":
        return cls(
            **NoteCardOut.of(note.card).model_dump(),
            body=note.body,
            topics=list(note.topics),
            pictures=[NotePictureOut.of(card) for card in note.pictures],
            goods=[TaggedOut.of(tag) for tag in note.tagged],
            state=note.state.value,
            collects=note.collects,
            comments=note.comments,
            liked=note.liked,
            collected=note.collected,
            following=note.following,
            mine=note.mine,
        )


class DotIn(Schema):
    goods: str
    picture: int
    x_bps: int
    y_bps: int


class NoteIn(Schema):
    """`pictures` and `goods` are public ids; `draft` keeps the note to its author."""

    title: str
    body: str = ""
    topics: list[str] = []
    pictures: list[str] = []
    goods: list[str] = []
    dots: list[DotIn] = []
    sponsored: bool = False
    draft: bool = False


class NotePatch(Schema):
    """What is left out stays; `publish` lets a draft out."""

    title: str | None = None
    body: str | None = None
    topics: list[str] | None = None
    pictures: list[str] | None = None
    goods: list[str] | None = None
    dots: list[DotIn] = []
    sponsored: bool | None = None
    publish: bool = False


class CommentIn(Schema):
    body: str
    reply_to: str = ""


class CommentOut(Schema):
    public_id: str
    author: NoteAuthorOut
    body: str
    at: datetime
    by_author: bool
    replies: list["CommentOut"] = []

    @classmethod
    def of(cls, comment: CommentView) -> "CommentOut":
        return cls(
            public_id=comment.public_id,
            author=NoteAuthorOut.of(comment.author),
            body=comment.body,
            at=comment.at,
            by_author=comment.by_author,
            replies=[cls.of(reply) for reply in comment.replies],
        )


class ReactionOut(Schema):
    on: bool
    count: int


NoteList = ListOut[NoteCardOut]
CommentList = ListOut[CommentOut]
