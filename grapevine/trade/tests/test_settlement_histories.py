"""Random histories of sales, refunds, batches, claw-backs, charges and withdrawals against a model in plain Python."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.conf import settings
from hypothesis import HealthCheck, given, settings as how, strategies as st

from grapevine.goods import facade as goods
from grapevine.goods.contracts import SkuLine
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, InsufficientFunds, Leg
from grapevine.trade import facade, jobs, money_refusals as no
from grapevine.trade.actions import charging, settling, withdrawing
from grapevine.trade.actions.clawing import claw_back
from grapevine.trade.actions.shipping import ship_order
from grapevine.trade.models import BankAccount, SandboxCharge, SettlementLine
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.queries import settlement as reading
from grapevine.trade.rules.settlement import fees_of, spread_over_lines, take_in_turn
from grapevine.trade.tests import cast as cast_
from grapevine.trade.tests.cast import HOME

DAY = timedelta(days=1)
START = datetime.fromisoformat("2027-03-01T02:00:00+00:00")
TAKE_BPS, PAYMENT_BPS = 333, 60
_numbers = count(1)
Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["sell", "sell", "refund", "wait", "final", "batch", "claw", "ad", "withdraw", "cancel", "pay"]
        ),
        st.integers(1, 9000),
    ),
    min_size=5, max_size=30,
)  # fmt: skip


@dataclass
class Model:
    """What one shop should have, counted by hand."""

    now: datetime = START
    received: list[tuple[str, int, datetime]] = field(default_factory=list)
    payable: int = 0
    balance: int = 0
    debt: int = 0
    withdrawing: dict[str, int] = field(default_factory=dict)
    earned: dict[str, int] = field(default_factory=dict)
    taken: int = 0
    out: int = 0

    def credit(self, amount: int) -> None:
        paid = min(amount, self.debt)
        self.debt -= paid
        self.balance += amount - paid

    def take(self, amount: int, *purses: str) -> None:
        for purse in purses:
            part = min(amount, getattr(self, purse))
            setattr(self, purse, getattr(self, purse) - part)
            amount -= part
        self.debt += amount

    def purse(self) -> dict[str, int]:
        found = {
            "payable": self.payable, "balance": self.balance, "debt": -self.debt,
            "withdrawing": sum(self.withdrawing.values()),
        }  # fmt: skip
        return {kind: minor for kind, minor in found.items() if minor}


class House:
    """The real thing, and its model beside it."""

    def __init__(self) -> None:
        name = f"house-{next(_numbers)}"
        self.seller, self.buyer = cast_.sign_up(f"{name}-s"), cast_.sign_up(f"{name}-b")
        self.shop = goods.open_shop(
            owner_id=self.seller, slug=name, name=name, colour="#8d3b1f", bio=""
        )
        self.owner, self.model = f"shop:{self.shop.id}", Model()
        self.bank = BankAccount.objects.create(
            owner=self.owner, holder="h", bank="b", number="62220002", tail="0002", state="active",
            added_by=1, added_at=START, agreed_by=1, usable_at=START,
        ).pk  # fmt: skip

    def sku(self, price: int) -> SkuLine:
        return cast_.sku(self.shop, f"杯 {next(_numbers)}", price, 9)

    def sell(self, amount: int) -> None:
        lines = [(self.sku(amount).sku_id, 1), (self.sku(7).sku_id, 1 + amount % 3)]
        placed = facade.place_order(buyer_id=self.buyer, lines=lines, address=HOME)
        attempt = facade.start_payment(buyer_id=self.buyer, number=placed.payment_number)
        sandbox.decide(attempt.number, "pay")
        charge = SandboxCharge.objects.get(payment_number=attempt.number)
        cast_.deliver(charge, nonce=f"n{next(_numbers)}")
        number = placed.order_numbers[0]
        ship_order(
            shop_id=self.shop.id, number=number, carrier="顺丰", tracking="SF1234",
            actor_id=self.seller,
        )  # fmt: skip
        facade.receive_order(buyer_id=self.buyer, number=number)
        self.model.received.append((number, amount + 7 * (1 + amount % 3), self.model.now))

    def refund(self, which: int) -> None:
        if self.model.received:
            number, _total, _at = self.model.received.pop(which % len(self.model.received))
            facade.refund_order(number=number, reason="", actor="shop")
            jobs.send_refunds()

    def wait(self, days: int) -> None:
        self.model.now += DAY * (1 + days % 6) + timedelta(seconds=1)

    def final(self, _: int) -> None:
        jobs.settle_final()
        window = timedelta(days=settings.RETURN_WINDOW_DAYS)
        over = [one for one in self.model.received if self.model.now - one[2] > window]
        for number, total, _at in over:
            net = total - total * TAKE_BPS // 10_000 - total * PAYMENT_BPS // 10_000
            self.model.earned[number] = net
            self.model.payable += net
        self.model.received = [one for one in self.model.received if one not in over]

    def batch(self, _: int) -> None:
        jobs.make_batches()
        self.model.credit(self.model.payable)
        self.model.payable = 0

    def claw(self, amount: int) -> None:
        key = f"claw:{next(_numbers)}"
        for _ in range(2):
            claw_back(
                key=key, reference=key, shop_id=self.shop.id, amount_minor=amount, currency="CNY"
            )
        self.model.take(amount, "payable", "balance")
        self.model.taken += amount

    def ad(self, amount: int) -> None:
        charging.charge_advertising(
            shop_id=self.shop.id, amount_minor=amount, key=f"{next(_numbers)}", reference="首页"
        )
        self.model.take(amount, "balance")
        self.model.taken += amount

    def withdraw(self, amount: int) -> None:
        asked = (self.owner, self.bank, amount, f"w{next(_numbers)}", 1, "CNY")
        if amount > self.model.balance:
            with pytest.raises(InsufficientFunds):
                withdrawing._set_aside(*asked)
            return
        number = withdrawing._set_aside(*asked)
        self.model.balance -= amount
        self.model.withdrawing[number] = amount

    def cancel(self, which: int) -> None:
        if self.model.withdrawing:
            number = sorted(self.model.withdrawing)[which % len(self.model.withdrawing)]
            withdrawing.cancel_withdrawal(owner=self.owner, number=number, actor_id=1)
            self.model.credit(self.model.withdrawing.pop(number))
            with pytest.raises(no.WithdrawalGone):
                withdrawing.cancel_withdrawal(owner=self.owner, number=number, actor_id=1)

    def pay(self, _: int) -> None:
        assert jobs.send_payouts() == len(self.model.withdrawing)
        self.model.out += sum(self.model.withdrawing.values())
        self.model.withdrawing.clear()

    def check(self) -> None:
        found = {kind: minor for kind, minor in ledger.balances(self.owner).items() if minor}
        assert found == self.model.purse()
        lines = list(reading.statement_lines(self.owner, "CNY", None, None))
        by_order: dict[str, int] = {}
        for line in lines:
            if line.kind == "settle":
                by_order[line.reference] = by_order.get(line.reference, 0) + line.amount_minor
        assert by_order == self.model.earned, "the statement is not what its orders earned"
        has = sum(self.model.purse().values())
        assert (lines[-1].after_minor if lines else 0) == has
        assert has == sum(self.model.earned.values()) - self.model.taken - self.model.out
        waiting = SettlementLine.objects.filter(party__owner=self.owner, batch=None)
        assert sum(waiting.values_list("net_minor", flat=True)) == self.model.payable
        assert _sum_of_all() == 0


def _sum_of_all() -> int:
    return sum(minor for name, minor in ledger.trial_balance().items() if name.startswith("CNY"))


@pytest.mark.django_db
@given(steps=STEPS)
@how(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_any_history_ends_as_counted_by_hand(settings: Any, steps: list[Step]) -> None:
    settings.PLATFORM_FEE_BPS = TAKE_BPS
    settings.PAYMENT_FEE_BPS = {"sandbox": PAYMENT_BPS}
    with time_machine.travel(START, tick=False) as traveller:
        house = House()
        for act, number in steps:
            traveller.move_to(house.model.now)
            getattr(house, act)(number)
            house.check()
        house.pay(0)  # the next history begins with an empty bank
        house.check()
    assert ledger.verify()["differences"] == []


@pytest.mark.django_db
def test_currencies_do_not_mix() -> None:
    for currency, amount in (("CNY", 500), ("USD", 70)):
        ledger.post(
            key=f"x{currency}", kind="commission_released", reference="O1", currency=currency,
            legs=[Leg(Account("order:O1", "escrow"), Account("person:7", "payable"), amount)],
        )  # fmt: skip
        settling.book_earning(
            key=f"k{currency}", person_id=7, reference="O1", amount_minor=amount, currency=currency
        )
    assert jobs.make_batches() == 2
    assert [(one.currency, one.balance_minor) for one in reading.purses("person:7")] == [
        ("CNY", 500), ("USD", 70),
    ]  # fmt: skip
    assert [one.amount_minor for one in reading.statement("person:7", "USD", None, None).items] == [
        70
    ]


@given(
    left=st.integers(0, 10**9), sale=st.integers(0, 10**9), take=st.integers(0, 10_000),
    pay=st.integers(0, 10_000), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=6),
)  # fmt: skip
def test_fees_leave_what_is_left_and_fall_on_lines_exactly(
    left: int, sale: int, take: int, pay: int, weights: list[int]
) -> None:
    fees = fees_of(left=left, sale=sale, take_bps=take, payment_bps=pay)
    assert 0 <= fees.total <= left
    parts = spread_over_lines(left, fees.total, weights)
    assert (sum(gross for gross, _ in parts), sum(fee for _, fee in parts)) == (left, fees.total)


@given(amount=st.integers(0, 1000), has=st.lists(st.integers(-50, 500), min_size=2, max_size=2))
def test_what_no_purse_has_is_debt(amount: int, has: list[int]) -> None:
    given_ = take_in_turn(amount, {"payable": has[0], "balance": has[1]}, "debt")
    assert sum(given_.values()) == amount
    assert given_["debt"] == max(0, amount - max(0, has[0]) - max(0, has[1]))
