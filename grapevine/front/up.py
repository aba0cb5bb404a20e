"""`grapevine up`: web, live and worker under one foreground command; with `--demo` also fakes of the providers."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from grapevine.front.progress import Step

WAIT_SECONDS = 120.0
"""A busy machine takes its time to load everything; what dies is noticed at once."""
STOP_SECONDS = 10.0
THREADS = 4
PROVIDERS_AFTER = 10
"""The demo's providers listen on loopback, from PORT plus this."""
Running = dict[str, subprocess.Popen[bytes]]


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  the command speaks to the person who started it


def migrate() -> None:
    """Bring the database up to date; says so only when there is something to do."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        _say(f"数据库升级 / updating the database: {len(plan)} steps")
        with Step("数据库 / the database"):
            call_command("migrate", verbosity=0, interactive=False)


def processes() -> dict[str, list[str]]:
    """The command line of each process, by name."""
    python = sys.executable
    return {
        "web": [
            python, "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0",  # noqa: S104  a server
            "--port", str(settings.PORT), "--workers", str(settings.WEB_WORKERS),
            "--blocking-threads", str(THREADS), "--workers-kill-timeout", "3",
            "--log-level", "warning",
            "grapevine.front.wsgi:application",
        ],
        "live": [
            python, "-m", "uvicorn", "--host", "0.0.0.0", "--port", str(settings.LIVE_PORT),  # noqa: S104
            "--log-level", "warning", "grapevine.front.live:app",
        ],
        "worker": [python, "-m", "grapevine.front.command", "worker"],
    }  # fmt: skip


def _start_providers(running: Running) -> dict[str, str] | None:
    """Start the fakes; the variables that lead to them, None if they could not start (they said why)."""
    command = [
        sys.executable, "-m", "grapevine.trade.carriers.demo",
        "--home", str(settings.HOME / "demo" / "providers"),
        "--port", str(settings.PORT + PROVIDERS_AFTER), "--site", settings.SITE_URL,
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: S603  our own command
        command, stdout=subprocess.PIPE, start_new_session=True
    )
    running["providers"] = process
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait()
        return None
    told: dict[str, str] = json.loads(line)
    return told


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_up(running: Running) -> bool:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        dead = [name for name, process in running.items() if process.poll() is not None]
        if dead:
            _say(f"{', '.join(dead)} 没能起来 / did not come up")
            return False
        if _answers(settings.PORT) and _answers(settings.LIVE_PORT):
            return True
        time.sleep(0.1)
    _say(
        f"等了 {WAIT_SECONDS:.0f} 秒还没好 / not ready after {WAIT_SECONDS:.0f} seconds: try again"
    )
    return False


def _stop(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # each leads a session of its own
            process.wait()


def _greet(*, with_demo: bool) -> None:
    _say("")
    _say(f"  藤 Grapevine   {settings.SITE_URL}")
    _say(f"  API            {settings.SITE_URL}/api/v1/docs")
    _say(f"  live           http://localhost:{settings.LIVE_PORT}/live/")
    _say(f"  home           {settings.HOME}")
    if with_demo:
        first = settings.PORT + PROVIDERS_AFTER
        _say(f"  演示支付 / fake payment providers, no money moves: http://127.0.0.1:{first} …")
    for line in import_string("grapevine.front.demo.facade.introductions")():
        _say(f"  {line}")
    _say("  Ctrl-C 停止 / stops everything")


def run(*, with_demo: bool = False) -> int:
    """Start all processes and stay until a signal or until one of them dies. Exit code 0 or 1."""
    for port in (settings.PORT, settings.LIVE_PORT):
        if _answers(port):
            _say(
                f"端口 {port} 已被占用 / port {port} is in use: set PORT (and LIVE_PORT) to another"
            )
            return 1

    def leave(number: int, frame: object) -> None:  # noqa: ARG001  a signal handler's shape
        raise KeyboardInterrupt

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, leave)
    running: Running = {}
    try:
        if not _start(running, with_demo=with_demo):
            _say("没能启动 / could not start; the messages above say why")
            return 1
        _greet(with_demo=with_demo)
        while all(process.poll() is None for process in running.values()):
            time.sleep(0.3)
        dead = [name for name, process in running.items() if process.poll() is not None]
        _say(f"{', '.join(dead)} stopped unexpectedly; stopping the rest")
    except KeyboardInterrupt:
        _say("\n再见 / stopping")
        return 0
    else:
        return 1
    finally:
        _stop(list(running.values()))


def _start(running: Running, *, with_demo: bool) -> bool:
    """Everything, in order; False if something did not come up. The fakes come first: they refuse real keys."""
    variables = _start_providers(running) if with_demo else {}
    if variables is None:
        return False
    migrate()
    if with_demo:
        import_string("grapevine.front.demo.facade.once")()
    connections.close_all()
    environment = {**os.environ, **variables}
    for name, command in processes().items():
        running[name] = subprocess.Popen(  # noqa: S603  our own commands
            command, env=environment, start_new_session=True
        )
    with Step("等它们起来 / waiting for web, live and worker"):
        return _wait_until_up(running)
