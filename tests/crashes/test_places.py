"""The places themselves: each is tried, and none can be armed where real people buy."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grapevine.kit import crashing
from tests.crashes.cases import CASES, SHORT
from tests.crashes.house import ROOT


def places() -> list[str]:
    """Every name in the source, as often as it is written there."""
    found = []
    for file in sorted((ROOT / "grapevine").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("crashing"), attr="point" | "committed"),
                    args=[ast.Constant(str(name))],
                ):
                    found.append(name)
    return found


def test_every_place_has_one_name_and_is_tried() -> None:
    names = places()
    assert sorted(set(names)) == sorted(names)
    assert {place.partition(":")[0] for place, _ in CASES} == set(names)
    assert set(SHORT) <= set(CASES)


def test_nothing_is_armed_here_and_an_unarmed_place_does_nothing() -> None:
    assert crashing.ARMED == ""
    crashing.point("")
    crashing.committed("")


def started(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grapevine.front.command", "manage", "check"],
        env={
            **os.environ, "GRAPEVINE_HOME": str(home), "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "grapevine.front.settings", **variables,
        },
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"DEBUG": "1"},
        {"CRASH_TESTS": "0"},
        {"CRASH_TESTS": "1", "HTTPS": "1"},
        {"CRASH_TESTS": "1", "SANDBOX": "0"},
    ],
)
def test_an_armed_product_does_not_start(tmp_path: Path, variables: dict[str, str]) -> None:
    done = started(tmp_path, CRASH_AT="trade.place.held", **variables)
    assert done.returncode == 1
    assert "CRASH_AT kills this process: it needs CRASH_TESTS=1" in done.stderr


def test_a_count_that_is_none_is_refused_and_a_test_may_start_armed(tmp_path: Path) -> None:
    done = started(tmp_path, CRASH_AT="trade.place.held:0", CRASH_TESTS="1")
    assert "CRASH_AT must be a place or place:count" in done.stderr
    assert started(tmp_path, CRASH_AT="trade.place.held", CRASH_TESTS="1").returncode == 0
