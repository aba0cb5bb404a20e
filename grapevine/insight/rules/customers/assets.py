"""What a shop's people are worth (流量资产), in three parts that can be worked out again from the export.

Income: what its customers are expected to spend themselves in the next 90 days. Customers: what those who have not bought yet
are expected to spend, each by the calibrated chance of a first order times what a first customer spends. Network: what
supporting fans brought in the last 90 days, as far as those fans are expected to stay: the same again. Commission and the
cost of goods are not taken off: these are sales, not profit.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """`chance` of a first order in 90 days, for who has not bought; `alive` for who has. Amounts in minor units."""

    expected_minor: int = 0
    chance: float = 0.0
    brought_minor: int = 0
    alive: float = 1.0
    is_active: bool = False
    is_supporting: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    fans: int
    active: int
    supporting: int
    income_minor: int
    customers_minor: int
    network_minor: int

    @property
    def total_minor(self) -> int:
        return self.income_minor + self.customers_minor + self.network_minor


def asset_of(people: Iterable[Person], *, first_worth_minor: float) -> Asset:
    """Sums over people; `first_worth_minor` is what a customer spends in their first 90 days on the average."""
    everybody = list(people)
    return Asset(
        fans=len(everybody),
        active=sum(one.is_active for one in everybody),
        supporting=sum(one.is_supporting for one in everybody),
        income_minor=sum(one.expected_minor for one in everybody),
        customers_minor=round(sum(one.chance for one in everybody) * first_worth_minor),
        network_minor=sum(round(one.brought_minor * one.alive) for one in everybody),
    )
