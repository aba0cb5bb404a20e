"""Telling, reading, choosing, forgetting."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.reach.contracts import CALL, CALL_DAYS, MAIL, OFF, WAYS, NoticeNotFound
from grapevine.reach.models import Choice, Notice
from grapevine.reach.rules.kinds import KINDS, own_kinds, way_unless_chosen
from grapevine.signals import facade as signals

BATCH = 1000
PEOPLE_MAX = 5000


def channel_of(person_id: int) -> str:
    return f"notices:{person_id}"


def tell(
    *, kind: str, key: str, person_ids: Iterable[int], shop_id: int | None = None,
    facts: Mapping[str, Any] | None = None, actor_id: int | None = None,
) -> int:  # fmt: skip
    """Tell these people once, as each chose; how many were told now. Nobody is told what they did themself.

    `key` names the thing: told again with the same key it changes nothing, however often and at whatever moment.
    """
    assert kind in KINDS, kind
    wanted = sorted(set(person_ids) - {actor_id})[:PEOPLE_MAX]
    ways = dict(
        Choice.objects.filter(person_id__in=wanted, kind=kind).values_list("person_id", "way")
    )
    unless = way_unless_chosen(kind)
    now, full_key = clock.now(), f"{kind}:{key}"[:100]
    rows = [
        Notice(
            person_id=person_id, shop_id=shop_id, kind=kind, key=full_key, facts=dict(facts or {}),
            actor_id=actor_id, at=now, mail_at=now if ways.get(person_id) == MAIL else None,
        )
        for person_id in wanted
        if ways.get(person_id, unless) != OFF
    ]  # fmt: skip
    with transaction.atomic():
        known = set(
            Notice.objects.filter(person_id__in=wanted, key=full_key).values_list(
                "person_id", flat=True
            )
        )
        fresh = [row for row in rows if row.person_id not in known]
        Notice.objects.bulk_create(fresh, ignore_conflicts=True)
        if fresh:
            signals.publish_many([channel_of(row.person_id) for row in fresh], {"kind": kind})
    return len(fresh)


def tell_shop(*, kind: str, key: str, shop_id: int, facts: Mapping[str, Any] | None = None) -> int:
    """Tell those of a shop's staff whose role may know."""
    right = KINDS[kind].right
    assert right is not None, kind
    staff = goods.people_with(shop_id, right)
    return tell(kind=kind, key=key, shop_id=shop_id, person_ids=staff, facts=facts)


def mark_read(*, person_id: int, public_id: str) -> None:
    """Read by its own reader; anybody else's is NoticeNotFound."""
    mine = Notice.objects.filter(person_id=person_id, public_id=public_id)
    if not mine.exists():
        raise NoticeNotFound(public_id)
    if mine.filter(read_at=None).update(read_at=clock.now(), mail_at=None):
        signals.publish(channel_of(person_id), {"read": 1})


def mark_all_read(*, person_id: int, shop_id: int | None) -> int:
    """Everything of this inbox; how many."""
    waiting = Notice.objects.filter(person_id=person_id, shop_id=shop_id, read_at=None)
    count = waiting.update(read_at=clock.now(), mail_at=None)
    if count:
        signals.publish(channel_of(person_id), {"read": count})
    return count


@transaction.atomic
def choose(*, person_id: int, ways: Mapping[str, str]) -> None:
    """How each kind reaches this person from now on; what nobody knows is left aside."""
    for kind, way in ways.items():
        if kind in KINDS and way in WAYS:
            Choice.objects.update_or_create(person_id=person_id, kind=kind, defaults={"way": way})


def forget_old() -> int:
    """Notices go NOTICE_DAYS after they were told, calls not before their cap is over; how many."""
    now = clock.now()
    old = Notice.objects.filter(at__lt=now - timedelta(days=settings.NOTICE_DAYS)).exclude(
        kind=CALL, at__gte=now - timedelta(days=CALL_DAYS)
    )
    gone = 0
    while ids := list(old.order_by("id").values_list("pk", flat=True)[:BATCH]):
        gone += Notice.objects.filter(pk__in=ids).delete()[0]
    return gone


def own_notices(person_id: int) -> list[dict[str, Any]]:
    """What a person's export holds of them."""
    rows = Notice.objects.filter(person_id=person_id).order_by("id")
    return [dict(one) for one in rows.values("kind", "shop_id", "facts", "at", "read_at")]


def erase(person_id: int) -> None:
    """The account closes: its notices go, and its name from what others were told."""
    Notice.objects.filter(person_id=person_id).delete()
    Choice.objects.filter(person_id=person_id).delete()
    Notice.objects.filter(actor_id=person_id, kind__in=[one.name for one in own_kinds()]).delete()
