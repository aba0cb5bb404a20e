"""Money is whole, splits exactly, and never mixes currencies."""

import pytest
from hypothesis import given, strategies as st

from grapevine.kit.money import MINOR_MAX, Money, allocate, share_bps

AMOUNTS = st.integers(-(10**12), 10**12)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_the_parts_sum_to_the_whole_and_keep_its_sign(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert all(part >= 0 for part in parts) if total >= 0 else all(part <= 0 for part in parts)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_no_part_is_a_whole_unit_away_from_its_proportion(total: int, weights: list[int]) -> None:
    for part, weight in zip(allocate(total, weights), weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1, [3, 5], [0, 1]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (7, [0, 0], [7, 0]),
        (10, [0, 1], [0, 10]),
    ],
)
def test_the_largest_remainder_takes_the_odd_unit(
    total: int, weights: list[int], parts: list[int]
) -> None:
    assert allocate(total, weights) == parts


def test_a_share_is_rounded_down() -> None:
    assert share_bps(999, 1000) == 99
    assert share_bps(0, 10_000) == 0


def test_money_adds_within_a_currency_and_refuses_across() -> None:
    assert Money(150) + Money(50) == Money(200)
    assert Money(150) - Money(50) == Money(100)
    assert Money(150) * 3 == Money(450)
    with pytest.raises(ValueError, match="do not mix"):
        Money(1, "CNY") + Money(1, "USD")


@pytest.mark.parametrize("wrong", [1.0, True, "1", None])
def test_minor_units_are_whole_numbers(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong)  # type: ignore[arg-type]


def test_amounts_have_a_limit() -> None:
    assert Money(MINOR_MAX).minor == MINOR_MAX
    with pytest.raises(ValueError, match="out of range"):
        Money(MINOR_MAX + 1)
