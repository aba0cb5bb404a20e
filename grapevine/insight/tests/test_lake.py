"""From the spool to the console: every row once, on its own day, and the numbers exact."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from grapevine.insight import building, engine, firsts, lake
from grapevine.insight.models import BuiltDay, DailyFact, GoodsFact, HourFact, RegionFact
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 10)
NOON = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)  # twelve o'clock in Shanghai


def row(name: str, verb: str = "view", *, at: datetime = NOON, **columns: Any) -> dict[str, Any]:
    return {"id": name, "ts": at.isoformat(), "verb": verb, "shop_id": 1, **columns}


def paid(
    name: str, person_id: int, amount: int, *, channel: str = "note", at: datetime = NOON
) -> dict[str, Any]:
    props = f'{{"total_minor": {amount}, "items": 2, "goods_ids": [7]}}'
    return row(name, "trade.order_paid", person_id=person_id, channel=channel, props=props, at=at)


def arrive(*rows: dict[str, Any]) -> list[date]:
    signals.record(rows)
    signals.seal()
    return building.build()


def facts() -> dict[str, tuple[int, ...]]:
    found = DailyFact.objects.filter(day=DAY).order_by("channel")
    return {
        f.channel: (f.visitors, f.buyers, f.new_buyers, f.orders, f.items, f.payments_minor)
        for f in found
    }


def test_a_day_is_counted_by_channel() -> None:
    arrive(
        row("view-1", visitor_id="aaaa", channel="feed"),
        row("view-2", visitor_id="aaaa", channel="search", at=NOON + timedelta(minutes=1)),
        row("view-3", visitor_id="bbbb", channel="direct"),
        row("view-4", person_id=5, visitor_id="cccc", channel="note"),
        paid("paid-1", 5, 900),
    )
    assert facts() == {
        "direct": (1, 0, 0, 0, 0, 0),
        "feed": (1, 0, 0, 0, 0, 0),
        "note": (1, 1, 1, 1, 2, 900),
    }
    assert list(GoodsFact.objects.values_list("goods_id", "orders", "payments_minor")) == [
        (7, 1, 900)
    ]
    assert list(HourFact.objects.values_list("hour", "payments_minor")) == [(12, 900)]


def test_an_id_counts_once_however_often_it_comes() -> None:
    arrive(paid("paid-1", 5, 900), paid("paid-1", 5, 900))
    arrive(paid("paid-1", 5, 900))
    assert facts() == {"note": (1, 1, 1, 1, 2, 900)}


def test_a_late_row_goes_to_its_own_day_and_that_day_is_built_again() -> None:
    assert arrive(paid("paid-1", 5, 900)) == [DAY]
    tomorrow = NOON + timedelta(days=1)
    assert arrive(paid("paid-2", 6, 100, at=tomorrow), paid("paid-3", 7, 50)) == [
        DAY,
        DAY + timedelta(days=1),
    ]
    assert facts() == {"note": (2, 2, 2, 2, 4, 950)}


def test_a_second_order_on_another_day_is_no_new_buyer() -> None:
    arrive(paid("paid-0", 5, 100, at=NOON - timedelta(days=3)), paid("paid-1", 5, 900))
    assert facts() == {"note": (1, 1, 0, 1, 2, 900)}


def test_nothing_new_builds_nothing() -> None:
    arrive(paid("paid-1", 5, 900))
    assert building.build() == []
    assert BuiltDay.objects.count() == 1


def test_what_a_browser_did_before_signing_in_is_the_persons() -> None:
    arrive(
        row("view-1", visitor_id="aaaa", channel="search"),
        row("sign-1", "people.person_signed_in", person_id=5, visitor_id="aaaa", shop_id=None),
        paid("paid-1", 5, 900, channel="search"),
    )
    assert facts() == {"search": (1, 1, 1, 1, 2, 900)}


def test_a_crash_between_writing_and_removing_loses_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signals.record([paid("paid-1", 5, 900)])
    signals.seal()
    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", lambda _path: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            lake.compact()
    assert len(lake.files_of(DAY)) == 1
    building.build()
    assert len(lake.files_of(DAY)) == 1
    assert facts() == {"note": (1, 1, 1, 1, 2, 900)}


def test_the_torn_last_line_of_a_killed_writer_is_left_out() -> None:
    folder = Path(settings.SPOOL_DIR)
    signals.record([paid("paid-1", 5, 900)])
    signals.seal()
    (spool_file,) = folder.glob("*.ready")
    broken = b'{"id": "paid-3", "ts": "x"}\n{"id": "paid-4"}\n3\n\n{"id": "paid-2", "ts": "20'
    huge = b'{"id": "paid-5", "ts": "2026-11-10T04:00:00Z", "person_id": 99999999999999999999}\n'
    spool_file.write_bytes(spool_file.read_bytes() + huge + broken)
    building.build()
    assert facts() == {"note": (1, 1, 1, 1, 2, 900)}
    assert len(lake.files_of(DAY)) == 1


def test_many_small_files_become_one_without_doubles() -> None:
    for number in range(lake.FILES_MAX + 2):
        lake.write([paid(f"paid-{number}", number, 10), paid(f"paid-{number - 1}", number, 10)])
    assert len(lake.files_of(DAY)) == 14
    lake.merge(DAY)
    assert len(lake.files_of(DAY)) == 1
    assert (
        len(list(lake.folder_of(DAY).glob("*.parquet"))) == 15
    )  # those who read still find theirs
    assert lake.write([paid("paid-7", 7, 10)]) == set()
    building.build()
    assert facts() == {"note": (14, 14, 14, 15, 30, 150)}


def test_groups_are_counted_by_region() -> None:
    arrive(
        row("open-1", "campaigns.group_opened", region="上海"),
        row("open-2", "campaigns.group_opened", region="上海"),
        row("fill-1", "campaigns.group_filled", region="上海"),
    )
    assert list(RegionFact.objects.values_list("region", "opened", "filled", "expired")) == [
        ("上海", 2, 1, 0)
    ]


def test_who_was_first_is_kept_beside_the_lake_and_made_anew_when_thrown_away() -> None:
    """A later file is read alone; without the kept table the whole lake gives the same."""
    arrive(paid("a", 5, 100), paid("b", 6, 200))
    arrive(paid("c", 5, 300, at=NOON + timedelta(hours=1)), paid("d", 7, 400))
    kept = facts()
    assert kept == {"note": (3, 3, 3, 4, 8, 1000)}
    assert read_firsts() == {5: NOON, 6: NOON, 7: NOON}
    firsts.forget()
    BuiltDay.objects.all().delete()
    assert building.build() == [DAY]
    assert facts() == kept
    arrive(paid("e", 5, 50, at=NOON - timedelta(hours=1)))
    assert read_firsts()[5] == NOON - timedelta(hours=1)


def read_firsts() -> dict[int, datetime]:
    with engine.opened() as connection:
        return {row["person_id"]: row["first_ts"] for row in engine.rows(firsts.firsts(connection))}
