"""A shop asks people to come back or to share again: only those who let it, and not often.

Commercial messages need the receiver's consent and a plain way to refuse (Advertising Law of the PRC, article 43;
Personal Information Protection Law, article 24): a kind of its own that anybody switches off, nobody across a block, and
caps over one shop and over all of them. Who brought a shop buyers is called because of what they did: without
personalisation nobody is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.reach.actions import tell
from grapevine.reach.contracts import CALL, CALL_DAYS, OFF
from grapevine.reach.models import Choice, Notice

WEEK_DAYS, WEEK_MOST = 7, 2
"""Calls of all shops to a person in a week."""
CALLED_MAX = 200


@dataclass(frozen=True, slots=True)
class Reachable:
    """Who may be written to now, and why the others may not."""

    ids: tuple[int, ...]
    refused: int
    """Switched this kind off, or personalisation."""
    blocked: int
    rested: int
    """Were called lately, by this shop or by others."""


def callable_among(shop_id: int, person_ids: Iterable[int]) -> Reachable:
    """A dry run: whom `call_fans` would write to now. Five queries."""
    wanted = list(dict.fromkeys(person_ids))[:CALLED_MAX]
    owner = goods.shops([shop_id])[shop_id].owner_id
    off = set(
        Choice.objects.filter(person_id__in=wanted, kind=CALL, way=OFF).values_list(
            "person_id", flat=True
        )
    )
    off |= people.not_personalised(wanted)
    blocked = people.blocked_ids(owner)
    now = clock.now()
    calls: dict[int, list[tuple[bool, bool]]] = {}
    rows = Notice.objects.filter(
        person_id__in=wanted, kind=CALL, at__gt=now - timedelta(days=CALL_DAYS)
    )
    for person_id, key, at in rows.values_list("person_id", "key", "at"):
        mine = key.startswith(f"{CALL}:{shop_id}:")
        calls.setdefault(person_id, []).append((mine, at > now - timedelta(days=WEEK_DAYS)))
    rested = {
        person_id
        for person_id, own in calls.items()
        if any(mine for mine, _ in own) or sum(week for _, week in own) >= WEEK_MOST
    }
    free = [one for one in wanted if one not in off | blocked | rested and one != owner]
    return Reachable(
        tuple(free), len(off & set(wanted)), len((blocked - off) & set(wanted)),
        len((rested - off - blocked) & set(wanted)),
    )  # fmt: skip


@transaction.atomic
def call_fans(*, shop_id: int, key: str, person_ids: Iterable[int], actor_id: int) -> int:
    """Ask these people to share the shop again, as each chose and within the caps; how many were told."""
    shop = goods.shops([shop_id])[shop_id]
    return tell(
        kind=CALL, key=f"{shop_id}:{key}", person_ids=callable_among(shop_id, person_ids).ids,
        facts={"title": shop.name, "shop": shop.slug}, actor_id=actor_id,
    )  # fmt: skip


def take_back_call(*, shop_id: int, key: str) -> int:
    """What nobody read yet is taken back; how many."""
    return Notice.objects.filter(kind=CALL, key=f"{CALL}:{shop_id}:{key}", read_at=None).delete()[0]
