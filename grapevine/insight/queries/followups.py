"""Tasks, contacts and managers. One query each but for `desk`, which takes six."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from grapevine.discovery import facade as discovery
from grapevine.insight.lifecycle import ContactView, Desk, FollowUpView, ManagerView
from grapevine.insight.models import FollowUp, ShopContact, ShopManager, ShopTrial
from grapevine.insight.rules.effect import Arm, effect
from grapevine.insight.rules.stages import Stage
from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

MODEL = "shop_leaving"
DONE_DAYS = 90
CONTACTS_MAX = 50
STATES = ("open", "overdue", "done")


def open_by_manager() -> dict[int, int]:
    rows = FollowUp.objects.filter(closed_at=None, manager_id__isnull=False)
    return dict(rows.values_list("manager_id").annotate(n=Count("id")).order_by("manager_id"))


def _view(row: FollowUp, contacts: int = 0) -> FollowUpView:
    return FollowUpView(
        row.public_id, row.shop_id, row.opened_on, Stage(row.stage), row.chance, row.manager_id,
        row.due_on, row.note, row.closed_at, row.outcome, contacts,
    )  # fmt: skip


def _in(state: str, manager_id: int | None, *, is_unassigned: bool) -> QuerySet[FollowUp]:
    rows = (
        FollowUp.objects.exclude(closed_at=None)
        if state == "done"
        else FollowUp.objects.filter(closed_at=None)
    )
    if state == "overdue":
        rows = rows.filter(due_on__lt=timezone.localdate())
    if is_unassigned:
        return rows.filter(manager_id=None)
    return rows if manager_id is None else rows.filter(manager_id=manager_id)


def follow_ups(
    state: str, *, manager_id: int | None = None, is_unassigned: bool = False,
    cursor: str | None = None, limit: int | None = None,
) -> Page[FollowUpView]:  # fmt: skip
    """Open ones by their day, the most urgent first; done ones the latest first."""
    size, rows = clamp(limit), _in(state, manager_id, is_unassigned=is_unassigned)
    if state == "done":
        rows = rows.order_by("-id")
        if cursor:
            rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
        found = list(rows[: size + 1])
        more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    else:
        rows = rows.order_by("due_on", "id")
        if cursor:
            day, pk = decode_cursor(cursor, [str, int])
            rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk))
        found = list(rows[: size + 1])
        more = (
            encode_cursor(str(found[size - 1].due_on), found[size - 1].pk)
            if len(found) > size
            else None
        )
    counts = _contacts_by_task([row.pk for row in found[:size]])
    return Page([_view(row, counts.get(row.pk, 0)) for row in found[:size]], more)


def _contacts_by_task(ids: Iterable[int]) -> dict[int, int]:
    rows = ShopContact.objects.filter(follow_up_id__in=list(ids)).values_list("follow_up_id")
    return dict(rows.annotate(n=Count("id")).order_by("follow_up_id"))


def counts(manager_id: int | None = None) -> dict[str, int]:
    """How many tasks are in each state."""
    today = timezone.localdate()
    rows = (
        FollowUp.objects.all()
        if manager_id is None
        else FollowUp.objects.filter(manager_id=manager_id)
    )
    return rows.aggregate(
        open=Count("id", filter=Q(closed_at=None)),
        overdue=Count("id", filter=Q(closed_at=None, due_on__lt=today)),
        done=Count("id", filter=Q(closed_at__isnull=False)),
    )  # fmt: skip


def overdue(shop_id: int | None) -> int:
    """Of the whole house, for the rail."""
    return counts()["overdue"] if shop_id is None else 0


def open_of(shop_ids: Iterable[int]) -> dict[int, FollowUpView]:
    rows = FollowUp.objects.filter(closed_at=None, shop_id__in=list(shop_ids))
    return {row.shop_id: _view(row) for row in rows}


def follow_ups_of(shop_id: int) -> list[FollowUpView]:
    rows = list(FollowUp.objects.filter(shop_id=shop_id).order_by("-id")[:CONTACTS_MAX])
    counts = _contacts_by_task([row.pk for row in rows])
    return [_view(row, counts.get(row.pk, 0)) for row in rows]


def contacts_of(shop_id: int) -> list[ContactView]:
    rows = ShopContact.objects.filter(shop_id=shop_id).order_by("-id")[:CONTACTS_MAX]
    return [ContactView(row.by_id, row.at, row.way, row.note) for row in rows]


def is_held_out(shop_id: int) -> bool:
    return ShopTrial.objects.filter(shop_id=shop_id, is_held_out=True).exists()


def _managers(today: date) -> list[ManagerView]:
    since = clock.now() - timedelta(days=DONE_DAYS)
    rows = (
        FollowUp.objects.filter(manager_id__isnull=False)
        .values("manager_id")
        .order_by("manager_id")
    )
    sums = {
        row["manager_id"]: row
        for row in rows.annotate(
            open=Count("id", filter=Q(closed_at=None)),
            late=Count("id", filter=Q(closed_at=None, due_on__lt=today)),
            done=Count("id", filter=Q(closed_at__gte=since) & ~Q(outcome="lapsed")),
            lapsed=Count("id", filter=Q(closed_at__gte=since, outcome="lapsed")),
        )
    }
    nothing = {"open": 0, "late": 0, "done": 0, "lapsed": 0}
    found = []
    for manager in ShopManager.objects.order_by("id"):
        mine = sums.get(manager.person_id, nothing)
        found.append(
            ManagerView(
                manager.person_id, manager.capacity, manager.is_active, mine["open"], mine["late"],
                mine["done"], mine["lapsed"],
            )
        )  # fmt: skip
    return found


def desk() -> Desk:
    """Managers and their room, the chance at which it ends, and what following up changed so far."""
    today = timezone.localdate()
    managers = _managers(today)
    room = sum(max(0, one.capacity - one.open) for one in managers if one.is_active)
    trials = ShopTrial.objects.aggregate(
        waiting=Count("id", filter=Q(stayed=None)),
        called=Count("id", filter=Q(is_held_out=False, stayed__isnull=False)),
        called_stayed=Count("id", filter=Q(is_held_out=False, stayed=True)),
        held=Count("id", filter=Q(is_held_out=True, stayed__isnull=False)),
        held_stayed=Count("id", filter=Q(is_held_out=True, stayed=True)),
    )  # fmt: skip
    last = FollowUp.objects.filter(closed_at=None, chance__isnull=False).order_by("chance").first()
    return Desk(
        managers, room, last.chance if last else None,
        effect(
            Arm(trials["called"], trials["called_stayed"]),
            Arm(trials["held"], trials["held_stayed"]),
        ),
        trials["waiting"], discovery.card_of(MODEL),
    )  # fmt: skip
