"""Telling a shop of what may come by the thousand: the first few of an hour each, the rest of it in one notice that counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.reach.actions import channel_of
from grapevine.reach.contracts import MAIL, OFF
from grapevine.reach.models import Choice, Notice
from grapevine.reach.rules.kinds import KINDS, way_unless_chosen
from grapevine.signals import facade as signals

SINGLY = 3
COUNTED_MAX = 99
"""A notice counts no further: it says "99+", and what happens after it is as good as known."""


@dataclass(frozen=True, slots=True)
class _One:
    """One of the many: `item` names it, `slots` are the keys an hour has, the last of them for the rest of the hour."""

    kind: str
    item: str
    slots: tuple[str, ...]
    shop_id: int
    facts: Mapping[str, Any]


def tell_shop_of_each(
    *, kind: str, item: str, at: str, shop_id: int, facts: Mapping[str, Any]
) -> int:
    """Tell those of the staff whose role may know, each as they chose; how many notices are new or count further now.

    `at` (ISO 8601) is when it happened and names the hour, so that the same `item` again, however late, changes nothing.
    """
    right = KINDS[kind].right
    assert right is not None, kind
    slots = tuple(f"{kind}:{shop_id}:{at[:13]}:{n}" for n in range(SINGLY + 1))
    one = _One(kind, item, slots, shop_id, facts)
    staff = sorted(goods.people_with(shop_id, right))
    ways = dict(
        Choice.objects.filter(person_id__in=staff, kind=kind).values_list("person_id", "way")
    )
    chosen = {person_id: ways.get(person_id, way_unless_chosen(kind)) for person_id in staff}
    return sum(_tell(one, person_id, way) for person_id, way in chosen.items() if way != OFF)


@transaction.atomic
def _tell(one: _One, person_id: int, way: str) -> bool:
    """In the first slot that is free. Two workers at one slot: the second goes on to the next."""
    mine = Notice.objects.filter(person_id=person_id, key__in=one.slots)
    taken = {row.key: row.facts["items"] for row in mine}
    if any(one.item in items for items in taken.values()):
        return False
    now = clock.now()
    mail_at = now if way == MAIL else None
    for slot in one.slots:
        is_rest = slot == one.slots[-1]
        if slot in taken and not is_rest:
            continue
        facts = {"variant": "more", "count": "1"} if is_rest else dict(one.facts)
        row, is_new = Notice.objects.get_or_create(
            person_id=person_id, key=slot,
            defaults={
                "shop_id": one.shop_id, "kind": one.kind, "at": now, "mail_at": mail_at,
                "facts": {**facts, "items": [one.item]},
            },
        )  # fmt: skip
        if is_new or (is_rest and _count_on(row.pk, one.item, mails=way == MAIL)):
            signals.publish(channel_of(person_id), {"kind": one.kind})
            return True
        if one.item in row.facts["items"]:
            return False
    return False


def _count_on(notice_id: int, item: str, *, mails: bool) -> bool:
    """One more in the hour's last notice, which is unread again. False if it was counted, or counts no further."""
    row = Notice.objects.select_for_update().get(pk=notice_id)
    items = row.facts["items"]
    if item in items or len(items) >= COUNTED_MAX:
        return False
    items = [*items, item]
    count = f"{len(items)}+" if len(items) == COUNTED_MAX else str(len(items))
    now = clock.now()
    Notice.objects.filter(pk=notice_id).update(
        facts={**row.facts, "items": items, "count": count}, at=now, read_at=None,
        mail_at=now if mails else None,
    )  # fmt: skip
    return True
