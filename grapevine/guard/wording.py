"""The trail in plain words: what an action is called, and what it changed."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from grapevine.guard.contracts import AuditFilter, AuditView

_names: dict[str, str] = {}
HEAD = ("at", "actor", "action", "object", "before", "after")


def name_actions(names: Mapping[str, str]) -> None:
    """Filled in by the modules whose actions these are: `staff.role` → 改角色, marked for translation."""
    _names.update(names)


def action_label(action: str) -> str:
    return _(_names[action]) if action in _names else action


def value_text(value: object) -> str:
    """`role=clerk, on=True`, one line; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={value_text(one) or '–'}" for name, one in value.items())
    if isinstance(value, list):
        return "; ".join(value_text(one) for one in value)
    return str(value)


def csv_row(entry: AuditView, actor: str) -> tuple[str, ...]:
    return (
        entry.at.isoformat(), actor, entry.action, entry.object, value_text(entry.before),
        value_text(entry.after),
    )  # fmt: skip


def filter_from(
    query: Mapping[str, str], *, shop_id: int | None, actor_id: int | None
) -> AuditFilter:
    """What an address asks of the trail: `action`, `object`, `day`; a day that is none is left out."""
    day = None
    try:
        day = date.fromisoformat(query.get("day", ""))
    except ValueError:
        day = None
    return AuditFilter(
        shop_id=shop_id, actor_id=actor_id, action=query.get("action", "")[:60],
        object=query.get("object", "")[:80], day=day,
    )  # fmt: skip
