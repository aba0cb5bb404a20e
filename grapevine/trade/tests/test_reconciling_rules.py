"""A statement against our books: a clean day says nothing, one planted error is named, exactly."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from grapevine.trade.rules.reconciling import (
    EDGE,
    Books,
    Cash,
    Difference,
    Entry,
    Kind,
    day_of,
    differences,
    judged,
    refund_id,
)

DAY = date(2026, 11, 10)
START, END = day_of(DAY)


@dataclass
class Day:
    """Both sides of a day, still to be bent. `theirs` and `before` are the statements of it and of the day before."""

    theirs: list[Entry]
    before: list[Entry]
    booked: list[Entry]
    known: list[Entry]
    cash: list[Cash]

    def found(self) -> list[Difference]:
        known: dict[tuple[str, str], list[Entry]] = {}
        for one in self.known:
            known.setdefault((one.kind, one.reference), []).append(one)
        books = Books(self.booked, known, self.cash)
        return differences(DAY, theirs=self.theirs, before=self.before, books=books)

    def line(self, chance: Random, kind: str = "payment") -> int:
        """The place of a line of theirs that was booked on the day itself, so that it is judged now."""
        start, end = judged(DAY)
        booked = {one.reference for one in self.booked if start <= one.at < end}
        places = [
            place for place, line in enumerate(self.theirs)
            if line.kind == kind and line.reference in booked
        ]  # fmt: skip
        return chance.choice(places)

    def bend(self, place: int, **changes: Any) -> str:
        self.theirs[place] = replace(self.theirs[place], **changes)
        return self.theirs[place].reference

    def ours(self, reference: str, **changes: Any) -> None:
        for rows in (self.booked, self.known):
            rows[:] = [
                replace(one, **changes) if one.reference == reference else one for one in rows
            ]

    def never_heard(self, reference: str) -> None:
        """Nor of its refunds, which would be without a payment: another error than the one meant."""
        for one in [one for one in self.known if one.payment_number == reference]:
            self.forget(one.reference)
        self.theirs = [
            one for one in self.theirs
            if one.reference == reference or one.payment_number != reference
        ]  # fmt: skip
        self.forget(reference)

    def forget(self, reference: str) -> None:
        """We never heard of it: no entry, no cash."""
        gone = [key for one in self.known if one.reference == reference for key in one.cash_keys]
        self.cash = [one for one in self.cash if one.key not in gone]
        for rows in (self.booked, self.known):
            rows[:] = [one for one in rows if one.reference != reference]


def clean(chance: Random, payments: int = 12) -> Day:
    """Payments and refunds from the evening before to the night after, heard of within the hour."""
    theirs: list[Entry] = []
    ours: list[Entry] = []
    for n in range(payments):
        at = START + timedelta(seconds=chance.randint(-7200, 26 * 3600)) if n else START + 5 * EDGE
        number, amount = f"P{n}-1", chance.randint(1, 10**6)
        line = Entry("payment", number, number, f"T{n}", amount, "CNY", at)
        keys = (f"late:P{n}:T{n}", f"capture:P{n}")
        heard = at + timedelta(seconds=chance.randint(0, 3500)) if n else at
        theirs.append(line)
        ours.append(replace(line, at=heard, cash_keys=keys))
        if n > 1 and chance.random() < 0.4:
            continue
        back_at = at + timedelta(seconds=chance.randint(60, 7200))
        back = Entry("refund", refund_id(f"P{n}", n), number, f"R{n}", chance.randint(1, amount), "CNY", back_at)  # fmt: skip
        theirs.append(back)
        done = back_at + timedelta(seconds=chance.randint(0, 3500))
        ours.append(
            replace(back, transaction_id="", at=done, cash_keys=(f"refunded:{n}",))
        )  # fmt: skip
    chance.shuffle(theirs)
    booked = [one for one in ours if START - EDGE - EDGE / 12 <= one.at < END + EDGE / 12]
    named = {one.reference for one in theirs if START <= one.at < END}
    named |= {one.payment_number for one in theirs if START <= one.at < END}
    cash = [
        Cash(
            one.cash_keys[-1], one.payment_number,
            one.amount_minor if one.kind == "payment" else -one.amount_minor, "CNY",
            one.at + timedelta(milliseconds=3),
        )
        for one in booked
    ]  # fmt: skip
    return Day(
        [one for one in theirs if START <= one.at < END],
        [one for one in theirs if START - timedelta(days=1) <= one.at < START],
        booked, [one for one in ours if one.reference in named], cash,
    )  # fmt: skip


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_a_clean_day_has_no_difference(seed: int) -> None:
    assert clean(Random(seed)).found() == []


def test_a_thousand_payments_have_no_difference() -> None:
    day = clean(Random(7), payments=1250)
    assert len([line for line in day.theirs if line.kind == "payment"]) > 1000
    assert day.found() == []


Planter = Callable[[Day, Random], str]
"""Bends a clean day and says the reference the difference must have."""


def missing_theirs(kind: str) -> Planter:
    def plant(day: Day, chance: Random) -> str:
        return day.theirs.pop(day.line(chance, kind)).reference

    return plant


def missing_ours(kind: str) -> Planter:
    def plant(day: Day, chance: Random) -> str:
        reference = day.theirs[day.line(chance, kind)].reference
        day.never_heard(reference)
        return reference

    return plant


def unheard(state: str, kind: str = "payment") -> Planter:
    """It is there, in another state, and was never booked."""

    def plant(day: Day, chance: Random) -> str:
        reference = day.theirs[day.line(chance, kind)].reference
        own = next(one for one in day.known if one.reference == reference)
        day.never_heard(reference)
        day.known.append(replace(own, state=state, transaction_id="", cash_keys=()))
        return reference

    return plant


def off_by_one(kind: str) -> Planter:
    def plant(day: Day, chance: Random) -> str:
        place = day.line(chance, kind)
        wrong = day.theirs[place].amount_minor + chance.choice((-1, 1))
        return day.bend(place, amount_minor=wrong)

    return plant


def other_currency(kind: str) -> Planter:
    return lambda day, chance: day.bend(day.line(chance, kind), currency="USD")


def repeated(kind: str) -> Planter:
    def plant(day: Day, chance: Random) -> str:
        line = day.theirs[day.line(chance, kind)]
        day.theirs.insert(chance.randint(0, len(day.theirs)), line)
        return line.reference

    return plant


def same_transaction(day: Day, chance: Random) -> str:
    place = day.line(chance)
    other = Entry("payment", "PX-1", "PX-1", "TX", 100, "CNY", START + 6 * EDGE)
    own = replace(other, cash_keys=("late:PX:TX", "capture:PX"))
    day.theirs.insert(chance.randint(0, len(day.theirs)), replace(other, transaction_id=day.theirs[place].transaction_id))  # fmt: skip
    day.booked.append(own)
    day.known.append(own)
    day.cash.append(Cash("capture:PX", "PX", 100, "CNY", own.at))
    return "PX-1"


def orphan(day: Day, chance: Random) -> str:
    return day.bend(day.line(chance, "refund"), payment_number="nobody-1")


def other_day_line(day: Day, chance: Random) -> str:
    return day.bend(day.line(chance), at=START + chance.choice((-1, 1)) * timedelta(days=2))


def other_day_ours(day: Day, chance: Random) -> str:
    """Heard of the next evening: our books have it in another day."""
    reference = day.theirs[day.line(chance)].reference
    day.ours(reference, at=END + timedelta(hours=18))
    day.booked = [one for one in day.booked if one.reference != reference]
    day.cash = [one for one in day.cash if one.key != f"capture:{reference[:-2]}"]
    return reference


def flipped(kind: str) -> Planter:
    other = {"payment": "refund", "refund": "payment"}[kind]
    return lambda day, chance: day.bend(day.line(chance, kind), kind=other)


def cash_off(day: Day, chance: Random) -> str:
    place = day.line(chance)
    reference = day.theirs[place].reference
    key = f"capture:{reference[:-2]}"
    day.cash = [
        replace(one, amount_minor=one.amount_minor + 1) if one.key == key else one
        for one in day.cash
    ]
    return reference


def cash_missing(day: Day, chance: Random) -> str:
    reference = day.theirs[day.line(chance, "refund")].reference
    own = next(one for one in day.booked if one.reference == reference)
    day.cash = [one for one in day.cash if one.key not in own.cash_keys]
    return reference


def cash_extra(day: Day, chance: Random) -> str:
    at = START + timedelta(seconds=chance.randint(0, 80_000))
    day.cash.append(Cash("late:PX:e", "PX", 5, "CNY", at))
    return "PX"


PLANTED: dict[str, tuple[Kind, Planter]] = {
    "payment missing at theirs": (Kind.PAYMENT_NOT_THEIRS, missing_theirs("payment")),
    "payment missing at ours": (Kind.PAYMENT_NOT_OURS, missing_ours("payment")),
    "payment open at ours": (Kind.PAYMENT_NOT_OURS, unheard("open")),
    "paid at theirs, closed at ours": (Kind.PAYMENT_CLOSED_HERE, unheard("closed")),
    "paid at theirs, failed at ours": (Kind.PAYMENT_CLOSED_HERE, unheard("failed")),
    "amount off by one": (Kind.AMOUNT, off_by_one("payment")),
    "other currency": (Kind.CURRENCY, other_currency("payment")),
    "refund in another currency": (Kind.CURRENCY, other_currency("refund")),
    "line twice": (Kind.LINE_TWICE, repeated("payment")),
    "refund's line twice": (Kind.LINE_TWICE, repeated("refund")),
    "another transaction": (Kind.TRANSACTION, lambda day, chance: day.bend(day.line(chance), transaction_id="T?")),
    "one transaction for two": (Kind.TRANSACTION_TWICE, same_transaction),
    "refund missing at theirs": (Kind.REFUND_NOT_THEIRS, missing_theirs("refund")),
    "refund missing at ours": (Kind.REFUND_NOT_OURS, missing_ours("refund")),
    "refund still on its way at ours": (Kind.REFUND_NOT_OURS, unheard("sent", "refund")),
    "refund's amount off by one": (Kind.REFUND_AMOUNT, off_by_one("refund")),
    "refund without its payment": (Kind.REFUND_WITHOUT_PAYMENT, orphan),
    "a line of another day": (Kind.OTHER_DAY, other_day_line),
    "booked on another day": (Kind.OTHER_DAY, other_day_ours),
    "payment told as refund": (Kind.KIND_FLIPPED, flipped("payment")),
    "refund told as payment": (Kind.KIND_FLIPPED, flipped("refund")),
    "cash off by one": (Kind.CASH, cash_off),
    "cash not booked": (Kind.CASH, cash_missing),
    "cash nobody explains": (Kind.CASH, cash_extra),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_one_planted_error_is_named_and_nothing_else(name: str, seed: int) -> None:
    kind, plant = PLANTED[name]
    chance = Random(seed)
    day = clean(chance)
    reference = plant(day, chance)
    found = day.found()
    assert [(one.kind, one.reference) for one in found] == [(kind, reference)]


def test_every_kind_is_planted() -> None:
    assert {kind for kind, _ in PLANTED.values()} == set(Kind)


def test_two_errors_are_two_differences_and_say_the_amounts() -> None:
    day = clean(Random(3))
    first = day.theirs[day.line(Random(1))]
    day.bend(day.theirs.index(first), amount_minor=first.amount_minor - 1)
    back = next(one for one in day.theirs if one.kind == "refund" and one.payment_number == "P0-1")
    day.theirs.remove(back)
    amounts = {(one.kind, one.ours_minor, one.theirs_minor) for one in day.found()}
    assert amounts == {
        (Kind.AMOUNT, first.amount_minor, first.amount_minor - 1),
        (Kind.REFUND_NOT_THEIRS, back.amount_minor, None),
    }


def at_night(minutes: float) -> datetime:
    return END + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("theirs_at", "ours_at", "judged_on"),
    [(-10, 5, 1), (-59, 0.5, 1), (-70, -65, 0), (-30, -20, 1), (5, 9, 1)],
)
def test_what_is_booked_around_midnight_is_judged_once_and_not_missed(
    theirs_at: float, ours_at: float, judged_on: int
) -> None:
    """Left out of both statements it is missed on exactly one of the two days; else on none."""
    own = Entry("payment", "P-1", "P-1", "T", 1, "CNY", at_night(ours_at), cash_keys=("capture:P",))
    line = replace(own, at=at_night(theirs_at), cash_keys=())
    cash = [Cash("capture:P", "P", 1, "CNY", own.at)]
    days = (DAY, DAY + timedelta(days=1))
    for told in (True, False):
        missed = []
        for day in days:
            start, end = day_of(day)
            theirs = [line] if told and start <= line.at < end else []
            before = [line] if told and start - timedelta(days=1) <= line.at < start else []
            known = {("payment", "P-1"): [own]} if theirs else {}
            books = Books([own], known, cash)
            missed.append(len(differences(day, theirs=theirs, before=before, books=books)))
        assert missed == ([0, 0] if told else [1 - judged_on, judged_on])


def test_money_that_moved_on_another_day_is_that_days_matter() -> None:
    start, end = judged(DAY)
    moves = [
        Cash("k1", "x", 5, "CNY", start - timedelta(seconds=1)),
        Cash("k2", "x", 5, "CNY", end),
    ]
    assert differences(DAY, theirs=[], before=[], books=Books([], {}, moves)) == []
    inside = Cash("k3", "x", 5, "CNY", start)
    (found,) = differences(DAY, theirs=[], before=[], books=Books([], {}, [*moves, inside]))
    assert (found.kind, found.reference) == (Kind.CASH, "x")
