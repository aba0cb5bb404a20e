"""The pure rules: score, bursts, rating, names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from grapevine.care.contracts import FactorView, Measure
from grapevine.care.rules import bursts, rating, score, words

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
counts = st.tuples(*[st.integers(0, 400)] * 5)


@pytest.mark.parametrize(
    ("given_counts", "hundredths", "floor"),
    [
        ((0, 0, 0, 0, 0), 0, 0),
        ((0, 0, 0, 0, 5), 450, 6488),
        ((5, 0, 0, 0, 0), 250, 0),
        ((5, 0, 0, 0, 95), 476, 9008),
        ((50, 0, 0, 0, 950), 480, 9373),
        ((1, 1, 1, 1, 1), 350, 2037),
    ],
)
def test_the_score_is_what_the_formula_says(
    given_counts: tuple[int, ...], hundredths: int, floor: int
) -> None:
    assert (score.hundredths(given_counts), score.floor(given_counts)) == (hundredths, floor)


@given(counts)
def test_a_score_lies_between_the_stars_and_above_its_floor(n: tuple[int, ...]) -> None:
    whole = score.hundredths(n)
    if not sum(n):
        assert (whole, score.floor(n)) == (0, 0)
        return
    assert 100 <= whole <= 500
    share = sum((k - 1) * one for k, one in enumerate(n, 1)) / (4 * sum(n))
    assert 0 <= score.floor(n) <= 10_000 * share + 1e-6


@given(counts)
def test_another_best_review_never_lowers_and_another_worst_never_raises(
    n: tuple[int, ...],
) -> None:
    if not sum(n):
        return
    better = (*n[:4], n[4] + 1)
    worse = (n[0] + 1, *n[1:])
    assert score.hundredths(worse) <= score.hundredths(n) <= score.hundredths(better)
    assert score.floor(worse) <= score.floor(n) <= score.floor(better)


def fact(n: int, **more: object) -> bursts.Fact:
    told: dict[str, object] = {
        "review_id": n, "person_id": n, "stars": 5, "device": "", "network": "", "words": "好",
        "joined_at": NOW - timedelta(days=300), "at": NOW + timedelta(minutes=n),
    }  # fmt: skip
    return bursts.Fact(**(told | more))  # type: ignore[arg-type]


def kinds(facts: list[bursts.Fact]) -> list[tuple[str, int]]:
    return [(one.kind, len(one.review_ids)) for one in bursts.bursts(facts)]


def test_which_crowds_are_bursts() -> None:
    assert kinds([fact(n, device="d") for n in range(5)]) == [("device", 5)]
    assert kinds([fact(n, device="d") for n in range(4)]) == []
    assert kinds([fact(n, device="d", person_id=1) for n in range(50)]) == []
    assert kinds([fact(n, device="d", stars=1) for n in range(5)]) == [("device", 5)]
    assert kinds([fact(n, device="d", stars=3) for n in range(50)]) == []
    mixed = [fact(n, device="d", stars=5 if n % 2 else 1) for n in range(8)]
    assert kinds(mixed) == []
    young = NOW - timedelta(days=1)
    assert kinds([fact(n, network="w") for n in range(50)]) == []
    assert kinds([fact(n, network="w", joined_at=young) for n in range(10)]) == [("network", 10)]
    half = [
        fact(n, network="w", joined_at=young if n < 5 else NOW - timedelta(days=99))
        for n in range(10)
    ]
    assert kinds(half) == []
    assert kinds([fact(n, words="宝贝收到了非常满意五星好评推荐") for n in range(5)]) == [
        ("words", 5)
    ]
    assert kinds([fact(n, words="好") for n in range(50)]) == []


def test_a_burst_ends_with_its_window() -> None:
    apart = [fact(n, device="d", at=NOW + timedelta(hours=13 * n)) for n in range(9)]
    assert kinds(apart) == []
    near = [fact(n, device="d", at=NOW + timedelta(hours=12 * n)) for n in range(5)]
    assert kinds(near) == [("device", 5)]
    late = [*near, fact(99, device="d", at=NOW + timedelta(days=30))]
    assert bursts.bursts(late)[0].review_ids == (0, 1, 2, 3, 4)


def view(name: str, points: int | None, weight: int) -> FactorView:
    return FactorView(name, points, weight, 10, 0)


def test_a_factor_is_a_straight_line() -> None:
    ship = next(one for one in rating.FACTORS if one.name == "ship_time")
    told = {0: 100, 24: 100, 60: 50, 96: 0, 500: 0, 61: 49}
    assert {value: rating.points(ship, value) for value in told} == told
    reviews = next(one for one in rating.FACTORS if one.name == "reviews")
    assert [rating.points(reviews, value) for value in (4000, 6500, 9000, 10_000)] == [
        0,
        50,
        100,
        100,
    ]
    assert rating.judged(ship, Measure(4, 24)).points is None
    assert rating.judged(ship, Measure(5, 24)).points == 100
    assert rating.judged(ship, None) == FactorView("ship_time", None, 20, 0, 0)


def test_the_rating_is_the_weighted_mean_of_what_is_known() -> None:
    assert rating.overall([view("a", 100, 20), view("b", 50, 20), view("c", None, 60)]) is None
    assert rating.overall([view("a", 100, 30), view("b", 41, 30), view("c", None, 40)]) == 71
    assert [rating.level_of(n) for n in (None, 0, 49, 50, 65, 80, 89, 90, 100)] == [
        "", "E", "E", "D", "C", "B", "B", "A", "A",
    ]  # fmt: skip
    assert sum(one.weight for one in rating.FACTORS) == 100
    assert {one.level for one in rating.EFFECTS} == {name for name, _ in rating.LEVELS}


def test_hints_begin_with_what_is_worth_most() -> None:
    factors = [view("ship_time", 40, 20), view("reviews", 80, 25), view("refund_rate", 100, 15)]
    assert [(name, gain) for name, gain, _ in rating.hints(factors)] == [
        ("ship_time", 20),
        ("reviews", 8),
    ]


def test_names_are_masked() -> None:
    assert [words.masked(name) for name in ("林知夏", "林", "林夏", "Alice", "")] == [
        "林***夏", "林***", "林***", "A***e", "***",
    ]  # fmt: skip
