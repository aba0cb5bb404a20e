"""Likes, collects and comments: one row each, counted by guarded updates."""

from django.db import transaction
from django.db.models import F

from grapevine.guard import facade as guard
from grapevine.guard.contracts import Outcome
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.scene import rules
from grapevine.scene.access import comment_for_deletion, note_for_reaction
from grapevine.scene.contracts import (
    CommentNotFound,
    CommentView,
    NoteCollected,
    NoteCommented,
    NoteLiked,
    NoteRefused,
    NoteUncollected,
    NoteUnliked,
)
from grapevine.scene.models import Collect, Comment, Like, Note
from grapevine.scene.queries.reading import comment_view, goods_ids_of, topics_of
from grapevine.signals import facade as signals

Reaction = (
    type[NoteLiked]
    | type[NoteUnliked]
    | type[NoteCollected]
    | type[NoteUncollected]
    | type[NoteCommented]
)


@transaction.atomic
def like(*, person_id: int, public_id: str) -> int:
    """Liking twice is liking once. Returns how many like the note now."""
    note = note_for_reaction(public_id, person_id)
    _row, new = Like.objects.get_or_create(
        note=note, person_id=person_id, defaults={"at": clock.now()}
    )
    if new:
        Note.objects.filter(pk=note.pk).update(likes=F("likes") + 1)
        _tell(NoteLiked, note, person_id)
    return note.likes + new


@transaction.atomic
def unlike(*, person_id: int, public_id: str) -> int:
    note = note_for_reaction(public_id, person_id)
    gone, _kinds = Like.objects.filter(note=note, person_id=person_id).delete()
    if gone:
        Note.objects.filter(pk=note.pk, likes__gt=0).update(likes=F("likes") - 1)
        _tell(NoteUnliked, note, person_id)
    return max(note.likes - gone, 0)


@transaction.atomic
def collect(*, person_id: int, public_id: str) -> int:
    """Keeping twice is keeping once. Returns how many keep the note now."""
    note = note_for_reaction(public_id, person_id)
    _row, new = Collect.objects.get_or_create(
        note=note, person_id=person_id, defaults={"at": clock.now()}
    )
    if new:
        Note.objects.filter(pk=note.pk).update(collects=F("collects") + 1)
        _tell(NoteCollected, note, person_id)
    return note.collects + new


@transaction.atomic
def uncollect(*, person_id: int, public_id: str) -> int:
    note = note_for_reaction(public_id, person_id)
    gone, _kinds = Collect.objects.filter(note=note, person_id=person_id).delete()
    if gone:
        Note.objects.filter(pk=note.pk, collects__gt=0).update(collects=F("collects") - 1)
        _tell(NoteUncollected, note, person_id)
    return max(note.collects - gone, 0)


@transaction.atomic
def comment(*, person_id: int, public_id: str, body: str, reply_to: str = "") -> CommentView:
    """Say something under a note; a reply to a reply joins the same thread.

    Raises NoteRefused with the wording that stopped it.
    """
    note = note_for_reaction(public_id, person_id)
    text = rules.clean_body(body)
    if not text or len(text) > rules.COMMENT_MAX:
        raise BadInput(fields={"body": marked("写 1 到 500 个字")})
    said = guard.screen(text)
    if said.outcome != Outcome.PASS:
        raise NoteRefused(hit=said.hits[0].text)
    row = Comment.objects.create(
        note=note, author_id=person_id, body=text, at=clock.now(), parent_id=_thread(note, reply_to)
    )
    Note.objects.filter(pk=note.pk).update(comments=F("comments") + 1)
    _tell(NoteCommented, note, person_id)
    return comment_view(row.pk, person_id)


def _thread(note: Note, reply_to: str) -> int | None:
    if not reply_to:
        return None
    parent = Comment.objects.filter(note=note, public_id=reply_to).first()
    if parent is None:
        raise CommentNotFound
    return parent.parent_id or parent.pk


@transaction.atomic
def delete_comment(*, person_id: int, public_id: str) -> None:
    """Its writer or the note's author takes a comment away, with the replies under it."""
    row = comment_for_deletion(public_id, person_id)
    gone = Comment.objects.filter(parent=row).count() + 1
    row.delete()
    Note.objects.filter(pk=row.note_id, comments__gte=gone).update(comments=F("comments") - gone)


def _tell(kind: Reaction, note: Note, person_id: int) -> None:
    signals.emit(
        kind(
            person_id=person_id,
            object_id=note.public_id,
            note_id=note.pk,
            author_id=note.author_id,
            goods_ids=goods_ids_of([note.pk]).get(note.pk, []),
            topics=topics_of([note.pk]).get(note.pk, []),
            at=clock.now().isoformat(),
        )
    )
