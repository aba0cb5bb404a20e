"""The order's states, written once: from where to where, and who may."""

from grapevine.trade.contracts import OrderState

S = OrderState
MOVES: dict[tuple[OrderState, OrderState], frozenset[str]] = {
    (S.PENDING, S.PAID): frozenset({"provider"}),
    (S.PENDING, S.WAITING): frozenset({"provider"}),
    (S.PENDING, S.CANCELLED): frozenset({"buyer", "system"}),
    (S.WAITING, S.PAID): frozenset({"system"}),
    (S.WAITING, S.REFUNDED): frozenset({"buyer", "shop", "system"}),
    (S.PAID, S.SHIPPED): frozenset({"shop"}),
    (S.PAID, S.REFUNDED): frozenset({"buyer", "shop", "system"}),
    (S.SHIPPED, S.RECEIVED): frozenset({"buyer", "system"}),
    (S.SHIPPED, S.REFUNDED): frozenset({"shop"}),
    (S.RECEIVED, S.REFUNDED): frozenset({"shop"}),
}
"""Everything not listed is refused. `cancelled` and `refunded` are final."""


def sources_of(target: OrderState, actor: str) -> list[OrderState]:
    """The states from which `actor` may move an order to `target`."""
    return [a for (a, b), actors in MOVES.items() if b == target and actor in actors]


def may(state: OrderState, target: OrderState, actor: str) -> bool:
    return actor in MOVES.get((state, target), frozenset())
