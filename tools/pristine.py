"""An empty database that is up to date, made once for each state of the migrations and copied from then on.

`sqlite()` is a file, `postgres(url)` a template on that server. Bringing up to date is most of what starting a test
database costs; whoever starts from a copy may still `migrate`, which finds nothing to do.
"""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from psycopg import sql

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "pristine"
SECONDS_MAX = 300


def sqlite() -> Path:
    """The file; others wait while one makes it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / f"{_state()}.sqlite3"
    with (FOLDER / "lock").open("w") as lock, tempfile.TemporaryDirectory() as home:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _migrate(home, "")
            for old in FOLDER.glob("*.sqlite3"):
                old.unlink()
            making = FOLDER / "making"
            making.unlink(missing_ok=True)
            with closing(sqlite3.connect(Path(home) / "grapevine.sqlite3")) as file:
                file.execute("VACUUM INTO ?", (str(making),))
            making.rename(kept)
    return kept


def postgres(url: str) -> str:
    """The template's name; others wait while one makes it."""
    name = f"pristine_{_state()}"
    with psycopg.connect(_at(url, "postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext('pristine'))")
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            making = sql.Identifier(f"{name}_making")
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(making))
            server.execute(sql.SQL("CREATE DATABASE {}").format(making))
            with tempfile.TemporaryDirectory() as home:
                _migrate(home, _at(url, f"{name}_making"))
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(making, sql.Identifier(name))
            )
    return name


def _at(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _state() -> str:
    """What an up-to-date database depends on."""
    found = hashlib.sha256(django.__version__.encode())
    for pattern in ("*/migrations/*.py", "kit/*.py"):
        for file in sorted((ROOT / "grapevine").glob(pattern)):
            found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _migrate(home: str, url: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "grapevine.front.command", "manage", "migrate", "-v", "0"],
        env={**os.environ, "GRAPEVINE_HOME": home, "DATABASE_URL": url}, cwd=ROOT, check=True,
        timeout=SECONDS_MAX,
    )  # fmt: skip
