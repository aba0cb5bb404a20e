"""Asking the cube every week or month, and keeping what it said."""

from datetime import date, timedelta

from django.db import transaction

from grapevine.insight.cubes import ReportNotFound, TooManySchedules
from grapevine.insight.models import CubeReport, CubeSchedule
from grapevine.insight.queries.windows import local_day
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

SCHEDULES_MAX = 20
REPORTS_KEPT = 24
NAME_MAX, QUERY_MAX = 20, 600


@transaction.atomic
def schedule_report(
    *, shop_id: int, actor_id: int, name: str, query: str, every: str, kind: str, language: str
) -> str:
    """Its id. The first file is made when the week or month that runs now is over."""
    wrong = {}
    if not 1 <= len(name.strip()) <= NAME_MAX:
        wrong["name"] = marked("起个名字，二十个字以内")
    if every not in ("week", "month"):
        wrong["every"] = marked("选每周一次或每月一次")
    if kind not in ("csv", "xlsx"):
        wrong["kind"] = marked("CSV 或 XLSX")
    if len(query) > QUERY_MAX:
        wrong["query"] = marked("这个问题太长，存不了")
    if wrong:
        raise BadInput(fields=wrong)
    if CubeSchedule.objects.filter(shop_id=shop_id).count() >= SCHEDULES_MAX:
        raise TooManySchedules(most=SCHEDULES_MAX)
    made = CubeSchedule.objects.create(
        shop_id=shop_id, name=name.strip(), query=query, every=every, kind=kind,
        language=language, made_by=actor_id, made_at=clock.now(),
        next_on=following(every, local_day()),
    )  # fmt: skip
    return made.public_id


def following(every: str, day: date) -> date:
    """The first day of the week or month after this one."""
    if every == "week":
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def stop_schedule(*, shop_id: int, public_id: str) -> None:
    """No more files; those it made go too."""
    if not CubeSchedule.objects.filter(shop_id=shop_id, public_id=public_id).delete()[0]:
        raise ReportNotFound


@transaction.atomic
def keep_report(*, schedule_id: str, first: date, last: date, body: bytes, next_on: date) -> bool:
    """Once for a schedule and span; False if it was there. The oldest beyond twenty-four go."""
    row = CubeSchedule.objects.filter(public_id=schedule_id).first()
    if row is None:
        return False
    _, is_new = CubeReport.objects.get_or_create(
        schedule=row, first=first,
        defaults={"last": last, "body": body, "made_at": clock.now()},
    )  # fmt: skip
    CubeSchedule.objects.filter(pk=row.pk).update(next_on=next_on)
    kept = CubeReport.objects.filter(schedule=row).order_by("-first").values_list("pk", flat=True)
    CubeReport.objects.filter(schedule=row).exclude(pk__in=list(kept[:REPORTS_KEPT])).delete()
    return is_new
