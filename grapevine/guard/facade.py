"""What the rest of the house may call."""

from grapevine.guard.actions import audit, limit
from grapevine.guard.contracts import Refused, Verdict
from grapevine.guard.idempotency import answer_before, is_undone, once
from grapevine.guard.rates import address_of
from grapevine.guard.rules import screen, screen_goods

__all__ = [
    "Refused",
    "Verdict",
    "address_of",
    "answer_before",
    "audit",
    "is_undone",
    "limit",
    "once",
    "require_clean",
    "screen",
    "screen_goods",
]


def require_clean(text: str) -> None:
    """Raise Refused with the quoted hits if the text may not be published."""
    verdict = screen(text)
    if verdict.blocked:
        raise Refused(hits="、".join(hit.text for hit in verdict.hits))
