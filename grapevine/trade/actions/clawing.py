"""Taking back what a shop was already given, when its order is refunded late."""

from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg


def claw_back(*, key: str, reference: str, shop_id: int, amount_minor: int, currency: str) -> None:
    """Move `amount_minor` of what the shop has earned to `clearing:refund`, once a key.

    What it does not have any more is its debt, which its next earnings pay first. Must run in a transaction.
    """
    payable, debt = Account(f"shop:{shop_id}", "payable"), Account(f"shop:{shop_id}", "debt")
    has = min(amount_minor, max(0, ledger.balance(payable, currency)))
    out = Account("platform", "clearing:refund")
    ledger.post(
        key=key, kind="claw_back", reference=reference, currency=currency,
        legs=[Leg(payable, out, has), Leg(debt, out, amount_minor - has)],
    )  # fmt: skip
