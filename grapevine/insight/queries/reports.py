"""Scheduled questions and the files they gave."""

from datetime import date

from grapevine.insight.cubes import ReportNotFound, ReportView, ScheduleView
from grapevine.insight.models import CubeReport, CubeSchedule

SHOWN = 60


def schedules_of(shop_id: int) -> list[ScheduleView]:
    return [_view(row) for row in CubeSchedule.objects.filter(shop_id=shop_id).order_by("-pk")]


def due_schedules(day: date) -> list[ScheduleView]:
    rows = CubeSchedule.objects.filter(next_on__lte=day).order_by("next_on", "pk")
    return [_view(row) for row in rows]


def reports_of(shop_id: int) -> list[ReportView]:
    """The newest sixty, without their bodies. One query."""
    rows = CubeReport.objects.filter(schedule__shop_id=shop_id).defer("body")
    return [
        ReportView(row.public_id, row.schedule.name, row.schedule.kind, row.first, row.last, row.made_at)
        for row in rows.select_related("schedule").order_by("-made_at", "-pk")[:SHOWN]
    ]  # fmt: skip


def report_body(shop_id: int, public_id: str) -> tuple[ReportView, bytes]:
    row = CubeReport.objects.select_related("schedule").filter(
        schedule__shop_id=shop_id, public_id=public_id
    ).first()  # fmt: skip
    if row is None:
        raise ReportNotFound
    told = ReportView(
        row.public_id, row.schedule.name, row.schedule.kind, row.first, row.last, row.made_at
    )
    return told, bytes(row.body)


def _view(row: CubeSchedule) -> ScheduleView:
    return ScheduleView(
        row.public_id, row.name, row.query, row.every, row.kind, row.language, row.shop_id,
        row.next_on,
    )  # fmt: skip
