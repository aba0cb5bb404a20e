"""A long command says what it does, how far it is and for how long, where somebody looks and where nobody does."""

import io
import threading

import pytest

from grapevine.front import progress
from grapevine.front.interchange import facade as interchange
from grapevine.front.progress import Step
from grapevine.signals import facade as signals


class Paper(io.StringIO):
    """Where it is written; tells when something was."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal
        self.written = threading.Event()

    def isatty(self) -> bool:
        return self.is_terminal

    def flush(self) -> None:
        self.written.set()


def test_a_log_gets_lines_and_a_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LINES_EVERY", 3600.0)
    paper, clock = Paper(is_terminal=False), iter([0.0, 65.4, 1201.0, 1201.0])
    with Step("orders", 385_822, to=paper, now=lambda: next(clock)) as step:
        step.advance(120_000)
        step.tell()
        step.advance(265_822)
    assert paper.getvalue().splitlines() == [
        "  orders  120,000 / 385,822 · 31% · 65 s", "  orders  385,822 / 385,822 · 100% · 1201 s",
    ]  # fmt: skip


def test_a_terminal_keeps_one_line_and_has_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "REDRAWN_EVERY", 3600.0)
    paper, clock = Paper(is_terminal=True), iter([0.0, 4.0, 9.0])
    with Step("the cube", to=paper, now=lambda: next(clock)) as step:
        step.tell()
        step.advance(7)
        step.tell()
    assert "\n" not in paper.getvalue()
    assert paper.getvalue().split(progress.ERASED) == ["", "  the cube  4 s", "  the cube  7 · 9 s", ""]  # fmt: skip


def test_it_tells_by_itself_and_says_nothing_of_what_is_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = Paper(is_terminal=False)
    with Step("short", to=short):
        pass
    assert short.getvalue() == ""
    monkeypatch.setattr(progress, "LINES_EVERY", 0.01)
    paper = Paper(is_terminal=False)
    with Step("slow", 2, to=paper) as step:
        step.advance()
        assert paper.written.wait(10)
    assert paper.getvalue().startswith("  slow  1 / 2 · 50% · 0 s\n")


def test_events_are_delivered_in_parts_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, asked = [12_000], []

    def drain(limit: int, *, as_then: bool) -> int:
        asked.append((limit, as_then))
        done = min(limit, waiting[0])
        waiting[0] -= done
        return done

    monkeypatch.setattr(signals, "drain", drain)
    interchange.deliver(as_then=True)
    assert waiting == [2_000]
    assert asked == [(500, True)] * 20
    interchange.deliver()
    assert asked[20:] == [(500, False)] * 5
