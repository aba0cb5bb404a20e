"""Stripe's callbacks: the good, the forged and the damaged."""

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from grapevine.kit import clock
from grapevine.trade.payments.port import (
    BadCallback,
    ProviderDown,
    Returned,
)
from grapevine.trade.payments.providers.stripe_cards import reading, signing
from grapevine.trade.payments.providers.stripe_cards.config import Config
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.providers.stripe_cards.provider import StripeCards
from grapevine.trade.tests.stripe_cast import (
    Ear,
    Heard,
    Stage,
    an_intent,
    everything,
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


# Callbacks.


def test_news_of_no_use_is_none_and_other_shops_news_too(cards):
    def told(kind: str, about: object) -> Any:
        return read(cards, signed(cards, an_event(kind, about)))

    theirs = {"object": "payment_intent", "status": "succeeded", "metadata": {}}
    assert told("customer.created", {"object": "customer"}) is None
    assert told("charge.succeeded", {"object": "charge"}) is None
    assert told("payment_intent.succeeded", theirs) is None
    assert told("payment_intent.succeeded", theirs | {"metadata": None}) is None
    assert told("refund.created", {"object": "refund", "status": "succeeded"}) is None


def test_what_a_dispute_moved_is_in_the_statement():
    source = {"object": "dispute", "id": "dp_1", "amount": 1999, "currency": "cny"}
    moved = {"type": "adjustment", "amount": -1999, "created": 1, "source": source}
    taken, back = reading.line_of(moved), reading.line_of(moved | {"amount": 1999})
    assert taken is not None
    assert back is not None
    assert (taken.kind, taken.reference, taken.amount_minor, taken.payment_number) == ("refund", "dp_1", 1999, "")  # fmt: skip
    assert (back.kind, back.reference) == ("payment", "dp_1")
    for other in (None, "dp_1", {"object": "payout"}):
        assert reading.line_of(moved | {"source": other}) is None
    with pytest.raises(reading.Unreadable):
        reading.line_of(moved | {"amount": True})


@pytest.mark.parametrize("kind", sorted(reading.REFUND_NEWS))
def test_every_kind_of_refund_news_is_read(cards, kind):
    about = {
        "object": "refund", "status": "canceled", "amount": 5,
        "metadata": {"refund_id": "R1", "number": "P1"},
    }  # fmt: skip
    assert read(cards, signed(cards, an_event(kind, about))) == Returned("P1", "R1", "failed", 5)


def an_event(kind: str, about: object) -> bytes:
    return json.dumps({"object": "event", "type": kind, "data": {"object": about}}).encode()


def signed(cards: StripeCards, body: bytes) -> Heard:
    return signing.sign(body, secret=cards.config.webhook_secret), body


def header(body: bytes, *, secret: str, at: float = 0) -> str:
    stamp = str(int(time.time() + at))
    return f"t={stamp},v1={signing.signature(body, stamp=stamp, secret=secret)}"


@pytest.fixture
def good(cards: StripeCards, fake: FakeStripe, ear: Ear) -> Heard:
    cards.start(an_intent())
    fake.decide("P1", "pay")
    heard = ear.wait()
    assert read(cards, heard)
    return heard


def test_one_fitting_signature_of_several_is_enough(cards, good):
    headers, body = good
    given = headers["Stripe-Signature"]
    stamp, _, fits = given.partition(",")
    for value in (f"{stamp},v1={'0' * 64},{fits}", f"{stamp},v0=x,{fits},v1=", f"{fits},{stamp}"):
        assert read(cards, ({"STRIPE-signature": value}, body)).state == "paid"


@pytest.mark.parametrize("at", [-299, 299])
def test_a_clock_a_little_off_is_fine(cards, good, at):
    value = header(good[1], secret=cards.config.webhook_secret, at=at)
    assert read(cards, ({"Stripe-Signature": value}, good[1]))


def test_the_time_is_the_houses(cards, good, monkeypatch):
    later = clock.now() + timedelta(seconds=301)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(BadCallback):
        read(cards, good)


Forge = Callable[[str, bytes, str], tuple[Mapping[str, str], bytes]]
"""From the good header, body and secret."""


def _head(change: Callable[[str], str]) -> Forge:
    return lambda head, body, _: ({"Stripe-Signature": change(head)}, body)


def _body(change: Callable[[bytes], bytes]) -> Forge:
    return lambda head, body, _: ({"Stripe-Signature": head}, change(body))


def _resigned(change: Callable[[dict[str, Any]], object]) -> Forge:
    """Signed well, but not what Stripe would say."""

    def forge(_: str, body: bytes, secret: str) -> tuple[Mapping[str, str], bytes]:
        told = json.loads(body)
        made = change(told)
        fresh = made if isinstance(made, bytes) else json.dumps(told).encode()
        return {"Stripe-Signature": header(fresh, secret=secret)}, fresh

    return forge


def _at(seconds: float) -> Forge:
    return lambda _, body, secret: (
        {"Stripe-Signature": header(body, secret=secret, at=seconds)}, body
    )  # fmt: skip


def _about(told: dict[str, Any]) -> dict[str, Any]:
    about: dict[str, Any] = told["data"]["object"]
    return about


def _raw_stamp(stamp: str) -> Forge:
    def forge(_: str, body: bytes, secret: str) -> tuple[Mapping[str, str], bytes]:
        made = signing.signature(body, stamp=stamp, secret=secret)
        return {"Stripe-Signature": f"t={stamp},v1={made}"}, body

    return forge


FORGERIES: dict[str, Forge] = {
    "no headers": lambda _, body, __: ({}, body),
    "another header": lambda head, body, _: ({"Signature": head}, body),
    "two headers": lambda head, body, _: (
        {"Stripe-Signature": head, "stripe-signature": head}, body
    ),
    "empty header": _head(lambda _: ""),
    "no time": _head(lambda head: head.partition(",")[2]),
    "no signature": _head(lambda head: head.partition(",")[0]),
    "empty signature": _head(lambda head: head[:-64]),
    "signature cut": _head(lambda head: head[:-1]),
    "signature longer": _head(lambda head: head + "0"),
    "signature in capitals": _head(lambda head: head[:-64] + head[-64:].upper()),
    "signature in base64": _head(
        lambda head: head[:-64] + base64.b64encode(bytes.fromhex(head[-64:])).decode()
    ),
    "signature not ascii": _head(lambda head: head[:-1] + "é"),
    "signature a lone surrogate": _head(lambda head: head[:-1] + "\udc80"),
    "only the old scheme": _head(lambda head: head.replace("v1=", "v0=")),
    "a scheme unknown": _head(lambda head: head.replace("v1=", "v2=")),
    "time twice": _head(lambda head: head.partition(",")[0] + "," + head),
    "another time": _head(lambda head: head.replace("t=1", "t=2", 1)),
    "a second off": _head(lambda head: f"t={int(head[2:12]) + 1}{head[12:]}"),
    "a header without end": _head(lambda head: head + ",v1=0" * 1000),
    "separated by semicolons": _head(lambda head: head.replace(",", ";")),
    "time empty": _raw_stamp(""),
    "time a word": _raw_stamp("now"),
    "time negative": _raw_stamp("-1"),
    "time in milliseconds": _raw_stamp(f"{time.time_ns()}"),
    "time in other digits": _raw_stamp("١٢٣٤٥٦٧٨٩٠"),
    "time with a fraction": _raw_stamp(f"{time.time():.1f}"),
    "old": _at(-301),
    "from the future": _at(302),
    "another secret": lambda _, body, __: (
        {"Stripe-Signature": header(body, secret="whsec_other")}, body
    ),
    "no secret": lambda _, body, __: ({"Stripe-Signature": header(body, secret="")}, body),
    "signature of another message": lambda _, body, secret: (
        {"Stripe-Signature": header(b"{}", secret=secret)}, body
    ),
    "signature without the time": lambda head, body, secret: (
        {"Stripe-Signature": head[:-64] + signing.signature(body, stamp="", secret=secret)}, body
    ),
    "one byte changed": _body(lambda body: body[:-2] + b" " + body[-1:]),
    "amount changed": _body(lambda body: body.replace(b"1999", b"1998")),
    "number changed": _body(lambda body: body.replace(b'"P1"', b'"P2"')),
    "re-ordered": _body(lambda body: json.dumps(json.loads(body), sort_keys=True).encode()),
    "extra bytes": _body(lambda body: body + b" "),
    "empty body": _body(lambda _: b""),
    "signed but empty": _resigned(lambda _: b""),
    "signed but not JSON": _resigned(lambda _: b"a=1"),
    "signed but not text": _resigned(lambda _: b"\xff\xfe"),
    "signed but a list": _resigned(lambda _: b"[]"),
    "signed but too deep": _resigned(lambda _: b"[" * 100_000),
    "signed but no event": _resigned(lambda told: told.update(object="v2.core.event")),
    "signed but no type": _resigned(lambda told: told.pop("type")),
    "signed but a type of another kind": _resigned(lambda told: told.update(type=["x"])),
    "signed but no data": _resigned(lambda told: told.pop("data")),
    "signed but no object": _resigned(lambda told: told["data"].pop("object")),
    "signed but about a charge": _resigned(lambda told: _about(told).update(object="charge")),
    "signed but about a refund": _resigned(lambda told: told.update(type="refund.updated")),
    "signed but not succeeded": _resigned(lambda told: _about(told).update(status="processing")),
    "signed but canceled": _resigned(lambda told: _about(told).update(status="canceled")),
    "signed but amount a text": _resigned(lambda told: _about(told).update(amount_received="5")),
    "signed but amount a fraction": _resigned(lambda told: _about(told).update(amount_received=5.0)),
    "signed but no amount": _resigned(lambda told: _about(told).pop("amount_received")),
    "signed but no currency": _resigned(lambda told: _about(told).pop("currency")),
    "signed but no id": _resigned(lambda told: _about(told).pop("id")),
    "signed but number a list": _resigned(lambda told: _about(told).update(metadata={"number": []})),
    "signed but metadata a text": _resigned(lambda told: _about(told).update(metadata="P1")),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_or_damaged_callback_is_refused(cards, good, how):
    headers, body = FORGERIES[how](
        good[0]["Stripe-Signature"], good[1], cards.config.webhook_secret
    )
    assert (dict(headers), body) != good
    with pytest.raises(BadCallback):
        cards.read_callback(headers=headers, body=body)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "new"}, {"amount": None}, {"metadata": {"refund_id": "R1"}},
        {"metadata": {"refund_id": 5, "number": "P1"}},
    ],
)  # fmt: skip
def test_a_refund_of_another_shape_is_refused(cards, wrong):
    about = {
        "object": "refund", "status": "succeeded", "amount": 5,
        "metadata": {"refund_id": "R1", "number": "P1"},
    }  # fmt: skip
    assert read(cards, signed(cards, an_event("refund.updated", about)))
    with pytest.raises(BadCallback):
        read(cards, signed(cards, an_event("refund.updated", about | wrong)))


def test_the_fakes_own_forgery_is_refused(cards, fake, ear):
    fake.faults.forge = True
    cards.start(an_intent())
    fake.decide("P1", "pay")
    ear.wait(2)
    with pytest.raises(BadCallback):
        read(cards, ear.heard[0])
    assert read(cards, ear.heard[1]).state == "paid"


@pytest.mark.parametrize("key", ["secret_key", "publishable_key", "webhook_secret", "api"])
@pytest.mark.parametrize("value", ["", "  "])
def test_with_a_key_unset_it_is_not_ready_and_believes_nothing(cards, good, key, value):
    bare = StripeCards(replace(cards.config, **{key: value}))
    assert not bare.ready()
    headers, body = good
    for one in (headers, signing.sign(body, secret=bare.config.webhook_secret)):
        with pytest.raises(BadCallback):
            bare.read_callback(headers=one, body=body)
    for ask in everything(bare):
        with pytest.raises(ProviderDown):
            ask()


def test_an_empty_secret_fits_nothing():
    with pytest.raises(BadCallback):
        signing.verify(signing.sign(b"{}", secret=""), body=b"{}", secret="")


def test_secrets_do_not_show(cards):
    assert cards.config.secret_key not in repr(cards.config)
    assert cards.config.webhook_secret not in repr(cards.config)
    assert not Config().complete
