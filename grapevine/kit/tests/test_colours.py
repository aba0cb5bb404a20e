"""White text on a shop's colour is readable, whatever colour the shop picked."""

import pytest
from hypothesis import given, strategies as st

from grapevine.kit.colours import CONTRAST_LEAST, contrast, readable


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_becomes_readable(number: int) -> None:
    assert contrast(readable(f"#{number:06x}"), "#ffffff") >= CONTRAST_LEAST


@pytest.mark.parametrize(
    ("given_colour", "shown"),
    [
        ("#8D3B1F", "#8d3b1f"),
        ("#000000", "#000000"),
        ("red", "#1d5a41"),
        ("#fff;background:url(//evil)", "#1d5a41"),
        ("", "#1d5a41"),
    ],
)
def test_dark_colours_stay_and_nonsense_becomes_the_house_green(
    given_colour: str, shown: str
) -> None:
    assert readable(given_colour) == shown


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == 21.0
    assert contrast("#777777", "#777777") == 1.0
