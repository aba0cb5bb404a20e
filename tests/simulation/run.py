"""Histories of trade on the model and on the product, compared.

    python -m tests.simulation.run            SEEDS and START from the environment; SEEDS=1 tells every step

Ends with one line of JSON. A seed that differs is printed with how to see it again; then the exit code is 1.
"""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.simulation.facts import Different

OPERATIONS = 60
EVERY = 15
"""The whole state is compared after so many operations, and at the end."""


@dataclass(slots=True)
class Seen:
    """What was exercised."""

    seeds: int = 0
    operations: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, reply: Any) -> None:
        self.operations[kind] += 1
        if reply.word == "refused":
            self.refusals[f"{kind} {reply.told}"] += 1


@contextmanager
def history(seed: int, setup: Any, reset: Any) -> Iterator["History"]:
    """A model and a real shop of this setup, on an emptied database."""
    from tests.simulation.edges import held

    reset()
    with held(seed) as edges:
        yield History(setup, edges)


class History:
    def __init__(self, setup: Any, edges: Any) -> None:
        from tests.simulation.model import Model
        from tests.simulation.reading import Reader
        from tests.simulation.world import World

        self.model = Model(setup)
        self.world = World(setup, edges)
        self.reader = Reader(self.world.names, edges)

    def step(self, op: Any) -> Any:
        """Do it on both sides; the reply, which is the same."""
        expected, got = self.model.do(op), self.world.do(op)
        if expected != got:
            raise Different(f"{op}\n  model:   {expected}\n  product: {got}")
        return expected

    def compare(self) -> None:
        expected, got = self.model.snapshot(), self.reader.snapshot()
        wrong = [_difference(name, expected[name], got[name]) for name in expected]
        if any(wrong):
            raise Different("the states differ\n" + "\n".join(one for one in wrong if one))

    def come_to_rest(self) -> None:
        from tests.simulation.resting import rest

        rest(self)


def _difference(name: str, expected: Any, got: Any) -> str:
    if expected == got:
        return ""
    if isinstance(expected, dict):
        keys = [key for key in expected | got if expected.get(key) != got.get(key)]
        told = [f"{key}: model {expected.get(key)}, product {got.get(key)}" for key in keys]
    elif isinstance(expected, list) and len(expected) == len(got):
        pairs = enumerate(zip(expected, got, strict=True))
        told = [f"#{n}: model {one}, product {other}" for n, (one, other) in pairs if one != other]
    else:
        told = [f"model {expected}, product {got}"]
    return "\n".join(f"  {name} {one}" for one in told)


def simulate(seed: int, reset: Any, seen: Seen, *, told: bool = False) -> None:
    """One history: faults and all, then rest."""
    from tests.simulation import plans

    chooser = plans.Seeded(Random(seed))
    setup = plans.setup(chooser)
    with history(seed, setup, reset) as run:
        plan = plans.Plan(chooser, run.model)
        if told:
            print(setup)
        for n in range(1, OPERATIONS + 1):
            op = plan.next()
            if told:
                print(f"{n:3} {op}", flush=True)
            reply = run.step(op)
            seen.note(op.kind, reply)
            if told:
                print(f"    {reply.word} {reply.told}")
            if told or n % EVERY == 0:
                run.compare()
        run.come_to_rest()
        seen.states.update(order.state for order in run.model.market.orders)
    seen.seeds += 1


def main() -> int:
    seeds, start = int(os.environ.get("SEEDS", "1000")), int(os.environ.get("START", "0"))
    from tests.simulation.database import own_database

    seen, failed, began = Seen(), [], time.perf_counter()
    with own_database() as reset:
        for seed in range(start, start + seeds):
            try:
                simulate(seed, reset, seen, told=seeds == 1)
            except Different as difference:
                failed.append(seed)
                print(f"seed {seed}: {difference}\n  again: make simulate SEEDS=1 START={seed}\n")
                if len(failed) >= int(os.environ.get("FAILURES", "5")):
                    break
    print(json.dumps(_summary(seen, failed, time.perf_counter() - began)))
    return 1 if failed else 0


def _summary(seen: Seen, failed: list[int], seconds: float) -> dict[str, Any]:
    return {
        "seeds": seen.seeds, "failed": failed, "seconds": round(seconds, 1),
        "cpu_seconds": round(time.process_time(), 1),
        "seeds_per_second": round(seen.seeds / seconds, 1),
        "operations": sum(seen.operations.values()), "refused": sum(seen.refusals.values()),
        "by_operation": dict(sorted(seen.operations.items())),
        "by_refusal": dict(sorted(seen.refusals.items())),
        "orders": dict(sorted(seen.states.items())),
    }  # fmt: skip


def _start() -> None:
    """Django on a database of this run's own, unless DATABASE_URL names one."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="grapevine-simulation-") as home:
        os.environ["GRAPEVINE_HOME"] = home
        os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
        os.environ["DJANGO_SETTINGS_MODULE"] = "grapevine.front.settings"
        _start()
        sys.exit(main())
