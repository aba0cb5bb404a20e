"""What the cube's page calls things: by their names as long as there are any, and a day that is not over as such."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.insight import cubing
from grapevine.insight.tests.crowd import Stall, browser, crowd, owner
from grapevine.insight.web.cubewords import is_open, names_of
from grapevine.kit import clock
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewNote
from grapevine.spread.facade import code_of
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("dimension", "key", "told"),
    [
        ("day", "2026-11-26", True), ("day", "2026-11-25", False),
        ("week", "2026-11-23", True), ("week", "2026-11-16", False),
        ("month", "2026-11-01", True), ("month", "2026-10-01", False), ("month", "2026-12-01", False),
        ("weekday", "4", False), ("hour", "11", False), ("region", "", False),
    ],
)  # fmt: skip
def test_a_day_a_week_or_a_month_is_open_until_it_ends(
    dimension: str, key: str, told: bool
) -> None:
    assert is_open(dimension, key, THURSDAY) is told


@pytest.mark.django_db
def test_things_have_names_also_in_a_closed_shop_and_what_is_gone_has_words() -> None:
    stall = Stall("bobs", owner("bob"))
    ids = scene.save_notes_bulk([
        NewNote(author_id=stall.owner_id, title="雨天喝什么", published_at=clock.now())
    ])  # fmt: skip
    note = scene.note_cards(ids)[ids[0]].public_id
    goods.close_shop(shop_id=stall.id, person_id=stall.owner_id)
    mine, gone = str(stall.goods.goods_id), "999999"
    assert names_of("goods", [mine, gone, "0", "…"]) == {
        mine: "春茶", gone: "已不在的商品", "0": "运费", "…": "其他",
    }  # fmt: skip
    assert names_of("note", [note, "nosuch", ""]) == {
        note: "雨天喝什么", "nosuch": "已不在的笔记", "": "未知",
    }  # fmt: skip
    code = code_of(stall.id, stall.owner_id)
    assert names_of("sharer", [code, ""]) == {code: code[:6], "": "未知"}


@pytest.mark.django_db
def test_today_is_said_not_to_be_over_and_is_compared_with_nothing() -> None:
    stall, (buyer,) = Stall("bobs", owner("bob")), crowd(1)
    now = timezone.now()
    trade.import_paid_orders([
        ImportedOrder(
            buyer, stall.id, stall.goods.sku_ids[0], stall.goods.goods_id, 1, 6000, "received",
            now - timedelta(days=days), goods_public_id=stall.goods.public_id,
        )
        for days in (0, 1, 2, 3)
    ])  # fmt: skip
    cubing.build()
    first = timezone.localdate() - timedelta(days=1)
    address = f"/console/bobs/cube/?show=orders&first={first}"
    page = browser(stall.owner_id).get(f"{address}&vs=previous")
    today, before = page.context["rows"]
    assert [one["is_open"] for one in (today, before)] == [True, False]
    assert [one["cells"][0]["change"] for one in (today, before)] == ["", "+0.0%"]
    text = page.content.decode()
    assert (text.count("还没过完</span>"), "今天还没过完，和之前比会偏低" in text) == (1, True)
    assert "和之前比会偏低" not in browser(stall.owner_id).get(address).content.decode()
