"""Notices as others see them."""

from dataclasses import dataclass
from datetime import datetime

from grapevine.kit.errors import NotFound
from grapevine.kit.text import marked

OFF, SITE, MAIL = "off", "site", "mail"
WAYS = (OFF, SITE, MAIL)
CALL = "shop_call"
"""The kind by which a shop asks somebody to share again."""
CALL_DAYS = 30
"""One call of a shop to a person in so many days; so long calls are remembered, whatever NOTICE_DAYS says."""


class NoticeNotFound(NotFound):
    code = "reach.notice_not_found"
    message = marked("这条通知不在了")
    remedy = marked("通知只保留一段时间")


@dataclass(frozen=True, slots=True)
class NoticeView:
    """`text` is in the reader's language; `url` is "" where the thing is gone."""

    public_id: str
    kind: str
    topic: str
    text: str
    url: str
    at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """How one kind reaches a person: off, site or mail."""

    kind: str
    label: str
    topic: str
    way: str
    hint: str = ""
