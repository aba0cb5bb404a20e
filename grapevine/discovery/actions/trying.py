"""Every new note is tried out: so many people who do not follow its author are to see it, whoever wrote it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from grapevine.discovery.models import Trial
from grapevine.discovery.rules.exploring import HOUR_KEEPS
from grapevine.kit import clock
from grapevine.people import facade as people

KEPT = timedelta(days=90)


def open_trials(notes: Sequence[tuple[int, int, datetime]]) -> None:
    """(note, author, published at): those young enough are tried out, each once. Two queries."""
    now, lasts = clock.now(), timedelta(days=settings.EXPLORE_DAYS)
    young = [one for one in notes if one[2] > now - lasts]
    if not young or not settings.EXPLORE_SHOWINGS:
        return
    unfollowed = people.unfollowed({author_id for _note, author_id, _at in young})
    Trial.objects.bulk_create(
        [
            Trial(
                note_id=note_id, author_id=author_id, wanted=settings.EXPLORE_SHOWINGS,
                opened_at=now, ends_at=at + lasts, was_unfollowed=author_id in unfollowed,
            )
            for note_id, author_id, at in young
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def fade_trials() -> None:
    """Every hour: what happened counts a little less; what ended long ago goes."""
    now = clock.now()
    Trial.objects.filter(ends_at__gt=now).update(
        clicks=F("clicks") * HOUR_KEEPS, skips=F("skips") * HOUR_KEEPS
    )
    Trial.objects.filter(ends_at__lt=now - KEPT).delete()
