"""Funnels, rises and surges as pure rules: they find what is planted and keep quiet where nothing is."""

from datetime import date, timedelta
from math import exp
from random import Random

import pytest

from grapevine.insight.contracts import State
from grapevine.insight.rules import funnels, hits, surges
from grapevine.insight.rules.surges import Event

DAY = date(2026, 11, 29)
BEFORE = DAY - timedelta(days=14)


def test_a_journey_came_as_far_as_its_steps_stand_in_order_and_in_time() -> None:
    way = funnels.read("sgc1q2p2r12")
    assert way == (("s", 0), ("g", 0), ("c", 1), ("q", 2), ("p", 2), ("r", 12))
    assert funnels.depth(way, "sgcqpr", 30) == 6
    assert funnels.depth(way, "sgcqpr", 11) == 5
    assert funnels.depth(way, "sgcqpr", 0) == 2
    assert funnels.depth(way, "gp", 30) == 2
    assert funnels.depth(way, "cg", 30) == 1
    assert funnels.depth(funnels.read("gsg"), "sg", 0) == 2
    cells = [(DAY, "sg", 3), (DAY, "sgp1", 2), (BEFORE, "sgp1", 5)]
    assert funnels.counts(cells, "sgp", DAY) == {DAY: [5, 5, 0], BEFORE: [5, 5, 5]}


def binomial(chance: Random, size: int, share: float) -> int:
    return sum(chance.random() < share for _ in range(size))


def sides(chance: Random, people: int, shares: list[float], spread: float = 0.0) -> dict[date, list[int]]:  # fmt: skip
    found = {}
    for n in range(14):
        row = [people // 14]
        for share in shares:
            moved = min(0.99, max(0.01, share * exp(chance.gauss(0, spread))))
            row.append(binomial(chance, row[-1], moved))
        found[DAY - timedelta(days=n)] = row
    return found


@pytest.mark.parametrize("spread", [0.0, 0.15])
@pytest.mark.parametrize("people", [300, 1500])
def test_where_nothing_changed_few_funnels_say_so(people: int, spread: float) -> None:
    """Also where a shop's rates differ from day to day by more than chance."""
    chance, alarms, runs = Random(5), 0, 150
    for _ in range(runs):
        now, before = (sides(chance, people, [0.6, 0.4, 0.5, 0.8], spread) for _side in range(2))
        told = funnels.judge(now, before, 5)
        alarms += any(one.state in (State.UP, State.DOWN) for one in told)
    assert alarms / runs <= 0.12


def test_a_planted_drop_is_found_at_its_step_alone() -> None:
    chance, right = Random(6), 0
    for _ in range(40):
        before = sides(chance, 2800, [0.6, 0.4, 0.5, 0.8])
        now = sides(chance, 2800, [0.6, 0.4, 0.32, 0.8])
        told = funnels.judge(now, before, 5)
        right += [n for n, one in enumerate(told) if one.state is State.DOWN] == [2]
    assert right >= 36


def test_with_few_people_nothing_is_said() -> None:
    told = funnels.judge({DAY: [12, 2]}, {DAY: [12, 5]}, 2)
    assert told[0].state is State.UNKNOWN
    assert funnels.judge({}, {}, 2)[0].state is State.UNKNOWN
    assert funnels.significant([0.01, None, 0.2, 0.04]) == [True, False, False, True]


def test_quantiles_are_those_of_the_values() -> None:
    assert funnels.exact_quantile({3: 1, 5: 1, 9: 1}, 0.5) == 5
    assert funnels.exact_quantile({4: 2, 8: 2}, 0.5) == 6
    assert funnels.exact_quantile({}, 0.5) is None
    classes = {funnels.bucket(90): 3, funnels.bucket(4000): 1}
    assert funnels.quantile(classes, 0.5) == pytest.approx(90, rel=0.19)
    assert funnels.quantile(classes, 0.99) == pytest.approx(4000, rel=0.19)


def poisson(chance: Random, mean: float) -> int:
    limit, product, count = exp(-mean), 1.0, 0
    while (product := product * chance.random()) > limit:
        count += 1
    return count


def test_later_hits_are_named_days_before_their_peak_and_flat_goods_are_not() -> None:
    """Sixty goods of which ten rise to a peak: a logistic climb to eight times as many over three weeks."""
    chance, early, false, named = Random(3), 0, 0, 0
    for number in range(60):
        is_hit, usual = number < 10, chance.choice([3.0, 6.0, 15.0, 30.0])
        top = 50
        days: dict[date, int] = {}
        first: int | None = None
        for n in range(64):
            lift = 7 / (1 + exp(-(n - (top - 9)) / 2.5)) if is_hit else 0
            weekly = 1.3 if n % 7 > 4 else 1.0
            after = exp(-max(0, n - top) / 6)
            days[DAY + timedelta(days=n)] = poisson(chance, usual * weekly * (1 + lift * after))
            if first is None and n > 30 and hits.may_rise(hits.rise(days, DAY + timedelta(days=n))):
                first = n
        if first is not None:
            named += 1
            false += not is_hit
            early += is_hit and first <= top - 3
    assert early >= 9
    assert false <= 0.1 * named


def test_twenty_who_know_each_other_are_one() -> None:
    people = [f"p{n}" for n in range(30)]
    assert hits.circles(people, []) == 30
    assert hits.circles(people, [(f"p{n}", f"p{n + 1}") for n in range(20)]) == 10
    assert hits.circles(people, [(one, "browser") for one in people]) == 1


def test_what_the_whole_market_gained_is_no_merit() -> None:
    days = {DAY - timedelta(days=n): 40 if n < 3 else 10 for n in range(31)}
    assert hits.rise(days, DAY).growth > 2.5
    assert hits.rise(days, DAY, 4.0).growth < 1
    assert hits.rise({DAY: 60}, DAY).growth == 0  # a wave of one day
    assert hits.rise({DAY: 30, DAY - timedelta(days=1): 30}, DAY).growth > 10
    after = {DAY + timedelta(days=n): 9 for n in range(-30, 15)}
    assert hits.outcome(after, DAY) == ("faded", DAY + timedelta(days=1), 9)
    after |= {DAY + timedelta(days=n): 30 for n in range(1, 8)}
    assert hits.outcome(after, DAY) == ("rose", DAY + timedelta(days=1), 30)


def test_a_surge_is_found_with_the_nearest_thing_before_it() -> None:
    counts = {DAY - timedelta(days=n): 4 + n % 3 for n in range(60)}
    counts[DAY - timedelta(days=20)] = 40
    counts[DAY - timedelta(days=19)] = 22
    counts[DAY - timedelta(days=5)] = 26
    found = surges.surges(counts, DAY - timedelta(days=27), DAY)
    assert [(DAY - one.day).days for one in found] == [20, 5]
    note = Event("note", "秋天的茶", DAY - timedelta(days=22), DAY - timedelta(days=22))
    flash = Event("campaign", "flash", DAY - timedelta(days=21), DAY - timedelta(days=20))
    later = Event("note", "后来的", DAY - timedelta(days=4), DAY - timedelta(days=4))
    told = surges.explained(found, [note, flash, later])
    assert [[e.name for e in one.causes] for one in told] == [["flash", "秋天的茶"], []]
    assert surges.surges({DAY - timedelta(days=n): 4 + n % 3 for n in range(60)}, DAY - timedelta(days=27), DAY) == []  # fmt: skip


def test_feasts_are_bought_for_on_the_days_before() -> None:
    found = surges.feasts(date(2026, 11, 1), date(2026, 11, 30))
    assert [(one.name, one.first) for one in found] == [("singles", date(2026, 11, 8))]
    assert [one.name for one in surges.feasts(date(2026, 9, 20), date(2026, 9, 24))] == ["mid_autumn"]  # fmt: skip
