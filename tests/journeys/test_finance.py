"""A shop's money, from a finished order to the bank: two-step sign-in, a second pair of eyes, a settlement, a withdrawal."""

import io
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from grapevine.people import totp
from tests.journeys.callers import Caller, opened_shop
from tests.journeys.conftest import Site
from tests.journeys.walks import (
    buy,
    in_shell,
    looked,
    make_operator,
    reloaded_until,
    says_yes,
    sign_in,
    sign_up,
)

pytestmark = pytest.mark.journey
SLUG = "coffers"
CARD = "6222021234567897"


class Phone:
    """An authenticator: never the same code twice."""

    def __init__(self, secret: str) -> None:
        self.secret, self.last = totp.read(secret), 0

    def code(self) -> str:
        """Of the next time step that was not used; a step early is taken, an earlier one is waited for."""
        while totp.step_of(time.time()) + totp.DRIFT_STEPS <= self.last:
            time.sleep(0.5)
        self.last = max(self.last + 1, totp.step_of(time.time()))
        return totp.code_at(self.secret, self.last)


@pytest.fixture
def goods(site: Site) -> str:
    shop = Caller(site, "cofferscoff2")
    made, _plan, _note = opened_shop(shop, SLUG, "账本")
    shop.http.close()
    return f"/goods/{made['public_id']}/"


def test_money_goes_from_an_order_to_the_bank(
    site: Site, someone: Callable[..., Page], goods: str, shots: Path
) -> None:
    buyer = someone()
    owner, second, operator = (someone(width=1440, height=900) for _ in "123")
    for page in (buyer, owner, second, operator):
        says_yes(page)
    sign_up(operator, "teller@house.example.com", "运营掌柜")
    make_operator(site, "运营掌柜")
    sign_in(owner, f"owner@{SLUG}.example.com")
    joins(owner, second)
    asks_a_fee(operator, shots)

    sells(site, buyer, owner, goods)
    settles(operator, shots)
    phone = turns_on(owner, shots)
    adds_account(owner, phone, shots)
    agrees(second, shots)
    withdraws(owner, phone, shots)
    reads_the_books(site, owner, shots)


def joins(owner: Page, second: Page) -> None:
    """A bookkeeper comes by a link."""
    owner.goto(f"/console/{SLUG}/staff/")
    form = owner.locator("section", has=owner.get_by_role("heading", name="邀请"))
    form.get_by_label("角色").select_option("finance")
    form.get_by_role("button", name="邀请").click()
    link = owner.locator(".notice code").inner_text()
    sign_up(second, "books@example.com", "阿账")
    second.goto(link)
    second.get_by_role("button", name="接受").click()
    expect(second.get_by_role("heading", name="我的角色")).to_be_visible()


def asks_a_fee(page: Page, shots: Path) -> None:
    """The platform keeps five per cent of this shop's sales from now on."""
    page.goto("/operator/fees/")
    page.get_by_label("店铺", exact=True).fill(SLUG)
    page.get_by_role("button", name="查看").click()
    page.get_by_label("佣金（%）").fill("5")
    page.get_by_role("button", name="改费率").click()
    expect(page.locator("main dl.kv")).to_contain_text("5")
    looked(page, shots, "fees-1440")


def sells(site: Site, buyer: Page, owner: Page, goods: str) -> None:
    """An order that is paid, shipped, received, and whose time for returns is over."""
    sign_up(buyer, "13900139031", "小满")
    number = buy(buyer, goods)
    owner.goto(f"/console/{SLUG}/orders/{number}/")
    owner.get_by_label("快递公司").first.fill("顺丰速运")
    owner.get_by_label("快递单号").first.fill("SF1234567890125")
    owner.get_by_role("button", name="发货", exact=True).click()
    expect(owner.locator(".when")).to_contain_text("待收货")
    buyer.reload()
    buyer.get_by_role("button", name="确认收货").click()
    expect(buyer.get_by_role("button", name="确认收货")).to_have_count(0)
    owner.goto(f"/console/{SLUG}/finance/")
    expect(kpi(owner, "担保中")).to_contain_text("59.00")
    received = f"Order.objects.filter(number={number!r})"
    in_shell(
        site, f"{received}.update(received_at=clock.now()-timedelta(days=8));jobs.settle_final()"
    )
    owner.reload()
    expect(kpi(owner, "待结算")).to_contain_text("56.05")
    expect(kpi(owner, "担保中")).to_contain_text("0.00")


def kpi(page: Page, name: str) -> Locator:
    return page.locator(".kpis > div", has=page.locator("dt", has_text=name)).locator("dd")


def settles(page: Page, shots: Path) -> None:
    page.goto("/operator/settlements/")
    page.get_by_role("button", name="现在结算").click()
    expect(page.locator("tbody tr", has_text="山茶手作").first).to_contain_text("56.05")
    looked(page, shots, "settlements-1440")


def turns_on(page: Page, shots: Path, name: str = "owner") -> Phone:
    """From the finance page's own hint to ten recovery codes."""
    page.goto(f"/console/{SLUG}/finance/")
    looked(page, shots, f"finance-home-{name}-1440")
    page.get_by_role("link", name="去打开").click()
    phone = Phone(page.locator("code").first.inner_text())
    page.get_by_label("验证码").fill(phone.code())
    looked(page, shots, f"second-factor-{name}-1440")
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.locator("ul.rows code")).to_have_count(10)
    return phone


def adds_account(page: Page, phone: Phone, shots: Path) -> None:
    page.goto(f"/console/{SLUG}/finance/")
    expect(kpi(page, "可提现")).to_contain_text("56.05")
    page.get_by_role("link", name="提现", exact=True).first.click()
    page.get_by_role("link", name="添加").click()
    page.get_by_label("户名").fill("杭州山茶有限公司")
    page.get_by_label("银行", exact=True).fill("中国工商银行")
    page.get_by_label("账号", exact=True).fill(CARD)
    page.locator("#f-code").fill(phone.code())
    looked(page, shots, "account-new-1440")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator("main")).to_contain_text("等另一位同事同意")
    assert CARD not in page.content()
    expect(page.locator("main")).to_contain_text(CARD[-4:])
    looked(page, shots, "account-pending-1440")


def agrees(page: Page, shots: Path) -> None:
    """The second pair of eyes: the bookkeeper, who turns on two-step sign-in first."""
    page.goto("/console/")
    phone = turns_on(page, shots, "bookkeeper")
    page.goto(f"/console/{SLUG}/finance/accounts/")
    page.get_by_label("两步验证码").first.fill(phone.code())
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.locator("main")).to_contain_text("可以用")


def withdraws(page: Page, phone: Phone, shots: Path) -> None:
    """A wrong code does nothing; the right one sends fifty to the bank."""
    page.goto(f"/console/{SLUG}/finance/withdrawals/")
    for code in ("000000", phone.code()):
        page.get_by_label("金额（元）").fill("50")
        page.locator("#f-code").fill(code)
        page.get_by_role("button", name="提现", exact=True).click()
        page.wait_for_load_state()
        if code == "000000":
            expect(page.get_by_role("alert")).to_be_visible()
            looked(page, shots, "withdraw-wrong-code-1440")
    expect(page.locator("tbody tr")).to_have_count(1)
    reloaded_until(page, lambda: page.locator("tbody .tag.ok", has_text="已到账"))
    looked(page, shots, "withdrawn-1440")
    page.goto(f"/console/{SLUG}/finance/")
    expect(kpi(page, "可提现")).to_contain_text("6.05")
    looked(page, shots, "finance-home-after-1440")


def reads_the_books(site: Site, page: Page, shots: Path) -> None:
    """The statement adds up on the page and in a sheet; next month's first days bring the invoice."""
    page.get_by_role("link", name="流水", exact=True).click()
    expect(page.locator("main")).to_contain_text("提现到账")
    looked(page, shots, "statement-1440")
    rows = sheet(page)
    assert sum(Decimal(row[3]) for row in rows[1:]) == Decimal("6.05")
    in_shell(
        site, "print(jobs.make_invoices(now=clock.today_start().replace(day=1)+timedelta(days=40)))"
    )
    page.get_by_role("link", name="平台账单", exact=True).first.click()
    looked(page, shots, "invoices-1440")
    page.locator("tbody a.linky").first.click()
    expect(page.locator("tfoot")).to_contain_text("2.95")
    looked(page, shots, "invoice-1440")
    rows = sheet(page)
    assert (rows[1][0], rows[1][1], rows[-1][1]) == ("平台佣金", Decimal("2.95"), Decimal("2.95"))


def sheet(page: Page) -> list[tuple[str | Decimal, ...]]:
    """What the page's XLSX holds; numbers with two decimals."""
    with page.expect_download() as started:
        page.get_by_text("XLSX").click()
    held = load_workbook(io.BytesIO(started.value.path().read_bytes()), read_only=True).worksheets[
        0
    ]
    return [
        tuple(
            Decimal(str(cell)).quantize(Decimal("0.01")) if isinstance(cell, (int, float)) else cell
            for cell in row
        )
        for row in held.iter_rows(values_only=True)
    ]  # fmt: skip
