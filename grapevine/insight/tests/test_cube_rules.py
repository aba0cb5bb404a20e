"""Few people stay hidden, whatever is asked; peaks are no chance; every measure has its column and its words."""

from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.optimize import linprog

from grapevine.insight.measures import ASPECTS, DIMENSIONS, TIMES
from grapevine.insight.models import CubeBlock
from grapevine.insight.rules.hiding import LEAST, TOTAL, is_few, rounded, tell, with_margins
from grapevine.insight.rules.peaks import peaks
from tools.measures import PATH, page

COUNTS = st.integers(0, 30)


@given(
    st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), COUNTS, min_size=1)
)
def test_few_people_are_never_told_and_never_alone(cells: dict[Any, int]) -> None:
    whole, told = with_margins(cells), tell(cells)
    assert told.keys() == whole.keys()
    for place, people in whole.items():
        assert told[place].people in (None, rounded(people))
        assert told[place].people is None or not is_few(people)
    for number in (0, 1):
        for line in {place[number] for place in whole}:
            parts = [p for p in whole if p[number] == line and p[1 - number] != TOTAL]
            total = (line, TOTAL) if number == 0 else (TOTAL, line)
            lost = [place for place in parts if told[place].people is None]
            if lost and told[total].people is not None:
                assert len(lost) > 1
                assert sum(whole[place] for place in lost) >= LEAST


def ranges_of(cells: dict[Any, int]) -> list[tuple[int, float, float]]:
    """What somebody who knows the rules can work out of each hidden cell: (truth, least, most), by linear programs.

    They know that a told number is within two of the truth, that the margins are sums, and nothing else.
    """
    told = tell(cells)
    places = list(cells)
    at = {place: n for n, place in enumerate(places)}
    rows, bounds = [], []
    for place, one in told.items():
        if one.people is None or TOTAL not in place:
            continue
        line = np.zeros(len(places))
        for cell in places:
            if all(mine in (TOTAL, part) for mine, part in zip(place, cell, strict=True)):
                line[at[cell]] = 1
        rows += [line, -line]
        bounds += [one.people + 2, -(one.people - 2)]
    limits = [
        (0, None) if (people := told[place].people) is None else (max(0, people - 2), people + 2)
        for place in places
    ]
    found = []
    for place in places:
        if told[place].people is not None:
            continue
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(places))
            goal[at[place]] = sign
            answer = linprog(
                goal, A_ub=np.array(rows) if rows else None, b_ub=bounds or None, bounds=limits
            )
            ends.append(sign * float(answer.fun or 0) if answer.status == 0 else float("inf"))
        found.append((cells[place], ends[0], ends[1]))
    return found


def test_no_hidden_cell_can_be_worked_out_of_its_table() -> None:
    chance = Random(7)
    tried = 0
    for _ in range(40):
        cells = {place: chance.choice([0, 1, 2, 4, 8, 9, 15, 23]) for place in product("abc", "xy")}
        for truth, least, most in ranges_of(cells):
            tried += 1
            assert least <= truth <= most
            assert most - least >= 4, (cells, truth, least, most)
    assert tried > 60


def test_two_drills_that_differ_by_one_person_do_not_find_them() -> None:
    """The differencing attack: every pair of spans that differ by a day on which one to nine people came."""
    chance = Random(3)
    days = [chance.choice([0, 1, 3, 5, 9, 12, 20]) for _ in range(30)]

    def asked(first: int, last: int) -> int | None:
        return tell({("all", ""): sum(days[first:last])})[("all", "")].people

    tried = 0
    for first, last in product(range(30), range(31)):
        if last - first < 2 or not 0 < days[last - 1] < LEAST:
            continue
        wide, narrow = asked(first, last), asked(first, last - 1)
        if wide is None or narrow is None:
            continue
        tried += 1
        apart = wide - narrow
        possible = [n for n in range(LEAST * 2) if abs(n - apart) <= 4]
        assert days[last - 1] in possible
        assert len(possible) >= 5
        assert apart % 5 == 0
    assert tried > 100


def test_peaks_are_found_and_chance_is_not() -> None:
    even = Random(1)
    flat = dict.fromkeys(range(24), 0)
    for _ in range(600):
        flat[even.randrange(24)] += 1
    assert peaks(flat, [28] * 24) == []
    planted = flat | {20: 90, 12: 62}
    found = peaks(planted, [28] * 24)
    assert [peak.place for peak in found] == [20, 12]
    assert found[0].times == pytest.approx(90 * 23 / (sum(planted.values()) - 90))
    assert peaks({3: 19}, [1] * 24) == []
    assert [p.place for p in peaks({6: 80, 1: 20, 2: 21}, [0, 4, 4, 4, 4, 4, 4, 4])] == [6]


def test_every_aspect_has_a_column_and_every_measure_words_and_an_expression() -> None:
    assert len(ASPECTS) == 10
    fields = {field.name for field in CubeBlock._meta.get_fields()}
    assert fields == {"id", "shop_id", "day", *ASPECTS}
    for name, aspect in ASPECTS.items():
        assert {*TIMES, *aspect.dimensions} <= set(DIMENSIONS)
        assert 4 <= len(aspect.shown) <= 12, name
        for measure in aspect.measures:
            assert (measure.of is None) != (measure.parts is None)
            assert bool(measure.label) == bool(measure.meaning)
            for part in (measure.parts or ())[:2]:
                assert aspect.measure(str(part)).is_additive


def test_the_page_of_measures_is_of_today() -> None:
    assert PATH.read_text(encoding="utf-8") == page(), "run python -m tools.measures"
