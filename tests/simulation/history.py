"""A history of trade on the model and on the product, compared step by step; then both must come to rest."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.simulation import plans, resting
from tests.simulation.database import Fresh
from tests.simulation.edges import Edges, held
from tests.simulation.facts import Different, Operation, Reply, Setup
from tests.simulation.model import Model
from tests.simulation.names import Names
from tests.simulation.opening import Offers, open_all
from tests.simulation.reading import Reader
from tests.simulation.world import World

OPERATIONS = 60
EVERY = 15
"""The whole state is compared after so many operations, and at the end."""
SHARE = 4
"""So many seeds in a row have the same shops: opening them takes a while."""
NAMED = 10_000
"""More names than opening shops gives."""


@dataclass(slots=True)
class Seen:
    """What was exercised."""

    seeds: int = 0
    operations: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    orders: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    cases: Counter[str] = field(default_factory=Counter)
    withdrawals: Counter[str] = field(default_factory=Counter)
    commissions: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, reply: Reply) -> None:
        self.operations[kind] += 1
        if reply.word == "refused":
            self.refusals[f"{kind} {reply.told}"] += 1


class History:
    def __init__(self, setup: Setup, names: Names, edges: Edges) -> None:
        self.model = Model(setup)
        self.world = World(names, edges)
        self.reader = Reader(names, edges)

    def step(self, op: Operation) -> Reply:
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
        resting.rest(self)


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


class Shops:
    """Opens the shops of a setup, or takes them as they were when they were opened last."""

    def __init__(self, fresh: Fresh) -> None:
        self._fresh = fresh
        self._opened: tuple[Names, Offers] = Names(), Offers()
        self._name: int | None = None

    @contextmanager
    def history(self, setup: Setup, name: int | None = None) -> Iterator[History]:
        """A model and a product with these shops; `name` tells a setup that may be kept."""
        with held() as edges:
            if name is None or name != self._name or not self._fresh.restore():
                self._fresh.empty()
                self._opened = open_all(setup)
                self._fresh.keep()
                self._name = name
            names, edges.offers = deepcopy(self._opened)
            edges.fee(setup.fee_bps)
            edges.named = NAMED
            yield History(setup, names, edges)


def simulate(
    seed: int, shops: Shops, seen: Seen, *, tell: Callable[[str], None] | None = None
) -> None:
    """One history: faults and all, then rest. With `tell` every step is told, and compared."""
    name = seed // SHARE
    setup = plans.setup(plans.Seeded(Random(-1 - name)))
    with shops.history(setup, name) as history:
        plan = plans.Plan(plans.Seeded(Random(seed)), history.model)
        if tell:
            tell(str(setup))
        for n in range(1, OPERATIONS + 1):
            op = plan.next()
            if tell:
                tell(f"{n:3} {op}")
            reply = history.step(op)
            seen.note(op.kind, reply)
            if tell:
                tell(f"    {reply.word} {reply.told}")
            if tell or n % EVERY == 0:
                history.compare()
        history.come_to_rest()
        market = history.model.market
        seen.orders.update(order.state for order in market.orders)
        seen.groups.update(group.state for group in market.groups)
        seen.cases.update(f"{one.kind} {one.state} {one.outcome}" for one in market.cases)
        seen.withdrawals.update(one.state for one in market.parties.withdrawals)
        seen.commissions.update(
            "partly reversed" if 0 < one.reversed < one.amount else one.state
            for one in market.commissions.values()
        )
    seen.seeds += 1


def summary(seen: Seen, failed: list[int], seconds: Mapping[str, float]) -> dict[str, Any]:
    return {
        "seeds": seen.seeds, "failed": failed, **seconds,
        "operations": sum(seen.operations.values()), "refused": sum(seen.refusals.values()),
        "by_operation": dict(sorted(seen.operations.items())),
        "by_refusal": dict(sorted(seen.refusals.items())),
        "orders": dict(sorted(seen.orders.items())), "groups": dict(sorted(seen.groups.items())),
        "cases": dict(sorted(seen.cases.items())),
        "withdrawals": dict(sorted(seen.withdrawals.items())),
        "commissions": dict(sorted(seen.commissions.items())),
    }  # fmt: skip
