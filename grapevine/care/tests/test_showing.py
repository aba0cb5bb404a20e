"""Show-orders: after receipt only, marked, counted, rewarded once."""

import pytest

from grapevine.care import facade
from grapevine.care.models import ShowOrder
from grapevine.care.refusals import NotReceived, ShownAlready
from grapevine.care.tests.cast import (
    Cast,
    browser,
    events,
    gather,
    paid,
    picture,
    picture_file,
    received,
    tell_again,
)
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteRefused
from grapevine.signals import facade as signals
from grapevine.signals.contracts import source_from
from grapevine.trade.contracts import OrderNotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def show(cast: Cast, number: str, title: str = "晒晒我的杯子") -> str:
    card = facade.show_order(
        buyer_id=cast.alice, number=number, position=1, title=title, body="喝茶正好",
        picture_ids=[picture(cast.alice)],
    )  # fmt: skip
    signals.drain()
    return card.public_id


def points(person_id: int) -> int:
    return ledger.balance(Account(f"person:{person_id}", "points"), "PTS")


def test_before_receipt_there_is_no_note(cast: Cast) -> None:
    number = paid(cast.alice, cast.cup)
    with pytest.raises(NotReceived):
        show(cast, number)
    with pytest.raises(OrderNotFound):
        facade.show_order(buyer_id=cast.eve, number=number, position=1, title="不是我的")
    assert list(scene.notes_of(cast.alice).items) == []
    assert not ShowOrder.objects.exists()


def test_after_receipt_it_is_a_note_with_a_mark_and_points_once(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)
    note = show(cast, number)
    assert points(cast.alice) == 20
    tell_again()
    assert points(cast.alice) == 20
    assert [event["object_id"] for event in events("care.show_order_published")] == [note]
    with pytest.raises(ShownAlready):
        show(cast, number, "再晒一次")
    assert len(scene.notes_of(cast.alice).items) == 1
    page = browser(None).get(f"/goods/{cast.cup.goods_public_id}/").content.decode()
    assert "买家晒单" in page
    assert "晒晒我的杯子" in page
    assert "已购买" in browser(cast.eve).get(f"/note/{note}/").content.decode()
    plain = scene.publish_note(author_id=cast.eve, title="别的", picture_ids=[picture(cast.eve)])
    assert "已购买" not in browser(None).get(f"/note/{plain.public_id}/").content.decode()


def test_friends_find_it_among_the_writers_notes(cast: Cast) -> None:
    people.follow(person_id=cast.eve, other_id=cast.alice)
    note = show(cast, received(cast, cast.alice, cast.cup))
    assert [card.public_id for card in scene.notes_of(cast.alice).items] == [note]
    assert [event["goods_ids"] for event in events("scene.note_published")] == [[cast.cup.goods_id]]


def test_refused_words_leave_nothing(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)
    with pytest.raises(NoteRefused):
        show(cast, number, "代开发票")
    assert not ShowOrder.objects.exists()
    assert points(cast.alice) == 0


def test_a_note_in_review_is_rewarded_when_it_is_out(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)
    note = show(cast, number, "全网第一的杯子")
    assert points(cast.alice) == 0
    assert facade.shown_of_goods(cast.cup.goods_id) == []
    scene.release_note(moderator_id=cast.dora, public_id=note)
    signals.drain()
    assert points(cast.alice) == 20
    assert len(facade.shown_of_goods(cast.cup.goods_id)) == 1


def test_views_and_orders_it_brought_are_counted_once(cast: Cast) -> None:
    note = show(cast, received(cast, cast.alice, cast.cup))
    eve, stranger = browser(cast.eve), browser(None)
    for client in (eve, eve, stranger, browser(cast.alice)):
        assert client.get(f"/note/{note}/").status_code == 200
    paid(cast.eve, cast.cup, source=source_from(f"note:{note}"))
    paid(cast.alice, cast.cup, source=source_from(f"note:{note}"))
    paid(cast.eve, cast.cup, source=source_from("note:other"))
    tell_again()
    shown = facade.shown_of_shop(cast.bobs.id).items
    assert [(one.views, one.orders) for one in shown] == [(2, 1)]
    desk = browser(cast.bob).get("/console/bobs/reviews/").content.decode()
    assert "晒晒我的杯子" in desk


def test_the_page_needs_no_script(cast: Cast) -> None:
    number = received(cast, cast.alice, cast.cup)
    alice = browser(cast.alice)
    assert alice.get(f"/orders/{number}/notes/1/").status_code == 200
    empty = alice.post(f"/orders/{number}/notes/1/", {"title": "没有图"})
    assert empty.status_code == 422
    assert "至少放一张图" in empty.content.decode()
    untold = alice.post(f"/orders/{number}/notes/1/", {"title": "", "pictures": [picture_file()]})
    [chosen] = untold.context["pictures"]
    assert f'name="picture" value="{chosen.public_id}" checked' in untold.content.decode()
    sent = {"title": "有图了", "body": "好看", "topics": "杯子", "picture": [chosen.public_id]}
    assert alice.post(f"/orders/{number}/notes/1/", sent).status_code == 303
    assert browser(cast.eve).get(f"/orders/{number}/notes/1/").status_code == 404
