"""`grapevine up --demo`: a person pays at a provider's own (fake) cashier, and every callback is a signed one."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.callers import PASSWORD, Caller, opened_shop, until
from tests.journeys.conftest import Site, _free_port
from tools import pristine

pytestmark = pytest.mark.journey
START_SECONDS = 180
ADDRESS = {
    "name": "张三", "phone": "13800138000", "province": "广东省", "city": "深圳市",
    "district": "南山区", "detail": "科技路 1 号",
}  # fmt: skip


SETTLED = """
import os, json, django
os.environ["DJANGO_SETTINGS_MODULE"] = "grapevine.front.settings"
django.setup()
from django.conf import settings
from django.contrib.auth import get_user_model
from grapevine.front.demo.cast import CAST
from grapevine.front.up import migrate
from grapevine.people import facade as people
migrate()
person = people.sign_up(identifier="cast@example.com", password="vine-and-grape-7", name="Cast")
get_user_model().objects.filter(pk=person).update(handle=CAST[0].handle)
(settings.HOME / "demo").mkdir()
summary = {"password": "", "cast": []}
(settings.HOME / "demo" / "summary.json").write_text(json.dumps(summary))
"""
"""A home whose demo world is there already: drawing one takes minutes, and payments need none."""


def environment(home: Path, port: int) -> dict[str, str]:
    return {
        **os.environ, "GRAPEVINE_HOME": str(home), "PORT": str(port),
        "SITE_URL": f"http://localhost:{port}", "WEB_WORKERS": "1", "DATABASE_URL": "",
        "SHOP_REVIEW": "off", "LISTING_REVIEW": "off",
    }  # fmt: skip


def up(variables: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "grapevine.front.command", "up", "--demo"],
            env=variables, stdout=stream, stderr=subprocess.STDOUT,
        )  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home, port = tmp_path_factory.mktemp("demo"), _free_port()
    variables = environment(home, port)
    site = Site(f"http://localhost:{port}", variables)
    shutil.copy(pristine.sqlite(), home / "grapevine.sqlite3")
    subprocess.run([sys.executable, "-c", SETTLED], env=variables, check=True, timeout=120)
    process = up(variables, home / "up.log")
    try:
        until_ready(process, home / "up.log")
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
    assert code == 0, (home / "up.log").read_text()


@pytest.fixture
def caller(demo: Site) -> Iterator[Callable[[str], Caller]]:
    """HTTP clients of the demo, closed afterwards."""
    made: list[Caller] = []

    def call(visitor: str) -> Caller:
        made.append(Caller(demo, visitor))
        return made[-1]

    yield call
    for one in made:
        one.http.close()


def until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while b"Ctrl-C" not in log.read_bytes():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < limit, log.read_text()
        time.sleep(0.1)


def bought(buyer: Caller, sku: str) -> tuple[str, str]:
    """The order's number and the payment's."""
    order = {"lines": [{"sku": sku}], "address": ADDRESS}
    placed = buyer.call("POST", "/orders", order, status=201)
    return placed["order_numbers"][0], placed["payment_number"]


def state(buyer: Caller, number: str) -> str:
    return str(buyer.call("GET", f"/orders/{number}")["state"])


WAYS = {"wechat": "h5", "alipay": "page", "stripe": "checkout"}
"""A way that leads to a page of the provider's."""


def test_each_provider_takes_money_and_sends_it_back(
    demo: Site, caller: Callable[[str], Caller]
) -> None:
    shop, buyer = caller("s"), caller("b")
    goods, _, _ = opened_shop(shop, "demopay", "一")
    buyer.sign_up("buyer@demopay.example.com", "小满")
    offered = buyer.call("GET", "/payment-methods")["items"]
    assert [(one["method"], one["is_demo"]) for one in offered] == [
        ("wechat", True), ("alipay", True), ("stripe", True), ("sandbox", True),
    ]  # fmt: skip
    assert [one["method"] for one in buyer.call("GET", "/payment-methods?currency=USD")["items"]] == ["stripe", "sandbox"]  # fmt: skip
    sku = goods["skus"][0]["code"]
    for method in ("wechat", "alipay", "stripe"):
        for outcome in ("pay", "silent"):
            number, payment = bought(buyer, sku)
            asked = {"method": method, "way": WAYS[method]}
            begun = buyer.call("POST", f"/payments/{payment}/attempts", asked, status=201)
            assert urlsplit(begun["url"]).hostname == "127.0.0.1"
            with httpx.Client(follow_redirects=True, timeout=30) as person:
                cashier = person.get(begun["url"])
                assert "演示用" in cashier.text
                back = person.post(cashier.url, data={"outcome": outcome}, follow_redirects=False)
            assert urlsplit(back.headers["location"]).path == f"/pay/{payment}/"
            until(lambda number=number: state(buyer, number) == "paid")
            buyer.call("POST", f"/orders/{number}/refund", {})
            assert state(buyer, number) == "refunded"
    until(lambda: set(clearing(demo).values()) == {0})


def clearing(demo: Site) -> dict[str, int]:
    found: dict[str, int] = json.loads(demo.command("ledger", "clearing"))
    return found


def test_a_browser_goes_from_our_form_to_the_providers_page_and_back(
    demo: Site, browser: Browser, caller: Callable[[str], Caller]
) -> None:
    """The page's own rules (form-action) let it leave for the providers that are set up, and for no other."""
    shop, buyer = caller("s2"), caller("b2")
    goods, _, _ = opened_shop(shop, "demopage", "二")
    buyer.sign_up("buyer@demopage.example.com", "小满")
    sku = goods["skus"][0]["code"]
    context = browser.new_context(base_url=demo.url, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/signin/")
    page.fill("input[name=identifier]", "buyer@demopage.example.com")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")
    for method in ("wechat", "alipay", "stripe"):
        number, payment = bought(buyer, sku)
        page.goto(f"/pay/{payment}/")
        choose(page, f"{method}:{WAYS[method]}")
        page.wait_for_url("**/cashier/**")
        assert page.get_by_text("演示用").count() == 1
        page.click("button[value=pay]")
        page.wait_for_url(f"**/pay/{payment}/**")
        page.get_by_text("付好了").wait_for()
        assert state(buyer, number) == "paid"
    context.close()


def choose(page: Page, method: str) -> None:
    """Send the cashier's form with this method, whatever the page offers."""
    page.evaluate(
        """(method) => {
            const form = [...document.forms].find((one) => one.querySelector('[name=method]'));
            const own = document.createElement('input');
            form.querySelectorAll('[name=method]').forEach((one) => one.removeAttribute('name'));
            own.type = 'hidden'; own.name = 'method'; own.value = method;
            form.append(own); form.requestSubmit();
        }""",
        method,
    )


def test_a_demo_with_real_keys_does_not_start(tmp_path: Path) -> None:
    variables: dict[str, Any] = environment(tmp_path, _free_port())
    process = up(variables | {"STRIPE_SECRET_KEY": "sk_live_x"}, tmp_path / "up.log")
    assert process.wait(60) == 1
    said = (tmp_path / "up.log").read_text()
    assert "STRIPE_SECRET_KEY" in said
    assert "sk_live_x" not in said
    assert not (tmp_path / "demo" / "world").exists()
