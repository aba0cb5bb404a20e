"""From the lake to what is served: fitted, proven, published with its card, refused, rolled back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grapevine.discovery import artifacts, facade as discovery, shortlists
from grapevine.front import command
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.insight import lake, training
from grapevine.insight.rules.ranking import tuning
from grapevine.insight.rules.ranking.kernel import KernelSettings
from grapevine.insight.rules.ranking.model import ModelSettings
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db
START = datetime(2026, 9, 1, tzinfo=UTC)


def _bought(number: int, person: int, goods: int) -> dict[str, Any]:
    at = START + timedelta(minutes=number)
    props = f'{{"total_minor": 900, "goods_ids": [{goods}]}}'
    return {
        "id": f"b{number}", "ts": at.isoformat(), "verb": "trade.order_paid", "person_id": person, "props": props,
    }  # fmt: skip


def _arrive(rows: list[dict[str, Any]]) -> None:
    signals.record(rows)
    signals.seal()
    lake.compact()


def _history(people: int = 60) -> list[dict[str, Any]]:
    """Four circles of people who buy the circle's ten goods, in random order; ties within circles."""
    random = np.random.default_rng(4)
    pairs = [
        (p, 1000 + 10 * (p % 4) + int(g))
        for p in range(1, people + 1)
        for g in random.permutation(10)[:6]
    ]
    order = random.permutation(len(pairs)).tolist()
    rows = [_bought(i, *pairs[place]) for i, place in enumerate(order)]
    for person in range(1, people - 3):
        rows.append(
            {"id": f"t{person}", "ts": START.isoformat(), "verb": "tie", "person_id": person,
             "props": f'{{"other_id": {person + 4}}}'}
        )  # fmt: skip
    return rows


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PROVABLE_MIN", 20)
    monkeypatch.setattr(tuning, "KERNEL_GRID", {
        "ridge": (10.0, 60.0), "tie": (0.0, 3.0), "tie2": (0.0, 3.0), "item_power": (0.2,), "person_power": (0.5,),
    })  # fmt: skip
    monkeypatch.setattr(tuning, "FACTOR_GRID", {"weight": (10.0,), "ridge": (2.0, 6.0), "tie": (tuning.TIE_START,)})  # fmt: skip


def test_an_empty_lake_publishes_nothing() -> None:
    assert training.train() == {"trained": False, "reason": "the lake is empty"}
    assert discovery.described() == []


def test_a_few_purchases_are_served_by_standing_settings() -> None:
    _arrive(
        [_bought(1, 5, 7), _bought(2, 5, 8), _bought(3, 6, 7), _bought(4, 6, 9), _bought(5, 6, 7)]
    )
    report = training.train()
    assert (report["trained"], report["people"], report["items"], report["purchases"]) == (
        True,
        2,
        3,
        4,
    )
    assert report["metrics"] == {}
    assert list(artifacts.items_for(5, 10)) == [9]
    assert list(artifacts.items_for(6, 10)) == [8]
    assert list(artifacts.popular_items(1)) == [7]


@pytest.mark.usefixtures("_quick")
def test_a_model_proves_itself_and_carries_its_card(monkeypatch: pytest.MonkeyPatch) -> None:
    _arrive(_history())
    report = training.train()
    assert report["trained"]
    metrics = report["metrics"]
    assert metrics["model"]["recall@10"] > 2 * metrics["popularity"]["recall@10"]
    card = discovery.card_of("person_items")
    assert (card["purchases"], card["people"], card["seed"]) == (360, 60, training.SEED)
    assert (card["data_from"][:10], card["data_until"][:10]) == ("2026-09-01", "2026-09-01")
    assert training.settings_from(card["settings"]) == training._in_force()[0]
    own = set(range(1010, 1020))  # person 1 is of the second circle
    assert set(list(artifacts.items_for(1, 100))[:4]) <= own
    tuned: list[int] = []
    monkeypatch.setattr(tuning, "tune", lambda *_, **__: tuned.append(1))
    again = training.train()
    assert (again["trained"], again["tuned_at"], tuned) == (True, report["tuned_at"], [])
    # Too many for a list each: the parts are published, and lists are made of them from now on.
    monkeypatch.setattr(training, "LISTED_MAX", 0)
    parted = training.train()
    assert set(parted["versions"]) == {
        "history", "item_item", "popular", "social", "person_factors", "item_factors", "cells",
    }  # fmt: skip
    assert (parted["purchases"], parted["metrics"]["model"]) == (360, again["metrics"]["model"])
    assert training._in_force()[0] == training.settings_from(parted["settings"])
    best = shortlists.items_for(1, 4)
    assert len(own.intersection(best)) >= 3  # of the four they do not have yet
    assert best == shortlists.shortlist(1, 4)


@pytest.mark.usefixtures("_quick")
def test_a_worse_model_is_not_published_and_a_published_one_rolls_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _arrive(_history())
    first = training.train()["versions"]["person_items"]
    second = training.train()["versions"]["person_items"]
    upside_down = ModelSettings(
        kernel=KernelSettings(60.0, 0.2, 0.5), weights={"popular": -1.0, "items": -1.0}
    )
    monkeypatch.setattr(tuning, "tune", lambda *_, **__: upside_down)
    monkeypatch.setattr(training, "TUNED_DAYS", 0)
    refused = training.train()
    assert (refused["trained"], refused["proven"]) == (False, False)
    assert discovery.card_of("person_items")["version"] == second
    assert command.main(["models", "rollback"]) == 0
    assert f'"person_items": "{first}"' in capsys.readouterr().out
    assert discovery.card_of("person_items")["version"] == first


@pytest.mark.parametrize("what", ["rollback", "release"])
def test_a_model_there_is_not_is_refused_with_the_names_there_are(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["models", what, "nosuch"]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("discovery.model_not_found: 没有叫“nosuch”的模型 有这些模型：")
    assert said.partition("模型：")[2].split(", ") == sorted(artifacts.KEYS)


def test_a_version_there_is_not_is_refused_with_those_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["models", "rollback", "popular"]) == 2
    assert capsys.readouterr().err.strip().endswith("最新的在前：–")
    arrays = {"item_ids": np.array([1, 2]), "scores": np.array([2.0, 1.0])}
    first, second = [discovery.publish_artifact("popular", arrays, {"seed": n}) for n in (1, 2)]
    assert command.main(["models", "rollback", "popular", "nosuch"]) == 2
    said = capsys.readouterr().err.strip()
    assert said == (
        "discovery.version_not_kept: 模型“popular”没有留着这个版本，没有换 "
        f"留着的版本，最新的在前：{second}, {first}"
    )
    assert discovery.card_of("popular")["version"] == second


def test_one_command_takes_one_model_back_and_one_lets_new_versions_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arrays = {"item_ids": np.array([1, 2]), "scores": np.array([2.0, 1.0])}
    first, second = [discovery.publish_artifact("popular", arrays, {"seed": n}) for n in (1, 2)]
    assert command.main(["models", "rollback", "popular"]) == 0
    assert discovery.card_of("popular")["version"] == first
    assert command.main(["models", "rollback", "popular", second]) == 0
    assert discovery.card_of("popular")["seed"] == 2
    discovery.publish_artifact("popular", arrays, {"seed": 3})
    assert discovery.card_of("popular")["version"] == second
    capsys.readouterr()
    assert command.main(["models", "list"]) == 0
    listed = json.loads(capsys.readouterr().out)["popular"]
    assert [(one["seed"], one["is_in_force"], one["is_pinned"]) for one in listed] == [
        (3, False, True), (2, True, True), (1, False, True)
    ]  # fmt: skip
    assert command.main(["models", "release", "popular"]) == 0
    assert not discovery.is_pinned("popular")
    actions = [one.action for one in guard.trail(AuditFilter(object="model:popular")).items]
    assert actions == ["models.let_in", "models.choose", "models.choose"]


def test_a_folder_that_is_not_there_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["evaluate", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.startswith("insight.data_file_missing: ")
