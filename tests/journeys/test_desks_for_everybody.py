"""The desks and forms of a shop that lives here, for people who hear pages and for narrow screens, in both languages."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.callers import Caller, opened_shop
from tests.journeys.conftest import Site
from tests.journeys.test_buying_pages import looked_at
from tests.journeys.walks import buy, picture, says_yes, sign_in, sign_up

pytestmark = pytest.mark.journey
SLUG = "everydesk"
DESKS = {
    "today": "", "application": "application/", "brand": "brand/", "staff": "staff/", "role": "role/",
    "goods": "goods/", "goods-table": "goods/table/", "goods-new": "goods/new/", "orders": "orders/",
    "shipping": "shipping/", "aftersales": "after-sales/", "finance": "finance/",
    "accounts": "finance/accounts/", "statement": "finance/statement/", "reviews": "reviews/",
    "keys": "open/", "notices": "notices/", "plan": "finance/plan/",
}  # fmt: skip


@pytest.fixture(scope="module")
def lived_in(site: Site, browser: Browser) -> dict[str, str]:
    """A shop with goods, one received order with a case and one to ship; what the addresses of these end with."""
    shop = Caller(site, "everydesk222")
    try:
        goods, _plan, _note = opened_shop(shop, SLUG, "桌面")
    finally:
        shop.http.close()
    with (
        browser.new_context(base_url=site.url, locale="zh-CN") as phone,
        browser.new_context(base_url=site.url, locale="zh-CN") as desk,
    ):
        page = phone.new_page()
        says_yes(page)
        sign_up(page, "13900139041", "小满")
        received, waiting = (buy(page, f"/goods/{goods['public_id']}/") for _ in "12")
        ship(desk.new_page(), received)
        page.goto(f"/orders/{received}/")
        page.get_by_role("button", name="确认收货").click()
        page.wait_for_load_state()
        return {
            "goods": goods["public_id"], "received": received, "waiting": waiting,
            "case": ask_back(page, received),
        }  # fmt: skip


def ship(page: Page, number: str) -> None:
    sign_in(page, f"owner@{SLUG}.example.com")
    page.goto(f"/console/{SLUG}/orders/{number}/")
    page.get_by_label("快递公司").first.fill("顺丰速运")
    page.get_by_label("快递单号").first.fill("SF1234567890126")
    page.get_by_role("button", name="发货", exact=True).click()
    expect(page.locator(".when")).to_contain_text("待收货")


def ask_back(page: Page, number: str) -> str:
    page.goto(f"/orders/{number}/after-sales/")
    page.locator("input[name=wish][value^='return:']").first.check()
    page.locator("#f-words").fill("边上开线了。")
    page.locator("#f-pictures").set_input_files(picture("#334455"))
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url(re.compile("/after-sales/[^/]+/$"))
    return page.url.rstrip("/").rsplit("/", 1)[1]


def speaks(page: Page, language: str) -> None:
    page.context.add_cookies(
        [
            {
                "name": "django_language",
                "value": {"zh": "zh-hans", "en": "en"}[language],
                "url": page.url,
            }
        ]
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_desk_is_for_everybody(
    someone: Callable[..., Page], lived_in: dict[str, str], shots: Path, language: str, width: int
) -> None:
    page = someone(width=width, height=900)
    sign_in(page, f"owner@{SLUG}.example.com")
    speaks(page, language)
    made = {
        "case-desk": f"after-sales/{lived_in['case']}/", "order-desk": f"orders/{lived_in['waiting']}/",
        "ship-order": f"shipping/orders/{lived_in['waiting']}/", "goods-edit": f"goods/{lived_in['goods']}/",
    }  # fmt: skip
    seen: dict[str, list[str]] = {}
    for name, path in (DESKS | made).items():
        answer = page.goto(f"/console/{SLUG}/{path}")
        assert answer
        assert (name, answer.status) == (name, 200)
        expect(
            page.get_by_role("link", name={"zh": "今日", "en": "Today"}[language], exact=True)
        ).to_be_attached()
        looked_at(page, seen, name)
        page.screenshot(path=shots / f"desk-{name}-{language}-{width}.png", full_page=True)
    assert {name: wrong for name, wrong in seen.items() if wrong} == {}
    assert len(seen) == len(DESKS) + len(made)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_buyers_forms_are_for_everybody(
    someone: Callable[..., Page], lived_in: dict[str, str], shots: Path, language: str
) -> None:
    page = someone(width=390)
    sign_in(page, "13900139041")
    speaks(page, language)
    order = lived_in["received"]
    paths = {
        "review-form": f"/orders/{order}/reviews/1/", "order": f"/orders/{order}/",
        "return-form": f"/orders/{lived_in['waiting']}/after-sales/",
        "case": f"/after-sales/{lived_in['case']}/", "figures": f"/shop/{SLUG}/after-sales/",
        "second-factor": "/settings/second-factor/", "notices": "/notices/",
        "notice-settings": "/notices/settings/",
    }  # fmt: skip
    seen: dict[str, list[str]] = {}
    for name, path in paths.items():
        answer = page.goto(path)
        assert answer
        assert (name, answer.status) == (name, 200)
        looked_at(page, seen, name)
        page.screenshot(path=shots / f"buyer-{name}-{language}.png", full_page=True)
    assert {name: wrong for name, wrong in seen.items() if wrong} == {}
