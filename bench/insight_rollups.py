"""What the data cube costs to count. `make bench-rollups EVENTS=1,10,100` (millions).

Events of many shops over ninety days are written to a lake, day by day, so that memory does not grow with their number;
two in a hundred are orders, which trade would give. Then the cube is counted from nothing, as the night's job does it,
into SQLite or PostgreSQL, and one raw scan by DuckDB of the same columns is measured beside it. Nothing is extrapolated. Ends with
one line of JSON.
"""

import argparse
import json
import os
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
if "GRAPEVINE_HOME" not in os.environ:
    os.environ["GRAPEVINE_HOME"] = tempfile.mkdtemp(prefix="grapevine-bench-")

import django

django.setup()

import duckdb  # noqa: E402  after django.setup
import numpy as np  # noqa: E402  after django.setup
import pyarrow as pa  # noqa: E402  after django.setup
import pyarrow.compute as pc  # noqa: E402  after django.setup
import pyarrow.parquet as pq  # noqa: E402  after django.setup
from django.conf import settings  # noqa: E402  after django.setup
from django.core.management import call_command  # noqa: E402  after django.setup
from django.db import connection  # noqa: E402  after django.setup

from grapevine.insight import cubing, engine, lake, sources  # noqa: E402  after django.setup
from grapevine.insight.cubes import Question, Versus  # noqa: E402  after django.setup
from grapevine.insight.facade import ask  # noqa: E402  after django.setup
from grapevine.insight.measures import ASPECTS, TIMES  # noqa: E402  after django.setup
from grapevine.insight.models import CubeBlock, CubeDay  # noqa: E402  after django.setup

SMALL = {"millions": 0.02}
DAYS = 90
FIRST = date(2026, 7, 1)
SHOPS = 1000
ORDER_SHARE = 0.02
VERBS = ["view", "impression", "click", "cart", "search", "open_share", "campaigns.group_opened", "spread.share_visited", "people.person_signed_in"]  # fmt: skip
WEIGHTS = np.array([0.41, 0.30, 0.16, 0.04, 0.04, 0.02, 0.01, 0.01, 0.01])
CHANNELS = ["feed", "search", "direct", "share", "note", "group", "shop"]
REGIONS = ["广东省", "浙江省", "江苏省", "上海市", "北京市", "四川省", "山东省", ""]
CITIES = ["", *(f"{n} 市" for n in range(60))]
DEVICES = ["phone", "desktop"]
PROPS = ["", '{"sharer_id": 7}']
HOUR_WEIGHTS = np.array(
    [2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 10, 11, 9, 8, 8, 8, 9, 11, 14, 16, 15, 10, 5]
)
HOURS = HOUR_WEIGHTS / HOUR_WEIGHTS.sum()
PART = 1_000_000
SCANNED = ("ts", "verb", "person_id", "visitor_id", "shop_id", "object_type", "object_id", "channel", "region", "props", "device")  # fmt: skip


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command speaks


def days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(DAYS)]


def shops(chance: np.random.Generator, count: int) -> np.ndarray:
    """A few large shops, many small ones."""
    return 1 + np.minimum(SHOPS - 1, (SHOPS * chance.random(count) ** 2).astype(np.int64))


def write_day(chance: np.random.Generator, day: date, count: int) -> None:
    """One file of the day, in parts."""
    folder = lake.folder_of(day)
    folder.mkdir(parents=True)
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 8 * 3600
    with pq.ParquetWriter(
        folder / f"{day:%m%d}.parquet", lake.SCHEMA, compression="zstd"
    ) as writer:
        for start in range(0, count, PART):
            size = min(PART, count - start)
            writer.write_table(_part(chance, f"{day:%m%d}-{start}", midnight, size))


def _part(chance: np.random.Generator, name: str, midnight: int, size: int) -> pa.Table:
    hours = chance.choice(24, size, p=HOURS)
    moments = (midnight + hours * 3600 + chance.integers(0, 3600, size)) * 1_000_000
    shop = shops(chance, size)
    visitor = chance.integers(0, max(50, size // 6), size)
    verbs = chance.choice(len(VERBS), size, p=WEIGHTS)
    known = (chance.random(size) < 0.3) | (verbs == VERBS.index("people.person_signed_in"))
    columns = {name: pa.nulls(size, field.type) for name, field in zip(lake.SCHEMA.names, lake.SCHEMA, strict=True)}  # fmt: skip
    columns |= {
        "id": _named(f"{name}-", np.arange(size)),
        "ts": pa.array(moments, pa.timestamp("us", "UTC")),
        "person_id": pa.array(visitor + 1, mask=~known),
        "shop_id": pa.array(shop),
        "verb": _words(VERBS, verbs),
        "visitor_id": _named("v", visitor),
        "object_type": _words(("note", "goods"), (chance.random(size) < 0.7).astype(np.int64)),
        "object_id": _named("g", shop * 20 + chance.integers(0, 20, size)),
        "channel": _words(CHANNELS, chance.integers(0, len(CHANNELS), size)),
        "region": _words(REGIONS, chance.integers(0, len(REGIONS), size)),
        "props": _words(PROPS, (verbs == VERBS.index("spread.share_visited")).astype(np.int64)),
        "device": _words(DEVICES, chance.integers(0, len(DEVICES), size)),
    }  # fmt: skip
    return pa.table([columns[name] for name in lake.SCHEMA.names], schema=lake.SCHEMA)


def _words(words: Sequence[str], places: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(places))


def _named(letter: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(letter, pa.array(numbers).cast(pa.string()), "")


def export_of(events_a_day: int) -> cubing.Export:
    """What trade would give: orders of one line."""

    def export(wanted: Sequence[date]) -> sources.Exported:
        sales, lines = [], []
        for day in wanted:
            chance = np.random.default_rng(day.toordinal())
            count = max(1, int(events_a_day * ORDER_SHARE))
            base = _orders(chance, day, count)
            cuts = {name: pa.array(np.zeros(count, np.int64)) for name in ("cut", "shipping", "subsidy")}  # fmt: skip
            whole = {**base, "listed": base["amount"], **cuts}
            goods = pa.array(np.char.mod("%d", chance.integers(1, SHOPS * 20, count)))
            line = {**base, "goods": goods, "bought_again": pa.array(chance.random(count) < 0.3)}
            sales.append(pa.table([whole[name] for name in sources.SALE.names], schema=sources.SALE))  # fmt: skip
            lines.append(pa.table([line[name] for name in sources.LINE.names], schema=sources.LINE))  # fmt: skip
        return sources.Exported(
            pa.concat_tables(sales), pa.concat_tables(lines), sources.MOVE.empty_table()
        )

    return export


def _orders(chance: np.random.Generator, day: date, count: int) -> dict[str, pa.Array]:
    return {
        "verb": pa.array(chance.choice(np.array(["paid", "back"]), count, p=[0.95, 0.05])),
        "shop_id": pa.array(shops(chance, count)),
        "day": pa.array([day] * count, pa.date32()),
        "hour": pa.array(chance.choice(24, count, p=HOURS)),
        "at": pa.array(chance.integers(0, 10**9, count)),
        "person_id": pa.array(chance.integers(0, count * 3 + 1, count)),
        "region": pa.array(chance.choice(REGIONS, count)),
        "city": pa.array(chance.choice(CITIES, count)),
        "channel": pa.array(chance.choice(CHANNELS, count)),
        "customer": pa.array(chance.choice(np.array(["new", "old"]), count)),
        "campaign": pa.array(chance.choice(np.array(["none", "group"]), count)),
        "method": pa.array(["wechat"] * count),
        "pieces": pa.array(chance.integers(1, 4, count)),
        "amount": pa.array(chance.integers(100, 50_000, count)),
    }


def shelf() -> pa.Table:
    ids = np.arange(20, SHOPS * 20 + 40)
    return pa.table(
        [pa.array(np.char.mod("%d", ids)), pa.array(np.char.mod("g%d", ids)), pa.array(ids // 20), pa.array(np.char.mod("类 %d", ids % 12))],
        schema=sources.SHELF,
    )  # fmt: skip


class Peak(threading.Thread):
    """The most memory this process had while it ran."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.megabytes, self.over = 0.0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            self.megabytes = max(self.megabytes, pages * resource.getpagesize() / 1e6)


def scan_seconds() -> float:
    """One raw scan of the columns the cube needs, each read whole."""
    raw = duckdb.connect(config={"threads": settings.ANALYTICS_THREADS, "memory_limit": f"{settings.ANALYTICS_MEMORY_MB}MB"})  # fmt: skip
    sums = ", ".join(f"sum(hash({name})::DOUBLE)" for name in SCANNED)
    begun = time.perf_counter()
    files = f"{settings.LAKE_DIR}/day=*/*.parquet"
    raw.execute(f"SELECT {sums} FROM read_parquet(?)", [files]).fetchall()  # noqa: S608  columns of ours
    return time.perf_counter() - begun


def questions(chance: np.random.Generator, count: int) -> Iterator[tuple[int, Question]]:
    """What pages ask: four weeks or the whole span, one or two dimensions, a drill now and then; large shops ask more."""
    names = list(ASPECTS)
    for shop_id in shops(chance, count).tolist():
        aspect = ASPECTS[names[chance.integers(len(names))]]
        by, across = chance.permutation([*TIMES, *aspect.dimensions])[:2].tolist()
        where = (("channel", "feed"),) if "channel" in aspect.dimensions and chance.random() < 0.3 else ()  # fmt: skip
        length = 28 if chance.random() < 0.7 else DAYS
        yield shop_id, Question(
            aspect.name, by, across if chance.random() < 0.5 else "", where=where,
            first=days()[-length], last=days()[-1],
            versus=Versus.PREVIOUS if chance.random() < 0.3 else Versus.NOTHING,
        )  # fmt: skip


def asked(count: int = 300) -> dict[str, float]:
    """Milliseconds of an answer, over many questions of many shops."""
    took = []
    for shop_id, question in questions(np.random.default_rng(5), count):
        begun = time.perf_counter()
        ask(shop_id, question)
        took.append((time.perf_counter() - begun) * 1000)
    half, most = np.percentile(took, [50, 95])
    return {"cube_p50_ms": round(float(half), 1), "cube_p95_ms": round(float(most), 1), "cube_max_ms": round(max(took), 1)}  # fmt: skip


def engines_agree(events_a_day: int) -> bool | None:
    """Whether both engines give the same cells of the first day; None where PySpark is not installed."""
    if find_spec("pyspark") is None:
        return None
    told = [_cells_by(name, events_a_day) for name in ("duckdb", "pyspark")]
    return told[0] == told[1]


def _cells_by(name: str, events_a_day: int) -> dict[str, list[Any]]:
    first = days()[:1]
    with engine.opened(name) as opened:
        known = engine.given(opened, shelf())
        found = cubing.counted(opened, first, known, export_of(events_a_day)(first))
        return {aspect: sorted(map(repr, table.to_pylist())) for aspect, table in found}


def measure(millions: float | None = None) -> dict[str, Any]:
    millions = millions or float(os.environ.get("EVENTS", "1").rpartition(",")[2])
    shutil.rmtree(settings.LAKE_DIR, ignore_errors=True)
    CubeBlock.objects.all().delete()
    CubeDay.objects.all().delete()
    chance = np.random.default_rng(7)
    a_day = int(millions * 1_000_000 / DAYS)
    begun = time.perf_counter()
    for day in days():
        write_day(chance, day, a_day)
    say(f"{millions:g} million events written in {time.perf_counter() - begun:.0f} s")
    scan = min(scan_seconds() for _ in range(2))
    peak = Peak()
    peak.start()
    cpu, begun = time.process_time(), time.perf_counter()
    built = cubing.build(export=export_of(a_day), shelf=shelf)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak.over.set()
    peak.join()
    begun = time.perf_counter()
    assert cubing.build(export=export_of(a_day), shelf=shelf).days == []
    idle = time.perf_counter() - begun
    found = {
        "events": a_day * DAYS, "seconds": round(wall, 2), "cpu_seconds": round(cpu, 2), "cells": built.cells,
        f"cube_seconds_{millions:g}m": round(wall, 2), "cube_peak_mb": round(peak.megabytes),
        "scan_seconds": round(scan, 2), "cube_scan_ratio": round(wall / scan, 2),
        "microseconds_an_event": round(wall / (a_day * DAYS) * 1e6, 3),
        "cpu_microseconds_an_event": round(cpu / (a_day * DAYS) * 1e6, 3),
        "nothing_due_seconds": round(idle, 2), "load": os.getloadavg()[0],
        **asked(), "spark_equal": engines_agree(a_day),
    }  # fmt: skip
    say(str(found))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--millions", default="1,10")
    sizes = [float(text) for text in parser.parse_args().millions.split(",")]
    call_command("migrate", verbosity=0)
    runs = [measure(size) for size in sizes]
    last = runs[-1]
    answer: dict[str, object] = {
        **{key: value for run in runs for key, value in run.items() if key.startswith("cube_seconds")},
        "cube_peak_mb": max(run["cube_peak_mb"] for run in runs), "cube_scan_ratio": last["cube_scan_ratio"],
        "cube_p95_ms": last["cube_p95_ms"], "spark_equal": last["spark_equal"],
        "cost_ratio": round(last["microseconds_an_event"] / runs[0]["microseconds_an_event"], 2),
        "cpu_cost_ratio": round(last["cpu_microseconds_an_event"] / runs[0]["cpu_microseconds_an_event"], 2),
        "database": connection.vendor, "engine": settings.ANALYTICS_ENGINE, "runs": runs,
    }  # fmt: skip
    say(json.dumps(answer))


if __name__ == "__main__":
    main()
