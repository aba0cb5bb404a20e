"""Following up: tasks for account managers, as many as they have room for; every contact is kept."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.insight.lifecycle import (
    FollowUpNotFound,
    HeldOut,
    ManagerFull,
    NotAManager,
    ShopUnjudged,
)
from grapevine.insight.models import FollowUp, ShopContact, ShopManager, ShopStage, ShopTrial
from grapevine.insight.queries.followups import open_by_manager
from grapevine.insight.queries.lives import Lives, lives
from grapevine.insight.rules.effect import is_held_out
from grapevine.insight.rules.holidays import monday_of
from grapevine.insight.rules.leaving import PERIODS, left_in
from grapevine.insight.rules.stages import Stage
from grapevine.insight.rules.support import OUTCOMES, WAYS
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.people import facade as people

SALT = "shop-care"
CHANCE_MIN = 0.1
"""Below this nobody is called, however much room there is: most of them would stay anyway."""
DUE_DAYS = 3
REST = timedelta(days=56)
"""How long a shop is left alone after a follow-up."""
LAPSE = timedelta(days=28)
TALK_KEPT = timedelta(days=3 * 366)
CAPACITY_MAX = 200
NOTE_MAX, TALK_MAX = 300, 500


def open_follow_ups(today: date) -> int:
    """Open tasks for the shops likeliest to leave while managers have room; returns how many.

    Every shop that is reached in that order is drawn once for good: a random fifth is held out and gets no task. So
    both groups stand above the same threshold, which the room sets.
    """
    taken = 0
    room = _rooms()
    for row in _candidates(today):
        manager = _freest(room)
        if manager is None:
            break
        if _trial(row, today).is_held_out:
            continue
        if _open(row, manager, today + timedelta(days=DUE_DAYS), today):
            room[manager] = (room[manager][0] + 1, room[manager][1])
            taken += 1
    return taken


def _rooms() -> dict[int, tuple[int, int]]:
    """Manager → (open tasks, capacity)."""
    held = open_by_manager()
    rows = ShopManager.objects.filter(is_active=True).order_by("id")
    return {row.person_id: (held.get(row.person_id, 0), row.capacity) for row in rows}


def _freest(room: Mapping[int, tuple[int, int]]) -> int | None:
    free = [(held / capacity, who) for who, (held, capacity) in room.items() if held < capacity]
    return min(free)[1] if free else None


def _candidates(today: date) -> list[ShopStage]:
    """Shops worth a call, the likeliest to leave first; without a model those at risk, the longest first."""
    rested = FollowUp.objects.filter(closed_at__gt=clock.now() - REST).values("shop_id")
    busy = FollowUp.objects.filter(closed_at=None).values("shop_id")
    held = ShopTrial.objects.filter(is_held_out=True).values("shop_id")
    rows = ShopStage.objects.exclude(stage=Stage.CLOSED).filter(judged_on=today)
    rows = rows.exclude(shop_id__in=rested).exclude(shop_id__in=busy)
    scored = rows.filter(chance__gte=CHANCE_MIN).order_by("-chance", "shop_id")
    if rows.filter(chance__isnull=False).exists():
        return list(scored.exclude(shop_id__in=held)[:1000])
    return list(
        rows.filter(stage=Stage.AT_RISK)
        .exclude(shop_id__in=held)
        .order_by("since", "shop_id")[:1000]
    )


def _trial(row: ShopStage, today: date) -> ShopTrial:
    """Drawn the first time the shop is reached, and never again."""
    found, _ = ShopTrial.objects.get_or_create(
        shop_id=row.shop_id,
        defaults={
            "is_held_out": is_held_out(SALT, row.shop_id), "drawn_on": today, "chance": row.chance,
        },
    )  # fmt: skip
    return found


def _open(row: ShopStage, manager: int | None, due_on: date, today: date) -> FollowUp | None:
    """A task, or None where one is open already."""
    try:
        with transaction.atomic():
            return FollowUp.objects.create(
                shop_id=row.shop_id, opened_on=today, stage=row.stage, chance=row.chance,
                manager_id=manager, due_on=due_on,
            )  # fmt: skip
    except IntegrityError:
        return None


def settle_trials(today: date) -> int:
    """Write down who stayed, of shops drawn long enough ago that it can be known; returns how many."""
    waiting = list(ShopTrial.objects.filter(stayed=None, drawn_on__lt=today - timedelta(weeks=9)))
    if not waiting:
        return 0
    wanted = {row.shop_id for row in waiting}
    found = lives(today, [shop for shop in goods.every_shop() if shop.id in wanted])
    settled = [row for row in waiting if _settle(row, found)]
    ShopTrial.objects.bulk_update(settled, ["stayed"], batch_size=500)
    return len(settled)


def _settle(row: ShopTrial, found: Lives) -> bool:
    life = next((one for one in found.lives if one.shop_id == row.shop_id), None)
    drawn = monday_of(row.drawn_on)
    start = next((n for n, monday in enumerate(found.line) if monday >= drawn), None)
    if life is None or start is None or found.last < start + PERIODS + 3:
        return False
    gone = left_in(life)
    row.stayed = gone is None or gone > start + PERIODS
    return True


def lapse_follow_ups(today: date) -> int:
    """Close tasks four weeks overdue; their managers had other things to do, and the page says so."""
    rows = FollowUp.objects.filter(closed_at=None, due_on__lt=today - LAPSE)
    return rows.update(closed_at=clock.now(), outcome="lapsed")


def forget_contacts() -> int:
    """Drop what was said three years ago and longer."""
    return ShopContact.objects.filter(at__lt=clock.now() - TALK_KEPT).delete()[0]


# What operators do


def set_manager(*, operator_id: int, person_id: int, capacity: int) -> None:
    """Give an operator so many shops at a time; none ends it. Raises NotAManager, BadInput."""
    if not 0 <= capacity <= CAPACITY_MAX:
        raise BadInput(fields={"capacity": marked("容量填 0 到 200 之间的整数")})
    if not people.is_operator(person_id):
        raise NotAManager(person_id)
    ShopManager.objects.update_or_create(
        person_id=person_id, defaults={"capacity": capacity, "is_active": capacity > 0}
    )
    guard.audit(
        actor_id=operator_id, action="shops.manager", object=f"person:{person_id}",
        after={"capacity": capacity},
    )  # fmt: skip


def _row(shop_id: int) -> ShopStage:
    row = ShopStage.objects.filter(shop_id=shop_id).first()
    if row is None:
        raise ShopUnjudged(shop_id)
    return row


@transaction.atomic
def open_follow_up(*, operator_id: int, shop_id: int, note: str = "") -> str:
    """Open a task by hand; one that is open already is returned as it is. Raises HeldOut, ShopUnjudged."""
    row = _row(shop_id)
    if ShopTrial.objects.filter(shop_id=shop_id, is_held_out=True).exists():
        raise HeldOut(shop_id)
    today = timezone.localdate()
    made = _open(row, None, today + timedelta(days=DUE_DAYS), today)
    if made is None:
        return FollowUp.objects.get(shop_id=shop_id, closed_at=None).public_id
    if note.strip():
        FollowUp.objects.filter(pk=made.pk).update(note=note.strip()[:NOTE_MAX])
    _note(operator_id, "shops.follow", made, {})
    return made.public_id


def _open_one(public_id: str) -> FollowUp:
    found = FollowUp.objects.filter(public_id=public_id, closed_at=None).first()
    if found is None:
        raise FollowUpNotFound(public_id)
    return found


@transaction.atomic
def assign_follow_up(
    *, operator_id: int, public_id: str, manager_id: int | None, due_on: date, note: str = ""
) -> None:
    """Give a task to a manager with room, or to nobody, with a day and a note. Raises ManagerFull, NotAManager."""
    found = _open_one(public_id)
    if manager_id is not None and manager_id != found.manager_id:
        room = _rooms()
        if manager_id not in room:
            raise NotAManager(manager_id)
        held, capacity = room[manager_id]
        if held >= capacity:
            raise ManagerFull(manager_id)
    changed = FollowUp.objects.filter(pk=found.pk, closed_at=None).update(
        manager_id=manager_id, due_on=due_on, note=note.strip()[:NOTE_MAX]
    )
    if not changed:
        raise FollowUpNotFound(public_id)
    _note(operator_id, "shops.assign", found, {"manager": manager_id, "due": str(due_on)})


@transaction.atomic
def log_contact(
    *, operator_id: int, public_id: str, way: str, note: str, outcome: str = ""
) -> None:
    """Write down that somebody talked to the shop; an outcome ends the task. Raises BadInput, FollowUpNotFound."""
    if way not in WAYS:
        raise BadInput(fields={"way": marked("选一种联系方式")})
    if outcome and (outcome not in OUTCOMES or outcome == "lapsed"):
        raise BadInput(fields={"outcome": marked("结果只能选列出来的")})
    found, now = _open_one(public_id), clock.now()
    if outcome:
        closed = FollowUp.objects.filter(pk=found.pk, closed_at=None).update(
            closed_at=now, closed_by=operator_id, outcome=outcome
        )
        if not closed:
            raise FollowUpNotFound(public_id)
    ShopContact.objects.create(
        follow_up=found, shop_id=found.shop_id, by_id=operator_id, at=now, way=way,
        note=note.strip()[:TALK_MAX],
    )  # fmt: skip
    ShopStage.objects.filter(shop_id=found.shop_id).update(last_contact_at=now)
    _note(operator_id, "shops.contact", found, {"way": way, "outcome": outcome})


def _note(operator_id: int, action: str, found: FollowUp, after: Mapping[str, object]) -> None:
    guard.audit(
        actor_id=operator_id,
        action=action,
        object=f"follow-up:{found.public_id}",
        after=dict(after),
    )


def managers() -> Sequence[int]:
    return list(
        ShopManager.objects.filter(is_active=True)
        .order_by("id")
        .values_list("person_id", flat=True)
    )
