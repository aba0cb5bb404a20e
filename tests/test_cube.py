"""The cube: built from the log and from trade, equal to orders and ledger, for each shop alone."""

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grapevine.goods.contracts import SkuLine
from grapevine.insight import cubing, lake
from grapevine.insight.cubes import Question, Versus
from grapevine.insight.facade import ask, peaks_of
from grapevine.insight.measures import ASPECTS
from grapevine.insight.models import CubeBlock, CubeDay, CubeReport
from grapevine.insight.queries.blocks import blocks_of
from grapevine.insight.reporting import make_reports
from grapevine.kit import workbook
from grapevine.kit.errors import BadInput
from grapevine.ledger.models import Transfer
from grapevine.people.models import Person
from grapevine.spread.facade import code_of
from grapevine.trade import facade as trade
from grapevine.trade.actions.moving import refund_pieces
from grapevine.trade.contracts import ImportedOrder
from grapevine.trade.models import Line, Order, Refund, SandboxCharge
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.tests import cast as cast_

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning in Shanghai
PLACES = ("广东省", "上海市", "")


def row(name: str, verb: str, shop_id: int, at: datetime, **columns: Any) -> dict[str, Any]:
    return {"id": name, "ts": at.isoformat(), "verb": verb, "shop_id": shop_id, **columns}


def told(aspect: str) -> Iterator[dict[str, Any]]:
    """Every cell of every shop, a dict each."""
    for shop_id in (
        CubeBlock.objects.values_list("shop_id", flat=True).distinct().order_by("shop_id")
    ):
        for day, cells in blocks_of(shop_id, aspect, (date.min, date.max)):
            for n in range(cells.rows):
                texts = {name: coded.words[coded.codes[n]] for name, coded in cells.texts.items()}
                sums = {one.name: 0 for one in ASPECTS[aspect].counted}
                sums |= {name: int(numbers[n]) for name, numbers in cells.sums.items()}
                yield {"shop_id": shop_id, "day": day, **texts, **sums}


def summed(cells: Iterable[dict[str, Any]], by: str, measure: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for cell in cells:
        found[cell[by]] += cell[measure]
    return dict(found)


def total(answer: Any, name: str) -> float:
    return float(answer.totals.values[name].number or 0)


def span(**more: Any) -> dict[str, Any]:
    return {"first": date(2026, 10, 26), "last": date(2026, 12, 6), **more}


def bought(
    line: SkuLine, buyer: int, at: datetime, *, count: int = 1, price: int = 1000, **more: Any
) -> ImportedOrder:
    return ImportedOrder(
        buyer_id=buyer, shop_id=line.shop_id, sku_id=line.sku_id, goods_id=line.goods_id,
        goods_public_id=line.goods_public_id, title=line.title, count=count, price_minor=price,
        state="received", paid_at=at, **more,
    )  # fmt: skip


@pytest.fixture
def cast() -> cast_.Cast:
    return cast_.gather()


def history(cast: cast_.Cast, chance: Random) -> None:
    """Three weeks in which people pay, give single pieces back, or the whole order."""
    nonce = iter(range(10**6))
    skus = [
        cast_.sku(shop, f"货 {n}", chance.randrange(1, 99_999), 500)
        for n, shop in enumerate([cast.bobs, cast.bobs, cast.carols])
    ]
    for number in range(26):
        at = START + timedelta(hours=chance.randrange(21 * 24))
        with time_machine.travel(at, tick=False):
            chosen = chance.sample(skus, chance.randrange(1, 4))
            address = replace(cast_.HOME, province=chance.choice(["广东省", "上海市"]), city="某市")
            buyer = chance.choice([cast.alice, cast.eve])
            placed = trade.place_order(
                buyer_id=buyer, address=address,
                lines=[(sku.sku_id, chance.randrange(1, 4)) for sku in chosen],
            )  # fmt: skip
            attempt = trade.start_payment(buyer_id=buyer, number=placed.payment_number)
            sandbox.decide(attempt.number, "pay")
            charge = SandboxCharge.objects.get(payment_number=attempt.number)
            cast_.deliver(charge, nonce=f"n{next(nonce)}")
        for order_number in placed.order_numbers:
            later = at + timedelta(hours=chance.randrange(1, 200))
            with time_machine.travel(later, tick=False):
                give_back(order_number, chance, number)


def give_back(number: str, chance: Random, case_id: int) -> None:
    way = chance.randrange(4)
    if way == 0:
        trade.refund_order(number=number, reason="x")
    elif way == 1:
        line = Line.objects.filter(order__number=number).order_by("pk")[0]
        refund_pieces(number=number, pieces={line.pk: 1}, reason="x", case_id=case_id)
        if chance.random() < 0.5 and Order.objects.get(number=number).state == "paid":
            trade.refund_order(number=number, reason="y")


def flows(kind: str, *, debit: bool) -> dict[tuple[int, date], int]:
    """(shop, day) → what went through a clearing account of payments or refunds, by the ledger alone."""
    shops = dict(Order.objects.values_list("number", "shop_id"))
    side, other = ("credit", "debit") if debit else ("debit", "credit")
    rows = Transfer.objects.filter(
        **{f"{side}__kind": f"clearing:{kind}", f"{side}__owner": "platform"}
    )
    found: dict[tuple[int, date], int] = defaultdict(int)
    for amount, owner, reference, at in rows.values_list(
        "amount_minor", f"{other}__owner", "posting__reference", "posting__at"
    ):
        number = owner.removeprefix("order:") if owner.startswith("order:") else reference
        if number in shops:
            found[shops[number], timezone.localdate(at)] += amount
    return dict(found)


def cells(name: str, measure: str) -> dict[tuple[int, date], int]:
    found: Counter[tuple[int, date]] = Counter()
    for cell in told(name):
        found[cell["shop_id"], cell["day"]] += cell[measure]
    return {key: number for key, number in found.items() if number}


def test_money_is_equal_to_orders_and_to_the_ledger(cast: cast_.Cast) -> None:
    history(cast, Random(11))
    built = cubing.build()
    paid: Counter[tuple[int, date]] = Counter()
    for order in Order.objects.exclude(paid_at=None):
        assert order.paid_at is not None
        paid[order.shop_id, timezone.localdate(order.paid_at)] += order.total_minor
    back: Counter[tuple[int, date]] = Counter()
    for refund in Refund.objects.select_related("order"):
        assert refund.order is not None
        back[refund.order.shop_id, timezone.localdate(refund.at)] += refund.amount_minor
    assert len(paid) > 20
    assert len(back) > 10
    assert cells("income", "received_minor") == cells("orders", "payments_minor") == paid
    assert cells("goods", "revenue_minor") == paid == flows("payment", debit=False)
    assert cells("income", "back_minor") == cells("goods", "returned_minor") == back
    assert back == flows("refund", debit=True)
    assert sum(cells("income", "net_minor").values()) == sum(paid.values()) - sum(back.values())
    for aspect in ("orders", "income", "goods"):
        parents_and_children(cast.bobs.id, aspect)
    assert sum(total(ask(shop, Question("income", **span())), "received_minor") for shop in (cast.bobs.id, cast.carols.id)) == sum(paid.values())  # fmt: skip
    recent_days_look_as_among_all()
    again(built.days, cast)


def recent_days_look_as_among_all() -> None:
    """And are found by their moments, not by reading every order."""
    since = datetime.combine(
        START.date() + timedelta(days=5), time(), tzinfo=timezone.get_default_timezone()
    )
    every = {day: text for day, text in trade.fact_days().items() if day >= since.date()}
    with CaptureQueriesContext(database) as asked:
        assert trade.fact_days(since) == every
    assert 5 < len(every) < len(trade.fact_days())
    indexes = ("trade_order_paid_at", "trade_refund_at", "trade_shipment_shipped_at")
    with database.cursor() as cursor:
        for name, query in zip(indexes, asked.captured_queries, strict=True):
            table = name.rpartition("_at")[0].removesuffix("_paid").removesuffix("_shipped")
            known = database.introspection.get_constraints(cursor, table)
            assert f"{name}_ranges" in known
            if database.vendor == "sqlite":
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                assert f" INDEX {name}_ranges (" in str(cursor.fetchall())


def parents_and_children(shop_id: int, aspect: str) -> None:
    """Region by week sums to region, to week and to the total; so does every dimension."""
    whole = ask(shop_id, Question(aspect, **span()))
    counted = [one.name for one in ASPECTS[aspect].counted if one.label]
    for name in counted:
        across = ask(shop_id, Question(aspect, "region", "week", (name,), **span()))
        by_week = {
            line.key: line.values[name].number
            for line in ask(shop_id, Question(aspect, "week", measures=(name,), **span())).lines
        }
        for line in across.lines:
            parts = sum(value.number or 0 for value in line.across)
            drilled = replace(across.question, across="").drilled(line.key, "week")
            assert parts == line.values[name].number == total(ask(shop_id, drilled), name)
        for n, week in enumerate(across.columns):
            assert sum(line.across[n].number or 0 for line in across.lines) == by_week[week]
        assert total(across, name) == total(whole, name)
    for dimension in {*ASPECTS[aspect].dimensions} - {"city"}:  # what is told of cities is rounded
        told = ask(shop_id, Question(aspect, dimension, **span()))
        for name in counted:
            assert sum(line.values[name].number or 0 for line in told.lines) == total(whole, name)


def again(days: list[date], cast: cast_.Cast) -> None:
    """Nothing is due twice; what is built anew is the same; a new order makes its own day due."""

    def everything() -> dict[str, list[Any]]:
        return {name: sorted(told(name), key=repr) for name in ASPECTS}

    before = everything()
    assert cubing.build().days == []
    CubeDay.objects.update(digest="")
    assert cubing.build().days == days
    assert everything() == before
    trade.import_paid_orders([bought(cast.cup, cast.alice, START + timedelta(days=40))])
    assert cubing.build().days == [date(2026, 12, 12)]


def test_what_came_late_changes_who_is_new_afterwards(cast: cast_.Cast) -> None:
    trade.import_paid_orders([bought(cast.cup, cast.alice, START + timedelta(days=9))])
    cubing.build()
    new = ask(cast.bobs.id, Question("people", "day", **span(where=(("customer", "new"),))))
    assert [line.key for line in new.lines] == ["2026-11-11"]
    trade.import_paid_orders([bought(cast.cup, cast.alice, START)])
    assert cubing.build().days == [date(2026, 11, 2), date(2026, 11, 11)]
    sold = [(cell["day"], cell["customer"]) for cell in told("orders")]
    assert sold == [(date(2026, 11, 2), "new"), (date(2026, 11, 11), "old")]


def browsing(chance: Random, shops: list[int]) -> Iterator[dict[str, Any]]:
    verbs = ["view", "view", "view", "impression", "click", "cart", "search", "open_share"]
    for number in range(600):
        at = START + timedelta(minutes=chance.randrange(14 * 1440))
        yield row(
            f"b{number}", chance.choice(verbs), chance.choice(shops), at,
            visitor_id=f"v{chance.randrange(60)}", channel=chance.choice(["feed", "search", "direct", ""]),
            region=chance.choice(PLACES), device=chance.choice(["phone", "desktop"]), object_type="note", object_id="n1",
        )  # fmt: skip


def test_the_log_is_counted_as_by_hand(cast: cast_.Cast) -> None:
    chance, shops = Random(5), [cast.bobs.id, cast.carols.id]
    log = [*browsing(chance, shops)]
    props = {"case_number": "c", "kind": "return", "state": "requested"}
    log += [
        row("c1", "trade.after_sales_moved", shops[0], START, props=json.dumps(props)),
        row("c2", "trade.after_sales_moved", shops[0], START, props=json.dumps({**props, "state": "done"})),
        row("r1", "care.review_written", shops[0], START, object_type="review", object_id="x",
            props=json.dumps({"goods_id": cast.cup.goods_id, "stars": 2})),
        row("r2", "care.review_written", shops[0], START, object_type="review", object_id="y",
            props=json.dumps({"goods_id": cast.cup.goods_id, "stars": 5})),
        row("s1", "spread.share_created", shops[0], START, person_id=cast.eve),
        row("s2", "spread.share_visited", shops[0], START, visitor_id="q", props=json.dumps({"sharer_id": cast.eve})),
        row("s3", "spread.order_brought", shops[0], START, person_id=cast.eve, props='{"amount_minor": 4321}'),
        row("g1", "campaigns.group_opened", shops[0], START, region="上海市"),
        row("g2", "campaigns.group_filled", shops[0], START, region="上海市"),
        row("g3", "campaigns.group_expired", shops[0], START),
        row("a1", "trade.parcel_alarm", shops[0], START, props='{"kind": "late"}'),
        row("l1", "scene.note_liked", None, START, object_type="note", object_id="n9",  # type: ignore[arg-type]
            props=json.dumps({"goods_ids": [cast.cup.goods_id]})),
    ]  # fmt: skip
    lake.write([*log, *log[:50]])
    cubing.build()
    for shop in shops:
        mine = [one for one in log if one["shop_id"] == shop]
        verbs = Counter(one["verb"] for one in mine)
        traffic = ask(shop, Question("traffic", "channel", **span()))
        assert total(traffic, "views") == verbs["view"]
        assert total(traffic, "impressions") == verbs["impression"]
        assert total(traffic, "clicks") == verbs["click"]
        assert total(traffic, "carts") == verbs["cart"]
        assert total(traffic, "searches") == verbs["search"]
        assert total(traffic, "opens") == verbs["open_share"]
        ratio = traffic.totals.values["click_share"].number
        assert ratio == pytest.approx(verbs["click"] / verbs["impression"])
        hours = Counter((datetime.fromisoformat(one["ts"]).hour + 8) % 24 for one in mine if one["verb"] == "view")  # fmt: skip
        told = ask(shop, Question("traffic", "hour", measures=("views",), **span()))
        assert {int(line.key): line.values["views"].number for line in told.lines if line.values["views"].number} == hours  # fmt: skip
        people_by_hand(shop, mine)
    by_hand(shops[0], cast)


def people_by_hand(shop: int, mine: list[dict[str, Any]]) -> None:
    """Each once a day, under one channel; regions and channels sum to the whole."""
    seen: dict[tuple[date, str], list[tuple[str, str]]] = defaultdict(list)
    for one in sorted(mine, key=lambda one: one["ts"]):
        day = (datetime.fromisoformat(one["ts"]) + timedelta(hours=8)).date()
        if one.get("visitor_id"):
            seen[day, one["visitor_id"]].append((one.get("channel") or "direct", one["verb"]))
    channels: Counter[str] = Counter()
    for acts in seen.values():
        channels[next((channel for channel, _ in acts if channel != "direct"), "direct")] += 1
    rows = [cell for cell in told("people") if cell["shop_id"] == shop]
    assert summed(rows, "channel", "visitors") == dict(channels)
    carted = sum(any(verb == "cart" for _, verb in acts) for acts in seen.values())
    assert sum(cell["carters"] for cell in rows) == carted
    answer = ask(shop, Question("people", "region", measures=("visitors",), **span()))
    assert answer.is_rounded
    exact = summed(rows, "region", "visitors")
    for line in answer.lines:
        number = line.values["visitors"].number
        if number is not None:
            assert number % 5 == 0
            assert abs(number - exact[line.key]) <= 2


def by_hand(shop: int, cast: cast_.Cast) -> None:
    service = ask(shop, Question("service", "reason", **span()))
    values = {name: value.number for name, value in service.totals.values.items()}
    assert values["cases"] == values["cases_done"] == 1
    assert values["reviews"] == 2
    assert values["bad_reviews"] == 1
    assert values["rating"] == 3.5
    assert values["bad_share"] == 0.5
    assert {line.key for line in service.lines} == {"return", ""}
    rated = ask(shop, Question("goods", "goods", measures=("rating", "reviews"), **span()))
    (line,) = rated.lines
    assert line.key == str(cast.cup.goods_id)
    assert line.values["rating"].number == 3.5
    fans = ask(shop, Question("fans", "sharer", measures=("shares", "brought_minor", "share_visits"), **span()))  # fmt: skip
    (line,) = fans.lines
    assert line.key == code_of(shop, cast.eve)
    assert line.values["brought_minor"].number == 4321
    eves = Question("fans", "day", measures=("brought_minor",), **span(where=(("sharer", line.key),)))  # fmt: skip
    assert total(ask(shop, eves), "brought_minor") == 4321
    by_id = replace(eves, where=(("sharer", str(cast.eve)),))
    assert total(ask(shop, by_id), "brought_minor") == 0
    spread_out = ask(shop, Question("fans", "day", "sharer", measures=("brought_minor",), **span()))  # fmt: skip
    assert code_of(shop, cast.eve) in spread_out.columns
    assert line.values["share_visits"].is_hidden
    groups = ask(shop, Question("campaigns", "region", measures=("opened", "fill_share"), **span()))
    assert {line.key: (line.values["opened"].number, line.values["fill_share"].number) for line in groups.lines} == {"上海市": (1, 1.0), "": (0, 0.0)}  # fmt: skip
    assert total(ask(shop, Question("supply", "day", **span())), "late") == 1
    liked = ask(shop, Question("content", "note", measures=("likes",), **span(where=(("note", "n9"),))))  # fmt: skip
    assert total(liked, "likes") == 1


def test_repurchase_and_peaks_of_goods(cast: cast_.Cast) -> None:
    """Alice buys the cup three times, Eve once; every Saturday at eight in the evening many buy."""
    friday = START + timedelta(days=4)
    orders = [bought(cast.cup, cast.alice, friday + timedelta(days=n, hours=n)) for n in range(3)]
    orders.append(bought(cast.cup, cast.eve, friday, count=3, price=700))
    orders += [bought(cast.vase, cast.eve, friday)]
    trade.import_paid_orders(orders)
    cubing.build()
    told = ask(cast.bobs.id, Question("goods", "goods", **span()))
    cup = next(line for line in told.lines if line.key == str(cast.cup.goods_id)).values
    assert (cup["times"].number, cup["sold"].number, cup["revenue_minor"].number) == (4, 6, 5100)
    assert cup["again_share"].number == 2 / 4
    assert total(told, "again_share") == 2 / 5
    people = ask(cast.bobs.id, Question("people", "day", **span()))
    assert people.totals.values["old_share"].is_hidden
    chance = Random(2)
    busy = [
        bought(cast.vase, cast.eve, START + timedelta(days=5 + 7 * n, hours=10, minutes=chance.randrange(60)))
        for n in range(3) for _ in range(12)
    ]  # fmt: skip
    trade.import_paid_orders([
        *busy,
        *(bought(cast.vase, cast.eve, START + timedelta(days=n, hours=chance.randrange(13))) for n in range(21)),
    ])  # fmt: skip
    cubing.build()
    found = peaks_of(cast.bobs.id, ask(cast.bobs.id, Question("goods", "goods", **span())))
    assert found["weekday"][0].place == 6
    assert [peak.place for peak in found["hour"]] == [20]


def test_a_shop_asks_of_itself_alone_and_only_what_there_is(cast: cast_.Cast) -> None:
    trade.import_paid_orders([bought(cast.cup, cast.alice, START), bought(cast.tea, cast.alice, START, price=77)])  # fmt: skip
    cubing.build()
    for shop, money in ((cast.bobs, 1000), (cast.carols, 77)):
        for aspect, name in (("orders", "payments_minor"), ("goods", "revenue_minor")):
            told = ask(shop.id, Question(aspect, "region", **span()))
            assert [(line.key, line.values[name].number) for line in told.lines] == [("", money)]
    assert ask(cast.bobs.id, Question("orders", "hour", **span(where=(("hour", "10"),)))).lines
    assert not ask(cast.bobs.id, Question("orders", **span(where=(("weekday", "2"),)))).lines
    refused: list[dict[str, Any]] = [
        {"aspect": "weather"}, {"by": "shop_id"}, {"across": "shop_id"}, {"by": "day", "across": "day"},
        {"measures": ("visitors",)}, {"measures": ("times_again",), "aspect": "goods"},
        {"first": date(2020, 1, 1)}, {"first": date(2030, 1, 1)}, {"where": (("shop_id", "1"),)},
        {"where": (("hour", "noon"),)}, {"where": (("day", "noon"),)}, {"where": (("region", "x"),) * 7},
    ]  # fmt: skip
    for wrong in refused:
        with pytest.raises(BadInput):
            ask(cast.bobs.id, Question(**wrong))


def test_the_page_the_files_and_the_api_say_the_same(
    cast: cast_.Cast, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now() - timedelta(hours=1)
    week = timedelta(days=7)
    trade.import_paid_orders([
        bought(cast.cup, cast.alice, now - timedelta(days=1)), bought(cast.cup, cast.eve, now - timedelta(days=1)),
        bought(cast.vase, cast.alice, now - timedelta(days=1) - week, price=500),
    ])  # fmt: skip
    cubing.build()
    client = Client()
    client.force_login(Person.objects.get(pk=cast.bob))
    first = timezone.localdate() - timedelta(days=6)
    query = f"?on=goods&by=goods&show=revenue_minor&show=sold&first={first}&vs=previous"
    path = f"/console/{cast.bobs.slug}/cube/{query}"
    client.get(path)
    with django_assert_max_num_queries(20):
        page = client.get(path).content.decode()
    assert "粗陶杯" in page
    assert "¥20.00" in page
    assert "+300.0%" in page
    assert "付了款的件数" in page
    assert 'id="cube-chart"' in page
    assert "where=goods%3A" in page
    file = client.get(path + "&format=csv").content.decode("utf-8-sig").splitlines()
    assert file == [
        "商品,销售额,销量,销售额（之前）,销量（之前）",
        "合计,20.00,2,5.00,1",
        "粗陶杯,20.00,2,0.00,0",
        "小花瓶,0.00,0,5.00,1",
    ]
    sheet = client.get(path + "&format=xlsx").content
    assert [*workbook.read(io.BytesIO(sheet))][1] == ["合计", "20", "2", "5", "1"]  # numbers
    told = cast_.api(cast.bob).get(
        f"/api/v1/shops/{cast.bobs.slug}/cube", {"on": "goods", "by": "goods", "show": "revenue_minor,sold", "first": str(first), "vs": "previous"}
    ).json()  # fmt: skip
    assert told["totals"]["values"] == {"revenue_minor": 2000, "sold": 2}
    assert told["rows"][0]["key"] == str(cast.cup.goods_id)
    assert told["rows"][0]["before"] == {"revenue_minor": 0, "sold": 0}
    path = f"/api/v1/shops/{cast.bobs.slug}/cube?on=goods&by=channel&show=sold&first={first - week}"
    both = cast_.api(cast.bob).get(path).json()
    one = cast_.api(cast.bob).get(
        f"{path}&where=goods:{cast.vase.goods_id}&where=category:家居"
    ).json()  # fmt: skip
    assert both["totals"]["values"] == {"sold": 3}
    assert one["totals"]["values"] == {"sold": 1}
    names = cast_.api(cast.bob).get(f"/api/v1/shops/{cast.bobs.slug}/cube/measures").json()
    assert [aspect["name"] for aspect in names["aspects"]] == list(ASPECTS)
    for number, name in enumerate(ASPECTS):
        for extra in ("", f"&by=day&across={ASPECTS[name].dimensions[number % 3]}&vs=year"):
            assert (
                client.get(f"/console/{cast.bobs.slug}/cube/?on={name}{extra}").status_code == 200
            )
    assert client.get(f"/console/{cast.bobs.slug}/cube/?on=x").status_code == 422
    assert client.get(f"/console/{cast.carols.slug}/cube/").status_code == 404


def test_a_question_is_asked_every_week(cast: cast_.Cast) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=cast.bob))
    here = f"/console/{cast.bobs.slug}/cube/reports/"
    with time_machine.travel(START + timedelta(days=2), tick=False):
        trade.import_paid_orders([bought(cast.cup, cast.alice, START)])
        cubing.build()
        asked = "on=orders&by=day&show=orders&first=2020-01-01"
        assert "订单" in client.get(f"{here}?{asked}").content.decode()
        new = {"name": "周报", "every": "week", "kind": "csv", "query": asked}
        assert client.post(f"{here}new/", new | {"query": "on=weather"}).status_code == 422
        assert client.post(f"{here}new/", new | {"every": "hour"}).status_code == 422
        assert client.post(f"{here}new/", new).status_code == 303
        assert make_reports() == 0
    with time_machine.travel(START + timedelta(days=7), tick=False):
        assert make_reports() == 1
        assert make_reports() == 0
        report = CubeReport.objects.get()
        assert (report.first, report.last) == (date(2026, 11, 2), date(2026, 11, 8))
        file = (
            client.get(f"{here}{report.public_id}/file/").content.decode("utf-8-sig").splitlines()
        )
        assert file == ["日期,订单数", "合计,1", "2026-11-02,1"]
        schedule = report.schedule
        other = Client()
        other.force_login(Person.objects.get(pk=cast.carol))
        theirs = f"/console/{cast.carols.slug}/cube/reports/"
        assert other.get(f"{theirs}{report.public_id}/file/").status_code == 404
        assert other.post(f"{theirs}{schedule.public_id}/stopping/").status_code == 404
        assert client.post(f"{here}{schedule.public_id}/stopping/").status_code == 303
    assert not CubeReport.objects.exists()


def test_a_year_ago_is_the_same_days_of_the_week(cast: cast_.Cast) -> None:
    trade.import_paid_orders([
        bought(cast.cup, cast.alice, START), bought(cast.cup, cast.alice, START - timedelta(days=364), price=400),
    ])  # fmt: skip
    cubing.build()
    told = ask(cast.bobs.id, Question("orders", "day", versus=Versus.YEAR, first=date(2026, 11, 1), last=date(2026, 11, 3)))  # fmt: skip
    (line,) = told.lines
    assert line.key == "2026-11-02"
    assert (line.values["payments_minor"].number, line.before["payments_minor"].number) == (
        1000,
        400,
    )
