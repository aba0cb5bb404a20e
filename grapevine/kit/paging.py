"""Cursors: opaque to clients, bounded, stable under inserts."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked

T = TypeVar("T")
LIMIT_DEFAULT = 20
LIMIT_MAX = 100
CURSOR_LENGTH_MAX = 512


class BadCursor(DomainError):
    code = "bad_cursor"
    status = 400
    message = marked("翻页位置不对，请回到第一页")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: Sequence[T]
    next_cursor: str | None = None


def clamp(limit: int | None) -> int:
    return max(1, min(limit or LIMIT_DEFAULT, LIMIT_MAX))


def encode_cursor(*values: Any) -> str:
    raw = json.dumps(values, separators=(",", ":"), default=str).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(cursor: str, types: Sequence[type]) -> list[Any]:
    """The values put in by `encode_cursor`, checked against `types`; raises BadCursor."""
    try:
        if len(cursor) > CURSOR_LENGTH_MAX:
            raise BadCursor
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error
    if not isinstance(values, list) or len(values) != len(types):
        raise BadCursor
    for value, kind in zip(values, types, strict=True):
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BadCursor
        if isinstance(value, int) and abs(value) >= 2**63:
            raise BadCursor
    return values
