"""Bulk import: thousands of rows a second, one event for a whole batch."""

from collections.abc import Iterable, Sequence
from itertools import chain

from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from grapevine.kit import clock
from grapevine.scene import rules
from grapevine.scene.contracts import (
    NewComment,
    NewNote,
    NewReaction,
    NotesImported,
    NotesRecounted,
    NoteState,
)
from grapevine.scene.models import (
    Collect,
    Comment,
    Like,
    Note,
    NoteGoods,
    NotePicture,
    NoteTopic,
    Topic,
)
from grapevine.signals import facade as signals

BATCH = 1_000


@transaction.atomic
def save_notes_bulk(rows: Sequence[NewNote]) -> list[int]:
    """Write published notes; returns their ids in the order given. One event tells of all."""
    if not rows:
        return []
    now = clock.now()
    notes = Note.objects.bulk_create(
        [
            Note(
                author_id=row.author_id,
                title=rules.clean_title(row.title)[: rules.TITLE_MAX],
                body=rules.clean_body(row.body)[: rules.BODY_MAX],
                region=row.region,
                sponsored=row.sponsored,
                state=NoteState.PUBLISHED,
                created_at=row.published_at or now,
                published_at=row.published_at or now,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    pairs = list(zip(notes, rows, strict=True))
    NotePicture.objects.bulk_create(
        (
            NotePicture(note_id=note.pk, position=place, picture_id=picture_id)
            for note, row in pairs
            for place, picture_id in enumerate(dict.fromkeys(row.picture_ids[: rules.PICTURES_MAX]))
        ),
        batch_size=BATCH,
    )
    NoteGoods.objects.bulk_create(
        (
            NoteGoods(note_id=note.pk, position=place, goods_id=goods_id)
            for note, row in pairs
            for place, goods_id in enumerate(dict.fromkeys(row.goods_ids[: rules.GOODS_MAX]))
        ),
        batch_size=BATCH,
    )
    _save_topics([(note.pk, rules.clean_topics(row.topics)) for note, row in pairs])
    ids = [note.pk for note in notes]
    told = NotesImported(first_id=min(ids), last_id=max(ids), at=now.isoformat())
    signals.emit(told)
    return ids


def _save_topics(pairs: Sequence[tuple[int, Sequence[str]]]) -> None:
    names = sorted(set(chain.from_iterable(given for _note_id, given in pairs)))
    Topic.objects.bulk_create(
        [Topic(name=name) for name in names], ignore_conflicts=True, batch_size=BATCH
    )
    ids = dict(Topic.objects.filter(name__in=names).values_list("name", "id"))
    NoteTopic.objects.bulk_create(
        (
            NoteTopic(note_id=note_id, topic_id=ids[name], position=place)
            for note_id, given in pairs
            for place, name in enumerate(given)
        ),
        batch_size=BATCH,
    )
    counted: dict[str, int] = {}
    for name in chain.from_iterable(given for _note_id, given in pairs):
        counted[name] = counted.get(name, 0) + 1
    for name in names:
        Topic.objects.filter(name=name).update(notes=F("notes") + counted[name])


@transaction.atomic
def save_likes_bulk(rows: Iterable[NewReaction]) -> None:
    """Insert likes that are not there yet and recount their notes."""
    given = list(rows)
    Like.objects.bulk_create(
        (Like(note_id=row.note_id, person_id=row.person_id, at=row.at) for row in given),
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    _recount({row.note_id for row in given}, likes=_counted(Like))


@transaction.atomic
def save_collects_bulk(rows: Iterable[NewReaction]) -> None:
    """Insert collects that are not there yet and recount their notes."""
    given = list(rows)
    Collect.objects.bulk_create(
        (Collect(note_id=row.note_id, person_id=row.person_id, at=row.at) for row in given),
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    _recount({row.note_id for row in given}, collects=_counted(Collect))


@transaction.atomic
def save_comments_bulk(rows: Iterable[NewComment]) -> None:
    given = list(rows)
    Comment.objects.bulk_create(
        (
            Comment(
                note_id=row.note_id,
                author_id=row.author_id,
                body=rules.clean_body(row.body)[: rules.COMMENT_MAX],
                at=row.at,
            )
            for row in given
        ),
        batch_size=BATCH,
    )
    _recount({row.note_id for row in given}, comments=_counted(Comment))


def _counted(model: type[Like] | type[Collect] | type[Comment]) -> Coalesce:
    rows = model.objects.filter(note_id=OuterRef("pk")).order_by().values("note_id")
    return Coalesce(Subquery(rows.annotate(n=Count("id")).values("n")), 0)


def _recount(note_ids: set[int], **counts: Coalesce) -> None:
    ids = sorted(note_ids)  # one lock order for everybody
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        Note.objects.filter(pk__in=batch).update(**counts)
        signals.emit(NotesRecounted(note_ids=batch, at=clock.now().isoformat()))
