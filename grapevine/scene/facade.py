"""What the rest of the house may call."""

from grapevine.scene.actions.importing import (
    save_collects_bulk,
    save_comments_bulk,
    save_likes_bulk,
    save_notes_bulk,
)
from grapevine.scene.actions.reacting import (
    collect,
    comment,
    delete_comment,
    like,
    uncollect,
    unlike,
)
from grapevine.scene.actions.writing import (
    delete_note,
    edit_note,
    publish_draft,
    publish_note,
    release_note,
    save_draft,
)
from grapevine.scene.queries.cards import (
    card_facts,
    collected_by,
    liked_by,
    note_cards,
    note_id_of,
    notes_of,
    notes_of_handle,
    notes_with_goods,
    top_topics,
    topic_notes,
    unpublished_of,
)
from grapevine.scene.queries.reading import (
    comments_of,
    counts_of,
    index_rows,
    note_by_public_id,
    note_ids_between,
)

__all__ = [
    "card_facts",
    "collect",
    "collected_by",
    "comment",
    "comments_of",
    "counts_of",
    "delete_comment",
    "delete_note",
    "edit_note",
    "index_rows",
    "like",
    "liked_by",
    "note_by_public_id",
    "note_cards",
    "note_id_of",
    "note_ids_between",
    "notes_of",
    "notes_of_handle",
    "notes_with_goods",
    "publish_draft",
    "publish_note",
    "release_note",
    "save_collects_bulk",
    "save_comments_bulk",
    "save_draft",
    "save_likes_bulk",
    "save_notes_bulk",
    "top_topics",
    "topic_notes",
    "uncollect",
    "unlike",
    "unpublished_of",
]
