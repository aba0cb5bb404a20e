"""What cuts a price, for the model: each instrument is one function over the lines of a purchase.

They apply in the order of INSTRUMENTS. One that is limited (a quota, a budget, points) is also told of the order
that uses it and of its end, by an entry in `Market.place` and `Market.give_back`.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tests.simulation import pricing
from tests.simulation.pricing import Wanted

if TYPE_CHECKING:
    from tests.simulation.market import Market

Instrument = Callable[["Market", Sequence[Wanted], int | None], None]
"""(market, lines, the plan of the group this is bought in)."""


def group_price(market: "Market", lines: Sequence[Wanted], plan: int | None) -> None:
    if plan is not None:
        pricing.together(lines, market.plans[plan])


def reduction(market: "Market", lines: Sequence[Wanted], _: int | None) -> None:
    for shop in dict.fromkeys(one.shop for one in lines):
        pricing.reduce(
            [one for one in lines if one.shop == shop], market.setup.shops[shop].reduction
        )


def percent(market: "Market", lines: Sequence[Wanted], _: int | None) -> None:
    if market.setup.percent is not None:
        pricing.take_percent(lines, market.setup.percent)


INSTRUMENTS: tuple[Instrument, ...] = (group_price, reduction, percent)
