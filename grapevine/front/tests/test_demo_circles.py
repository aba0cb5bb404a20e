"""Circles with tastes of their own are in the demo world, and who is in one is told by their ties what they will buy."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from bench import proof
from grapevine.discovery import facade as discovery
from grapevine.front.demo.world import build
from grapevine.front.interchange.facade import load
from grapevine.front.interchange.reading import survey
from grapevine.front.interchange.rejects import Rejects
from grapevine.signals import facade as signals

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
PEOPLE = 300
ASKED = 120
NEEDED = ("people", "follows", "shops", "goods", "orders")
LEFT_OUT = {"avatar", "logo", "pictures", "password", "share_id", "group_id", "note_id", "group_size", "group_price_minor"}  # fmt: skip


def _kept(folder: Path, target: Path) -> None:
    """Of a world only whom people follow and what was bought: nothing else is read here."""
    target.mkdir()
    for name in NEEDED:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        names = [column for column in rows[0] if column not in LEFT_OUT]
        with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture
def truth(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = build(
        people=PEOPLE, seed=7, now=NOW, target=tmp_path / "world", cache=None
    )
    _kept(tmp_path / "world", tmp_path / "part")
    with Rejects(tmp_path / "part", tmp_path) as rejects:
        load(survey(tmp_path / "part"), tmp_path / "part", rejects)
        assert rejects.count == 0
    signals.drain()
    discovery.count_popular()
    planted: dict[str, Any] = found["circles"]
    return planted


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_who_is_in_a_circle_finds_by_its_ties_what_they_will_buy(truth: dict[str, Any]) -> None:
    """Half as many again at least as without ties, of everybody in the world. Ties to anybody do not do it, though in so small a
    world every sixth of them falls into one's own circle."""
    assert len(truth["apart"]) == 4
    assert all(len(circle["shops"]) == 3 for circle in truth["apart"])
    assert truth["orders_in_their_shops"] > truth["orders"] * 0.6
    held_out = proof.drawn(ASKED)
    assert len(held_out) == ASKED
    found = proof.ties(held_out)
    assert found["hit_ratio"] >= 1.5, found
    assert found["shuffled_ratio"] < 1.5, found
    assert found["hit@10"] >= 1.5 * found["hit@10_shuffled"], found
