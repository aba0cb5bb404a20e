"""Events, sources and live messages, as others see them."""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, ClassVar

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked


class BadLiveToken(DomainError):
    code = "signals.bad_live_token"
    status = 403
    message = marked("这个实时频道已过期，请刷新页面")


class TooManyEvents(DomainError):
    code = "signals.too_many_events"
    status = 429
    message = marked("操作太快了，请 %(retry_after)s 秒后再试")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, told upward. Subclasses are frozen, JSON-able and past tense.

    By convention fields are called person_id, shop_id, object_type, object_id and `at` (ISO 8601),
    so that the behaviour log can fill its columns from any event.
    """

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a visit or an order came from. Strings are public ids; empty means none."""

    surface: str = ""
    share_token: str = ""
    note: str = ""
    group: str = ""

    @property
    def channel(self) -> str:
        """The one channel this counts for: the most personal that is known."""
        if self.group:
            return "group"
        if self.share_token:
            return "share"
        if self.note:
            return "note"
        return self.surface if self.surface in {"search", "feed", "shop"} else "direct"

    def as_dict(self) -> dict[str, str]:
        return {
            "surface": self.surface, "share_token": self.share_token, "note": self.note,
            "group": self.group, "channel": self.channel,
        }  # fmt: skip


SOURCE_TEXT_MAX = 60


@lru_cache(maxsize=1024)
def source_from(text: str, *, share_token: str = "") -> Source:
    """Read `?from=` ("note:ab12", "group:cd34", "search", "feed", "shop"); nonsense is "direct"."""
    kind, _, value = text[:SOURCE_TEXT_MAX].partition(":")
    token = share_token[:SOURCE_TEXT_MAX]
    if kind == "note":
        return Source(surface="note", note=value, share_token=token)
    if kind == "group":
        return Source(surface="group", group=value, share_token=token)
    surface = kind if kind in {"search", "feed", "shop"} else "direct"
    return Source(surface=surface, share_token=token)


@dataclass(frozen=True, slots=True)
class SeenCard:
    """What one person saw or chose (`verb`: impression or click) at a place of a list that `request_id` names.

    `by_app`: a program says so, whose pages the house does not draw; then a `view`, and what stood in no list, are told, too.
    """

    person_id: int
    verb: str
    object_type: str
    object_id: str
    request_id: str
    position: int
    by_app: bool = False


SCHEMA_VERSION = 3
"""Of the rows below. A new column or verb makes a new number; a column never changes its meaning, nor goes away."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the log. `kind`: text, whole, real or moment; `since`: the version that brought it."""

    name: str
    kind: str
    meaning: str
    since: int = 1


COLUMNS = (
    Column("id", "text", "unique in the log; pages choose 8 to 64 letters, domain events are `outbox-<number>`"),
    Column("ts", "moment", "when it happened, by our clock; its local day is the row's day"),
    Column("person_id", "whole", "who did it, if they were signed in; from the session or token, never from the body"),
    Column("visitor_id", "text", "the browser or app; `~…` is a name for one day of somebody who did not consent"),
    Column("shop_id", "whole", "the shop it concerns"),
    Column("surface", "text", "the page or place where it happened"),
    Column("verb", "text", "what was done: a page verb or the dotted name of a domain event"),
    Column("object_type", "text", "what it was done to: note, goods, shop, group, person"),
    Column("object_id", "text", "its public id"),
    Column("position", "whole", "the place in the list it was shown at; seconds for `dwell`"),
    Column("request_id", "text", "the list it was shown in"),
    Column("share_token", "text", "the share that brought the visit"),
    Column("parent_token", "text", "the share that brought the sharer"),
    Column("channel", "text", "the one channel it counts for: group, share, note, search, feed, shop, live or direct"),
    Column("region", "text", "as coarse as a city, or empty"),
    Column("props", "text", "JSON: the whole payload of a domain event"),
    Column("client_ts", "moment", "when it happened by the sender's clock, as it was sent", 2),
    Column("received_at", "moment", "when it came in; for a domain event when it was emitted", 2),
    Column("session_id", "text", "the visit: made by the page, ends with the tab", 2),
    Column("origin", "text", "page, app (a bearer token), domain (the outbox) or import", 2),
    Column("consent", "text", "the scopes that held when it came in, with commas: `service`, `service,personalise`", 2),
    Column("propensity", "real", "the chance with which it was chosen to be shown", 2),
    Column("model_version", "text", "the model that chose it", 2),
    Column("version", "whole", "of this schema, under which the row was written", 2),
    Column("device", "text", "phone, tablet, desktop, mini-app or api (a program), by what the browser says; empty for domain events", 3),
)  # fmt: skip
LOG_COLUMNS = tuple(column.name for column in COLUMNS)
"""Columns of one row of the behaviour log; `docs/EVENTS.md` is made of them."""


@dataclass(frozen=True, slots=True)
class Verb:
    """What a page may say. `scope`: service is kept without consent, but then without who; the other only with it."""

    name: str
    scope: str
    meaning: str
    since: int = 1


SERVICE, PERSONALISE = "service", "personalise"
BOTH = f"{SERVICE},{PERSONALISE}"
PAGE_VERBS = (
    Verb("view", SERVICE, "a page about the object was opened"),
    Verb("click", SERVICE, "a card was chosen"),
    Verb("like", SERVICE, "liked"),
    Verb("collect", SERVICE, "put into a collection"),
    Verb("comment", SERVICE, "commented"),
    Verb("follow", SERVICE, "followed"),
    Verb("share", SERVICE, "shared"),
    Verb("open_share", SERVICE, "came by a share"),
    Verb("cart", SERVICE, "put into the cart"),
    Verb("checkout", SERVICE, "began to order", 2),
    Verb("hide", SERVICE, "asked not to see it again"),
    Verb("report", SERVICE, "reported"),
    Verb("impression", PERSONALISE, "at least half visible for a second"),
    Verb("dwell", PERSONALISE, "stayed on a page; `position` has the seconds"),
    Verb("search", PERSONALISE, "searched; `object_id` has no words, only what was found"),
)
PEOPLE_FIELDS = frozenset(
    ["person_id", "followee_id", "other_id", "buyer_id", "new_person_id", "sharer_id", "author_id"]
)
"""Fields of events that name a person; erasing a person takes them out of `props` under these names."""
