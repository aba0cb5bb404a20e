"""A return the shop refuses: the buyer asks the platform, the platform decides, the money goes back by itself."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.callers import Caller, opened_shop
from tests.journeys.conftest import Site
from tests.journeys.walks import (
    buy,
    by_rail,
    looked,
    make_operator,
    picture,
    reloaded_until,
    says_yes,
    sign_in,
    sign_up,
)

pytestmark = pytest.mark.journey
SLUG = "returns"


@pytest.fixture
def goods(site: Site) -> str:
    shop = Caller(site, "returnreturn")
    made, _plan, _note = opened_shop(shop, SLUG, "围巾")
    shop.http.close()
    return f"/goods/{made['public_id']}/"


def test_a_refused_return_is_decided_by_the_platform(
    site: Site, someone: Callable[..., Page], goods: str, shots: Path
) -> None:
    buyer = someone()
    owner, operator = (someone(width=1440, height=900) for _ in "12")
    for page in (buyer, owner, operator):
        says_yes(page)
    sign_up(operator, "judge@house.example.com", "运营判官")
    make_operator(site, "运营判官")
    sign_in(owner, f"owner@{SLUG}.example.com")

    sign_up(buyer, "13900139021", "小满")
    number = buy(buyer, goods)
    ships(owner, number)
    before = figures(buyer, shots, "before")
    assert "0 次售后 / 1 个已付订单" in before
    asks_back(buyer, number, shots)
    says_no(owner, shots)
    case = goes_on(buyer, shots)
    decides(operator, case, shots)
    sees_the_money(buyer, owner, case, shots)
    after = figures(buyer, shots, "after")
    assert "1 次售后 / 1 个已付订单" in after
    assert "100.00%" in after
    assert "平台裁定" in after
    assert re.search(r"转平台处理\s*1\b", after)


def ships(page: Page, number: str) -> None:
    page.goto(f"/console/{SLUG}/orders/{number}/")
    page.get_by_label("快递公司").first.fill("顺丰速运")
    page.get_by_label("快递单号").first.fill("SF1234567890124")
    page.get_by_role("button", name="发货", exact=True).click()
    expect(page.locator(".when")).to_contain_text("待收货")


def figures(page: Page, shots: Path, name: str) -> str:
    page.goto(f"/shop/{SLUG}/after-sales/")
    looked(page, shots, f"figures-{name}-390")
    return page.locator("main").inner_text()


def asks_back(page: Page, number: str, shots: Path) -> None:
    """The buyer received it and wants to return it, with a picture."""
    page.goto(f"/orders/{number}/")
    page.get_by_role("button", name="确认收货").click()
    page.get_by_role("link", name="申请售后").click()
    looked(page, shots, "return-form-390")
    page.locator("input[name=wish][value^='return:']").first.check()
    page.get_by_label("说明").fill("边上开线了。")
    page.get_by_label(re.compile("凭证图片")).set_input_files(picture("#334455"))
    page.get_by_role("button", name="算一下能退多少").click()
    expect(page.locator("#worth")).to_contain_text("59")  # and the picture is kept
    looked(page, shots, "return-worth-390")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url(re.compile("/after-sales/[^/]+/$"))
    expect(page.locator("main img.thumb")).to_be_visible()
    looked(page, shots, "case-asked-390")


def says_no(page: Page, shots: Path) -> None:
    """The shop finds the case on its desk and refuses with a reason."""
    page.goto(f"/console/{SLUG}/")
    looked(page, shots, "today-case-1440")
    expect(page.locator(".nowline")).to_contain_text("1 个售后等你答复")
    page.get_by_role("link", name="去答复").click()
    looked(page, shots, "aftersales-desk-1440")
    page.locator("tbody a.linky").first.click()
    expect(page.locator("main img.thumb")).to_be_visible()
    looked(page, shots, "aftersales-desk-case-1440")
    page.get_by_label("拒绝的原因").fill("签收时完好，是使用磨损。")
    page.get_by_role("button", name="拒绝", exact=True).click()
    expect(page.get_by_role("button", name="拒绝", exact=True)).to_have_count(0)
    looked(page, shots, "aftersales-desk-refused-1440")


def goes_on(page: Page, shots: Path) -> str:
    """The buyer reads the reason and asks the platform; the case's number."""
    page.reload()
    expect(page.locator("main")).to_contain_text("签收时完好，是使用磨损。")
    looked(page, shots, "case-refused-390")
    page.get_by_label("为什么请平台来看").fill("第一天就开线，看图。")
    page.get_by_role("button", name="申请平台介入").click()
    expect(page.get_by_role("button", name="申请平台介入")).to_have_count(0)
    looked(page, shots, "case-platform-390")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def decides(page: Page, case: str, shots: Path) -> None:
    page.goto("/operator/")
    by_rail(page, "纠纷")
    looked(page, shots, "disputes-1440")
    page.get_by_role("link", name=case).click()
    expect(page.locator("main")).to_contain_text("第一天就开线，看图。")
    picture = page.locator("main img.thumb")
    picture.scroll_into_view_if_needed()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    looked(page, shots, "dispute-1440")
    page.locator("input[name=ruling][value=buyer]").check()
    page.get_by_label("理由，双方都会看到").fill("图片清楚，支持退款。")
    page.get_by_role("button", name="作出决定").click()
    expect(page.get_by_role("button", name="作出决定")).to_have_count(0)
    looked(page, shots, "dispute-decided-1440")


def sees_the_money(buyer: Page, owner: Page, case: str, shots: Path) -> None:
    """Nobody does anything more: the refund is sent, and both pages say so."""
    buyer.goto(f"/after-sales/{case}/")
    reloaded_until(
        buyer, lambda: buyer.get_by_role("heading", level=1, name=re.compile("完成|已退"))
    )
    expect(buyer.locator("main")).to_contain_text("图片清楚，支持退款。")
    looked(buyer, shots, "case-done-390")
    owner.goto(f"/console/{SLUG}/after-sales/{case}/")
    expect(owner.locator("main")).to_contain_text("图片清楚，支持退款。")
    expect(owner.get_by_role("button", name="拒绝", exact=True)).to_have_count(0)
    looked(owner, shots, "aftersales-desk-done-1440")
    buyer.get_by_role("link", name="看订单").click()
    expect(buyer.locator("main")).to_contain_text(re.compile(r"已退\s*¥59\.00"))
