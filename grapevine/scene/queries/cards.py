"""Notes as cards: for feeds, profiles, goods pages."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from grapevine.kit import sql
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard
from grapevine.people import facade as people
from grapevine.scene.contracts import CardFacts, NoteCard, NoteState, TopicNotFound
from grapevine.scene.models import Collect, Like, Note, NoteGoods, NotePicture, NoteTopic, Topic

COVER_POSITION = 0


def note_cards(ids: Iterable[int]) -> dict[int, NoteCard]:
    """Cards of the published notes among `ids`. Five queries, however many notes."""
    rows = list(Note.objects.published().filter(pk__in=set(ids)))
    return {card.id: card for card in cards_of(rows)}


def cards_of(rows: Sequence[Note]) -> list[NoteCard]:
    """Cards of these rows in their order: pictures, goods and authors in one query each."""
    if not rows:
        return []
    ids = [note.pk for note in rows]
    goods: dict[int, list[int]] = {}
    tagged = NoteGoods.objects.filter(note_id__in=ids).order_by("position", "id")
    for note_id, goods_id in tagged.values_list("note_id", "goods_id"):
        goods.setdefault(note_id, []).append(goods_id)
    covers = covers_of(ids)
    authors = people.cards({note.author_id for note in rows})
    return [
        NoteCard(
            id=note.pk,
            public_id=note.public_id,
            title=note.title,
            author=authors[note.author_id],
            cover=covers.get(note.pk),
            likes=note.likes,
            goods_ids=tuple(goods.get(note.pk, ())),
            published_at=note.published_at,
            sponsored=note.sponsored,
            version=note.version,
        )
        for note in rows
        if note.author_id in authors
    ]


def covers_of(note_ids: Sequence[int]) -> dict[int, PictureCard]:
    rows = NotePicture.objects.filter(note_id__in=note_ids, position=COVER_POSITION)
    places = {row.note_id: row for row in rows}
    pictures = media.pictures({row.picture_id for row in places.values()})
    return {
        note_id: replace(pictures[row.picture_id], alt=row.alt or pictures[row.picture_id].alt)
        for note_id, row in places.items()
        if row.picture_id in pictures
    }


LIKED = "EXISTS (SELECT 1 FROM scene_like own WHERE own.note_id = note.id AND own.person_id = %s)"
FACTS = f"""
SELECT note.id, note.version, note.likes, {{liked}}, note.author_id FROM scene_note note
WHERE note.id IN ({{places}}) AND note.state = '{NoteState.PUBLISHED}'
"""  # noqa: S608  constants


def card_facts(ids: Iterable[int], viewer_id: int | None = None) -> dict[int, CardFacts]:
    """Version, likes and whether the viewer likes it, of the published among `ids`. One query."""
    wanted = sql.stepped(ids)
    if not wanted:
        return {}
    liked, viewer = (LIKED, [viewer_id]) if viewer_id is not None else ("FALSE", [])
    text = FACTS.format(liked=liked, places=sql.places(len(wanted)))
    return {
        row[0]: CardFacts(row[0], row[1], row[2], bool(row[3]), row[4])
        for row in sql.rows(text, [*viewer, *wanted])
    }


FACTS_BESIDE = f"""
SELECT aside.value, note.id, note.version, note.likes, {{liked}}, note.author_id FROM (SELECT ({{aside}}) AS value) aside
LEFT JOIN scene_note note ON note.id IN ({{places}}) AND note.state = '{NoteState.PUBLISHED}'
"""  # noqa: S608  constants


def card_facts_beside(
    ids: Iterable[int], viewer_id: int, aside: sql.Aside
) -> tuple[dict[int, CardFacts], Any]:
    """As `card_facts`, of at least one id, and the value of `aside`. One query."""
    wanted = sql.stepped(ids)
    text = FACTS_BESIDE.format(liked=LIKED, aside=aside.text, places=sql.places(len(wanted)))
    rows = sql.rows(text, [viewer_id, *aside.params, *wanted])
    facts = {
        row[1]: CardFacts(row[1], row[2], row[3], bool(row[4]), row[5])
        for row in rows
        if row[1] is not None
    }
    return facts, rows[0][0]


def liked_by(person_id: int | None, note_ids: Iterable[int]) -> set[int]:
    if person_id is None:
        return set()
    rows = Like.objects.filter(person_id=person_id, note_id__in=set(note_ids))
    return set(rows.values_list("note_id", flat=True))


def notes_of(author_id: int, cursor: str = "", limit: int | None = None) -> Page[NoteCard]:
    """Published notes of one person, newest first."""
    size = clamp(limit)
    rows = Note.objects.published().filter(author_id=author_id)
    if cursor:
        moment, pk = decode_cursor(cursor, [str, int])
        at = parse_datetime(moment)
        rows = rows.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk))
    found = list(rows.order_by("-published_at", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    more = encode_cursor(last.published_at, last.pk) if last else None
    return Page(cards_of(found[:size]), more)


def notes_of_handle(
    handle: str, viewer_id: int | None, cursor: str = "", limit: int | None = None
) -> Page[NoteCard]:
    """As `notes_of`, by handle; nothing of somebody who is blocked, either way."""
    author = people.card_by_handle(handle)
    if viewer_id is not None and author.id in people.blocked_ids(viewer_id):
        return Page(())
    return notes_of(author.id, cursor, limit)


def unpublished_of(author_id: int, limit: int = 50) -> list[tuple[NoteCard, NoteState]]:
    """The person's drafts and notes in review, newest first."""
    rows = Note.objects.filter(author_id=author_id).exclude(state=NoteState.PUBLISHED)
    found = list(rows.order_by("-id")[:limit])
    states = {note.pk: NoteState(note.state) for note in found}
    return [(card, states[card.id]) for card in cards_of(found)]


def collected_by(person_id: int, cursor: str = "", limit: int | None = None) -> Page[NoteCard]:
    """What the person keeps, newest note first."""
    size = clamp(limit)
    kept = Collect.objects.filter(person_id=person_id).values("note_id")
    rows = Note.objects.published().filter(pk__in=kept)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    return _page(list(rows.order_by("-id")[: size + 1]), size)


def notes_with_goods(goods_id: int, limit: int = 12) -> list[NoteCard]:
    """The newest published notes that tag the goods."""
    tagged = NoteGoods.objects.filter(goods_id=goods_id).values("note_id")
    rows = Note.objects.published().filter(pk__in=tagged).order_by("-id")
    return cards_of(list(rows[:limit]))


def topic_notes(
    name: str, cursor: str = "", limit: int | None = None, *, viewer_id: int | None = None
) -> Page[NoteCard]:
    """Published notes of a topic, newest first; raises TopicNotFound."""
    topic = Topic.objects.filter(name=name).first()
    if topic is None:
        raise TopicNotFound
    size = clamp(limit)
    written = NoteTopic.objects.filter(topic=topic).values("note_id")
    rows = Note.objects.published().filter(pk__in=written)
    if viewer_id is not None:
        rows = rows.exclude(author_id__in=people.blocked_ids(viewer_id))
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    return _page(list(rows.order_by("-id")[: size + 1]), size)


def note_id_of(public_id: str) -> int:
    """The row id of a published note, 0 where there is none."""
    rows = Note.objects.published().filter(public_id=public_id)
    return rows.values_list("id", flat=True).first() or 0


def note_ids_of(public_ids: Iterable[str]) -> dict[str, int]:
    """The row ids of the published among them. One query."""
    rows = Note.objects.published().filter(public_id__in=set(public_ids))
    return dict(rows.values_list("public_id", "id"))


def topic_count(name: str) -> int:
    """Published notes of the topic; 0 where there is no such topic."""
    return Topic.objects.filter(name=name).values_list("notes", flat=True).first() or 0


def top_topics(limit: int = 12) -> list[str]:
    rows = Topic.objects.filter(notes__gt=0).order_by("-notes", "name")
    return list(rows.values_list("name", flat=True)[:limit])


def _page(rows: list[Note], size: int) -> Page[NoteCard]:
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else None
    return Page(cards_of(rows[:size]), more)
