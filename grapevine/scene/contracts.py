"""Notes as others see them: cards, details, events, refusals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from grapevine.goods.contracts import GoodsCard
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.media.contracts import PictureCard
from grapevine.people.contracts import PersonCard
from grapevine.signals.contracts import Event


class NoteState(StrEnum):
    """draft: its author alone sees it. review: waiting for a moderator. published: everyone."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class NoteCard:
    id: int
    public_id: str
    title: str
    author: PersonCard
    cover: PictureCard | None
    likes: int
    goods_ids: tuple[int, ...]
    published_at: datetime | None
    sponsored: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What may change under a cached card: one row of one query."""

    id: int
    version: int
    likes: int
    liked: bool
    author_id: int


@dataclass(frozen=True, slots=True)
class Dot:
    """Where a goods is on a picture: basis points of its width and height."""

    picture: int
    x_bps: int
    y_bps: int


@dataclass(frozen=True, slots=True)
class TaggedGoods:
    goods: GoodsCard
    dot: Dot | None = None


@dataclass(frozen=True, slots=True)
class NoteDetail:
    card: NoteCard
    body: str
    topics: tuple[str, ...]
    pictures: tuple[PictureCard, ...]
    tagged: tuple[TaggedGoods, ...]
    state: NoteState
    collects: int
    comments: int
    region: str = ""
    liked: bool = False
    collected: bool = False
    following: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class WaitingNote:
    """A note in review and the wording that sent it there."""

    note: NoteDetail
    hits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommentView:
    public_id: str
    author: PersonCard
    body: str
    at: datetime
    by_author: bool = False
    mine: bool = False
    replies: tuple["CommentView", ...] = ()


@dataclass(frozen=True, slots=True)
class NoteIndexRow:
    """Everything discovery needs to find and recall a note."""

    id: int
    public_id: str
    author_id: int
    title: str
    body: str
    topics: tuple[str, ...]
    goods_ids: tuple[int, ...]
    published_at: datetime
    likes: int
    collects: int
    comments: int
    region: str = ""


@dataclass(frozen=True, slots=True)
class NewNote:
    """One note of a bulk import; already published, not screened again."""

    author_id: int
    title: str
    body: str = ""
    topics: Sequence[str] = ()
    picture_ids: Sequence[int] = ()
    goods_ids: Sequence[int] = ()
    published_at: datetime | None = None
    region: str = ""
    sponsored: bool = False


@dataclass(frozen=True, slots=True)
class NewReaction:
    """One like or collect of a bulk import."""

    note_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NewComment:
    note_id: int
    author_id: int
    body: str
    at: datetime


# ---- events ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NotePublished(Event):
    name: ClassVar[str] = "scene.note_published"
    person_id: int
    object_id: str
    note_id: int
    goods_ids: list[int] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    object_type: str = "note"
    at: str = ""


@dataclass(frozen=True, slots=True)
class NoteChanged(Event):
    name: ClassVar[str] = "scene.note_changed"
    person_id: int
    object_id: str
    note_id: int
    goods_ids: list[int] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    object_type: str = "note"
    at: str = ""


@dataclass(frozen=True, slots=True)
class NoteDeleted(Event):
    """Also told when a published note is taken back to draft or to review."""

    name: ClassVar[str] = "scene.note_deleted"
    person_id: int
    object_id: str
    note_id: int
    object_type: str = "note"
    at: str = ""


@dataclass(frozen=True, slots=True)
class _Reaction(Event):
    person_id: int
    object_id: str
    note_id: int
    author_id: int
    goods_ids: list[int] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    object_type: str = "note"
    at: str = ""


@dataclass(frozen=True, slots=True)
class NoteLiked(_Reaction):
    name: ClassVar[str] = "scene.note_liked"


@dataclass(frozen=True, slots=True)
class NoteUnliked(_Reaction):
    name: ClassVar[str] = "scene.note_unliked"


@dataclass(frozen=True, slots=True)
class NoteCollected(_Reaction):
    name: ClassVar[str] = "scene.note_collected"


@dataclass(frozen=True, slots=True)
class NoteUncollected(_Reaction):
    name: ClassVar[str] = "scene.note_uncollected"


@dataclass(frozen=True, slots=True)
class NoteCommented(_Reaction):
    name: ClassVar[str] = "scene.note_commented"


@dataclass(frozen=True, slots=True)
class NotesImported(Event):
    """Notes `first_id` to `last_id` were imported."""

    name: ClassVar[str] = "scene.notes_imported"
    first_id: int
    last_id: int
    at: str = ""


@dataclass(frozen=True, slots=True)
class NotesRecounted(Event):
    """Likes, collects or comments of these notes (at most a thousand) were imported."""

    name: ClassVar[str] = "scene.notes_recounted"
    note_ids: list[int]
    at: str = ""


# ---- refusals --------------------------------------------------------------------------------


class NoteNotFound(NotFound):
    code = "scene.note_not_found"
    message = marked("这篇笔记不在了")
    remedy = marked("它可能已被作者删除")


class TopicNotFound(NotFound):
    code = "scene.topic_not_found"
    message = marked("还没有人写这个话题")
    remedy = marked("你可以写第一篇")


class CommentNotFound(NotFound):
    code = "scene.comment_not_found"
    message = marked("这条评论不在了")


class NoteRefused(DomainError):
    """The screening stopped the text. `hit` is the exact wording to change."""

    code = "scene.note_refused"
    status = 422
    message = marked("「%(hit)s」不能出现在这里")
    remedy = marked("改掉这几个字就能发布")


class NoteIncomplete(DomainError):
    code = "scene.note_incomplete"
    status = 422
    message = marked("笔记还差一点")
