"""Reads of the audit trail. One query each."""

from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from grapevine.guard.contracts import AuditFilter, AuditView
from grapevine.guard.models import AuditEntry
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

ACTIONS_MAX = 200


def trail(
    wanted: AuditFilter, *, cursor: str | None = None, limit: int | None = None
) -> Page[AuditView]:
    """The entries that fit, newest first; a day is one of the site's time zone."""
    size = clamp(limit)
    rows = AuditEntry.objects.order_by("-id")
    for name in ("shop_id", "subject_id", "actor_id"):
        if getattr(wanted, name) is not None:
            rows = rows.filter(**{name: getattr(wanted, name)})
    if wanted.action.endswith("."):
        rows = rows.filter(action__startswith=wanted.action)
    elif wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.object:
        rows = rows.filter(object=wanted.object)
    if wanted.day is not None:
        start = timezone.make_aware(datetime.combine(wanted.day, time.min))
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([_view(row) for row in found[:size]], more)


def desk_days(since: datetime, until: datetime) -> list[tuple[int, int, date, str, int]]:
    """(shop, who, local day, action, how often) of everything noted in shops' consoles in the span."""
    rows = AuditEntry.objects.filter(
        at__gte=since, at__lt=until, shop_id__isnull=False, actor_id__isnull=False
    )
    days = rows.annotate(day=TruncDate("at")).order_by("shop_id", "actor_id", "day", "action")
    return list(days.values_list("shop_id", "actor_id", "day", "action").annotate(n=Count("id")))


def audit_actions(shop_id: int | None) -> list[str]:
    """The kinds of action that the trail (of a shop) holds, by name."""
    rows = AuditEntry.objects.order_by("action")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    return list(rows.values_list("action", flat=True).distinct()[:ACTIONS_MAX])


def _view(row: AuditEntry) -> AuditView:
    return AuditView(
        row.pk, row.at, row.actor_id, row.action, row.object, row.before, row.after, row.shop_id,
        row.subject_id,
    )  # fmt: skip
