"""What people do becomes taste and heat."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain

from django.db import transaction
from django.db.models import Count, F

from grapevine.discovery.contracts import NewAct
from grapevine.discovery.models import Channelled, Entry, GoodsEntry, Popular, Taste, Trait
from grapevine.discovery.rules.blending import heat
from grapevine.discovery.rules.tasting import POINTS, WEIGHTS
from grapevine.goods import facade as goods
from grapevine.kit import clock, sql
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteIndexRow

TASTES_KEPT = 500
BULK = 1_000
SEEN_AGAIN = timedelta(hours=1)
POPULAR_MAX, POPULAR_LEAST = 500, 60
CONSIDERED_MAX = 2_000
CHIPS_PER_KIND = 12


def learn_from_note(
    *, person_id: int, act: str, note_id: int, author_id: int, goods_ids: Sequence[int],
    topics: Sequence[str], forwards: bool = True,
) -> None:  # fmt: skip
    """A person did `act` to a note, or took it back. One insert, one guarded update."""
    if act == "click" and _just_seen(person_id, "note", note_id):
        return
    sign = 1 if forwards else -1
    pairs = [("note", str(note_id)), ("author", str(author_id))]
    pairs += [("topic", name) for name in topics]
    pairs += [("goods", str(pk)) for pk in goods_ids]
    pairs += [("category", name) for name in _categories(goods_ids)]
    _append(person_id, pairs, sign * WEIGHTS[act])
    if act in POINTS:
        Entry.objects.filter(note_id=note_id).update(points=F("points") + sign * POINTS[act])


def learn_from_goods(*, person_id: int, act: str, goods_ids: Sequence[int]) -> None:
    """A person looked at or bought goods."""
    if act == "click" and _just_seen(person_id, "goods", goods_ids[0]):
        return
    pairs = [("goods", str(pk)) for pk in goods_ids]
    pairs += [("category", name) for name in _categories(goods_ids)]
    _append(person_id, pairs, WEIGHTS[act])
    if act in POINTS:
        GoodsEntry.objects.filter(goods_id__in=goods_ids).update(points=F("points") + POINTS[act])


def heat_note(*, public_id: str, act: str) -> None:
    """Something good came of a note, whoever did it; nothing where the note is gone."""
    note_id = scene.note_id_of(public_id)
    Entry.objects.filter(note_id=note_id).update(points=F("points") + POINTS[act])


def learn_bulk(acts: Sequence[NewAct]) -> None:
    """Tastes of imported people, as their acts would have left them; notes and goods keep their heat,
    which the imports of notes and goods set. Notes and goods are asked of their modules: those of the same import
    are in no index yet. Few queries for all, and one insert a thousand."""
    notes = scene.index_rows(sorted({act.note_id for act in acts if act.note_id}))
    tagged = set(chain.from_iterable(note.goods_ids for note in notes))
    bought = set(chain.from_iterable(act.goods_ids for act in acts))
    named = goods.categories_of_goods(sorted(tagged | bought))
    category = {pk: name for pk, name in named.items() if name}
    about = {note.id: _subjects(note, category) for note in notes}
    rows = [
        (act.person_id, kind, key[:60], WEIGHTS[act.act], act.at)
        for act in sorted(acts, key=lambda act: act.at)
        for kind, key in _of_act(act, about, category)
    ]
    for start in range(0, len(rows), BULK):
        sql.insert(
            "discovery_taste", "person_id, kind, key, weight, at", rows[start : start + BULK]
        )


def _subjects(note: NoteIndexRow, category: Mapping[int, str]) -> list[tuple[str, str]]:
    pairs = [("goods", str(pk)) for pk in note.goods_ids]
    pairs += [("category", category[pk]) for pk in note.goods_ids if pk in category]
    return [*pairs, *(("topic", name) for name in note.topics)]


def _of_act(
    act: NewAct, about: Mapping[int, list[tuple[str, str]]], category: Mapping[int, str]
) -> list[tuple[str, str]]:
    pairs = [("goods", str(pk)) for pk in act.goods_ids]
    pairs += [("category", category[pk]) for pk in act.goods_ids if pk in category]
    return list(dict.fromkeys([*pairs, *about.get(act.note_id, ())]))


def _just_seen(person_id: int, kind: str, key: int) -> bool:
    """Looking again within the hour says nothing new, and must not push older acts out."""
    since = clock.now() - SEEN_AGAIN
    rows = Taste.objects.filter(person_id=person_id, kind=kind, key=str(key), at__gte=since)
    return rows.exists()


def _categories(goods_ids: Iterable[int]) -> list[str]:
    rows = GoodsEntry.objects.filter(goods_id__in=list(goods_ids)).exclude(category="")
    return sorted(set(rows.values_list("category", flat=True)))


def _append(person_id: int, pairs: Sequence[tuple[str, str]], weight: float) -> None:
    now = clock.now()
    Taste.objects.bulk_create(
        Taste(person_id=person_id, kind=kind, key=key[:60], weight=weight, at=now)
        for kind, key in dict.fromkeys(pairs)
    )


def forget_tastes(person_id: int) -> int:
    """The person's switch: nothing learned from them is left."""
    return Taste.objects.filter(person_id=person_id).delete()[0]


def trim_tastes() -> int:
    """Keep the newest 500 acts of everyone who has more."""
    many = Taste.objects.values("person_id").annotate(n=Count("id")).filter(n__gt=TASTES_KEPT)
    gone = 0
    for person_id in list(many.values_list("person_id", flat=True)):
        rows = Taste.objects.filter(person_id=person_id).order_by("-id")
        last = rows.values_list("id", flat=True)[TASTES_KEPT - 1]
        gone += Taste.objects.filter(person_id=person_id, pk__lt=last).delete()[0]
    return gone


def count_popular() -> int:
    """Recompute what is popular and which chips stand above the feed. Returns the notes counted.

    Considered are the notes with most points and the newest, 2,000 each: what is neither liked nor
    new is not popular. New notes that nobody did anything for stand in only while fewer than sixty were liked.
    """
    now = clock.now()
    fields = ("note_id", "points", "published_at")
    liked = Entry.objects.order_by("-points").values_list(*fields)[:CONSIDERED_MAX]
    newest = Entry.objects.order_by("-published_at", "-note_id").values_list(*fields)
    considered = {row[0]: row for row in chain(liked, newest[:CONSIDERED_MAX])}
    acted_on = {note_id: row for note_id, row in considered.items() if row[1] > 0}
    if len(acted_on) >= POPULAR_LEAST:
        considered = acted_on
    scored = sorted(
        ((heat(points, at, now), note_id) for note_id, points, at in considered.values()),
        reverse=True,
    )[:POPULAR_MAX]
    with transaction.atomic():
        Popular.objects.all().delete()
        Popular.objects.bulk_create(Popular(note_id=pk, score=score) for score, pk in scored)
        Channelled.objects.all().delete()
        Channelled.objects.bulk_create(_chips(), ignore_conflicts=True)
    return len(scored)


def _chips() -> list[Channelled]:
    found = []
    for kind in ("category", "topic"):
        rows = Trait.objects.filter(kind=kind).values("key").annotate(n=Count("id"))
        for key, count in rows.order_by("-n", "key").values_list("key", "n")[:CHIPS_PER_KIND]:
            found.append(Channelled(kind=kind, name=key, notes=count))
    return found
