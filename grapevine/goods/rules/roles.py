"""What each role of a shop's staff may do: one table, and nothing else decides."""

from grapevine.goods.contracts import Right, Role

SEES = frozenset({Right.TODAY, Right.ORDERS})
SERVES = SEES | {Right.AFTER_SALES, Right.REVIEWS, Right.CONTACTS}
HANDLES = SEES | {Right.SHIPPING, Right.STOCK, Right.CONTACTS}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.MANAGER: frozenset(Right) - {Right.FINANCE, Right.STAFF, Right.CLOSING},
    Role.CLERK: HANDLES | {Right.GOODS},
    Role.SERVICE: SERVES,
    Role.FINANCE: SEES | {Right.FINANCE, Right.INSIGHT},
}


def rights_of(role: str) -> frozenset[Right]:
    """None for a role nobody knows."""
    return RIGHTS.get(Role(role), frozenset()) if role in set(Role) else frozenset()
