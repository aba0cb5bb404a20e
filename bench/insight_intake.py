"""Taking events in over HTTP: how many a second on this machine, and whether any answered one is lost when processes are killed.

Two web processes, the load and nothing else. First the rate, at several sizes of a batch; then again while web processes
and a compacting one are killed (SIGKILL) at random moments, all of them at the end. Every id whose batch was answered with
202 must then be in the lake, once. A part of `make bench-insight`; alone: `python -m bench.insight_intake`.
"""

import http.client
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bench import home  # isort: skip  it sets Django up
from bench.serving import command, cpu_seconds, free_port, serving
from grapevine.discovery.models import FeedSession, Shown
from grapevine.insight import keeping, lake
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.signals import facade as signals

SMALL = {"seconds": 0.5, "kills": 2}
SIZES = (500, 100, 20)
SECONDS = 6.0
MOST_A_SECOND = 40_000
"""Of one sender; it stops when its batches are all sent."""
KILLS = 24
WAIT_SECONDS, KILL_SECONDS = 60.0, 150.0
ACCEPTED = 202
CARDS = 60
COMPACTORS = 0.3
"""The part of the kills that hit the process that compacts."""
APPLICATION = "grapevine.front.wsgi:application"


def body(count: int, seed: random.Random) -> bytes:
    """A batch as `app.js` sends it."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    events = [
        {
            "id": str(uuid4()), "ts": now, "verb": seed.choice(["view", "impression", "click"]),
            "object_type": "goods", "object_id": f"g{seed.randrange(100_000)}",
            "shop_id": str(seed.randrange(500)), "surface": "feed", "position": str(seed.randrange(40)),
            "request_id": f"r{seed.randrange(10**9)}", "from": "feed", "session_id": "s1234567",
        }
        for _ in range(count)
    ]  # fmt: skip
    return json.dumps({"events": events, "sent_at": now}).encode()


def visitor(number: int) -> str:
    return f"bench{number:07d}".replace("0", "a")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody signed in, with feeds of sixty notes each that nobody was shown before."""

    token: str
    feeds: Sequence[str]


def readers(count: int, feeds: int = 200) -> list[Reader]:
    made = people.save_people_bulk(
        [NewPerson(f"reader{n}{new_id()}", f"读者{n}") for n in range(count)]
    )
    author = people.save_people_bulk([NewPerson(f"author{new_id()}", "作者")])[0]
    found = []
    for person_id in made:
        rows = FeedSession.objects.bulk_create(
            FeedSession(
                person_id=person_id, size=CARDS, created_at=clock.now(),
                places=[[feed * CARDS + n + 1, "popular", author, 1, 0.5, ""] for n in range(CARDS)],
            )
            for feed in range(feeds)
        )  # fmt: skip
        found.append(Reader(people.issue_token(person_id, "bench"), [row.pk for row in rows]))
    return found


def cards(count: int, seed: random.Random, feed: str) -> bytes:
    """A batch of somebody who scrolls one feed: two of three rows are cards they saw, one in fifty is opened."""
    told = json.loads(body(count, seed))
    for n, event in enumerate(told["events"]):
        if n % 3 < 2:
            place = n % CARDS + 1
            event |= {
                "verb": "click" if n % 50 == 0 else "impression", "object_type": "note", "object_id": f"n{place}",
                "position": str(place), "request_id": f"{feed}.1",
            }  # fmt: skip
    return json.dumps(told).encode()


def _send(
    port: int, size: int, seconds: float, number: int, results: Any, reader: Reader | None = None
) -> None:
    """One sender on one connection: batches are made before the clock starts, so that the load costs little."""
    seed = random.Random(number)  # noqa: S311  a load, no secret
    count = max(8, int(seconds * MOST_A_SECOND / size))
    headers = {"Content-Type": "text/plain;charset=UTF-8", "X-Visitor": visitor(number)}
    if reader is None:
        bodies = [body(size, seed) for _ in range(count)]
    else:
        headers["Authorization"] = f"Bearer {reader.token}"
        bodies = [cards(size, seed, reader.feeds[n % len(reader.feeds)]) for n in range(count)]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    results.put("ready")
    results_started = time.monotonic()
    accepted = 0
    for one in bodies:
        connection.request("POST", "/api/v1/events", one, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == ACCEPTED, told
        accepted += told["accepted"]
        if time.monotonic() - results_started >= seconds:
            break
    results.put((accepted, time.monotonic() - results_started))


def rate(
    port: int, size: int, seconds: float, senders: int = 2, who: Sequence[Reader] = ()
) -> tuple[float, int]:
    """Accepted events a second and in all, all senders together; `who`: one somebody for each, if they are signed in."""
    results: Any = multiprocessing.Queue()
    children = [
        multiprocessing.Process(
            target=_send, args=(port, size, seconds, n, results, who[n] if who else None)
        )
        for n in range(senders)
    ]
    for child in children:
        child.start()
    found: list[tuple[int, float]] = []
    while len(found) < senders:
        got = results.get(timeout=120)
        if got != "ready":
            found.append(got)
    for child in children:
        child.join()
    whole = sum(accepted for accepted, _seconds in found)
    return whole / max(took for _accepted, took in found), whole


def _compactor() -> "subprocess.Popen[bytes]":
    code = (
        "import time, django; django.setup()\n"
        "from grapevine.insight import keeping\n"
        "while True: keeping.compact(); time.sleep(0.05)\n"
    )
    return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "."})  # noqa: S603


class Web:
    """One web process on a port of its own, started anew after it was killed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.told = 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  our own command
            command(APPLICATION, self.port, workers=1, threads=2),
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": ".", "API_PER_MINUTE": "0"},
        )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Teller:
    """A thread that sends batches to one process or the other, and sends again what was not answered."""

    def __init__(self, ports: Sequence[int], number: int) -> None:
        self.ports, self.number, self.stop = ports, number, threading.Event()
        self.answered: set[str] = set()
        self.by_port: Counter[int] = Counter()
        self.unanswered = 0
        self.thread = threading.Thread(target=self._tell)
        self.thread.start()

    def _tell(self) -> None:
        seed = random.Random(self.number)  # noqa: S311  a load, no secret
        while not self.stop.is_set():
            one = body(50, seed)
            ids = {event["id"] for event in json.loads(one)["events"]}
            while not self.stop.is_set():
                port = seed.choice(self.ports)
                if self._is_taken(one, port):
                    self.answered |= ids
                    self.by_port[port] += 1
                    break
                self.unanswered += 1
                self.stop.wait(0.02)

    def _is_taken(self, one: bytes, port: int) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            headers = {"Content-Type": "text/plain", "X-Visitor": visitor(self.number)}
            connection.request("POST", "/api/v1/events", one, headers)
            return connection.getresponse().status == ACCEPTED
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def end(self) -> None:
        self.stop.set()
        self.thread.join()


def killed(seed: random.Random, kills: int) -> dict[str, int]:
    """Two web processes and a compactor, killed while events come in; what is in the lake afterwards."""
    compactor, webs, done = _compactor(), [Web(), Web()], 0
    tellers = [Teller([web.port for web in webs], number) for number in range(2)]
    until = time.monotonic() + KILL_SECONDS
    try:
        while done < kills and time.monotonic() < until:
            time.sleep(seed.uniform(0.05, 0.5))
            told = sum((teller.by_port for teller in tellers), Counter[int]())
            up = [web for web in webs if told[web.port] > web.told]
            if compactor.poll() is not None:
                compactor = _compactor()
            if not up:
                continue  # who has not answered yet is not killed: that would prove nothing
            if seed.random() < COMPACTORS:
                compactor.kill()
                compactor.wait()
            else:
                victim = seed.choice(up)
                victim.kill()
                victim.told = sum(teller.by_port[victim.port] for teller in tellers)
                victim.start()
            done += 1
    finally:
        for web in webs:
            web.kill()
        for teller in tellers:
            teller.end()
        compactor.kill()
        compactor.wait()
    answered = set().union(*(teller.answered for teller in tellers))
    if not answered:
        raise RuntimeError("nobody answered: nothing is proved")
    unanswered = sum(teller.unanswered for teller in tellers)
    counts = {"kills": done, "answered": len(answered), "unanswered": unanswered}
    return counts | _in_the_lake(answered)


def _in_the_lake(answered: set[str]) -> dict[str, int]:
    until = time.monotonic() + WAIT_SECONDS
    while signals.waiting()[0] and time.monotonic() < until:
        keeping.compact()
        time.sleep(0.5)
    found = [one for batch in _rows() for one in batch.column("id").to_pylist()]
    return {
        "lost_after_kill": len(answered - set(found)),
        "twice_after_kill": len(found) - len(set(found)),
    }


def _rows() -> Any:
    for day in lake.days():
        yield from lake.batches_of(lake.files_of(day))


def rates(seconds: float) -> dict[str, Any]:
    """Accepted events a second and what one costs the server, by the size of a batch."""
    told: dict[str, dict[str, float]] = {
        name: {} for name in ("rate", "cost", "signed", "signed_cost")
    }
    with serving(APPLICATION, threads=2) as (port, group):
        rate(port, 100, 1.0)
        for size in SIZES:
            for names, who in ((("rate", "cost"), []), (("signed", "signed_cost"), readers(2))):
                before = cpu_seconds(group)
                found, count = rate(port, size, seconds, who=who)
                told[names[0]][str(size)] = round(found)
                cost = (cpu_seconds(group) - before) * 1e6 / count
                told[names[1]][str(size)] = round(cost, 1)
        shown = Shown.objects.count()
    return {
        "events_per_s": max(told["rate"].values()), "events_per_s_by_batch": told["rate"],
        "cpu_us_per_event_by_batch": told["cost"], "events_per_s_of_readers": max(told["signed"].values()),
        "events_per_s_of_readers_by_batch": told["signed"],
        "cpu_us_per_event_of_readers_by_batch": told["signed_cost"], "notes_shown": shown,
        "compacted_per_s": round(compacted()),
    }  # fmt: skip


def compacted() -> float:
    """Rows a second from spool files into the lake, all of them closed before: waiting for a spool file's end is no work."""
    until = time.monotonic() + WAIT_SECONDS
    while len(signals.ready_spool_files()) < signals.waiting()[0] and time.monotonic() < until:
        time.sleep(0.5)
    before = _count()
    started = time.monotonic()
    keeping.compact()
    took = time.monotonic() - started
    return (_count() - before) / took


def _count() -> int:
    return sum(batch.num_rows for batch in _rows())


def measure(*, seconds: float = SECONDS, kills: int = KILLS, seed: int = 7) -> dict[str, Any]:
    """The whole part, in the home that `bench.home` made."""
    return rates(seconds) | killed(random.Random(seed), kills)  # noqa: S311  a load, no secret


if __name__ == "__main__":
    print(json.dumps(home.run(measure)))  # noqa: T201
