"""What one process remembers for a while, for its threads: bounded in number and in time, empty after a restart.

For values that are named by all they depend on, so that a stale one cannot be found under a new name; `seconds` bounds
what the name does not say. Values are handed out as they were put in: nobody may change them.
"""

from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import WeakSet

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """At most `most` values, each for at most `seconds`; the one put in first goes first."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._held: dict[K, tuple[float, V]] = {}
        self.hits = self.misses = 0
        _memories.add(self)

    def get(self, key: K) -> V | None:
        held = self._held.get(key)
        if held is None or held[0] < monotonic():
            self.misses += 1
            return None
        self.hits += 1
        return held[1]

    def get_many(self, keys: Iterable[K]) -> dict[K, V]:
        """Those of the keys that are remembered."""
        found = {}
        for key in keys:
            value = self.get(key)
            if value is not None:
                found[key] = value
        return found

    def put(self, key: K, value: V) -> V:
        until = monotonic() + self._seconds
        self._held.pop(key, None)
        self._held[key] = (until, value)
        while len(self._held) > self._most:
            try:
                self._held.pop(next(iter(self._held)), None)
            except (StopIteration, RuntimeError):  # another thread made room
                break
        return value

    def put_many(self, values: Mapping[K, V]) -> None:
        for key, value in values.items():
            self.put(key, value)

    def drop(self, key: K) -> None:
        self._held.pop(key, None)

    def forget(self) -> None:
        self._held.clear()
        self.hits = self.misses = 0


_memories: "WeakSet[Memory[Any, Any]]" = WeakSet()


def forget_all() -> None:
    """For tests: rows of one test must not be remembered in the next."""
    for memory in _memories:
        memory.forget()
