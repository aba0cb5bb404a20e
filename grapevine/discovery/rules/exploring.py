"""Which of the notes that are being tried out a reader sees, and with which chance.

A new note is first owed a number of showings to people who do not follow its author; then it competes by Thompson sampling
on Beta(1 + clicks, 20 + skips), where what happened an hour ago counts 0.98 of what happens now. The chance is found by
drawing many times, and the note is then drawn from those chances: so the chance that is logged is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLICKS_BEFORE, SKIPS_BEFORE = 1.0, 20.0
HOUR_KEEPS = 0.98
DRAWS = 64
AFFINITY = 2.0
"""How much likelier a note is drawn whose subject is just what the reader likes."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A note on trial. `affinity`: from 0 to 1, how near it is to what the reader likes."""

    note_id: int
    shown: int
    wanted: int
    clicks: float
    skips: float
    affinity: float = 0.0

    @property
    def is_owed(self) -> bool:
        return self.shown < self.wanted


def draw(arms: Sequence[Arm], size: int, random: np.random.Generator) -> list[tuple[int, float]]:
    """(note id, chance) of up to `size` notes, each once, in the order drawn: those that are owed showings first."""
    owed = [arm for arm in arms if arm.is_owed]
    later = [arm for arm in arms if not arm.is_owed]
    found = _drawn(owed, _owed_chances(owed), size, random)
    if len(found) < size and later:
        found += _drawn(later, thompson(later, random), size - len(found), random)
    return found


def _drawn(
    arms: Sequence[Arm], chances: NDArray[np.float64], size: int, random: np.random.Generator
) -> list[tuple[int, float]]:
    left = chances.copy()
    found: list[tuple[int, float]] = []
    while len(found) < size and left.sum() > 0:
        now = left / left.sum()
        row = int(random.choice(len(arms), p=now))
        found.append((arms[row].note_id, float(now[row])))
        left[row] = 0.0
    return found


def _owed_chances(arms: Sequence[Arm]) -> NDArray[np.float64]:
    """Those that are owed most come likeliest, and those near to the reader's likes."""
    return np.array(
        [(arm.wanted - arm.shown) / arm.wanted * (1 + AFFINITY * arm.affinity) for arm in arms],
        dtype=np.float64,
    )


def thompson(arms: Sequence[Arm], random: np.random.Generator) -> NDArray[np.float64]:
    """The chance of each to be the best, by drawing."""
    rates = random.beta(
        [CLICKS_BEFORE + arm.clicks for arm in arms],
        [SKIPS_BEFORE + arm.skips for arm in arms],
        size=(DRAWS, len(arms)),
    )
    near = np.array([1 + AFFINITY * arm.affinity for arm in arms])
    wins = np.bincount(np.argmax(rates * near, axis=1), minlength=len(arms))
    return wins / DRAWS
