"""Kills processes at every named place, on both databases at the same time.

    python -m tools.crashes [--short]

The last line is JSON. Exit code 1 if anything that was told is lost, has happened twice, or is half done.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

DATABASES = {"sqlite": [], "postgresql": [sys.executable, "-m", "tools.postgres"]}
SHORT = ["tests/crashes/test_short.py"]


def _command(report: Path, wanted: list[str]) -> list[str]:
    return [
        sys.executable, "-m", "pytest", "-q", "-m", "crash", "-p", "no:xdist", "-p",
        "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={report}", *wanted,
    ]  # fmt: skip


def _figures(report: Path) -> dict[str, Any]:
    if not report.exists():
        return {"deaths": 0, "failed": 1}
    found: Counter[str] = Counter()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  our own report
        bad = case.find("failure") is not None or case.find("error") is not None
        found["failed" if bad else "passed"] += 1
        for one in case.iter("property"):
            found[str(one.get("name"))] += int(str(one.get("value")))
    return {"deaths": 0, "failed": 0, **found}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    wanted = SHORT if parser.parse_args(arguments).short else ["tests/crashes"]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="grapevine-crashes-") as name:
        reports = {database: Path(name) / f"{database}.xml" for database in DATABASES}
        environment = {**os.environ, "PYTHONPATH": ".", "DATABASE_URL": ""}
        running = {
            database: subprocess.Popen(
                [*DATABASES[database], *_command(report, wanted)], env=environment
            )
            for database, report in reports.items()
        }
        codes = {database: process.wait() for database, process in running.items()}
        figures: dict[str, Any] = {db: _figures(report) for db, report in reports.items()}
    good = not any(codes.values()) and not any(one["failed"] for one in figures.values())
    print(json.dumps({"ok": good, **figures, "seconds": round(time.monotonic() - start)}))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
