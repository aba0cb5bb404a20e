"""What a provider tells: forged, repeated, late and out of order, one effect or none."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.trade import facade, jobs
from grapevine.trade.actions.paying import receive_callback
from grapevine.trade.contracts import IllegalMove, PaymentNotFound, Placed
from grapevine.trade.models import Order, Payment, ProviderEvent, Refund, SandboxCharge
from grapevine.trade.payments.port import BadCallback
from grapevine.trade.payments.providers.sandbox import provider as sandbox, signing
from grapevine.trade.payments.wire import Reply
from grapevine.trade.tests.cast import Cast, api, decided, deliver, gather, placed

pytestmark = pytest.mark.django_db
CASH = Account("platform", "cash:sandbox")
Headers = dict[str, str]


@pytest.fixture
def cast() -> Cast:
    return gather()


def cleared() -> bool:
    return all(minor == 0 for _, minor in ledger.clearing_accounts()) and ledger.verify()["ok"]


def told(charge: SandboxCharge, **other: Any) -> bytes:
    return json.dumps(json.loads(sandbox.callback_of(charge)) | other).encode()


def without(name: str) -> Callable[[Headers, bytes], tuple[Headers, bytes]]:
    return lambda headers, body: ({k: v for k, v in headers.items() if k != name}, body)


def having(name: str, value: str) -> Callable[[Headers, bytes], tuple[Headers, bytes]]:
    return lambda headers, body: (headers | {name: value}, body)


def late(seconds: int) -> Callable[[Headers, bytes], tuple[Headers, bytes]]:
    def forge(_headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        with time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False):
            return signing.sign(body, nonce="n"), body

    return forge


NAMES = ("Sandbox-Key-Id", "Sandbox-Timestamp", "Sandbox-Nonce", "Sandbox-Signature")
FORGED: dict[str, Callable[[Headers, bytes], tuple[Headers, bytes]]] = {
    **{f"without {name}": without(name) for name in NAMES},
    **{f"empty {name}": having(name, "") for name in NAMES},
    "another key": having("Sandbox-Key-Id", "sandbox-2"),
    "key in other case": having("Sandbox-Key-Id", "SANDBOX-1"),
    "time is no number": having("Sandbox-Timestamp", "now"),
    "negative time": having("Sandbox-Timestamp", "-1"),
    "other digits": having("Sandbox-Timestamp", "１７００００００００"),
    "endless time": having("Sandbox-Timestamp", "9" * 13),
    "time of another": having("Sandbox-Timestamp", "1"),
    "nonce of another": having("Sandbox-Nonce", "m"),
    "endless nonce": having("Sandbox-Nonce", "n" * 65),
    "signature is no base64": having("Sandbox-Signature", "%%%"),
    "signature outside ascii": having("Sandbox-Signature", "签名"),
    "short signature": having("Sandbox-Signature", base64.b64encode(b"x").decode()),
    "zero signature": having("Sandbox-Signature", base64.b64encode(bytes(64)).decode()),
    "too old": late(-302),
    "from the future": late(302),
    "one byte more": lambda headers, body: (headers, body + b" "),
    "one byte other": lambda headers, body: (headers, body.replace(b"6900", b"6901")),
    "no body": lambda headers, _body: (headers, b""),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_callback_has_no_effect(cast: Cast, name: str) -> None:
    charge = decided(cast, placed(cast))
    body = sandbox.callback_of(charge)
    headers, body = FORGED[name](signing.sign(body, nonce="n"), body)
    with pytest.raises(BadCallback):
        receive_callback(method="sandbox", headers=headers, body=body)
    assert Payment.objects.get().state == "pending"
    assert not ProviderEvent.objects.exists()
    assert ledger.verify()["postings"] == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"1", b"null", b"\xff", b'{"payment": "x"}'],
)
def test_a_signed_body_that_says_nothing_is_refused(cast: Cast, body: bytes) -> None:
    decided(cast, placed(cast))
    with pytest.raises(BadCallback):
        receive_callback(method="sandbox", headers=signing.sign(body, nonce="n"), body=body)
    assert Payment.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"amount_minor": 6899}, BadCallback),
        ({"amount_minor": "a lot"}, BadCallback),
        ({"amount_minor": None}, BadCallback),
        ({"currency": "USD"}, BadCallback),
        ({"payment": "nobody"}, BadCallback),
    ],
)
def test_a_signed_callback_about_something_else_is_refused(
    cast: Cast, other: dict[str, Any], refusal: type[Exception]
) -> None:
    body = told(decided(cast, placed(cast)), **other)
    with pytest.raises(refusal):
        receive_callback(method="sandbox", headers=signing.sign(body, nonce="n"), body=body)
    assert Payment.objects.get().state == "pending"
    assert not ProviderEvent.objects.exists()


def test_a_callback_for_a_payment_never_started_there_is_refused(cast: Cast) -> None:
    one = placed(cast)
    body = json.dumps({"event_id": "e", "payment": one.payment_number, "state": "paid", "amount_minor": 6900, "currency": "CNY"}).encode()  # fmt: skip
    with pytest.raises(BadCallback):
        receive_callback(method="sandbox", headers=signing.sign(body, nonce="n"), body=body)
    assert Payment.objects.get().state == "pending"


def test_the_cheap_payments_event_does_not_pay_the_dear_one(cast: Cast) -> None:
    cheap = decided(cast, placed(cast, (cast.cup, 1)))
    deliver(cheap)
    dear = decided(cast, placed(cast, (cast.cup, 1)))
    body = told(dear, event_id=cheap.event_id)
    with pytest.raises(BadCallback):
        receive_callback(method="sandbox", headers=signing.sign(body, nonce="n"), body=body)
    assert Payment.objects.exclude(number=cheap.payment_number[:-2]).get().state == "pending"


def test_a_callback_repeated_counts_once(cast: Cast) -> None:
    charge = decided(cast, placed(cast))
    for nonce in ("a", "a", "b"):
        deliver(charge, nonce)
    assert ProviderEvent.objects.count() == 1
    assert ledger.balance(CASH) == -6900
    assert [step.state for step in _order(cast).timeline] == ["pending", "paid"]


def test_a_second_charge_for_one_payment_goes_back(cast: Cast) -> None:
    charge = decided(cast, placed(cast))
    deliver(charge)
    body = told(charge, event_id="second")
    for nonce in ("a", "b"):
        receive_callback(method="sandbox", headers=signing.sign(body, nonce=nonce), body=body)
    assert [refund.amount_minor for refund in Refund.objects.all()] == [6900]
    assert Payment.objects.get().state == "paid"
    assert _order(cast).state == "paid"


def test_money_for_pieces_that_went_back_to_the_shelf_goes_back_too(cast: Cast) -> None:
    one = placed(cast)
    charge = decided(cast, one)
    with time_machine.travel(one.expires_at + timedelta(minutes=3), tick=False):
        goods.expire_holds()
        deliver(charge)
        jobs.send_refunds()
    assert _order(cast).state == "cancelled"
    assert Payment.objects.get().state == "returned"
    assert [refund.amount_minor for refund in Refund.objects.all()] == [6900]
    assert goods.sku_lines([cast.cup.sku_id])[cast.cup.sku_id].free == 5
    assert ledger.balance(CASH) == 0
    assert cleared()


def test_asking_about_pieces_that_went_back_does_not_stop_the_others(cast: Cast) -> None:
    gone, kept = placed(cast), placed(cast, (cast.vase, 1))
    for one in (gone, kept):
        decided(cast, one, "silent")
    goods.release([gone.order_numbers[0]])
    assert jobs.complete_payments() == 2
    states = dict(Payment.objects.values_list("number", "state"))
    assert states == {gone.payment_number: "returned", kept.payment_number: "paid"}


def _paid_twice(cast: Cast) -> tuple[Placed, SandboxCharge, SandboxCharge]:
    """An attempt that failed and then was paid after all, while a second one was paid as well."""
    one = placed(cast)
    first = decided(cast, one, "fail")
    deliver(first)
    second = decided(cast, one)
    SandboxCharge.objects.filter(pk=first.pk).update(state="paid", event_id="after-all")
    first.refresh_from_db()
    return one, first, second


def test_an_attempt_that_failed_may_be_paid_while_another_is_open(cast: Cast) -> None:
    _, first, second = _paid_twice(cast)
    deliver(first)
    assert _order(cast).state == "paid"
    deliver(second)
    jobs.send_refunds()
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.refunded_minor, second.refunded_minor) == (0, 6900)
    assert cleared()


def test_each_charge_goes_back_by_the_way_it_came(cast: Cast) -> None:
    one, first, second = _paid_twice(cast)
    deliver(second)
    deliver(first)
    facade.refund_order(number=one.order_numbers[0], reason="不想要了")
    assert jobs.send_refunds() == 2
    charges = SandboxCharge.objects.order_by("id").values_list("refunded_minor", flat=True)
    assert list(charges) == [6900, 6900]
    assert set(Refund.objects.values_list("state", flat=True)) == {"done"}
    assert ledger.balance(CASH) == 0
    assert cleared()


def _order(cast: Cast) -> Any:
    return facade.order_for(cast.alice, Order.objects.get().number)


def _quietly(act: Callable[[], object]) -> None:
    with suppress(IllegalMove):
        act()


@pytest.mark.parametrize("order", list(permutations(("pay", "pay", "cancel", "expire", "ask"), 4)))
def test_every_order_of_events_comes_to_rest(cast: Cast, order: tuple[str, ...]) -> None:
    one = placed(cast)
    charge = decided(cast, one)
    acts: dict[str, Callable[[], object]] = {
        "pay": lambda: deliver(charge),
        "cancel": lambda: facade.cancel_order(buyer_id=cast.alice, number=one.order_numbers[0]),
        "expire": lambda: _expired(one),
        "ask": jobs.complete_payments,
    }
    for name in order:
        _quietly(acts[name])
    deliver(charge)
    jobs.send_refunds()
    bought = order[0] in {"pay", "ask"}
    assert _order(cast).state == ("paid" if bought else "cancelled")
    assert ledger.balance(CASH) == (-6900 if bought else 0)
    assert goods.sku_lines([cast.cup.sku_id])[cast.cup.sku_id].free == (4 if bought else 5)
    assert Refund.objects.count() == (0 if bought else 1)
    assert cleared()


def _expired(one: Placed) -> None:
    with time_machine.travel(one.expires_at + timedelta(seconds=1)):
        jobs.expire_payments()


def test_the_callback_endpoint_reads_the_raw_bytes(cast: Cast) -> None:
    charge = decided(cast, placed(cast))
    body = sandbox.callback_of(charge)
    client = api(None)
    path = "/api/v1/payments/sandbox/callback"
    refused = client.post(path, body, content_type="application/json")
    assert (refused.status_code, json.loads(refused.content)["code"]) == (
        400,
        "payments.bad_callback",
    )
    headers = signing.sign(body, nonce="n")
    for _ in range(2):
        answer = client.post(path, body, content_type="application/json", headers=headers)
        assert answer.status_code == 204
    assert _order(cast).state == "paid"


def test_due_callbacks_are_posted_and_retried_with_back_off(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(cast, placed(cast))
    answers = [False, True]
    bodies: list[bytes] = []

    def post(body: bytes) -> bool:
        bodies.append(body)
        return answers.pop(0)

    monkeypatch.setattr(sandbox, "_post", post)
    assert jobs.send_callbacks() == 0
    assert jobs.send_callbacks() == 0
    with time_machine.travel(clock.now() + timedelta(seconds=2)):
        assert jobs.send_callbacks() == 1
        assert jobs.send_callbacks() == 0
    assert len(bodies) == 2
    assert SandboxCharge.objects.get().attempts == 1


def test_the_provider_gives_up_after_eight_tries(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(cast, placed(cast))
    monkeypatch.setattr(sandbox, "_post", lambda _body: False)
    for minute in range(10):
        with time_machine.travel(clock.now() + timedelta(minutes=10 * minute)):
            jobs.send_callbacks()
    assert SandboxCharge.objects.values_list("attempts", "callback_due").get() == (8, False)


def test_a_shop_that_does_not_answer_is_a_failed_delivery(settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:9"
    assert sandbox._post(b"{}") is False


def test_a_delivery_is_a_signed_post(monkeypatch: pytest.MonkeyPatch) -> None:
    def call(method: str, url: str, *, headers: Headers, body: bytes) -> Reply:
        assert (method, body) == ("POST", b"{}")
        assert url.endswith("/api/v1/payments/sandbox/callback")
        signing.verify(headers, body)
        return Reply(204, {}, b"")

    monkeypatch.setattr(sandbox, "call", call)
    assert sandbox._post(b"{}") is True


def test_only_the_first_decision_counts(cast: Cast) -> None:
    charge = decided(cast, placed(cast), "pay")
    sandbox.decide(charge.payment_number, "fail")
    assert sandbox.charge(charge.payment_number).state == "paid"
    with pytest.raises(PaymentNotFound):
        sandbox.charge("nobody")
