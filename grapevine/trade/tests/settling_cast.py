"""Sales that became final, second factors, bank accounts: what settlement starts from."""

import base64
import hmac
from datetime import timedelta
from typing import Any

import time_machine
from django.apps import apps
from django.conf import settings

from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.people import facade as people
from grapevine.trade import facade, jobs
from grapevine.trade.actions import banking, withdrawing
from grapevine.trade.actions.shipping import ship_order
from grapevine.trade.tests.cast import Cast, paid

DAYS = timedelta(days=1)


def received(cast: Cast, *lines: Any, **more: Any) -> str:
    """One order of Bob's shop, in the buyer's hands; its number."""
    number = paid(cast, *lines, **more).order_numbers[0]
    ship_order(
        shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1234", actor_id=cast.bob
    )
    facade.receive_order(buyer_id=cast.alice, number=number)
    return number


def over() -> timedelta:
    """From receipt until nothing can come back any more."""
    return timedelta(days=settings.RETURN_WINDOW_DAYS, seconds=5)


def final(cast: Cast, *lines: Any, **more: Any) -> str:
    """One order of Bob's shop whose return window is over and whose money is earned."""
    number = received(cast, *lines, **more)
    with time_machine.travel(clock.now() + over()):
        jobs.settle_final()
    return number


def settled(cast: Cast, *lines: Any) -> str:
    number = final(cast, *lines)
    jobs.make_batches()
    return number


def of_shop(shop_id: int) -> dict[str, int]:
    found = ledger.balances(f"shop:{shop_id}")
    return {kind: minor for kind, minor in found.items() if minor}


def of_person(person_id: int) -> dict[str, int]:
    return {k: n for k, n in ledger.balances(f"person:{person_id}").items() if n}


def platform(kind: str) -> int:
    return ledger.balance(Account("platform", kind))


def account(owner: str, person_id: int, number: str = "6222000011112222") -> int:
    """A bank account that can be used at once: it was added when the wait was still ahead."""
    with time_machine.travel(clock.now() - 2 * DAYS):
        return banking.add_bank_account(
            owner=owner, holder="半日手作", bank="招商银行", number=number, actor_id=person_id,
            code=recovery(person_id),
        )  # fmt: skip


def hire(cast: Cast, person_id: int, role: str) -> None:
    apps.get_model("goods", "Staff").objects.create(
        shop_id=cast.bobs.id, person_id=person_id, role=role
    )


_codes: dict[int, list[str]] = {}


def recovery(person_id: int) -> str:
    """A recovery code: good at any time."""
    return _codes[person_id].pop()


def with_codes(person_id: int) -> None:
    """Turn the second factor on, as a phone would; the recovery codes are kept for `recovery`."""
    begun = people.begin_second_factor(person_id)
    _codes[person_id] = people.confirm_second_factor(person_id, shown(begun.secret))


def shown(secret: str) -> str:
    """What an authenticator shows now, by RFC 6238, written once more."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step = int(clock.now().timestamp() // 30).to_bytes(8, "big")
    digest = hmac.digest(key, step, "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def withdraw(owner: str, account_id: int, person_id: int, amount: int, key: str = "k1") -> str:
    return withdrawing.withdraw(
        owner=owner, account_id=account_id, amount_minor=amount, key=key, actor_id=person_id,
        code=recovery(person_id),
    )  # fmt: skip
