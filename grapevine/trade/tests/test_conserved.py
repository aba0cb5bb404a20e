"""Whatever a sharer and a shop go through, in two currencies: what came in is what they have and what went out."""

from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings as how, strategies as st

from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, InsufficientFunds, Leg
from grapevine.trade import jobs
from grapevine.trade.actions import settling, withdrawing
from grapevine.trade.actions.clawing import claw_back, claw_back_person
from grapevine.trade.models import BankAccount, Withdrawal

_numbers = count(1)
ACTS = ("earn", "earn", "batch", "from_sharer", "from_shop", "withdraw", "cancel", "pay")
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(("CNY", "USD")), st.integers(1, 999)),
    min_size=4, max_size=16,
)  # fmt: skip
KEPT = ("payable", "balance", "withdrawing")


class House:
    """A sharer and the shop that pays commissions; `went_in` and `went_out` by currency, as a bank would say."""

    def __init__(self) -> None:
        self.person = self.shop = 1_000_000 + next(_numbers)
        self.owners = (f"person:{self.person}", f"shop:{self.shop}")
        self.went_in, self.went_out = Counter[str](), Counter[str]()
        self.banks = {owner: self._bank(owner) for owner in self.owners}

    def _bank(self, owner: str) -> int:
        now = clock.now()
        return BankAccount.objects.create(
            owner=owner, holder="h", bank="b", number="62220002", tail="0002", state="active",
            added_by=1, added_at=now, agreed_by=1, usable_at=now,
        ).pk  # fmt: skip

    def earn(self, currency: str, amount: int) -> None:
        key = f"conserved:{next(_numbers)}"
        cash, own = Account("platform", "cash:sandbox"), Account(self.owners[0], "payable")
        ledger.post(
            key=key, kind="commission_released", reference=key, currency=currency,
            legs=[Leg(cash, own, amount)],
        )  # fmt: skip
        settling.book_earning(
            key=key, person_id=self.person, reference=key, amount_minor=amount, currency=currency
        )
        self.went_in[currency] += amount

    def batch(self, _: str, __: int) -> None:
        jobs.make_batches()

    def from_sharer(self, currency: str, amount: int) -> None:
        """A commission goes back to the shop, told twice."""
        key = f"conserved:{next(_numbers)}"
        for _ in range(2):
            claw_back_person(
                key=key, reference=key, person_id=self.person, shop_id=self.shop,
                amount_minor=amount, currency=currency,
            )  # fmt: skip

    def from_shop(self, currency: str, amount: int) -> None:
        """A buyer has money back after the end, told twice; it leaves the house."""
        key = f"conserved:{next(_numbers)}"
        for _ in range(2):
            claw_back(
                key=key, reference=key, shop_id=self.shop, amount_minor=amount, currency=currency
            )
        clearing, cash = Account("platform", "clearing:refund"), Account("platform", "cash:sandbox")
        ledger.post(
            key=f"{key}:sent", kind="refunded", reference=key, currency=currency,
            legs=[Leg(clearing, cash, amount)],
        )  # fmt: skip
        self.went_out[currency] += amount

    def withdraw(self, currency: str, amount: int) -> None:
        owner = self.owners[amount % 2]
        has = ledger.balance(Account(owner, "balance"), currency)
        asked = (owner, self.banks[owner], amount, f"w{next(_numbers)}", 1, currency)
        if amount > has:
            with pytest.raises(InsufficientFunds):
                withdrawing._set_aside(*asked)
        else:
            withdrawing._set_aside(*asked)

    def _open(self) -> Any:
        return Withdrawal.objects.filter(owner__in=self.owners, state="ready").order_by("id")

    def cancel(self, _: str, which: int) -> None:
        rows = list(self._open())
        if rows:
            row = rows[which % len(rows)]
            withdrawing.cancel_withdrawal(owner=row.owner, number=row.number, actor_id=1)

    def pay(self, _: str, __: int) -> None:
        for currency, amount in self._open().values_list("currency", "amount_minor"):
            self.went_out[currency] += amount
        jobs.send_payouts()

    def check(self) -> None:
        for currency in ("CNY", "USD"):
            purses = [ledger.balances(owner, currency) for owner in self.owners]
            assert all(one.get(kind, 0) >= 0 for one in purses for kind in KEPT)
            assert all(one.get("debt", 0) <= 0 for one in purses)
            have = sum(sum(one.values()) for one in purses)
            assert have == self.went_in[currency] - self.went_out[currency]


@pytest.mark.django_db
@given(steps=STEPS)
@how(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_what_came_in_is_what_they_have_and_what_went_out(
    steps: list[tuple[str, str, int]],
) -> None:
    house = House()
    for act, currency, number in steps:
        getattr(house, act)(currency, number)
        house.check()
    house.pay("", 0)
    assert ledger.verify()["differences"] == []
