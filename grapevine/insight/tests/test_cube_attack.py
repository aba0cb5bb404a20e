"""Whoever asks the cube everything and takes one answer from another finds no few orders of a city."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, product
from math import inf
from random import Random

import pytest
from django.utils import timezone

from grapevine.insight import cubing
from grapevine.insight.cubes import Answer, Question, Value
from grapevine.insight.facade import ask
from grapevine.insight.queries.cities import OTHERS
from grapevine.insight.rules.hiding import LEAST, LEAST_PLACED, ROUNDED_TO, step_of
from grapevine.insight.tests.crowd import Stall, crowd, owner
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder

CITIES = {"广东 深圳": "深圳市", "广东 广州": "广州市", "浙江 杭州": "杭州市", "广东": ""}
CHANNELS = ("note", "direct")
DAYS = 4
Atom = tuple[str, str, str]
"""Day, city, channel: the finest there is here."""
Known = dict[frozenset[Atom], tuple[float, float]]
"""Some atoms → the least and the most that they can be together, as whoever asks knows."""
Truth = dict[Atom, tuple[int, int]]
"""Of every atom how many orders there are, and what they paid."""


def trade_of(stall: Stall, chance: Random) -> Truth:
    """Four days of orders; of many a city only a few on a day by one way."""
    people, rows, truth = crowd(12), [], {}
    for ago, (place, city), channel in product(range(1, DAYS + 1), CITIES.items(), CHANNELS):
        at = timezone.now() - timedelta(days=ago)
        prices = [
            chance.randrange(3000, 9000) for _ in range(chance.choice([0, 1, 2, 4, 9, 14, 18]))
        ]
        truth[str(timezone.localdate(at)), city, channel] = (len(prices), sum(prices))
        rows += [
            ImportedOrder(
                chance.choice(people), stall.id, stall.goods.sku_ids[0], stall.goods.goods_id, 1, price,
                "received", at, goods_public_id=stall.goods.public_id, region=place, channel=channel,
            )
            for price in prices
        ]  # fmt: skip
    trade.import_paid_orders(rows)
    cubing.build()
    return truth


def questions(days: list[date]) -> Iterator[Question]:
    """Every span of days, every pair of dimensions once, every way to narrow it by the others."""
    spans = [(a, b) for a, b in product(days, days) if a <= b]
    names = ("day", "city", "channel")
    ways = [*((name, "") for name in names), *combinations(names, 2)]
    towns = [(("city", city),) for city in CITIES.values()]
    by_ways = [(("channel", channel),) for channel in CHANNELS]
    narrowed = [(), *towns, *by_ways, *(a + b for a, b in product(towns, by_ways))]
    for (first, last), (by, across), where in product(spans, ways, narrowed):
        if not {by, across} & {name for name, _ in where}:
            yield Question(
                "orders", by, across, ("orders", "payments_minor"), first, last, where, sort="key"
            )


def places_of(answer: Answer, truth: Truth) -> Iterator[tuple[frozenset[Atom], str, Value]]:
    """What every number of an answer is the sum of, and of which measure it is."""
    question = answer.question
    rows, columns = [line.key for line in answer.lines], list(answer.columns)

    def holds(atom: Atom, row: str | None, column: str | None) -> bool:
        day, city, channel = atom
        own = {"day": day, "city": city, "channel": channel}
        if not str(answer.first) <= day <= str(answer.last):
            return False
        if any(own[name] != value for name, value in question.where):
            return False
        asked = ((question.by, row, rows), (question.across, column, columns))
        return all(
            key is None or own[name] == key or (key == OTHERS and own[name] not in keys)
            for name, key, keys in asked
        )

    def sums(row: str | None, column: str | None) -> frozenset[Atom]:
        return frozenset(atom for atom in truth if holds(atom, row, column))

    for line, row in [*((line, line.key) for line in answer.lines), (answer.totals, None)]:
        for name, value in line.values.items():
            yield sums(row, None), name, value
        for column, value in zip(columns, line.across, strict=True):
            yield sums(row, column), "orders", value


def learned(stall: Stall, truth: Truth) -> tuple[Known, Known]:
    """What all answers together say of sums of orders and of payments; each narrows what is known of its own sum."""
    orders: Known = {}
    payments: Known = {}
    days = [timezone.localdate() - timedelta(days=ago) for ago in range(1, DAYS + 1)]
    for question in questions(days):
        answer = ask(stall.id, question)
        for atoms, name, value in places_of(answer, truth):
            if value.number is None:
                continue
            known, told = (orders, int(value.number)) if name == "orders" else (payments, int(value.number))  # fmt: skip
            least: float = told
            most: float = told
            if answer.is_placed:
                assert told >= LEAST_PLACED or name != "orders"
                count, amount = (sum(truth[atom][n] for atom in atoms) for n in (0, 1))
                half = ROUNDED_TO // 2 if name == "orders" else step_of(amount, count) / 2
                least, most = told - half, told + half
            before = known.get(atoms, (0, inf))
            known[atoms] = (max(before[0], least), min(before[1], most))
    return orders, payments


def differences(known: Known) -> Iterator[tuple[frozenset[Atom], float, float]]:
    """Each sum that is known, and each that is left when one is taken from another that holds it."""
    sums = sorted(known.items(), key=lambda one: len(one[0]))
    for atoms, (least, most) in sums:
        yield atoms, least, most
    for small, (least, most) in sums:
        for large, (from_, to) in sums:
            if len(small) < len(large) and small < large:
                yield large - small, max(0, from_ - most), to - least


def is_of_a_city(atoms: frozenset[Atom]) -> bool:
    """It says where orders went: of some day and way it holds one city and not another."""
    cities = set(CITIES.values())
    slots = {(day, channel) for day, _city, channel in atoms}
    return any(
        {city for city in cities if (day, city, channel) in atoms} != cities
        for day, channel in slots
    )


@pytest.mark.django_db
def test_no_few_orders_of_a_city_are_found_by_taking_one_answer_from_another() -> None:
    """Five numbers stay possible of every difference that says where few orders went; of payments, two orders' worth."""
    stall = Stall("bobs", owner("bob"))
    truth = trade_of(stall, Random(5))
    orders, payments = learned(stall, truth)
    everything = sum(count for count, _ in truth.values())
    assert orders[frozenset(truth)] == (everything, everything)  # of no city: as it is
    tried = 0
    for atoms, least, most in differences(orders):
        count = sum(truth[atom][0] for atom in atoms)
        assert least <= count <= most
        if is_of_a_city(atoms) and 0 < count < LEAST:
            tried += 1
            assert most - least >= ROUNDED_TO - 1, (sorted(atoms), count, least, most)
    assert tried > 40, tried
    for atoms, least, most in differences(payments):
        count, amount = (sum(truth[atom][n] for atom in atoms) for n in (0, 1))
        assert least <= amount <= most
        if is_of_a_city(atoms) and 0 < count < LEAST:
            assert most - least >= 2 * amount / count, (sorted(atoms), amount, least, most)
