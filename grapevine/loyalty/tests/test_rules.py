"""Points and levels by tables and properties, without a database."""

import pytest
from hypothesis import given, settings, strategies as st

from grapevine.kit.errors import BadInput
from grapevine.loyalty import rules
from grapevine.loyalty.contracts import Level
from grapevine.loyalty.tests.cast import LADDER
from grapevine.loyalty.web.desk import fixed
from grapevine.loyalty.web.words import hundredths, rate_words

RATES = st.integers(1, 10_000)
AMOUNTS = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("paid_minor", "per_yuan", "points"),
    [(0, 1, 0), (99, 1, 0), (100, 1, 1), (6999, 1, 69), (7000, 1, 70), (6999, 3, 207), (6999, 0, 0)],
)  # fmt: skip
def test_whole_yuan_earn(paid_minor: int, per_yuan: int, points: int) -> None:
    assert rules.earned(paid_minor, per_yuan=per_yuan) == points


@pytest.mark.parametrize(
    ("points", "per_yuan", "minor", "back"),
    [(0, 100, 0, 0), (1, 100, 1, 1), (320, 100, 320, 320), (7, 10, 70, 7), (7, 1000, 0, 0), (19, 1000, 1, 10),
     (7, 3, 233, 7)],
)  # fmt: skip
def test_what_points_pay_and_what_that_needs(points: int, per_yuan: int, minor: int, back: int) -> None:  # fmt: skip
    assert rules.worth(points, per_yuan=per_yuan) == minor
    assert rules.needed(minor, per_yuan=per_yuan) == back


@settings(deadline=None)
@given(AMOUNTS, RATES)
def test_what_points_pay_never_needs_more_than_there_are(points: int, per_yuan: int) -> None:
    assert rules.needed(rules.worth(points, per_yuan=per_yuan), per_yuan=per_yuan) <= points


@settings(deadline=None)
@given(AMOUNTS, RATES)
def test_points_for_an_amount_pay_at_least_that_amount(amount: int, per_yuan: int) -> None:
    points = rules.needed(amount, per_yuan=per_yuan)
    assert rules.worth(points, per_yuan=per_yuan) >= amount
    assert points == 0 or rules.worth(points - 1, per_yuan=per_yuan) < amount


@settings(deadline=None)
@given(st.dictionaries(st.text("ABC", min_size=1), AMOUNTS, min_size=1, max_size=6), RATES)
def test_a_split_loses_and_makes_no_point(amounts: dict[str, int], per_yuan: int) -> None:
    parts = rules.split(amounts, per_yuan=per_yuan)
    assert set(parts) == set(amounts)
    assert sum(parts.values()) == rules.needed(sum(amounts.values()), per_yuan=per_yuan)
    assert all(part >= 0 for part in parts.values())
    assert parts == rules.split(dict(reversed(amounts.items())), per_yuan=per_yuan)


@pytest.mark.parametrize(
    ("points", "payable", "share_bps", "most"),
    [(320, 6999, 5000, 320), (10_000, 6999, 5000, 3499), (10_000, 6999, 10_000, 6999), (10_000, 6999, 0, 0),
     (0, 6999, 5000, 0)],
)  # fmt: skip
def test_points_pay_a_share_at_most(points: int, payable: int, share_bps: int, most: int) -> None:
    assert rules.usable(points, payable, per_yuan=100, share_bps=share_bps) == most


@pytest.mark.parametrize(
    ("spent", "name", "following"),
    [(0, "粉丝", "熟客"), (49_999, "粉丝", "熟客"), (50_000, "熟客", "家人"), (200_000, "家人", None)],
)  # fmt: skip
def test_the_level_is_the_highest_reached(spent: int, name: str, following: str | None) -> None:
    assert rules.level_for(spent, LADDER).name == name
    after = rules.following(spent, LADDER)
    assert (after.name if after else None) == following


@pytest.mark.parametrize(
    ("price", "rate", "member"),
    [(6999, 9500, 6649), (6999, 10_000, 6999), (1, 5000, 1), (0, 5000, 0), (3, 5000, 1), (10_001, 9999, 9999)],
)  # fmt: skip
def test_a_member_price_is_rounded_down_and_never_nothing(price: int, rate: int, member: int) -> None:  # fmt: skip
    assert rules.member_price(price, rate) == member


@settings(deadline=None)
@given(st.integers(1, 10**9), st.integers(5000, 10_000), st.integers(5000, 10_000))
def test_a_better_rate_never_costs_more(price: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 1 <= rules.member_price(price, low) <= rules.member_price(price, high) <= price


@pytest.mark.parametrize("levels", [(), LADDER, (Level("粉丝", 0, 10_000),)])
def test_a_ladder_that_reads_well_is_taken(levels: tuple[Level, ...]) -> None:
    rules.check_levels(levels)


@pytest.mark.parametrize(
    ("levels", "fields"),
    [
        ([Level("a", 1, 9500)], {"threshold"}),
        ([Level("a", 0, 9500), Level("b", 0, 9000)], {"threshold"}),
        ([Level("a", 0, 9500), Level("b", 500, 9000), Level("c", 400, 9000)], {"threshold"}),
        ([Level("a", 0, 9500), Level("b", 10**11, 9000)], {"threshold"}),
        ([Level("a", -1, 9500)], {"threshold"}),
        ([Level("a", 0, 9000), Level("b", 500, 9500)], {"rate"}),
        ([Level("a", 0, 4999)], {"rate"}),
        ([Level("a", 0, 10_001)], {"rate"}),
        ([Level("", 0, 9500)], {"name"}),
        ([Level("一二三四五六七八九十一二三", 0, 9500)], {"name"}),
        ([Level("a", 0, 9500), Level("a", 500, 9000)], {"name"}),
        ([Level(str(n), n, 9500) for n in range(6)], {"levels"}),
        ([Level("", 1, 1)], {"name", "threshold", "rate"}),
    ],
)
def test_a_ladder_that_does_not_is_refused(levels: list[Level], fields: set[str]) -> None:
    with pytest.raises(BadInput) as refused:
        rules.check_levels(levels)
    assert set(refused.value.fields) == fields


@pytest.mark.parametrize(
    ("typed", "number"),
    [("95", 9500), ("97.5", 9750), ("59.99", 5999), ("0", 0), (" 1 ", 100), ("1.", 100), ("", -1),
     ("-1", -1), ("1.234", -1), ("九", -1), ("１", -1), ("1e3", -1), ("1.x", -1), ("123456789", -1)],
)  # fmt: skip
def test_numbers_as_typed(typed: str, number: int) -> None:
    assert fixed(typed) == number


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_what_the_form_shows_it_reads(number: int) -> None:
    assert fixed(hundredths(number)) == number


@pytest.mark.parametrize(
    ("rate", "zh", "en"),
    [(9500, "9.5 折", "5% off"), (9000, "9 折", "10% off"), (9750, "9.75 折", "2.5% off"),
     (10_000, "原价", "Full price"), (5005, "5.005 折", "49.95% off")],
)  # fmt: skip
def test_rates_in_words(rate: int, zh: str, en: str) -> None:
    from django.utils.translation import override

    with override("zh-hans"):
        assert rate_words(rate) == zh
    with override("en"):
        assert rate_words(rate) == en
