"""The same expressions on both engines: DuckDB and PySpark give the same cells, row by row."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from random import Random
from typing import Any

import pytest

from grapevine.insight import cubing, engine, lake, sources
from grapevine.insight.measures import ASPECTS

START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
DAYS = [date(2026, 11, 2) + timedelta(days=n) for n in range(2)]
VERBS = (
    "view", "impression", "click", "cart", "search", "open_share", "like", "campaigns.group_opened",
    "campaigns.group_filled", "campaigns.group_joined", "campaigns.group_expired", "spread.share_created",
    "spread.share_visited", "spread.sign_up_brought", "spread.order_brought", "spread.commission_held",
    "loyalty.member_joined", "loyalty.member_left", "trade.after_sales_moved", "trade.parcel_alarm",
    "trade.order_received", "trade.order_cancelled", "care.review_written", "care.review_replied",
    "scene.note_liked", "scene.note_published", "collect", "comment", "people.person_signed_in", "people.person_signed_out",
)  # fmt: skip


def log(chance: Random) -> Iterator[dict[str, Any]]:
    for number in range(900):
        props = {
            "goods_id": chance.randrange(1, 6), "goods_ids": [chance.randrange(1, 6), 2], "stars": chance.randrange(1, 6),
            "amount_minor": chance.randrange(9999), "sharer_id": chance.randrange(9), "kind": chance.choice(["late", "stall", "returned"]),
            "state": chance.choice(["requested", "done", "rejected", "platform"]),
        }  # fmt: skip
        yield {
            "id": f"e{number}", "ts": (START + timedelta(minutes=number * 3)).isoformat(),
            "verb": VERBS[number % len(VERBS)], "shop_id": chance.choice([1, 2, None]),
            "person_id": chance.choice([None, 1, 2, 3]), "visitor_id": chance.choice(["", "a", "b", "c"]),
            "object_type": chance.choice(["goods", "note"]), "object_id": chance.choice(["p1", "p2", "zz"]),
            "channel": chance.choice(["", "feed", "direct", "search"]), "region": chance.choice(["", "上海市"]),
            "props": chance.choice([json.dumps(props), ""]) if number % len(VERBS) < 7 else json.dumps(props),
        }  # fmt: skip


def write() -> None:
    """A hundred rows are there twice."""
    rows = [*log(Random(9))]
    lake.write([*rows, *rows[:100]])


def placed(chance: Random, number: int, verb: str) -> dict[str, Any]:
    return {
        "kind": verb, "at": START + timedelta(minutes=37 * number), "shop_id": 1 + number % 2,
        "person_id": chance.randrange(1, 5), "region": chance.choice(["", "广东省"]), "city": chance.choice(["", "深圳市"]),
        "channel": chance.choice(["", "note"]), "again": chance.random() < 0.5,
        "campaign": chance.choice(["none", "group"]), "method": "sandbox", "pieces": 2,
        "amount": chance.randrange(10_000), "listed": 100, "cut": 7, "shipping": 9, "subsidy": 1,
        "goods_id": number % 5, "bought_again": chance.random() < 0.5,
    }  # fmt: skip


def exported(chance: Random) -> sources.Exported:
    rows = [placed(chance, number, "paid" if number % 4 else "back") for number in range(120)]
    told = [sources._placed(row) for row in rows]
    return sources.Exported(
        sales=sources._table(sources.SALE, told),
        lines=sources._table(sources.LINE, told),
        others=sources._table(
            sources.MOVE,
            [{**row, "verb": verb} for verb in ("parcel", "offer") for row in told[:30]],
        ),
    )


def cells(name: str, days: Sequence[date] = DAYS) -> dict[str, list[tuple[Any, ...]]]:
    """aspect → its cells of these days, sorted; the second part of each is the day."""
    shelf = sources._table(
        sources.SHELF,
        [{"goods": str(n), "public_id": f"p{n}", "shelf_shop": n % 2 + 1, "category": "茶" if n % 2 else ""} for n in range(1, 6)],
    )  # fmt: skip
    with engine.opened(name) as connection:
        known = engine.given(connection, shelf)
        found = dict(cubing.counted(connection, days, known, exported(Random(4))))
    return {
        aspect: sorted(zip(*(table.column(c).to_pylist() for c in table.column_names), strict=True), key=repr)
        for aspect, table in found.items()
    }  # fmt: skip


def test_every_measure_counts_something_and_the_same_twice() -> None:
    write()
    ours = cells("duckdb")
    assert cells("duckdb") == ours
    for name, aspect in ASPECTS.items():
        width = 2 + len(aspect.dimensions)
        for n, measure in enumerate(aspect.counted):
            assert any(row[width + n] for row in ours[name]), (name, measure.name)


def test_a_day_is_counted_by_its_own_rows_whatever_is_counted_with_it() -> None:
    """People sign in and out on both days in the same browsers: the second day's do not reach into the first."""
    write()
    together, alone = cells("duckdb"), [cells("duckdb", [day]) for day in DAYS]
    for name in ("people", "traffic", "content", "campaigns"):
        each = [
            row for day, one in zip(DAYS, alone, strict=True) for row in one[name] if row[1] == day
        ]
        assert sorted(each, key=repr) == [row for row in together[name] if row[1] in DAYS], name


def test_the_last_half_of_a_second_is_of_the_hour_it_lies_in() -> None:
    at = datetime(
        2026, 11, 2, 15, 59, 59, 700_000, tzinfo=UTC
    )  # a moment before midnight in Shanghai
    lake.write([{"id": "late", "ts": at.isoformat(), "verb": "view", "shop_id": 1, "visitor_id": "a"}])  # fmt: skip
    found = cells("duckdb", DAYS[:1])["traffic"]
    assert [row[:3] for row in found] == [(1, DAYS[0], 23)]


@pytest.mark.filterwarnings("default")
def test_pyspark_counts_the_same() -> None:
    if find_spec("pyspark") is None:
        pytest.skip("left out: PySpark is not installed (make test-spark)")
    write()
    ours, theirs = cells("duckdb"), cells("pyspark")
    for name in ASPECTS:
        assert theirs[name] == ours[name], name
