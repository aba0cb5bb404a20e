"""Where a shop's orders go: a city of the table on each, never what was written; cube and portrait drill to it; small ones stay unnamed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from grapevine.insight import cubing
from grapevine.insight.cubes import Question
from grapevine.insight.facade import ask
from grapevine.insight.models import Customer
from grapevine.insight.queries.portraits import portrait_of
from grapevine.insight.rules.cities import size_of
from grapevine.insight.tests.crowd import Stall, browser, count, crowd, owner
from grapevine.insight.web.cubewords import names_of
from grapevine.trade import facade as trade
from grapevine.trade.actions.forgetting import forget_orders
from grapevine.trade.actions.shipping import change_address
from grapevine.trade.contracts import ImportedOrder
from grapevine.trade.models import Order
from grapevine.trade.personal import erase_trade
from grapevine.trade.rules.address import city_of
from grapevine.trade.tests import cast as cast_


def test_a_city_is_of_the_table_or_not_told() -> None:
    written = {"深圳市": "深圳市", "深圳": "深圳市", "张三家": "", "深": ""}
    assert {city: city_of(replace(cast_.HOME, city=city)) for city in written} == written
    assert city_of(replace(cast_.HOME, province="上海市", city="浦东新区")) == "上海市"
    assert [size_of(city) for city in ("深圳市", "杭州市", "金华市")] == ["huge", "large", "other"]


@pytest.mark.django_db
def test_an_order_knows_its_city_as_long_as_its_address() -> None:
    cast = cast_.gather()
    number = cast_.paid(cast).order_numbers[0]

    def place() -> tuple[str, str]:
        row = Order.objects.get(number=number)
        return row.region, row.city

    assert place() == ("广东省", "深圳市")
    moved = replace(cast_.HOME, city="珠海市", district="香洲区")
    change_address(buyer_id=cast.alice, number=number, address=moved)
    assert place() == ("广东省", "珠海市")
    trade.refund_order(number=number, reason="x")
    erase_trade(cast.alice)
    assert place() == ("广东省", "")
    Order.objects.filter(number=number).update(
        city="珠海市", placed_at=timezone.now() - timedelta(days=2000), paid_at=None
    )
    assert forget_orders() == 1
    assert place() == ("", "")


@pytest.mark.django_db
def test_the_cube_drills_to_cities_and_portraits_name_those_of_ten() -> None:
    stall, people = Stall("bobs", owner("bob")), crowd(40)
    places = [
        *["广东 深圳"] * 14,
        *["广东 广州"] * 12,
        *["广东 珠海"] * 2,
        *["广东"] * 1,
        *["浙江 杭州"] * 11,
    ]
    at = timezone.now() - timedelta(days=1)
    trade.import_paid_orders([
        ImportedOrder(
            person, stall.id, stall.goods.sku_ids[0], stall.goods.goods_id, 1, 6000, "received", at,
            goods_public_id=stall.goods.public_id, region=place,
        )
        for person, place in zip(people, places, strict=False)
    ])  # fmt: skip
    cubing.build()

    def told(by: str, **more: Any) -> list[tuple[str, Any]]:
        answer = ask(stall.id, Question("orders", by, measures=("orders",), **more))
        return [(line.key, line.values["orders"].number) for line in answer.lines]

    assert told("region") == [("广东省", 29), ("浙江省", 11)]
    deeper = told("city", where=(("region", "广东省"),))
    assert deeper == [("深圳市", 15), ("…", 15)]  # of fourteen and fifteen
    assert told("city") == [("…", 25), ("深圳市", 15)]
    for city in ("珠海市", "广州市", "没有这座城"):
        assert told("day", where=(("city", city),)) == []
        answer = ask(stall.id, Question("orders", "day", where=(("city", city),)))
        assert all(one.is_hidden for one in answer.totals.values.values())
    assert [number for _, number in told("day", where=(("city", "深圳市"),))] == [15]
    answer = ask(stall.id, Question("orders", "day", where=(("city", "深圳市"),)))
    assert answer.totals.values["payments_minor"].number == 80_000  # 84,000, in twenties
    assert answer.totals.values["refunds"].is_hidden
    page = browser(stall.owner_id).get(
        "/console/bobs/cube/?on=orders&by=city&where=region:广东省&show=orders"
    ).content.decode()  # fmt: skip
    assert ("深圳市" in page, "珠海市" in page, "where=city%3A%E2%80%A6" in page) == (
        True,
        False,
        False,
    )

    trade.import_paid_orders([
        ImportedOrder(
            person, stall.id, stall.goods.sku_ids[0], stall.goods.goods_id, 1, 6000, "received", at,
            goods_public_id=stall.goods.public_id, region="广东",
        )
        for person in people[14:28]
    ])  # fmt: skip
    cubing.build()
    assert told("city") == [("…", 25), ("深圳市", 15), ("", 15)]  # of no city, and of none else
    assert names_of("city", ["", "…"]) == {"": "未知", "…": "其他"}

    count()
    assert Customer.objects.filter(city="深圳市").count() == 14
    found = portrait_of(stall.id)
    assert [(one.name, one.people) for one in found.regions] == [("广东省", 30), ("浙江省", 10)]
    assert [(one.name, one.people) for one in found.cities] == [("深圳市", 15), ("杭州市", 10)]
    assert [(one.name, one.people) for one in found.sizes] == [
        ("huge", 25),
        ("large", None),
        ("other", None),
    ]
    shown = browser(stall.owner_id).get("/console/bobs/portrait/").content.decode()
    assert ("深圳市" in shown, "珠海市" in shown, "超大城市" in shown) == (True, False, True)
