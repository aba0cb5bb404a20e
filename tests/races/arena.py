"""Where races are run: a database of its own, and real processes that act at once.

`Arena(url)` makes a database (SQLite in a temporary home, or a fresh one on the PostgreSQL that `url` names), and
starts actors and a referee. The referee builds worlds, runs the jobs and checks; the actors race. This
process never touches the database.
"""

import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.races.actor import Answer
from tools import pristine

ANSWER_SECONDS = 180


class Broken(AssertionError):
    """Somebody ended in a way that is neither success nor a clean refusal."""


@dataclass(frozen=True, slots=True)
class Act:
    """What one process does in a race. `at`: its clock, in seconds ahead of the others'."""

    function: Callable[..., Any]
    given: dict[str, Any] = field(default_factory=dict)
    at: float = 0


def act(function: Callable[..., Any], /, *, at: float = 0, **given: Any) -> Act:
    return Act(function, given, at)


class Actor:
    """This end of a process's pipe."""

    def __init__(self, line: Connection) -> None:
        self.line = line
        self.pid = int(line.recv())

    def tell(self, what: Act) -> Any:
        """Send the act and wait until the actor stands at the gate; what it had to say there."""
        path = f"{what.function.__module__}.{what.function.__qualname__}"
        self.line.send((path, what.given, what.at))
        kind, value = self.answer()
        if kind != "ready":
            raise Broken(f"{path} never reached the gate: {kind} {value}")
        return value

    def answer(self) -> Answer:
        if not self.line.poll(ANSWER_SECONDS):
            raise Broken(f"process {self.pid} said nothing for {ANSWER_SECONDS} s")
        answer: Answer = self.line.recv()
        return answer


class Arena:
    def __init__(self, *, url: str, size: int) -> None:
        self.size = size
        self.url = url
        self._home = tempfile.TemporaryDirectory(prefix="grapevine-races-")
        home = Path(self._home.name)
        self._name = f"races_{os.getpid()}_{random.randrange(10**6)}"
        if url:
            self._administer(f'CREATE DATABASE "{self._name}" TEMPLATE "{pristine.postgres(url)}"')
        else:
            shutil.copy(pristine.sqlite(), home / "grapevine.sqlite3")
        self._environment = {
            **os.environ, "GRAPEVINE_HOME": str(home), "LOG_LEVEL": "CRITICAL", "DEBUG": "0",
            "DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{self._name}")) if url else "",
        }  # fmt: skip
        self._read, self._write = os.pipe()
        self._listener = Listener(str(home / "arena"), family="AF_UNIX", backlog=64)
        self._launcher = subprocess.Popen(
            [sys.executable, "-m", "tests.races.actor", str(home / "arena"), str(self._read)],
            env=self._environment, pass_fds=[self._read], stdin=subprocess.PIPE,
        )  # fmt: skip
        self.referee = self._hire()
        self.actors = [self._hire() for _ in range(size)]

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute(statement)

    def _hire(self) -> Actor:
        assert self._launcher.stdin is not None
        self._launcher.stdin.write(b"\n")
        self._launcher.stdin.flush()
        return Actor(self._listener.accept())

    def ask(self, function: Callable[..., Any], /, *, at: float = 0, **given: Any) -> Any:
        """Have the referee do something alone; anything but success is an error."""
        self.referee.tell(Act(function, given, at))
        self._open(1)
        kind, value = self.referee.answer()
        if kind != "ok":
            raise Broken(f"{function.__qualname__}: {value}")
        return value

    def place(self, who: int, what: Act) -> Any:
        """Bring one actor to the gate before the others; it says what it has prepared."""
        return self.actors[who].tell(what)

    def race(self, acts: Sequence[Act], *, waiting: Sequence[int] = ()) -> list[Answer]:
        """Open the gate for everybody at once and hear how each ended.

        `waiting` are actors that stand at the gate already; their answers come first.
        """
        free = [n for n in range(self.size) if n not in waiting]
        assert len(acts) <= len(free), "more acts than processes"
        chosen = free[: len(acts)]
        for who, what in zip(chosen, acts, strict=True):
            self.actors[who].tell(what)
        running = [*waiting, *chosen]
        self._open(len(running))
        answers = [self.actors[who].answer() for who in running]
        for kind, value in answers:
            if kind == "broken":
                raise Broken(value)
        return answers

    def race_and_kill(self, acts: Sequence[Act], *, after: float, victims: int) -> list[Answer]:
        """The same, but the first so many are killed (SIGKILL) after so many seconds, wherever they are.

        A killed process answers "killed", or what it had answered before; another takes its place.
        """
        for who, what in enumerate(acts):
            self.actors[who].tell(what)
        self._open(len(acts))
        time.sleep(after)
        for who in range(victims):
            os.kill(self.actors[who].pid, signal.SIGKILL)
        answers: list[Answer] = []
        for who in range(len(acts)):
            try:
                answers.append(self.actors[who].answer())
            except (EOFError, ConnectionResetError):
                answers.append(("killed", None))
        self._close_gate()
        for who in range(victims):
            self.actors[who].line.close()
            self.actors[who] = self._hire()
        return answers

    def _open(self, count: int) -> None:
        os.write(self._write, b"." * count)

    def _close_gate(self) -> None:
        """What the dead did not read is nobody's."""
        while select.select([self._read], [], [], 0)[0]:
            os.read(self._read, 64)

    def close(self) -> None:
        for one in [self.referee, *self.actors]:
            one.line.close()
        assert self._launcher.stdin is not None
        self._launcher.stdin.close()
        self._launcher.wait(30)
        self._listener.close()
        os.close(self._read)
        os.close(self._write)
        if self.url:
            self._administer(f'DROP DATABASE "{self._name}" WITH (FORCE)')
        self._home.cleanup()
