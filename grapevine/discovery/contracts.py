"""Feeds, recommendations and findings as others see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from grapevine.goods.contracts import GoodsCard, ShopCard
from grapevine.kit.errors import BadInput, DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.scene.contracts import NoteCard
from grapevine.signals.contracts import Event


class Tab(StrEnum):
    ALL = "all"
    FOLLOWING = "following"


class Kind(StrEnum):
    """What can be found by words."""

    NOTE = "note"
    GOODS = "goods"
    SHOP = "shop"


class Channel(StrEnum):
    """Which recall channel brought a card; kept with every impression."""

    FOLLOWS = "follows"
    SOCIAL = "social"
    ITEMS = "items"
    MODEL = "model"
    INTERESTS = "interests"
    WORDS = "words"
    NEARBY = "nearby"
    FRESH = "fresh"
    TRENDING = "trending"
    POPULAR = "popular"
    EXPLORE = "explore"
    AGAIN = "again"
    VISIT = "visit"
    """Goods like those looked at a moment ago."""
    LOCAL = "local"
    PARTNER = "partner"
    """Goods of a shop that this one works with."""
    NEIGHBOURS = "neighbours"
    """Goods of the categories that people tied to somebody keep to, and they themself do not yet."""


class Reason(StrEnum):
    """Why goods are shown to somebody; the words are in `web/reasons.py`."""

    FOLLOWED = "followed"
    """Somebody they follow bought it, and lets friends know."""
    FRIEND = "friend"
    NEAR = "near"
    BESIDE = "beside"
    VISIT = "visit"
    OFTEN = "often"
    PICKED = "picked"
    LOCAL = "local"
    POPULAR = "popular"
    PARTNER = "partner"
    NEW = "new"
    """Put on the shelf of late."""
    WRITTEN = "written"
    """About the words they write and read."""
    AROUND = "around"
    """What people around them like; never who."""


PICKED = "picked"
"""What stands for `social` and `model` where a shopper can read it: who has one friend knows whom `social` speaks of."""


@dataclass(frozen=True, slots=True)
class Served:
    """One place of a feed: which note, at which place of the session (from 1), by which channel.

    `propensity`: the chance with which a note on trial was drawn, 0 for others; `why`: the name it was found by.
    """

    note_id: int
    position: int
    channel: str
    version: int
    likes: int
    liked: bool
    propensity: float = 0.0
    why: str = ""

    @property
    def told(self) -> str:
        """What the shopper's side is told of the channel; operators see the channel itself."""
        return PICKED if self.channel in (Channel.SOCIAL, Channel.MODEL) else self.channel


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of a feed. `request_id` names this answer in the behaviour log."""

    items: Sequence[Served]
    next_cursor: str | None
    request_id: str
    personal: bool

    @property
    def note_ids(self) -> list[int]:
        return [item.note_id for item in self.items]


@dataclass(frozen=True, slots=True)
class Suggested:
    """Goods with why: `about` is the friend's name, or the category, where the reason speaks of one.

    `via` names the agreement by which a shop shows another's goods; "" for its own. `segment`: of which readers the weights
    are that gave the place to the channel; "" where no weights did.
    """

    goods: GoodsCard
    channel: str
    reason: Reason = Reason.POPULAR
    about: str = ""
    via: str = ""
    segment: str = ""

    @property
    def told(self) -> str:
        """What the shopper's side is told of the channel: no more than the reason says."""
        return PICKED if self.reason == Reason.PICKED else self.channel


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search; of the three lists only that of the asked kind is filled.

    `widened` says that nothing held every word, so that these are the nearest.
    """

    kind: Kind
    notes: Sequence[NoteCard] = ()
    goods: Sequence[GoodsCard] = ()
    shops: Sequence[ShopCard] = ()
    next_cursor: str | None = None
    widened: bool = False
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewAct:
    """One act of a bulk import: `act` is click, like, collect, comment or order."""

    person_id: int
    act: str
    at: datetime
    goods_ids: Sequence[int] = ()
    note_id: int = 0


class ArtifactInvalid(DomainError):
    """An artifact's arrays do not fit together; the one in force stays."""

    code = "discovery.artifact_invalid"
    status = 422
    message = marked("这份模型的数据对不上，没有启用")


class ModelNotFound(NotFound):
    code = "discovery.model_not_found"
    message = marked("没有叫“%(name)s”的模型")
    remedy = marked("有这些模型：%(known)s")


class VersionNotKept(DomainError):
    code = "discovery.version_not_kept"
    status = 422
    message = marked("模型“%(name)s”没有留着这个版本，没有换")
    remedy = marked("留着的版本，最新的在前：%(known)s")


class NothingEarlier(DomainError):
    code = "discovery.nothing_earlier"
    status = 422
    message = marked("模型“%(name)s”没有更早的版本，没有换")
    remedy = marked("有了新版以后，才能退回现在这一版")


class QueryTooLong(BadInput):
    code = "discovery.query_too_long"
    message = marked("搜索词最多 80 个字")


@dataclass(frozen=True, slots=True)
class WishView:
    """What a person said of a tag or a thing. `key`: its public name (id, handle, slug); `label`: what pages call it."""

    kind: str
    key: str
    is_wanted: bool
    label: str
    at: datetime
    url: str = ""


class NothingToSteer(NotFound):
    code = "discovery.nothing_to_steer"
    message = marked("没有找到你说的这个")


@dataclass(frozen=True, slots=True)
class _Said(Event):
    """`object_type` is note or goods, `object_id` its public id."""

    person_id: int
    object_type: str
    object_id: str
    at: str


@dataclass(frozen=True, slots=True)
class NotWanted(_Said):
    """Somebody is not interested in this."""

    name: ClassVar[str] = "discovery.not_wanted"


@dataclass(frozen=True, slots=True)
class MoreWanted(_Said):
    """Somebody asked for more of the like."""

    name: ClassVar[str] = "discovery.more_wanted"


@dataclass(frozen=True, slots=True)
class WordTakenBack(_Said):
    """Somebody took back what they had said of this, that they want more or nothing of it: it counts as never said."""

    name: ClassVar[str] = "discovery.word_taken_back"


@dataclass(frozen=True, slots=True)
class Tag:
    """A category or topic used about a person. `source`: said, bought, liked, browsed; dropped: not used."""

    kind: str
    key: str
    source: str
    at: datetime | None
