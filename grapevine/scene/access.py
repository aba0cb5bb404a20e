"""The only doors to a note: load and authorise. Who may not see it hears that it is not there."""

from grapevine.people import facade as people
from grapevine.scene.contracts import CommentNotFound, NoteNotFound, NoteState
from grapevine.scene.models import Comment, Note


def note_for_reader(public_id: str, viewer_id: int | None) -> Note:
    """A published note, or the viewer's own; not one of somebody who is blocked, either way."""
    note = Note.objects.filter(public_id=public_id).first()
    if note is None or (note.state != NoteState.PUBLISHED and note.author_id != viewer_id):
        raise NoteNotFound
    if viewer_id not in (None, note.author_id) and note.author_id in people.blocked_ids(viewer_id):
        raise NoteNotFound
    return note


def note_for_reaction(public_id: str, person_id: int) -> Note:
    """A published note the person may answer to."""
    note = note_for_reader(public_id, person_id)
    if note.state != NoteState.PUBLISHED:
        raise NoteNotFound
    return note


def note_for_author(public_id: str, author_id: int, *, lock: bool = False) -> Note:
    rows = Note.objects.select_for_update() if lock else Note.objects.all()
    note = rows.filter(public_id=public_id, author_id=author_id).first()
    if note is None:
        raise NoteNotFound
    return note


def comment_for_deletion(public_id: str, person_id: int) -> Comment:
    """A comment its writer or the note's author may take away."""
    comment = Comment.objects.select_related("note").filter(public_id=public_id).first()
    if comment is None or person_id not in (comment.author_id, comment.note.author_id):
        raise CommentNotFound
    return comment
