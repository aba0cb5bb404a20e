"""Feeds of many readers over HTTP: what a request costs, warm and opening, beside the least a Django view can do.

Every reader walks ten pages of twenty cards, again and again: one request in ten opens the feed, the others go on in it.
The reference lists twenty rows without a middleware, in the same run, before and after; `…_over_reference` is the CPU of
web, database and load generator together, in such requests. Growth compares ten thousand notes with a million.
"""

import json
import random
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.test import Client as Browser

from bench import notes as ground
from bench.load import Client, run
from bench.serving import cpu_seconds, postgres_seconds, serving
from grapevine.discovery.api.cards import held
from grapevine.kit.ids import ALPHABET, ID_LENGTH

CLIENTS = 8
PAGES = 10
SIZE = 20
SECRET = "s" * 32
"""A form secret, as a browser that came before has one."""
NEXT = re.compile(rb'hx-get="([^"]+cursor=[^"]+)"')

Ask = tuple[str, dict[str, str]]
Site = tuple[int, int]
"""(port, pid of its process group)"""
ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Sites:
    """The house and the least a Django view can do, both up all the time: who is not asked costs nothing."""

    house: Site
    plain: Site


@contextmanager
def both(workers: int) -> Iterator[Sites]:
    with (
        serving("grapevine.front.wsgi:application", workers=workers) as house,
        serving("bench.reference_wsgi:application", workers=workers) as plain,
    ):
        yield Sites(house, plain)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command speaks


def measured(
    port: int, pid: int, asks: Sequence[Ask], seconds: float, *, warm: int = 1
) -> dict[str, float]:
    """Requests a second and what one costs: CPU of web and database, the generator's own, the wait (p95)."""
    clients = [Client(port) for _ in range(CLIENTS)]
    taken: list[float] = []

    def act(client: int, turn: int) -> bool:
        path, headers = asks[(turn * CLIENTS + client) % len(asks)]
        start = time.perf_counter()
        status, _body = clients[client].send("GET", path, headers=headers)
        taken.append(time.perf_counter() - start)
        return status == 200

    for _ in range(warm):
        for n, (path, headers) in enumerate(asks):
            clients[n % CLIENTS].send("GET", path, headers=headers)
    run(CLIENTS, min(2.0, seconds), act)
    taken.clear()
    before, base, own = cpu_seconds(pid), postgres_seconds(), time.process_time()
    done, wrong, took = run(CLIENTS, seconds, act)
    cpu, database = cpu_seconds(pid) - before, postgres_seconds() - base
    assert not wrong, f"{wrong} requests failed"
    return {
        "rps": done / took,
        "cpu_ms": 1000 * cpu / done,
        "database_ms": 1000 * database / done,
        "generator_ms": 1000 * (time.process_time() - own) / done,
        "p95_ms": 1000 * statistics.quantiles(taken, n=20)[-1],
    }


def reference(site: Site, notes: int, seconds: float) -> dict[str, float]:
    asks: list[Ask] = [(f"/rows/{1 + n * 131 % max(notes - SIZE, 1)}/", {}) for n in range(ROWS)]
    return measured(*site, asks, seconds, warm=0)


def api_walk(port: int, tokens: Sequence[str]) -> tuple[list[Ask], int]:
    """Every page of every reader as programs ask for it, and how many different cards they show."""
    client, seen = Client(port), set()
    asks: list[Ask] = []
    for token in tokens:
        headers, cursor = {"Authorization": f"Bearer {token}"}, ""
        for _ in range(PAGES):
            path = f"/api/v1/feed?limit={SIZE}" + (f"&cursor={cursor}" if cursor else "")
            asks.append((path, headers))
            status, body = client.send("GET", path, headers=headers)
            assert status == 200, (status, body)
            page = json.loads(body)
            seen |= {item["public_id"] for item in page["items"]}
            cursor = page["next_cursor"]
            if not cursor:
                break
    return asks, len(seen)


def page_walk(port: int, cookies: Sequence[str]) -> tuple[list[Ask], list[Ask]]:
    """(the home page of every reader, what htmx asks for as they scroll)."""
    client, homes, more = Client(port), [], []
    for n, cookie in enumerate(cookies):
        agent = "Mozilla/5.0 (iPhone) Mobi"
        own = {
            "Cookie": f"sessionid={cookie}; gv_visitor={visitor(n)}; csrftoken={SECRET}",
            "User-Agent": agent,
        }
        homes.append(("/", own))
        path, headers = "/", own
        for _ in range(PAGES - 1):
            status, body = client.send("GET", path, headers=headers)
            assert status == 200, (status, body)
            found = NEXT.search(body)
            if found is None:
                break
            path, headers = (
                "/" + found[1].decode().replace("&amp;", "&"),
                {**own, "HX-Request": "true"},
            )
            more.append((path, headers))
    return homes, more


def visitor(number: int) -> str:
    """The id of a browser that came before."""
    letters = []
    for _ in range(ID_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def shuffled(asks: Sequence[Ask]) -> list[Ask]:
    found = list(asks)
    random.Random(7).shuffle(found)  # noqa: S311  no secret
    return found


def opened(port: int, pid: int, people: ground.Readers, seconds: float) -> float:
    """CPU ms of opening a feed of which nothing is held: its reader has just liked something. At least one each."""
    clients = [Client(port) for _ in range(CLIENTS)]
    asks = [
        (f"/api/v1/feed?limit={SIZE}", {"Authorization": f"Bearer {token}"})
        for token in people.tokens
    ]
    until, done, spent = time.perf_counter() + seconds, 0, 0.0
    while not done or time.perf_counter() < until:
        ground.taste_something(people.ids)
        before = cpu_seconds(pid)
        for n, (path, headers) in enumerate(asks):
            status, _body = clients[n % CLIENTS].send("GET", path, headers=headers)
            assert status == 200, status
        spent += cpu_seconds(pid) - before
        done += len(asks)
    return 1000 * spent / done


def hit_rate(asks: Sequence[Ask]) -> float:
    """Of the same walk in one process that has seen it once: cards found in memory."""
    browser = Browser()
    for path, headers in asks:
        browser.get(path, headers=headers)
    held.hits = held.misses = 0
    for path, headers in shuffled(asks):
        browser.get(path, headers=headers)
    return held.hits / (held.hits + held.misses)


class Land:
    """Notes and their readers; it only grows."""

    def __init__(self, notes: int, readers: int) -> None:
        call_command("migrate", verbosity=0)
        self.plot = ground.plot(max(10, notes // 100))
        ground.write_notes(self.plot, 1, notes)
        self.notes = notes
        self.people = ground.gather(self.plot, notes, readers)
        ground.settle()

    def grow(self, notes: int) -> None:
        if notes > self.notes:
            say(f"growing to {notes} notes")
            ground.write_notes(self.plot, self.notes + 1, notes)
            self.notes = notes
            ground.settle()


def feeds(sites: Sites, land: Land, seconds: float) -> dict[str, Any]:
    """What one request costs, of programs and of browsers."""
    people, (port, pid) = land.people, sites.house
    before = reference(sites.plain, land.notes, seconds / 2)
    asks, cards = api_walk(port, people.tokens)
    api = measured(port, pid, shuffled(asks), seconds)
    opening = opened(port, pid, people, seconds / 2)
    homes, more = page_walk(port, people.cookies)
    page = measured(port, pid, shuffled(more), seconds)
    home = measured(port, pid, shuffled(homes), seconds, warm=4)
    after = reference(sites.plain, land.notes, seconds / 2)
    rows = {name: (before[name] + after[name]) / 2 for name in before}
    found: dict[str, Any] = {
        "notes": land.notes, "readers": len(people.ids), "pages_each": PAGES, "cards_shown": cards,
        "reopened_share": round(len(people.ids) / len(asks), 3),
        "hit_rate": round(hit_rate(asks), 4), "opening_cpu_ms": round(opening, 3),
    }  # fmt: skip
    for name, one in (("api", api), ("page", page), ("home", home), ("reference", rows)):
        found |= {f"{name}_{key}": round(value, 3) for key, value in one.items()}
        whole = one["cpu_ms"] + one["generator_ms"]
        found[f"{name}_over_reference"] = round(whole / (rows["cpu_ms"] + rows["generator_ms"]), 3)
        say(f"  {name}: " + ", ".join(f"{key} {value:.2f}" for key, value in one.items()))
    return found


def costs(sites: Sites, land: Land, seconds: float) -> dict[str, float]:
    """CPU of a warm page and of an opening, in reference requests of the same minute."""
    port, pid = sites.house
    before = reference(sites.plain, land.notes, seconds / 2)["cpu_ms"]
    asks, _cards = api_walk(port, land.people.tokens)
    warm = measured(port, pid, shuffled(asks), seconds)["cpu_ms"]
    opening = opened(port, pid, land.people, seconds)
    rows = (before + reference(sites.plain, land.notes, seconds / 2)["cpu_ms"]) / 2
    return {"notes": land.notes, "warm": warm / rows, "opening": opening / rows}


def grown(small: dict[str, float], large: dict[str, float]) -> dict[str, Any]:
    warm, opening = large["warm"] / small["warm"], large["opening"] / small["opening"]
    return {
        "ratio": round(max(warm, opening), 3), "warm_ratio": round(warm, 3),
        "opening_ratio": round(opening, 3), "small": small, "large": large,
    }  # fmt: skip
