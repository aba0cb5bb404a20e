"""What people saw in their feeds: kept once for each, counted for authors and for notes on trial."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from grapevine.discovery.contracts import Channel
from grapevine.discovery.models import Exposure, FeedSession, Mark, Shown, Trial
from grapevine.kit import clock
from grapevine.signals.contracts import SeenCard

SESSIONS_MAX = 10
COUNTED_MAX = 20_000
SETTLED = timedelta(seconds=3)
"""Younger rows wait: another worker may be about to write one with a lower number."""
KEPT = timedelta(days=30)
EXPOSURES_KEPT = timedelta(days=400)
MARK = "shown"


def note_seen(cards: Sequence[SeenCard]) -> None:
    """A batch of what one person saw or chose. What the card was and why it stood there is read from the session, which must
    be the person's own; what the page says of it is not asked. Two queries, and three for every card chosen.
    """
    told = [card for card in cards if card.object_type == "note" and card.request_id]
    keys = list(dict.fromkeys(card.request_id.partition(".")[0] for card in told))[:SESSIONS_MAX]
    if not keys:
        return
    rows = FeedSession.objects.filter(pk__in=keys, person_id=told[0].person_id)
    sessions = dict(rows.values_list("pk", "places"))
    seen: dict[int, Shown] = {}
    clicked: list[int] = []
    now = clock.now()
    for card in told:
        places = sessions.get(card.request_id.partition(".")[0], ())
        if not 1 <= card.position <= len(places):
            continue
        note_id, channel, author_id, *more = places[card.position - 1]
        if author_id == card.person_id or not note_id:
            continue
        seen.setdefault(
            note_id,
            Shown(
                person_id=card.person_id, note_id=note_id, author_id=author_id, channel=channel,
                place=card.position, propensity=more[1] if len(more) > 1 else 0.0, at=now,
            ),
        )  # fmt: skip
        if card.verb == "click":
            clicked.append(note_id)
    Shown.objects.bulk_create(seen.values(), ignore_conflicts=True)
    for note_id in dict.fromkeys(clicked):
        _note_click(told[0].person_id, note_id)


@transaction.atomic
def _note_click(person_id: int, note_id: int) -> None:
    """The first time alone, and for the way that first brought the note."""
    rows = Shown.objects.filter(person_id=person_id, note_id=note_id)
    if not rows.filter(clicked_at=None).update(clicked_at=clock.now()):
        return
    row = rows.get()
    day = timezone.localdate(row.at)
    exposure, _is_new = Exposure.objects.get_or_create(
        day=day, channel=row.channel, author_id=row.author_id
    )
    Exposure.objects.filter(pk=exposure.pk).update(clicks=F("clicks") + 1)
    if row.channel == Channel.EXPLORE:
        Trial.objects.filter(note_id=note_id).update(clicks=F("clicks") + 1, skips=F("skips") - 1)


@transaction.atomic
def count_shown() -> int:
    """Count what was seen since the last time, once; returns how many rows. For one worker at a time: who comes second
    finds the mark moved and counts nothing."""
    mark, _is_new = Mark.objects.get_or_create(name=MARK)
    rows = Shown.objects.filter(pk__gt=mark.place, at__lte=clock.now() - SETTLED).order_by("pk")
    found = list(rows.values_list("pk", "note_id", "author_id", "channel", "at")[:COUNTED_MAX])
    if not found:
        return 0
    moved = Mark.objects.filter(name=MARK, place=mark.place).update(place=found[-1][0])
    if not moved:
        return 0
    _count_trials(row[1] for row in found if row[3] == Channel.EXPLORE)
    _count_exposures(
        (timezone.localdate(at).isoformat(), channel, author_id)
        for _pk, _note_id, author_id, channel, at in found
    )
    return len(found)


def _count_trials(note_ids: Iterable[int]) -> None:
    by_count: dict[int, list[int]] = {}
    for note_id, count in Counter(note_ids).items():
        by_count.setdefault(count, []).append(note_id)
    for count, ids in sorted(by_count.items()):
        Trial.objects.filter(note_id__in=ids).update(
            shown=F("shown") + count, skips=F("skips") + count
        )
    met = Trial.objects.filter(met_at=None, shown__gte=F("wanted"))
    met.update(met_at=clock.now())


def _count_exposures(names: Iterable[tuple[str, str, int]]) -> None:
    counts = Counter(names)
    days = {day for day, _channel, _author in counts}
    authors = {author for _day, _channel, author in counts}
    held = Exposure.objects.filter(day__in=days, author_id__in=authors)
    known = {
        (day.isoformat(), channel, author): people
        for day, channel, author, people in held.values_list(
            "day", "channel", "author_id", "people"
        )
    }
    Exposure.objects.bulk_create(
        [
            Exposure(
                day=day, channel=channel, author_id=author,
                people=known.get((day, channel, author), 0) + count,
            )
            for (day, channel, author), count in sorted(counts.items())
        ],
        update_conflicts=True,
        unique_fields=["day", "channel", "author_id"],
        update_fields=["people"],
        batch_size=1_000,
    )  # fmt: skip


def tidy_shown() -> None:
    """What was seen a month ago may come again."""
    now = clock.now()
    Shown.objects.filter(at__lt=now - KEPT).delete()
    Exposure.objects.filter(day__lt=timezone.localdate(now - EXPOSURES_KEPT)).delete()
