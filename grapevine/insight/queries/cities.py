"""Small cities are not named: what a few orders of one place say is told with the others'.

An answer that names cities is told in fives (`rules/hiding.py`), of few nothing, amounts as coarsely as what is counted
behind them. So two answers that differ by a day, a filter or the city tell the same or five more, and nobody finds a few
orders of a city by taking one from the other. What names no city stays exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grapevine.insight.cubes import Question
from grapevine.insight.measures import BEHIND, PLACED_BY, Aspect, Measure
from grapevine.insight.queries.blocks import Key, Sums
from grapevine.insight.rules.hiding import LEAST_PLACED

CITY = "city"
OTHERS = "…"
"""The key of what is too small to stand by itself."""
AROUND = "around:"
"""Before the name of a part: the same of every city."""


def names_cities(question: Question) -> bool:
    return CITY in (question.by, question.across, *(name for name, _ in question.where))


def weighed(aspect: Aspect, question: Question, parts: Sequence[Measure]) -> list[Measure]:
    """What a question that names cities needs beside the parts it asks for."""
    if not names_cities(question):
        return []
    behind = [BEHIND[part.name] for part in parts if part.name in BEHIND]
    return [aspect.measure(name) for name in (PLACED_BY[aspect.name], *behind)]


def around(question: Question) -> Question | None:
    """The same of every city, where it is asked of one."""
    if CITY not in dict(question.where):
        return None
    where = tuple(pair for pair in question.where if pair[0] != CITY)
    by, across = ("" if name == CITY else name for name in (question.by, question.across))
    return replace(question, by=by, across=across, where=where)


def beside(
    question: Question, groups: Mapping[Key, Sums], every: Mapping[Key, Sums]
) -> dict[Key, Sums]:
    """The sums of one city with those of every city under other names; where the city has nothing, nothings."""
    city = dict(question.where)[CITY]
    names = next(iter(every.values()), {})
    found: dict[Key, Sums] = {}
    for (row, column), sums in every.items():
        key = (city if question.by == CITY else row, city if question.across == CITY else column)
        own = groups.get(key) or dict.fromkeys(names, 0)
        found[key] = {**own, **{f"{AROUND}{name}": number for name, number in sums.items()}}
    return found


def told(
    aspect: Aspect, question: Question, now: Mapping[Key, Sums], before: Mapping[Key, Sums]
) -> tuple[Mapping[Key, Sums], Mapping[Key, Sums]]:
    """Both spans with the small cities of the first one put together."""
    if not names_cities(question):
        return now, before
    weight = PLACED_BY[aspect.name]
    if CITY in dict(question.where):
        return now, before
    place = 0 if question.by == CITY else 1
    sizes: dict[str, int] = {}
    for key, sums in now.items():
        sizes[key[place]] = sizes.get(key[place], 0) + sums[weight]
    named = _named(sizes)
    return _together(now, named, place), _together(before, named, place)


def is_named(question: Question, key: str) -> bool:
    """Whether a row is a city by its own name, or those of which none is known."""
    return question.by == CITY and key != OTHERS and CITY not in dict(question.where)


def _named(sizes: Mapping[str, int]) -> set[str]:
    """Cities that stand by themselves. Where the rest is small, the smallest of them goes with it."""
    named = {city for city, size in sizes.items() if size >= LEAST_PLACED}
    rest = sum(size for city, size in sizes.items() if city not in named)
    large = sorted((size, city) for city, size in sizes.items() if city in named)
    if 0 < rest < LEAST_PLACED and large:
        named.discard(large[0][1])
    return named


def _together(groups: Mapping[Key, Sums], named: set[str], place: int) -> Mapping[Key, Sums]:
    merged: dict[Key, Sums] = {}
    for (row, column), sums in groups.items():
        city = row if place == 0 else column
        kept = city if city in named else OTHERS
        known = merged.setdefault((kept, column) if place == 0 else (row, kept), dict.fromkeys(sums, 0))  # fmt: skip
        for name, number in sums.items():
            known[name] += number
    return merged
