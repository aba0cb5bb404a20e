"""How often one caller may ask the API: token buckets in the memory of each process, so that no request pays a statement.

With several web processes each counts what it sees: nobody is refused below `API_PER_MINUTE`, and the house answers at
most that times `WEB_WORKERS`. What must hold to the letter (sign-in, codes, token exchange) is counted in the
database by `actions.limit`.

Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/03/ (Limit, Remaining, Reset in seconds).
"""

import hashlib
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from grapevine.guard.contracts import TooManyRequests
from grapevine.kit.problems import problem

GetResponse = Callable[[HttpRequest], HttpResponse]
BUCKETS_MAX = 50_000
ADDRESS_FACTOR = 5
"""Many people share one address: a strangers' bucket is so many times as large."""
GUESSES_PER_MINUTE = 30
"""Wrong tokens from one address; who is known in this process is not kept out by them."""
UNKNOWN = 401


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


buckets = Buckets()


def address_of(request: HttpRequest) -> str:
    """Who is on the other end; behind `PROXIES` proxies, what the outermost of them saw."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    hops: int = settings.PROXIES
    if hops and len(seen) >= hops and seen[-hops].strip():
        return str(seen[-hops].strip())
    return str(request.META.get("REMOTE_ADDR", ""))


class RateMiddleware:
    """Counts every request of the API against its token, or its address where it has none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most: int = settings.API_PER_MINUTE
        if not most or not request.path.startswith("/api/"):
            return self.get_response(request)
        address, token = address_of(request), request.META.get("HTTP_AUTHORIZATION", "")
        key = hashlib.sha256(token.encode()).hexdigest() if token else address
        if token and key not in buckets:
            return self._unknown(request, key, address, most)
        taken = buckets.take(key, most if token else most * ADDRESS_FACTOR)
        return _marked(_refusal(taken) or self.get_response(request), taken)

    def _unknown(self, request: HttpRequest, key: str, address: str, most: int) -> HttpResponse:
        """A token this process never saw: a bucket of its own once it turned out to be one."""
        guesses = f"guesses:{address}"
        looked = buckets.take(guesses, GUESSES_PER_MINUTE, 0)
        refused = _refusal(looked)
        if refused:
            return _marked(refused, looked)
        response = self.get_response(request)
        if response.status_code == UNKNOWN:
            return _marked(response, buckets.take(guesses, GUESSES_PER_MINUTE))
        return _marked(response, buckets.take(key, most))


def _refusal(taken: Taken) -> HttpResponse | None:
    return problem(TooManyRequests(retry_after=taken.wait)) if taken.wait else None


def _marked(response: HttpResponse, taken: Taken) -> HttpResponse:
    response["RateLimit-Limit"] = str(taken.limit)
    response["RateLimit-Remaining"] = str(taken.remaining)
    response["RateLimit-Reset"] = str(taken.reset)
    return response
