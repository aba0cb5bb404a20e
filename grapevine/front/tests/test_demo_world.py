"""The demo world as files: the same every time, believable, and with its truths in it."""

import csv
import hashlib
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.utils.module_loading import import_string

from grapevine.discovery import facade as discovery
from grapevine.front.demo.cast import CAST
from grapevine.front.demo.plans import FEW_OPENED, MANY_OPENED
from grapevine.front.demo.world import build
from grapevine.front.interchange.checking import checked
from grapevine.front.interchange.reading import survey

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=ZONE)
PEOPLE = 500


def make(target: Path, *, seed: int = 7, now: datetime = NOW, people: int = PEOPLE) -> Any:
    return build(people=people, seed=seed, now=now, target=target, cache=None)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("world")
    return folder, make(folder)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_same_seed_and_moment_give_the_same_bytes(tmp_path: Path) -> None:
    truths = [make(tmp_path / name, people=80) for name in ("one", "two")]
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert truths[0] == truths[1]


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    make(tmp_path / "one", people=80)
    make(tmp_path / "two", people=80, seed=8)
    same = set(digests(tmp_path / "one").items()) & set(digests(tmp_path / "two").items())
    assert same == set()


def test_every_row_is_one_the_importer_accepts(world: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = world
    seen: dict[str, set[str]] = {}
    for source in survey(folder):
        keys = seen.setdefault(source.table.name, set())
        for batch in source.batches():
            for raw in batch:
                row = checked(source.table, raw, ZONE)
                assert row.key not in keys
                keys.add(row.key)
    assert len(seen["shops"]) == 28


def test_the_fixed_cast_is_there_with_phones(world: tuple[Path, dict[str, Any]]) -> None:
    people = table(world[0], "people")
    assert [(row["name"], row["phone"]) for row in people[:5]] == [
        (role.name, role.phone) for role in CAST
    ]
    assert {row["password"] for row in people[5:]} == {""}


def test_shops_sell_in_many_categories(world: tuple[Path, dict[str, Any]]) -> None:
    goods = table(world[0], "goods")
    assert len({row["category"] for row in goods}) == 18
    assert len({row["id"] for row in goods}) == 188


def test_groups_stand_in_every_state_and_open_ones_end_in_the_future(
    world: tuple[Path, dict[str, Any]],
) -> None:
    groups = table(world[0], "groups")
    assert {row["state"] for row in groups} == {"open", "filled", "expired"}
    seats = Counter(row["group_id"] for row in table(world[0], "orders") if row["group_id"])
    for row in groups:
        deadline = datetime.fromisoformat(row["deadline_at"])
        assert (deadline > NOW) == (row["state"] == "open"), row
        assert (seats[row["id"]] == int(row["size"])) == (row["state"] == "filled"), row


def test_shares_cascade_down_to_four_levels_and_parents_come_first(
    world: tuple[Path, dict[str, Any]],
) -> None:
    depth: dict[str, int] = {}
    for row in table(world[0], "shares"):
        depth[row["id"]] = 1 + (depth[row["parent_id"]] if row["parent_id"] else 0)
    assert max(depth.values()) in {3, 4}
    assert min(depth.values()) == 1


def test_every_order_was_seen_before_it_was_paid(world: tuple[Path, dict[str, Any]]) -> None:
    seen: dict[tuple[str, str], list[datetime]] = {}
    for row in table(world[0], "events"):
        if row["verb"] == "view" and row["person_id"]:
            key = (row["person_id"], row["object_id"])
            seen.setdefault(key, []).append(datetime.fromisoformat(row["at"]))
    for row in table(world[0], "orders"):
        paid = datetime.fromisoformat(row["paid_at"])
        views = seen[row["buyer_id"], row["goods_id"]]
        assert any(paid - timedelta(hours=1) <= at <= paid for at in views), row
        assert paid < NOW


def test_nobody_buys_through_their_own_share(world: tuple[Path, dict[str, Any]]) -> None:
    sharers = {row["id"]: row["sharer_id"] for row in table(world[0], "shares")}
    brought = [row for row in table(world[0], "orders") if row["share_id"]]
    assert brought
    assert [row for row in brought if sharers[row["share_id"]] == row["buyer_id"]] == []


def test_the_falling_shop_lost_one_channels_visitors_and_nothing_else(
    world: tuple[Path, dict[str, Any]],
) -> None:
    shop = world[1]["falling_shop"]
    assert shop["slug"] == "halfday"
    for late, early in (("last_7", "before_7"), ("last_28", "before_28")):
        now, before = shop[late], shop[early]
        assert now["payments_minor"] < before["payments_minor"] * 0.85
        assert abs(now["conversion"] / before["conversion"] - 1) < 0.12
        assert abs(now["average_order_minor"] / before["average_order_minor"] - 1) < 0.2
        for channel, visitors in before["visitors_by_channel"].items():
            change = now["visitors_by_channel"][channel] / visitors
            assert (change < 0.75) if channel == "note" else (0.85 < change < 1.15), channel


def test_the_flat_shop_is_flat_and_the_small_one_small(
    world: tuple[Path, dict[str, Any]],
) -> None:
    flat, small = world[1]["flat_shop"], world[1]["small_shop"]
    assert abs(flat["last_28"]["visitors"] / flat["before_28"]["visitors"] - 1) < 0.03
    assert abs(flat["last_28"]["orders"] / flat["before_28"]["orders"] - 1) < 0.05
    assert small["last_28"]["orders"] < 25


def test_supporting_fans_bought_and_brought_buyers(world: tuple[Path, dict[str, Any]]) -> None:
    fans = world[1]["supporting_fans"]
    brought = {fan["id"]: fan["brought"] for fan in fans["all"]}
    planted = sorted(brought.get(key, 0) for key in fans["planted"])
    assert len(planted) == 6
    assert sum(planted) > sum(brought.values()) * 0.6
    assert planted[-1] >= 3


def test_some_regions_open_many_groups_and_fill_few(world: tuple[Path, dict[str, Any]]) -> None:
    counts = world[1]["regions"]["counts"]

    def filled(region: str) -> float:
        done = counts[region].get("filled", 0) + counts[region].get("expired", 0)
        return float(counts[region].get("filled", 0) / done)

    for many in MANY_OPENED:
        for few in FEW_OPENED:
            assert counts[many]["opened"] > 3 * counts[few]["opened"]
            assert filled(many) < 0.5 < filled(few)


def test_what_people_open_has_causes_and_the_heads_that_look_for_them_pass_their_gate(
    world: tuple[Path, dict[str, Any]],
) -> None:
    """Notes as the log shows them, played again and judged as every night, without the database."""
    happening, replay, judge = (
        import_string(f"grapevine.insight.{name}")
        for name in ("replaying.Happening", "replaying.Replay", "rules.ranking.heads.judge")
    )
    number = {row["id"]: n for n, row in enumerate(table(world[0], "people"), 1)}
    category = {row["id"]: row["category"] for row in table(world[0], "goods")}
    ids = {key: str(n) for n, key in enumerate(category, 1)}
    facts = {}
    for n, row in enumerate(table(world[0], "notes"), 1):
        tagged = [key for key in row["goods_ids"].split("|") if key]
        facts[row["id"]] = discovery.Facts(
            n, number[row["author_id"]], datetime.fromisoformat(row["published_at"]).timestamp(), 0,
            tuple(ids[key] for key in tagged), tuple({category[key] for key in tagged}),
            tuple(one for one in row["topics"].split("|") if one),
        )  # fmt: skip

    def told(row: dict[str, str], verb: str, at: str, who: str, **more: object) -> Any:
        return happening(
            datetime.fromisoformat(row[at]).timestamp(), verb, number[row[who]], **more
        )

    log = [
        told(row, row["verb"], "at", "person_id", note=row["object_id"])
        if row["object_type"] == "note"
        else told(row, "view", "at", "person_id", goods=(int(ids[row["object_id"]]),))
        for row in table(world[0], "events")
        if row["person_id"] and (row["object_type"] == "note" or row["verb"] == "view")
    ]
    log += [
        told(
            row, "people.person_followed", "at", "follower_id", other_id=number[row["followee_id"]]
        )
        for row in table(world[0], "follows")
    ]
    log += [
        told(row, "trade.order_paid", "paid_at", "buyer_id", goods=(int(ids[row["goods_id"]]),))
        for row in table(world[0], "orders")
    ]
    names = {ids[key]: name for key, name in category.items()}
    shown = replay(facts, names).play(sorted(log, key=lambda one: one.at))
    rows, who = np.array([one.row for one in shown]), np.array([one.person_id for one in shown])
    for deed, least in (("click", 0.62), ("save", 0.58)):
        found = judge(rows, np.array([float(deed in one.deeds) for one in shown]), who)
        assert found.reason == "", (deed, found.figures)
        assert found.figures["auc"] > least, (deed, found.figures)
    weights = dict(zip(discovery.FEATURES, found.head.weights.tolist(), strict=True))
    assert weights["follows"] > 0
