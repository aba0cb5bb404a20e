"""What a night costs: every count of the log one after the other, each with its seconds, its processor and its memory.

A thousand shops with twenty goods each, ninety days that end yesterday, EVENTS=1,10,100 million events, each size in a lake of its own.
Somebody comes to three shops, again and again, for visits of about six events around a few goods; two events in a hundred are
paid orders, which the cube is given as trade would give them. Trade's own tables stay empty. A part of `make bench-insight`; alone: `python -m bench.insight nightly`.
"""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench import home, insight_rollups as cube  # isort: skip  they set Django up
from django.conf import settings
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewSku
from grapevine.insight import building, cubing, firsts, hits, journeys, lake, planting, shopcare
from grapevine.insight.customers import counting
from grapevine.insight.models import (
    BuiltDay,
    CubeBlock,
    CubeDay,
    Customer,
    DailyFact,
    GoodsFact,
    HourFact,
    JourneyBlock,
    JourneyBuild,
    PulseCell,
    RegionFact,
    ShopTree,
)
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson

SMALL = {"millions": (0.02,), "shops": 20}
SHOPS, GOODS_EACH, SHOPS_EACH = 1000, 20, 3
EVENTS_A_VISIT = 6
VERBS = [
    "impression", "view", "click", "dwell", "cart", "search", "trade.order_paid", "open_share",
    "spread.share_visited", "campaigns.group_opened", "people.person_signed_in",
]  # fmt: skip
WEIGHTS = np.array([0.36, 0.28, 0.15, 0.08, 0.04, 0.03, 0.024, 0.015, 0.01, 0.006, 0.005])
MADE = (
    BuiltDay, CubeBlock, CubeDay, Customer, DailyFact, GoodsFact, HourFact, JourneyBlock, JourneyBuild, PulseCell,
    RegionFact, ShopTree,
)  # fmt: skip


class World:
    """The shops and their goods, and how people are drawn to them."""

    def __init__(self, shops: int) -> None:
        owner = people.save_people_bulk([NewPerson(f"bench{n}", f"店主{n}") for n in range(1)])[0]
        self.shops = np.array([
            goods.open_shop(owner_id=owner, slug=f"bench-{n}", name=f"店{n}", colour="#8d3b1f").id
            for n in range(shops)
        ])  # fmt: skip
        made = goods.save_goods_bulk([
            NewGoods(int(shop), f"货 {n}", f"类 {n % 12}", "", [NewSku("", 6000, 500)])
            for shop in self.shops for n in range(GOODS_EACH)
        ])  # fmt: skip
        self.ids = np.array([one.goods_id for one in made])
        self.names = pa.array([one.public_id for one in made])

    def part(self, chance: np.random.Generator, name: str, midnight: int, size: int) -> pa.Table:
        """Visits of about six events at one shop, of one person or browser by one channel, around a few of its goods."""
        visit = np.repeat(np.arange(size), chance.integers(1, 2 * EVENTS_A_VISIT, size))[:size]
        step = np.arange(size) - np.searchsorted(visit, visit)
        count = visit[-1] + 1
        visitor = chance.integers(0, max(50, size // EVENTS_A_VISIT), count)
        spread = (
            (visitor * SHOPS_EACH + chance.integers(0, SHOPS_EACH, count)) * 2_654_435_761 % 2**32
        )
        shop = (len(self.shops) * (spread / 2**32) ** 2).astype(np.int64)
        start = chance.choice(24, count, p=cube.HOURS) * 3600 + chance.integers(0, 3300, count)
        goods = (
            chance.integers(0, GOODS_EACH, count)[visit] + chance.integers(0, 3, size)
        ) % GOODS_EACH
        place = shop[visit] * GOODS_EACH + goods
        verb = np.where(step == 0, 0, chance.choice(len(VERBS), size, p=WEIGHTS))
        is_paid, is_stay = verb == VERBS.index("trade.order_paid"), verb == VERBS.index("dwell")
        sign, share = VERBS.index("people.person_signed_in"), VERBS.index("spread.share_visited")
        known = (chance.random(count) < 0.3)[visit] | is_paid | (verb == sign)
        props = np.where(verb == share, cube.PROPS[1], "").astype(object)
        props[is_paid] = [
            f'{{"order_number": "{name}-{n}", "total_minor": {6000 + n % 5000}, "items": 1, "goods_ids": [{self.ids[place[n]]}]}}'
            for n in np.flatnonzero(is_paid)
        ]  # fmt: skip
        columns = {field.name: pa.nulls(size, field.type) for field in lake.SCHEMA}
        columns |= {
            "id": cube._named(f"{name}-", np.arange(size)),
            "ts": pa.array((midnight + start[visit] + step * 20) * 1_000_000, pa.timestamp("us", "UTC")),
            "verb": cube._words(VERBS, verb), "person_id": pa.array(visitor[visit] + 1, mask=~known),
            "visitor_id": cube._named("v", visitor[visit]), "session_id": cube._named(f"s{name}-", visit),
            "shop_id": pa.array(self.shops[shop[visit]]), "object_type": pa.array(["goods"] * size),
            "object_id": self.names.take(pa.array(place)), "props": pa.array(props, pa.string()),
            "position": pa.array(chance.integers(3, 400, size), pa.int64(), mask=~is_stay),
            **{
                column: cube._words(words, chance.integers(0, len(words), count)[visit])
                for column, words in (("channel", cube.CHANNELS), ("region", cube.REGIONS), ("device", cube.DEVICES))
            },
        }  # fmt: skip
        return pa.table({name: columns[name] for name in lake.SCHEMA.names}).cast(lake.SCHEMA)

    def write_day(self, chance: np.random.Generator, day: date, count: int) -> None:
        folder = lake.folder_of(day)
        folder.mkdir(parents=True)
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 8 * 3600
        with pq.ParquetWriter(
            folder / f"{day:%m%d}.parquet", lake.SCHEMA, compression="zstd"
        ) as writer:
            for start in range(0, count, cube.PART):
                size = min(cube.PART, count - start)
                writer.write_table(self.part(chance, f"{day:%m%d}-{start}", midnight, size))


def jobs(a_day: int, last: date) -> Sequence[tuple[str, Callable[[], Any]]]:
    """In the order of a night."""
    return (
        ("facts", building.build),
        ("cube", lambda: cubing.build(export=cube.export_of(a_day))),
        ("journeys", journeys.build),
        ("hits", lambda: hits.find(last)),
        ("people", counting.count),
        ("trees", lambda: planting.plant(last)),
        ("shops", shopcare.care),
    )


def timed(job: Callable[[], Any]) -> dict[str, float]:
    peak = cube.Peak()
    peak.start()
    cpu, begun = time.process_time(), time.perf_counter()
    job()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak.over.set()
    peak.join()
    return {"seconds": round(seconds, 2), "cpu": round(cpu, 2), "peak_mb": round(peak.megabytes)}


def night(world: World, millions: float) -> dict[str, Any]:
    """All counts of a new lake of so many events."""
    shutil.rmtree(settings.LAKE_DIR, ignore_errors=True)
    for model in MADE:
        model._default_manager.all().delete()
    firsts.forget()
    last = timezone.localdate() - timedelta(days=1)
    chance, a_day = np.random.default_rng(7), int(millions * 1_000_000 / cube.DAYS)
    for back in range(cube.DAYS):
        world.write_day(chance, last - timedelta(days=back), a_day)
    cube.say(f"{millions:g} million events written")
    scan = min(cube.scan_seconds() for _ in range(2))
    told: dict[str, dict[str, float]] = {}
    for name, job in jobs(a_day, last):
        told[name] = timed(job)
        cube.say(f"{millions:g} {name} {told[name]}")
    seconds = sum(one["seconds"] for one in told.values())
    return {
        "events": a_day * cube.DAYS, "jobs": told, "seconds": round(seconds, 1),
        "scan_seconds": round(scan, 2), "scan_ratio": round(seconds / scan, 2),
        "cpu": round(sum(one["cpu"] for one in told.values()), 1),
        "peak_mb": max(one["peak_mb"] for one in told.values()), "load": os.getloadavg()[0],
    }  # fmt: skip


def measure(millions: Sequence[float] = (), shops: int = SHOPS) -> dict[str, Any]:
    sizes = millions or [float(text) for text in os.environ.get("EVENTS", "1").split(",")]
    world = World(shops)
    nights = {f"{size:g}m": night(world, size) for size in sizes}
    first, final = nights[f"{sizes[0]:g}m"], nights[f"{sizes[-1]:g}m"]
    a_first, a_final = (one["cpu"] / one["events"] for one in (first, final))
    return {
        "rollup_peak_mb": final["peak_mb"], "scan_ratio": final["scan_ratio"],
        "cpu_microseconds_an_event": round(a_final * 1e6, 2), "cpu_cost_ratio": round(a_final / a_first, 2),
        **{f"rollup_seconds_{size}": one["seconds"] for size, one in nights.items()}, "nights": nights,
    }  # fmt: skip


if __name__ == "__main__":
    home.run(measure)
