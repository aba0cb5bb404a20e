"""What a behaviour row from a page may hold."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

VERBS = frozenset(
    [
        "view",
        "impression",
        "click",
        "dwell",
        "like",
        "collect",
        "comment",
        "follow",
        "share",
        "open_share",
        "search",
        "cart",
        "hide",
        "report",
    ]
)
EVENT_ID = re.compile(r"[\w-]{8,64}")
NAME = re.compile(r"[\w.:-]{0,80}")
LATE_MAX = timedelta(days=7)
AHEAD_MAX = timedelta(minutes=5)
TEXT_COLUMNS = ("surface", "object_type", "object_id", "request_id", "share_token", "region")


def clean_row(raw: Mapping[str, Any], *, now: datetime) -> dict[str, Any] | None:
    """A page's event as a log row, or None if it is not one.

    A clock that is ahead or more than a week behind is replaced by the moment of arrival.
    """
    event_id, verb = str(raw.get("id", "")), str(raw.get("verb", ""))
    if not EVENT_ID.fullmatch(event_id) or verb not in VERBS:
        return None
    row: dict[str, Any] = {"id": event_id, "verb": verb}
    for column in TEXT_COLUMNS:
        value = str(raw.get(column) or "")
        if not NAME.fullmatch(value):
            return None
        row[column] = value
    row["ts"] = _moment(raw.get("ts"), now).isoformat()
    row["shop_id"] = _whole(raw.get("shop_id"))
    row["position"] = _whole(raw.get("position"))
    return row


def _moment(value: Any, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return now
    if moment.tzinfo is None or moment > now + AHEAD_MAX or moment < now - LATE_MAX:
        return now
    return moment


def _whole(value: Any) -> int | None:
    text = str(value if value is not None else "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
