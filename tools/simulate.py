"""Histories of trade from seeds, on a model in plain Python and on the product, compared reply by reply.

    python -m tools.simulate

SEEDS (1000) histories from START (0) on. SEEDS=1 tells every step. A seed that differs is printed with how to see
it again, and the run goes on until FAILURES (5) did. The last line is JSON: what was exercised, how often, how fast.
SQLite in memory; PostgreSQL where DATABASE_URL says so.
"""

import json
import os
import sys
import tempfile
import time

import django
from django.core.management import call_command


def main() -> int:
    from tests.simulation.database import own_database
    from tests.simulation.facts import Different
    from tests.simulation.history import Seen, Shops, simulate, summary

    seeds, start = _number("SEEDS", 1000), _number("START", 0)
    seen, failed = Seen(), list[int]()
    began, used = time.perf_counter(), time.process_time()
    tell = (lambda line: print(line, flush=True)) if seeds == 1 else None
    with own_database() as fresh:
        shops = Shops(fresh)
        for seed in range(start, start + seeds):
            try:
                simulate(seed, shops, seen, tell=tell)
            except Different as difference:
                failed.append(seed)
                print(f"seed {seed}: {difference}\n  again: make simulate SEEDS=1 START={seed}\n")
                if len(failed) >= _number("FAILURES", 5):
                    break
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    told = {
        "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1),
        "seeds_per_second": round(seen.seeds / seconds, 2),
        "seeds_per_cpu_second": round(seen.seeds / cpu, 2),
    }  # fmt: skip
    print(json.dumps(summary(seen, failed, told)))
    return 1 if failed else 0


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name, "") or default)


def _start(home: str) -> None:
    """Django on a database of this run's own, unless DATABASE_URL names one."""
    os.environ["GRAPEVINE_HOME"] = home
    os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
    os.environ["DJANGO_SETTINGS_MODULE"] = "grapevine.front.settings"
    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="grapevine-simulation-") as folder:
        _start(folder)
        sys.exit(main())
