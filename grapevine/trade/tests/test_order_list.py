"""The shop's list of orders: every filter, the counts, the file, and the views people keep of it."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.paging import BadCursor, encode_cursor
from grapevine.people import facade as people
from grapevine.trade import facade
from grapevine.trade.models import Line, Order
from grapevine.trade.queries import desk
from grapevine.trade.rules.order_filter import OrderFilter, days_of_number, order_filter
from grapevine.trade.tests.cast import Cast, api, gather, paid, placed

pytestmark = pytest.mark.django_db
PATH = "/console/bobs/orders/"


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def orders(cast: Cast) -> list[str]:
    """Three of Bob's, oldest first, a day apart: a vase, a cup, two cups that wait for their money."""
    found = [
        paid(cast, (cast.vase, 1)).order_numbers[0],
        paid(cast, (cast.cup, 1)).order_numbers[0],
        placed(cast, (cast.cup, 2)).order_numbers[0],
    ]
    for days, number in zip((2, 1, 0), found, strict=True):
        at = clock.now() - timedelta(days=days)
        Order.objects.filter(number=number).update(placed_at=at)
        Line.objects.filter(order__number=number).update(placed_at=at)
    Order.objects.filter(number=found[0]).update(region="上海市")
    return found


def browser(person_id: int) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def numbers(cast: Cast, **words: str) -> list[str]:
    return [
        order.number for order in facade.orders_of_shop(cast.bobs.id, order_filter(words)).items
    ]


def day(days_ago: int) -> str:
    return str((timezone.localtime() - timedelta(days=days_ago)).date())


def test_every_filter(cast: Cast, orders: list[str]) -> None:
    vase, cup, waiting = orders
    assert numbers(cast) == [cup, vase]
    assert numbers(cast, state="pending") == [waiting]
    for length in range(1, len(cup) + 1):
        assert cup in numbers(cast, q=cup[:length].upper())
    assert numbers(cast, q=cup) == [cup]
    assert numbers(cast, q="zzz") == []
    assert numbers(cast, first=day(1)) == [cup]
    assert numbers(cast, last=day(2)) == [vase]
    assert numbers(cast, first=day(2), last=day(1)) == [cup, vase]
    assert numbers(cast, province="上海市") == [vase]
    assert numbers(cast, goods=cast.cup.goods_public_id) == [cup]
    assert numbers(cast, goods=cast.tea.goods_public_id) == []
    alice = people.cards([cast.alice])[cast.alice].handle
    assert numbers(cast, buyer=alice) == [cup, vase]
    assert numbers(cast, buyer="nobody-at-all") == []
    assert numbers(cast, buyer=alice, state="paid", goods=cast.vase.goods_public_id) == [vase]
    assert not facade.orders_of_shop(cast.carols.id).items


def test_words_that_cannot_be_meant_are_named() -> None:
    words = {"state": "sold", "first": "8 March", "province": "Atlantis"}
    with pytest.raises(BadInput) as told:
        order_filter(words)
    assert set(told.value.fields) == {"state", "first", "province"}
    with pytest.raises(BadInput) as told:
        order_filter({"first": "2026-03-08", "last": "2026-03-07"})
    assert set(told.value.fields) == {"last"}
    assert not order_filter({"unknown": "word"})


@pytest.mark.parametrize(
    ("beginning", "days"),
    [
        ("2", None), ("x6", None), ("26", ("2025-12-31", "2027-01-01")), ("261", ("2025-12-31", "2027-01-01")),
        ("2602", ("2026-01-31", "2026-03-01")), ("26123", ("2026-11-30", "2027-01-01")),
        ("260228ab", ("2026-02-27", "2026-03-01")), ("260230", None), ("2613", None),
    ],
)  # fmt: skip
def test_a_number_says_its_day(beginning: str, days: tuple[str, str] | None) -> None:
    found = days_of_number(beginning)
    assert (found and tuple(map(str, found))) == days


def test_pages_neither_repeat_nor_miss(cast: Cast, orders: list[str]) -> None:
    same = clock.now() - timedelta(days=3)
    Order.objects.filter(number__in=orders[:2]).update(placed_at=same)
    first = facade.orders_of_shop(cast.bobs.id, limit=1)
    second = facade.orders_of_shop(cast.bobs.id, OrderFilter(), first.next_cursor, 1)
    assert [one.number for page in (first, second) for one in page.items] == orders[1::-1]
    assert second.next_cursor is None
    for wrong in (encode_cursor("yesterday", 1), encode_cursor("2026-03-08T10:00:00", 1), "x"):
        with pytest.raises(BadCursor):
            facade.orders_of_shop(cast.bobs.id, cursor=wrong)


def test_an_order_with_two_kinds_of_the_same_goods_is_listed_once(cast: Cast) -> None:
    card = goods.list_goods(
        shop_id=cast.bobs.id, title="碗", category="家居", body="",
        skus=[NewSku("大", 5000, 9), NewSku("小", 3000, 9)],
    )  # fmt: skip
    large, small = goods.goods_detail(card.public_id).skus
    both = [paid(cast, (large, 1), (small, 1)).order_numbers[0] for _ in range(3)]
    paid(cast, (cast.cup, 1))
    assert numbers(cast, goods=card.public_id) == both[::-1]
    assert numbers(cast, goods=card.public_id, state="paid", last=day(0)) == both[::-1]
    assert numbers(cast, goods=card.public_id, first=day(-1)) == []
    for more in ({}, {"state": "paid"}, {"state": "paid", "last": day(0), "first": day(1)}):
        page, wanted = None, order_filter({"goods": card.public_id, **more})
        seen = []
        for _ in range(3):
            part = facade.orders_of_shop(cast.bobs.id, wanted, page, 1)
            seen += [order.number for order in part.items]
            page = part.next_cursor
        assert (seen, page) == (both[::-1], None)
        assert [one.number for one in facade.orders_streamed(cast.bobs.id, wanted)] == both[::-1]
    facade.refund_order(number=both[1], reason="", actor="shop")
    assert numbers(cast, goods=card.public_id, state="refunded") == [both[1]]
    assert numbers(cast, goods=card.public_id, state="refunded", first=day(-1)) == []
    assert numbers(cast, goods=card.public_id, state="refunded", last=day(1)) == []
    assert numbers(cast, goods=card.public_id, state="refunded", province="上海市") == []
    assert numbers(cast, goods=card.public_id, state="completed") == []


@pytest.mark.usefixtures("orders")
def test_counts_stop_where_a_tab_stops(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert facade.shop_order_counts(cast.bobs.id) == {"paid": 2, "pending": 1}
    monkeypatch.setattr(desk, "COUNTS", desk.COUNTS.replace(f"LIMIT {desk.COUNT_MAX}", "LIMIT 1"))
    monkeypatch.setattr(desk, "COUNT_MAX", 1)
    assert facade.shop_order_counts(cast.bobs.id) == {"paid": 1, "pending": 1}
    bob = browser(cast.bob)
    assert '<span class="num">1+</span>' in bob.get(PATH).content.decode()


def test_the_file_is_the_list(
    cast: Cast, orders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "CHUNK", 1)
    Order.objects.filter(number=orders[0]).update(message="=HYPERLINK(1)")
    bob = browser(cast.bob)
    answer = bob.get(f"{PATH}export.csv")
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["订单号"] for row in rows] == orders[1::-1]
    assert [row["应付"] for row in rows] == ["69.00", "58.00"]
    assert rows[1]["留言"] == "'=HYPERLINK(1)"
    narrowed = bob.get(f"{PATH}export.csv?province=上海市")
    assert len(b"".join(narrowed).splitlines()) == 2
    assert bob.get(f"{PATH}export.csv?state=sold").status_code == 422


def test_a_wrong_filter_is_said_on_the_page(cast: Cast) -> None:
    bob = browser(cast.bob)
    answer = bob.get(f"{PATH}?first=2026-03-08&last=2026-03-07")
    assert answer.status_code == 422
    assert "结束那天早于开始那天" in answer.content.decode()


def test_programs_narrow_it_the_same_way(cast: Cast, orders: list[str]) -> None:
    path = "/api/v1/shops/bobs/orders"
    found = api(cast.bob).get(f"{path}?goods={cast.cup.goods_public_id}").json()
    assert [one["number"] for one in found["items"]] == [orders[1]]
    assert api(cast.bob).get(f"{path}?first=soon").json()["code"] == "bad_input"
    assert api(cast.carol).get(path).status_code == 404


def test_a_list_is_kept_under_a_name(cast: Cast) -> None:
    bob, carol = browser(cast.bob), browser(cast.carol)
    kept = {"place": PATH, "query": "state=paid&province=上海市", "name": "上海待发货"}
    assert bob.post("/views/", kept).headers["Location"].startswith(f"{PATH}?state=paid")
    page = bob.get(PATH).content.decode()
    assert "上海待发货" in page
    view = people.saved_views(cast.bob, PATH)[0]
    assert people.saved_views(cast.carol, PATH) == []
    carol.post(f"/views/{view.id}/removal/", {"next": "https://elsewhere.example/"})
    assert people.saved_views(cast.bob, PATH) == [view]
    bob.post(f"/views/{view.id}/removal/", {"next": PATH})
    assert people.saved_views(cast.bob, PATH) == []
    assert bob.post("/views/", {**kept, "name": " "}).status_code == 422
    assert bob.post("/views/", {**kept, "place": "//elsewhere"}).status_code == 422
    assert people.saved_views(cast.bob, "//elsewhere") == []
