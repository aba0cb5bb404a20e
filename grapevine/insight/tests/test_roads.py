"""People's ways, counted from the log as it is: every step exact, planted drops found, clean logs quiet."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine

from grapevine.insight import lake, roads
from grapevine.insight.contracts import State
from grapevine.insight.models import DwellCell, FunnelCell, PathCell, PulseCell
from grapevine.insight.queries.funnels import _sides, dwell_of, funnel_of, paths_of
from grapevine.insight.rules.funnels import summed
from grapevine.insight.rules.hiding import rounded
from grapevine.insight.ways import FunnelQuestion

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
        assert roads.build() is not None
        assert roads.build() is None


def test_a_thousand_seeded_visits_are_counted_step_by_step_and_the_planted_drop_is_named() -> None:
    """Of 2,000 walks the half in each fortnight; payment falls from nine in ten to six in ten."""
    rows = [*crowd(Random(1), 7, 2_000, (*USUAL[:4], 0.6), USUAL)]
    lake.write(rows)
    build()
    since = datetime(2026, 11, 15, 16, tzinfo=UTC)
    true: Counter[str] = Counter(
        row["verb"] for row in rows if datetime.fromisoformat(row["ts"]) >= since
    )
    funnel = funnel_of(7, fortnight())
    rows_of = FunnelCell.objects.filter(shop_id=7, goods=0)
    sides = _sides(rows_of, "sgcqop", (LAST - timedelta(days=13), LAST))
    assert summed(sides, 6) == [true[verb] for verb in VERBS]
    assert [step.people.number for step in funnel.steps] == [rounded(true[verb]) for verb in VERBS]
    assert [step.state for step in funnel.steps if step.state in (State.UP, State.DOWN)] == [State.DOWN]  # fmt: skip
    assert [step.name for step in funnel.dropped] == ["paid"]
    assert funnel.steps[2].median == pytest.approx(60, rel=0.2)
    assert funnel_of(8, fortnight()).is_empty
