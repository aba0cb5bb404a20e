"""Scheduled questions, asked when their week or month is over."""

import logging
from dataclasses import replace
from datetime import date, timedelta

from django.http import QueryDict
from django.utils import translation

from grapevine.insight.actions.schedules import following, keep_report
from grapevine.insight.cubes import ScheduleView
from grapevine.insight.queries.cube import ask
from grapevine.insight.queries.reports import due_schedules
from grapevine.insight.queries.windows import local_day
from grapevine.insight.web.cubing import file_content, question_of

logger = logging.getLogger(__name__)


def make_reports() -> int:
    """Every file that is due; how many were made. One that fails does not stop the others."""
    made = 0
    for schedule in due_schedules(local_day()):
        try:
            made += _make(schedule)
        except Exception:
            logger.exception("the report %s failed", schedule.public_id)
    return made


def _make(schedule: ScheduleView) -> int:
    first, last = span_before(schedule.every, schedule.next_on)
    question = replace(question_of(QueryDict(schedule.query)), first=first, last=last)
    with translation.override(schedule.language):
        body = file_content(ask(schedule.shop_id, question), schedule.kind)
    return keep_report(
        schedule_id=schedule.public_id, first=first, last=last, body=body,
        next_on=following(schedule.every, schedule.next_on),
    )  # fmt: skip


def span_before(every: str, day: date) -> tuple[date, date]:
    """The whole week or month that ended the day before."""
    last = day - timedelta(days=1)
    return (last - timedelta(days=6) if every == "week" else last.replace(day=1)), last
