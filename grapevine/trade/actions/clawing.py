"""Taking back what a party was already given, when an order is refunded late."""

from django.db import transaction

from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, InsufficientFunds, Leg
from grapevine.trade.actions.settling import (
    party_of,
    person_owner,
    purses_of,
    shop_owner,
    take_turn,
)
from grapevine.trade.models import SettlementLine
from grapevine.trade.rules.settlement import take_in_turn

TRIES_MAX = 5


def claw_back(*, key: str, reference: str, shop_id: int, amount_minor: int, currency: str) -> None:
    """Move `amount_minor` of what the shop has earned to `clearing:refund`, once a key.

    From what is not settled yet, then from its balance; what it does not have any more is its debt, which its next
    earnings pay first. Money on its way to a bank is not stopped.
    """
    _claw(
        key=key, reference=reference, owner=shop_owner(shop_id), amount_minor=amount_minor,
        currency=currency, to=Account("platform", "clearing:refund"),
    )  # fmt: skip


def claw_back_person(
    *, key: str, reference: str, person_id: int, shop_id: int, amount_minor: int, currency: str
) -> None:
    """Move a commission that was final back to the shop that paid it, once a key."""
    return_to_shop(
        key=key, reference=reference, owner=person_owner(person_id), shop_id=shop_id,
        amount_minor=amount_minor, currency=currency,
    )  # fmt: skip


@transaction.atomic
def return_to_shop(
    *, key: str, reference: str, owner: str, shop_id: int, amount_minor: int, currency: str
) -> None:
    """Move what `owner` earned of a shop's sale back to that shop, once a key; from its purses in the same order.

    The shop has it back at once; what the owner does not have any more the owner owes.
    """
    shop = shop_owner(shop_id)
    for one in sorted([owner, shop]):  # one order for everybody
        take_turn(one, currency)
    moved = _claw(
        key=key, reference=reference, owner=owner, amount_minor=amount_minor,
        currency=currency, to=Account(shop, "payable"),
    )  # fmt: skip
    if moved:
        SettlementLine.objects.create(
            key=f"returned:{key}"[:100], party=party_of(shop, currency), kind="returned",
            reference=reference, gross_minor=amount_minor, net_minor=amount_minor, at=clock.now(),
        )  # fmt: skip


def _claw(
    *, key: str, reference: str, owner: str, amount_minor: int, currency: str, to: Account
) -> bool:
    """False if it was done before. Who was faster in between is read again, a few times."""
    assert amount_minor > 0
    for left in reversed(range(TRIES_MAX)):
        try:
            return _take(key, reference, owner, amount_minor, currency, to)
        except InsufficientFunds:
            if not left:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _take(
    key: str, reference: str, owner: str, amount_minor: int, currency: str, to: Account
) -> bool:
    party = take_turn(owner, currency)
    if ledger.posting(key) is not None:
        return False
    given = take_in_turn(amount_minor, purses_of(party, "payable", "balance"), "debt")
    ledger.post(
        key=key, kind="claw_back", reference=reference, currency=currency,
        legs=[Leg(Account(owner, kind), to, amount) for kind, amount in given.items()],
    )  # fmt: skip
    if given["payable"]:
        SettlementLine.objects.create(
            key=f"claw:{key}"[:100], party=party, kind="claw_back", reference=reference,
            gross_minor=-given["payable"], net_minor=-given["payable"], at=clock.now(),
        )  # fmt: skip
    return True
