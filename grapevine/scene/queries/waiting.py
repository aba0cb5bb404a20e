"""How much waits behind the operator's entry; counts to 100, one query."""

from grapevine.scene.contracts import NoteState
from grapevine.scene.models import Note

MOST = 100


def notes_waiting(_shop_id: int | None) -> int:
    return Note.objects.filter(state=NoteState.REVIEW)[:MOST].count()
