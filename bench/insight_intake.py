"""Taking events in over HTTP: how many a second on this machine, and whether any answered one is lost when processes are killed.

Two web processes, the load and nothing else. First the rate, at several sizes of a batch; then again while web processes
and a compacting one are killed (SIGKILL) at random moments. Every id whose batch was answered with 202 must then be in the
lake, once. Ends with a line of JSON.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

SIZES = (500, 100, 20)
SECONDS = 8.0
ROUNDS = 12
HOME = "GRAPEVINE_HOME"


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


def _send(port: int, size: int, seconds: float, number: int, results: Any) -> None:
    """One sender on one connection: batches are made before the clock starts, so that the load costs little."""
    seed = random.Random(number)
    bodies = [body(size, seed) for _ in range(max(8, int(seconds * 24_000 / size / 2)))]
    headers = {"Content-Type": "text/plain;charset=UTF-8", "X-Visitor": visitor(number)}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    results.put("ready")
    results_started = time.monotonic()
    accepted = 0
    for one in bodies:
        connection.request("POST", "/api/v1/events", one, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 202, told
        accepted += told["accepted"]
        if time.monotonic() - results_started >= seconds:
            break
    results.put((accepted, time.monotonic() - results_started))


def rate(port: int, size: int, seconds: float, senders: int = 2) -> float:
    """Accepted events a second, all senders together."""
    results: Any = multiprocessing.Queue()
    children = [
        multiprocessing.Process(target=_send, args=(port, size, seconds, n, results))
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
    return sum(accepted for accepted, _seconds in found) / max(s for _accepted, s in found)


def workers_of(group: int) -> list[int]:
    """The web processes below the one that was started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == group:
                found.append(int(entry.name))
    return found


def _compactor() -> "subprocess.Popen[bytes]":
    code = (
        "import django; django.setup()\n"
        "from grapevine.insight import keeping\n"
        "while True: keeping.compact()\n"
    )
    return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "."})  # noqa: S603


def _deliveries(port: int, seed: random.Random, until: float) -> Iterator[tuple[list[str], bool]]:
    """(ids, answered) of one batch after another, on whatever process answers; what failed is sent again once."""
    while time.monotonic() < until:
        one = body(50, seed)
        ids = [event["id"] for event in json.loads(one)["events"]]
        for _ in range(2):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request(
                    "POST", "/api/v1/events", one,
                    {"Content-Type": "text/plain", "X-Visitor": visitor(1)},
                )  # fmt: skip
                is_taken = connection.getresponse().status == 202
            except (OSError, http.client.HTTPException):
                is_taken = False
            yield ids, is_taken
            if is_taken:
                break


def killed(seed: random.Random, rounds: int) -> dict[str, int]:
    """Web processes and a compactor, killed while events come in; what is in the lake afterwards."""
    from bench.serving import serving

    answered: set[str] = set()
    kills = 0
    for _ in range(rounds):
        compactor = _compactor()
        with serving("grapevine.front.wsgi:application", workers=2, threads=2) as (port, group):
            shots = sorted(seed.uniform(0.2, 2.0) for _ in range(3))
            begun = time.monotonic()
            for ids, is_taken in _deliveries(port, seed, begun + 2.5):
                if is_taken:
                    answered.update(ids)
                if shots and time.monotonic() - begun > shots[0]:
                    shots.pop(0)
                    targets = [*workers_of(group), compactor.pid]
                    os.kill(seed.choice(targets), signal.SIGKILL)
                    kills += 1
        compactor.kill()
        compactor.wait()
    return {"kills": kills, "answered": len(answered), **_in_the_lake(answered)}


def _in_the_lake(answered: set[str]) -> dict[str, int]:
    from django.conf import settings

    from grapevine.insight import keeping, lake

    for path in Path(settings.SPOOL_DIR).glob("*.open"):
        path.rename(path.with_name(f"1-{path.name.partition('-')[2]}"))  # long ago, so that it is taken
    keeping.compact()
    found: list[str] = []
    for day in lake.days():
        for batch in lake.batches_of(lake.files_of(day)):
            found += batch.column("id").to_pylist()
    return {
        "lost_after_kill": len(answered - set(found)),
        "twice_after_kill": len(found) - len(set(found)),
    }


def measure(*, seconds: float = SECONDS, rounds: int = ROUNDS, seed: int = 7) -> dict[str, Any]:
    """The whole part, in a home of its own."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from bench.serving import cpu_seconds, serving

    rates: dict[str, int] = {}
    costs: dict[str, float] = {}
    with serving("grapevine.front.wsgi:application", workers=2, threads=2) as (port, group):
        rate(port, 100, 1.0)
        for size in SIZES:
            before = cpu_seconds(group)
            found = rate(port, size, seconds)
            rates[str(size)] = round(found)
            costs[str(size)] = round((cpu_seconds(group) - before) * 1e6 / (found * seconds), 1)
    started = time.monotonic()
    from grapevine.insight import keeping, lake

    keeping.compact()
    rows = sum(b.num_rows for d in lake.days() for b in lake.batches_of(lake.files_of(d)))
    compacted = round(rows / (time.monotonic() - started))
    return {
        "events_per_s": max(rates.values()), "events_per_s_by_batch": rates,
        "cpu_us_per_event_by_batch": costs, "compacted_per_s": compacted,
        **killed(random.Random(seed), rounds),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ[HOME] = home
        os.environ["EVENTS_PER_MINUTE"] = "0"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
        print(json.dumps(measure(seconds=given.seconds, rounds=given.rounds, seed=given.seed)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
