"""What the actors do with money: holds and transfers in the books, settlement, withdrawals, taking back."""

from datetime import timedelta

from django.db import transaction

from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.trade import facade as trade, jobs
from grapevine.trade.actions import withdrawing
from grapevine.trade.actions.clawing import claw_back, return_to_shop


def set_aside(*, key: str, owner: str, amount: int) -> bool:
    return ledger.place_hold(
        key=key, account=ledger.Account(owner, "payable"), amount_minor=amount, reference=key,
        until=clock.now() + timedelta(minutes=5),
    )  # fmt: skip


def end_aside(*, key: str, how: str, credit: str) -> bool:
    if how == "post":
        return ledger.post_hold(key=key, credit=ledger.Account(credit, "payable"))
    return ledger.void_hold(key=key)


def move_money(*, key: str, legs: list[tuple[str, str, int]]) -> bool:
    """Post transfers between payable accounts."""
    return ledger.post(
        key=key, kind="move", reference=key,
        legs=[
            ledger.Leg(ledger.Account(a, "payable"), ledger.Account(b, "payable"), minor)
            for a, b, minor in legs
        ],
    )  # fmt: skip


def expire_money() -> int:
    return ledger.expire_holds()


def settle_everybody() -> int:
    return jobs.make_batches()


def withdraw(*, shop: int, bank: int, amount: int, key: str) -> str:
    """Past the second factor: what is raced for is the money."""
    return withdrawing._set_aside(f"shop:{shop}", bank, amount, key, 1, "CNY")


def claw(*, shop: int, amount: int, key: str) -> None:
    with transaction.atomic():
        claw_back(key=key, reference=key, shop_id=shop, amount_minor=amount, currency="CNY")
        ledger.post(
            key=f"{key}:out", kind="test", reference=key,
            legs=[
                ledger.Leg(
                    ledger.Account("platform", "clearing:refund"),
                    ledger.Account("platform", "cash:test"), amount,
                )
            ],
        )  # fmt: skip


def give_back_part(*, seller: int, supplier: int, amount: int, key: str) -> None:
    """What a shop earned by selling for another goes back to it, as a late refund does."""
    return_to_shop(
        key=key, reference=key, owner=f"shop:{seller}", shop_id=supplier, amount_minor=amount,
        currency="CNY",
    )  # fmt: skip


def cancel_money(*, shop: int, number: str) -> None:
    withdrawing.cancel_withdrawal(owner=f"shop:{shop}", number=number, actor_id=1)


def pay_out() -> int:
    return jobs.send_payouts()


def advertise(*, shop: int, amount: int, key: str) -> bool:
    return trade.charge_advertising(shop_id=shop, amount_minor=amount, key=key, reference=key)
