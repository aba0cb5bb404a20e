"""The behaviour log's landing place: append-only spool files of JSON lines, one writer per process.

Whoever appends or closes a spool file holds its lock (flock: the system lets go of it when a process dies), so a spool file that
is closed (renamed to `.ready`) never grows again. A spool file is closed after five seconds or eight megabytes, by its writer or
by whoever looks for ready ones. An accepted row is in the operating system before the answer goes out, so killing any process
loses none; with `sync` it is on the disk. What a killed writer left half written was never answered and is cut off.
`insight` turns ready spool files into the lake.
"""

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.signals.contracts import BOTH, LOG_COLUMNS, PERSONALISE, SCHEMA_VERSION

FILE_SECONDS = 5.0
FILE_BYTES = 8_000_000
TAIL_BYTES = 65_536
OPEN, READY = ".open", ".ready"


class _SpoolFile:
    def __init__(self) -> None:
        folder: Path = settings.SPOOL_DIR
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{time.time_ns()}-{os.getpid()}-{new_id()}{OPEN}"
        self.handle = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self.owner, self.opened = os.getpid(), time.time()
        self.size = self.synced = 0
        self._syncing = threading.Lock()

    def write(self, data: bytes) -> bool:
        """Append all of it, or nothing and raise; False if somebody has closed this spool file."""
        with _locked(self.handle):
            if not self.path.exists():
                return False
            before = os.fstat(self.handle).st_size
            try:
                _write_all(self.handle, data)
            except OSError:
                os.ftruncate(self.handle, before)
                raise
        self.size += len(data)
        return True

    def sync(self, end: int) -> None:
        """Have the first `end` bytes on the disk; who waited for another's turn mostly finds them there."""
        with self._syncing:
            if self.synced < end:
                reached = self.size
                os.fdatasync(self.handle)
                self.synced = reached

    @property
    def full(self) -> bool:
        return self.size >= FILE_BYTES or abs(time.time() - self.opened) >= FILE_SECONDS

    def close(self) -> None:
        with self._syncing:
            if self.owner == os.getpid():
                with _locked(self.handle):
                    os.fdatasync(self.handle)
                    if self.path.exists():
                        self.path.rename(self.path.with_suffix(READY))
            self.synced = self.size
            os.close(self.handle)


@contextmanager
def _locked(handle: int, *, wait: bool = True) -> Iterator[None]:
    fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


_lock = threading.Lock()
_current: list[_SpoolFile] = []


def append(rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows (keys: LOG_COLUMNS) to this process's spool file."""
    received = clock.now().isoformat()
    known = ({key: row[key] for key in LOG_COLUMNS if row.get(key) is not None} for row in rows)
    append_lines(
        b"".join(
            json.dumps(
                {"received_at": received, "origin": "import", "version": SCHEMA_VERSION, **row},
                ensure_ascii=False,
            ).encode(errors="replace")
            + b"\n"
            for row in known
        )
    )


def append_lines(data: bytes, *, sync: bool = False) -> None:
    """Add whole lines of JSON. With `sync` they are on the disk when this returns."""
    if not data:
        return
    with _lock:
        spool_file = _writable()
        while not spool_file.write(data):
            _current.pop().close()
            spool_file = _writable()
        end = spool_file.size
    if sync:
        spool_file.sync(end)


def _writable() -> _SpoolFile:
    """This process's own open spool file; a child of a fork begins one of its own."""
    if _current and (_current[0].full or _current[0].owner != os.getpid()):
        _current.pop().close()
    if not _current:
        _current.append(_SpoolFile())
    return _current[0]


def seal() -> None:
    """Close this process's spool file now."""
    with _lock:
        if _current:
            _current.pop().close()


def ready_spool_files() -> Sequence[Path]:
    """Closed spool files, oldest first; also closes those that are old enough, whoever writes them.

    A living writer notices and opens anew. One that is just writing is left alone until the next look.
    """
    folder: Path = settings.SPOOL_DIR
    if not folder.exists():
        return []
    with _lock:
        if _current and _current[0].full:
            _current.pop().close()
        own = _current[0].path if _current else None
    for path in folder.glob(f"*{OPEN}"):
        opened = int(path.name.partition("-")[0]) / 1e9
        if path != own and time.time() - opened >= FILE_SECONDS:
            _take(path)
    return sorted(folder.glob(f"*{READY}"))


def waiting() -> tuple[int, int]:
    """(spool files, bytes) that are not in the lake yet."""
    folder: Path = settings.SPOOL_DIR
    sizes = [path.stat().st_size for kind in (OPEN, READY) for path in folder.glob(f"*{kind}")]
    return len(sizes), sum(sizes)


def _take(path: Path) -> None:
    """Close a spool file of another process, dead or alive: cut off what is half written, then rename."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        with _locked(handle, wait=False):
            if not path.exists():
                return
            whole = _end_of_lines(handle)
            os.ftruncate(handle, whole)
            os.fdatasync(handle)
            if whole:
                path.rename(path.with_suffix(READY))
            else:
                path.unlink()
    except BlockingIOError:
        return
    finally:
        os.close(handle)


def _end_of_lines(handle: int) -> int:
    """The length up to the last line that is whole."""
    end = os.fstat(handle).st_size
    while end:
        start = max(0, end - TAIL_BYTES)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def row_of_event(
    event_id: int, name: str, payload: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """A domain event as a log row: known fields become columns, the whole payload goes to props.

    Whoever did not consent to being recognised is not tied to a browser here: its name is left out.
    """
    source = payload.get("source")
    columns = source if isinstance(source, dict) else {}
    consent = str(payload.get("consent") or BOTH)
    told = {key: value for key, value in payload.items() if key != "visitor_id"}
    payload = payload if PERSONALISE in consent.split(",") else told
    row: dict[str, Any] = {key: payload.get(key) for key in LOG_COLUMNS if key in payload}
    row |= {
        "id": f"outbox-{event_id}",
        "ts": payload.get("at") or at.isoformat(),
        "received_at": at.isoformat(),
        "origin": "domain",
        "consent": consent,
        "verb": name,
        "channel": payload.get("channel") or columns.get("channel"),
        "share_token": payload.get("share_token") or columns.get("share_token"),
        "props": json.dumps(payload, ensure_ascii=False),
    }
    return row
