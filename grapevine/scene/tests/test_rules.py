"""What a note may be."""

import pytest
from hypothesis import given, strategies as st

from grapevine.scene import rules


def test_titles_are_one_line_without_control_characters() -> None:
    assert rules.clean_title("  用了三个月\n的  粗陶杯\x01 ") == "用了三个月 的 粗陶杯"


def test_bodies_keep_paragraphs_and_lose_runs_of_empty_lines() -> None:
    assert rules.clean_body("一 \r\n\r\n\r\n\r\n二\x00\r三  ") == "一\n\n二\n三"


@pytest.mark.parametrize(
    ("given_topics", "names"),
    [
        (["#露营 #露营装备"], ["露营", "露营装备"]),
        (["露营，咖啡、手冲"], ["露营", "咖啡", "手冲"]),
        (["Coffee", "ＣＯＦＦＥＥ", "coffee"], ["Coffee"]),
        (["#", " ", "/"], []),
        (["a/b"], ["ab"]),
        ([" ".join(f"t{i}" for i in range(14))], [f"t{i}" for i in range(10)]),
    ],
)
def test_topics_come_once_without_hashes(given_topics: list[str], names: list[str]) -> None:
    assert rules.clean_topics(given_topics) == names


@pytest.mark.parametrize(
    ("title", "body", "pictures", "wrong"),
    [
        ("好", "", 1, set()),
        ("", "", 0, {"title", "pictures"}),
        ("长" * 61, "长" * 5001, 10, {"title", "body", "pictures"}),
        ("长" * 60, "长" * 5000, 9, set()),
    ],
)
def test_what_is_missing_is_named(title: str, body: str, pictures: int, wrong: set[str]) -> None:
    found = rules.wrong_parts(title=title, body=body, picture_count=pictures)
    assert set(found) == wrong


@given(st.lists(st.integers(), max_size=9), st.integers(-2, 10), st.sampled_from([-1, 1]))
def test_moving_keeps_every_item(items: list[int], index: int, step: int) -> None:
    result = rules.moved(items, index, step)
    assert sorted(result) == sorted(items)


def test_moving_by_one_swaps_neighbours_and_stops_at_the_ends() -> None:
    assert rules.moved(["a", "b", "c"], 1, -1) == ["b", "a", "c"]
    assert rules.moved(["a", "b", "c"], 2, 1) == ["a", "b", "c"]
    assert rules.moved(["a", "b", "c"], 0, -1) == ["a", "b", "c"]
