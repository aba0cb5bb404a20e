"""A new owner's first day: from signing up to a review that is answered, where an operator looks at every shop."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.walks import (
    Loads,
    buy,
    by_rail,
    counted,
    looked,
    make_operator,
    picture,
    reloaded_until,
    says_yes,
    sign_up,
)

pytestmark = pytest.mark.journey
SLUG = "banri"
OWNER = {
    "姓名": "张小店", "身份证号": "11010519491231002X", "电话": "13800138000",
    "经营地址": "杭州市西湖区龙井路 1 号",
}  # fmt: skip


def test_a_new_owners_first_day(
    strict_site: Site,
    someone: Callable[..., Page],
    shots: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    owner, operator = (someone(width=1440, height=900, at=strict_site) for _ in "12")
    buyer = someone(at=strict_site)
    for page in (owner, operator, buyer):
        says_yes(page)
    sign_up(operator, "operator@house.example.com", "运营小藤")
    make_operator(strict_site, "运营小藤")

    loads = counted(owner)
    with loads.at_work():
        opens(owner, shots)
    approves(operator, shots)
    with loads.at_work():
        goods = lists(owner, shots)

    sign_up(buyer, "13900139001", "小满")
    first, second = (visits_and_buys(buyer, shots) for _ in "12")
    assert first != second
    with loads.at_work():
        ships_one(owner, first, shots)
        ships_by_file(owner, second, shots)
    receives_and_reviews(buyer, first, shots)
    with loads.at_work():
        replies(owner, shots)
    tell(capsys, loads)
    buyer.goto(goods)
    expect(buyer.locator("main")).to_contain_text("釉色比照片还好看。")
    expect(buyer.locator("main")).to_contain_text("谢谢小满，欢迎再来。")
    looked(buyer, shots, "goods-reviewed-390")


def tell(capsys: pytest.CaptureFixture[str], loads: Loads) -> None:
    with capsys.disabled():
        print(f"\na new owner's first day: {loads.pages} pages, {loads.seconds:.0f} s of the owner")  # noqa: T201


def opens(page: Page, shots: Path) -> None:
    """Sign up, open a shop as an individual seller, hand in the application."""
    sign_up(page, "owner@banri.example.com", "张小店")
    page.goto("/console/")
    looked(page, shots, "chooser-1440")
    page.locator("main").get_by_role("link", name=re.compile("开.*店")).first.click()
    page.get_by_label("店名").fill("半日窑")
    page.get_by_label("店铺地址").fill(SLUG)
    page.get_by_label("一句话介绍").fill("小窑，每只都不同")
    page.get_by_label("店标").set_input_files(picture("#8d3b1f", (600, 600)))
    looked(page, shots, "open-shop-1440")
    page.get_by_role("button", name="开这家店").click()
    page.wait_for_url(f"**/console/{SLUG}/application/")
    looked(page, shots, "application-1440")
    page.locator("input[name=kind][value=individual]").check()
    for label, value in OWNER.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("我看过并同意上面的协议").check()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("main")).to_contain_text("开店申请在审核")
    looked(page, shots, "application-sent-1440")


def approves(page: Page, shots: Path) -> None:
    """An operator finds the application and says yes."""
    page.goto("/operator/")
    by_rail(page, "开店审核")
    looked(page, shots, "applications-1440")
    page.get_by_role("link", name="半日窑").click()
    expect(page.locator("main")).to_contain_text("张小店")
    looked(page, shots, "application-review-1440")
    page.get_by_role("button", name=re.compile("^通过")).click()
    expect(page.locator("main")).to_contain_text("没有申请")


def lists(page: Page, shots: Path) -> str:
    """The first goods, by the list of first steps; the address of their page."""
    by_rail(page, "今日")
    looked(page, shots, "first-hour-1440")
    page.get_by_role("button", name="全国包邮").click()
    expect(page.locator("main")).to_contain_text("有运费模板")
    by_rail(page, "商品")
    looked(page, shots, "goods-desk-samples-1440")
    page.get_by_role("link", name="上架商品").first.click()
    page.get_by_label("标题").fill("手拉坯粗陶马克杯")
    page.get_by_label("分类").fill("家居")
    page.get_by_label("详情").fill("每只釉流都不同，可进微波炉。")
    page.get_by_label("添加图片").set_input_files(picture("#a05030"))
    page.get_by_label("价格（元）").first.fill("69")
    page.get_by_label("可卖库存").first.fill("9")
    looked(page, shots, "goods-new-1440")
    page.get_by_role("button", name="上架", exact=True).click()
    expect(page.get_by_text("已上架").first).to_be_visible()
    looked(page, shots, "goods-edit-1440")
    page.get_by_role("link", name="看商品页").click()
    expect(page.get_by_role("heading", name="手拉坯粗陶马克杯")).to_be_visible()
    return page.url


def visits_and_buys(page: Page, shots: Path) -> str:
    """From the storefront on a phone to the paid order."""
    page.goto(f"/shop/{SLUG}/")
    looked(page, shots, "storefront-390")
    assert "示例" not in page.locator("main").inner_text()
    page.locator("#goods").get_by_text("手拉坯粗陶马克杯").click()
    page.wait_for_url(re.compile("/goods/"))
    number = buy(page, page.url)
    looked(page, shots, "order-paid-390")
    return number


def ships_one(page: Page, number: str, shots: Path) -> None:
    """今日 says how many to ship and leads to them; carrier and number, and it is on its way."""
    page.goto(f"/console/{SLUG}/")
    expect(page.locator(".nowline")).to_contain_text("先发 2 单")
    looked(page, shots, "today-to-ship-1440")
    page.get_by_role("link", name="去发这 2 单").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    looked(page, shots, "orders-to-ship-1440")
    page.get_by_role("link", name=number).click()
    looked(page, shots, "desk-order-1440")
    page.get_by_label("快递公司").first.fill("顺丰速运")
    page.get_by_label("快递单号").first.fill("SF1234567890123")
    page.get_by_role("button", name="发货", exact=True).click()
    expect(page.locator(".when")).to_contain_text("待收货")


def ships_by_file(page: Page, number: str, shots: Path) -> None:
    """Download what waits, fill it in, try it, then ship it."""
    by_rail(page, "发货")
    looked(page, shots, "shipping-1440")
    with page.expect_download() as started:
        page.get_by_role("button", name="下载 CSV").click()
    rows = list(csv.DictReader(io.StringIO(started.value.path().read_text("utf-8-sig"))))
    assert [row["订单号"] for row in rows] == [number]
    rows[0] |= {"快递公司": "中通快递", "快递单号": "78123456789012"}
    filled = io.StringIO()
    writer = csv.DictWriter(filled, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    file = {"name": "发货.csv", "mimeType": "text/csv", "buffer": filled.getvalue().encode()}
    page.get_by_label(re.compile("文件（")).set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="上传试算").click()
    expect(page.locator("main")).to_contain_text("会发 1 单")
    looked(page, shots, "shipping-dry-1440")
    page.get_by_role("button", name="确认，发这 1 单").click()
    reloaded_until(page, lambda: page.locator(".when", has_text="发完了"))
    looked(page, shots, "shipping-done-1440")


def receives_and_reviews(page: Page, number: str, shots: Path) -> None:
    """The parcel's way, the receipt, four and five stars with words and a picture."""
    page.goto(f"/orders/{number}/")
    expect(page.locator(".parcel")).to_contain_text("SF1234567890123")
    expect(page.locator(".parcel .timeline li").first).to_be_visible()
    looked(page, shots, "order-shipped-390")
    page.get_by_role("button", name="确认收货").click()
    expect(page.get_by_role("button", name="确认收货")).to_have_count(0)
    looked(page, shots, "order-received-390")
    page.get_by_role("link", name="写评价").click()
    for group in page.locator("fieldset.starset").all():
        group.locator("label").filter(has_text="5 星").click()
    page.get_by_label("说说用下来怎样").fill("釉色比照片还好看。")
    page.get_by_label(re.compile("^图片")).set_input_files(picture("#907060"))
    looked(page, shots, "review-write-390")
    page.get_by_role("button", name="发布").click()
    expect(page.locator("main")).to_contain_text("釉色比照片还好看。")
    looked(page, shots, "review-390")


def replies(page: Page, shots: Path) -> None:
    by_rail(page, "评价")
    looked(page, shots, "reviews-desk-1440")
    page.get_by_label("回复").fill("谢谢小满，欢迎再来。")
    page.get_by_role("button", name="回复", exact=True).click()
    looked(page, shots, "reviews-replied-1440")
