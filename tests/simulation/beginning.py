"""How a plan begins: with purchases that go well, so that much can come after them."""

from collections.abc import Iterator
from typing import Any

from tests.simulation.choosing import chance, pick
from tests.simulation.facts import Operation


def purchases(plan: Any) -> Iterator[Operation]:
    """Two histories of three begin so; of some the shops have their money already, and take it out."""
    chooser, market = plan.chooser, plan.market
    times = pick(chooser, (0, 2, 3))
    if times and chance(chooser, 50):
        yield Operation("share", 1, plan.make("share").args)
    for _ in range(times):
        known = len(market.payments)
        args = plan.make("place").args | {"lines": _there(plan), "expected": None}
        yield Operation("place", 1, args)
        for number in range(known, len(market.payments)):
            yield from _paid_and_sent(plan, number)
    if times and chance(chooser, 50):
        yield Operation("days", 1, {"days": 8})
        if chance(chooser, 70):
            yield Operation("job", 1, {"name": "batches"})
            op = plan.make("withdraw")
            yield from [op] if op is not None else []


def _there(plan: Any) -> list[tuple[int, int]]:
    """What can be bought just now."""
    chooser, market = plan.chooser, plan.market
    free = [(n, market.shelves.free(n)) for n in range(len(market.skus))]
    some = [(sku, min(have, chooser.whole(1, 4))) for sku, have in free if have]
    return some[: chooser.whole(1, 3)] or [(0, 1)]


def _paid_and_sent(plan: Any, number: int) -> Iterator[Operation]:
    market = plan.market
    own, places = market.payments[number], len(market.attempts)
    start = {"buyer": own.buyer, "payment": number, "method": "south", "way": ""}
    yield Operation("start", 1, start)
    live = [one for one in market.attempts[places - 1 :] if plan.is_payable(one)]
    for one in live[-1:]:
        told = {"payment": number, "place": one.place, "state": "paid"}
        yield Operation("decide", 1, {"method": one.method, **told})
        yield Operation("deliver", 1, {"method": one.method, "message": 0, "again": False})
    for order in own.orders if pick(plan.chooser, (True, True, False)) else ():
        while market.orders[order].state == "paid":
            args = {"order": order, "shop": market.orders[order].shop, "warehouse": None}
            yield Operation("ship", 1, args)
        yield Operation("receive", 1, {"order": order, "buyer": own.buyer})
