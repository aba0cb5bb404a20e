"""A whole order over HTTP, a hot SKU, and the price of a long past. `make bench-orders`.

PostgreSQL, two workers, eight clients; every figure includes the load generator on the same machine. CPU is
that of the server and the database. Prints where it goes, and ends with one line of JSON.
"""

import argparse
import json
import os
import tempfile
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
if "GRAPEVINE_HOME" not in os.environ:
    os.environ["GRAPEVINE_HOME"] = tempfile.mkdtemp(prefix="grapevine-bench-")

import django

django.setup()

from bench import growth, world  # noqa: E402  after django.setup
from bench.load import Client, run  # noqa: E402  after django.setup
from bench.serving import cpu_seconds, postgres_seconds, serving  # noqa: E402  after django.setup

CLIENTS = 8
CROWD = 64
TURNS = 6


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command speaks


def reference(seconds: float) -> dict[str, float]:
    """The least a view can do, measured beside the rest."""
    with serving("bench.reference_wsgi:application") as (port, pid):
        clients = [Client(port) for _ in range(CLIENTS)]
        first = world.first_goods_id()

        def act(client: int, turn: int) -> bool:
            status, _ = clients[client].send("GET", f"/row/{first + (turn * 7 + client) % 1000}/")
            return status == 200

        run(CLIENTS, 1.0, act)
        before = cpu_seconds(pid)
        done, wrong, took = run(CLIENTS, seconds, act)
        assert not wrong
        cpu = cpu_seconds(pid) - before
    return {"reference_rps": done / took, "reference_cpu_ms": 1000 * cpu / done}


def orders(port: int, pid: int, shop: world.World, seconds: float) -> dict[str, float]:
    """Add to the cart → quote → place → pay with a signed callback."""
    buyers = [world.Buyer(port, shop, n) for n in range(CLIENTS)]
    times = [0.0, 0.0, 0.0, 0.0]

    def act(client: int, turn: int) -> bool:  # noqa: ARG001
        buyers[client].whole_order(times)
        return True

    run(CLIENTS, 2.0, act)
    world.analyse()  # what the server does by itself within a minute
    run(CLIENTS, 1.0, act)
    times[:] = [0.0] * 4
    before, base = cpu_seconds(pid), postgres_seconds()
    done, _, took = run(CLIENTS, seconds, act)
    cpu, database = cpu_seconds(pid) - before, postgres_seconds() - base
    steps = dict(
        zip(("add", "quote", "place", "pay"), (1000 * t / done for t in times), strict=True)
    )
    say(
        f"  {done} orders in {took:.1f} s; a client waits (ms): "
        + ", ".join(f"{k} {v:.1f}" for k, v in steps.items())
    )
    say(
        f"  CPU an order: web {1000 * (cpu - database) / done:.2f} ms, database {1000 * database / done:.2f} ms"
    )
    return {"orders_per_s": done / took, "cpu_ms_per_order": 1000 * cpu / done}


def placing_rates(
    port: int, shop: world.World, many: list[list[str]], seconds: float
) -> list[float]:
    """Orders placed a second by the crowd over each list of SKUs, in short turns: the machine's mood is shared."""
    buyers = [world.Buyer(port, shop, n) for n in range(CROWD)]
    done, took = [0] * len(many), [0.0] * len(many)
    for turn in range(-1, TURNS):
        for n, codes in enumerate(many):

            def act(client: int, turn: int, codes: list[str] = codes) -> bool:
                return buyers[client].place(codes[(turn * 64 + client) % len(codes)]) == 201

            count, wrong, time_taken = run(CROWD, seconds / TURNS, act)
            assert not wrong
            if turn >= 0:  # the first warms up
                done[n] += count
                took[n] += time_taken
    return [count / time_taken for count, time_taken in zip(done, took, strict=True)]


def hot(port: int, shop: world.World, seconds: float, stock: int) -> dict[str, float]:
    """One SKU and sixty-four buyers: as fast as a thousand SKUs, exactly as many as there are, and then no."""
    spread, one = placing_rates(port, shop, [shop.codes, [shop.hot_code]], 2 * seconds)
    last = world.hot_goods(shop, stock)
    buyers = [world.Buyer(port, shop, n) for n in range(CROWD)]
    left = [0] * CROWD

    def buy(client: int, turn: int) -> bool:  # noqa: ARG001
        status = buyers[client].place(last)
        left[client] += status == 201
        return status == 201

    until = time.perf_counter() + 60
    while sum(left) < stock and time.perf_counter() < until:
        run(CROWD, 1.0, buy)
    sold = world.held(last)
    assert sold == sum(left)
    before = world.row_counts()

    def refuse(client: int, turn: int) -> bool:  # noqa: ARG001
        return buyers[client].place(last) == 409

    run(CLIENTS, 1.0, refuse)
    refused, wrong, took = run(CLIENTS, seconds, refuse)
    assert not wrong
    assert world.row_counts() == before, "a refusal wrote something"
    say(f"  placed/s: spread {spread:.0f}, one SKU {one:.0f}; then {refused / took:.0f} refusals/s")
    return {
        "spread_placed_per_s": spread, "hot_placed_per_s": one, "hot_rate_ratio": one / spread,
        "hot_stock": stock, "hot_sold": sold, "refusals_per_s": refused / took,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--past", type=int, default=1_000_000)
    parser.add_argument("--hot-stock", type=int, default=500)
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    say("building a thousand SKUs and their buyers")
    shop = world.build(CROWD)
    before = reference(given.seconds / 3)
    with serving("grapevine.front.wsgi:application", threads=4) as (port, pid):
        say("whole orders")
        figures |= orders(port, pid, shop, given.seconds)
        after = reference(given.seconds / 3)
        figures |= {name: (before[name] + after[name]) / 2 for name in before}
        say(
            f"reference view, before and after: {figures['reference_rps']:.0f}/s,"
            f" {before['reference_cpu_ms']:.2f} and {after['reference_cpu_ms']:.2f} ms CPU"
        )
        say("a hot SKU")
        figures |= hot(port, shop, given.seconds / 3, given.hot_stock)
        if given.past:
            small, large = growth.before_and_after(
                given.past, lambda: orders(port, pid, shop, given.seconds)["cpu_ms_per_order"]
            )
            figures |= {
                "past_small_cpu_ms": small,
                "past_large_cpu_ms": large,
                "growth_ratio": large / small,
            }
    figures["order_over_reference"] = figures["cpu_ms_per_order"] / figures["reference_cpu_ms"]
    say(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
