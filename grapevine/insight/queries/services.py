"""Services of shops by stage. One query each but for `desk`, which takes four."""

from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from grapevine.insight.lifecycle import PlaybookCount, ServiceDesk, ServiceView
from grapevine.insight.models import ShopManager, ShopService
from grapevine.insight.rules.stages import Stage
from grapevine.insight.rules.support import PLAYBOOKS
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

STATES = ("open", "overdue", "done")
DONE_DAYS = 90
NUMBERS = ("open", "late", "done", "moved")


def _view(row: ShopService) -> ServiceView:
    return ServiceView(
        row.public_id, row.shop_id, Stage(row.stage), row.playbook, row.opened_on, row.due_on,
        row.manager_id, row.ended_on, row.outcome,
    )  # fmt: skip


def _in(state: str, playbook: str) -> QuerySet[ShopService]:
    rows = ShopService.objects.filter(ended_on__isnull=state != "done")
    if state == "overdue":
        rows = rows.filter(due_on__lt=timezone.localdate())
    return rows.filter(playbook=playbook) if playbook else rows


def services(
    state: str, *, playbook: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[ServiceView]:
    """Open ones by their day, the most urgent first; ended ones the latest first."""
    size, rows = clamp(limit), _in(state, playbook)
    if state == "done":
        rows = rows.order_by("-id")
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0]) if cursor else rows
        found = list(rows[: size + 1])
        more = encode_cursor(found[size - 1].pk) if len(found) > size else None
        return Page([_view(row) for row in found[:size]], more)
    rows = rows.order_by("due_on", "id")
    if cursor:
        day, pk = decode_cursor(cursor, [str, int])
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk))
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(
        [_view(row) for row in found[:size]],
        encode_cursor(str(last.due_on), last.pk) if last else None,
    )


def counts() -> dict[str, int]:
    """How many services are in each state."""
    today = timezone.localdate()
    return ShopService.objects.aggregate(
        open=Count("id", filter=Q(ended_on=None)),
        overdue=Count("id", filter=Q(ended_on=None, due_on__lt=today)),
        done=Count("id", filter=Q(ended_on__isnull=False)),
    )  # fmt: skip


def overdue(shop_id: int | None) -> int:
    """Of the whole house, for the rail."""
    return counts()["overdue"] if shop_id is None else 0


def service_of(shop_id: int) -> ServiceView | None:
    """What the house does for a shop now."""
    row = ShopService.objects.filter(shop_id=shop_id, ended_on=None).first()
    return _view(row) if row else None


def desk() -> ServiceDesk:
    """How each playbook goes, and how many shops a manager serves."""
    today = timezone.localdate()
    since = today - timedelta(days=DONE_DAYS)
    rows = ShopService.objects.values("playbook").order_by("playbook")
    sums: dict[str, dict[str, int]] = {
        row["playbook"]: {name: row[name] for name in NUMBERS}  # type: ignore[literal-required]
        for row in rows.annotate(
            open=Count("id", filter=Q(ended_on=None)),
            late=Count("id", filter=Q(ended_on=None, due_on__lt=today)),
            done=Count("id", filter=Q(ended_on__gte=since, outcome="done")),
            moved=Count("id", filter=Q(ended_on__gte=since, outcome="moved")),
        )
    }
    nothing = dict.fromkeys(NUMBERS, 0)
    found = [
        PlaybookCount(one.code, *(sums.get(one.code, nothing)[name] for name in NUMBERS))
        for one in PLAYBOOKS.values()
    ]
    active = ShopManager.objects.filter(is_active=True).order_by("id")
    managers = dict.fromkeys(active.values_list("person_id", flat=True), 0)
    open_rows = ShopService.objects.filter(ended_on=None)
    held = open_rows.filter(manager_id__in=managers).values_list("manager_id")
    managers |= dict(held.annotate(n=Count("id")).order_by("manager_id"))
    return ServiceDesk(found, managers, open_rows.filter(manager_id=None).count())
