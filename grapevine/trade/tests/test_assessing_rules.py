"""The assessment's arithmetic, recounted."""

from datetime import UTC, datetime, timedelta
from statistics import median

from hypothesis import given, strategies as st

from grapevine.trade.rules.aftersales import Ended, may_reopen
from grapevine.trade.rules.assessing import Seen, Targets, figures, is_met, missed
from grapevine.trade.rules.settlement import scaled_rate

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGETS = Targets(24, 168, 1000, 400)
HOUR = timedelta(hours=1)


@st.composite
def cases(draw: st.DrawFn) -> Seen:
    opened = NOW - timedelta(minutes=draw(st.integers(1, 60 * 24 * 30)))
    answered = draw(st.none() | st.integers(0, 60 * 24 * 10))
    ended = draw(st.none() | st.integers(0, 60 * 24 * 12))
    outcome = (
        draw(st.sampled_from(["refunded", "rejected", "cancelled"])) if ended is not None else ""
    )
    return Seen(
        opened, opened + timedelta(minutes=answered) if answered is not None else None,
        opened + timedelta(minutes=ended) if ended is not None else None, outcome,
        draw(st.booleans()), draw(st.integers(0, 5)) if ended is not None else 0,
    )  # fmt: skip


@given(st.lists(cases(), max_size=30))
def test_figures_are_what_a_plain_count_says(rows: list[Seen]) -> None:
    found = figures(rows, TARGETS, NOW)
    waits = [(r.answered_at - r.opened_at) / HOUR for r in rows if r.answered_at]
    ends = [
        (r.ended_at - r.opened_at) / HOUR for r in rows if r.ended_at and r.outcome != "cancelled"
    ]
    stars = [r.stars for r in rows if r.stars]
    assert (found.cases, found.answered, found.ended) == (len(rows), len(waits), len(ends))
    assert found.answered_in_time == sum(w <= 24 for w in waits)
    assert found.ended_in_time == sum(e <= 168 for e in ends)
    assert (found.answer_tenths is None) == (not waits)
    if waits:
        assert abs((found.answer_tenths or 0) - 10 * median(waits)) <= 1
    if ends:
        assert abs((found.resolution_tenths or 0) - 10 * median(ends)) <= 1
    if stars:
        assert abs((found.stars_hundredths or 0) - 100 * sum(stars) / len(stars)) <= 0.5
    assert found.reopened == sum(r.reopened for r in rows)
    assert 0 <= found.reopened_bps <= 10_000
    assert found.answered_in_time <= found.answered <= found.answer_due <= found.cases
    assert (found.answered_in_time_bps is None) == (not found.answer_due)
    assert (found.ended_in_time_bps is None) == (not ends)
    met = [r for r in rows if r.ended_at and is_met(r, TARGETS)]
    assert all(not r.reopened and r.answered_at and r.stars not in (1, 2) for r in met)


def seen(
    answer: float | None, end: float | None, *, reopened: bool = False, stars: int = 0
) -> Seen:
    opened = NOW - timedelta(days=20)
    return Seen(
        opened, opened + answer * HOUR if answer is not None else None,
        opened + end * HOUR if end is not None else None, "refunded" if end is not None else "",
        reopened, stars,
    )  # fmt: skip


def test_what_misses_each_target() -> None:
    def of(*rows: Seen) -> list[str]:
        return missed(figures(rows, TARGETS, NOW), TARGETS)

    assert of() == []
    assert of(seen(24, 168)) == []
    assert of(seen(24.1, 168)) == ["answer"]
    assert of(seen(None, None)) == ["answer"], "nobody ever answered"
    assert of(seen(1, 168.1)) == ["resolution"]
    assert of(seen(1, 1, reopened=True)) == ["reopened"]
    assert of(*[seen(1, 1)] * 9, seen(1, 1, reopened=True)) == []
    assert of(seen(1, 1, stars=4)) == []
    assert of(seen(1, 1, stars=4), seen(1, 1, stars=3)) == ["stars"]


def test_what_a_case_must_be_to_meet_every_target() -> None:
    assert is_met(seen(24, 168, stars=3), TARGETS)
    for wrong in (
        seen(None, 1), seen(24.1, 30), seen(1, 169), seen(1, 2, reopened=True), seen(1, 2, stars=2),
    ):  # fmt: skip
        assert not is_met(wrong, TARGETS)


def test_when_a_case_may_be_reopened() -> None:
    end = NOW - timedelta(days=7)
    assert may_reopen(Ended(end + HOUR, "replaced", ruled=False, reopened=False), NOW, 7)
    for wrong in (
        Ended(None, "", ruled=False, reopened=False),
        Ended(end, "replaced", ruled=False, reopened=False),
        Ended(end + HOUR, "refunded", ruled=False, reopened=False),
        Ended(end + HOUR, "rejected", ruled=True, reopened=False),
        Ended(end + HOUR, "lapsed", ruled=False, reopened=True),
    ):
        assert not may_reopen(wrong, NOW, 7)


def test_a_scaled_rate_is_rounded_down_and_never_above_the_sale() -> None:
    rates = [(333, 9000), (333, 10_000), (333, 11_000), (9_999, 11_000), (0, 11_000)]
    assert [scaled_rate(*one) for one in rates] == [299, 333, 366, 10_000, 0]
