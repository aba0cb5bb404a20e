"""People's ways, counted from the log as it is: every step exact, planted drops found, clean logs quiet."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow.compute as pc
import pytest
import time_machine

from grapevine.insight import journeys, lake
from grapevine.insight.contracts import State
from grapevine.insight.funnels import FunnelQuestion
from grapevine.insight.models import JourneyBlock, JourneyBuild, PulseCell
from grapevine.insight.queries.funnels import dwell_of, funnel_of, paths_of
from grapevine.insight.queries.ways import stays_of, ways_of
from grapevine.insight.rules import ways as rules
from grapevine.insight.rules.funnels import counts, summed
from grapevine.insight.rules.hiding import rounded
from grapevine.insight.rules.packing import unpacked

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
LAST = date(2026, 11, 29)
VERBS = ("impression", "view", "cart", "checkout", "trade.order_placed", "trade.order_paid")
USUAL = (0.55, 0.4, 0.7, 0.8, 0.9)


def walk(
    chance: Random, shop: int, number: int, start: datetime, rates: tuple[float, ...], **more: Any
) -> Iterator[dict[str, Any]]:
    """One person's way: each step a minute after the last, as far as luck takes them."""
    person = shop * 1_000_000 + number
    for n, verb in enumerate(VERBS):
        if n and chance.random() > rates[n - 1]:
            return
        yield {
            "id": f"w{shop}-{number}-{n}", "ts": (start + timedelta(minutes=n)).isoformat(), "verb": verb,
            "shop_id": shop, "person_id": person, "object_type": "goods" if n < 4 else None,
            "object_id": "none", "session_id": f"s{person}", "channel": more.get("channel", "feed"),
            "props": f'{{"order_number": "o{person}"}}' if n > 3 else "",
        }  # fmt: skip


def crowd(
    chance: Random, shop: int, people: int, now: tuple[float, ...], before: tuple[float, ...]
) -> Iterator[dict[str, Any]]:
    """Four weeks: the last fortnight with the rates `now`, the one before with `before`."""
    for number in range(people):
        back = chance.randrange(28)
        start = datetime(2026, 11, 29, 1, 0, tzinfo=UTC) - timedelta(days=back)
        start += timedelta(minutes=chance.randrange(700))
        yield from walk(chance, shop, number, start, now if back < 14 else before)


def fortnight(**more: Any) -> FunnelQuestion:
    return FunnelQuestion(first=LAST - timedelta(days=13), last=LAST, **more)


def build() -> None:
    with time_machine.travel(TODAY, tick=False):
        assert journeys.build() is not None
        assert journeys.build() is None


def test_a_thousand_seeded_visits_are_counted_step_by_step_and_the_planted_drop_is_named() -> None:
    """Of 2,000 walks the half in each fortnight; payment falls from nine in ten to six in ten."""
    rows = [*crowd(Random(1), 7, 2_000, (*USUAL[:4], 0.6), USUAL)]
    lake.write(rows)
    build()
    since = datetime(2026, 11, 15, 16, tzinfo=UTC)
    true: Counter[str] = Counter(
        row["verb"] for row in rows if datetime.fromisoformat(row["ts"]) >= since
    )
    steps = ("seen", "goods", "cart", "quoted", "placed", "paid")
    funnel = funnel_of(7, fortnight(steps=steps))
    usual = [step.name for step in funnel_of(7, fortnight()).steps]
    assert usual == [name for name in steps if name != "cart"]
    sides = counts(ways_of(7, FunnelQuestion(), (LAST - timedelta(days=13), LAST)), "sgcqop", LAST)
    assert summed(sides, 6) == [true[verb] for verb in VERBS]
    assert [step.people.number for step in funnel.steps] == [rounded(true[verb]) for verb in VERBS]
    assert [step.state for step in funnel.steps if step.state in (State.UP, State.DOWN)] == [State.DOWN]  # fmt: skip
    assert [step.name for step in funnel.dropped] == ["paid"]
    assert funnel.steps[2].median == pytest.approx(60, rel=0.2)
    assert funnel_of(8, fortnight()).is_empty


def test_planted_drops_are_found_and_clean_shops_stay_quiet() -> None:
    """Twenty shops that stayed as they were, six in which fewer of those who see the total place an order."""
    chance = Random(20)
    rows: list[dict[str, Any]] = []
    for shop in range(1, 27):
        now = (*USUAL[:3], 0.55, USUAL[4]) if shop > 20 else USUAL
        rows += crowd(chance, shop, 1_200, now, USUAL)
    lake.write(rows)
    build()
    alarms, found = 0, 0
    for shop in range(1, 27):
        dropped = [step.name for step in funnel_of(shop, fortnight()).dropped]
        alarms += bool(dropped) and shop <= 20
        found += dropped == ["placed"] and shop > 20
    assert alarms / 20 <= 0.12
    assert found >= 5


def row(name: str, verb: str, minute: float, **columns: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC) + timedelta(minutes=minute)
    return {"id": name, "ts": at.isoformat(), "verb": verb, "shop_id": 3, **columns}


def cells(name: str) -> Iterator[tuple[Any, ...]]:
    """What is in the blocks: shop, day, each text, each number."""
    for shop, day, data in JourneyBlock.objects.values_list("shop_id", "day", name):
        if data:
            found = unpacked(bytes(data))
            texts = [[one.words[n] for n in one.codes] for one in found.texts.values()]
            sums = {"goods": [0] * found.rows} | {key: one.tolist() for key, one in found.sums.items()}  # fmt: skip
            for row in zip(*texts, *sums.values(), strict=True):
                yield (shop, day, *row)


def ways() -> dict[tuple[date, int, str, str, str], int]:
    rows = cells("funnels")
    return {(day, goods, via, who, way): n for _shop, day, via, who, way, goods, n in rows}


def test_a_journey_ends_with_its_payment_or_with_quiet_and_keeps_what_comes_late() -> None:
    day, hours = date(2026, 11, 20), 60
    lake.write([
        # A browser that looks, comes back next day, signs in and buys; delivered and reviewed later.
        row("a1", "view", 0, visitor_id="bbb", object_type="shop", channel="note"),
        row("a2", "view", 25 * hours, visitor_id="bbb", object_type="goods", object_id="zz"),
        row("a3", "people.person_signed_in", 25 * hours + 1, person_id=5, visitor_id="bbb", shop_id=None),
        row("a4", "trade.order_paid", 25 * hours + 2, person_id=5, props='{"order_number": "X1", "goods_ids": [41]}', channel="direct"),
        row("a5", "trade.order_received", 100 * hours, person_id=5, props='{"order_number": "X1"}'),
        row("a6", "care.review_written", 120 * hours, person_id=5, props='{"goods_id": 41}'),
        # The same person again after the payment: another journey, of an old customer.
        row("a7", "view", 26 * hours, person_id=5, object_type="shop", channel="search"),
        # Somebody who comes back after four days of quiet has begun anew.
        row("b1", "view", 0, person_id=6, object_type="shop", channel="feed"),
        row("b2", "view", 98 * hours, person_id=6, object_type="shop", channel="feed"),
    ])  # fmt: skip
    build()
    next_day, fifth = day + timedelta(days=1), day + timedelta(days=4)
    assert ways() == {
        (day, 0, "direct", "new", "ss1g1p1r4v5"): 1,
        (next_day, 41, "direct", "new", "pr3v4"): 1,
        (next_day, 0, "search", "old", "s"): 1,
        (day, 0, "feed", "new", "s"): 1,
        (fifth, 0, "feed", "new", "s"): 1,
    }


def test_dwell_medians_are_exact_and_paths_lead_in_and_out() -> None:
    chance, rows, seconds = Random(4), [], []
    for n in range(101):
        stayed = chance.randrange(5, 500)
        seconds.append(stayed)
        more = {"visitor_id": f"v{n}", "session_id": f"s{n}", "channel": "feed", "object_type": "goods", "object_id": "g1"}  # fmt: skip
        rows += [
            row(f"v{n}", "view", 0, **more),
            row(f"d{n}", "dwell", 9, position=stayed - 2, **more),
            row(f"e{n}", "dwell", 9.1, position=2, **more),  # the tab was looked at again
            row(f"w{n}", "view", 10, visitor_id=f"v{n}", object_type="shop", object_id="x"),
        ]
    for n in range(20):
        person = 100 + n
        rows += [
            row(f"q{n}", "view", 0, person_id=person, object_type="shop"),
            *(row(f"q{n}-{k}", "view", 1 + k, person_id=person, object_type=kind) for k, kind in enumerate(("goods", "goods", "shop", "goods", "note", "goods"))),
            row(f"c{n}", "cart", 8, person_id=person, object_type="goods"),
            row(f"p{n}", "trade.order_paid", 9, person_id=person, props='{"order_number": "Y"}'),
        ]  # fmt: skip
    lake.write(rows)
    build()
    span = (date(2026, 11, 19), date(2026, 11, 21))
    (by_kind,) = dwell_of(3, *span)
    assert (by_kind.kind, by_kind.median) == ("goods", sorted(seconds)[50])
    assert by_kind.visits.number == 100
    (page,) = dwell_of(3, *span, by="page", kind="goods")
    assert page.key == "g1"
    assert [(one.letters, one.visits) for one in paths_of(3, *span, "leave")] == [("gb", 100)]
    assert [(one.letters, one.visits) for one in paths_of(3, *span, "buy")] == [("bgngc", 20)]
    assert list(stays_of(3, ("object_id",), span)) == [("g1",)]
    assert sum(row[-1] for row in cells("paths")) == 121
    assert PulseCell.objects.count() == 0  # nobody looked at goods that are there


def test_shops_counted_in_turns_are_counted_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three shops, and people who looked before they signed in at another shop's page: whose turn it is changes nothing."""
    chance = Random(9)
    rows = [row for shop in range(3) for row in crowd(chance, shop + 1, 40, USUAL, USUAL)]
    at = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    rows += [
        {
            "id": f"t{shop}-{n}", "ts": (at + timedelta(minutes=n)).isoformat(), "verb": verb, "shop_id": shop if verb == "view" else None,
            "person_id": None if verb == "view" else 1_000_001, "visitor_id": "vee", "object_type": "goods", "object_id": "none",
        }
        for n, (verb, shop) in enumerate([("view", 1), ("view", 2), ("view", 3), ("people.person_signed_in", 0)])
    ]  # fmt: skip
    lake.write(rows)
    told = []
    # All at once; some shops at a time; each shop in parts; and with more goods and people than one number tells apart.
    for most, bits in ((100_000, 63), (100, 63), (60, 63), (100_000, 30)):
        monkeypatch.setattr(journeys, "rows_a_turn", lambda most=most: most)
        monkeypatch.setattr(rules, "BITS", bits)
        JourneyBuild.objects.all().delete()
        build()
        told.append([
            *(sorted(cells(name)) for name in journeys.BLOCKS),
            sorted(PulseCell.objects.values_list("shop_id", "goods", "day", "viewers", "buyers")),
        ])  # fmt: skip
    assert told[0] == told[1] == told[2] == told[3]
    assert [bool(cells) for cells in told[0]] == [True, True, False, True, False]
    assert {row[0] for row in told[0][0]} == {1, 2, 3}


def test_what_is_delivered_is_of_the_goods_of_its_order_and_a_pulse_is_in_people() -> None:
    """An order of two goods, delivered without naming them; two looks of one person on one day are one."""
    lake.write([
        row("d1", "view", 0, person_id=8, object_type="goods", object_id="zz", props='{"goods_id": 41}', channel="group"),
        row("d2", "view", 1, person_id=8, object_type="goods", object_id="zz", props='{"goods_id": 41}'),
        row("d3", "trade.order_paid", 2, person_id=8, props='{"order_number": "X2", "goods_ids": [41, 42]}', channel="group"),
        row("d4", "trade.order_received", 4 * 1440, person_id=8, props='{"order_number": "X2"}'),
        row("d5", "view", 3, visitor_id="~today", object_type="goods", object_id="zz", props='{"goods_id": 41}'),
    ])  # fmt: skip
    build()
    day = date(2026, 11, 20)
    assert ways() == {
        (day, 0, "group", "new", "sgsgpr4"): 1,
        (day, 41, "group", "new", "sgsgpr4"): 1,
        (day, 42, "group", "new", "pr4"): 1,
        (day, 0, "direct", "new", "sg"): 1,
        (day, 41, "direct", "new", "sg"): 1,
    }
    pulses = PulseCell.objects.values_list("goods", "day", "viewers", "buyers", "group_buyers")
    assert sorted(pulses) == [(41, day, 1, 1, 1), (42, day, 0, 1, 1)]


def test_a_shop_of_which_nothing_is_left_in_the_log_has_no_cells_any_more() -> None:
    mine = [row("k1", "view", 0, person_id=8, object_type="shop"), row("k2", "view", 1, person_id=9, object_type="shop") | {"shop_id": 4}]  # fmt: skip
    lake.write(mine)
    build()
    assert sorted(one[:2] for one in cells("funnels")) == [(3, date(2026, 11, 20)), (4, date(2026, 11, 20))]  # fmt: skip
    day = lake.days()[0]
    with lake.held():
        lake.rewrite(day, lambda table: table.filter(pc.not_equal(table.column("shop_id"), 4)))
    build()
    assert {one[0] for one in cells("funnels")} == {one[0] for one in cells("paths")} == {3}
