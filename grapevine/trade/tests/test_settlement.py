"""From final sales to money in the bank: batches, fees, claw-backs, withdrawals."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, transaction

from grapevine.kit import clock
from grapevine.kit.errors import BadInput, NotFound
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, InsufficientFunds, Leg
from grapevine.people.contracts import SecondFactorMissing, WrongCode
from grapevine.trade import facade, jobs, money_refusals as no
from grapevine.trade.actions import banking, charging, settling, withdrawing
from grapevine.trade.actions.clawing import claw_back, claw_back_person
from grapevine.trade.models import (
    BankAccount,
    Line,
    PlatformInvoice,
    SandboxPayout,
    ServiceCharge,
    SettlementBatch,
    SettlementLine,
    Withdrawal,
)
from grapevine.trade.payments.port import ProviderDown
from grapevine.trade.payouts import registry
from grapevine.trade.queries.plans import standing
from grapevine.trade.tests import settling_cast as cast_
from grapevine.trade.tests.cast import Cast, gather
from grapevine.trade.tests.settling_cast import (
    account,
    final,
    of_person,
    of_shop,
    over,
    platform,
    received,
    settled,
    withdraw,
)
from grapevine.trade.tests.test_pages import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def bank(cast: Cast) -> int:
    """Bob's second factor and a bank account he can use."""
    cast_.with_codes(cast.bob)
    return account(shop(cast), cast.bob)


def shop(cast: Cast) -> str:
    return f"shop:{cast.bobs.id}"


def audit() -> Any:
    return apps.get_model("guard", "AuditEntry").objects


def claw(cast: Cast, amount: int, key: str = "claw:1") -> None:
    claw_back(key=key, reference="O1", shop_id=cast.bobs.id, amount_minor=amount, currency="CNY")


def test_nothing_settles_before_the_window_is_over(cast: Cast) -> None:
    received(cast)
    with time_machine.travel(clock.now() + over() - timedelta(seconds=10)):
        assert jobs.settle_final() == 0
        assert jobs.make_batches() == 0
    assert of_shop(cast.bobs.id) == {}
    assert not SettlementLine.objects.exists()
    with time_machine.travel(clock.now() + over()):
        assert jobs.settle_final() == 1
        assert jobs.make_batches() == 1
    assert of_shop(cast.bobs.id) == {"balance": 6900}


def test_a_batch_is_the_sum_of_its_lines_and_no_line_is_in_two(cast: Cast) -> None:
    first = final(cast, (cast.cup, 2), (cast.vase, 1))
    assert of_shop(cast.bobs.id) == {"payable": 2 * 6900 + 5800}
    assert jobs.make_batches() == 1
    assert jobs.make_batches() == 0
    second = final(cast, (cast.vase, 2))
    assert jobs.make_batches() == 1
    totals = list(
        SettlementBatch.objects.order_by("id").values_list("sequence", "total_minor", "lines")
    )
    assert totals == [(1, 19600, 2), (2, 11600, 1)]
    lines = SettlementLine.objects.order_by("id").values_list(
        "reference", "net_minor", "batch__sequence"
    )
    assert list(lines) == [(first, 13800, 1), (first, 5800, 1), (second, 11600, 2)]
    assert of_shop(cast.bobs.id) == {"balance": 31200}
    line = Line.objects.get(order__number=second)
    party = settling.party_of(shop(cast), "CNY")
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementLine.objects.create(
            key="again", party=party, kind="sale", reference=second, line=line, gross_minor=1,
            net_minor=1, at=clock.now(),
        )  # fmt: skip


def test_no_share_is_taken_of_what_went_back_before_the_end(cast: Cast, settings: Any) -> None:
    settings.PLATFORM_FEE_BPS = 1000
    number = received(cast, (cast.cup, 2), (cast.vase, 1))
    cups = Line.objects.get(order__number=number, sku_id=cast.cup.sku_id)
    facade.refund_pieces(number=number, pieces={cups.pk: 1}, reason="", case_id=1)
    with time_machine.travel(clock.now() + over()):
        assert jobs.settle_final() == 1
    assert platform("fee:commission") == (2 * 6900 + 5800 - 6900) // 10 == 1270
    assert of_shop(cast.bobs.id) == {"payable": 12700 - 1270}


def test_fees_are_two_postings_and_fall_on_the_lines_to_the_cent(cast: Cast, settings: Any) -> None:
    settings.PLATFORM_FEE_BPS = 333
    settings.PAYMENT_FEE_BPS = {"sandbox": 60}
    final(cast, (cast.cup, 1), (cast.vase, 1))
    assert platform("fee:commission") == 12700 * 333 // 10_000 == 422
    assert platform("fee:payment") == 12700 * 60 // 10_000 == 76
    assert of_shop(cast.bobs.id) == {"payable": 12700 - 498}
    lines = list(SettlementLine.objects.order_by("id").values_list("gross_minor", "fee_minor"))
    assert [gross for gross, _ in lines] == [6900, 5800]
    assert sum(fee for _, fee in lines) == 498


def test_a_shops_own_rate_counts_for_orders_after_it(cast: Cast, settings: Any) -> None:
    settings.PLATFORM_FEE_BPS = 100
    old = received(cast)
    charging.set_take_rate(shop_id=cast.bobs.id, rate_bps=500, actor_id=cast.carol, reason="新约")
    new = received(cast)
    with time_machine.travel(clock.now() + over()):
        jobs.settle_final()
    fees = dict(SettlementLine.objects.values_list("reference", "fee_minor"))
    assert fees == {old: 69, new: 345}
    told = audit().get(action="trade.take_rate")
    assert (told.before, told.after) == ({"rate_bps": 100}, {"rate_bps": 500, "reason": "新约"})
    with pytest.raises(BadInput):
        charging.set_take_rate(shop_id=cast.bobs.id, rate_bps=10_001, actor_id=cast.carol)


def test_late_refunds_take_from_payable_then_balance_then_debt(cast: Cast) -> None:
    settled(cast)
    final(cast, (cast.vase, 1))
    assert of_shop(cast.bobs.id) == {"balance": 6900, "payable": 5800}
    claw(cast, 6000)
    assert of_shop(cast.bobs.id) == {"balance": 6700}
    claw(cast, 6000)  # the same key
    assert of_shop(cast.bobs.id) == {"balance": 6700}
    claw(cast, 7000, "claw:2")
    assert of_shop(cast.bobs.id) == {"debt": -300}
    assert platform("clearing:refund") == 13000
    final(cast, (cast.vase, 1))
    jobs.make_batches()
    assert of_shop(cast.bobs.id) == {"balance": 5500}
    last = SettlementBatch.objects.latest("id")
    # The batch holds the vase that was earned and clawed back before it as well.
    assert (last.total_minor, last.debt_minor, last.lines) == (5800, 300, 3)
    assert ledger.verify()["ok"]


def test_a_commission_comes_back_to_the_shop_that_paid_it(cast: Cast) -> None:
    ledger.post(
        key="x", kind="commission_released", reference="O1",
        legs=[Leg(Account("order:O1", "escrow"), Account(f"person:{cast.eve}", "payable"), 500)],
    )  # fmt: skip
    settling.book_earning(
        key="commission:O1", person_id=cast.eve, reference="O1", amount_minor=500, currency="CNY"
    )
    given: dict[str, Any] = {
        "person_id": cast.eve,
        "shop_id": cast.bobs.id,
        "reference": "O1",
        "currency": "CNY",
    }
    claw_back_person(key="c1", amount_minor=200, **given)
    jobs.make_batches()
    assert of_person(cast.eve) == {"balance": 300}
    assert of_shop(cast.bobs.id) == {"balance": 200}
    claw_back_person(key="c2", amount_minor=400, **given)
    claw_back_person(key="c2", amount_minor=400, **given)
    assert of_person(cast.eve) == {"debt": -100}
    assert of_shop(cast.bobs.id) == {"balance": 200, "payable": 400}
    jobs.make_batches()
    assert of_shop(cast.bobs.id) == {"balance": 600}


def test_money_goes_out_once_and_the_books_say_so(cast: Cast, bank: int) -> None:
    settled(cast)
    number = withdraw(shop(cast), bank, cast.bob, 5000)
    assert of_shop(cast.bobs.id) == {"balance": 1900, "withdrawing": 5000}
    assert withdrawing.withdraw(
        owner=shop(cast), account_id=bank, amount_minor=5000, key="k1", actor_id=cast.bob, code=""
    ) == number  # fmt: skip
    assert jobs.send_payouts() == 1
    assert jobs.send_payouts() == 0
    assert of_shop(cast.bobs.id) == {"balance": 1900}
    assert platform("cash:sandbox_bank") == 5000
    assert SandboxPayout.objects.get().amount_minor == 5000
    trail = audit().filter(object=f"withdrawal:{number}").order_by("id")
    assert [entry.action for entry in trail] == [
        "trade.withdrawal_asked", "trade.withdrawal_sent", "trade.withdrawal_done",
    ]  # fmt: skip


@pytest.mark.usefixtures("bank")
def test_what_the_bank_refuses_comes_back_and_pays_debts_first(cast: Cast) -> None:
    settled(cast)
    bad = account(shop(cast), cast.bob, "6222000011110000")
    number = withdraw(shop(cast), bad, cast.bob, 6900)
    claw(cast, 1000)
    assert of_shop(cast.bobs.id) == {"debt": -1000, "withdrawing": 6900}
    assert jobs.send_payouts() == 1
    assert of_shop(cast.bobs.id) == {"balance": 5900}
    row = Withdrawal.objects.get(number=number)
    assert (row.state, row.reason) == ("failed", "no_such_account")
    assert ledger.verify()["ok"]


@pytest.mark.usefixtures("bank")
def test_a_bank_that_is_down_or_slow_is_asked_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(cast)
    slow = account(shop(cast), cast.bob, "6222000011110001")
    withdraw(shop(cast), slow, cast.bob, 1000)
    real = registry._sandbox.pay

    def paid_and_lost(**given: Any) -> None:
        real(**given)
        raise ProviderDown("bank")

    monkeypatch.setattr(registry._sandbox, "pay", paid_and_lost)
    assert jobs.send_payouts() == 0
    assert of_shop(cast.bobs.id) == {"balance": 5900, "withdrawing": 1000}
    assert jobs.send_payouts() == 0  # not so soon
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert jobs.send_payouts() == 1
    assert SandboxPayout.objects.count() == 1
    assert platform("cash:sandbox_bank") == 1000


def test_withdrawals_are_refused_without_the_right_code_money_or_account(
    cast: Cast, bank: int
) -> None:
    settled(cast)

    def ask(amount: int, account_id: int = bank, key: str = "k", code: str = "") -> str:
        return withdrawing.withdraw(
            owner=shop(cast), account_id=account_id, amount_minor=amount, key=key,
            actor_id=cast.bob, code=code or cast_.recovery(cast.bob),
        )  # fmt: skip

    with pytest.raises(WrongCode):
        ask(5000, code="000000000000")
    with pytest.raises(InsufficientFunds):
        ask(6901)
    with pytest.raises(no.BadWithdrawal):
        ask(99)
    with pytest.raises(no.BankAccountNotFound):
        ask(5000, account_id=10**9)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        fresh = banking.add_bank_account(
            owner=shop(cast), holder="半日手作", bank="招商银行", number="62220000 11113333",
            actor_id=cast.bob, code=cast_.recovery(cast.bob),
        )  # fmt: skip
        with pytest.raises(no.BankAccountNotUsable):
            ask(5000, account_id=fresh)
        with pytest.raises(SecondFactorMissing):
            withdrawing.withdraw(
                owner=shop(cast), account_id=bank, amount_minor=500, key="z", actor_id=cast.carol,
                code="123456",
            )  # fmt: skip
    assert of_shop(cast.bobs.id) == {"balance": 6900}
    assert not Withdrawal.objects.exists()
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        ask(5000, account_id=fresh, key="later")
    assert of_shop(cast.bobs.id) == {"balance": 1900, "withdrawing": 5000}


def test_large_withdrawals_wait_for_an_operator(cast: Cast, bank: int, settings: Any) -> None:
    settings.WITHDRAWAL_REVIEW_MINOR = 1000
    settled(cast)
    first, second, third = (
        withdraw(shop(cast), bank, cast.bob, amount, key)
        for amount, key in ((1001, "a"), (1002, "b"), (1000, "c"))
    )
    assert jobs.send_payouts() == 1  # the third
    withdrawing.approve_withdrawal(number=first, operator_id=cast.carol)
    with pytest.raises(no.WithdrawalGone):
        withdrawing.approve_withdrawal(number=first, operator_id=cast.carol)
    withdrawing.refuse_withdrawal(number=second, operator_id=cast.carol, reason="资料不符")
    with pytest.raises(no.WithdrawalGone):
        withdrawing.cancel_withdrawal(owner=shop(cast), number=third, actor_id=cast.bob)
    with pytest.raises(no.WithdrawalNotFound):
        withdrawing.cancel_withdrawal(owner="shop:0", number=first, actor_id=cast.bob)
    assert jobs.send_payouts() == 1
    assert of_shop(cast.bobs.id) == {"balance": 6900 - 2001}
    states = dict(Withdrawal.objects.values_list("number", "state"))
    assert states == {first: "done", second: "refused", third: "done"}


def test_two_people_change_where_money_goes(cast: Cast) -> None:
    cast_.hire(cast, cast.carol, "finance")
    cast_.with_codes(cast.bob)
    cast_.with_codes(cast.carol)
    added = account(shop(cast), cast.bob)
    row = BankAccount.objects.get(pk=added)
    assert (row.state, row.agreed_by, row.usable_at) == ("pending", None, None)
    with pytest.raises(no.NeedsSomebodyElse):
        banking.agree_to_bank_account(
            owner=shop(cast), account_id=added, actor_id=cast.bob, code=cast_.recovery(cast.bob)
        )
    banking.agree_to_bank_account(
        owner=shop(cast), account_id=added, actor_id=cast.carol, code=cast_.recovery(cast.carol)
    )
    row.refresh_from_db()
    assert (row.state, row.agreed_by) == ("active", cast.carol)
    assert row.usable_at is not None
    assert row.usable_at > clock.now() + timedelta(hours=23)
    other = account(shop(cast), cast.carol, "6222000099998888")
    banking.refuse_bank_account(owner=shop(cast), account_id=other, actor_id=cast.bob)
    with pytest.raises(no.BankAccountNotFound):
        banking.remove_bank_account(
            owner=shop(cast), account_id=other, actor_id=cast.bob, code=cast_.recovery(cast.bob)
        )
    banking.remove_bank_account(
        owner=shop(cast), account_id=added, actor_id=cast.bob, code=cast_.recovery(cast.bob)
    )
    raw = BankAccount.objects.values_list("state", flat=True).order_by("id")
    assert list(raw) == ["removed", "refused"]


def test_plans_are_charged_once_a_month_from_the_balance_else_as_debt(cast: Cast) -> None:
    charging.save_plan(code="standard", name="标准版", price_minor=9900, actor_id=cast.carol)
    with pytest.raises(BadInput):
        charging.save_plan(code="standard", name="又一个", price_minor=1, actor_id=cast.carol)
    settled(cast)
    charging.set_plan(shop_id=cast.bobs.id, code="standard", actor_id=cast.carol)
    assert jobs.charge_plans() == 1
    assert jobs.charge_plans() == 0
    assert of_shop(cast.bobs.id) == {"debt": 6900 - 9900}
    assert platform("fee:service") == 9900
    with time_machine.travel(clock.now() + timedelta(days=32)):
        assert jobs.charge_plans() == 1
        charging.set_plan(shop_id=cast.bobs.id, code="", actor_id=cast.carol)
    with time_machine.travel(clock.now() + timedelta(days=64)):
        assert jobs.charge_plans() == 0
    assert platform("fee:service") == 2 * 9900
    assert ServiceCharge.objects.count() == 2
    with pytest.raises(NotFound):
        charging.set_plan(shop_id=cast.bobs.id, code="gold", actor_id=cast.carol)


def test_an_owner_chooses_a_plan_from_the_next_month(cast: Cast) -> None:
    page = f"/console/{cast.bobs.slug}/finance/plan/"
    for code, price in (("basic", 1900), ("plus", 9900)):
        charging.save_plan(code=code, name=code.title(), price_minor=price, actor_id=cast.carol)

    def at(day: str, *wanted: str) -> tuple[str, str, str]:
        """After these choices: (today's plan, the next month's, what was charged for this month)."""
        with time_machine.travel(f"{day}T04:00:00Z"):
            for code in wanted:
                assert browser(cast.bob).post(page, {"plan": code}).status_code == 303
            jobs.charge_plans()
            found = standing(cast.bobs.id)
        return found.current.code, found.coming.code, str(found.charged_minor)

    assert at("2027-01-20") == ("", "", "None")
    assert at("2027-01-20", "plus") == ("", "plus", "None")
    assert at("2027-01-21", "basic") == ("", "basic", "None")
    assert at("2027-02-01") == ("basic", "basic", "1900")
    assert at("2027-02-10", "plus", "basic") == ("basic", "basic", "1900")
    assert at("2027-02-11", "plus") == ("basic", "plus", "1900")
    assert at("2027-03-01") == ("plus", "plus", "9900")
    assert at("2027-03-31", "") == ("plus", "", "9900")
    assert at("2027-04-01") == ("", "", "None")
    assert platform("fee:service") == 1900 + 9900
    with time_machine.travel("2027-04-02T04:00:00Z"):
        bob = browser(cast.bob)
        body = bob.get(page).content.decode()
        assert "换套餐从下个月 1 日（2027-05-01）起" in body
        mine = f"/api/v1/shops/{cast.bobs.slug}/service-plan"
        chosen = bob.put(f"{mine}/choice", {"plan": "plus"}, "application/json")
        assert chosen.json() == {"plan": "plus", "changes_on": "2027-05-01"}
        told = bob.get(mine).json()
        plans = [(one["code"], one["price_minor"], one["is_open"]) for one in told.pop("plans")]
        assert plans == [("", 0, True), ("basic", 1900, True), ("plus", 9900, True)]
        assert told == {"current": "", "next": "plus", "changes_on": "2027-05-01", "charged_minor": None}  # fmt: skip
        charging.end_plan(code="plus", actor_id=cast.carol)
        assert bob.put(f"{mine}/choice", {"plan": "plus"}, "application/json").status_code == 404
        assert bob.post(page, {"plan": "plus"}).status_code == 404
        # What the owner chose yields to what an operator sets today.
        bob.post(page, {"plan": "basic"})
        charging.set_plan(shop_id=cast.bobs.id, code="basic", actor_id=cast.carol)
        charging.set_plan(shop_id=cast.bobs.id, code="", actor_id=cast.carol)
        assert standing(cast.bobs.id).coming.code == ""


def test_a_months_invoice_is_what_the_ledger_has(cast: Cast, settings: Any) -> None:
    settings.PLATFORM_FEE_BPS = 250
    settings.PAYMENT_FEE_BPS = {"sandbox": 60}
    charging.save_plan(code="standard", name="标准版", price_minor=9900, actor_id=cast.carol)
    with time_machine.travel("2027-01-10T04:00:00Z", tick=True):
        numbers = [received(cast, (cast.cup, 1)), received(cast, (cast.vase, 1))]
        charging.set_plan(shop_id=cast.bobs.id, code="standard", actor_id=cast.carol)
        jobs.charge_plans()
        charged: dict[str, Any] = {
            "shop_id": cast.bobs.id,
            "key": "ad1",
            "reference": "首页",
            "amount_minor": 1234,
        }
        assert charging.charge_advertising(**charged)
        assert not charging.charge_advertising(**charged)
    with time_machine.travel("2027-01-31T15:59:00Z", tick=True):  # the last minute in Shanghai
        jobs.settle_final()
    with time_machine.travel("2027-01-31T16:01:00Z", tick=True):
        charging.charge_advertising(**{**charged, "key": "ad2"})
        assert jobs.make_invoices() == 0, "the month has just ended"
    with time_machine.travel("2027-02-01T04:00:00Z", tick=True):
        assert jobs.make_invoices() == 1
        assert jobs.make_invoices() == 0
    one = PlatformInvoice.objects.get()
    assert (one.shop_id, one.month) == (cast.bobs.id, date(2027, 1, 1))
    fees = SettlementLine.objects.filter(reference__in=numbers).values_list("fee_minor", flat=True)
    assert one.commission_minor + one.payment_minor == sum(fees) == 172 + 41 + 145 + 34
    assert (one.service_minor, one.advertising_minor) == (9900, 1234)
    assert one.total_minor == sum(fees) + 9900 + 1234
    with time_machine.travel("2027-03-01T04:00:00Z"):
        jobs.make_invoices()
    assert PlatformInvoice.objects.get(month=date(2027, 2, 1)).total_minor == 1234
