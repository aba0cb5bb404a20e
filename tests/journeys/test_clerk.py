"""A clerk: invited by a link, at work with what the role allows, and out the moment they are removed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.callers import Caller, opened_shop
from tests.journeys.conftest import Site
from tests.journeys.walks import buy, by_rail, in_rail, looked, says_yes, sign_in, sign_up

pytestmark = pytest.mark.journey
SLUG = "clerks"
CLOSED = ("财务", "员工", "资质与保证金", "操作记录", "开放接口", "售后")
"""What a clerk's rail must not offer."""


@pytest.fixture
def goods(site: Site) -> str:
    shop = Caller(site, "clerkcierk22")
    made, _plan, _note = opened_shop(shop, SLUG, "手套")
    shop.http.close()
    return f"/goods/{made['public_id']}/"


def test_a_clerk_comes_works_and_goes(
    someone: Callable[..., Page], goods: str, shots: Path
) -> None:
    owner, clerk = (someone(width=1440, height=900) for _ in "12")
    buyer = someone()
    for page in (owner, clerk, buyer):
        says_yes(page)
    sign_up(buyer, "13900139011", "小满")
    number = buy(buyer, goods)

    link = invites(owner, shots)
    accepts(clerk, link, shots)
    works(clerk, number, shots)
    stays_out(clerk, number, shots)

    owner.goto(f"/console/{SLUG}/staff/")
    expect(owner.get_by_role("row", name="阿勤")).to_be_visible()
    owner.get_by_role("row", name="阿勤").get_by_role("button", name="移除").click()
    expect(owner.get_by_role("row", name="阿勤")).to_have_count(0)
    with clerk.expect_response(lambda one: one.url.endswith(f"/console/{SLUG}/orders/")) as told:
        by_rail(clerk, "订单")
    assert told.value.status in (403, 404)
    looked(clerk, shots, "clerk-removed-1440")
    assert number not in clerk.locator("body").inner_text()


def invites(page: Page, shots: Path) -> str:
    """The owner asks for a link that works once."""
    sign_in(page, f"owner@{SLUG}.example.com")
    page.goto(f"/console/{SLUG}/")
    by_rail(page, "员工")
    looked(page, shots, "staff-1440")
    page.locator("section", has=page.get_by_role("heading", name="邀请")).get_by_label(
        "角色"
    ).select_option("clerk")
    page.get_by_role("button", name="邀请", exact=True).click()
    looked(page, shots, "staff-invited-1440")
    return page.locator(".notice code").inner_text()


def accepts(page: Page, link: str, shots: Path) -> None:
    """The clerk has no account yet: the link leads through signing up and back to the invitation."""
    page.goto(link)
    page.get_by_role("link", name="去注册").click()
    sign_up(page, "aqin@example.com", "阿勤", then=page.url)
    expect(page.get_by_role("button", name="接受")).to_be_visible()
    looked(page, shots, "invitation-1440")
    page.get_by_role("button", name="接受").click()
    expect(page.get_by_role("heading", name="我的角色")).to_be_visible()
    looked(page, shots, "own-role-1440")
    page.goto(link)
    expect(page.get_by_role("button", name="接受")).to_have_count(0)


def works(page: Page, number: str, shots: Path) -> None:
    """Sees the order, ships it."""
    page.goto("/console/")
    for word in ("今日", "订单", "发货", "商品"):
        expect(in_rail(page, word)).to_have_count(1)
    for word in CLOSED:
        expect(in_rail(page, word)).to_have_count(0)
    by_rail(page, "发货")
    page.get_by_role("row", name=number).get_by_role("link", name="发货").click()
    looked(page, shots, "ship-order-1440")
    page.get_by_label("快递公司").first.fill("圆通速递")
    page.get_by_label("快递单号").first.fill("YT1234567890123")
    page.get_by_role("button", name="发出这个包裹").click()
    expect(page.locator("main")).to_contain_text("YT1234567890123")
    looked(page, shots, "ship-order-done-1440")


def stays_out(page: Page, number: str, shots: Path) -> None:
    """No way to the money: no button, no page, and words that say why."""
    page.goto(f"/console/{SLUG}/orders/{number}/")
    expect(page.get_by_role("button", name="全额退款")).to_have_count(0)
    for path in ("finance/", "finance/withdrawals/", "staff/", "after-sales/"):
        answer = page.goto(f"/console/{SLUG}/{path}")
        assert answer
        assert (path, answer.status) == (path, 403)
        expect(page.locator("main")).to_contain_text("你的角色不能做这件事")
        expect(page.locator("main")).to_contain_text("请店主来做")
    looked(page, shots, "clerk-refused-1440")
    page.goto(f"/console/{SLUG}/")
