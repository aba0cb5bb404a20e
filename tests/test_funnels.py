"""The pages of people's ways over HTTP: numbers, files, the API; and which goods are named as rising."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.insight import cubing, hits, journeys, lake
from grapevine.insight.cubes import Value
from grapevine.insight.funnels import FunnelQuestion
from grapevine.insight.models import Hit, PulseCell
from grapevine.insight.queries.funnels import funnel_of
from grapevine.insight.queries.goods_report import report_of, sheet_of
from grapevine.insight.queries.traffic import sources_of
from grapevine.insight.web import funnelwords
from grapevine.people.models import Person
from grapevine.scene import facade as scene
from grapevine.scene.tests.cast import picture
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder
from grapevine.trade.tests import cast as cast_

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=timezone.get_default_timezone())
LAST = date(2026, 11, 29)


@pytest.fixture
def cast() -> cast_.Cast:
    with time_machine.travel(NOW - timedelta(days=60), tick=False):
        return cast_.gather()


def client_of(person_id: int) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=person_id))
    return client


def viewed(goods_public: str, shop: int, name: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "id": f"view-{name}", "ts": at.isoformat(), "verb": "view", "shop_id": shop, "object_type": "goods",
        "object_id": goods_public, "visitor_id": more.pop("browser", f"b{name}"), "channel": "note", **more,
    }  # fmt: skip


def looks(cast: cast_.Cast) -> list[dict[str, Any]]:
    """The cup: four people a day, then eighteen; the vase: four a day, then one browser under many names, and staff."""
    rows = []
    for back in range(31):
        at = NOW - timedelta(days=1 + back)
        for n in range(18 if back < 3 else 4):
            rows.append(viewed(cast.cup.goods_public_id, cast.bobs.id, f"c{back}-{n}", at))
        for n in range(18 if back < 3 else 4):
            more: dict[str, Any] = {"browser": "one", "person_id": 900 + n} if back < 3 else {}
            rows.append(viewed(cast.vase.goods_public_id, cast.bobs.id, f"v{back}-{n}", at, **more))
    return rows


def test_goods_that_rise_are_named_once_with_people_apart_and_judged_later(
    cast: cast_.Cast,
) -> None:
    lake.write(looks(cast))
    with time_machine.travel(NOW, tick=False):
        journeys.build()
        assert [(one.goods, one.people, one.channel) for one in hits.find(LAST)] == [(cast.cup.goods_id, 54, "note")]  # fmt: skip
        assert hits.find(LAST) == []
        page = client_of(cast.bob).get("/console/bobs/hits/").content.decode()
    assert "3 天里有 54 位互不相干的人打开，平时 12 位" in page
    assert "小花瓶" not in page.split("正在起来的")[1].split("现在卖得最好的")[0]
    hit = Hit.objects.get()
    assert 30_000 < hit.growth_bps < 45_000
    PulseCell.objects.bulk_create(
        PulseCell(shop_id=cast.bobs.id, goods=cast.cup.goods_id, day=LAST + timedelta(days=n), buyers=3 if n != 9 else 11)
        for n in range(1, 15)
    )  # fmt: skip
    hits.find(LAST + timedelta(days=14))
    hit.refresh_from_db()
    assert (hit.outcome, hit.top_day, hit.top_buyers) == ("rose", LAST + timedelta(days=9), 11)


def bought(cast: cast_.Cast, buyer: int, at: datetime, **more: Any) -> ImportedOrder:
    line = cast.cup
    return ImportedOrder(
        buyer_id=buyer, shop_id=line.shop_id, sku_id=line.sku_id, goods_id=line.goods_id,
        goods_public_id=line.goods_public_id, title=line.title, count=1, price_minor=6900,
        state="received", paid_at=at, **more,
    )  # fmt: skip


def test_the_goods_report_counts_and_a_surge_has_its_note(
    cast: cast_.Cast, django_assert_max_num_queries: Any
) -> None:
    orders = [bought(cast, cast.alice, NOW - timedelta(days=1 + n)) for n in range(40)]
    orders += [bought(cast, cast.eve, NOW - timedelta(days=10, minutes=n)) for n in range(12)]
    trade.import_paid_orders(orders)
    with time_machine.travel(NOW - timedelta(days=11), tick=False):
        scene.publish_note(
            author_id=cast.alice, title="早上的杯子", body="好用", picture_ids=[picture(cast.alice)],
            goods_public_ids=[cast.cup.goods_public_id],
        )  # fmt: skip
    with time_machine.travel(NOW, tick=False):
        cubing.build()
        found = report_of(cast.bobs.id, None, None)
        (line,) = found.lines
        values = {name: value.number for name, value in line.line.values.items()}
        assert (values["sold"], values["revenue_minor"], values["times"]) == (40, 40 * 6900, 40)
        # Alice bought before the span; of Eve's twelve the first is no repetition.
        assert values["again_share"] == (28 + 11) / 40
        assert line.line.before["sold"].number == 12
        sheet = sheet_of(cast.bobs.id, cast.cup.goods_public_id, None, None)
        assert [(str(one.day), one.count, [c.name for c in one.causes]) for one in sheet.surges] == [("2026-11-20", 13, ["早上的杯子"])]  # fmt: skip
        client = client_of(cast.bob)
        path = "/console/bobs/goods-report/"
        client.get(path)
        with django_assert_max_num_queries(22):
            page = client.get(path).content.decode()
        assert "¥2,760.00" in page
        assert "多卖得最多的是粗陶杯：多 ¥1,932（+233.3%）。" in page
        assert "没有符合的商品" in client.get(path + "?q=没有").content.decode()
        file = client.get(path + "?format=csv").content.decode("utf-8-sig").splitlines()
        assert file[1].startswith("粗陶杯,40,2760.00,40,69.00,")
        assert client.get(path + "?format=xlsx").content[:2] == b"PK"
        whole = client.get(f"{path}{cast.cup.goods_public_id}/").content.decode()
        assert "笔记《早上的杯子》" in whole
        assert client.get(f"{path}{cast.tea.goods_public_id}/").status_code == 404
        told = cast_.api(cast.bob).get("/api/v1/shops/bobs/goods-report").json()
    assert told["items"][0]["values"]["sold"] == 40
    assert goods.goods_cards([cast.cup.goods_id])[cast.cup.goods_id].title == told["items"][0]["title"]  # fmt: skip


def test_funnels_paths_and_sources_are_pages_files_and_an_answer(
    cast: cast_.Cast, django_assert_max_num_queries: Any
) -> None:
    at = NOW - timedelta(days=3)
    rows = [
        viewed(cast.cup.goods_public_id, cast.bobs.id, f"{n}", at, channel="share" if n % 4 == 0 else "feed")
        for n in range(60)
    ]  # fmt: skip
    rows += [row | {"id": f"cart-{n}", "verb": "cart"} for n, row in enumerate(rows[:20])]
    lake.write(rows)
    with time_machine.travel(NOW, tick=False):
        journeys.build()
        cubing.build()
        client = client_of(cast.bob)
        path = "/console/bobs/funnels/?step=goods&step=cart&by=channel"
        client.get(path)
        with django_assert_max_num_queries(22):
            page = client.get(path).content.decode()
        assert "33.3%" in page
        assert "好友分享" in page
        assert "人还太少，先不下结论" in page
        file = client.get(path + "&format=csv").content.decode("utf-8-sig").splitlines()
        assert funnelwords.people_cell(Value(1060)) == "1060"  # files have numbers, pages 1,060
        assert file[1:3] == ["打开商品,60,100.0%,–,–,unknown,", "加购,20,33.3%,33.3%,–,unknown,1"]
        narrowed = f"{path}&goods={cast.cup.goods_public_id}&channel=feed"
        assert client.get(narrowed).status_code == 200
        for wrong in ("line=x", "step=goods", "by=x", "goods=zz", "first=noon", "first=2020-01-01"):
            assert client.get(f"/console/bobs/funnels/?{wrong}").status_code == 422
        assert "走了" in client.get("/console/bobs/paths/?by=page&kind=goods").content.decode()
        assert client.get("/console/bobs/paths/?by=x").status_code == 422
        told = cast_.api(cast.bob).get("/api/v1/shops/bobs/funnel?step=goods&step=cart&by=channel").json()  # fmt: skip
        assert [one["people"] for one in told["steps"]] == [60, 20]
        # Five of those by shares had a cart: neither they nor, by subtraction, the others are told.
        parts = {part["key"]: part["people"] for part in told["parts"]}
        assert parts == {"feed": [45, None], "share": [15, None]}
        found = sources_of(cast.bobs.id, None, None)
        assert found.natural.number == 0.75
        assert {line.channel: line.share.number for line in found.lines} == {"feed": 0.75, "share": 0.25}  # fmt: skip
        assert "75.0%" in client.get("/console/bobs/sources/").content.decode()
        file = (
            client.get("/console/bobs/sources/?format=csv").content.decode("utf-8-sig").splitlines()
        )
        line = found.lines[0]
        assert file[1].split(",")[2] == str(line.visitors.number)
        assert file[1].split(",")[7] == f"{line.payments_minor / 100:.2f}"
        assert client.get("/operator/hits/").status_code == 404


def test_who_read_a_note_counts_at_the_shop_whose_goods_it_shows(cast: cast_.Cast) -> None:
    """Pages of notes name no shop. Of fifteen readers ten open the goods, and all those buy them."""
    with time_machine.travel(NOW - timedelta(days=5), tick=False):
        note = scene.publish_note(
            author_id=cast.alice, title="早上的杯子", body="好用", picture_ids=[picture(cast.alice)],
            goods_public_ids=[cast.cup.goods_public_id],
        )  # fmt: skip
    at, rows = NOW - timedelta(days=2), []
    for n in range(15):
        person = {"person_id": 500 + n, "channel": "feed"}
        rows.append({"id": f"note-{n}", "ts": at.isoformat(), "verb": "view", "object_type": "note", "object_id": note.public_id, **person})  # fmt: skip
        if n < 10:
            rows.append(viewed(cast.cup.goods_public_id, cast.bobs.id, f"n{n}", at + timedelta(minutes=1), **person))  # fmt: skip
            props = f'{{"order_number": "N{n}", "goods_ids": [{cast.cup.goods_id}, 77]}}'
            rows.append({"id": f"paid-{n}", "ts": (at + timedelta(hours=20)).isoformat(), "verb": "trade.order_paid", "shop_id": cast.bobs.id, "props": props, **person})  # fmt: skip
    lake.write(rows)
    with time_machine.travel(NOW, tick=False):
        journeys.build()
        told = funnel_of(cast.bobs.id, FunnelQuestion("note"))
        of_goods = funnel_of(cast.bobs.id, FunnelQuestion("note", goods=cast.cup.goods_id))
    for funnel in (told, of_goods):
        assert [step.people.number for step in funnel.steps] == [15, 10, 10]
        assert funnel.steps[2].median == pytest.approx(20 * 3600 - 60, rel=0.2)
    pulse = PulseCell.objects.filter(goods=cast.cup.goods_id).values_list("note_views", "viewers", "buyers")  # fmt: skip
    assert sorted(pulse) == [(0, 0, 10), (15, 10, 0)]
