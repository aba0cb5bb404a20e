"""What the people whom one person brought are worth (流量资产 of a person), in three parts that are not added up.

Income: the person's own commission of the last 90 days that was not taken back, the same again as far as they are expected to
stay in that shop (1 for who did not buy there: nothing is foretold of them). Customers: what the people they brought are
expected to spend in the next 90 days, by the shop's own rule (`assets`): its income and its customers of these people alone.
Network: what these brought on in 90 days, as far as they stay. Income is the person's own money, the other two are the
shops' sales. Whoever switched personalisation off counts among those reached and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST = 5
"""Of fewer people only how many they are is told: the sum of few says what one of them is expected to do."""


@dataclass(frozen=True, slots=True)
class InShop:
    """Whom one person brought to one shop (`known`: of whom something may be learned), and what came of it."""

    shop_id: int
    known: frozenset[int] = frozenset()
    commission_minor: int = 0
    alive: float = 1.0
    customers_minor: int = 0
    network_minor: int = 0

    @property
    def income_minor(self) -> int:
        return round(self.commission_minor * self.alive)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the recomputation: of a shop, or with `shop_id` None of all with too few people together.

    None: told in that line, or of fewer than five people and not at all.
    """

    shop_id: int | None
    people: int | None
    commission_minor: int
    alive: float
    income_minor: int
    customers_minor: int | None
    network_minor: int | None


def parts_of(shops: Iterable[InShop]) -> list[Part]:
    """Lines that add up to the three parts; no sum is behind fewer than five people, not even as a difference of others."""
    ordered = sorted(shops, key=lambda one: (-len(one.known), one.shop_id))
    few = [one for one in ordered if 0 < len(one.known) < FEWEST]
    large = [one for one in ordered if len(one.known) >= FEWEST]
    while few and large and not _are_enough(few):
        few.append(large.pop())
    told = {one.shop_id for one in large}
    lines = [_line(one, is_told=one.shop_id in told) for one in ordered]
    if few and _are_enough(few):
        lines.append(
            Part(
                None, len(_together(few)), 0, 1.0, 0,
                sum(one.customers_minor for one in few), sum(one.network_minor for one in few),
            )
        )  # fmt: skip
    return [line for line in lines if line.people or line.commission_minor]


def _line(one: InShop, *, is_told: bool) -> Part:
    return Part(
        one.shop_id, len(one.known) if is_told else None, one.commission_minor, one.alive, one.income_minor,
        one.customers_minor if is_told else None, one.network_minor if is_told else None,
    )  # fmt: skip


def _together(shops: Sequence[InShop]) -> frozenset[int]:
    return frozenset[int]().union(*(one.known for one in shops))


def _are_enough(shops: Sequence[InShop]) -> bool:
    return len(_together(shops)) >= FEWEST


def moved_most(changes: dict[str, int | None]) -> str:
    """The part whose change is largest, up or down; "" where none that can be compared moved."""
    moved = {name: abs(change) for name, change in changes.items() if change}
    return max(moved, key=lambda name: moved[name], default="")
