"""What people write, read and search for becomes words: needs that nobody spoke of, by which notes and goods are found."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from grapevine.discovery.models import Entry, Mark, Phrase, SearchTerm, TagWord, Taste, Trait
from grapevine.discovery.rules.phrasing import SEARCHED, WRITTEN, faded, keywords, weighed
from grapevine.kit import clock
from grapevine.people import facade as people

NOTES_EACH, ACTS_EACH, SEARCHES_EACH = 30, 60, 30
PEOPLE_PART, PART = 50, 500
ROWS_MAX = 5_000
Words = dict[int, dict[str, float]]


def learn_words() -> int:
    """The words of everyone who wrote, read or searched since the last time; how many people."""
    wrote = _since("words of notes", Entry.objects.all(), "author_id")
    acted = _since("words of acts", Taste.objects.filter(kind="note"), "person_id")
    searched = _since("words of search", SearchTerm.objects.all(), "person_id")
    return reword(wrote | acted | searched)


def _since(name: str, rows: QuerySet[Any], who: str) -> set[int]:
    mark, _is_new = Mark.objects.get_or_create(name=name)
    found = list(rows.filter(pk__gt=mark.place).order_by("pk").values_list("pk", who)[:ROWS_MAX])
    if found:
        Mark.objects.filter(name=name).update(place=found[-1][0])
    return {person_id for _pk, person_id in found}


def reword(person_ids: Iterable[int]) -> int:
    """Make the words of these people anew; who switched personalisation off has none. Eight queries for fifty people."""
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), PEOPLE_PART):
        _reword(wanted[start : start + PEOPLE_PART])
    return len(wanted)


@transaction.atomic
def _reword(person_ids: Sequence[int]) -> None:
    off = people.not_personalised(person_ids)
    ids = [pk for pk in person_ids if pk not in off]
    found = _words_of(ids)
    counts = _counts({word for words in found.values() for word in words})
    total = Entry.objects.count()
    dropped = {
        (who, word)
        for who, key in _said(ids, is_wanted=False)
        for word in (key, *keywords(key, ""))
    }
    Phrase.objects.filter(person_id__in=person_ids).delete()
    Phrase.objects.bulk_create(
        (
            Phrase(person_id=person_id, word=word, weight=weight)
            for person_id, words in sorted(found.items())
            for word, weight in weighed(words, counts, total).items()
            if (person_id, word) not in dropped
        ),
        batch_size=1_000,
    )


def _words_of(ids: Collection[int]) -> Words:
    now = clock.now()
    about: list[tuple[int, int, float]] = []
    written = Entry.objects.filter(author_id__in=ids).order_by("-published_at", "-note_id")
    for who, note_id, at in _each(
        written.values_list("author_id", "note_id", "published_at"), ids, NOTES_EACH
    ):
        about.append((who, note_id, faded(WRITTEN, at, now)))
    read = Taste.objects.filter(person_id__in=ids, kind="note").order_by("-id")
    for who, key, weight, at in _each(
        read.values_list("person_id", "key", "weight", "at"), ids, ACTS_EACH
    ):
        about.append((who, int(key), faded(weight, at, now)))
    words = _words_in({note_id for _who, note_id, _weight in about})
    found: Words = {}
    for who, note_id, weight in about:
        for word in words.get(note_id, ()):
            mine = found.setdefault(who, {})
            mine[word] = mine.get(word, 0.0) + weight
    for who, key in _said(ids, is_wanted=True):
        for word in keywords(key, ""):
            mine = found.setdefault(who, {})
            mine[word] = mine.get(word, 0.0) + WRITTEN
    asked = SearchTerm.objects.filter(person_id__in=ids).order_by("-at", "-id")
    for who, query, at in _each(asked.values_list("person_id", "query", "at"), ids, SEARCHES_EACH):
        for word in keywords(query, ""):
            mine = found.setdefault(who, {})
            mine[word] = mine.get(word, 0.0) + faded(SEARCHED, at, now)
    return found


def _said(ids: Collection[int], *, is_wanted: bool) -> list[tuple[int, str]]:
    """(person, topic or word) that these people said they want, or do not."""
    rows = TagWord.objects.filter(
        person_id__in=ids, kind__in=("topic", "word"), is_wanted=is_wanted
    )
    return list(rows.values_list("person_id", "key"))


def _each(rows: QuerySet[Any, Any], ids: Collection[int], most: int) -> Iterable[tuple[Any, ...]]:
    """The first rows of each person, of at most so many for all together."""
    taken: dict[int, int] = {}
    for row in rows[: most * 4 * max(len(ids), 1)]:
        taken[row[0]] = taken.get(row[0], 0) + 1
        if taken[row[0]] <= most:
            yield row


def _words_in(note_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    ids = sorted(note_ids)
    for start in range(0, len(ids), PART):
        rows = Trait.objects.filter(note_id__in=ids[start : start + PART], kind="word")
        for note_id, word in rows.values_list("note_id", "key"):
            found.setdefault(note_id, []).append(word)
    return found


def _counts(words: Collection[str]) -> Mapping[str, int]:
    """In how many notes each stands."""
    names = sorted(words)
    parts = (
        Trait.objects.filter(kind="word", key__in=names[start : start + PART])
        .values_list("key").annotate(n=Count("id"))
        for start in range(0, len(names), PART)
    )  # fmt: skip
    return dict(chain.from_iterable(parts))
