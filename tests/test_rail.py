"""The rail of a console: headings, what one's role shows, what waits, the same in a phone's bar."""

import re

import pytest
from django.test import Client

from grapevine.campaigns.tests import cast as groups
from grapevine.kit import panels
from grapevine.trade import facade as trade


def test_every_entry_stands_under_a_heading_of_its_console() -> None:
    for console in ("shop", "operator"):
        known = {group.name for group in panels.nav_groups(console)}
        lost = [entry.name for entry in panels.nav(console) if entry.group not in known]
        assert lost == [], f"{console}: give these a group of front.apps.GROUPS"


def headings(page: str) -> list[str]:
    """What the rail shows at its first level, in order."""
    rail = page[page.index('id="menu"') : page.index('class="foot"')]
    return re.findall(
        r"<li>(?:<a[^>]*>|<details[^>]*><summary>)<svg.*?</svg><span>(.*?)</span>", rail
    )


@pytest.mark.django_db
def test_the_rail_shows_what_the_role_may_and_what_waits() -> None:
    cast = groups.gather()
    bought = trade.place_order(buyer_id=cast.alice, lines=[(cast.sku, 1)], address=groups.HOME)
    trade.start_payment(buyer_id=cast.alice, number=bought.payment_number)
    alice = groups.browser(cast.alice)
    alice.post(f"/sandbox/{bought.payment_number}/", {"outcome": "silent"})
    groups.job("trade.jobs.complete_payments")
    bob = groups.browser(cast.bob)
    page = bob.get("/console/halfday/orders/").content.decode()
    assert headings(page) == [
        "今日", "交易", "商品", "售后与评价", "营销", "粉丝与内容", "数据", "财务", "店铺",
    ]  # fmt: skip
    opened = re.findall(r'data-group="(\w+)" open', page)
    assert opened == ["today", "trade"]
    waits = re.search(
        r">发货</span><span class=\"count num hot\"><span class=\"sr\">待办 </span>1<", page
    )
    assert waits
    bar = page[page.index('class="tabbar only-phone"') :]
    assert re.findall(r'<span class="tl">(.*?)</span>', bar) == [
        "今日",
        "交易",
        "商品",
        "售后与评价",
        "全部",
    ]
    assert '<span class="badge">1</span>' in bar
    bob.cookies["gv_rail"] = "data.goods"
    kept = bob.get("/console/halfday/orders/").content.decode()
    assert re.findall(r'data-group="(\w+)" open', kept) == ["today", "trade", "goods", "data"]


@pytest.mark.django_db
def test_a_stranger_has_no_console() -> None:
    assert Client().get("/console/halfday/orders/").status_code == 302
