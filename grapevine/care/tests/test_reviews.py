"""Who may review what, what becomes of it, and that nobody takes it away."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from grapevine.care import facade
from grapevine.care.contracts import Opinion, Trace
from grapevine.care.models import GoodsScore, Reply, Review, Revision, Standing
from grapevine.care.refusals import (
    FollowedAlready,
    NotHidden,
    NotReceived,
    OwnReview,
    RelatedToShop,
    ReviewedAlready,
    ReviewHidden,
    ReviewIncomplete,
    ReviewNotFound,
    TooLate,
)
from grapevine.care.tests.cast import (
    BAD,
    GOOD,
    Cast,
    api,
    arrived,
    browser,
    crowd,
    events,
    gather,
    later,
    paid,
    picture,
    received,
    reviewed,
    tell_again,
)
from grapevine.goods import facade as goods
from grapevine.guard.contracts import Refused
from grapevine.kit import sql
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OrderNotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def one(public_id: str, viewer: int | None = None) -> Any:
    return facade.review_history(public_id, viewer).review


def test_a_received_line_is_reviewed_once_by_its_buyer(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup, cast.vase)
    said = Opinion(4, 5, 3, "好用", ("质量好",), (picture(cast.alice),), anonymous=True)
    first = facade.write_review(buyer_id=cast.alice, number=number, position=1, opinion=said)
    found = one(first)
    assert (found.stars, found.service, found.logistics) == (4, 5, 3)
    assert (found.name, found.author) == ("A***e", None)
    assert (found.said.words, found.said.tags, len(found.said.pictures)) == ("好用", ("质量好",), 1)
    with pytest.raises(ReviewedAlready):
        facade.write_review(buyer_id=cast.alice, number=number, position=1, opinion=GOOD)
    facade.write_review(buyer_id=cast.alice, number=number, position=2, opinion=GOOD)
    assert Review.objects.count() == 2
    told = events("care.review_written")
    assert [(e["person_id"], e["goods_id"], e["stars"]) for e in told] == [
        (cast.alice, cast.cup.goods_id, 4), (cast.alice, cast.vase.goods_id, 5),
    ]  # fmt: skip


def test_nobody_else_and_nothing_else_is_reviewed(cast: Cast) -> None:
    number = paid(cast.alice, cast.cup)
    with pytest.raises(NotReceived):
        facade.write_review(buyer_id=cast.alice, number=number, position=1, opinion=GOOD)
    for stranger in (cast.eve, cast.bob, cast.dora):
        with pytest.raises(OrderNotFound):
            facade.write_review(buyer_id=stranger, number=number, position=1, opinion=GOOD)
    assert not Review.objects.exists()
    assert not GoodsScore.objects.exists()


def test_the_shops_own_people_and_their_devices_are_refused(cast: Cast) -> None:
    second = goods.open_shop(owner_id=cast.bob, slug="bobs2", name="半夜", colour="#8d3b1f", bio="")
    assert second.owner_id == cast.bob
    own = received(cast, cast.bob, cast.cup)
    with pytest.raises(RelatedToShop):
        facade.write_review(buyer_id=cast.bob, number=own, position=1, opinion=GOOD)
    desk = browser(cast.bob)
    assert desk.get("/console/bobs/reviews/").status_code == 200
    visitor = desk.cookies["gv_visitor"].value
    number = received(cast, cast.alice, cast.cup)
    told = api(
        cast.alice, "POST", f"/orders/{number}/lines/1/review",
        {"goods": 5, "service": 5, "logistics": 5}, **{"X-Visitor": visitor},
    )  # fmt: skip
    assert (told.status_code, told.json()["code"]) == (403, "care.related_to_shop")
    assert not Review.objects.exists()


def test_what_a_review_may_not_say(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)

    def write(opinion: Opinion) -> None:
        facade.write_review(buyer_id=cast.alice, number=number, position=1, opinion=opinion)

    with pytest.raises(Refused) as refused:
        write(Opinion(5, 5, 5, "这里可以代开发票，还卖迷药"))
    assert refused.value.params == {"hits": "代开发票、迷药"}
    for opinion, field in (
        (Opinion(0, 5, 5), "stars"), (Opinion(6, 5, 5), "stars"),
        (Opinion(5, 5, 5, "字" * 501), "words"), (Opinion(5, 5, 5, "", ("加微信",)), "tags"),
        (Opinion(5, 5, 5, "", (), tuple(range(1, 11))), "pictures"),
    ):  # fmt: skip
        with pytest.raises(ReviewIncomplete) as wrong:
            write(opinion)
        assert list(wrong.value.fields) == [field]
    assert not Review.objects.exists()


def test_editing_keeps_the_former_words_and_ends_with_its_window(cast: Cast) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup, BAD)
    facade.edit_review(buyer_id=cast.alice, public_id=public_id, opinion=GOOD)
    history = facade.review_history(public_id, cast.alice)
    assert history.review.stars == 5
    assert [(said.stars, said.words) for said in history.earlier] == [(1, BAD.words)]
    assert facade.goods_score(cast.cup.goods_id).counts == (0, 0, 0, 0, 1)
    with pytest.raises(ReviewNotFound):
        facade.edit_review(buyer_id=cast.eve, public_id=public_id, opinion=BAD)
    with later(days=7.1), pytest.raises(TooLate):
        facade.edit_review(buyer_id=cast.alice, public_id=public_id, opinion=BAD)
    assert one(public_id).said.words == GOOD.words


def test_a_follow_up_comes_once(cast: Cast) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup)
    said = Opinion(5, 5, 5, "用了一个月，没有掉釉")
    with later(days=30):
        facade.follow_up(buyer_id=cast.alice, public_id=public_id, opinion=said)
        with pytest.raises(FollowedAlready):
            facade.follow_up(buyer_id=cast.alice, public_id=public_id, opinion=said)
    found = one(public_id)
    assert (found.stars, found.said.words, found.follow_up.words) == (5, GOOD.words, said.words)
    assert facade.goods_score(cast.cup.goods_id).follow_ups == 1
    late = reviewed(cast, cast.alice, cast.vase)
    with later(days=180.1), pytest.raises(TooLate):
        facade.follow_up(buyer_id=cast.alice, public_id=late, opinion=said)


def test_reviewing_ends_long_after_receipt(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)
    with later(days=180.1), pytest.raises(TooLate):
        facade.write_review(buyer_id=cast.alice, number=number, position=1, opinion=GOOD)
    assert not Review.objects.exists()


def test_the_shop_answers_and_what_it_said_stays(cast: Cast) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup, BAD)
    facade.reply(shop_id=cast.bobs.id, public_id=public_id, words="给您换一个", actor_id=cast.bob)
    facade.reply(shop_id=cast.bobs.id, public_id=public_id, words="已经换了", actor_id=cast.bob)
    history = facade.review_history(public_id)
    assert history.review.reply is not None
    assert history.review.reply.words == "已经换了"
    assert [said.words for said in history.earlier_replies] == ["给您换一个"]
    assert len(events("care.review_replied")) == 1
    with pytest.raises(ReviewNotFound):
        facade.reply(shop_id=cast.carols.id, public_id=public_id, words="呵", actor_id=cast.carol)
    facade.edit_review(buyer_id=cast.alice, public_id=public_id, opinion=GOOD)
    assert one(public_id).is_edited_after_reply
    assert Reply.objects.count() == 2


def test_votes_count_once_a_person(cast: Cast) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup)
    assert [facade.vote(person_id=cast.eve, public_id=public_id) for _ in range(2)] == [1, 1]
    assert facade.vote(person_id=cast.carol, public_id=public_id) == 2
    assert [facade.take_vote_back(person_id=cast.eve, public_id=public_id) for _ in range(2)] == [
        1,
        1,
    ]
    with pytest.raises(OwnReview):
        facade.vote(person_id=cast.alice, public_id=public_id)


def test_a_refund_marks_the_review_and_leaves_it(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)
    public_id = facade.write_review(buyer_id=cast.alice, number=number, position=1, opinion=BAD)
    trade.refund_order(number=number, reason="裂了", actor="shop")
    signals.drain()
    tell_again()
    found = one(public_id)
    assert (found.is_refunded, found.said.words) == (True, BAD.words)
    assert facade.goods_score(cast.cup.goods_id).counts == (1, 0, 0, 0, 0)


def test_fifty_on_one_device_are_flagged_left_out_and_still_there(cast: Cast) -> None:
    honest = reviewed(cast, cast.alice, cast.cup, Opinion(2, 3, 3, "一般"), Trace("d0", "n0"))
    buyers = crowd(50)
    for buyer, number in zip(buyers, arrived(cast.cup, buyers), strict=True):
        facade.write_review(
            buyer_id=buyer, number=number, position=1, opinion=Opinion(5, 5, 5, "好"),
            trace=Trace("same", "n0"),
        )  # fmt: skip
    signals.drain()
    tell_again()
    score = facade.goods_score(cast.cup.goods_id)
    assert (score.counts, score.reviews, score.flagged) == ((0, 1, 0, 0, 0), 51, 50)
    page = facade.reviews_of_goods(cast.cup.goods_id, limit=100)
    assert len(page.items) == 51
    assert {view.flag for view in page.items if view.public_id != honest} == {"device"}
    assert one(honest).flag == ""
    queue = facade.flags().items
    assert [(flag.kind, len(flag.reviews)) for flag in queue] == [("device", 50)]
    facade.decide_flag(
        operator_id=cast.dora, public_id=queue[0].public_id, is_fake=False, reason="同事团购"
    )
    assert facade.goods_score(cast.cup.goods_id).counts == (0, 1, 0, 0, 50)
    tell_again()
    assert facade.goods_score(cast.cup.goods_id).flagged == 0


def test_hiding_needs_a_law_leaves_a_tombstone_and_can_be_appealed(cast: Cast) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup, BAD)
    with pytest.raises(ReviewIncomplete):
        facade.hide_review(
            operator_id=cast.dora, public_id=public_id, basis="", reason="店家不喜欢"
        )
    facade.hide_review(
        operator_id=cast.dora, public_id=public_id, basis="民法典第 1024 条", reason="判决书"
    )
    score = facade.goods_score(cast.cup.goods_id)
    assert (score.counted, score.hidden, score.reviews) == (0, 1, 1)
    shown = browser(None).get(f"/goods/{cast.cup.goods_public_id}/reviews/").content.decode()
    assert "民法典第 1024 条" in shown
    assert BAD.words not in shown
    with pytest.raises(ReviewHidden):
        facade.edit_review(buyer_id=cast.alice, public_id=public_id, opinion=GOOD)
    with pytest.raises(ReviewNotFound):
        facade.appeal(buyer_id=cast.eve, public_id=public_id, reason="我")
    facade.appeal(buyer_id=cast.alice, public_id=public_id, reason="写的是事实")
    with pytest.raises(NotHidden):
        facade.appeal(buyer_id=cast.alice, public_id=public_id, reason="再来")
    assert len(facade.hidden_reviews(appealed=True).items) == 1
    facade.answer_appeal(
        operator_id=cast.dora, public_id=public_id, is_upheld=False, reason="申诉成立"
    )
    assert facade.hidden_reviews(appealed=True).items == []
    assert facade.goods_score(cast.cup.goods_id).counts == (1, 0, 0, 0, 0)
    kinds = [step.kind for step in facade.review_history(public_id).hidings]
    assert kinds == ["hidden", "appealed", "lifted"]
    assert one(public_id).said.words == BAD.words


PATHS = (
    "/api/v1/reviews/{id}", "/api/v1/shops/bobs/reviews/{id}/reply", "/api/v1/reviews/{id}/hiding",
    "/api/v1/reviews/{id}/appeal", "/api/v1/reviews/{id}/follow-up", "/api/v1/shops/bobs/reviews",
    "/api/v1/goods/{goods}/reviews", "/reviews/{id}/", "/reviews/{id}/edit/", "/reviews/{id}/follow-up/",
    "/reviews/{id}/appeal/", "/console/bobs/reviews/", "/console/bobs/reviews/{id}/reply/",
    "/operator/reviews/hiding/", "/operator/reviews/{id}/answer/",
)  # fmt: skip


def test_no_verb_of_a_shop_takes_a_review_away(cast: Cast) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup, BAD)
    client: Client = browser(cast.bob)
    for pattern in PATHS:
        path = pattern.format(id=public_id, goods=cast.cup.goods_public_id)
        for verb in ("DELETE", "PUT", "PATCH", "POST"):
            answer = client.generic(verb, path, "{}", content_type="application/json")
            assert answer.status_code in {303, 401, 403, 404, 405, 409, 422}, (verb, path)
            if verb == "DELETE":
                assert answer.status_code in {403, 404, 405}, path
    found = one(public_id)
    assert (found.said.words, found.stars, found.hiding) == (BAD.words, 1, None)
    assert facade.goods_score(cast.cup.goods_id).counts == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "table", ["review", "revision", "reply", "hidingact", "standing", "goodsscore"]
)
def test_the_database_deletes_nothing(cast: Cast, table: str) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup, BAD)
    facade.reply(shop_id=cast.bobs.id, public_id=public_id, words="给您换", actor_id=cast.bob)
    facade.hide_review(operator_id=cast.dora, public_id=public_id, basis="法", reason="因")
    with pytest.raises(DatabaseError, match="reviews are kept"), transaction.atomic():
        sql.changed(f"DELETE FROM care_{table}")
    assert sql.rows(f"SELECT COUNT(*) FROM care_{table}")[0][0] == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE care_review SET buyer_id = 0", "UPDATE care_revision SET words = ''",
        "UPDATE care_revision SET goods = 5", "UPDATE care_reply SET words = ''",
        "UPDATE care_hidingact SET reason = ''",
    ],
)  # fmt: skip
def test_the_database_changes_no_words(cast: Cast, change: str) -> None:
    public_id = reviewed(cast, cast.alice, cast.cup, BAD)
    facade.reply(shop_id=cast.bobs.id, public_id=public_id, words="给您换", actor_id=cast.bob)
    facade.hide_review(operator_id=cast.dora, public_id=public_id, basis="法", reason="因")
    with pytest.raises(DatabaseError, match="reviews are kept"), transaction.atomic():
        sql.changed(change)
    assert Revision.objects.get().words == BAD.words


def test_the_database_hides_nothing_without_a_reason(cast: Cast) -> None:
    reviewed(cast, cast.alice, cast.cup, BAD)
    with pytest.raises(DatabaseError, match="hiding needs its reason"), transaction.atomic():
        Standing.objects.update(is_hidden=True)
    assert not Standing.objects.get().is_hidden
