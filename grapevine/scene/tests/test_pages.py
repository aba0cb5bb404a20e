"""Pages and endpoints over HTTP, tried by the whole cast."""

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard
from grapevine.people import facade as people
from grapevine.scene import facade
from grapevine.scene.contracts import Dot, NoteNotFound
from grapevine.scene.models import Comment, Like, Note
from grapevine.scene.tests.cast import Cast, gather, upload, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def as_person(person_id: int | None) -> Client:
    """A browser; signed in with a bearer token for pages too would be another test's matter."""
    client = Client()
    if person_id is not None:
        client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def api(person_id: int | None) -> Client:
    headers = {}
    if person_id is not None:
        headers["Authorization"] = f"Bearer {people.issue_token(person_id, 'test')}"
    return Client(headers=headers)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_note_page_shows_the_note_and_its_goods(cast: Cast) -> None:
    card = write(
        cast.bob, body="第一段\n\n第二段<script>", topics=("粗陶",),
        goods_public_ids=(cast.cup.public_id,), pictures=3,
    )  # fmt: skip
    page = text(as_person(None).get(f"/note/{card.public_id}/"))
    assert "用了三个月的粗陶杯" in page
    assert "<p>第一段</p>" in page
    assert "第二段&lt;script&gt;" in page
    assert page.count("<figure>") == 3
    assert f'href="/goods/{cast.cup.public_id}/?from=note:{card.public_id}"' in page
    assert 'href="/topic/%E7%B2%97%E9%99%B6/"' in page
    assert f'data-view="note:{card.public_id}"' in page


def test_who_may_open_a_note(cast: Cast) -> None:
    card = write(cast.alice)
    path = f"/note/{card.public_id}/"
    tried = [cast.alice, cast.bob, cast.carol, cast.dan, cast.eve, None]
    statuses = [as_person(who).get(path).status_code for who in tried]
    assert statuses == [200, 200, 200, 404, 200, 200]
    hidden = text(as_person(cast.dan).get(path))
    assert "用了三个月的粗陶杯" not in hidden


def test_a_draft_is_seen_by_nobody_else(cast: Cast) -> None:
    public_id = facade.save_draft(author_id=cast.alice, title="还没写完")
    for path in (f"/note/{public_id}/", f"/note/{public_id}/edit/"):
        tried = [cast.alice, cast.bob, cast.carol, cast.dan, cast.eve]
        assert [as_person(who).get(path).status_code for who in tried] == [200, 404, 404, 404, 404]


def test_strangers_are_sent_to_sign_in_and_change_nothing(cast: Cast) -> None:
    card = write(cast.bob)
    for path in ("/note/new/", f"/note/{card.public_id}/edit/", "/notes/mine/"):
        answer = as_person(None).get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/signin/")
    for path in ("like", "collect", "comments", "deletion"):
        answer = as_person(None).post(f"/note/{card.public_id}/{path}/", {"body": "好"})
        assert answer.status_code == 302
    assert not Like.objects.exists()
    assert not Comment.objects.exists()
    assert Note.objects.count() == 1


def test_liking_works_without_a_script_and_with_one(cast: Cast) -> None:
    card = write(cast.bob)
    browser, path = as_person(cast.alice), f"/note/{card.public_id}/like/"
    plain = browser.post(path, {"on": "1", "next": "/?tab=all"})
    assert (plain.status_code, plain["Location"]) == (303, "/?tab=all")
    fragment = browser.post(path, {"on": "1"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in text(fragment)
    assert '<span class="num">1</span>' in text(fragment)
    off = browser.post(path, {"on": "0"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="false"' in text(off)
    away = browser.post(path, {"on": "1", "next": "https://elsewhere.example/"})
    assert away["Location"] == f"/note/{card.public_id}/"


def test_a_comment_comes_back_with_the_section(cast: Cast) -> None:
    card = write(cast.bob)
    browser, path = as_person(cast.alice), f"/note/{card.public_id}/comments/"
    plain = browser.post(path, {"body": "好看"})
    assert (plain.status_code, plain["Location"]) == (303, f"/note/{card.public_id}/#comments")
    said = facade.comments_of(card.public_id).items[0].public_id
    section = text(
        browser.post(
            path, {"body": "<b>再来</b>", "reply_to": said}, headers={"HX-Request": "true"}
        )
    )
    assert "&lt;b&gt;再来&lt;/b&gt;" in section
    assert 'id="comments"' in section
    page = text(as_person(None).get(f"/note/{card.public_id}/"))
    assert page.count('class="comment"') == 2


def test_writing_a_note_without_a_script(cast: Cast) -> None:
    browser = as_person(cast.bob)
    assert browser.get("/note/new/").status_code == 200
    started = browser.post(
        "/note/new/",
        {"title": "杯子", "topics": "#粗陶", "do": "upload", "pictures": [upload(), upload()]},
    )
    assert started.status_code == 303
    edit = started["Location"].partition("#")[0]
    public_id = edit.split("/")[2]
    note = Note.objects.get(public_id=public_id)
    assert [card.public_id for card, _state in facade.unpublished_of(cast.bob)] == [public_id]
    before = text(browser.get(edit))
    assert before.count('class="good"') == 2
    alts = {
        f"alt-{card.public_id}": f"第 {place}" for place, card in enumerate(_pictures(note.pk), 1)
    }
    form = {"title": "杯子", "body": "好用", "topics": "#粗陶"}
    browser.post(edit, {**form, **alts, "do": "down:0"})
    assert [card.alt for card in _pictures(note.pk)] == ["第 2", "第 1"]
    browser.post(edit, {**form, "do": f"tag:{cast.cup.public_id}"})
    place = {f"picture-{cast.cup.public_id}": "2", f"x-{cast.cup.public_id}": "38",
             f"y-{cast.cup.public_id}": "68"}  # fmt: skip
    published = browser.post(edit, {**form, **place, "do": "publish"})
    assert (published.status_code, published["Location"]) == (303, f"/note/{public_id}/")
    seen = facade.note_by_public_id(public_id)
    assert seen.tagged[0].dot == Dot(1, 3800, 6800)
    assert 'style="left:38%;top:68%"' in text(as_person(None).get(f"/note/{public_id}/"))


def _pictures(note_id: int) -> list[PictureCard]:
    from grapevine.scene.queries.reading import pictures_of

    return pictures_of(note_id)


def test_publishing_too_early_keeps_the_draft_and_says_what_is_missing(cast: Cast) -> None:
    browser = as_person(cast.bob)
    answer = browser.post("/note/new/", {"title": "只有标题", "do": "publish"})
    assert answer.status_code == 422
    assert "至少放一张图" in text(answer)
    assert [card.title for card, _state in facade.unpublished_of(cast.bob)] == ["只有标题"]
    file = upload("a.txt")
    file.seek(0)
    file.write(b"no picture at all")
    file.seek(0)
    refused = browser.post("/note/new/", {"title": "坏图", "do": "upload", "pictures": [file]})
    assert refused.status_code == 422


def test_goods_are_found_for_tagging(cast: Cast) -> None:
    browser = as_person(cast.bob)
    fragment = text(browser.get("/note/goods/?q=马克杯"))
    assert f'value="tag:{cast.cup.public_id}"' in fragment
    assert cast.vase.public_id not in fragment


def test_deleting_asks_the_author_only(cast: Cast) -> None:
    card = write(cast.bob)
    path = f"/note/{card.public_id}/deletion/"
    tried = [cast.alice, cast.carol, cast.dan, cast.eve]
    assert [as_person(who).post(path).status_code for who in tried] == [404] * 4
    assert as_person(cast.bob).get(path).status_code == 405
    assert as_person(cast.bob).post(path).status_code == 303
    with pytest.raises(NoteNotFound):
        facade.note_by_public_id(card.public_id)


def test_the_topic_page_lists_cards(cast: Cast) -> None:
    write(cast.bob, topics=("粗陶",))
    write(cast.dan, "丹写的", topics=("粗陶",))
    page = text(as_person(cast.alice).get("/topic/粗陶/"))
    assert page.count('class="card"') == 1
    assert "丹写的" not in page
    assert as_person(None).get("/topic/没人写/").status_code == 404


def test_own_drafts_and_keeps(cast: Cast) -> None:
    card = write(cast.bob)
    facade.collect(person_id=cast.alice, public_id=card.public_id)
    facade.save_draft(author_id=cast.alice, title="我的草稿")
    browser = as_person(cast.alice)
    assert "用了三个月的粗陶杯" in text(browser.get("/notes/mine/"))
    drafts = text(browser.get("/notes/mine/?show=drafts"))
    assert "我的草稿" in drafts
    assert "我的草稿" not in text(as_person(cast.eve).get("/notes/mine/?show=drafts"))


def test_a_moderator_sees_what_waits_and_decides(cast: Cast) -> None:
    one, two = write(cast.bob, "全网最低的杯子"), write(cast.bob, "<b>销量第一</b>")
    tried = [cast.alice, cast.bob, cast.dan, cast.eve]
    assert [as_person(who).get("/operator/notes/").status_code for who in tried] == [404] * 4
    path = f"/operator/notes/{one.public_id}/decision/"
    assert [as_person(who).post(path, {"pass": "1"}).status_code for who in tried] == [404] * 4
    with pytest.raises(NoteNotFound):
        facade.note_by_public_id(one.public_id, cast.alice)
    get_user_model()._default_manager.filter(pk=cast.carol).update(is_operator=True)
    carol = as_person(cast.carol)
    page = text(carol.get("/operator/notes/"))
    assert page.count('class="tag warn"') == 2
    assert "全网最低</span>" in page
    assert "&lt;b&gt;销量第一&lt;/b&gt;" in page
    assert carol.post(path, {"pass": "1"}).status_code == 303
    assert carol.post(path, {"pass": "1"}).status_code == 404
    facade.note_by_public_id(one.public_id, cast.alice)
    carol.post(f"/operator/notes/{two.public_id}/decision/", {"pass": "0"})
    assert [card.id for card, _state in facade.unpublished_of(cast.bob)] == [two.id]
    assert "没有等待审核的笔记" in text(carol.get("/operator/notes/"))


def test_note_page_query_count_does_not_grow(cast: Cast) -> None:
    one = write(cast.bob, goods_public_ids=(cast.cup.public_id,))
    many = write(
        cast.bob, goods_public_ids=(cast.cup.public_id,), pictures=9,
        topics=tuple(f"t{i}" for i in range(10)),
    )  # fmt: skip
    for _ in range(12):
        facade.comment(person_id=cast.eve, public_id=many.public_id, body="好")
    facade.comment(person_id=cast.eve, public_id=one.public_id, body="好")
    assert [_queries(f"/note/{card.public_id}/") for card in (one, many)] == [17, 17]


def _queries(path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert as_person(None).get(path).status_code == 200
    return len(captured)


# ---- API -------------------------------------------------------------------------------------


def _json(
    client: Client, method: str, path: str, body: object = None
) -> tuple[int, dict[str, Any]]:
    answer = client.generic(
        method, f"/api/v1{path}", json.dumps(body) if body is not None else "",
        content_type="application/json",
    )  # fmt: skip
    return answer.status_code, json.loads(answer.content) if answer.content else {}


def _uploaded(person_id: int) -> str:
    return media.store_picture(owner_id=person_id, file=upload()).public_id


def test_a_note_over_the_api(cast: Cast) -> None:
    bob, alice = api(cast.bob), api(cast.alice)
    given = {
        "title": "杯子", "body": "好", "topics": ["粗陶"], "pictures": [_uploaded(cast.bob)],
        "goods": [cast.cup.public_id],
        "dots": [{"goods": cast.cup.public_id, "picture": 0, "x_bps": 100, "y_bps": 200}],
    }  # fmt: skip
    status, made = _json(bob, "POST", "/notes", given)
    assert (status, made["state"], made["mine"]) == (201, "published", True)
    path = f"/notes/{made['public_id']}"
    status, seen = _json(alice, "GET", path)
    assert (status, seen["goods"][0]["public_id"], seen["mine"]) == (200, cast.cup.public_id, False)
    assert seen["goods"][0]["dot"] == {"picture": 0, "x_bps": 100, "y_bps": 200}
    assert _json(alice, "PUT", f"{path}/like") == (200, {"on": True, "count": 1})
    assert _json(alice, "PUT", f"{path}/like") == (200, {"on": True, "count": 1})
    assert _json(alice, "DELETE", f"{path}/like") == (200, {"on": False, "count": 0})
    assert _json(alice, "PUT", f"{path}/collect") == (200, {"on": True, "count": 1})
    status, said = _json(alice, "POST", f"{path}/comments", {"body": "好看"})
    assert (status, said["body"]) == (201, "好看")
    reply = {"body": "谢谢", "reply_to": said["public_id"]}
    assert _json(bob, "POST", f"{path}/comments", reply)[0] == 201
    _status, listed = _json(Client(), "GET", f"{path}/comments")
    assert [(c["body"], len(c["replies"])) for c in listed["items"]] == [("好看", 1)]
    status, changed = _json(bob, "PATCH", path, {"title": "新标题"})
    assert (status, changed["title"], changed["body"]) == (200, "新标题", "好")
    _status, listed = _json(Client(), "GET", "/topics/粗陶/notes")
    assert [note["public_id"] for note in listed["items"]] == [made["public_id"]]
    assert _json(alice, "DELETE", path)[0] == 404
    assert _json(bob, "DELETE", path)[0] == 204
    status, gone = _json(bob, "GET", path)
    assert (status, gone["code"]) == (404, "scene.note_not_found")


def test_the_api_names_what_is_wrong(cast: Cast) -> None:
    bob = api(cast.bob)
    status, problem = _json(bob, "POST", "/notes", {"title": ""})
    assert (status, problem["code"]) == (422, "scene.note_incomplete")
    assert set(problem["fields"]) == {"title", "pictures"}
    theirs = _uploaded(cast.alice)
    status, problem = _json(bob, "POST", "/notes", {"title": "借图", "pictures": [theirs]})
    assert status == 404
    status, problem = _json(Client(), "POST", "/notes", {"title": "匿名"})
    assert (status, problem["code"]) == (401, "not_signed_in")
    given = {"title": "代开发票", "pictures": [_uploaded(cast.bob)]}
    status, problem = _json(bob, "POST", "/notes", given)
    assert (status, problem["code"]) == (422, "scene.note_refused")
    assert problem["params"]["hit"] == "代开发票"


def test_blocked_people_meet_404_over_the_api(cast: Cast) -> None:
    card = write(cast.alice)
    dan = api(cast.dan)
    path = f"/notes/{card.public_id}"
    calls = [("GET", path), ("PUT", f"{path}/like"), ("PUT", f"{path}/collect"),
             ("GET", f"{path}/comments")]  # fmt: skip
    assert [_json(dan, method, where)[0] for method, where in calls] == [404] * 4
    assert _json(dan, "POST", f"{path}/comments", {"body": "在吗"})[0] == 404
    _status, listed = _json(dan, "GET", f"/people/{_handle(cast.alice)}/notes")
    assert listed["items"] == []
    assert not Like.objects.exists()


def _handle(person_id: int) -> str:
    return people.cards([person_id])[person_id].handle
