"""The behaviour log's landing place: append-only segments of JSON lines, one writer per process.

A segment is closed (renamed to `.ready`) after five seconds or a megabyte, or by whoever finds it
abandoned. An accepted row is in the operating system before the answer goes out, so killing any
process loses none. `insight` turns ready segments into the lake.
"""

import json
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from grapevine.kit.ids import new_id
from grapevine.signals.contracts import LOG_COLUMNS

SEGMENT_SECONDS = 5.0
SEGMENT_BYTES = 1_000_000
ABANDONED_SECONDS = 10.0


class _Segment:
    def __init__(self) -> None:
        folder: Path = settings.SPOOL_DIR
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{time.time_ns()}-{os.getpid()}-{new_id()}.open"
        self.handle = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self.opened = time.monotonic()
        self.size = 0

    def write(self, data: bytes) -> None:
        os.write(self.handle, data)
        self.size += len(data)

    @property
    def full(self) -> bool:
        return self.size >= SEGMENT_BYTES or time.monotonic() - self.opened >= SEGMENT_SECONDS

    def close(self) -> None:
        os.close(self.handle)
        if self.path.exists():
            self.path.rename(self.path.with_suffix(".ready"))


_lock = threading.Lock()
_current: list[_Segment] = []


def append(rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows (keys: LOG_COLUMNS) to this process's segment."""
    data = b"".join(
        json.dumps({key: row.get(key) for key in LOG_COLUMNS}, ensure_ascii=False).encode() + b"\n"
        for row in rows
    )
    if not data:
        return
    with _lock:
        if _current and (_current[0].full or not _current[0].path.exists()):
            _current.pop().close()
        if not _current:
            _current.append(_Segment())
        _current[0].write(data)


def seal() -> None:
    """Close this process's segment now."""
    with _lock:
        if _current:
            _current.pop().close()


def ready_segments() -> Sequence[Path]:
    """Closed segments, oldest first; also closes those whose writer has gone quiet or died.

    An open segment untouched for ten seconds is renamed; a living writer notices and opens anew.
    """
    folder: Path = settings.SPOOL_DIR
    if not folder.exists():
        return []
    limit = time.time() - ABANDONED_SECONDS
    for path in folder.glob("*.open"):
        own = bool(_current) and path == _current[0].path
        if own and _current[0].full:
            seal()
        elif not own and path.stat().st_mtime < limit:
            path.rename(path.with_suffix(".ready"))
    return sorted(folder.glob("*.ready"))


def row_of_event(
    event_id: int, name: str, payload: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """A domain event as a log row: known fields become columns, the whole payload goes to props."""
    source = payload.get("source")
    columns = source if isinstance(source, dict) else {}
    row: dict[str, Any] = {key: payload.get(key) for key in LOG_COLUMNS if key in payload}
    row |= {
        "id": f"outbox-{event_id}",
        "ts": payload.get("at") or at.isoformat(),
        "verb": name,
        "channel": payload.get("channel") or columns.get("channel"),
        "share_token": payload.get("share_token") or columns.get("share_token"),
        "props": json.dumps(payload, ensure_ascii=False),
    }
    return row
