"""A house that can be copied, killed and started again: a home folder, a database, and processes of their own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.crashes.till import NOWHERE, Post, Till
from tools import pristine

ROOT = Path(__file__).parent.parent.parent
STOCK = 5000


def server() -> str:
    """The address of the PostgreSQL server the tests run on; empty on SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


@dataclass(frozen=True, slots=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


class Nursery:
    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.nursery"], env=environment, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def bear(self, asked: dict[str, Any]) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@lru_cache(maxsize=1)
def nursery() -> Nursery:
    """One for all houses of this process."""
    return Nursery()


@dataclass(frozen=True, slots=True)
class House:
    home: Path
    database: str
    """Name of the PostgreSQL database; empty on SQLite, whose file lies in the home folder."""

    def environment(self, **more: str) -> dict[str, str]:
        url = ""
        if self.database:
            parts = urlsplit(server())
            url = urlunsplit(parts._replace(path=f"/{self.database}"))
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("CRASH_", "PYTEST_"))}
        return {
            **inherited, "GRAPEVINE_HOME": str(self.home), "DATABASE_URL": url, "SANDBOX": "1",
            "SCENE": str(self.home / "scene.json"), "PYTHONPATH": str(ROOT), "HTTPS": "0",
            "DJANGO_SETTINGS_MODULE": "grapevine.front.settings", **more,
        }  # fmt: skip

    def scene(self, **facts: Any) -> dict[str, Any]:
        """What children read; changed by `facts`."""
        file = self.home / "scene.json"
        known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"stock": STOCK}
        file.write_text(json.dumps(known | facts))
        return known | facts

    def run(self, *words: str, **more: str) -> "Done":
        """A process of its own, from the first line of the settings to its end."""
        out, wrong = self.home / "out", self.home / "err"
        asked = {
            "words": words, "environment": self.environment(**more), "out": str(out),
            "wrong": str(wrong),
        }  # fmt: skip
        code = nursery().bear(asked)
        return Done(code, out.read_text(), wrong.read_text())

    def die_at(self, place: str, walk: str) -> list[dict[str, Any]]:
        """Walk until the process is killed at `place`; what was told before."""
        done = self.run("walk", f"{place}={walk}", CRASH_AT=place, CRASH_TESTS="1")
        assert done.returncode == -signal.SIGKILL, (place, done.returncode, done.stderr[-3000:])
        return [json.loads(line) for line in done.stdout.splitlines()]

    def recover(self, *names: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Start again unarmed, walk `names` again, come to rest; what was told then, and the facts."""
        done = self.run("recover", *names)
        assert done.returncode == 0, (done.stdout, done.stderr[-3000:])
        *told, last = [json.loads(line) for line in done.stdout.splitlines()]
        return told, last


@contextmanager
def prepared(folder: Path) -> Iterator[House]:
    """The house every test starts from."""
    house = House(folder, f"crash_{uuid4().hex[:12]}" if server() else "")
    if house.database:
        _on_server("CREATE DATABASE {} TEMPLATE {}", house.database, pristine.postgres(server()))
    else:
        shutil.copy(pristine.sqlite(), folder / "grapevine.sqlite3")
    house.scene()
    try:
        done = house.run("prepare")
        assert done.returncode == 0, done.stderr[-3000:]
        house.scene(**json.loads(done.stdout.splitlines()[-1]))
        yield house
    finally:
        drop(house)


@contextmanager
def copied(template: House, folder: Path) -> Iterator[tuple[House, Till]]:
    """A copy with a provider and a tracker of its own, which outlive every process of the house."""
    house = replace(template, home=folder / "home")
    shutil.copytree(template.home, house.home)
    if template.database:
        house = replace(house, database=f"crash_{uuid4().hex[:12]}")
        _on_server("CREATE DATABASE {} TEMPLATE {}", house.database, template.database)
    paired, config = Till.paired(webhook_url=NOWHERE)
    till = cast(Till, paired)
    till.start()
    post, tracker = Post.paired()
    till.post = cast(Post, post)
    till.post.start()
    keys = {
        name: getattr(config, name) for name in ("secret_key", "publishable_key", "webhook_secret")
    }
    house.scene(stripe={**keys, "api": config.api}, kuaidi100=asdict(tracker))
    try:
        yield house, till
    finally:
        till.post.stop()
        till.stop()
        drop(house)


def drop(house: House) -> None:
    if house.database:
        _on_server("DROP DATABASE {} WITH (FORCE)", house.database)


def _on_server(statement: str, *names: str) -> None:
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
