"""The trail with names: three queries a page (entries, people, pictures)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditView
from grapevine.kit.paging import Page
from grapevine.people import facade as people
from grapevine.people.contracts import PersonNotFound

ROWS = 50
CSV_ROWS_MAX = 10_000
NOBODY = 0


def trail_page(
    asked: Mapping[str, str], *, shop_id: int | None, cursor: str | None = None, limit: int = ROWS
) -> Page[AuditView]:
    """What the filters `who` (a handle), `action`, `object` and `day` leave of the trail."""
    actor_id: int | None = None
    if asked.get("who"):
        try:
            actor_id = people.card_by_handle(asked["who"].lstrip("@")).id
        except PersonNotFound:
            actor_id = NOBODY
    wanted = guard.filter_from(asked, shop_id=shop_id, actor_id=actor_id)
    return guard.trail(wanted, cursor=cursor, limit=limit)


def rows_of(entries: Iterable[AuditView]) -> list[dict[str, Any]]:
    found = list(entries)
    cards = people.cards([one.actor_id for one in found if one.actor_id])
    rows = []
    for entry in found:
        card = cards.get(entry.actor_id or 0)
        rows.append({
            "entry": entry, "who": card.name if card else _("系统"),
            "handle": card.handle if card else "", "label": guard.action_label(entry.action),
            "before": guard.value_text(entry.before), "after": guard.value_text(entry.after),
        })  # fmt: skip
    return rows
