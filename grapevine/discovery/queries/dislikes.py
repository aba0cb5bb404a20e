"""For operators: how many people were not interested, by the channel that brought it and by topic. Few are nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from grapevine.discovery.models import TagWord, Trait
from grapevine.kit import clock

PEOPLE_LEAST, ROUNDED_TO = 10, 5
WORDS_MAX = 20_000
TOPICS_MAX = 20
PART = 500


@dataclass(frozen=True, slots=True)
class Dislikes:
    """People by channel (goods' with `g.` before it) and by topic, the most first; what fewer than ten said is left out."""

    by_channel: Mapping[str, int]
    by_topic: Sequence[tuple[str, int]]


def dislikes(days: int) -> Dislikes:
    """What was said in the last so many days and not taken back. Three queries, and one for each 500 notes."""
    since = clock.now() - timedelta(days=days)
    said = TagWord.objects.filter(is_wanted=False, at__gte=since)
    things = said.filter(kind__in=("note", "goods")).exclude(channel="")
    counts = things.values_list("channel").annotate(people=Count("person_id", distinct=True))
    people: dict[str, set[int]] = {}
    for topic, person_id in _of_topics(since):
        people.setdefault(topic, set()).add(person_id)
    topics = [(topic, told(len(who))) for topic, who in people.items()]
    shown = sorted(((t, n) for t, n in topics if n), key=lambda one: (-one[1], one[0]))
    return Dislikes(
        {channel: told(n) for channel, n in counts.order_by() if told(n)}, shown[:TOPICS_MAX]
    )


def told(people: int) -> int:
    """Rounded to five; fewer than ten are told as none."""
    return round(people / ROUNDED_TO) * ROUNDED_TO if people >= PEOPLE_LEAST else 0


def _of_topics(since: datetime) -> Iterable[tuple[str, int]]:
    """(topic, person): who does not want it, and who does not want a note of it."""
    said = TagWord.objects.filter(is_wanted=False, at__gte=since).order_by("-id")
    yield from said.filter(kind="topic").values_list("key", "person_id")[:WORDS_MAX]
    by_note: dict[int, list[int]] = {}
    rows = said.filter(kind="note").values_list("key", "person_id")[:WORDS_MAX]
    for key, person_id in rows:
        by_note.setdefault(int(key), []).append(person_id)
    ids = sorted(by_note)
    for start in range(0, len(ids), PART):
        traits = Trait.objects.filter(note_id__in=ids[start : start + PART], kind="topic")
        for note_id, topic in traits.values_list("note_id", "key"):
            yield from ((topic, person_id) for person_id in by_note[note_id])
