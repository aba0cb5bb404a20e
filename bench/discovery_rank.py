"""Twenty goods of a million for people of a million, from memory-mapped artifacts: how long, and what a worker holds.

The artifacts are drawn at random, so that no two people share a page of the disk's cache by taste: reading is as scattered
as it can be. The worker is a process of its own with the whole product loaded, as a web worker has it; its memory is what
is its alone (anonymous pages), the artifacts' pages being the system's to keep or drop.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
import django

django.setup()

import numpy as np  # noqa: E402  after django.setup
from django.conf import settings  # noqa: E402  after django.setup

from grapevine.discovery import facade as discovery  # noqa: E402  after django.setup
from grapevine.discovery.shortlists import shortlist  # noqa: E402  after django.setup

NEAR, TIES, KEPT, WIDE = 50, 50, 50, 64
BLOCK = 100_000
LISTS = 1_000
SIZE = 20


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command speaks


def drawn(name: str, rows: int, width: int, most: int) -> Any:
    """Ids from 1 to `most` on disk, a row at a time in memory."""
    made = _mapped(name, (rows, width), np.int32)
    dice = np.random.default_rng(width)
    for start in range(0, rows, BLOCK):
        part = made[start : start + BLOCK]
        part[:] = dice.integers(1, most + 1, part.shape, dtype=np.int32)
    return made


def falling(name: str, rows: int, width: int) -> Any:
    made = _mapped(name, (rows, width), np.float32)
    made[:] = np.linspace(1.0, 0.1, width, dtype=np.float32)
    return made


def bytes_of(name: str, rows: int) -> Any:
    made = _mapped(name, (rows, WIDE), np.int8)
    dice = np.random.default_rng(rows % 97)
    for start in range(0, rows, BLOCK):
        part = made[start : start + BLOCK]
        part[:] = np.clip(dice.normal(0, 40, part.shape), -127, 127).astype(np.int8)
    return made


def _mapped(name: str, shape: tuple[int, int], kind: Any) -> Any:
    folder = Path(settings.ARTIFACT_DIR) / "drawn"
    folder.mkdir(parents=True, exist_ok=True)
    return np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=kind, shape=shape)


def publish(items: int, people: int) -> None:
    item_ids = np.arange(1, items + 1, dtype=np.int64)
    person_ids = np.arange(1, people + 1, dtype=np.int64)
    near = {
        "item_ids": item_ids, "neighbour_ids": drawn("near", items, NEAR, items),
        "neighbour_scores": falling("nearness", items, NEAR),
    }  # fmt: skip
    ties = {
        "person_ids": person_ids, "tie_ids": drawn("ties", people, TIES, people),
        "tie_weights": falling("weights", people, TIES),
    }  # fmt: skip
    factors = bytes_of("items", items)
    scales = np.full(items, 0.01, dtype=np.float32)
    cells = max(1, int(items**0.5))
    turn = np.random.default_rng(5).permutation(items) + 1
    turn = np.pad(turn, (0, -len(turn) % cells)).reshape(cells, -1).astype(np.int32)
    middles = np.random.default_rng(6).normal(0, 1, (cells, WIDE)).astype(np.float32)
    counts = np.sort(np.random.default_rng(8).pareto(1.2, 500))[::-1].astype(np.float32) * 100
    named: Sequence[tuple[str, dict[str, Any]]] = (
        ("item_item", near), ("social", ties),
        ("history", {"person_ids": person_ids, "item_ids": drawn("history", people, KEPT, items)}),
        ("person_factors", {"person_ids": person_ids, "factors": bytes_of("people", people)}),
        ("item_factors", {"item_ids": item_ids, "factors": factors, "scales": scales}),
        ("cells", {"middles": middles, "item_ids": turn}),
        ("popular", {"item_ids": item_ids[: len(counts)], "scores": counts[: len(item_ids)]}),
    )  # fmt: skip
    for name, arrays in named:
        discovery.publish_artifact(name, arrays, {"drawn": True})


def rank(items: int, people: int, interactions: int) -> dict[str, Any]:
    start = time.monotonic()
    publish(items, people)
    published = time.monotonic() - start
    command = [sys.executable, "-m", "bench.discovery_rank", str(people)]
    answer = subprocess.run(  # noqa: S603  our own command
        command, check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": ".", "GRAPEVINE_HOME": str(settings.HOME)},
    )  # fmt: skip
    found: dict[str, Any] = json.loads(answer.stdout.strip().splitlines()[-1])
    folder = Path(settings.ARTIFACT_DIR)
    size = sum(path.stat().st_size for path in folder.glob("*/*/*.npy"))
    told = {
        "items": items, "people": people, "interactions": min(interactions, people * KEPT),
        "artifacts_mb": round(size / 2**20), "published_seconds": round(published, 1), **found,
    }  # fmt: skip
    say(f"  rank: {told}")
    return told


def own_mb() -> tuple[float, float]:
    """(anonymous, of files) megabytes of this process that are in memory."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return sizes["Anonymous"] / 1024, (sizes["Rss"] - sizes["Anonymous"]) / 1024


def worker(people: int) -> dict[str, Any]:
    """In a process with the whole product: lists for people drawn at random, cold and then going on."""
    from grapevine.front.wsgi import application  # noqa: PLC0415  only a worker needs it

    assert application is not None
    dice = np.random.default_rng(3)
    took, spent = [], []
    before, _files = own_mb()
    for person_id in dice.integers(1, people + 1, LISTS).tolist():
        start, cpu = time.perf_counter(), time.process_time()
        best = shortlist(person_id, SIZE)
        took.append(1000 * (time.perf_counter() - start))
        spent.append(1000 * (time.process_time() - cpu))
        assert len(best) == SIZE, len(best)
    anonymous, files = own_mb()
    cuts, cpus = statistics.quantiles(took, n=20), statistics.quantiles(spent, n=20)
    return {
        "lists": LISTS, "p50_ms": round(statistics.median(took), 2), "p95_ms": round(cuts[-1], 2),
        "cpu_p50_ms": round(statistics.median(spent), 2), "cpu_p95_ms": round(cpus[-1], 2),
        "worker_mb": round(anonymous, 1), "ranking_added_mb": round(anonymous - before, 1),
        "mapped_mb": round(files, 1),
    }  # fmt: skip


if __name__ == "__main__":
    say(json.dumps(worker(int(sys.argv[1]))))
