"""Writing and answering to notes."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from grapevine.goods.contracts import GoodsNotFound
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, NotFound
from grapevine.people import facade as people
from grapevine.scene import facade
from grapevine.scene.contracts import (
    CommentNotFound,
    Dot,
    NewComment,
    NewNote,
    NewReaction,
    NoteIncomplete,
    NoteNotFound,
    NoteRefused,
    NoteState,
    TopicNotFound,
)
from grapevine.scene.models import Comment, Like, Note, Topic
from grapevine.scene.queries.reading import own_note
from grapevine.scene.tests.cast import Cast, gather, picture, write

pytestmark = pytest.mark.django_db
BLOCKED_TEXT = "代开发票"


@pytest.fixture
def cast() -> Cast:
    return gather()


def events(name: str) -> list[dict[str, Any]]:
    """Payloads of the events of this kind that were emitted, in order."""
    outbox = apps.get_model("signals", "OutboxEvent")._default_manager
    return [row.payload for row in outbox.filter(name=f"scene.{name}").order_by("id")]


def test_a_published_note_is_on_the_authors_page_at_once(cast: Cast) -> None:
    dots = {cast.cup.public_id: Dot(1, 3800, 6800)}
    card = facade.publish_note(
        author_id=cast.bob,
        title=" 用了三个月的粗陶杯 ",
        body="八月\n\n\n\n挑的",
        topics=["#粗陶 #我的早晨时刻"],
        picture_ids=[picture(cast.bob) for _ in range(3)],
        goods_public_ids=[cast.cup.public_id, cast.vase.public_id],
        dots=dots,
    )
    note = facade.note_by_public_id(card.public_id, cast.eve)
    assert (note.card.title, note.body) == ("用了三个月的粗陶杯", "八月\n\n挑的")
    assert note.topics == ("粗陶", "我的早晨时刻")
    assert len(note.pictures) == 3
    assert note.card.cover == note.pictures[0]
    assert [tag.goods.id for tag in note.tagged] == [cast.cup.id, cast.vase.id]
    assert [tag.dot for tag in note.tagged] == [Dot(1, 3800, 6800), None]
    assert [c.id for c in facade.notes_of(cast.bob).items] == [card.id]
    assert [c.id for c in facade.topic_notes("粗陶").items] == [card.id]
    assert [c.id for c in facade.notes_with_goods(cast.vase.id)] == [card.id]
    told = events("note_published")
    assert [(e["note_id"], e["goods_ids"]) for e in told] == [
        (card.id, [cast.cup.id, cast.vase.id])
    ]


def test_a_note_without_title_or_picture_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(NoteIncomplete) as refused:
        facade.publish_note(author_id=cast.bob, title=" ")
    assert set(refused.value.fields) == {"title", "pictures"}
    assert not Note.objects.exists()
    assert not Topic.objects.exists()


def test_ten_pictures_are_one_too_many(cast: Cast) -> None:
    with pytest.raises(NoteIncomplete) as refused:
        write(cast.bob, pictures=10)
    assert set(refused.value.fields) == {"pictures"}


def test_unknown_goods_are_refused(cast: Cast) -> None:
    with pytest.raises(GoodsNotFound):
        write(cast.bob, goods_public_ids=("nonexistent2",))
    assert not Note.objects.exists()


def test_wording_that_is_blocked_is_quoted(cast: Cast) -> None:
    with pytest.raises(NoteRefused) as refused:
        write(cast.bob, body=f"这只杯子{BLOCKED_TEXT}")
    assert refused.value.params == {"hit": BLOCKED_TEXT}
    assert not Note.objects.exists()
    assert events("note_published") == []


def test_a_draft_is_its_authors_alone_until_it_is_published(cast: Cast) -> None:
    public_id = facade.save_draft(author_id=cast.bob, title="", topics=["慢"])
    with pytest.raises(NoteNotFound):
        facade.note_by_public_id(public_id, cast.eve)
    with pytest.raises(NoteIncomplete):
        facade.publish_draft(author_id=cast.bob, public_id=public_id)
    facade.edit_note(
        author_id=cast.bob, public_id=public_id, title="好", picture_ids=[picture(cast.bob)]
    )
    assert own_note(public_id, cast.bob).state == NoteState.DRAFT
    assert [c.public_id for c, _state in facade.unpublished_of(cast.bob)] == [public_id]
    assert events("note_published") == []
    facade.publish_draft(author_id=cast.bob, public_id=public_id)
    facade.publish_draft(author_id=cast.bob, public_id=public_id)
    assert len(events("note_published")) == 1
    assert Topic.objects.get(name="慢").notes == 1


def test_editing_changes_what_is_given_and_tells_it(cast: Cast) -> None:
    card = write(cast.bob, topics=("粗陶", "杯子"), goods_public_ids=(cast.cup.public_id,))
    changed = facade.edit_note(
        author_id=cast.bob, public_id=card.public_id, title="新标题", topics=["杯子", "咖啡"]
    )
    assert (changed.title, changed.version, changed.goods_ids) == ("新标题", 2, (cast.cup.id,))
    counts = dict(Topic.objects.values_list("name", "notes"))
    assert counts == {"粗陶": 0, "杯子": 1, "咖啡": 1}
    assert len(events("note_changed")) == 1
    assert len(events("note_published")) == 1


def test_only_the_author_edits_or_deletes(cast: Cast) -> None:
    card = write(cast.bob)
    for person_id in (cast.alice, cast.carol, cast.dan, cast.eve):
        with pytest.raises(NoteNotFound):
            facade.edit_note(author_id=person_id, public_id=card.public_id, title="改")
        with pytest.raises(NoteNotFound):
            facade.delete_note(author_id=person_id, public_id=card.public_id)
    assert facade.note_by_public_id(card.public_id).card.title == "用了三个月的粗陶杯"


def test_a_deleted_note_is_gone_everywhere(cast: Cast) -> None:
    card = write(cast.bob, topics=("粗陶",), goods_public_ids=(cast.cup.public_id,))
    facade.like(person_id=cast.alice, public_id=card.public_id)
    facade.collect(person_id=cast.alice, public_id=card.public_id)
    facade.comment(person_id=cast.alice, public_id=card.public_id, body="好看")
    facade.delete_note(author_id=cast.bob, public_id=card.public_id)
    with pytest.raises(NoteNotFound):
        facade.note_by_public_id(card.public_id, cast.bob)
    assert facade.notes_of(cast.bob).items == []
    assert facade.topic_notes("粗陶").items == []
    assert facade.notes_with_goods(cast.cup.id) == []
    assert facade.collected_by(cast.alice).items == []
    assert facade.card_facts([card.id]) == {}
    assert Topic.objects.get(name="粗陶").notes == 0
    assert not Like.objects.exists()
    assert not Comment.objects.exists()
    assert [e["note_id"] for e in events("note_deleted")] == [card.id]


def test_a_note_that_needs_eyes_waits_for_a_moderator(cast: Cast) -> None:
    card = write(cast.bob, "全网最低的杯子", topics=("粗陶",))
    with pytest.raises(NoteNotFound):
        facade.note_by_public_id(card.public_id, cast.alice)
    waiting = facade.note_by_public_id(card.public_id, cast.bob)
    assert (waiting.state, waiting.card.published_at) == (NoteState.REVIEW, None)
    assert events("note_published") == []
    facade.release_note(moderator_id=cast.carol, public_id=card.public_id)
    assert facade.note_by_public_id(card.public_id, cast.alice).state == NoteState.PUBLISHED
    assert len(events("note_published")) == 1
    with pytest.raises(NotFound):
        facade.release_note(moderator_id=cast.carol, public_id=card.public_id)
    facade.edit_note(author_id=cast.bob, public_id=card.public_id, title="销量第一的杯子")
    with pytest.raises(NoteNotFound):
        facade.note_by_public_id(card.public_id, cast.alice)
    assert Topic.objects.get(name="粗陶").notes == 0
    assert len(events("note_deleted")) == 1


def test_liking_twice_is_liking_once(cast: Cast) -> None:
    card = write(cast.bob)
    assert facade.like(person_id=cast.alice, public_id=card.public_id) == 1
    assert facade.like(person_id=cast.alice, public_id=card.public_id) == 1
    assert facade.like(person_id=cast.eve, public_id=card.public_id) == 2
    assert facade.unlike(person_id=cast.alice, public_id=card.public_id) == 1
    assert facade.unlike(person_id=cast.alice, public_id=card.public_id) == 1
    assert Note.objects.get(pk=card.id).likes == Like.objects.count() == 1
    assert len(events("note_liked")) == 2
    assert len(events("note_unliked")) == 1
    assert facade.liked_by(cast.eve, [card.id]) == {card.id}
    assert facade.liked_by(None, [card.id]) == set()


def test_what_is_collected_is_the_collectors_list(cast: Cast) -> None:
    one, two = write(cast.bob), write(cast.bob, "二")
    facade.collect(person_id=cast.alice, public_id=one.public_id)
    facade.collect(person_id=cast.alice, public_id=two.public_id)
    facade.collect(person_id=cast.alice, public_id=two.public_id)
    assert [c.id for c in facade.collected_by(cast.alice).items] == [two.id, one.id]
    assert facade.uncollect(person_id=cast.alice, public_id=two.public_id) == 0
    assert [c.id for c in facade.collected_by(cast.alice).items] == [one.id]
    assert facade.collected_by(cast.eve).items == []


def test_replies_stay_one_level_deep(cast: Cast) -> None:
    card = write(cast.bob)
    first = facade.comment(person_id=cast.alice, public_id=card.public_id, body=" 会烫手吗 ")
    reply = facade.comment(
        person_id=cast.bob, public_id=card.public_id, body="不会", reply_to=first.public_id
    )
    facade.comment(
        person_id=cast.eve, public_id=card.public_id, body="谢谢", reply_to=reply.public_id
    )
    page = facade.comments_of(card.public_id)
    assert [(c.body, len(c.replies)) for c in page.items] == [("会烫手吗", 2)]
    assert [(r.body, r.by_author) for r in page.items[0].replies] == [
        ("不会", True),
        ("谢谢", False),
    ]
    assert facade.note_by_public_id(card.public_id).comments == 3
    facade.delete_comment(person_id=cast.alice, public_id=first.public_id)
    assert facade.note_by_public_id(card.public_id).comments == 0
    assert not Comment.objects.exists()


@pytest.mark.parametrize("body", ["", "  \n ", "长" * 501])
def test_a_comment_has_1_to_500_characters(cast: Cast, body: str) -> None:
    card = write(cast.bob)
    with pytest.raises(BadInput):
        facade.comment(person_id=cast.alice, public_id=card.public_id, body=body)


def test_a_comment_is_screened(cast: Cast) -> None:
    card = write(cast.bob)
    with pytest.raises(NoteRefused):
        facade.comment(person_id=cast.alice, public_id=card.public_id, body=BLOCKED_TEXT)
    assert not Comment.objects.exists()


def test_a_reply_needs_a_comment_of_the_same_note(cast: Cast) -> None:
    one, two = write(cast.bob), write(cast.bob, "二")
    said = facade.comment(person_id=cast.alice, public_id=one.public_id, body="好")
    with pytest.raises(CommentNotFound):
        facade.comment(
            person_id=cast.alice, public_id=two.public_id, body="好", reply_to=said.public_id
        )


def test_only_writer_or_author_take_a_comment_away(cast: Cast) -> None:
    card = write(cast.bob)
    said = facade.comment(person_id=cast.alice, public_id=card.public_id, body="好")
    for person_id in (cast.carol, cast.dan, cast.eve):
        with pytest.raises(CommentNotFound):
            facade.delete_comment(person_id=person_id, public_id=said.public_id)
    facade.delete_comment(person_id=cast.bob, public_id=said.public_id)
    assert facade.comments_of(card.public_id).items == []


def test_blocked_people_neither_see_nor_act(cast: Cast) -> None:
    by_alice, by_dan, by_bob = write(cast.alice), write(cast.dan), write(cast.bob)
    facade.comment(person_id=cast.alice, public_id=by_bob.public_id, body="我是 Alice")
    facade.comment(person_id=cast.dan, public_id=by_bob.public_id, body="我是 Dan")
    for viewer_id, public_id in ((cast.dan, by_alice.public_id), (cast.alice, by_dan.public_id)):
        with pytest.raises(NoteNotFound):
            facade.note_by_public_id(public_id, viewer_id)
        with pytest.raises(NoteNotFound):
            facade.comments_of(public_id, viewer_id)
        for act in (facade.like, facade.unlike, facade.collect, facade.uncollect):
            with pytest.raises(NoteNotFound):
                act(person_id=viewer_id, public_id=public_id)
        with pytest.raises(NoteNotFound):
            facade.comment(person_id=viewer_id, public_id=public_id, body="在吗")
    assert [c.body for c in facade.comments_of(by_bob.public_id, cast.dan).items] == ["我是 Dan"]
    assert [c.body for c in facade.comments_of(by_bob.public_id, cast.alice).items] == [
        "我是 Alice"
    ]
    assert not Like.objects.exists()


def test_a_topic_hides_blocked_authors(cast: Cast) -> None:
    write(cast.dan, topics=("粗陶",))
    mine = write(cast.bob, topics=("粗陶",))
    assert [c.id for c in facade.topic_notes("粗陶", viewer_id=cast.alice).items] == [mine.id]
    with pytest.raises(TopicNotFound):
        facade.topic_notes("没人写过")


def test_lists_are_walked_by_cursor_without_a_repeat(cast: Cast) -> None:
    ids = facade.save_notes_bulk([
        NewNote(author_id=cast.bob, title=f"第 {i} 篇", topics=["露营"], goods_ids=[cast.cup.id])
        for i in range(23)
    ])  # fmt: skip
    for walk in (
        lambda cursor: facade.notes_of(cast.bob, cursor, 10),
        lambda cursor: facade.topic_notes("露营", cursor, 10),
    ):
        seen: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            page = walk(cursor)
            seen += [card.id for card in page.items]
            cursor = page.next_cursor
        assert seen == sorted(ids, reverse=True)


def test_bulk_rows_are_counted_and_told_by_range(cast: Cast) -> None:
    now = clock.now()
    ids = facade.save_notes_bulk([
        NewNote(
            author_id=cast.bob, title=f"第 {i} 篇", topics=["露营", f"话题{i % 2}"],
            goods_ids=[cast.cup.id], published_at=now - timedelta(days=i),
        )
        for i in range(5)
    ])  # fmt: skip
    likes = [NewReaction(pk, who, now) for pk in ids[:2] for who in (cast.alice, cast.eve)]
    facade.save_likes_bulk(likes)
    facade.save_likes_bulk(likes)
    facade.save_collects_bulk([NewReaction(ids[0], cast.alice, now)])
    facade.save_comments_bulk([NewComment(ids[0], cast.eve, "好", now)])
    rows = dict(Note.objects.values_list("id", "likes"))
    assert [rows[pk] for pk in ids] == [2, 2, 0, 0, 0]
    first = Note.objects.get(pk=ids[0])
    assert (first.collects, first.comments) == (1, 1)
    assert dict(Topic.objects.values_list("name", "notes")) == {"露营": 5, "话题0": 3, "话题1": 2}
    told = events("notes_imported")
    assert [(e["first_id"], e["last_id"]) for e in told] == [(ids[0], ids[4])]
    recounted = [e["note_ids"] for e in events("notes_recounted")]
    assert recounted == [ids[:2], ids[:2], ids[:1], ids[:1]]
    assert events("note_published") == events("note_liked") == []


def test_indexing_reads_a_range_in_steps(cast: Cast) -> None:
    ids = facade.save_notes_bulk(
        [NewNote(author_id=cast.bob, title=f"{i}", topics=["t"]) for i in range(4)]
    )
    assert facade.note_ids_between(ids[1], ids[3], limit=2) == ids[1:3]
    assert [row.title for row in facade.index_rows(ids[:2])] == ["0", "1"]


def test_following_is_told_with_the_note(cast: Cast) -> None:
    card = write(cast.bob)
    assert facade.note_by_public_id(card.public_id, cast.alice).following is False
    people.follow(person_id=cast.alice, other_id=cast.bob)
    assert facade.note_by_public_id(card.public_id, cast.alice).following is True
