"""The log, the lake and what is counted from them: every part in turn, in one home. `make bench-insight`.

A part is a module `bench/insight_<name>.py` with `measure()`, which answers with a dict; adding one is adding the file. `python -m
bench.insight intake` runs one of them, EVENTS=100 counts a cube of a hundred million. Ends with a line of JSON: the figures
that are promised, null where they were not measured, and all of each part under its name.
"""

import json
import pkgutil
import sys
from importlib import import_module
from typing import Any

from django.utils.module_loading import import_string

import bench
from bench import home

PREFIX = "insight_"
PROMISED = {
    "events_per_s": "intake", "lost_after_kill": "intake", "compacted_per_s": "intake",
    "rollup_seconds_100m": "rollups", "rollup_peak_mb": "rollups", "scan_ratio": "rollups",
    "cube_p95_ms": "rollups", "spark_equal": "rollups",
    "trees_seconds_10k": "trees", "aa_coloured_share": "trees",
}  # fmt: skip


def parts() -> list[str]:
    names = [one.name for one in pkgutil.iter_modules(bench.__path__)]
    return sorted(
        name.removeprefix(PREFIX)
        for name in names
        if name.startswith(PREFIX) and hasattr(import_module(f"bench.{name}"), "measure")
    )


def measure() -> dict[str, Any]:
    wanted = sys.argv[1:] or parts()
    found = {name: import_string(f"bench.{PREFIX}{name}.measure")() for name in wanted}
    told = {key: found.get(part, {}).get(key) for key, part in PROMISED.items()}
    sizes = {k: v for k, v in found.get("rollups", {}).items() if k.startswith("rollup_seconds_")}
    return {**told, **sizes, "parts": found}


if __name__ == "__main__":
    print(json.dumps(home.run(measure)))  # noqa: T201
