"""Strings of all modules share one space: whichever module's English is found, the code must be able to fill it in."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

HOUSE = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(HOUSE.glob("*/locale/en/LC_MESSAGES/django.po"))
NAMES = re.compile(r"%\((\w+)\)")
GIVEN_TOO = {"%(tenths)s 折": {"percent"}}
"""What code gives beside the names in the Chinese string: 9.5 折 is "5% off"."""


def parts(text: object) -> list[str]:
    return [str(one) for one in text] if isinstance(text, tuple | list) else [str(text)]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5])
def test_english_asks_for_nothing_that_is_not_given(path: Path) -> None:
    wrong = {}
    with path.open("rb") as file:
        for message in read_po(file, locale="en"):
            if not message.id:
                continue
            own = parts(message.id)
            given = set(NAMES.findall(" ".join(own))) | GIVEN_TOO.get(own[0], set())
            asked = set(NAMES.findall(" ".join(parts(message.string))))
            if asked - given:
                wrong[own[0]] = asked - given
    assert wrong == {}
