"""Random histories of two shops, one selling the other's goods beside its own, against a model in plain Python."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.conf import settings
from hypothesis import HealthCheck, given, settings as how, strategies as st

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewTerm
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import InsufficientFunds
from grapevine.trade import facade, jobs
from grapevine.trade.actions import withdrawing
from grapevine.trade.actions.shipping import ship_order
from grapevine.trade.models import (
    BankAccount,
    Line,
    PoolSale,
    SandboxCharge,
    SettlementBatch,
    SettlementLine,
)
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.queries import settlement as reading
from grapevine.trade.tests import cast as cast_
from grapevine.trade.tests.cast import HOME

START = datetime.fromisoformat("2027-03-01T02:00:00+00:00")
TAKE_BPS = 333
CUP, TEA, SOAP = 6999, 3007, 1501
"""The supplier's cup (a rate of 12.5%) and tea (supplied at ¥20.07), the small shop's own soap."""
RATE, SUPPLY = 1250, 2007
_numbers = count(1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "sell", "pieces", "pieces", "refund", "wait", "final", "batch", "withdraw"]),
        st.integers(1, 8000),
    ),
    min_size=6, max_size=22,
)  # fmt: skip


@dataclass
class Sale:
    """An order as it was sold: (line, price, pieces, back, earning of the small shop) each."""

    number: str
    seller: str
    lines: list[list[int]]
    at: datetime
    is_final: bool = False

    def left(self) -> int:
        return sum(price * (n - back) for _, price, n, back, _ in self.lines)

    def pooled(self) -> int:
        return sum(earns - earns * back // n for _, _, n, back, earns in self.lines)


@dataclass
class Purses:
    payable: int = 0
    balance: int = 0
    debt: int = 0
    withdrawing: int = 0
    earned: dict[str, int] = field(default_factory=dict)

    def credit(self, number: str, amount: int) -> None:
        self.payable += amount
        self.earned[number] = self.earned.get(number, 0) + amount

    def take(self, number: str, amount: int) -> None:
        self.earned[number] -= amount
        for purse in ("payable", "balance"):
            part = min(amount, getattr(self, purse))
            setattr(self, purse, getattr(self, purse) - part)
            amount -= part
        self.debt += amount

    def settle(self) -> None:
        paid = min(self.payable, self.debt)
        self.debt -= paid
        self.balance += self.payable - paid
        self.payable = 0

    def shown(self) -> dict[str, int]:
        found = {
            "payable": self.payable, "balance": self.balance, "debt": -self.debt,
            "withdrawing": self.withdrawing,
        }  # fmt: skip
        return {kind: minor for kind, minor in found.items() if minor}


class House:
    """The real thing, and its model beside it."""

    def __init__(self) -> None:
        name = f"pool-{next(_numbers)}"
        self.now, self.sales = START, list[Sale]()
        self.buyer = cast_.sign_up(f"{name}-b")
        self.shops, self.model = {}, {"big": Purses(), "small": Purses()}
        for kind in self.model:
            owner = cast_.sign_up(f"{name}-{kind}")
            self.shops[kind] = goods.open_shop(
                owner_id=owner, slug=f"{name}-{kind}", name=kind, colour="#8d3b1f"
            )
        self.cup = cast_.sku(self.shops["big"], "杯", CUP, 900)
        self.tea = cast_.sku(self.shops["big"], "茶", TEA, 900)
        self.soap = cast_.sku(self.shops["small"], "皂", SOAP, 900)
        self.picks = {
            self.cup.sku_id: self._picked(self.cup, RATE),
            self.tea.sku_id: self._picked(self.tea, None),
        }
        self.bank = BankAccount.objects.create(
            owner=f"shop:{self.shops['small'].id}", holder="h", bank="b", number="62220002",
            tail="0002", state="active", added_by=1, added_at=START, agreed_by=1, usable_at=START,
        ).pk  # fmt: skip

    def _picked(self, sku: Any, rate: int | None) -> str:
        big, small = self.shops["big"], self.shops["small"]
        terms = [] if rate else [NewTerm(sku.code, SUPPLY)]
        offer = goods.offer_goods(
            shop_id=big.id, public_id=sku.goods_public_id, actor_id=big.owner_id, rate_bps=rate,
            terms=terms,
        )  # fmt: skip
        return goods.pick_goods(shop_id=small.id, offer_id=offer, person_id=small.owner_id)

    def sell(self, n: int) -> None:
        """One payment: goods of the big shop, some by the small one, and at times its own."""
        by_small = n % 3 > 0
        wanted = [(self.cup, 1 + n % 3), (self.tea, 1 + n % 2)][: 1 + n % 2]
        own = [(self.soap, 1 + n % 4)] if n % 5 < 2 else []
        picks = {k: v for k, v in self.picks.items() if by_small}
        lines = [(sku.sku_id, pieces) for sku, pieces in wanted + own]
        placed = facade.place_order(buyer_id=self.buyer, lines=lines, address=HOME, picks=picks)
        attempt = facade.start_payment(buyer_id=self.buyer, number=placed.payment_number)
        sandbox.decide(attempt.number, "pay")
        charge = SandboxCharge.objects.get(payment_number=attempt.number)
        cast_.deliver(charge, nonce=f"n{next(_numbers)}")
        for number, kind in zip(placed.order_numbers, ("big", "small"), strict=False):
            shop = self.shops[kind]
            ship_order(
                shop_id=shop.id, number=number, carrier="顺丰", tracking="SF1234",
                actor_id=shop.owner_id,
            )  # fmt: skip
            facade.receive_order(buyer_id=self.buyer, number=number)
            rows = Line.objects.filter(order__number=number).order_by("id")
            earns = {
                self.cup.sku_id: lambda pieces: CUP * pieces * RATE // 10_000,
                self.tea.sku_id: lambda pieces: (TEA - SUPPLY) * pieces,
            }  # fmt: skip
            told = [
                [row.pk, row.price_minor, row.count, 0, earns[row.sku_id](row.count) if by_small and row.sku_id in earns else 0]
                for row in rows
            ]  # fmt: skip
            self.sales.append(Sale(number, kind, told, self.now))

    def pieces(self, which: int) -> None:
        """One piece of some order goes back."""
        live = [(s, line) for s in self.sales for line in s.lines if line[3] < line[2]]
        if live:
            sale, line = live[which % len(live)]
            facade.refund_pieces(
                number=sale.number, pieces={line[0]: 1}, reason="", case_id=next(_numbers)
            )
            self._back(sale, [line], 1)

    def refund(self, which: int) -> None:
        live = [sale for sale in self.sales if sale.left()]
        if live:
            sale = live[which % len(live)]
            facade.refund_order(number=sale.number, reason="", actor="case")
            self._back(sale, sale.lines, None)

    def _back(self, sale: Sale, lines: list[list[int]], pieces: int | None) -> None:
        left, pooled = sale.left(), sale.pooled()
        for line in lines:
            line[3] += line[2] - line[3] if pieces is None else pieces
        if sale.is_final:
            part = pooled - sale.pooled()
            if part:
                self.model["small"].take(sale.number, part)
                self.model[sale.seller].credit(sale.number, part)
            self.model[sale.seller].take(sale.number, left - sale.left())
        jobs.send_refunds()

    def wait(self, days: int) -> None:
        self.now += timedelta(days=1 + days % 6, seconds=1)

    def final(self, _: int) -> None:
        jobs.settle_final()
        window = timedelta(days=settings.RETURN_WINDOW_DAYS)
        for sale in self.sales:
            if not sale.is_final and sale.left() and self.now - sale.at > window:
                sale.is_final, left, pooled = True, sale.left(), sale.pooled()
                fee = min(left - pooled, left * TAKE_BPS // 10_000)
                self.model[sale.seller].credit(sale.number, left - pooled - fee)
                if pooled:
                    self.model["small"].credit(sale.number, pooled)

    def batch(self, _: int) -> None:
        made = sum(1 for one in self.model.values() if one.payable or self._waiting(one))
        owners = [f"shop:{shop.id}" for shop in self.shops.values()]
        mine = SettlementBatch.objects.filter(party__owner__in=owners)
        before = mine.count()
        jobs.make_batches()  # of what earlier histories left, too
        assert (jobs.make_batches(), mine.count() - before) == (0, made)
        for one in self.model.values():
            one.settle()

    def _waiting(self, purses: Purses) -> bool:
        kind = next(name for name, one in self.model.items() if one is purses)
        return bool(self._unsettled(kind).exists())

    def _unsettled(self, kind: str) -> Any:
        return SettlementLine.objects.filter(party__owner=f"shop:{self.shops[kind].id}", batch=None)

    def withdraw(self, amount: int) -> None:
        small = self.model["small"]
        asked = (
            f"shop:{self.shops['small'].id}",
            self.bank,
            amount,
            f"w{next(_numbers)}",
            1,
            "CNY",
        )
        if amount > small.balance:
            with pytest.raises(InsufficientFunds):
                withdrawing._set_aside(*asked)
            return
        withdrawing._set_aside(*asked)
        small.balance -= amount
        small.withdrawing += amount

    def check(self) -> None:
        for kind, purses in self.model.items():
            owner = f"shop:{self.shops[kind].id}"
            found = {name: minor for name, minor in ledger.balances(owner).items() if minor}
            assert found == purses.shown()
            by_order: dict[str, int] = {}
            for line in reading.statement_lines(owner, "CNY", None, None):
                if line.kind in ("settle", "claw_back"):
                    by_order[line.reference] = by_order.get(line.reference, 0) + line.amount_minor
            assert by_order == purses.earned, "the statement is not what its orders earned"
            waits = sum(self._unsettled(kind).values_list("net_minor", flat=True))
            assert waits == purses.payable
            frozen = sum(
                sale.left() * (sale.seller == kind) + sale.pooled() * ((kind == "small") - (sale.seller == kind))
                for sale in self.sales
                if not sale.is_final
            )  # fmt: skip
            assert reading.purses(owner)[0].escrow_minor == frozen
        for sale in PoolSale.objects.filter(
            order__number__in=[one.number for one in self.sales]
        ).select_related("line"):
            gone = sale.amount_minor * sale.line.refunded_count // sale.line.count
            assert sale.reversed_minor == gone
        assert sum(n for name, n in ledger.trial_balance().items() if name.startswith("CNY")) == 0
        assert ledger.clearing() == {} or not any(ledger.clearing().values())


@pytest.mark.django_db
@given(steps=STEPS)
@how(
    max_examples=8, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_every_party_has_what_its_orders_earned(
    settings: Any, steps: list[tuple[str, int]]
) -> None:
    settings.PLATFORM_FEE_BPS = TAKE_BPS
    with time_machine.travel(START, tick=False) as traveller:
        house = House()
        for act, number in steps:
            traveller.move_to(house.now)
            getattr(house, act)(number)
            house.check()
    assert ledger.verify()["differences"] == []
