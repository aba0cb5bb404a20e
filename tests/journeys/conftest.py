"""A whole Grapevine of its own for the journeys: web, live and worker as real processes, and a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools import pristine

START_SECONDS = 300


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Site:
    url: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """Run `grapevine …` against this site's home and return what it printed."""
        run = subprocess.run(
            [sys.executable, "-m", "grapevine.front.command", *words],
            env=self.environment, capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
        return run.stdout


@contextmanager
def _running(home: Path, **settings: str) -> Iterator[Site]:
    """`grapevine up` on free ports with an empty home; stopped by SIGTERM, which must be clean."""
    port, live = _free_port(), _free_port()
    environment = {
        **os.environ, "GRAPEVINE_HOME": str(home), "PORT": str(port), "LIVE_PORT": str(live),
        "SITE_URL": f"http://localhost:{port}", "WEB_WORKERS": "1", "DATABASE_URL": "", **settings,
    }  # fmt: skip
    shutil.copy(pristine.sqlite(), home / "grapevine.sqlite3")
    log = (home / "up.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "grapevine.front.command", "up"],
        env=environment, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        until = time.monotonic() + START_SECONDS
        while b"Ctrl-C" not in (home / "up.log").read_bytes():
            assert process.poll() is None, (home / "up.log").read_text()
            assert time.monotonic() < until, (home / "up.log").read_text()
            time.sleep(0.1)
        yield Site(f"http://localhost:{port}", environment)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
        log.close()
    assert code == 0, (home / "up.log").read_text()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A house where a shop sells at once and a new bank account can be used at once."""
    home = tmp_path_factory.mktemp("home")
    with _running(home, SHOP_REVIEW="off", LISTING_REVIEW="off", BANK_ACCOUNT_HOURS="0") as one:
        yield one


@pytest.fixture(scope="session")
def strict_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A house where an operator looks at every shop before it sells."""
    home = tmp_path_factory.mktemp("strict")
    with _running(home, SHOP_REVIEW="all", LISTING_REVIEW="risky", BANK_ACCOUNT_HOURS="24") as one:
        yield one


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the journeys need Chromium: apt-get install chromium"
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def someone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """`someone(width=390)` opens a fresh browser of somebody's own: own cookies, zh-CN."""
    contexts = []

    def opened(
        *, width: int = 390, height: int = 844, script: bool = True, at: Site | None = None
    ) -> Page:
        context = browser.new_context(
            base_url=(at or request.getfixturevalue("site")).url, locale="zh-CN", timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height}, java_script_enabled=script,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a journey leaves its pictures; SHOTS names a folder to keep them in."""
    folder = Path(os.environ.get("SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
