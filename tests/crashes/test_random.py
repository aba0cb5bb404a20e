"""Web and worker killed at any moment while people buy; they ask again with the same keys when it is back."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.serving import free_port
from tests.crashes import truths
from tests.crashes.conftest import Scene
from tests.crashes.house import ROOT, STOCK, House
from tests.crashes.till import Till

pytestmark = pytest.mark.crash
ROUNDS = 4
START_SECONDS = 60
HOME = {
    "name": "林知夏", "phone": "13800138000", "province": "浙江省", "city": "杭州市",
    "district": "西湖区", "detail": "龙井路 1 号",
}  # fmt: skip


class Lost(Exception):
    """No answer: what became of the request is unknown."""


@dataclass(slots=True)
class Buyer:
    """Buys again and again; what got no answer is asked again, with the same key, before anything else."""

    port: int
    token: str
    skus: list[str]
    name: str
    seed: int
    till: Till
    turn: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)

    def send(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request("POST", f"/api/v1{path}", body, headers)
            answer = line.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Lost(path) from error
        finally:
            line.close()
        if answer.status >= 500:
            raise Lost(f"{path}: {answer.status} {text[:300]!r}")
        return answer.status, json.loads(text) if text else None

    def ask(self, path: str, body: Any, *, step: str) -> tuple[int, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
            "Idempotency-Key": f"{self.name}-{self.turn}-{step}",
        }  # fmt: skip
        return self.send(path, json.dumps(body).encode(), headers)

    def say(self, what: str, **facts: str) -> None:
        self.told.append({"told": what, **facts})

    def buy(self) -> None:
        """One purchase to its end, decided by the seed alone, so that it can be walked again."""
        mind = random.Random(f"{self.seed}-{self.name}-{self.turn}")
        hears, repents = mind.random() < 0.8, mind.random() < 0.3
        lines = [{"sku": self.skus[0], "count": 2}, {"sku": self.skus[1], "count": 1}]
        status, made = self.ask("/orders", {"lines": lines, "address": HOME}, step="place")
        assert status == 201, made
        payment, (order,) = made["payment_number"], made["order_numbers"]
        self.say("placed", payment=payment, order=order)
        way = {"method": "stripe", "way": "checkout"}
        status, begun = self.ask(f"/payments/{payment}/attempts", way, step="start")
        assert status in (201, 409), begun
        attempt = begun["number"] if status == 201 else f"{payment}-1"
        self.till.decide(attempt, "silent")
        if hears:
            message = self.till.payment_message(self.till.charges[attempt])
            assert message is not None
            status, _ = self.send("/payments/stripe/callback", message.body, dict(message.headers))
            assert status == 200
            self.say("heard", payment=payment)
        if hears and repents:
            status, told = self.ask(f"/orders/{order}/refund", {"reason": "不要了"}, step="refund")
            assert status == 200, told
            self.say("refund", order=order)
        self.turn += 1


def _started(house: House, port: int, log: Path) -> list[subprocess.Popen[bytes]]:
    """Web and worker, each leading a process group of its own; returns when the web answers."""
    environment = house.environment(PORT=str(port), SITE_URL=f"http://127.0.0.1:{port}")
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port",
        str(port), "--workers", "1", "--blocking-threads", "4", "--no-access-log", "--log-level",
        "warning", "tests.crashes.site:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "tests.crashes.site", "worker"]
    with log.open("ab") as sink:
        processes = [
            subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=sink, stderr=sink, start_new_session=True
            )
            for command in (web, worker)
        ]
    end = time.monotonic() + START_SECONDS
    while not _answers(port):
        alive = all(process.poll() is None for process in processes)
        if not alive or time.monotonic() > end:
            _kill(processes)
            raise AssertionError(log.read_text()[-3000:])
        time.sleep(0.05)
    return processes


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/api/v1/payment-methods")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _kill(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _in_threads(acts: list[Callable[[], None]]) -> tuple[list[threading.Thread], list[Exception]]:
    wrong: list[Exception] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except Lost:
            pass
        except Exception as error:  # noqa: BLE001  told by the test
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    return threads, wrong


def _forever(buyer: Buyer) -> Callable[[], None]:
    def act() -> None:
        while True:
            buyer.buy()

    return act


def test_killed_at_any_moment(
    scene: Scene, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    house, till = scene
    facts = house.scene()
    seed = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(10**6))
    mind, port = random.Random(seed), free_port()
    buyers = [
        Buyer(port, facts["tokens"][name], facts["skus"], name, seed, till)
        for name in ("alice", "carol", "dan")
    ]
    for _ in range(ROUNDS):
        processes = _started(house, port, tmp_path / "log")
        threads, wrong = _in_threads([_forever(buyer) for buyer in buyers])
        time.sleep(mind.uniform(0.3, 2.0))
        mind.shuffle(processes)
        for process in processes:
            _kill([process])
            time.sleep(mind.uniform(0, 0.1))
        for thread in threads:
            thread.join()
        assert wrong == [], f"CRASH_SEED={seed}"
    processes = _started(house, port, tmp_path / "log")
    try:
        threads, wrong = _in_threads([buyer.buy for buyer in buyers])
        for thread in threads:
            thread.join()
    finally:
        _kill(processes)
    assert wrong == [], f"CRASH_SEED={seed}"
    told = [one for buyer in buyers for one in buyer.told]
    _, found = house.recover()
    truths.hold(found, till, told, stock=STOCK)
    turns = sum(buyer.turn for buyer in buyers)
    assert turns >= len(buyers)
    assert len(found["orders"]) == turns, f"CRASH_SEED={seed}: one order a key"
    states = [order["state"] for order in found["orders"].values()]
    assert set(states) <= {"paid", "refunded"}, f"CRASH_SEED={seed}"
    record_property("random_orders", turns)
    record_property("random_kills", 2 * (ROUNDS + 1))
