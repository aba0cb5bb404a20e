"""Servers for a measurement, and what they and the database cost in CPU."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(application: str, port: int, *, workers: int, threads: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
        "--workers-kill-timeout", "3", "--log-level", "warning", "--no-access-log", application,
    ]  # fmt: skip


@contextmanager
def serving(application: str, *, workers: int = 2, threads: int = 4) -> Iterator[tuple[int, int]]:
    """Serve a WSGI application; gives (port, pid of its process group)."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603  our own command
        command(application, port, workers=workers, threads=threads),
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": ".", "API_PER_MINUTE": "0"},
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and not answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"{application} did not start")
            time.sleep(0.1)
        yield port, process.pid
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def cpu_seconds(session: int) -> float:
    """User and system time of all processes of a session, and of our own PostgreSQL server's."""
    server, total = _server_pid(), 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session or server in (int(entry.name), int(fields[1])):
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


@lru_cache(maxsize=1)
def _server_pid() -> int:
    """The server whose child serves our connection; 0 where the database is no process."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def postgres_seconds() -> float:
    """The same of the database alone."""
    return cpu_seconds(-1)
