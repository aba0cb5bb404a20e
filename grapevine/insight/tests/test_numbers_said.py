"""Counts on the desk's pages are said to the last digit, with separators."""

import re
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[1] / "templates" / "insight").glob("*.html"))
PLURAL = re.compile(r"blocktranslate [^%]*?\bcount (\w+)=(\S+)")
DAYS = {"one.lead"}
"""At most a few weeks."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_counted_has_separators(page: Path) -> None:
    said = {value for _, value in PLURAL.findall(page.read_text())} - DAYS
    assert {value for value in said if not value.endswith("|whole")} == set()
