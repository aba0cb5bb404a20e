"""What Stripe answers when something is wrong, and what the fake answers to wrong requests."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from grapevine.trade.payments import wire
from grapevine.trade.payments.port import (
    ProviderDown,
    ProviderRefused,
)
from grapevine.trade.payments.providers.stripe_cards import reading
from grapevine.trade.payments.providers.stripe_cards.client import Client
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.providers.stripe_cards.provider import StripeCards
from grapevine.trade.payments.wire import call
from grapevine.trade.tests.stripe_cast import (
    Stage,
    a_paid,
    an_intent,
    everything,
    give_back,
    opened,
)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with opened() as one:
        yield one


@pytest.fixture
def fake(stage: Stage) -> FakeStripe:
    return stage.fake


@pytest.fixture
def cards(stage: Stage) -> StripeCards:
    return stage.cards


# When there is no answer, or none to trust.


def test_a_deaf_fake_and_what_it_did_all_the_same(cards, fake):
    fake.faults.deaf = True
    with pytest.raises(ProviderDown):
        cards.start(an_intent())
    for ask in everything(cards)[2:]:
        with pytest.raises(ProviderDown):
            ask()
    fake.faults.deaf = False
    assert cards.start(an_intent()).url
    assert len(fake.charges) == 1


def test_a_refund_with_no_answer_is_made_once(cards, fake, monkeypatch):
    a_paid(cards, fake)
    create = Client.create_refund

    def deaf(self: Client, **told: Any) -> reading.Row:
        fake.faults.deaf = True
        try:
            return create(self, **told)
        finally:
            fake.faults.deaf = False

    monkeypatch.setattr(Client, "create_refund", deaf)
    with pytest.raises(ProviderDown):
        give_back(cards)
    assert give_back(cards).state == "done"
    assert fake.refunded_minor("P1") == 500


@pytest.mark.parametrize("api", ["http://127.0.0.1:1", "ftp://127.0.0.1", "nowhere"])
def test_a_dead_address_gives_provider_down(cards, api):
    for ask in everything(StripeCards(replace(cards.config, api=api))):
        with pytest.raises(ProviderDown):
            ask()


def test_another_key_gives_provider_down(cards):
    for ask in everything(StripeCards(replace(cards.config, secret_key="sk_test_other"))):
        with pytest.raises(ProviderDown):
            ask()


@pytest.fixture
def answers(cards: StripeCards, monkeypatch: pytest.MonkeyPatch) -> Callable[..., StripeCards]:
    """Make every answer the given one."""

    def set_to(body: object, *, status: int = 200) -> StripeCards:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        reply = wire.Reply(status, {}, content)
        monkeypatch.setattr(wire, "call", lambda *_, **__: reply)
        return cards

    return set_to


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, ProviderRefused), (402, ProviderRefused), (404, ProviderRefused),
        (401, ProviderDown), (403, ProviderDown), (409, ProviderDown), (429, ProviderDown),
        (500, ProviderDown), (503, ProviderDown), (302, ProviderDown),
    ],
)  # fmt: skip
def test_what_an_error_means(answers, status, error):
    told = {"error": {"type": "invalid_request_error", "message": "no"}}
    for ask in everything(answers(told, status=status)):
        with pytest.raises(error):
            ask()


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "told",
    [5, [], "no", None, {}, {"message": 5}, {"type": [], "code": {}}, {"object": {"object": []}}],
)
def test_an_error_of_another_shape_tells_nothing_either(answers, status, told):
    for ask in everything(answers({"error": told, "object": told, "id": told}, status=status)):
        with pytest.raises((ProviderDown, ProviderRefused)):
            ask()


GOOD_INTENT = {
    "object": "payment_intent", "id": "pi_1", "amount": 1, "amount_received": 1, "currency": "cny",
    "status": "succeeded", "metadata": {"number": "P1"},
}  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"7", b"\xff", b"[" * 100_000,
        {}, {"object": "list"}, {"object": "list", "data": 5}, {"object": "list", "data": [5]},
        {"object": "list", "data": [None]},
        {"object": "list", "data": [{"metadata": {"number": "P1"}}]},
        {"object": "list", "has_more": True, "data": [{"metadata": {}, "type": "payout"}]},
        {"object": "list", "data": [{"metadata": 5, "type": "charge"}]},
    ],
)  # fmt: skip
def test_an_answer_of_another_shape_tells_nothing(answers, body):
    for ask in everything(answers(body)):
        with pytest.raises(ProviderDown):
            ask()


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "new"}, {"amount_received": "1"}, {"amount_received": True},
        {"amount_received": -1}, {"currency": "cn"}, {"currency": "c1y"}, {"id": ""},
        {"id": "p" * 90}, {"object": "charge"}, {"metadata": {"number": ""}},
    ],
)  # fmt: skip
def test_an_intent_of_another_shape_is_unreadable(wrong):
    assert reading.outcome_of(GOOD_INTENT).state == "paid"
    with pytest.raises(reading.Unreadable):
        reading.outcome_of(GOOD_INTENT | wrong)


def test_states_of_an_intent():
    waiting = GOOD_INTENT | {"status": "processing", "last_payment_error": {"charge": "ch_1"}}
    assert reading.outcome_of(waiting).state == "open"
    declined = waiting | {"status": "requires_payment_method"}
    assert reading.outcome_of(declined).event_id == "pi_1:failed:ch_1"
    early = declined | {"last_payment_error": {"code": "authentication_required"}}
    assert reading.outcome_of(early).event_id == "pi_1:failed"


@pytest.mark.parametrize("wrong", [{"status": "complete"}, {"object": "x"}, {"amount_total": None}])
def test_a_session_of_another_shape_is_unreadable(wrong):
    good = {
        "object": "checkout.session", "status": "open", "client_reference_id": "P1",
        "amount_total": 5, "currency": "cny",
    }  # fmt: skip
    assert reading.session_outcome(good).state == "open"
    with pytest.raises(reading.Unreadable):
        reading.session_outcome(good | wrong)


# The fake itself: it must refuse what Stripe refuses.


def post(fake: FakeStripe, path: str, form: Mapping[str, str], **headers: str) -> tuple[int, Any]:
    told = {
        "Authorization": f"Bearer {fake.keys['secret_key']}",
        "Content-Type": "application/x-www-form-urlencoded", **headers,
    }  # fmt: skip
    reply = call("POST", fake.url + path, headers=told, body=urlencode(form).encode())
    return reply.status, json.loads(reply.body)


def get(fake: FakeStripe, path: str) -> tuple[int, Any]:
    basic = base64.b64encode(f"{fake.keys['secret_key']}:".encode()).decode()
    reply = call("GET", fake.url + path, headers={"Authorization": f"Basic {basic}"})
    return reply.status, json.loads(reply.body)


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer x", "Basic eA==", "Basic ~", "Digest x"])
def test_the_fake_wants_its_key(fake, value):
    status, told = post(fake, "/v1/refunds", {}, Authorization=value)
    assert status == 401
    assert told["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/v1/nothing", {}, 404),
        ("/v1/payment_intents/pi_1/expire", {}, 404),
        ("/v1/payment_intents/pi_1/cancel", {}, 404),
        ("/v1/checkout/sessions/cs_1/expire", {}, 404),
        ("/v1/checkout/sessions", {}, 400),
        ("/v1/checkout/sessions", {"expires_at": "soon"}, 400),
        ("/v1/checkout/sessions", {"expires_at": "5", "mode": "setup"}, 400),
        ("/v1/payment_intents", {"amount": "5"}, 400),
        ("/v1/refunds", {"payment_intent": "pi_1"}, 404),
    ],
)
def test_the_fake_refuses_what_stripe_refuses(fake, path, form, status):
    assert post(fake, path, form)[0] == status


def test_the_fake_reads_forms_only_and_each_name_once(fake):
    assert post(fake, "/v1/refunds", {}, **{"Content-Type": "application/json"})[0] == 400
    headers = {
        "Authorization": f"Bearer {fake.keys['secret_key']}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    twice = call("POST", f"{fake.url}/v1/payment_intents", headers=headers, body=b"a=1&a=2")
    assert twice.status == 400


@pytest.mark.parametrize(
    "query",
    [
        "/search?query=status:'x'",
        "/search",
        "?limit=0",
        "?limit=101",
        "?starting_after=pi_9",
        "/pi_9",
    ],
)
def test_the_fake_reads_queries_strictly(fake, query):
    assert get(fake, f"/v1/payment_intents{query}")[0] in (400, 404)
    assert get(fake, "/v1/else")[0] == 404


def test_the_fake_does_not_cancel_the_intent_of_a_page(cards, fake):
    cards.start(an_intent())
    fake.decide("P1", "fail")
    with pytest.raises(ProviderRefused):
        Client(cards.config).cancel_intent(cards.query("P1").transaction_id)


def test_the_fake_refunds_only_what_was_paid(cards, fake):
    cards.start(an_intent(way="intent"))
    intent_id = cards.query("P1").transaction_id
    form = {"payment_intent": intent_id, "amount": "5", "metadata[refund_id]": "R1"}
    assert post(fake, "/v1/refunds", form)[0] == 400


def test_the_fakes_statement_names_its_sources_if_not_asked_for_more(cards, fake):
    a_paid(cards, fake)
    _, told = get(fake, "/v1/balance_transactions")
    assert told["data"][0]["source"].startswith("ch_")


def test_the_fake_forgets_its_oldest_key(cards, fake, monkeypatch):
    monkeypatch.setattr("grapevine.trade.payments.providers.stripe_cards.fake.REPLAYS_MAX", 1)
    cards.start(an_intent("P1"))
    cards.start(an_intent("P2"))
    assert list(fake.replays) == ["checkout-P2"]


def test_the_fake_keeps_keys_and_books(tmp_path: Path):
    first, config = FakeStripe.paired(file=tmp_path / "books", keys=tmp_path / "keys")
    first.start()
    cards = StripeCards(config)
    cards.start(an_intent())
    first.decide("P1", "pay")
    give_back(cards)
    first.stop()
    assert first.sent == []
    assert (tmp_path / "keys" / "stripe.json").stat().st_mode & 0o77 == 0
    second, again = FakeStripe.paired(file=tmp_path / "books", keys=tmp_path / "keys")
    assert again == replace(config, api=second.url)
    second.start()
    found = StripeCards(again).query("P1")
    assert found
    assert found.state == "paid"
    assert give_back(StripeCards(again)).state == "done"
    second.stop()
