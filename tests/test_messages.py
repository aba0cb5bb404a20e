"""The check of translations notices what slips in when catalogues are edited by hand."""

import pytest

from tools.messages import is_repeated, missing, modules


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Refunds clearly rose.", False), ("Refunds clearly rose.Refunds clearly rose.", True),
        ("Refunds clearly rose." * 4, True), ("bye-bye", False), ("", False), ("a" * 11, False),
    ],
)  # fmt: skip
def test_a_sentence_that_stands_there_twice_is_noticed(text: str, wrong: bool) -> None:
    assert is_repeated(text) is wrong


def test_no_translation_is_missing_or_repeated() -> None:
    assert [line for module in modules() for line in missing(module)] == []
