"""Tags: what is used about a person, each with where it comes from; and how many of a crowd have them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max, Sum

from grapevine.discovery.contracts import Tag
from grapevine.discovery.models import Channelled, TagWord, Taste
from grapevine.discovery.queries.wishes import wishes_of
from grapevine.discovery.rules.tasting import TAG_KINDS, source_of
from grapevine.people import facade as people

TAGS_MAX = 60
PART = 900


def tags_of(person_id: int) -> list[Tag]:
    """What the person said first, then what was learned, the heaviest first. Two queries."""
    words = {
        (word.kind, word.key): word.is_wanted
        for word in TagWord.objects.filter(person_id=person_id, kind__in=TAG_KINDS)
    }
    rows = Taste.objects.filter(person_id=person_id, kind__in=TAG_KINDS).values_list("kind", "key")
    learned = rows.annotate(
        total=Sum("weight"), most=Max("weight"), last=Max("at")
    ).order_by("-total", "kind", "key")  # fmt: skip
    said = [Tag(kind, key, "said", None) for (kind, key), is_wanted in words.items() if is_wanted]
    others = [
        Tag(kind, key, source_of(most), last)
        for kind, key, weight, most, last in learned[:TAGS_MAX]
        if weight > 0 and (kind, key) not in words
    ]
    return [*said, *others]


def dropped_tags(person_id: int) -> list[Tag]:
    """Those the person took away, so that they can be taken back. One query."""
    rows = TagWord.objects.filter(person_id=person_id, is_wanted=False, kind__in=TAG_KINDS)
    rows = rows.order_by("-at")
    return [Tag(row.kind, row.key, "dropped", row.at) for row in rows]


def known_tags() -> list[tuple[str, str]]:
    """(kind, key) that the house speaks of most: to choose from. One query."""
    return list(Channelled.objects.order_by("kind", "-notes", "name").values_list("kind", "name"))


def tag_counts(person_ids: Iterable[int], kind: str = "category") -> dict[tuple[str, str], int]:
    """(tag, source) → people of this crowd; who switched personalisation off counts as nobody. Three queries a part."""
    wanted = sorted(set(person_ids))
    off = people.not_personalised(wanted)
    ids = [pk for pk in wanted if pk not in off]
    found: dict[tuple[str, str], int] = {}
    for at in range(0, len(ids), PART):
        for pair in _sources(ids[at : at + PART], kind):
            found[pair] = found.get(pair, 0) + 1
    return found


def _sources(ids: Sequence[int], kind: str) -> Iterable[tuple[str, str]]:
    words = {
        (word.person_id, word.key): word.is_wanted
        for word in TagWord.objects.filter(person_id__in=ids, kind=kind)
    }
    yield from ((key, "said") for (_, key), is_wanted in words.items() if is_wanted)
    rows = Taste.objects.filter(person_id__in=ids, kind=kind).values_list("person_id", "key")
    for person_id, key, weight, most in rows.annotate(
        total=Sum("weight"), most=Max("weight")
    ).order_by():
        if weight > 0 and (person_id, key) not in words:
            yield key, source_of(most)


def own_tags(person_id: int) -> list[dict[str, Any]]:
    """For a person's export."""
    things = [one for one in wishes_of(person_id) if one.kind not in TAG_KINDS]
    return [
        {"kind": tag.kind, "key": tag.key, "source": tag.source}
        for tag in [*tags_of(person_id), *dropped_tags(person_id)]
    ] + [
        {"kind": one.kind, "key": one.key, "source": "wanted" if one.is_wanted else "unwanted"}
        for one in things
    ]
