"""How a buyer's after-sales look to a shop that is asked to pay. Pure, every part shown; it decides nothing.

Shops are hurt by refund-only claims that nobody can check; buyers by being called a risk unseen. So the score is
three shares anybody can recount, it needs a few cases before it says anything, and a claim the shop or an operator
found right never counts against the buyer.
"""

from dataclasses import dataclass

LEAST_CASES = 3
"""With fewer the score is 0: nothing can be said."""


@dataclass(frozen=True, slots=True)
class History:
    """A buyer's last 180 days, at all shops: orders paid, cases, those for money alone after sending, and those rejected."""

    orders: int
    cases: int
    money_only: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Part:
    """One reason of the score: `points` of at most `most`, from `count` of `of`."""

    name: str
    points: int
    most: int
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100; `level` none, low, middle or high."""

    points: int
    level: str
    parts: tuple[Part, ...]


def score(history: History) -> Score:
    """How often (40), how often for money alone (30), how often found wrong (30)."""
    enough = history.cases >= LEAST_CASES
    parts = (
        _part("often", 40, history.cases, history.orders, enough=enough),
        _part("money_only", 30, history.money_only, history.cases, enough=enough),
        _part("rejected", 30, history.rejected, history.cases, enough=enough),
    )
    total = sum(part.points for part in parts)
    if not enough:
        return Score(0, "none", parts)
    return Score(total, "high" if total >= 60 else "middle" if total >= 30 else "low", parts)


def _part(name: str, most: int, count: int, of: int, *, enough: bool) -> Part:
    points = most * min(count, of) // of if of and enough else 0
    return Part(name, points, most, count, of)
