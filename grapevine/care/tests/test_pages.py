"""Every page, by everybody it is for and by those it is not for."""

import csv
from io import StringIO
from typing import Any

import pytest

from grapevine.care import facade
from grapevine.care.contracts import Opinion, Trace
from grapevine.care.models import Review, Revision
from grapevine.care.tests.cast import (
    BAD,
    GOOD,
    Cast,
    api,
    arrived,
    browser,
    crowd,
    gather,
    later,
    paid,
    picture,
    picture_file,
    received,
    reviewed,
)
from grapevine.media import facade as media
from grapevine.people import facade as people
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def test_writing_needs_no_script_and_keeps_what_was_typed(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)
    alice = browser(cast.alice)
    order = alice.get(f"/orders/{number}/").content.decode()
    assert f"/orders/{number}/reviews/1/" in order
    assert f"/orders/{number}/notes/1/" in order
    form = alice.get(f"/orders/{number}/reviews/1/")
    assert form.status_code == 200
    half = {"goods": "4", "words": "一半", "pictures": [picture_file()]}
    short = alice.post(f"/orders/{number}/reviews/1/", half)
    [chosen] = short.context["pictures"]
    assert f'name="picture" value="{chosen.public_id}" checked' in short.content.decode()
    assert short.status_code == 422
    assert "一半" in short.content.decode()
    assert "三项都打一下分" in short.content.decode()
    sent = {
        "goods": "4", "service": "5", "logistics": "5", "words": "好用", "tag": ["好看"],
        "pictures": [picture_file()], "picture": [chosen.public_id],
    }  # fmt: skip
    theirs = media.store_picture(owner_id=cast.eve, file=picture_file()).public_id
    stolen = alice.post(f"/orders/{number}/reviews/1/", sent | {"picture": [theirs]})
    assert stolen.status_code == 404
    sent["pictures"] = [picture_file()]
    assert alice.post(f"/orders/{number}/reviews/1/", sent).status_code == 303
    assert [len(one.picture_ids) for one in Revision.objects.all()] == [2]
    page = browser(None).get(f"/goods/{cast.cup.goods_public_id}/").content.decode()
    assert "好用" in page
    assert "还没有评价" not in page
    written = alice.get("/me/reviews/?tab=written").content.decode()
    assert "好用" in written
    again = alice.get(f"/orders/{number}/reviews/1/")
    assert again.status_code == 303


def test_a_stranger_and_a_buyer_without_the_goods_see_no_form(cast: Cast) -> None:
    number = paid(cast.alice, cast.cup)
    assert "确认收货" in browser(cast.alice).get(f"/orders/{number}/reviews/1/").content.decode()
    assert browser(cast.eve).get(f"/orders/{number}/reviews/1/").status_code == 404
    assert browser(None).get(f"/orders/{number}/reviews/1/").status_code in {302, 401}
    told = browser(cast.alice).post(
        f"/orders/{number}/reviews/1/", {"goods": "5", "service": "5", "logistics": "5"}
    )
    assert told.status_code == 409
    assert not Review.objects.exists()


def test_what_waits_for_a_review(cast: Cast) -> None:
    received(cast, cast.alice, cast.cup, cast.vase)
    waiting = facade.lines_to_review(cast.alice).items
    assert [one.line.title for one in waiting] == ["粗陶杯", "小花瓶"]
    facade.write_review(
        buyer_id=cast.alice, number=waiting[0].order.number, position=1, opinion=GOOD
    )
    assert [one.line.title for one in facade.lines_to_review(cast.alice).items] == ["小花瓶"]
    page = browser(cast.alice).get("/me/reviews/").content.decode()
    assert ("小花瓶" in page, "粗陶杯" in page) == (True, False)
    assert facade.lines_to_review(cast.eve).items == []


def test_filters_are_addresses_and_pages_go_on(cast: Cast) -> None:
    low = reviewed(cast, cast.alice, cast.cup, BAD)
    number = received(cast, cast.eve, cast.cup)
    pictured = facade.write_review(
        buyer_id=cast.eve, number=number, position=1,
        opinion=Opinion(5, 5, 5, "有图", (), (picture(cast.eve),)),
    )  # fmt: skip
    buyers = crowd(3)
    for buyer, one in zip(buyers, arrived(cast.cup, buyers), strict=True):
        facade.write_review(buyer_id=buyer, number=one, position=1, opinion=GOOD)

    def ids(**asked: object) -> list[str]:
        return [one.public_id for one in facade.reviews_of_goods(cast.cup.goods_id, **asked).items]  # type: ignore[arg-type]

    assert ids(show="pictures") == [pictured]
    assert ids(show="low")[0] == low
    assert len(ids(sku_id=cast.cup.sku_id)) == 5
    assert ids(sku_id=cast.vase.sku_id) == []
    for show in ("", "low"):
        seen: list[str] = []
        cursor = None
        while True:
            page = facade.reviews_of_goods(cast.cup.goods_id, show=show, cursor=cursor, limit=2)
            seen += [one.public_id for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(seen) == sorted(ids())
        assert len(seen) == 5
    for query in (
        "",
        "?show=pictures",
        "?show=low",
        "?show=follow_up",
        f"?sku={cast.cup.sku_id}",
        "?show=nonsense",
    ):
        path = f"/goods/{cast.cup.goods_public_id}/reviews/{query}"
        assert browser(None).get(path).status_code == 200, query


def test_the_desk_answers_low_stars_first_and_exports_safe_cells(cast: Cast) -> None:
    reviewed(cast, cast.eve, cast.cup, Opinion(5, 5, 5, "=HYPERLINK(1)"))
    low = reviewed(cast, cast.alice, cast.cup, BAD)
    assert [one.stars for one in facade.reviews_of_shop(cast.bobs.id).items] == [1, 5]
    bob = browser(cast.bob)
    page = bob.get("/console/bobs/reviews/?show=unanswered").content.decode()
    assert page.index(BAD.words) < page.index("=HYPERLINK(1)")
    answer = bob.post(f"/console/bobs/reviews/{low}/reply/", {"words": "给您换一个"})
    assert answer.status_code == 303
    assert "给您换一个" in browser(None).get(f"/reviews/{low}/").content.decode()
    rows = list(
        csv.reader(StringIO(bob.get("/console/bobs/reviews.csv").content.decode("utf-8-sig")))
    )
    assert [row[7] for row in rows[1:]] == [BAD.words, "'=HYPERLINK(1)"]
    for path in ("/console/bobs/reviews/", "/console/bobs/reviews.csv", "/console/bobs/rating/"):
        for stranger in (cast.alice, cast.carol, cast.eve):
            assert browser(stranger).get(path).status_code == 404, path
    told = browser(cast.carol).post(f"/console/carols/reviews/{low}/reply/", {"words": "不是我的"})
    assert told.status_code == 404
    assert "不是我的" not in browser(None).get(f"/reviews/{low}/").content.decode()


def test_a_script_in_words_is_text(cast: Cast) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup, Opinion(5, 5, 5, "<script>alert(1)</script>"))
    for path in (f"/reviews/{public_id}/", f"/goods/{cast.cup.goods_public_id}/"):
        page = browser(None).get(path).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_operators_pages_are_theirs_alone(cast: Cast) -> None:
    buyers = crowd(6)
    for buyer, one in zip(buyers, arrived(cast.cup, buyers), strict=True):
        facade.write_review(
            buyer_id=buyer, number=one, position=1, opinion=GOOD, trace=Trace("one", "")
        )
    signals.drain()
    dora = browser(cast.dora)
    flag = facade.flags().items[0].public_id
    assert "同一台设备" in dora.get("/operator/reviews/").content.decode()
    for who in (cast.alice, cast.bob, cast.eve):
        for path in ("/operator/reviews/", "/operator/certificates/"):
            assert browser(who).get(path).status_code == 404
        told = browser(who).post(f"/operator/reviews/flags/{flag}/decision/", {"fake": "0"})
        assert told.status_code == 404
    assert facade.goods_score(cast.cup.goods_id).flagged == 6
    assert (
        dora.post(
            f"/operator/reviews/flags/{flag}/decision/", {"fake": "1", "reason": "刷单"}
        ).status_code
        == 303
    )
    assert facade.flags().items == []
    assert facade.goods_score(cast.cup.goods_id).flagged == 6
    again = dora.post(f"/operator/reviews/flags/{flag}/decision/", {"fake": "0"})
    assert again.status_code == 404
    review = Review.objects.order_by("pk")[0].public_id
    sent = {"review": review, "basis": "民法典 1024", "reason": "判决"}
    assert dora.post("/operator/reviews/hiding/", sent).status_code == 303
    writer = Review.objects.get(public_id=review).buyer_id
    assert browser(writer).post(f"/reviews/{review}/appeal/", {"reason": "属实"}).status_code == 303
    for state in ("open", "confirmed", "dismissed", "appeals", "hidden"):
        assert dora.get(f"/operator/reviews/?state={state}").status_code == 200
    assert (
        dora.post(
            f"/operator/reviews/{review}/answer/", {"uphold": "1", "reason": "维持"}
        ).status_code
        == 303
    )
    assert "维持隐藏" in browser(None).get(f"/reviews/{review}/").content.decode()


def test_the_interface_tells_the_same(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)
    body = {"goods": 5, "service": 4, "logistics": 3, "words": "好", "tags": ["好看"]}
    path = f"/orders/{number}/lines/1/review"
    token = people.issue_token(cast.alice, "one")
    headers = {"Idempotency-Key": "k1", "Authorization": f"Bearer {token}"}
    first = api(None, "POST", path, body, **headers)
    again = api(None, "POST", path, body, **headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    public_id = first.json()["id"]
    assert api(cast.alice, "POST", path, body).json()["code"] == "care.reviewed_already"
    assert api(cast.eve, "POST", path, body).status_code == 404
    assert api(cast.eve, "PUT", f"/reviews/{public_id}/vote").json() == {"votes": 1, "voted": True}
    assert api(cast.eve, "DELETE", f"/reviews/{public_id}/vote").json() == {
        "votes": 0,
        "voted": False,
    }
    assert api(cast.alice, "PUT", f"/reviews/{public_id}", body | {"goods": 1}).json()["stars"] == 1
    assert (
        api(
            cast.alice, "POST", f"/reviews/{public_id}/follow-up", {"words": "后来好了"}
        ).status_code
        == 201
    )
    assert (
        api(cast.bob, "PUT", f"/shops/bobs/reviews/{public_id}/reply", {"words": "谢谢"}).json()[
            "reply"
        ]["words"]
        == "谢谢"
    )
    assert api(cast.carol, "GET", "/shops/bobs/reviews").status_code == 404
    assert [one["id"] for one in api(cast.bob, "GET", "/shops/bobs/reviews").json()["items"]] == [
        public_id
    ]
    score = api(None, "GET", f"/goods/{cast.cup.goods_public_id}/score").json()
    assert (score["counts"], score["score"]) == ([1, 0, 0, 0, 0], "3.5")
    assert [
        one["earlier"][0]["stars"] for one in [api(None, "GET", f"/reviews/{public_id}").json()]
    ] == [5]
    assert api(cast.bob, "DELETE", f"/reviews/{public_id}").status_code == 405
    assert api(cast.alice, "GET", "/me/reviews").json()["items"][0]["id"] == public_id
    assert api(cast.alice, "GET", "/me/reviews/waiting").json()["items"] == []
    for who in (None, cast.alice, cast.bob):
        assert api(
            who, "PUT", f"/reviews/{public_id}/hiding", {"basis": "法", "reason": "因"}
        ).status_code in {401, 404}
    assert (
        api(
            cast.dora, "PUT", f"/reviews/{public_id}/hiding", {"basis": "法", "reason": "因"}
        ).json()["hidden"]["basis"]
        == "法"
    )


def test_pages_ask_as_often_with_one_review_as_with_many(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    path = f"/goods/{cast.cup.goods_public_id}/reviews/"
    reviewed(cast, cast.alice, cast.cup)
    client = browser(None)
    client.get(path)
    with django_assert_num_queries(14):
        client.get(path)
    buyers = crowd(12)
    for buyer, one in zip(buyers, arrived(cast.cup, buyers), strict=True):
        facade.write_review(buyer_id=buyer, number=one, position=1, opinion=GOOD)
    with django_assert_num_queries(14):
        client.get(path)


def test_a_window_that_is_over_shows_no_button(cast: Cast) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup)
    alice = browser(cast.alice)
    assert f"/reviews/{public_id}/edit/" in alice.get(f"/reviews/{public_id}/").content.decode()
    assert (
        f"/reviews/{public_id}/edit/"
        not in browser(cast.eve).get(f"/reviews/{public_id}/").content.decode()
    )
    with later(days=8):
        page = alice.get(f"/reviews/{public_id}/").content.decode()
    assert f"/reviews/{public_id}/edit/" not in page
    assert f"/reviews/{public_id}/follow-up/" in page
    for path in ("edit", "follow-up"):
        assert alice.get(f"/reviews/{public_id}/{path}/").status_code == 200
        assert browser(cast.eve).get(f"/reviews/{public_id}/{path}/").status_code == 404
    sent = {"goods": "2", "service": "2", "logistics": "2", "words": "想了想"}
    assert alice.post(f"/reviews/{public_id}/edit/", sent).status_code == 303
    assert facade.goods_score(cast.cup.goods_id).counts == (0, 1, 0, 0, 0)
