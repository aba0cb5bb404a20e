"""Notes over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from grapevine.guard.facade import once
from grapevine.kit.api import maybe_signed_in, signed_in
from grapevine.kit.errors import BadInput
from grapevine.kit.pages import me, person_id_of
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.scene import facade
from grapevine.scene.api.schemas import (
    CommentIn,
    CommentList,
    CommentOut,
    DotIn,
    NoteCardOut,
    NoteIn,
    NoteList,
    NoteOut,
    NotePatch,
    ReactionOut,
)
from grapevine.scene.contracts import Dot
from grapevine.scene.queries.reading import own_note
from grapevine.scene.rules import PICTURES_MAX

router = Router(tags=["scene"])


def _picture_ids(owner_id: int, public_ids: list[str]) -> list[int]:
    """Row ids of pictures this person uploaded; raises PictureNotFound for any other."""
    return [card.id for card in media.pictures_owned_by(owner_id, public_ids)]


def _dots(given: list[DotIn]) -> dict[str, Dot]:
    inside = range(10_001)
    places = [(dot.x_bps, dot.y_bps) for dot in given if 0 <= dot.picture < PICTURES_MAX]
    if len(places) < len(given) or any(x not in inside or y not in inside for x, y in places):
        raise BadInput(fields={"dots": marked("标记点要在图片里面")})
    return {dot.goods: Dot(dot.picture, dot.x_bps, dot.y_bps) for dot in given}


@router.post("/notes", auth=signed_in, response={201: NoteOut})
@once
def create_note(request: HttpRequest, given: NoteIn) -> Status[NoteOut]:
    """Publish a note, or keep a draft. 422 names what is missing or the wording that is refused."""
    author_id = me(request)
    parts: dict[str, Any] = {
        "title": given.title,
        "body": given.body,
        "topics": given.topics,
        "picture_ids": _picture_ids(author_id, given.pictures),
        "goods_public_ids": given.goods,
        "dots": _dots(given.dots),
        "sponsored": given.sponsored,
    }
    if given.draft:
        public_id = facade.save_draft(author_id=author_id, **parts)
    else:
        public_id = facade.publish_note(author_id=author_id, **parts).public_id
    return Status(201, NoteOut.whole(own_note(public_id, author_id)))


@router.get("/notes/{public_id}", auth=maybe_signed_in, response=NoteOut)
def read_note(request: HttpRequest, public_id: str) -> NoteOut:
    """A note with its pictures, goods, topics and counts."""
    return NoteOut.whole(facade.note_by_public_id(public_id, person_id_of(request)))


@router.patch("/notes/{public_id}", auth=signed_in, response=NoteOut)
@once
def change_note(request: HttpRequest, public_id: str, given: NotePatch) -> NoteOut:
    """Change what is given. A note that is out is screened again."""
    author_id = me(request)
    facade.edit_note(
        author_id=author_id,
        public_id=public_id,
        title=given.title,
        body=given.body,
        topics=given.topics,
        picture_ids=None if given.pictures is None else _picture_ids(author_id, given.pictures),
        goods_public_ids=given.goods,
        dots=_dots(given.dots),
        sponsored=given.sponsored,
    )
    if given.publish:
        facade.publish_draft(author_id=author_id, public_id=public_id)
    return NoteOut.whole(own_note(public_id, author_id))


@router.delete("/notes/{public_id}", auth=signed_in, response={204: None})
def delete_note(request: HttpRequest, public_id: str) -> Status[None]:
    """Delete your note; it is gone everywhere."""
    facade.delete_note(author_id=me(request), public_id=public_id)
    return Status(204, None)


@router.put("/notes/{public_id}/like", auth=signed_in, response=ReactionOut)
def like_note(request: HttpRequest, public_id: str) -> ReactionOut:
    """Liking twice is liking once."""
    return ReactionOut(on=True, count=facade.like(person_id=me(request), public_id=public_id))


@router.delete("/notes/{public_id}/like", auth=signed_in, response=ReactionOut)
def unlike_note(request: HttpRequest, public_id: str) -> ReactionOut:
    """Take a like back."""
    return ReactionOut(on=False, count=facade.unlike(person_id=me(request), public_id=public_id))


@router.put("/notes/{public_id}/collect", auth=signed_in, response=ReactionOut)
def collect_note(request: HttpRequest, public_id: str) -> ReactionOut:
    """Keep a note for later."""
    return ReactionOut(on=True, count=facade.collect(person_id=me(request), public_id=public_id))


@router.delete("/notes/{public_id}/collect", auth=signed_in, response=ReactionOut)
def uncollect_note(request: HttpRequest, public_id: str) -> ReactionOut:
    """Stop keeping a note."""
    count = facade.uncollect(person_id=me(request), public_id=public_id)
    return ReactionOut(on=False, count=count)


@router.get("/notes/{public_id}/comments", auth=maybe_signed_in, response=CommentList)
def list_comments(
    request: HttpRequest, public_id: str, cursor: str = "", limit: int = 20
) -> dict[str, Any]:
    """Comments of a note, oldest first, with their replies."""
    page = facade.comments_of(public_id, person_id_of(request), cursor, limit)
    items = [CommentOut.of(comment) for comment in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@router.post("/notes/{public_id}/comments", auth=signed_in, response={201: CommentOut})
@once
def create_comment(request: HttpRequest, public_id: str, given: CommentIn) -> Status[CommentOut]:
    """Say something under a note, or reply to a comment."""
    comment = facade.comment(
        person_id=me(request), public_id=public_id, body=given.body, reply_to=given.reply_to
    )
    return Status(201, CommentOut.of(comment))


@router.delete("/comments/{public_id}", auth=signed_in, response={204: None})
def delete_comment(request: HttpRequest, public_id: str) -> Status[None]:
    """Delete your comment, or one under your note."""
    facade.delete_comment(person_id=me(request), public_id=public_id)
    return Status(204, None)


@router.get("/topics/{name}/notes", auth=maybe_signed_in, response=NoteList)
def list_topic_notes(
    request: HttpRequest, name: str, cursor: str = "", limit: int = 20
) -> dict[str, Any]:
    """Notes of a topic, newest first."""
    page = facade.topic_notes(name, cursor, limit, viewer_id=person_id_of(request))
    return {"items": [NoteCardOut.of(card) for card in page.items], "next_cursor": page.next_cursor}


@router.get("/people/{handle}/notes", auth=maybe_signed_in, response=NoteList)
def list_person_notes(
    request: HttpRequest, handle: str, cursor: str = "", limit: int = 20
) -> dict[str, Any]:
    """Published notes of one person, newest first."""
    page = facade.notes_of_handle(handle, person_id_of(request), cursor, limit)
    return {"items": [NoteCardOut.of(card) for card in page.items], "next_cursor": page.next_cursor}
