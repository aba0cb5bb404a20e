"""How far a long command is: what, how many of how many, and for how long. On one line of a terminal, else as lines."""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

LINES_EVERY = 5.0
"""Seconds between two lines of a log."""
REDRAWN_EVERY = 1.0
"""Seconds between two states of the one line on a terminal."""
ERASED = "\r\x1b[K"


class Step:
    """One part of a long command, told while it runs: `with Step("orders", total=385_822) as step: step.advance(500)`.

    A thread of its own tells, so that a part which cannot count says at least for how long it has been at work. What is
    done sooner than it would be told is not told. Told to stderr: a command's answer on stdout stays what it was.
    """

    def __init__(
        self, what: str, total: int = 0, *, to: TextIO | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.what = what
        self.total = total
        self.done = 0
        self._to = sys.stderr if to is None else to
        self._now = now
        self._began = now()
        self._on_terminal = self._to.isatty()
        self._was_told = False
        self._over = threading.Event()
        self._teller = threading.Thread(target=self._tell_while_it_runs, daemon=True)

    def __enter__(self) -> Self:
        self._teller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self._over.set()
        self._teller.join()
        if self._was_told and self._on_terminal:
            self._write(ERASED)
        elif self._was_told:
            self.tell()

    def advance(self, by: int = 1) -> None:
        self.done += by

    def line(self) -> str:
        seconds = f"{self._now() - self._began:.0f} s"
        if self.total:
            share = self.done * 100 // self.total
            return f"{self.what}  {self.done:,} / {self.total:,} · {share}% · {seconds}"
        return f"{self.what}  {self.done:,} · {seconds}" if self.done else f"{self.what}  {seconds}"

    def tell(self) -> None:
        """Say now how far it is."""
        self._was_told = True
        self._write(
            f"{ERASED}  {self.line()}" if self._on_terminal else f"  {self.line()}\n"
        )  # fmt: skip

    def _tell_while_it_runs(self) -> None:
        every = REDRAWN_EVERY if self._on_terminal else LINES_EVERY
        while not self._over.wait(every):
            self.tell()

    def _write(self, text: str) -> None:
        self._to.write(text)
        self._to.flush()
