"""All races on both databases: `python -m tests.races [ROUNDS] [pytest's words]`. Ends with a line of JSON."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-m", "race", "tests/races")
SERVER = (sys.executable, "-m", "tools.postgres")


def main(rounds: str, *words: str) -> int:
    told, failed = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for name, before in (("sqlite", ()), ("postgresql", SERVER)):
            results = Path(folder) / name
            given = {**os.environ, "ROUNDS": rounds, "RACES_RESULTS": str(results)}
            if name == "sqlite":
                given["DATABASE_URL"] = ""
            failed |= subprocess.call([*before, *PYTEST, *words], env=given)
            if results.exists():
                told[name] = json.loads(results.read_text())
    print(json.dumps(told, ensure_ascii=False))  # noqa: T201  a command speaks
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else main("200"))
