"""The measurement of discovery in its small form: it runs, and says what is promised."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tools import pristine

pytestmark = [pytest.mark.journey, pytest.mark.walk]
ROOT = Path(__file__).parent.parent.parent
SIZES = {
    "seconds": "0.4", "workers": "1", "notes": "400", "readers": "3", "grown": "800", "items": "600", "people": "500",
    "interactions": "8000",
}  # fmt: skip


def test_the_small_form_says_what_is_promised(tmp_path: Path) -> None:
    shutil.copy(pristine.sqlite(), tmp_path / "grapevine.sqlite3")
    words = [part for name, value in SIZES.items() for part in (f"--{name}", value)]
    told = subprocess.run(
        [sys.executable, "-m", "bench.discovery", *words], cwd=ROOT, capture_output=True, text=True,
        check=True, timeout=600,
        env={**os.environ, "GRAPEVINE_HOME": str(tmp_path), "DATABASE_URL": "", "PYTHONPATH": "."},
    )  # fmt: skip
    found = json.loads(told.stdout.splitlines()[-1])
    assert found["spark_overlap"] is None or find_spec("pyspark") is not None
    numbers = {
        name: value for name, value in found.items() if name not in {"parts", "spark_overlap"}
    }
    assert set(numbers) == {
        "api_rps", "page_rps", "home_rps", "reference_rps", "api_over_reference", "page_over_reference",
        "hit_rate", "rank_p95_ms", "worker_mb", "train_minutes", "growth_ratio",
    }  # fmt: skip
    assert all(isinstance(value, float | int) for value in numbers.values()), numbers
    parts = found["parts"]
    assert (parts["serve"]["notes"], parts["growth"]["large"]["notes"]) == (400, 800)
    assert (parts["rank"]["items"], parts["train"]["people"]) == (600, 500)
    assert parts["serve"]["hit_rate"] == 1.0
