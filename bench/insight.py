"""The log, the lake and what is counted from them: every part in turn, in one home. `make bench-insight`.

A part is a module `bench/insight_<name>.py` with `measure()`, which answers with a dict; adding one is adding the file. `python -m
bench.insight intake` runs one of them, EVENTS=1,10,100 counts nights of as many million events, the last of them as a cube alone too. SMALL=1 runs every part in the form its
module calls `SMALL`, to see that it works; what that finds is not kept. What a part found is kept in `build/bench-insight.json` until
it is measured again, with its hour and the load of the machine, so that parts measured one after the other stand in one line.

Ends with a line of JSON: the figures that are promised, null where they were not measured, and all of each part under its name.
"""

import json
import os
import pkgutil
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import bench
from bench import home

PREFIX = "insight_"
KEPT = Path(__file__).resolve().parents[1] / "build" / "bench-insight.json"
PROMISED = {
    "rollup_seconds_100m": "nightly", "rollup_peak_mb": "nightly", "scan_ratio": "nightly",
    "trees_seconds_10k": "trees", "aa_coloured_share": "trees",
    "cube_p95_ms": "rollups", "spark_equal": "rollups",
    "events_per_s": "intake", "lost_after_kill": "intake", "compacted_per_s": "intake",
}  # fmt: skip
Found = dict[str, dict[str, Any]]


def parts() -> list[str]:
    names = [one.name for one in pkgutil.iter_modules(bench.__path__)]
    return sorted(
        name.removeprefix(PREFIX)
        for name in names
        if name.startswith(PREFIX) and hasattr(import_module(f"bench.{name}"), "measure")
    )


def kept() -> Found:
    found: Found = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


def keep(name: str, figures: dict[str, Any]) -> None:
    """Beside what other parts found; a part that did not end keeps what it found before."""
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({**kept(), name: figures}, indent=1))


def line_of(found: Found) -> dict[str, Any]:
    told = {key: found.get(part, {}).get(key) for key, part in PROMISED.items()}
    sizes = {
        key: value for key, value in found.get("nightly", {}).items() if key.startswith("rollup_seconds_")
    }  # fmt: skip
    return {**told, **sizes, "parts": found}


def measure() -> dict[str, Any]:
    is_small = os.environ.get("SMALL") == "1"
    fresh: Found = {}
    for name in sys.argv[1:] or parts():
        module = import_module(f"bench.{PREFIX}{name}")
        figures = module.measure(**module.SMALL if is_small else {})
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fresh[name] = figures | {"measured_at": now, "load_after": round(os.getloadavg()[0], 1)}
        if not is_small:
            keep(name, fresh[name])
    return line_of(fresh if is_small else {**kept(), **fresh})


if __name__ == "__main__":
    print(json.dumps(home.run(measure)))  # noqa: T201
