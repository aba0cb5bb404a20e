"""One arena for all scenarios of a database; ROUNDS and SEED say how long and which."""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.races import world
from tests.races.actor import Answer
from tests.races.arena import Act, Arena, Broken

ROUNDS = int(os.environ.get("ROUNDS", "4"))
SEED = int(os.environ.get("SEED", "0"))
"""SEED=0 draws one. A failure prints its round's seed: ROUNDS=1 SEED=… plays it again."""
HOUR = 3600.0
REST = 4 * HOUR
"""So far ahead that every hold, payment and group of a round is over."""
LEAST = 8
CHECK_EVERY = 50
"""Rounds after which everything is checked; and after the last."""
_tally: dict[str, Counter[str]] = {}
_spent: dict[str, float] = {}


@pytest.fixture(scope="session")
def arena() -> Iterator[Arena]:
    url = os.environ.get("DATABASE_URL", "")
    on_server = url.startswith("postgres")
    one = Arena(url=url if on_server else "", size=10 if on_server else 4)
    try:
        yield one
    finally:
        one.close()


@pytest.fixture(scope="session")
def city(arena: Arena) -> world.World:
    made: world.World = arena.ask(world.found_city, buyers=16)
    return made


class Round:
    """A round of a scenario: its own dice, the arena, and the tally of how everybody ended."""

    def __init__(self, name: str, seed: int, arena: Arena, city: world.World) -> None:
        self.name = name
        self.dice = random.Random(seed)
        self.arena = arena
        self.city = city
        self.most = min(LEAST, arena.size)
        """How many may act at once: eight on a server, four on SQLite."""

    @property
    def buyers(self) -> list[int]:
        return list(self.city["buyers"])

    def shelve(self, **given: Any) -> world.World:
        made: world.World = self.arena.ask(world.shelve, shop=self.city["shop"], **given)
        return made

    def race(self, acts: list[Act], **given: Any) -> list[Answer]:
        """Everybody in an order of the dice; answers in the order of `acts`."""
        order = list(range(len(acts)))
        if not given:
            self.dice.shuffle(order)
        answers = self.arena.race([acts[n] for n in order], **given)
        ahead = len(answers) - len(acts)
        self.count(answers)
        return [*answers[:ahead], *(answers[ahead + order.index(n)] for n in range(len(acts)))]

    def count(self, answers: list[Answer]) -> None:
        self.note(*("ok" if kind == "ok" else str(value or kind) for kind, value in answers))

    def note(self, *ends: str) -> None:
        _tally.setdefault(self.name, Counter()).update(ends)

    def ask(self, function: Callable[..., Any], /, **given: Any) -> Any:
        return self.arena.ask(function, **given)

    def rest(self, at: float = REST) -> None:
        """Run every job to its end; a delivery that had to be repeated is noted in the tally."""
        before = getattr(self.arena, "repeated", 0)
        self.arena.repeated = self.arena.ask(world.settle, at=at)  # type: ignore[attr-defined]
        again = self.arena.repeated - before  # type: ignore[attr-defined]
        if again:
            self.note(*(["delivered again"] * again))


def ends(answers: list[Answer]) -> Counter[str]:
    """How often each end: "ok", or a refusal's code."""
    return Counter("ok" if kind == "ok" else str(value or kind) for kind, value in answers)


Rounds = Callable[[Callable[[Round], None]], None]


@pytest.fixture
def rounds(request: pytest.FixtureRequest, arena: Arena, city: world.World) -> Rounds:
    """`rounds(play)` plays ROUNDS rounds, and checks everything that must hold."""

    def played(play: Callable[[Round], None]) -> None:
        name = request.node.name.removeprefix("test_")
        first = SEED or random.SystemRandom().randrange(1, 10**9)
        began = time.monotonic()
        for n in range(ROUNDS):
            seed = first + n
            try:
                play(Round(name, seed, arena, city))
                if (n + 1) % CHECK_EVERY == 0 or n + 1 == ROUNDS:
                    arena.ask(world.settle, at=REST)
                    arena.ask(world.check, at=REST)
            except (AssertionError, Broken) as wrong:
                raise AssertionError(f"ROUNDS=1 SEED={seed} -k {name}\n{wrong}") from wrong
        _spent[name] = time.monotonic() - began
        _tally.setdefault(name, Counter())["rounds"] += ROUNDS

    return played


def pytest_unconfigure() -> None:
    """How every scenario's acts ended, by scenario: a line of JSON, last of all, or the file RACES_RESULTS."""
    if not _tally:
        return
    told = {
        name: {"seconds": round(_spent.get(name, 0.0), 1), **dict(sorted(ends.items()))}
        for name, ends in sorted(_tally.items())
    }
    text = json.dumps(told, ensure_ascii=False)
    if "RACES_RESULTS" in os.environ:
        Path(os.environ["RACES_RESULTS"]).write_text(text)
    else:
        sys.stdout.write(f"{text}\n")
