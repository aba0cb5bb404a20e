"""The borders really refuse: each contract is broken on purpose in a copy of the house."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

BREAKS = {
    "Modules are layered": ("kit/money.py", "import grapevine.goods.contracts"),
    "do not know each other": ("campaigns/_break.py", "import grapevine.spread.contracts"),
    "through facade or contracts only": ("trade/jobs.py", "import grapevine.goods.models"),
    "never touch models": ("goods/web/urls.py", "import grapevine.goods.models"),
    "are pure Python": ("kit/money.py", "import django.conf"),
    "No cycles": ("kit/errors.py", "import grapevine.kit.problems"),
    "doors, facade, actions": ("goods/contracts.py", "import grapevine.goods.models"),
    "stay out of the request path": ("discovery/facade.py", "import duckdb"),
}


def _lint(folder: Path) -> str:
    run = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return run.stdout + run.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(
        ROOT / "grapevine",
        folder / "grapevine",
        ignore=shutil.ignore_patterns("__pycache__", "templates", "static", "locale"),
    )
    shutil.copytree(ROOT / "tools", folder / "tools")
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_the_house_as_it_stands_keeps_every_border(copy: Path) -> None:
    assert "0 broken" in _lint(copy)


@pytest.mark.parametrize("contract", BREAKS)
def test_a_broken_border_is_told(copy: Path, contract: str) -> None:
    name, line = BREAKS[contract]
    file = copy / "grapevine" / name
    before = file.read_text() if file.exists() else None
    file.write_text((before or "") + f"\n{line}\n")
    try:
        told = " ".join(_lint(copy).split())
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)
    broken = [part for part in told.split("KEPT") if "BROKEN" in part]
    assert any(contract in part for part in broken), told
