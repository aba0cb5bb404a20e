"""How after-sales are assessed: first answer, resolution, re-opening, satisfaction, each against its target.

Pure, from rows anybody can count again. A case belongs to the period it was opened in and to whoever of the shop's
staff answered first. A case the buyer took back is counted for its answer alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

HOUR = timedelta(hours=1)
GOOD_STARS = 3
"""Fewer stars than this say that the handling was bad."""


@dataclass(frozen=True, slots=True)
class Targets:
    """At most so many hours to the first answer and to the end, at most this share re-opened, at least these stars."""

    answer_hours: int
    resolution_hours: int
    reopened_bps: int
    stars_hundredths: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as the assessment looks at it. `answered_at` is the shop's own first answer; `stars` 0 is unrated."""

    opened_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    reopened: bool
    stars: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some cases. Medians in tenths of an hour and means in hundredths of a star; None where there is nothing."""

    cases: int
    answered: int
    answer_tenths: int | None
    answered_in_time: int
    answer_due: int
    """Cases answered, ended, or older than the target: those of which it is known whether they met it."""
    ended: int
    resolution_tenths: int | None
    ended_in_time: int
    reopened: int
    reopened_bps: int
    """Of the cases that ended at least once."""
    rated: int
    stars_hundredths: int | None

    @property
    def answered_in_time_bps(self) -> int | None:
        return _bps(self.answered_in_time, self.answer_due) if self.answer_due else None

    @property
    def ended_in_time_bps(self) -> int | None:
        return _bps(self.ended_in_time, self.ended) if self.ended else None


def figures(cases: Iterable[Seen], targets: Targets, now: datetime) -> Figures:
    rows = list(cases)
    answers = [one.answered_at - one.opened_at for one in rows if one.answered_at]
    ended = [one for one in rows if one.ended_at and one.outcome != "cancelled"]
    ends = [one.ended_at - one.opened_at for one in ended if one.ended_at]
    in_time, whole = targets.answer_hours * HOUR, targets.resolution_hours * HOUR
    due = [
        one for one in rows if one.answered_at or one.ended_at or now - one.opened_at > in_time
    ]  # fmt: skip
    reopened = sum(one.reopened for one in rows)
    ended_once = sum(one in ended or one.reopened for one in rows)
    stars = [one.stars for one in rows if one.stars]
    return Figures(
        cases=len(rows), answered=len(answers), answer_tenths=_tenths(answers),
        answered_in_time=sum(one <= in_time for one in answers), answer_due=len(due),
        ended=len(ended), resolution_tenths=_tenths(ends),
        ended_in_time=sum(one <= whole for one in ends), reopened=reopened,
        reopened_bps=_bps(reopened, ended_once), rated=len(stars),
        stars_hundredths=(200 * sum(stars) + len(stars)) // (2 * len(stars)) if stars else None,
    )  # fmt: skip


def missed(found: Figures, targets: Targets) -> list[str]:
    """Which targets these figures do not meet; what there is nothing of meets them."""
    failed = {
        "answer": (found.answer_tenths or 0) > 10 * targets.answer_hours
        or (found.answered_in_time < found.answer_due and not found.answered),
        "resolution": (found.resolution_tenths or 0) > 10 * targets.resolution_hours,
        "reopened": found.reopened_bps > targets.reopened_bps,
        "stars": found.stars_hundredths is not None
        and found.stars_hundredths < targets.stars_hundredths,
    }  # fmt: skip
    return [name for name, is_so in failed.items() if is_so]


def is_met(one: Seen, targets: Targets) -> bool:
    """Whether a case that ended met every target."""
    assert one.ended_at is not None
    return (
        one.answered_at is not None
        and one.answered_at - one.opened_at <= targets.answer_hours * HOUR
        and one.ended_at - one.opened_at <= targets.resolution_hours * HOUR
        and not one.reopened
        and not 0 < one.stars < GOOD_STARS
    )


def _tenths(waits: Sequence[timedelta]) -> int | None:
    """The median in tenths of an hour, rounded down."""
    return int(median(wait / (HOUR / 10) for wait in waits)) if waits else None


def _bps(part: int, whole: int) -> int:
    return part * 10_000 // whole if whole else 0
