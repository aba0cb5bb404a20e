"""Columns go into tables as they are, whole days too; refunds stand beside the facts of their place."""

from datetime import date

import pyarrow as pa
import pytest

from grapevine.insight import building
from grapevine.insight.models import DailyFact, HourFact
from grapevine.insight.storing import store

DAY, NEXT = date(2026, 11, 20), date(2026, 11, 21)


@pytest.mark.django_db
def test_columns_are_rows_of_the_table_and_what_lacks_is_nothing() -> None:
    back = pa.table({
        "day": pa.array([DAY, NEXT], pa.date32()), "shop_id": [3, 3], "channel": ["feed", "群"],
        "refunds_minor": [700, 50],
    })  # fmt: skip
    names = ("visitors", "lookers", "carters", "buyers", "new_buyers", "orders", "items", "payments_minor")  # fmt: skip
    facts = pa.table({
        "day": pa.array([DAY, DAY], pa.date32()), "shop_id": [3, 4], "channel": ["feed", "feed"],
        **{name: pa.array([n, None]) for n, name in enumerate(names, start=1)}, "payments_square": [2.5, 0.0],
    })  # fmt: skip
    store(DailyFact, building._merged(facts, back))
    columns = ("shop_id", "day", "channel", *names, "payments_square", "refunds_minor")
    assert sorted(DailyFact.objects.values_list(*columns)) == [
        (3, DAY, "feed", 1, 2, 3, 4, 5, 6, 7, 8, 2.5, 700),
        (3, NEXT, "群", 0, 0, 0, 0, 0, 0, 0, 0, 0.0, 50),
        (4, DAY, "feed", 0, 0, 0, 0, 0, 0, 0, 0, 0.0, 0),
    ]
    many = {"shop_id": range(25_000), "day": pa.array([DAY, NEXT] * 12_500, pa.date32())}
    whole = {name: pa.array([2] * 25_000) for name in ("hour", "orders", "payments_minor")}
    store(HourFact, pa.table(many | whole))
    assert HourFact.objects.filter(day=NEXT, hour=2).count() == 12_500
    assert HourFact.objects.get(shop_id=24_999).day == NEXT
