"""The planted lives of small shops: who leaves is guessed ahead, stages tell it, and managers get what they have room for."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from grapevine.discovery import facade as discovery
from grapevine.front.demo import alleys, lives
from grapevine.insight import facade as insight

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SHOPS = 260
"""More than the demo has: with its 120 shops a month holds too few that left to measure anything by."""


@pytest.fixture
def alley() -> Sequence[lives.Life]:
    found = alleys.planned(11, NOW.date(), count=SHOPS)
    with time_machine.travel(NOW, tick=False):
        alleys.open_shops(found)
    return found


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_who_leaves_is_guessed_ahead_and_told_with_reasons(alley: Sequence[lives.Life]) -> None:
    assert alleys.is_open(alley[0].slug)  # the oldest of more shops than a page holds
    assert not alleys.is_open("nowhere")
    card = insight.train_shop_leaving()
    assert card["trained"], card
    _is_good(card)
    assert [one["version"] for one in discovery.described()] == [card["version"]]
    report = insight.judge_shops(is_counted=True)
    assert report["opened"] == 0  # nobody looks after them yet
    _stages_tell_the_plan(alley)
    _chances_rank_the_tired(alley)


def _is_good(card: dict) -> None:  # type: ignore[type-arg]
    months, whole = card["months"], card["metrics"]
    assert len(months) == 6
    assert all(month["auc"] >= 0.75 for month in months), months
    assert 0.7 <= whole["calibration_slope"] <= 1.3, whole
    assert whole["lift_10"] >= 3
    assert whole["brier"] < whole["left"] / whole["snapshots"]
    assert sum(count for _, _, count in card["calibration"]) == whole["snapshots"]


def _stages_tell_the_plan(alley: Sequence[lives.Life]) -> None:
    """Who left more than three weeks ago is at risk or closed, with the silence as the reason; hardly anybody else is."""
    stages = {row.slug: row for row in insight.stage_rows()}
    long_gone = [life for life in alley if _left_before(life, NOW.date() - timedelta(days=28))]
    assert len(long_gone) > 60
    for life in long_gone:
        row = stages[life.slug]
        assert row.stage == ("closed" if life.is_closed else "at_risk"), (life.slug, row)
        if not life.is_closed:
            assert row.reasons[0].code == "quiet"
            assert row.reasons[0].value >= 14
    here = [stages[life.slug] for life in alley if life.leaves_on is None]
    right = sum(row.stage in ("acquire", "start", "operate") for row in here)
    assert right / len(here) >= 0.85
    empty = [life for life in alley if not life.has_goods and life.leaves_on is None]
    assert all(stages[life.slug].stage in ("acquire", "at_risk") for life in empty)


def _left_before(life: lives.Life, day: date) -> bool:
    return life.leaves_on is not None and life.leaves_on < day


def _chances_rank_the_tired(alley: Sequence[lives.Life]) -> None:
    """Nobody who is gone has a chance of leaving any more; everybody else has one between nought and one."""
    rows = {row.slug: row for row in insight.stage_rows()}
    for life in alley:
        chance = rows[life.slug].chance if life.slug in rows else None
        if _left_before(life, NOW.date() - timedelta(weeks=6)):
            assert chance is None
        elif life.leaves_on is None and (NOW.date() - life.opened_on).days > 14:
            assert chance is not None
            assert 0 < chance < 1
