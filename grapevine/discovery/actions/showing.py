"""What people saw in their feeds: kept once for each, counted for authors and for notes on trial."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from grapevine.discovery.contracts import Channel
from grapevine.discovery.models import Exposure, Mark, Shown, Trial
from grapevine.discovery.queries import sessions
from grapevine.kit import clock, sql
from grapevine.signals.contracts import SeenCard

SEEN = frozenset({"impression", "click"})
SESSIONS_MAX = 10
COUNTED_MAX = 20_000
SETTLED = timedelta(seconds=3)
"""Younger rows wait: another worker may be about to write one with a lower number."""
KEPT = timedelta(days=30)
EXPOSURES_KEPT = timedelta(days=400)
MARK = "shown"
AT_ONCE = 64
COLUMNS = "person_id, note_id, author_id, channel, place, propensity, at"
ONCE = "ON CONFLICT (person_id, note_id) DO NOTHING"
CLICKED = """
UPDATE discovery_shown SET clicked_at = %s WHERE person_id = %s AND note_id IN ({ids}) AND clicked_at IS NULL
RETURNING note_id, author_id, channel, at
"""
EXPOSURE_COLUMNS = "day, channel, author_id, people, clicks"
ADD_CLICKS = """
ON CONFLICT (day, channel, author_id) DO UPDATE SET clicks = discovery_exposure.clicks + excluded.clicks
"""


def note_seen(cards: Sequence[SeenCard]) -> None:
    """A batch of what one person saw or chose. What the card was and why it stood there is read from the session, which must
    be the person's own; what the page says of it is not asked. One query, and one more where this process does not know the
    session; one for whatever was chosen, and two more if it was chosen for the first time.
    """
    told = [
        card for card in cards
        if card.object_type == "note" and card.request_id and card.verb in SEEN
    ]  # fmt: skip
    if not told:
        return
    person_id, now = told[0].person_id, clock.now()
    seen: dict[int, tuple[Any, ...]] = {}
    clicked: set[int] = set()
    for card, place in _placed(told):
        note_id, channel, author_id, *more = place
        if author_id == person_id or not note_id:
            continue
        chance = float(more[1]) if len(more) > 1 else 0.0
        row = (person_id, note_id, author_id, channel, card.position, chance, now)
        seen.setdefault(note_id, row)
        if card.verb == "click":
            clicked.add(note_id)
    rows = [seen[note_id] for note_id in sorted(seen)]
    for start in range(0, len(rows), AT_ONCE):
        sql.insert("discovery_shown", COLUMNS, rows[start : start + AT_ONCE], ending=ONCE)
    if clicked:
        _note_clicks(person_id, clicked)


def _placed(told: Sequence[SeenCard]) -> Iterator[tuple[SeenCard, Sequence[Any]]]:
    """Cards with what stood there, those of the person's own sessions alone."""
    named = [(card, card.request_id.partition(".")[0]) for card in told]
    needed: dict[str, int] = {}
    for card, key in named:
        if key in needed or len(needed) < SESSIONS_MAX:
            needed[key] = max(needed.get(key, 0), card.position)
    places = sessions.own_places(told[0].person_id, needed)
    for card, key in named:
        if 1 <= card.position <= len(places.get(key, ())):
            yield card, places[key][card.position - 1]


def _note_clicks(person_id: int, note_ids: Collection[int]) -> None:
    """The first time alone, and for the way that first brought the note. Trials before exposures, as they are counted."""
    ids = sql.stepped(sorted(note_ids))
    text = CLICKED.format(ids=sql.places(len(ids)))
    fresh = sql.rows(text, [clock.now(), person_id, *ids])
    explored = [note_id for note_id, _author, channel, _at in fresh if channel == Channel.EXPLORE]
    if explored:
        Trial.objects.filter(note_id__in=explored).update(
            clicks=F("clicks") + 1, skips=F("skips") - 1
        )
    names = Counter(
        (timezone.localdate(sql.moment(at)).isoformat(), channel, author_id)
        for _note_id, author_id, channel, at in fresh
    )
    rows = [(*name, 0, count) for name, count in sorted(names.items())]
    sql.insert("discovery_exposure", EXPOSURE_COLUMNS, rows, ending=ADD_CLICKS)


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
