"""Events, sources and live messages, as others see them."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked


class BadLiveToken(DomainError):
    code = "signals.bad_live_token"
    status = 403
    message = marked("这个实时频道已过期，请刷新页面")


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


LOG_COLUMNS = (
    "id", "ts", "person_id", "visitor_id", "shop_id", "surface", "verb", "object_type",
    "object_id", "position", "request_id", "share_token", "parent_token", "channel", "region",
    "props",
)  # fmt: skip
"""Columns of one row of the behaviour log; `docs/FLOWS.md` explains them."""
