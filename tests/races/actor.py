"""A process that takes part in a race: Django set up, a connection of its own, orders from a pipe.

`python -m tests.races.actor SOCKET GATE` sets Django up once and then, for each line on its input, forks a process
that reports to SOCKET and does what it is told. What it is told is the path of a function and keyword arguments. The
function runs at the moment the gate opens: everybody waits to read one byte of the same pipe. If it is a generator,
what it does before its first `yield` happens before the gate, and the yielded value is told at once.
"""

import inspect
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from multiprocessing.connection import Client, Connection
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")

import django
import time_machine

Answer = tuple[str, Any]
"""("ok", what was returned), ("no", the code of a refusal) or ("broken", a traceback)."""


def main(address: str, gate: int) -> None:
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the fallen
    for _ in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            act(address, gate)
            os._exit(0)


def act(address: str, gate: int) -> None:
    """Do what the arena says until it hangs up."""
    with Client(address) as arena:
        arena.send(os.getpid())
        while True:
            try:
                path, given, at = arena.recv()
            except EOFError:
                return
            with _clock(at):
                answer = _one(arena, _found(path), given, gate)
            arena.send(answer)


def _clock(seconds: float) -> AbstractContextManager[Any]:
    """This process's clock, set so many seconds ahead of everybody's."""
    from grapevine.kit import clock

    if not seconds:
        return nullcontext()
    return time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=True)


def _found(path: str) -> Callable[..., Any]:
    from django.utils.module_loading import import_string

    found: Callable[..., Any] = import_string(path)
    return found


def _one(
    arena: Connection, function: Callable[..., Any], given: dict[str, Any], gate: int
) -> Answer:
    from grapevine.kit.errors import DomainError

    try:
        if not inspect.isgeneratorfunction(function):
            arena.send(("ready", None))
            os.read(gate, 1)
            return "ok", function(**given)
        steps: Iterator[Any] = function(**given)
        arena.send(("ready", next(steps)))
        os.read(gate, 1)
        return "ok", _rest(steps)
    except DomainError as refusal:
        return "no", refusal.code
    except Exception:  # noqa: BLE001  whatever it was, the arena must hear of it
        return "broken", traceback.format_exc()


def _rest(steps: Iterator[Any]) -> Any:
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("an act waits for the gate once")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
