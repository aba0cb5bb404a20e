"""What was left in the middle is completed: payments without news, refunds without notice, money that came twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.trade import facade, jobs
from grapevine.trade.actions import refunding, starting, watching
from grapevine.trade.contracts import IllegalMove, Wishes
from grapevine.trade.models import (
    Attempt,
    Order,
    Payment,
    PaymentAlert,
    ProviderEvent,
    Refund,
    SandboxCharge,
    SandboxRefund,
)
from grapevine.trade.oversight import AlertKind
from grapevine.trade.payments import registry
from grapevine.trade.payments.port import (
    BadCallback,
    Outcome,
    ProviderDown,
    ProviderRefused,
    Returned,
    Start,
)
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.payments.providers.sandbox.provider import Sandbox
from grapevine.trade.payments.registry import UnknownProvider
from grapevine.trade.rules.reconciling import refund_id
from grapevine.trade.rules.watching import Burst, Try, bursts
from grapevine.trade.tests.cast import Cast, decided, deliver, gather, paid, placed, sku

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


class Twin(Sandbox):
    """A second provider, as another method of paying."""

    name = "twin"


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch) -> Twin:
    one = Twin()
    monkeypatch.setitem(registry.PROVIDERS, "twin", lambda: one)
    return one


def begun(cast: Cast, method: str = "sandbox") -> Attempt:
    one = placed(cast)
    started = facade.start_payment(buyer_id=cast.alice, number=one.payment_number, method=method)
    return Attempt.objects.get(number=started.number)


def cash(method: str = "sandbox") -> int:
    return ledger.balance(Account("platform", f"cash:{method}"))


def alerts() -> list[tuple[str, str]]:
    return list(PaymentAlert.objects.order_by("id").values_list("kind", "detail"))


def later(**more: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**more))


# ---- attempts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("died", ["before", "after"])
def test_a_crash_around_the_call_that_starts_is_repaired(
    cast: Cast, died: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempt stays `starting`; the buyer asks again and it is the same one, or pays and the look finds it."""
    real = Sandbox.start

    def crash(self: Sandbox, intent: Any) -> Start:
        if died == "after":
            real(self, intent)
        raise KeyboardInterrupt

    one = placed(cast)
    monkeypatch.setattr(Sandbox, "start", crash)
    with pytest.raises(KeyboardInterrupt):
        facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
    monkeypatch.undo()
    assert Attempt.objects.get().state == "starting"
    assert jobs.complete_payments() == 0
    if died == "after":
        sandbox.decide(Attempt.objects.get().number, "silent")
    else:
        again = facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
        sandbox.decide(again.number, "silent")
    with later(seconds=21):
        assert jobs.complete_payments() == 1
    assert (Attempt.objects.get().state, Order.objects.get().state) == ("paid", "paid")


def test_a_starting_attempt_the_provider_never_heard_of_ends_with_its_payment(cast: Cast) -> None:
    one = placed(cast, wishes=Wishes(method="sandbox"))
    facade.cancel_order(buyer_id=cast.alice, number=one.order_numbers[0])
    assert jobs.close_attempts() == 1
    assert Attempt.objects.get().state == "closed"


@pytest.mark.parametrize("state", ["failed", "closed"])
def test_money_for_an_attempt_given_up_is_found_without_any_message(cast: Cast, state: str) -> None:
    """A page may stay open at the provider after a refused card, or after our closing."""
    attempt = begun(cast)
    Attempt.objects.update(state=state)
    SandboxCharge.objects.update(state="paid", decided_at=clock.now())
    assert jobs.complete_payments() == 0
    with later(hours=1, minutes=1):
        assert jobs.complete_payments() == 1
        assert jobs.complete_payments() == 0
    attempt.refresh_from_db()
    assert (attempt.state, Order.objects.get().state, cash()) == ("paid", "paid", -6900)


def test_a_given_up_attempt_is_asked_about_every_hour_of_a_day(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def query(_self: Sandbox, number: str) -> None:
        asked.append(number)

    begun(cast)
    Attempt.objects.update(state="closed")
    monkeypatch.setattr(Sandbox, "query", query)
    start = clock.now()
    for minutes in range(0, 30 * 60, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            jobs.complete_payments()
    assert len(asked) == 23


def test_paid_after_we_closed_it_goes_back(cast: Cast) -> None:
    attempt = begun(cast)
    facade.cancel_order(buyer_id=cast.alice, number=Order.objects.get().number)
    assert jobs.close_attempts() == 1
    SandboxCharge.objects.update(state="paid", decided_at=clock.now())
    deliver(SandboxCharge.objects.get())
    assert jobs.send_refunds() == 1
    assert (Payment.objects.get().state, cash(), ledger.clearing_ageing()) == ("returned", 0, [])
    assert SandboxRefund.objects.get().charge.payment_number == attempt.number


@pytest.mark.usefixtures("twin")
def test_of_two_methods_that_were_paid_the_second_goes_back_and_the_order_by_the_first(
    cast: Cast,
) -> None:
    """The first attempt by number is the second by payment: each refund must leave by its own attempt."""
    first = begun(cast)
    facade.start_payment(buyer_id=cast.alice, number=first.payment.number, method="twin")
    second = Attempt.objects.get(method="twin")
    sandbox.decide(second.number, "silent")
    sandbox.decide(first.number, "pay")
    assert starting.ask_about(second.number) is True
    assert Payment.objects.get().method == "twin"
    deliver(SandboxCharge.objects.get(payment_number=first.number))
    assert alerts() == [("second", first.number)]
    facade.refund_order(number=Order.objects.get().number, reason="x")
    assert jobs.send_refunds() == 2
    left = SandboxRefund.objects.order_by("id").values_list("charge__payment_number", "amount_minor")  # fmt: skip
    assert list(left) == [(first.number, 6900), (second.number, 6900)]
    assert (cash("sandbox"), cash("twin"), ledger.clearing_ageing()) == (0, 0, [])
    assert ledger.verify()["ok"]


def test_the_same_attempt_charged_twice_keeps_one_and_gives_both_back_in_the_end(cast: Cast) -> None:  # fmt: skip
    charge = decided(cast, placed(cast))
    deliver(charge)
    charge.event_id = "second"
    deliver(charge)
    facade.refund_order(number=Order.objects.get().number, reason="x")
    assert jobs.send_refunds() == 1  # the sandbox's books know one charge, and pay back no more
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["done", "failed"]
    assert [one.amount_minor for one in ledger.clearing_ageing()] == [6900]


@pytest.mark.usefixtures("twin")
def test_the_other_open_attempt_is_closed_once_one_is_paid(cast: Cast) -> None:
    first = begun(cast)
    facade.start_payment(buyer_id=cast.alice, number=first.payment.number, method="twin")
    sandbox.decide(first.number, "pay")
    deliver(SandboxCharge.objects.get(payment_number=first.number))
    assert jobs.close_attempts() == 1
    assert list(Attempt.objects.order_by("id").values_list("state", flat=True)) == ["paid", "closed"]  # fmt: skip
    assert SandboxCharge.objects.get(payment_number__endswith="-2").state == "closed"


WRONG: dict[str, Callable[[Outcome], Outcome]] = {
    "amount": lambda told: Outcome(told.payment_number, "paid", 6899, "CNY", "e"),
    "currency": lambda told: Outcome(told.payment_number, "paid", 6900, "USD", "e"),
    "zero": lambda told: Outcome(told.payment_number, "paid", 0, "CNY", "e"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_that_does_not_fit_has_no_effect_and_is_noted_once(
    cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = begun(cast)
    told = Outcome(attempt.number, "paid", 6900, "CNY", "e")
    monkeypatch.setattr(Sandbox, "query", lambda _self, _number: WRONG[name](told))
    for _ in range(2):
        assert starting.ask_about(attempt.number) is False
    assert alerts() == [("mismatch", attempt.number)]
    assert (Order.objects.get().state, ledger.verify()["postings"]) == ("pending", 0)
    assert not ProviderEvent.objects.exists()


def test_one_that_cannot_be_completed_does_not_hold_up_the_others(cast: Cast) -> None:
    stuck = placed(cast)
    decided(cast, stuck, "silent")
    good = placed(cast)
    decided(cast, good, "silent")
    goods.release([stuck.order_numbers[0]])
    assert jobs.complete_payments() == 2
    assert alerts() == []
    assert Order.objects.get(number=stuck.order_numbers[0]).state == "cancelled"
    assert Refund.objects.filter(payment__number=stuck.payment_number, order=None).count() == 1
    assert Order.objects.get(number=good.order_numbers[0]).state == "paid"


def test_an_attempt_of_a_provider_that_is_gone_does_not_hold_up_the_others(cast: Cast) -> None:
    gone, good = begun(cast), begun(cast)
    Attempt.objects.filter(pk=gone.pk).update(method="gone")
    sandbox.decide(good.number, "silent")
    assert jobs.complete_payments() == 1
    facade.cancel_order(buyer_id=cast.alice, number=Order.objects.get(payment=gone.payment).number)
    assert jobs.close_attempts() == 0


def test_closing_takes_turns_while_a_provider_is_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as fit into a run do not answer; those behind them are reached by the next."""
    made = [begun(cast) for _ in range(3)]
    for order in Order.objects.all():
        facade.cancel_order(buyer_id=cast.alice, number=order.number)
    tried: list[str] = []

    def close(_self: Sandbox, number: str) -> None:
        tried.append(number)
        if number != made[2].number:
            raise ProviderDown

    monkeypatch.setattr(starting, "BATCH", 2)
    monkeypatch.setattr(Sandbox, "close", close)
    assert [jobs.close_attempts(), jobs.close_attempts()] == [0, 1]
    assert tried == [made[0].number, made[1].number, made[2].number, made[0].number]


def test_a_method_that_does_not_exist_is_refused_when_placing(cast: Cast) -> None:
    with pytest.raises(UnknownProvider):
        placed(cast, wishes=Wishes(method="nobody"))
    assert not Order.objects.exists()


# ---- refunds ------------------------------------------------------------------------------------


class Slow:
    """A provider whose bank takes its time: a refund is pending until `state` says otherwise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state, self.sent, self.asked = "pending", [], []  # type: ignore[var-annotated]
        monkeypatch.setattr(Sandbox, "refund", self.refund)
        monkeypatch.setattr(Sandbox, "query_refund", self.query)

    def refund(self, **told: Any) -> Returned:
        self.sent.append(told["refund_id"])
        return Returned(told["payment_number"], told["refund_id"], self.state, told["amount_minor"])

    def query(self, *, payment_number: str, refund_id: str) -> Returned | None:
        self.asked.append(refund_id)
        known = refund_id in self.sent
        return Returned(payment_number, refund_id, self.state, 6900) if known else None


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(monkeypatch)


def refunded(cast: Cast) -> Refund:
    facade.refund_order(number=paid(cast).order_numbers[0], reason="x")
    return Refund.objects.get()


def test_a_refund_on_its_way_is_asked_about_until_it_is_done(cast: Cast, slow: Slow) -> None:
    refund = refunded(cast)
    name = refund_id(refund.payment.number, refund.pk)
    for seconds in (0, 16, 32, 48):
        with later(seconds=seconds):
            assert jobs.send_refunds() == 0
    assert (slow.sent, slow.asked) == ([name], [name] * 3)
    assert Refund.objects.get().state == "sent"
    slow.state = "done"
    with later(seconds=64):
        assert jobs.send_refunds() == 1
    assert (Refund.objects.get().state, ledger.clearing_ageing()) == ("done", [])


def test_an_old_refund_is_asked_about_seldom(cast: Cast, slow: Slow) -> None:
    refunded(cast)
    jobs.send_refunds()
    start = clock.now()
    for minutes in range(60, 121):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            jobs.send_refunds()
    assert len(slow.asked) == 6


def test_a_refund_that_failed_later_stays_in_clearing_until_somebody_tries_again(
    cast: Cast, slow: Slow
) -> None:
    refund = refunded(cast)
    jobs.send_refunds()
    slow.state = "failed"
    with later(seconds=16):
        jobs.send_refunds()
    assert (Refund.objects.get().state, alerts()) == ("failed", [("refund", str(refund.pk))])
    assert [one.amount_minor for one in ledger.clearing_ageing()] == [6900]
    refunding.retry_refund(refund_id=refund.pk, operator_id=cast.eve)
    with pytest.raises(IllegalMove):
        refunding.retry_refund(refund_id=refund.pk, operator_id=cast.eve)
    first, second = (refund_id(refund.payment.number, refund.pk, tries) for tries in (1, 2))
    slow.asked.clear()
    assert jobs.send_refunds() == 0
    assert (slow.asked, slow.sent) == ([first], [first, second])


def test_a_try_that_came_through_after_all_is_not_sent_again(cast: Cast, slow: Slow) -> None:
    refund = refunded(cast)
    jobs.send_refunds()
    Refund.objects.update(state="failed")
    refunding.retry_refund(refund_id=refund.pk, operator_id=cast.eve)
    slow.state = "done"
    assert jobs.send_refunds() == 1
    assert slow.sent == [refund_id(refund.payment.number, refund.pk)]
    assert ledger.clearing_ageing() == []


@pytest.mark.usefixtures("slow")
def test_late_news_of_a_former_try(cast: Cast) -> None:
    """That it failed says nothing of the new one; that it was done is done."""
    refund = refunded(cast)
    jobs.send_refunds()
    Refund.objects.update(state="failed")
    refunding.retry_refund(refund_id=refund.pk, operator_id=cast.eve)
    number, attempt = refund.payment.number, f"{refund.payment.number}-1"
    first, third = (refund_id(number, refund.pk, tries) for tries in (1, 3))
    assert refunding.returned("sandbox", Returned(attempt, first, "failed", 6900)) is False
    assert Refund.objects.get().state == "requested"
    with pytest.raises(BadCallback):
        refunding.returned("sandbox", Returned(attempt, third, "done", 6900))
    assert refunding.returned("sandbox", Returned(attempt, first, "done", 6900)) is True
    assert ledger.clearing_ageing() == []


def test_a_refund_that_cannot_be_sent_does_not_hold_up_the_others(cast: Cast) -> None:
    gone, good = paid(cast), paid(cast)
    for one in (gone, good):
        facade.refund_order(number=one.order_numbers[0], reason="x")
    Attempt.objects.filter(payment__number=gone.payment_number).update(method="gone")
    assert jobs.send_refunds() == 1
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["done", "requested"]


def test_a_refund_of_another_amount_is_not_taken_for_ours(cast: Cast, slow: Slow) -> None:
    facade.refund_order(number=paid(cast, (cast.tea, 1)).order_numbers[0], reason="x")
    jobs.send_refunds()
    slow.state = "done"
    with later(seconds=16):
        assert jobs.send_refunds() == 0  # its books say 69.00, ours 30.00
    refund = Refund.objects.get()
    name = refund_id(refund.payment.number, refund.pk)
    assert (refund.state, alerts()) == ("sent", [("mismatch", name)])


def test_of_two_workers_with_one_refund_one_goes_on(cast: Cast, slow: Slow) -> None:
    refunded(cast)
    stale = Refund.objects.select_related("payment", "order", "attempt").get()
    jobs.send_refunds()
    assert refunding._go_on(stale, clock.now()) is False
    assert len(slow.sent) == 1


def test_a_payment_from_before_attempts_is_refunded_by_its_only_one(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    ProviderEvent.objects.update(attempt=None)
    facade.refund_order(number=number, reason="x")
    assert jobs.send_refunds() == 1
    assert ledger.clearing_ageing() == []


def test_a_refused_refund_is_noted_and_a_provider_away_is_asked_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_self: Sandbox, **_: Any) -> Returned:
        raise ProviderDown

    def no(_self: Sandbox, **_: Any) -> Returned:
        raise ProviderRefused

    refund = refunded(cast)
    monkeypatch.setattr(Sandbox, "refund", down)
    assert jobs.send_refunds() == 0
    assert Refund.objects.get().state == "requested"
    monkeypatch.setattr(Sandbox, "refund", no)
    with later(seconds=16):
        assert jobs.send_refunds() == 0
    assert (Refund.objects.get().state, alerts()) == ("failed", [("refund", str(refund.pk))])


# ---- unusual payments ---------------------------------------------------------------------------


def test_many_failures_of_one_buyer_within_minutes_are_noted_once_and_stop_nothing(
    cast: Cast,
) -> None:
    one = placed(cast)
    for failures in range(1, 8):
        attempt = facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
        sandbox.decide(attempt.number, "fail")
        deliver(SandboxCharge.objects.get(payment_number=attempt.number))
        assert jobs.watch_payments() == (1 if failures == 5 else 0)
    assert alerts() == [("failures", "5")]
    attempt = facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
    sandbox.decide(attempt.number, "pay")
    deliver(SandboxCharge.objects.get(payment_number=attempt.number))
    assert Order.objects.get().state == "paid"


def test_several_high_payments_within_minutes_are_noted_and_spread_out_ones_are_not(
    cast: Cast,
) -> None:
    ring = sku(cast.bobs, "金戒指", 200_000, 20)
    start = clock.now()
    for hours in (0, 1, 2, 3):
        with time_machine.travel(start + timedelta(hours=hours)):
            paid(cast, (ring, 1))
            assert jobs.watch_payments() == 0
    for expected in (0, 1, 0):
        with time_machine.travel(start + timedelta(hours=3, minutes=5)):
            paid(cast, (ring, 1))
            assert jobs.watch_payments() == expected
    assert alerts() == [("high", "3")]


def test_bursts_are_counted_by_buyer() -> None:
    now = clock.now()
    failed = [Try(buyer, buyer * 10 + n, 0, now + timedelta(seconds=n), is_paid=False) for buyer, count in ((1, 4), (2, 5)) for n in range(count)]  # fmt: skip
    high = [Try(buyer, buyer, total, now, is_paid=True) for buyer, total, count in ((3, 200_000, 3), (4, 199_999, 9)) for _ in range(count)]  # fmt: skip
    assert bursts([]) == []
    assert bursts([*failed, *high]) == [
        Burst(AlertKind.FAILURES, 2, 24, 5), Burst(AlertKind.HIGH, 3, 3, 3),
    ]  # fmt: skip


def test_an_alert_is_noted_once_and_seen_once(cast: Cast) -> None:
    payment = Payment.objects.get(number=placed(cast).payment_number)
    assert [watching.flag(AlertKind.STUCK, payment.pk) for _ in range(2)] == [True, False]
    alert = PaymentAlert.objects.get()
    for operator in (cast.eve, cast.bob):
        watching.see_alert(alert_id=alert.pk, operator_id=operator)
    alert.refresh_from_db()
    assert alert.seen_by == cast.eve
