"""Where the choices of a plan come from."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Chooser(Protocol):
    """Where choices come from: a seeded generator, or a test that looks for the smallest plan."""

    def whole(self, least: int, most: int) -> int: ...


def pick(chooser: Chooser, among: Sequence[T]) -> T:
    return among[chooser.whole(0, len(among) - 1)]


def chance(chooser: Chooser, percent: int) -> bool:
    return chooser.whole(1, 100) > 100 - percent
