"""Token buckets in the memory of one process, and who is on the other end of a request."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.http import HttpRequest

BUCKETS_MAX = 50_000


@dataclass(slots=True)
class Taken:
    """What one attempt left: `wait` seconds until the next piece, 0 if this attempt got one."""

    limit: int
    remaining: int
    reset: int
    wait: int


class Buckets:
    """Filled evenly over a minute, never above a minute's worth."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._level: dict[str, tuple[float, float]] = {}

    def take(self, key: str, per_minute: int, pieces: int = 1) -> Taken:
        """Take `pieces` (0 only looks) if there are so many; at least one must be there."""
        with self._lock:
            now, rate = self._now(), per_minute / 60
            level, at = self._level.get(key, (float(per_minute), now))
            level = min(float(per_minute), level + (now - at) * rate)
            is_enough = level >= 1
            if is_enough:
                level -= pieces
            if pieces:
                if len(self._level) >= BUCKETS_MAX and key not in self._level:
                    self._make_room()
                self._level[key] = (level, now)
        wait = 0 if is_enough else max(1, math.ceil((1 - level) / rate))
        reset = math.ceil((per_minute - level) / rate)
        return Taken(per_minute, max(0, int(level)), reset, wait)

    def __contains__(self, key: str) -> bool:
        return key in self._level

    def _make_room(self) -> None:
        """Forget the half that was not used for the longest time."""
        oldest = sorted(self._level, key=lambda key: self._level[key][1])
        for key in oldest[: BUCKETS_MAX // 2]:
            del self._level[key]

    def forget(self) -> None:
        with self._lock:
            self._level.clear()


def address_of(request: HttpRequest) -> str:
    """Who is on the other end; behind `PROXIES` proxies, what the outermost of them saw."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    hops: int = settings.PROXIES
    if hops and len(seen) >= hops and seen[-hops].strip():
        return str(seen[-hops].strip())
    return str(request.META.get("REMOTE_ADDR", ""))
