"""What the rest of the house may call."""

from grapevine.guard.actions import audit, limit, note
from grapevine.guard.contracts import AuditFilter, AuditView, Refused, Verdict
from grapevine.guard.idempotency import answer_before, is_undone, once
from grapevine.guard.queries import audit_actions, desk_days, trail
from grapevine.guard.rules import screen, screen_goods
from grapevine.guard.wording import (
    HEAD,
    action_label,
    csv_row,
    filter_from,
    name_actions,
    value_text,
)
from grapevine.kit.rates import address_of

__all__ = [
    "HEAD",
    "AuditFilter",
    "AuditView",
    "Refused",
    "Verdict",
    "action_label",
    "address_of",
    "answer_before",
    "audit",
    "audit_actions",
    "csv_row",
    "desk_days",
    "filter_from",
    "is_undone",
    "limit",
    "name_actions",
    "note",
    "once",
    "require_clean",
    "screen",
    "screen_goods",
    "trail",
    "value_text",
]


def require_clean(text: str) -> None:
    """Raise Refused with the quoted hits if the text may not be published."""
    verdict = screen(text)
    if verdict.blocked:
        raise Refused(hits="、".join(hit.text for hit in verdict.hits))
