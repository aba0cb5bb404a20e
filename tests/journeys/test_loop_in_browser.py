"""The loop the product exists for, in real browsers: a buyer's phone, a stranger's phone, the shop's desk."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.callers import PASSWORD, Caller, opened_shop
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey
SLUG = "shanchatwo"
ADDRESS = "林知夏 13800138000 浙江省杭州市西湖区龙井路 1 号"


def sign_up(page: Page, identifier: str, name: str) -> None:
    page.get_by_label("怎么称呼你").fill(name)
    page.get_by_label("手机号或邮箱").fill(identifier)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="注册").click()


def check_out_and_pay(page: Page) -> None:
    """From the checkout page to the paid cashier, by way of the sandbox's own page."""
    page.get_by_label("粘贴整段地址").fill(ADDRESS)
    page.get_by_role("button", name="提交订单").click()
    expect(page.get_by_role("heading", name="待支付")).to_be_visible()
    page.get_by_role("button", name="去付款").click()
    page.get_by_role("button", name="付款成功").click()
    expect(page.get_by_role("heading", name="付好了")).to_be_visible()


def until_shown(page: Page, url: str, text: re.Pattern[str]) -> None:
    """Reload until the page says it; the worker builds the numbers every few seconds."""
    for _ in range(30):
        page.goto(url)
        if text.search(page.locator("main").inner_text()):
            return
        page.wait_for_timeout(2500)
    raise AssertionError(f"{url} never said {text.pattern}: {page.locator('main').inner_text()}")


@pytest.fixture
def shop(site: Site) -> None:
    caller = Caller(site, "shepsheptwo2")
    opened_shop(caller, SLUG, "润唇")
    caller.http.close()


@pytest.mark.usefixtures("shop")
def test_the_whole_loop_in_browsers(site: Site, someone: Callable[..., Page], shots: Path) -> None:
    link = buyer_opens_and_shares(someone(), shots)
    stranger_joins(someone(), link, shots)
    desk = someone(width=1440, height=900)
    desk.goto("/signin/")
    desk.get_by_label("手机号或邮箱").fill(f"owner@{SLUG}.example.com")
    desk.get_by_label("密码").fill(PASSWORD)
    desk.get_by_role("button", name="登录").click()
    until_shown(desk, f"/console/{SLUG}/", re.compile(r"买家\s*2\b"))
    desk.screenshot(path=shots / "today-1440.png")
    expect(desk.locator("main")).to_contain_text("86.00")
    until_shown(desk, f"/console/{SLUG}/cube/?on=orders&by=channel", re.compile(r"拼团\s+2\b"))
    desk.goto(f"/console/{SLUG}/fans/")
    expect(desk.get_by_role("row", name=re.compile("支撑 [0-9A-F]{6} 1 "))).to_be_visible()
    expect(desk.get_by_role("row", name=re.compile("^[0-9A-F]{6} 2 [0-9A-F]{6} "))).to_be_visible()
    desk.screenshot(path=shots / "fans-1440.png")
    assert set(json.loads(site.command("ledger", "clearing")).values()) == {0}


def buyer_opens_and_shares(page: Page, shots: Path) -> str:
    """A buyer finds the note, opens a group from it, pays, and gets a link and a poster."""
    page.goto("/signup/")
    sign_up(page, "13800138011", "小满")
    until_shown(page, "/search/?q=润唇", re.compile("初冬润唇"))
    page.locator("article.card a[href^='/note/']").first.click()
    expect(page.get_by_role("heading", name="初冬润唇").first).to_be_visible()
    page.screenshot(path=shots / "note-390.png")
    page.get_by_role("link", name=re.compile("拼团 ¥43")).first.click()
    page.screenshot(path=shots / "checkout-390.png")
    check_out_and_pay(page)
    page.get_by_role("link", name="看订单").click()
    page.get_by_role("link", name="去邀请").click()
    expect(page.locator("#bunch")).to_contain_text("还差1人")
    page.screenshot(path=shots / "group-390.png")
    page.get_by_role("link", name="邀请朋友").click()
    poster = page.locator("img.posterpic")
    poster.scroll_into_view_if_needed()
    expect(poster).to_have_js_property("naturalWidth", 720)
    page.screenshot(path=shots / "share-390.png")
    return page.get_by_label("你的专属链接").input_value()


def stranger_joins(page: Page, link: str, shots: Path) -> None:
    """No login wall before paying; after signing up the stranger is where they wanted to be."""
    page.goto(link)
    expect(page.locator("#bunch")).to_contain_text("还差1人")
    page.locator("footer").get_by_role("link", name=re.compile("参团")).click()
    page.get_by_role("link", name="去注册").click()
    sign_up(page, "stranger@two.example.com", "小舟")
    expect(page.get_by_role("heading", name="确认订单")).to_be_visible()
    check_out_and_pay(page)
    page.goto(link)
    expect(page.locator("#bunch")).to_contain_text("已成团")
    page.screenshot(path=shots / "filled-390.png")


def test_the_pages_of_the_loop_work_without_script(someone: Callable[..., Page]) -> None:
    page = someone(script=False)
    page.goto("/signup/")
    sign_up(page, "noscript@example.com", "无脚本")
    page.goto("/")
    expect(page.locator("main")).to_be_visible()
    page.goto("/settings/")
    page.get_by_label("介绍").fill("不用脚本也行")
    page.get_by_role("button", name="保存资料").click()
    expect(page.get_by_label("介绍")).to_have_value("不用脚本也行")
