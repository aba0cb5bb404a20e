"""What people do on pages again and again: signing up and in, buying on a phone, looking at pictures of it."""

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.journeys.callers import PASSWORD
from tests.journeys.conftest import Site

ADDRESS = "林知夏 13800138000 浙江省杭州市西湖区龙井路 1 号"


def picture(colour: str, size: tuple[int, int] = (900, 1200)) -> FilePayload:
    """A file as a phone or a camera gives it."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


@dataclass
class Loads:
    """How many pages a browser has loaded, and for how many seconds somebody worked with it."""

    pages: int = 0
    seconds: float = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds += time.monotonic() - started


def counted(page: Page) -> Loads:
    loads = Loads()

    def load(_page: Page) -> None:
        loads.pages += 1

    page.on("domcontentloaded", load)
    return loads


def says_yes(page: Page) -> None:
    """Answer every "are you sure?" with yes."""
    page.on("dialog", lambda one: one.accept())


def sign_up(page: Page, identifier: str, name: str, *, then: str = "/signup/") -> None:
    """By way of any page that asks for it; the sign-up page by default."""
    page.goto(then)
    page.get_by_label("怎么称呼你").fill(name)
    page.get_by_label("手机号或邮箱").fill(identifier)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="注册").click()
    page.wait_for_url(lambda url: "/signup/" not in url)


def sign_in(page: Page, identifier: str) -> None:
    page.goto("/signin/")
    page.get_by_label("手机号或邮箱").fill(identifier)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/signin/" not in url)


def make_operator(site: Site, name: str) -> None:
    """As the house's first operator is made: by whoever runs the machine."""
    in_shell(site, f"Person.objects.filter(name={name!r}).update(is_operator=True)")


def in_shell(site: Site, line: str) -> str:
    """Run one line where the house runs; orders, people and the clock are at hand."""
    known = (
        "from datetime import timedelta;from grapevine.kit import clock;from grapevine.trade import jobs;"
        "from grapevine.trade.models import Order;from grapevine.people.models import Person;"
    )
    return site.command("manage", "shell", "--no-imports", "-c", known + line)


def buy(page: Page, goods: str, *, count: int = 1) -> str:
    """A buyer on a phone: from the goods page to the paid order; its number."""
    page.goto(goods)
    page.locator("a[href='#sku-buy']").first.click()
    page.locator("#sku-buy [name=count]").fill(str(count))
    page.get_by_role("button", name="直接买").click()
    expect(page.get_by_role("heading", name="确认订单")).to_be_visible()
    if page.get_by_label("粘贴整段地址").count():
        page.get_by_label("粘贴整段地址").fill(ADDRESS)
    page.get_by_role("button", name="提交订单").click()
    expect(page.get_by_role("heading", name="待支付")).to_be_visible()
    page.get_by_role("button", name="去付款").click()
    page.get_by_role("button", name="付款成功").click()
    expect(page.get_by_role("heading", name="付好了")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="看订单").click()
    page.wait_for_url(re.compile("/orders/[^/]+/$"))
    return page.url.rstrip("/").rsplit("/", 1)[1]


def _entry(page: Page, word: str) -> Locator:
    return page.locator("a").filter(has=page.get_by_text(word, exact=True))


def in_rail(page: Page, word: str) -> Locator:
    """An entry of a console's navigation, whatever number stands beside it."""
    return page.get_by_role("navigation", name="主导航").locator(_entry(page, word))


def by_rail(page: Page, word: str) -> None:
    """Through a console's navigation; its heading is unfolded first."""
    folded = page.locator("nav details:not([open])").filter(has=_entry(page, word))
    if folded.count():
        folded.locator("summary").click()
    in_rail(page, word).click()


def reloaded_until(page: Page, found: Callable[[], Locator], seconds: float = 60) -> None:
    """Reload until it is there; what workers do takes a moment."""
    limit = time.monotonic() + seconds
    while not found().count():
        assert time.monotonic() < limit, page.locator("main").inner_text()
        page.wait_for_timeout(500)
        page.reload()


def looked(page: Page, shots: Path, name: str) -> None:
    """A picture of the whole page, which must fit its screen."""
    page.wait_for_load_state()
    page.screenshot(path=shots / f"{name}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name}: {wide} px too wide"
