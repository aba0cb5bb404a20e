"""What the forms of a purchase say."""

from collections.abc import Mapping

from django.http import HttpRequest

from grapevine.signals.contracts import Source, source_from
from grapevine.trade.contracts import WrongCount
from grapevine.trade.rules.pricing import COUNT_MAX


def number(text: str) -> int | None:
    """A whole number a form sent, or None: digits of other scripts, signs and powers are not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def count(text: str) -> int:
    found = number(text)
    if found is None:
        raise WrongCount(most=COUNT_MAX)
    return found


def source(request: HttpRequest, data: Mapping[str, str]) -> Source:
    return source_from(data.get("from", ""), share_token=request.COOKIES.get("gv_share", ""))
