"""Every order in which a provider may tell of one payment ends in the same state; every refused message changes nothing.

The messages are the providers' own: their fakes sign what they would send about a charge or a refund.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.trade import facade, jobs
from grapevine.trade.actions.paying import receive_callback
from grapevine.trade.contracts import IllegalMove
from grapevine.trade.models import (
    Attempt,
    Order,
    Payment,
    PaymentAlert,
    ProviderEvent,
    Refund,
)
from grapevine.trade.payments.fakes.server import Message
from grapevine.trade.payments.port import BadCallback, ProviderDown
from grapevine.trade.payments.providers.alipay.fake import FakeAlipay
from grapevine.trade.payments.providers.sandbox import signing
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.registry import provider
from grapevine.trade.tests import test_alipay_callbacks, test_callbacks, test_stripe_callbacks
from grapevine.trade.tests.callback_cast import (
    TELLERS,
    AlipayTeller,
    House,
    Pairs,
    SandboxTeller,
    StripeTeller,
    Teller,
    believed,
    hear,
    paired,
)
from grapevine.trade.tests.cast import gather

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    return paired(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def house(pairs: Pairs, settings: Any) -> House:
    return House(gather(), believed(settings, pairs))


def ended() -> dict[str, Any]:
    """What counts of the world, without the moments and the made-up numbers in it."""
    order, payment, attempt = Order.objects.get(), Payment.objects.get(), Attempt.objects.get()
    return {
        "order": order.state, "payment": payment.state, "attempt": attempt.state,
        "refunds": sorted(Refund.objects.values_list("amount_minor", "state")),
        "events": ProviderEvent.objects.count(),
        "cash": ledger.balance(Account("platform", f"cash:{attempt.method}")),
        "escrow": ledger.balance(facade.escrow(order.number)),
        "clearing": sorted(minor for _, minor in ledger.clearing_accounts() if minor),
        "whole": ledger.verify()["ok"],
    }  # fmt: skip


Orders = list[tuple[str, ...]]


def orders_of(*events: str) -> Orders:
    return sorted(set(permutations(events)))


def each(orders: Orders, end: Callable[[tuple[str, ...]], Any]) -> dict[str, Any]:
    """How each order of events ends, each in a world of its own that is undone afterwards."""
    found = {}
    for order in orders:
        with transaction.atomic():
            found["-".join(order)] = end(order)
            transaction.set_rollback(True)
    assert len(found) == len(orders)
    return found


@pytest.mark.parametrize("teller", TELLERS, ids=lambda one: one.name)
def test_every_order_of_news_with_a_payment_in_it_is_a_paid_order(
    house: House, teller: type[Teller]
) -> None:
    """Money that arrived counts, whatever else was said of the attempt, before or after."""

    def end(order: tuple[str, ...]) -> dict[str, Any]:
        told = house.teller(teller, house.begun(teller))
        assert all(hear(told, event) in ("", "never said") for event in order)
        return ended()

    for events in (("paid",), ("paid", "paid"), ("paid", "failed", "closed", "paid"), ("paid", "failed", "failed", "closed")):  # fmt: skip
        orders = orders_of(*events)
        assert each(orders, end) == {
            "-".join(order): {
                "order": "paid", "payment": "paid", "attempt": "paid", "refunds": [], "events": 1,
                "cash": -6900, "escrow": 6900, "clearing": [], "whole": True,
            }
            for order in orders
        }  # fmt: skip


@pytest.mark.parametrize("teller", TELLERS, ids=lambda one: one.name)
def test_every_order_of_news_without_a_payment_leaves_the_order_to_be_paid(
    house: House, teller: type[Teller]
) -> None:
    def end(order: tuple[str, ...]) -> dict[str, Any]:
        told = house.teller(teller, house.begun(teller))
        assert all(hear(told, event) in ("", "never said") for event in order)
        return ended()

    orders = orders_of("failed", "closed", "failed", "closed")
    # Alipay and WeChat Pay tell of an end without money only when they are asked.
    silent = teller.name in ("alipay", "wechat")
    assert each(orders, end) == {
        "-".join(order): {
            "order": "pending", "payment": "pending", "attempt": "open" if silent else order[0],
            "refunds": [], "events": 0, "cash": 0, "escrow": 0, "clearing": [], "whole": True,
        }
        for order in orders
    }  # fmt: skip


REFUNDS: dict[tuple[str, ...], str] = {
    ("paid", "refund pending", "refund done", "refund done"): "done",
    ("paid", "refund pending", "refund failed", "refund done"): "done",
    ("paid", "refund pending", "refund failed", "refund failed"): "failed",
    ("paid", "paid", "refund pending", "refund pending"): "requested",
}
"""What a provider may tell of a refund, and where it ends in every order: a bank may say no and pay after all."""


@pytest.mark.parametrize("teller", TELLERS, ids=lambda one: one.name)
@pytest.mark.parametrize("events", REFUNDS, ids="-".join)
def test_every_order_of_news_of_a_refund_ends_alike(
    house: House, teller: type[Teller], events: tuple[str, ...]
) -> None:
    """Also before we have noted that it was sent, and with the payment told again in between."""

    def end(order: tuple[str, ...]) -> dict[str, Any]:
        attempt = house.begun(teller)
        assert hear(house.teller(teller, attempt), "paid") == ""
        facade.refund_order(number=Order.objects.get().number, reason="x")
        told = house.teller(teller, attempt, Refund.objects.get())
        assert all(hear(told, event) in ("", "never said") for event in order)
        return ended()

    # The sandbox's and Alipay's answer to a refund is final; there is no news of it.
    state = "requested" if teller.name in ("sandbox", "alipay") else REFUNDS[events]
    back = state == "done"
    orders = orders_of(*events)
    assert each(orders, end) == {
        "-".join(order): {
            "order": "refunded", "payment": "paid", "attempt": "paid", "refunds": [(6900, state)],
            "events": 1, "cash": 0 if back else -6900, "escrow": 0,
            "clearing": [] if back else [6900], "whole": True,
        }
        for order in orders
    }  # fmt: skip


@pytest.mark.parametrize("teller", TELLERS, ids=lambda one: one.name)
def test_money_and_a_cancellation_end_in_one_of_two_whole_states(
    house: House, teller: type[Teller]
) -> None:
    """Whichever came first; never both, never half."""

    def end(order: tuple[str, ...]) -> dict[str, Any]:
        told = house.teller(teller, house.begun(teller))
        for event in order:
            if event == "cancel":
                number, buyer_id = Order.objects.get().number, house.cast.alice
                with suppress(IllegalMove):
                    facade.cancel_order(buyer_id=buyer_id, number=number)
            else:
                assert hear(told, event) in ("", "never said")
        return ended()

    orders = orders_of("paid", "cancel", "paid", "closed")
    whole = {"attempt": "paid", "events": 1, "cash": -6900, "whole": True}
    bought = {"order": "paid", "payment": "paid", "refunds": [], "escrow": 6900, "clearing": []}
    late = {
        "order": "cancelled", "payment": "returned", "refunds": [(6900, "requested")], "escrow": 0,
        "clearing": [6900],
    }  # fmt: skip
    assert each(orders, end) == {
        "-".join(order): whole | (bought if order.index("paid") < order.index("cancel") else late)
        for order in orders
    }


# What is refused changes nothing.

WATCHED = ("trade", "ledger", "goods", "signals")


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that a message could touch."""
    return {
        model._meta.label: list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for name in WATCHED
        for model in apps.get_app_config(name).get_models()
    }


@contextmanager
def unchanged() -> Iterator[None]:
    before = rows()
    yield
    assert rows() == before


def refused(method: str, headers: Any, body: bytes) -> None:
    with unchanged(), pytest.raises(BadCallback):
        receive_callback(method=method, headers=headers, body=body)


def test_thirty_forms_or_more_are_tried_on_each_provider() -> None:
    sandboxes = len(test_callbacks.FORGED) + len(SANDBOX_FORGED)
    counts = [sandboxes, len(test_alipay_callbacks.FORGED), len(test_stripe_callbacks.FORGERIES)]
    assert [count >= 30 for count in counts] == [True, True, True]


SANDBOX_FORGED: dict[str, Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]] = {
    "no headers": lambda _, body: ({}, body),
    "time with spaces": test_callbacks.having("Sandbox-Timestamp", " 1700000000 "),
    "time with a fraction": test_callbacks.having("Sandbox-Timestamp", "1700000000.0"),
    "time with a plus": test_callbacks.having("Sandbox-Timestamp", "+1700000000"),
    "signature of another key": lambda headers, body: (
        headers | {"Sandbox-Signature": "A" * 86 + "=="}, body
    ),
    "signature in hexadecimal": lambda headers, body: (
        headers | {"Sandbox-Signature": "00" * 64}, body
    ),
    "signature of another body": lambda _, body: (signing.sign(b"{}", nonce="n"), body),
    "amount changed": lambda headers, body: (headers, body.replace(b"6900", b"69")),
    "number changed": lambda headers, body: (headers, body.replace(b'-1"', b'-2"')),
    "state changed": lambda headers, body: (headers, body.replace(b'"paid"', b'"fail"')),
    "re-ordered": lambda headers, body: (headers, b"{" + body[1:-1].replace(b", ", b",") + b"}"),
    "twice": lambda headers, body: (headers, body + body),
    "body of zeros": lambda headers, body: (headers, bytes(len(body))),
}  # fmt: skip


Forged = Callable[[], tuple[Mapping[str, str], bytes]]
"""Made when it is sent: some are about the time."""


def accepted(method: str, forgeries: Mapping[str, Forged], *, true: Message) -> list[str]:
    """Which of these were taken, or left a trace; the true one, which must be good, is taken last."""
    wrong = []
    before = rows()
    for name, forge in forgeries.items():
        headers, body = forge()
        if (dict(headers), body) == (dict(true.headers), true.body):
            wrong.append(f"{name}: not a forgery")
        with suppress(BadCallback):
            receive_callback(method=method, headers=headers, body=body)
            wrong.append(name)
        if rows() != before:
            wrong.append(f"{name}: left a trace")
    receive_callback(method=method, headers=true.headers, body=true.body)
    assert Order.objects.get().state == "paid"
    return wrong


def test_a_forged_sandbox_message_changes_no_row(house: House) -> None:
    true = house.teller(SandboxTeller, house.begun(SandboxTeller)).say("paid")
    assert true is not None
    forms = test_callbacks.FORGED | SANDBOX_FORGED
    made = {name: partial(forge, dict(true.headers), true.body) for name, forge in forms.items()}
    assert accepted("sandbox", made, true=true) == []


def test_a_forged_alipay_message_changes_no_row(house: House) -> None:
    true = house.teller(AlipayTeller, house.begun(AlipayTeller)).say("paid")
    fake = house.fakes["alipay"]
    assert true is not None
    assert isinstance(fake, FakeAlipay)
    notice = test_alipay_callbacks.Notice(true.body, fake=fake)
    made: dict[str, Forged] = {
        name: partial(lambda forge: (true.headers, forge(notice)), forge)
        for name, forge in test_alipay_callbacks.FORGED.items()
    }
    assert accepted("alipay", made, true=true) == []


def test_a_forged_stripe_message_changes_no_row(house: House, settings: Any) -> None:
    attempt = house.begun(StripeTeller)
    # The forms change this number and this amount.
    Attempt.objects.update(number="P1")
    Payment.objects.update(total_minor=1999)
    Order.objects.update(total_minor=1999, goods_minor=1999)
    true = house.teller(StripeTeller, Attempt.objects.get(pk=attempt.pk)).say("paid")
    assert true is not None
    head, secret = true.headers["Stripe-Signature"], settings.STRIPE["webhook_secret"]
    forms = test_stripe_callbacks.FORGERIES
    bare = replace(true, headers={"Stripe-Signature": head})
    made = {name: partial(forge, head, true.body, secret) for name, forge in forms.items()}
    assert accepted("stripe", made, true=bare) == []


@pytest.mark.parametrize("teller", TELLERS, ids=lambda one: one.name)
@pytest.mark.parametrize("wrong", ["amount", "currency", "another's number", "other provider"])
def test_a_true_message_that_does_not_fit_changes_no_row(
    house: House, teller: type[Teller], wrong: str
) -> None:
    """Signed by the provider, but not about this payment as we have it."""
    attempt = house.begun(teller)
    message = house.teller(teller, attempt).say("paid")
    assert message is not None
    if wrong == "amount":
        Payment.objects.update(total_minor=6901)
    elif wrong == "currency":
        Payment.objects.update(currency="USD")
    elif wrong == "another's number":
        Attempt.objects.update(number="X-1")
    else:
        Attempt.objects.update(method="another")
    refused(teller.name, message.headers, message.body)


@pytest.mark.parametrize("change", ["amount", "attempt", "name", "method"])
def test_true_news_of_a_refund_that_does_not_fit_changes_no_row(house: House, change: str) -> None:
    attempt = house.begun(StripeTeller)
    assert hear(house.teller(StripeTeller, attempt), "paid") == ""
    facade.refund_order(number=Order.objects.get().number, reason="x")
    teller = house.teller(StripeTeller, attempt, Refund.objects.get())
    message = teller.say("refund done")
    assert message is not None
    if change == "amount":
        Refund.objects.update(amount_minor=1)
    elif change == "attempt":
        Attempt.objects.update(number="X-1")
    elif change == "name":
        Payment.objects.update(number="X")
    else:
        Attempt.objects.update(method="another")
    refused("stripe", message.headers, message.body)


def test_news_nobody_knows_are_received_and_change_no_row(house: House) -> None:
    """A dispute, a payout, a new customer: verified, and of no effect."""
    house.begun(StripeTeller)
    fake = house.fakes["stripe"]
    assert isinstance(fake, FakeStripe)
    for kind in ("payout.paid", "customer.created", "radar.early_fraud_warning.created"):
        message = fake._event(kind, {"object": kind.partition(".")[0], "id": "x_1"})
        assert message is not None
        with unchanged():
            receipt = receive_callback(method="stripe", headers=message.headers, body=message.body)
        assert receipt.status == 200


def test_a_dispute_is_noted_once_and_moves_no_money(house: House) -> None:
    attempt = house.begun(StripeTeller)
    teller, fake = house.teller(StripeTeller, attempt), house.fakes["stripe"]
    assert hear(teller, "paid") == ""
    assert isinstance(fake, FakeStripe)
    before, booked = ended(), ledger.verify()["postings"]
    intent = ProviderEvent.objects.get().transaction_id
    for about in (intent, intent, "pi_another", None):
        told = {"object": "dispute", "id": "dp_1", "amount": 6900, "payment_intent": about}
        message = fake._event("charge.dispute.created", told)
        assert message is not None
        receipt = receive_callback(method="stripe", headers=message.headers, body=message.body)
        assert receipt.status == 200
    alert = PaymentAlert.objects.get()
    assert (alert.kind, alert.payment_id, alert.detail) == ("dispute", attempt.payment_id, "dp_1 6900")  # fmt: skip
    assert (ended(), ledger.verify()["postings"]) == (before, booked)
    for wrong in ({"object": "charge"}, {"amount": -1}, {"amount": None}, {"payment_intent": 5}):
        message = fake._event("charge.dispute.created", told | {"payment_intent": "pi_1"} | wrong)
        assert message is not None
        refused("stripe", message.headers, message.body)


def test_an_unreachable_provider_leaves_everything_to_the_next_look(house: House) -> None:
    for teller in (AlipayTeller, StripeTeller):
        with pytest.raises(ProviderDown):
            provider(teller.name).query("X-1")
    house.begun(StripeTeller)
    before = rows()
    assert jobs.complete_payments() == 0
    after = rows()
    asked = [row.pop("asked_at") for row in after["trade.Attempt"]]
    assert asked != [None]
    assert [row.pop("asked_at") for row in before["trade.Attempt"]] == [None]
    assert after == before
