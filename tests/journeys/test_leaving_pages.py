"""What a page says while it is being left arrives, also where a service worker looks after the page."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Site
from tests.journeys.walks import in_shell

pytestmark = pytest.mark.journey
TIMES = 5
COUNTED = (
    "from grapevine.insight import facade, lake; import pyarrow.parquet as pq; facade.build();"
    "print(sum(pq.read_table(file, columns=['verb'])['verb'].to_pylist().count('dwell')"
    " for day in lake.days() for file in lake.files_of(day)))"
)


def test_every_page_that_is_left_says_how_long_it_was_looked_at(
    site: Site, someone: Callable[..., Page]
) -> None:
    page = someone()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/offline/")
    before = int(in_shell(site, COUNTED).split()[-1])
    for _time in range(TIMES):
        page.goto("/")
        page.wait_for_timeout(1_200)  # less than a second is not said
        page.goto("/offline/")
    until = time.monotonic() + 60
    while (said := int(in_shell(site, COUNTED).split()[-1])) < before + TIMES:
        assert time.monotonic() < until, f"{said - before} of {TIMES} arrived"
        time.sleep(2)
