"""One note as its page shows it, its comments, and what discovery indexes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard
from grapevine.people import facade as people
from grapevine.people.contracts import PersonCard
from grapevine.scene.access import note_for_author, note_for_reader
from grapevine.scene.contracts import (
    CommentView,
    Dot,
    NoteCard,
    NoteDetail,
    NoteIndexRow,
    NoteState,
    TaggedGoods,
    WaitingNote,
)
from grapevine.scene.models import Collect, Comment, Like, Note, NoteGoods, NotePicture, NoteTopic
from grapevine.scene.queries.cards import cards_of

REPLIES_MAX = 200
KEEPERS_PART = 900


def note_by_public_id(public_id: str, viewer_id: int | None = None) -> NoteDetail:
    """The note for this viewer; raises NoteNotFound. About fifteen queries."""
    return _detail(note_for_reader(public_id, viewer_id), viewer_id)


def own_note(public_id: str, author_id: int) -> NoteDetail:
    """The author's note in any state, for the compose page."""
    return _detail(note_for_author(public_id, author_id), author_id)


def _detail(note: Note, viewer_id: int | None) -> NoteDetail:
    card = cards_of([note])[0]
    mine = viewer_id == note.author_id
    return NoteDetail(
        card=card,
        body=note.body,
        topics=tuple(topics_of([note.pk]).get(note.pk, ())),
        pictures=tuple(pictures_of(note.pk)),
        tagged=tuple(_tagged(note.pk)),
        state=NoteState(note.state),
        collects=note.collects,
        comments=note.comments,
        region=note.region,
        liked=viewer_id is not None
        and Like.objects.filter(note=note, person_id=viewer_id).exists(),
        collected=viewer_id is not None
        and Collect.objects.filter(note=note, person_id=viewer_id).exists(),
        following=viewer_id is not None
        and not mine
        and note.author_id in people.is_following(viewer_id, [note.author_id]),
        mine=mine,
    )


def notes_in_review(cursor: str = "", limit: int | None = None) -> Page[WaitingNote]:
    """Notes that wait for a moderator, oldest first, for operators."""
    size = clamp(limit)
    rows = Note.objects.filter(state=NoteState.REVIEW).order_by("id")
    if cursor:
        rows = rows.filter(pk__gt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    cards = {card.id: card for card in cards_of(found[:size])}
    topics = topics_of([note.pk for note in found[:size]])
    items = [
        _waiting(note, cards[note.pk], topics.get(note.pk, ()))
        for note in found[:size]
        if note.pk in cards
    ]
    return Page(items, encode_cursor(found[size - 1].pk) if len(found) > size else None)


def _waiting(note: Note, card: NoteCard, topics: Sequence[str]) -> WaitingNote:
    parts = [note.title, note.body, *topics]
    hits = [hit.text for part in parts for hit in guard.screen(part).hits]
    detail = NoteDetail(
        card=card,
        body=note.body,
        topics=tuple(topics),
        pictures=(),
        tagged=(),
        state=NoteState.REVIEW,
        collects=note.collects,
        comments=note.comments,
        region=note.region,
    )
    return WaitingNote(detail, tuple(dict.fromkeys(hits)))


def pictures_of(note_id: int) -> list[PictureCard]:
    rows = list(NotePicture.objects.filter(note_id=note_id).order_by("position"))
    found = media.pictures([row.picture_id for row in rows])
    return [
        replace(found[row.picture_id], alt=row.alt or found[row.picture_id].alt)
        for row in rows
        if row.picture_id in found
    ]


def _tagged(note_id: int) -> list[TaggedGoods]:
    rows = list(NoteGoods.objects.filter(note_id=note_id).order_by("position", "id"))
    cards = goods.goods_cards([row.goods_id for row in rows])
    return [TaggedGoods(cards[row.goods_id], _dot(row)) for row in rows if row.goods_id in cards]


def _dot(row: NoteGoods) -> Dot | None:
    if row.picture is None or row.x_bps is None or row.y_bps is None:
        return None
    return Dot(row.picture, row.x_bps, row.y_bps)


def topics_of(note_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = NoteTopic.objects.filter(note_id__in=note_ids).order_by("position", "id")
    for note_id, name in rows.values_list("note_id", "topic__name"):
        found.setdefault(note_id, []).append(name)
    return found


def goods_ids_of(note_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = NoteGoods.objects.filter(note_id__in=note_ids).order_by("position", "id")
    for note_id, goods_id in rows.values_list("note_id", "goods_id"):
        found.setdefault(note_id, []).append(goods_id)
    return found


def tagged_goods() -> Iterator[tuple[str, int]]:
    """(note's public id, goods) of every note that shows goods. One query, streamed."""
    rows = NoteGoods.objects.order_by("note_id", "id")
    yield from rows.values_list("note__public_id", "goods_id").iterator(2000)


def index_rows(ids: Iterable[int]) -> list[NoteIndexRow]:
    """What discovery indexes of the published among `ids`, by id. Three queries."""
    rows = list(Note.objects.published().filter(pk__in=set(ids)).order_by("id"))
    note_ids = [note.pk for note in rows]
    topics, tagged = topics_of(note_ids), goods_ids_of(note_ids)
    return [
        NoteIndexRow(
            id=note.pk,
            public_id=note.public_id,
            author_id=note.author_id,
            title=note.title,
            body=note.body,
            topics=tuple(topics.get(note.pk, ())),
            goods_ids=tuple(tagged.get(note.pk, ())),
            published_at=note.published_at,
            likes=note.likes,
            collects=note.collects,
            comments=note.comments,
            region=note.region,
        )
        for note in rows
        if note.published_at is not None
    ]


def counts_of(ids: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    """(likes, collects, comments) of the published among `ids`. One query."""
    rows = Note.objects.published().filter(pk__in=set(ids))
    fields = rows.values_list("id", "likes", "collects", "comments")
    return {pk: (likes, collects, comments) for pk, likes, collects, comments in fields}


def note_ids_between(first_id: int, last_id: int, limit: int = 1000) -> list[int]:
    """Ids of published notes in a range, ascending: to walk all notes in bounded steps."""
    rows = Note.objects.published().filter(pk__gte=first_id, pk__lte=last_id).order_by("id")
    return list(rows.values_list("id", flat=True)[:limit])


def comments_of(
    public_id: str, viewer_id: int | None = None, cursor: str = "", limit: int | None = None
) -> Page[CommentView]:
    """Comments newest first, each with its replies oldest first; none by blocked people."""
    note = note_for_reader(public_id, viewer_id)
    size = clamp(limit)
    hidden = people.blocked_ids(viewer_id) if viewer_id is not None else set()
    rows = Comment.objects.filter(note=note).exclude(author_id__in=hidden)
    tops = rows.filter(parent=None)
    if cursor:
        tops = tops.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(tops.order_by("-id")[: size + 1])
    shown = found[:size]
    replies = list(
        rows.filter(parent_id__in=[row.pk for row in shown]).order_by("id")[:REPLIES_MAX]
    )
    authors = people.cards({row.author_id for row in [*shown, *replies]})
    under: dict[int | None, list[CommentView]] = {}
    for row in replies:
        under.setdefault(row.parent_id, []).append(_view(row, note, authors, viewer_id))
    items = [
        replace(_view(row, note, authors, viewer_id), replies=tuple(under.get(row.pk, ())))
        for row in shown
    ]
    return Page(items, encode_cursor(shown[-1].pk) if len(found) > size else None)


def comment_view(comment_id: int, viewer_id: int | None) -> CommentView:
    row = Comment.objects.select_related("note").get(pk=comment_id)
    return _view(row, row.note, people.cards([row.author_id]), viewer_id)


def _view(
    row: Comment, note: Note, authors: dict[int, PersonCard], viewer_id: int | None
) -> CommentView:
    return CommentView(
        public_id=row.public_id,
        author=authors[row.author_id],
        body=row.body,
        at=row.at,
        by_author=row.author_id == note.author_id,
        mine=viewer_id in (row.author_id, note.author_id),
    )


def keepers_of_goods(person_ids: Sequence[int], since: datetime) -> dict[int, set[int]]:
    """Which of these people keep a note with these goods since then: goods id → people. One query each 900 people."""
    found: dict[int, set[int]] = {}
    for at in range(0, len(person_ids), KEEPERS_PART):
        part = list(person_ids[at : at + KEEPERS_PART])
        kept = Collect.objects.filter(person_id__in=part, at__gte=since).values_list(
            "person_id", "note_id"
        )
        people: dict[int, set[int]] = {}
        for person_id, note_id in kept:
            people.setdefault(note_id, set()).add(person_id)
        notes = list(people)
        for start in range(0, len(notes), KEEPERS_PART):
            tagged = NoteGoods.objects.filter(note_id__in=notes[start : start + KEEPERS_PART])
            for note_id, goods_id in tagged.values_list("note_id", "goods_id"):
                found.setdefault(goods_id, set()).update(people[note_id])
    return found
