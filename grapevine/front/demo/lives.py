"""Small shops with lives of months: some grow, some tire and leave, by a plan. Week by week, before the log begins. Pure.

How a shop does is a hidden number that wanders from week to week; what its staff do and what it sells follow it, with
noise. Before the week its plan sets for leaving it mostly falls; it falls now and then without leaving, too. Whoever
looks at the figures can guess, not know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, sqrt
from random import Random
from typing import Any

from grapevine.front.demo.words import names

COUNT = 120
WEEKS = 64
"""How long ago the oldest opened."""
KEPT, WANDER = 0.88, 0.2
LEAVING = 0.017
"""The chance that a week is the one in which a shop's end is set."""
SUDDEN = 0.12
FADE = (6, 11)
"""Most who leave tire for so many weeks before; a few go from one day to the next."""
DIP, DIP_WEEKS = 0.01, 4
"""Who stays has bad weeks too."""
AWAY = 0.012
"""The chance of a pause of two weeks from which a shop comes back."""
TICKETS_AFTER = (5, 4, 2, 1)
"""Cases opened in the weeks after a shop left: buyers whose orders nobody ships any more."""
NOTHING: dict[str, Any] = {
    "seen_days": 0, "sign_ins": 0, "pages": 0, "listings": 0, "campaigns": 0, "replies": 0, "orders": 0,
    "payments_minor": 0, "shipped": 0, "ship_minutes": 0, "tickets": 0, "last_seen": None, "last_order": None,
}  # fmt: skip
TRADES = ("手作", "花店", "茶铺", "果园", "杂货", "面包房", "旧书铺", "陶社")
COLOURS = ("#8d3b1f", "#3b6d8d", "#5a7a3a", "#7a4a7a", "#a07a2c", "#2f6b5d")


@dataclass(frozen=True, slots=True)
class Life:
    """`weeks`: (Monday, figures) of each week with anything in it. `leaves_on`: the Monday from which nobody came; None: still there."""

    number: int
    name: str
    colour: str
    opened_on: date
    leaves_on: date | None
    is_closed: bool
    has_goods: bool
    weeks: Sequence[tuple[date, dict[str, Any]]]

    @property
    def slug(self) -> str:
        return f"alley-{self.number:03d}"


def lives(
    seed: int, last: date, away: frozenset[date], *, count: int = COUNT, weeks: int = WEEKS
) -> list[Life]:
    """`count` shops up to the week of Monday `last`; in the weeks of `away` nobody works or buys."""
    chance = Random(f"{seed}:lives")  # noqa: S311  a made-up world
    found = []
    for number in range(1, count + 1):
        fresh = number % 11 in (3, 7)
        long_ago = chance.randrange(1, 4) if fresh else int(5 + (weeks - 5) * chance.random())
        opened = last - timedelta(weeks=long_ago)
        name = f"{chance.choice(names.PLACES)}{chance.choice(TRADES)}"
        found.append(_life(number, name, opened, last, away, chance, has_goods=number % 11 != 3))
    return found


def _life(
    number: int, name: str, opened: date, last: date, away: frozenset[date], chance: Random, *,
    has_goods: bool,
) -> Life:  # fmt: skip
    doing, pause, dip = chance.gauss(0.4, 0.5), 0, 0
    size = exp(chance.gauss(0.9, 0.7))
    rows: list[tuple[date, dict[str, Any]]] = []
    end, fade = _plan((last - opened).days // 7, chance)
    leaves_on: date | None = None
    for week in range((last - opened).days // 7 + 1):
        monday = opened + timedelta(weeks=week)
        if monday in away:
            continue
        if end is not None and week >= end:
            leaves_on = monday
            break
        dip = dip - 1 if dip else DIP_WEEKS * (chance.random() < DIP)
        tired = 0.0 if end is None or week < end - fade else _tired(week - end + fade + 1, fade + 1)
        doing = KEPT * doing + chance.gauss(0.03, WANDER)
        doing_now = doing - tired - (1.1 if dip else 0.0)
        pause = pause - 1 if pause else 2 * (chance.random() < AWAY)
        if not pause:
            rows.append(
                (monday, _week(monday, week, doing_now, size if has_goods else 0.0, chance))
            )
    if leaves_on is not None:
        rows += _after(leaves_on, last)
    colour = chance.choice(COLOURS)
    is_closed = leaves_on is not None and (last - leaves_on).days > 70 and chance.random() < 0.4
    return Life(number, name, colour, opened, leaves_on, is_closed, has_goods, rows)


def _plan(weeks: int, chance: Random) -> tuple[int | None, int]:
    """(the week it leaves in, the weeks it tires before); None where it stays."""
    end = next((week for week in range(4, weeks + 1) if chance.random() < LEAVING), None)
    return end, 0 if chance.random() < SUDDEN else chance.randrange(*FADE)


def _tired(week: int, weeks: int) -> float:
    """Most of it comes early, the rest week by week."""
    return 2.1 * sqrt(week / weeks)


def _count(mean: float, chance: Random) -> int:
    """Of a Poisson distribution, by arrivals."""
    if mean <= 0:
        return 0
    found, at = 0, chance.expovariate(1)
    while at < mean and found < 500:
        found, at = found + 1, at + chance.expovariate(1)
    return found


def _week(monday: date, week: int, doing: float, size: float, chance: Random) -> dict[str, Any]:
    """What one week shows: it follows how the shop does, and chance."""
    grown = min(1.0, (week + 1) / 8)
    seen = max(1, min(7, _count(3.4 * exp(0.55 * doing), chance)))
    orders = _count(size * grown * exp(0.5 * doing), chance)
    shipped = _count(orders * 0.9, chance)
    hours = 20 * exp(-0.45 * doing + chance.gauss(0, 0.3))
    return {
        "seen_days": seen, "sign_ins": max(1, _count(seen * 0.7, chance)),
        "pages": min(12, 1 + _count(3 * exp(0.4 * doing), chance)),
        "listings": (4 if week == 0 and size else _count(0.5 * exp(0.5 * doing), chance)) if size else 0,
        "campaigns": _count(0.25 * exp(0.5 * doing), chance) if size else 0,
        "replies": _count(0.3 * orders, chance), "orders": orders,
        "payments_minor": sum(chance.randrange(2900, 16900) for _ in range(orders)),
        "shipped": shipped, "ship_minutes": int(shipped * hours * 60),
        "tickets": _count(0.05 * orders * exp(-0.5 * doing), chance),
        "last_seen": monday + timedelta(days=6 - chance.randrange(max(1, 8 - seen))),
        "last_order": monday + timedelta(days=chance.randrange(3, 7)) if orders else None,
    }  # fmt: skip


def _after(gone: date, last: date) -> list[tuple[date, dict[str, Any]]]:
    """Only cases come in any more."""
    found = []
    for place, tickets in enumerate(TICKETS_AFTER):
        monday = gone + timedelta(weeks=place)
        if monday <= last:
            found.append((monday, {**NOTHING, "tickets": tickets}))
    return found


def desks(
    seed: int, slugs: Sequence[str], mondays: Sequence[date]
) -> Iterator[tuple[str, date, dict[str, Any]]]:
    """What the staff of the large shops did in these weeks; when they came is in the log (`visits`)."""
    chance = Random(f"{seed}:desks")  # noqa: S311  as above
    for slug in slugs:
        for monday in mondays:
            yield slug, monday, {
                "pages": chance.randrange(3, 9), "listings": _count(0.6, chance), "campaigns": _count(0.4, chance),
                "replies": _count(2, chance),
            }  # fmt: skip


def told(found: Sequence[Life]) -> list[dict[str, Any]]:
    """The planted truth: who leaves, and when."""
    return [
        {"slug": life.slug, "opened_on": life.opened_on.isoformat(),
         "leaves_on": life.leaves_on.isoformat() if life.leaves_on else None}
        for life in found
    ]  # fmt: skip
