"""Stripe against its other side, over real HTTP."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from grapevine.trade.payments import wire
from grapevine.trade.payments.port import (
    ProviderDown,
    ProviderRefused,
    Returned,
)
from grapevine.trade.payments.providers.stripe_cards import client as clients, reading
from grapevine.trade.payments.providers.stripe_cards.client import Client
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.providers.stripe_cards.provider import StripeCards
from grapevine.trade.payments.wire import call
from grapevine.trade.tests.stripe_cast import (
    NOON,
    SHANGHAI,
    Ear,
    Stage,
    a_paid,
    an_intent,
    give_back,
    opened,
    read,
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


@pytest.fixture
def ear(stage: Stage) -> Ear:
    return stage.ear


# Starting and paying.


def test_it_says_what_it_is(cards):
    assert cards.ready()
    assert cards.name == "stripe"
    assert cards.ways == ("checkout", "intent")
    assert cards.receipt(accepted=True).status == 200
    assert json.loads(cards.receipt(accepted=True).body) == {"received": True}
    assert cards.receipt(accepted=False).status == 400


@pytest.mark.parametrize("way", ["checkout", "intent"])
def test_a_payment_goes_through_and_is_told_once(cards, fake, ear, way):
    begun = cards.start(an_intent(way=way))
    assert cards.start(an_intent(way=way)) == begun
    assert len(fake.charges) == 1
    open_now = cards.query("P1")
    assert (open_now.state, open_now.amount_minor, open_now.currency) == ("open", 1999, "CNY")
    assert fake.decide("P1", "pay")
    told = read(cards, ear.wait())
    assert told == cards.query("P1")
    assert (told.state, told.amount_minor, told.currency) == ("paid", 1999, "CNY")
    assert told.event_id == f"{told.transaction_id}:succeeded"
    assert len(told.event_id) <= 80


def test_the_checkout_way_opens_stripes_page_and_the_page_takes_the_money(cards, fake):
    begun = cards.start(an_intent())
    assert begun.url == f"{fake.url}/cashier/P1"
    assert "一箱橙子" in call("GET", begun.url, headers={}).body.decode()
    paid = call("POST", begun.url, headers={}, body=b"outcome=pay")
    assert paid.headers["location"] == "http://127.0.0.1:1/back"
    assert cards.query("P1").state == "paid"


def test_the_intent_way_hands_over_a_secret_and_the_page_that_uses_it(cards):
    with_page = StripeCards(replace(cards.config, pages="https://shop.example/card"))
    begun = with_page.start(an_intent(way="intent"))
    assert begun.url == "https://shop.example/card"
    assert begun.params["publishable_key"] == cards.config.publishable_key
    assert begun.params["client_secret"].startswith("pi_")


def test_an_unknown_way_is_refused(cards):
    with pytest.raises(ProviderRefused):
        cards.start(an_intent(way="cash"))


def test_the_same_number_with_another_amount_is_refused(cards):
    cards.start(an_intent())
    with pytest.raises(ProviderRefused):
        cards.start(an_intent(amount=2000))


def test_the_same_number_after_the_fake_forgot_its_keys_is_still_the_same_page(cards, fake):
    begun = cards.start(an_intent())
    fake.replays.clear()
    assert cards.start(an_intent()) == begun
    fake.replays.clear()
    with pytest.raises(ProviderRefused):
        cards.start(an_intent(amount=5))


@pytest.mark.parametrize(
    "more",
    [
        {"amount": 0}, {"currency": "QQ"}, {"expires_at": NOON + timedelta(days=2)},
        {"return_url": ""},
    ],
)  # fmt: skip
def test_what_stripe_does_not_accept_is_refused(cards, more):
    with pytest.raises(ProviderRefused):
        cards.start(an_intent(**more))


@pytest.mark.parametrize("way", ["checkout", "intent"])
def test_a_declined_card_is_failed_here_and_there(cards, fake, ear, way):
    cards.start(an_intent(way=way))
    fake.decide("P1", "fail")
    told = read(cards, ear.wait())
    assert told == cards.query("P1")
    assert told.state == "failed"


def test_a_number_is_found_exactly_although_the_index_is_not_exact(cards):
    cards.start(an_intent("p1", way="intent"))
    assert cards.query("P1") is None
    assert cards.query("p1").payment_number == "p1"


@pytest.mark.parametrize("number", ["it's", "back\\slash", "' OR status:'succeeded"])
def test_a_number_cannot_change_the_question(cards, fake, number):
    a_paid(cards, fake)
    assert cards.query(number) is None


@pytest.mark.parametrize("way", ["checkout", "intent"])
def test_what_the_index_has_not_heard_of_is_found_in_the_list(cards, fake, way):
    fake.search_lags = True
    assert a_paid(cards, fake, way=way).state == "paid"


def test_a_paid_intent_counts_more_than_another_of_the_same_number(cards, fake):
    a_paid(cards, fake, way="intent")
    twin = replace(fake.charges["P1"], state="closed", transaction_id="twin")
    fake.charges = {"twin": twin, **fake.charges}
    assert cards.query("P1").state == "paid"


def test_an_unknown_number_is_unknown(cards):
    assert cards.query("P9") is None
    assert cards.query_refund(payment_number="P9", refund_id="R1") is None
    cards.close("P9")
    with pytest.raises(ProviderRefused):
        give_back(cards, payment_number="P9")


# Closing.


@pytest.mark.parametrize("way", ["checkout", "intent"])
@pytest.mark.parametrize("failed", [False, True])
def test_a_closed_payment_cannot_be_paid(cards, fake, way, failed):
    cards.start(an_intent(way=way))
    if failed:
        fake.decide("P1", "fail")
    cards.close("P1")
    cards.close("P1")
    assert not fake.decide("P1", "pay")
    assert cards.query("P1").state == "closed"


@pytest.mark.parametrize("way", ["checkout", "intent"])
def test_the_callback_about_a_closed_payment(cards, ear, way):
    cards.start(an_intent(way=way))
    cards.close("P1")
    told = read(cards, ear.wait())
    assert told == (None if way == "checkout" else cards.query("P1"))


@pytest.mark.parametrize("way", ["checkout", "intent"])
def test_a_paid_payment_cannot_be_closed(cards, fake, way):
    a_paid(cards, fake, way=way)
    with pytest.raises(ProviderRefused):
        cards.close("P1")
    assert cards.query("P1").state == "paid"


@pytest.mark.parametrize(("outcome", "refused"), [("silent", True), ("close", False)])
def test_a_payment_decided_while_we_close_it(cards, fake, monkeypatch, outcome, refused):
    cards.start(an_intent())
    expire = Client.expire_session

    def late(self: Client, session_id: str) -> None:
        expire(self, session_id) if outcome == "close" else fake.decide("P1", outcome)
        expire(self, session_id)

    monkeypatch.setattr(Client, "expire_session", late)
    if refused:
        with pytest.raises(ProviderRefused):
            cards.close("P1")
    else:
        cards.close("P1")
        assert cards.query("P1").state == "closed"


def test_a_page_that_ran_out_with_a_declined_card_is_as_good_as_closed(cards, fake, monkeypatch):
    cards.start(an_intent())
    fake.decide("P1", "fail")
    monkeypatch.setattr(Client, "session_of", lambda *_: {"id": "cs_1", "status": "expired"})
    cards.close("P1")
    assert fake.charges["P1"].state == "failed"


# Refunds.


def test_a_part_and_then_the_rest_go_back_once_each(cards, fake, ear):
    a_paid(cards, fake)
    part = give_back(cards)
    assert part == Returned("P1", "R1", "done", 500)
    assert read(cards, ear.wait()) == part
    assert give_back(cards) == part
    fake.replays.clear()
    assert give_back(cards) == part
    assert fake.refunded_minor("P1") == 500
    with pytest.raises(ProviderRefused):
        give_back(cards, "R2", amount=1500)
    assert give_back(cards, "R2", amount=1499).state == "done"
    with pytest.raises(ProviderRefused):
        give_back(cards, "R3", amount=1)
    assert cards.query_refund(payment_number="P1", refund_id="R1") == part
    assert cards.query_refund(payment_number="P1", refund_id="R3") is None


def test_a_refund_in_full(cards, fake):
    a_paid(cards, fake, way="intent")
    assert give_back(cards, amount=1999, reason="").amount_minor == 1999


@pytest.mark.parametrize("state", ["done", "failed"])
def test_a_slow_refund_is_pending_until_the_bank_answers(cards, fake, ear, state):
    fake.slow_refunds = True
    a_paid(cards, fake)
    assert give_back(cards).state == "pending"
    assert read(cards, ear.wait()).state == "pending"
    fake.settle("R1", state)
    told = read(cards, ear.wait(2))
    assert told == cards.query_refund(payment_number="P1", refund_id="R1")
    assert told.state == state


@pytest.mark.parametrize(
    "more",
    [{"amount": 400}, {"total_minor": 1}, {"currency": "USD"}],
)
def test_a_refund_that_does_not_fit_is_refused(cards, fake, more):
    a_paid(cards, fake)
    give_back(cards)
    with pytest.raises(ProviderRefused):
        give_back(cards, **more)


def test_what_was_not_paid_is_not_given_back(cards):
    cards.start(an_intent(way="intent"))
    with pytest.raises(ProviderRefused):
        give_back(cards)


def test_stripe_itself_refuses_the_same_key_for_another_amount(cards, fake):
    paid = a_paid(cards, fake)
    client = Client(cards.config)
    told: dict[str, Any] = {
        "intent_id": paid.transaction_id, "number": "P1", "refund_id": "R1", "reason": "",
    }  # fmt: skip
    client.create_refund(amount_minor=5, **told)
    with pytest.raises(ProviderRefused):
        client.create_refund(amount_minor=6, **told)
    fake.replays.clear()
    client.create_refund(amount_minor=5, **told)
    assert fake.refunded_minor("P1") == 5


# The statement.


def test_the_statement_of_the_day_equals_the_books(cards, fake, monkeypatch):
    for number, outcome in (("P1", "silent"), ("P2", "silent"), ("P3", "fail"), ("P4", "")):
        cards.start(an_intent(number, way="checkout" if number != "P2" else "intent"))
        if outcome:
            fake.decide(number, outcome)
    give_back(cards)
    give_back(cards, "R2", amount=7)
    fake.settle("R2", "failed")
    monkeypatch.setattr(clients, "PAGE_ROWS", 1)
    today = datetime.now(SHANGHAI).date()
    lines = cards.statement(today)
    rows = {(one.kind, one.reference, one.payment_number, one.amount_minor) for one in lines}
    assert rows == {
        ("payment", "P1", "P1", 1999), ("payment", "P2", "P2", 1999), ("refund", "R1", "P1", 500),
    }  # fmt: skip
    assert {one.currency for one in lines} == {"CNY"}
    paid = next(one for one in lines if one.reference == "P1")
    assert paid.transaction_id == cards.query("P1").transaction_id
    assert paid.at.astimezone(SHANGHAI).date() == today
    assert cards.statement(today - timedelta(days=1)) == []


def test_a_day_is_shanghais(cards, fake):
    a_paid(cards, fake)
    midnight = datetime(2026, 3, 2, tzinfo=SHANGHAI).timestamp()
    day = datetime(2026, 3, 2, tzinfo=SHANGHAI).date()
    fake.charges["P1"].decided_at = midnight
    assert len(cards.statement(day)) == 1
    fake.charges["P1"].decided_at = midnight - 1
    assert cards.statement(day) == []
    assert len(cards.statement(day - timedelta(days=1))) == 1


def test_money_moved_without_us_is_not_hidden():
    moved = {"type": "payment", "created": 5, "source": {
        "object": "charge", "id": "py_1", "amount": 3, "currency": "eur", "metadata": {},
        "payment_intent": None,
    }}  # fmt: skip
    line = reading.line_of(moved)
    assert line
    assert (line.reference, line.payment_number, line.transaction_id) == ("py_1", "", "py_1")
    back = reading.line_of(moved | {"type": "payment_refund"})
    assert back
    assert back.kind == "refund"
    assert reading.line_of({"type": "payout", "source": None}) is None


def test_a_list_longer_than_we_read_is_no_answer(cards, fake, monkeypatch):
    for number in ("P1", "P2", "P3"):
        cards.start(an_intent(number))
        fake.decide(number, "silent")
    monkeypatch.setattr(clients, "PAGE_ROWS", 1)
    monkeypatch.setattr(clients, "PAGES_MAX", 2)
    with pytest.raises(ProviderDown):
        cards.statement(datetime.now(SHANGHAI).date())


def test_long_lists_are_read_page_by_page(cards, fake, monkeypatch):
    monkeypatch.setattr(clients, "PAGE_ROWS", 1)
    for number in ("P1", "P2", "P3"):
        cards.start(an_intent(number))
    assert cards.query("P1").state == "open"
    cards.close("P1")
    cards.close("P2")
    assert cards.query("P1").state == "closed"
    for number in ("P4", "P5"):
        cards.start(an_intent(number, way="intent"))
        fake.decide(number, "silent")
    give_back(cards, payment_number="P4")
    give_back(cards, "R2", payment_number="P4")
    fake.search_lags = True
    assert cards.query_refund(payment_number="P4", refund_id="R1").amount_minor == 500


def test_only_what_stripe_needs_leaves_the_house(cards, monkeypatch):
    seen: set[str] = set()

    def listening(*told: Any, headers: Mapping[str, str], **more: Any) -> wire.Reply:
        seen.update(headers)
        return call(*told, headers=headers, **more)

    monkeypatch.setattr(wire, "call", listening)
    cards.start(an_intent())
    assert seen == {
        "Authorization", "Content-Type", "Idempotency-Key", "Stripe-Version", "User-Agent",
    }  # fmt: skip
