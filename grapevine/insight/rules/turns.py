"""Whose rows are counted at once: shops one after the other, as many as fit, and a shop that is too large in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A shop's rows are counted in `slices` turns from `turn` on: in more than one, each takes some of its people."""

    shop_id: int
    turn: int
    slices: int


def places(sizes: Mapping[int, int], most: int) -> list[Place]:
    """The turn of each shop, of `sizes` rows by shop, so that a turn has about `most` rows and no turn is empty."""
    found, turn, filled = [], 0, 0
    for shop_id, size in sorted(sizes.items()):
        if filled and filled + size > most:
            turn, filled = turn + 1, 0
        slices = max(1, -(-size // most))
        found.append(Place(shop_id, turn, slices))
        if slices > 1:
            turn += slices
        else:
            filled += size
    return found


def count_of(found: Sequence[Place]) -> int:
    return max((one.turn + one.slices for one in found), default=1)


def rounds(found: Sequence[Place]) -> list[range]:
    """The turns that are saved together: of a shop in parts all its parts."""
    lengths = {one.turn: one.slices for one in found}
    told, turn = [], 0
    while turn < count_of(found):
        told.append(range(turn, turn + lengths.get(turn, 1)))
        turn = told[-1].stop
    return told
