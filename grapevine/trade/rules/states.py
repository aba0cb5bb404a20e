"""The order's states, written once: from where to where, who may, and what moves by itself.

`docs/ORDERS.md` is made from here by `python -m tools.states`.
"""

from grapevine.trade.contracts import OrderState

S = OrderState
MOVES: dict[tuple[OrderState, OrderState], frozenset[str]] = {
    (S.PENDING, S.PAID): frozenset({"provider"}),
    (S.PENDING, S.WAITING): frozenset({"provider"}),
    (S.PENDING, S.CANCELLED): frozenset({"buyer", "system"}),
    (S.WAITING, S.PAID): frozenset({"system"}),
    (S.WAITING, S.REFUNDED): frozenset({"buyer", "shop", "system"}),
    (S.PAID, S.SHIPPED): frozenset({"shop", "case"}),
    (S.PAID, S.REFUNDED): frozenset({"buyer", "shop", "system", "case"}),
    (S.SHIPPED, S.RECEIVED): frozenset({"buyer", "system"}),
    (S.SHIPPED, S.REFUNDED): frozenset({"shop", "case"}),
    (S.RECEIVED, S.COMPLETED): frozenset({"system"}),
    (S.RECEIVED, S.REFUNDED): frozenset({"shop", "case"}),
    (S.COMPLETED, S.REFUNDED): frozenset({"case"}),
}
"""Everything not listed is refused. `cancelled` and `refunded` are final, `completed` but for a case of after-sales.

`case`: pieces of an order went back by after-sales: its last ones, or the last that had not left.
"""

MEANING: dict[OrderState, str] = {
    S.PENDING: "placed, stock held, not paid",
    S.WAITING: "paid, the group is not full yet",
    S.PAID: "paid, to be shipped",
    S.SHIPPED: "every parcel is on its way",
    S.RECEIVED: "arrived; the return window runs",
    S.COMPLETED: "final: the money is the shop's",
    S.CANCELLED: "never paid; the stock is free again",
    S.REFUNDED: "the whole amount goes back; at once, or by its last piece",
}

TIMERS: dict[OrderState, tuple[str, OrderState]] = {
    S.PENDING: ("HOLD_MINUTES after placing", S.CANCELLED),
    S.WAITING: ("the group's deadline", S.REFUNDED),
    S.SHIPPED: (
        "RECEIPT_DAYS after the last parcel arrived, after shipping where nobody knows",
        S.RECEIVED,
    ),
    S.RECEIVED: ("RETURN_WINDOW_DAYS after receipt", S.COMPLETED),
}
"""What the worker does by itself. The moment is kept in the order, so a restart forgets nothing."""

SENDABLE_TO = (S.PENDING, S.WAITING, S.PAID)
"""While in these, the buyer may still change where the goods go."""


def sources_of(target: OrderState, actor: str) -> list[OrderState]:
    """The states from which `actor` may move an order to `target`."""
    return [a for (a, b), actors in MOVES.items() if b == target and actor in actors]


def may(state: OrderState, target: OrderState, actor: str) -> bool:
    return actor in MOVES.get((state, target), frozenset())
