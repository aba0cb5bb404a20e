"""Buying in a real browser: without a script, by keyboard alone, on 320 px, and for people who hear pages."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.callers import PASSWORD, Caller
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey
PASTED = "林知夏 13800138000 杭州西湖区文新街道幸福里 3 幢 902"
OPTIONS = [("赤陶 / 小", 6900, 9), ("赤陶 / 大", 7900, 0), ("苔绿 / 小", 6900, 9)]
WORDS = {
    "zh": {"cart": "加入购物车", "goon": "去结算", "order": "提交订单", "pay": "去付款"},
    "en": {"cart": "Add to cart", "goon": "Check out", "order": "Place order", "pay": "Pay"},
}


@pytest.fixture(scope="module")
def mug(site: Site) -> Iterator[str]:
    """Goods with two axes in a shop of their own; their public id."""
    shop = Caller(site, "axisaxisaxis")
    shop.sign_up("owner@axes.example.com", "半日")
    brand = {"slug": "axes", "name": "半日", "colour": "#8d3b1f", "bio": "小窑"}
    shop.call("POST", "/shops", brand, status=201)
    skus = [{"option": o, "price_minor": p, "stock": s} for o, p, s in OPTIONS]
    listing = {
        "title": "手拉坯粗陶马克杯", "category": "家居", "body": "每只釉流都不同。",
        "axes": "釉色 / 容量", "pictures": [shop.upload("#a05030")], "skus": skus,
    }  # fmt: skip
    made = shop.call("POST", "/shops/axes/goods", listing, status=201)
    yield str(made["public_id"])
    shop.http.close()


def signed_up(page: Page, identifier: str, language: str = "zh") -> None:
    page.goto("/signup/")
    if language == "en":
        page.evaluate("document.cookie = 'django_language=en;path=/'")
        page.goto("/signup/")
    page.locator("input[name=name]").fill("小满")
    page.locator("input[name=identifier]").fill(identifier)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main form").get_by_role("button").first.click()
    page.wait_for_load_state()


AT_REST = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getTiming().iterations !== Infinity)
    .map((one) => one.finished.catch(() => null))).then(() => null)"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands, by rule and element."""
    # A sheet on its way up is half transparent: what counts is the page at rest.
    page.evaluate(AT_REST)
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def looked_at(page: Page, seen: dict[str, list[str]], name: str) -> None:
    """Keep what axe says, and whether the page is wider than the screen."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    seen[name] = violations(page) + ([f"{wide} px too wide"] if wide > 0 else [])


def walk(page: Page, mug: str, seen: dict[str, list[str]], shots: Path, tag: str) -> None:
    """From the sheet to the paid order, looking at every page on the way."""

    def look(name: str) -> None:
        looked_at(page, seen, f"{name} {tag}")
        page.screenshot(path=shots / f"{name}-{tag}.png", full_page=True)

    page.goto(f"/goods/{mug}/")
    look("goods")
    page.goto(f"/goods/{mug}/?pick-0=赤陶&pick-1=小#sku-buy")
    look("sheet")
    page.locator("#sku-buy button[value=cart]").click()
    page.goto("/cart/")
    look("cart")
    page.locator("#paybar button[value=checkout]").click()
    page.locator("#paste").fill(PASTED)
    page.locator("button[value=read]").click()
    expect(page.locator("#f-detail")).to_have_value("幸福里3幢902")
    page.locator("#invoice summary").click()
    page.locator("#invoice label", has=page.locator("[value=company]")).click()
    look("checkout")
    page.locator("#paybar button").click()
    expect(page.locator("#refusal")).to_be_visible()
    look("checkout-refused")
    page.locator("[name=invoice_title]").fill("深圳甲公司")
    page.locator("[name=tax_id]").fill("91350100M000100Y43")
    page.locator("#paybar button").click()
    expect(page.locator(".methods")).to_be_visible()
    look("cashier")
    page.locator(".methods button").click()
    page.locator("button[value=silent]").click()
    expect(page.locator(".notice.info")).to_be_visible()
    look("cashier-waiting")
    page.goto("/orders/")
    look("orders")
    page.locator("a.orderlink").first.click()
    page.wait_for_url("**/orders/*/")
    look("order")
    page.goto(f"{page.url}address/")
    look("address")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_of_a_purchase_is_for_everybody(
    someone: Callable[..., Page], mug: str, shots: Path, language: str, width: int
) -> None:
    page = someone(width=width, height=900)
    signed_up(page, f"{language}{width}@axes.example.com", language)
    seen: dict[str, list[str]] = {}
    walk(page, mug, seen, shots, f"{language}-{width}")
    assert {name: wrong for name, wrong in seen.items() if wrong} == {}
    assert len(seen) == 10


def test_nothing_scrolls_sideways_on_320_px_in_either_language(
    someone: Callable[..., Page], mug: str, shots: Path
) -> None:
    for language in ("zh", "en"):
        page = someone(width=320, height=640)
        signed_up(page, f"narrow{language}@axes.example.com", language)
        seen: dict[str, list[str]] = {}
        walk(page, mug, seen, shots, f"{language}-320")
        assert [one for wrong in seen.values() for one in wrong if "too wide" in one] == []


def test_a_purchase_needs_no_script(someone: Callable[..., Page], mug: str) -> None:
    page = someone(script=False)
    signed_up(page, "plain@axes.example.com")
    page.goto(f"/goods/{mug}/#sku-buy")
    page.locator("#sku-buy label", has_text="苔绿").click()
    page.get_by_role("button", name="看这个组合的价格和库存").click()
    expect(page.locator("#sku-buy")).to_contain_text("还差一步")
    page.locator("#sku-buy label", has_text="小").click()
    page.get_by_role("button", name="加入购物车").click()
    page.goto("/cart/")
    page.get_by_role("button", name=re.compile("增加")).click()
    expect(page.locator(".sum")).to_contain_text("138")
    page.get_by_role("button", name=re.compile("移除")).click()
    page.get_by_role("button", name="放回去").click()
    expect(page.locator(".sum")).to_contain_text("138")
    page.get_by_role("button", name=re.compile("去结算")).click()
    for label, value in (("省份", "广东省"), ("城市", "深圳市"), ("区县", "南山区")):
        page.get_by_label(label).select_option(value)
        page.get_by_role("button", name=re.compile("下一级")).click()
    page.get_by_label(re.compile("街道乡镇")).select_option("粤海街道")
    page.get_by_label("收货人").fill("张三")
    page.get_by_label("手机号").fill("13800138000")
    page.get_by_label("详细地址").fill("科技园路1号")
    page.get_by_role("button", name="提交订单").click()
    page.get_by_role("button", name="去付款").click()
    page.get_by_role("button", name="已付款，但不通知店铺").click()
    expect(page.get_by_role("heading", name="正在向支付渠道确认")).to_be_visible()
    page.goto("/orders/")
    page.locator("a.orderlink").first.click()
    expect(page.locator("main")).to_contain_text("广东省深圳市南山区粤海街道 科技园路1号")


def focused(page: Page, selector: str, presses: int = 80) -> None:
    """Press Tab until the focus is there."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement?.matches(s) || false", selector):
            return
    raise AssertionError(f"the keyboard never came to {selector}")


def test_the_checkout_is_walked_by_keyboard_alone(someone: Callable[..., Page], mug: str) -> None:
    page = someone(width=1440, height=900)
    signed_up(page, "keys@axes.example.com")
    page.goto(f"/goods/{mug}/")
    focused(page, "a[href='#sku-buy']")
    page.keyboard.press("Enter")
    focused(page, "#sku-buy input[value=赤陶]")
    page.keyboard.press("Space")
    focused(page, "#sku-buy input[value=小]")
    page.keyboard.press("Space")
    expect(page.locator("[data-sku=state]")).to_have_text(re.compile(r"^库存 \d 件$"))
    focused(page, "#sku-buy button[value=buy]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/checkout/**")
    focused(page, "#paste")
    page.keyboard.type(PASTED)
    focused(page, "button[value=read]")
    page.keyboard.press("Enter")
    expect(page.locator("#f-detail")).to_have_value("幸福里3幢902")
    focused(page, "#f-district")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#f-street")).to_have_value("")
    expect(page.locator("#f-district")).to_be_focused()
    focused(page, "#paybar button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay/**")
    focused(page, ".methods input")
    focused(page, ".methods button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sandbox/**")
