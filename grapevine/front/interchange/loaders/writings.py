"""Notes, and what people did with them."""

import json
from collections.abc import Sequence

from grapevine.discovery import facade as discovery
from grapevine.discovery.contracts import NewAct
from grapevine.front.interchange.checking import Row
from grapevine.front.interchange.loading import Context, Loaded, joined, log_row, parts
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewComment, NewNote, NewReaction


def load_notes(rows: Sequence[Row], context: Context) -> Loaded:
    context.pictures.store(path for row in rows for path in row["pictures"])
    ids = scene.save_notes_bulk([_note(row, context) for row in rows])
    cards = scene.note_cards(ids)
    loaded = Loaded()
    for row, note_id in zip(rows, ids, strict=True):
        public_id = cards[note_id].public_id
        loaded.ids[row.key] = joined(note_id, public_id)
        loaded.log.append(
            log_row(
                "notes",
                row,
                row["published_at"] or context.now,
                "scene.note_published",
                person_id=int(context.directory.text("people", row["author_id"])),
                object_type="note",
                object_id=public_id,
                props=json.dumps({"goods_ids": list(cards[note_id].goods_ids)}),
            )
        )
    return loaded


def _note(row: Row, context: Context) -> NewNote:
    tagged = [parts(context.directory.text("goods", key))[0] for key in row["goods_ids"]]
    return NewNote(
        author_id=int(context.directory.text("people", row["author_id"])),
        title=row["title"],
        body=row["body"],
        topics=[topic for topic in row["topics"].split("|") if topic],
        picture_ids=[context.pictures.id_of(path) for path in row["pictures"]],
        goods_ids=[int(key) for key in tagged],
        published_at=row["published_at"] or context.now,
    )


REACTIONS = ("like", "collect", "comment")


def save_reactions(rows: Sequence[Row], context: Context) -> None:
    """Write likes, collects and comments of notes by known people to the notes themselves."""
    given = [
        row
        for row in rows
        if row["verb"] in REACTIONS and row["object_type"] == "note" and row["person_id"]
    ]
    likes, collects = (
        [_reaction(row, context) for row in given if row["verb"] == verb]
        for verb in ("like", "collect")
    )
    comments = [
        NewComment(*_who_and_what(row, context), body=row["text"], at=row["at"])
        for row in given
        if row["verb"] == "comment" and row["text"]
    ]
    discovery.learn_bulk(
        [
            NewAct(person_id, str(row["verb"]), row["at"], note_id=note_id)
            for row in given
            for note_id, person_id in [_who_and_what(row, context)]
        ]
    )
    if likes:
        scene.save_likes_bulk(likes)
    if collects:
        scene.save_collects_bulk(collects)
    if comments:
        scene.save_comments_bulk(comments)


def _who_and_what(row: Row, context: Context) -> tuple[int, int]:
    note = int(parts(context.directory.text("notes", row["object_id"]))[0])
    return note, int(context.directory.text("people", row["person_id"]))


def _reaction(row: Row, context: Context) -> NewReaction:
    return NewReaction(*_who_and_what(row, context), at=row["at"])
