"""Webhooks: what is told to whom, signed how, tried how often, and where it may never go."""

import base64
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from grapevine.gateway import wire
from grapevine.gateway.actions import sending, webhooks
from grapevine.gateway.contracts import AddressRefused, Scope, TooManyWebhooks
from grapevine.gateway.models import Delivery, Webhook
from grapevine.gateway.rules import catalogue, signing
from grapevine.gateway.rules.addresses import is_public, read_url
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people.models import Person
from grapevine.signals import facade as signals
from grapevine.trade.tests.cast import Cast, gather, placed
from tests.gateway.receiver import Receiver
from tests.gateway.test_keys import asked, key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_LOOPBACK = True
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def cast() -> Cast:
    return gather()


def hook(cast: Cast, url: str, *events: str) -> tuple[str, str]:
    return webhooks.add_webhook(
        shop_id=cast.bobs.id, person_id=cast.bob, url=url, events=events or ["order.placed"]
    )


def test_the_scheme_is_that_of_standard_webhooks() -> None:
    """The example of the specification's reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    made = signing.signature(
        secret, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    given = signing.headers(
        [secret], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body
    )
    assert signing.is_genuine(secret, given=given, body=body, now=1614265330 + 300)
    assert not signing.is_genuine(secret, given=given, body=body, now=1614265330 + 301)
    assert not signing.is_genuine(secret, given=given, body=body + b" ", now=1614265330)
    assert not signing.is_genuine(secret, given={}, body=body, now=1614265330)
    for name in given:
        wrong = {**given, name: "nonsense"}
        assert not signing.is_genuine(secret, given=wrong, body=body, now=1614265330)


def test_an_order_is_told_once_signed_and_without_the_buyer(cast: Cast, receiver: Receiver) -> None:
    public_id, secret = hook(cast, receiver.url, "order.placed", "order.paid")
    hook(cast, receiver.url, "order.paid")
    order = placed(cast).order_numbers[0]
    placed(cast, (cast.tea, 1))
    signals.drain()
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    (headers, body), *rest = receiver.got
    assert rest == []
    told = json.loads(body)
    assert told == {
        "type": "order.placed", "version": "1", "timestamp": told["timestamp"], "shop": "bobs",
        "data": {"order": order, "total_minor": told["data"]["total_minor"], "currency": "CNY", "channel": "direct"},
    }  # fmt: skip
    row = Delivery.objects.get()
    assert headers["webhook-id"] == row.public_id
    assert headers["content-type"] == "application/json"
    assert signing.is_genuine(secret, given=headers, body=body, now=int(time.time()))
    assert (row.state, row.status, row.said, row.tries, row.webhook.public_id) == (
        "delivered", 200, "ok", 1, public_id,
    )  # fmt: skip
    for personal in ("张三", "13800138000", "科技路", "Alice"):
        assert personal not in body.decode()


def test_a_failing_address_is_tried_again_and_told_once_it_recovers(
    cast: Cast, receiver: Receiver
) -> None:
    hook(cast, receiver.url)
    receiver.status, receiver.body = 503, "忙\x00不过来".encode()
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        placed(cast)
        signals.drain()
        assert sending.send_due() == 1
        row = Delivery.objects.get()
        assert (row.state, row.status, row.said, row.tries) == ("waiting", 503, "忙 不过来", 1)
        assert row.next_at == start + timedelta(seconds=30)
        assert Webhook.objects.get().failing_since == start
        assert sending.send_due() == 0
        traveller.shift(30)
        assert sending.send_due() == 1
        receiver.status = 204
        traveller.shift(120)
        assert sending.send_due() == 1
        assert sending.send_due() == 0
    row.refresh_from_db()
    assert (row.state, row.status, row.tries, len(receiver.got)) == ("delivered", 204, 3, 3)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert Webhook.objects.get().failing_since is None


def test_after_eight_tries_in_a_day_it_has_failed_and_can_be_replayed(
    cast: Cast, receiver: Receiver
) -> None:
    public_id, _ = hook(cast, receiver.url)
    receiver.status = 500
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        placed(cast)
        signals.drain()
        for wait in (0, *sending.RETRY_AFTER_SECONDS):
            traveller.shift(wait)
            assert sending.send_due() == 1
        row = Delivery.objects.get()
        assert (row.state, row.tries, row.next_at) == ("failed", 8, None)
        assert clock.now() - start == timedelta(hours=23, minutes=12, seconds=30)
        mine = {"shop_id": cast.bobs.id, "public_id": public_id}
        assert webhooks.replay(**mine, failed_since=start + timedelta(seconds=1)) == 0  # type: ignore[arg-type]
        receiver.status = 200
        assert webhooks.replay(**mine, failed_since=start) == 1  # type: ignore[arg-type]
        assert sending.send_due() == 1
        assert webhooks.replay(**mine, delivery=row.public_id) == 1  # type: ignore[arg-type]
        assert sending.send_due() == 1
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {row.public_id}
    assert len(receiver.got) == 10


def test_three_days_of_failing_or_a_gone_switches_off(cast: Cast, receiver: Receiver) -> None:
    public_id, _ = hook(cast, receiver.url)
    receiver.status = 500
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        placed(cast)
        signals.drain()
        sending.send_due()
        traveller.shift(timedelta(days=3))
        assert sending.send_due() == 1
        row = Webhook.objects.get()
        assert (row.is_on, row.off_reason) == (False, "failing")
        assert Delivery.objects.get().state == "failed"
        placed(cast)
        signals.drain()
        assert Delivery.objects.count() == 1
        webhooks.change_webhook(
            shop_id=cast.bobs.id, person_id=cast.bob, public_id=public_id, on=True
        )
        receiver.status = 410
        webhooks.send_test(shop_id=cast.bobs.id, public_id=public_id)
        assert sending.send_due() == 1
    row.refresh_from_db()
    assert (row.is_on, row.off_reason) == (False, "gone")


def test_two_secrets_sign_for_a_day(cast: Cast, receiver: Receiver) -> None:
    public_id, old = hook(cast, receiver.url)
    mine = {"shop_id": cast.bobs.id, "public_id": public_id}
    with time_machine.travel(clock.now(), tick=False) as traveller:
        new = webhooks.rotate_secret(**mine, person_id=cast.bob)  # type: ignore[arg-type]
        for hours, known in ((0, (old, new)), (24, (new,))):
            traveller.shift(timedelta(hours=hours))
            webhooks.send_test(**mine)  # type: ignore[arg-type]
            sending.send_due()
            headers, body = receiver.got[-1]
            now = int(clock.now().timestamp())
            right = [
                one
                for one in (old, new)
                if signing.is_genuine(one, given=headers, body=body, now=now)
            ]
            assert tuple(right) == known
    assert len(base64.b64decode(new.removeprefix("whsec_"))) == 24
    stored = Webhook.objects.values_list("url").get()
    assert new not in str(stored)


def test_no_redirect_is_followed_and_answers_are_bounded(receiver: Receiver) -> None:
    receiver.status = 302
    assert wire.post(receiver.url, headers={}, body=b"{}").status == 302
    assert len(receiver.got) == 1
    receiver.status, receiver.body = 200, b"x" * 100_000
    assert wire.post(receiver.url, headers={}, body=b"{}").said == "x" * 300
    receiver.body, receiver.drip = b"y" * 1_000, 0.05
    reply = wire.post(receiver.url, headers={}, body=b"{}", deadline=0.4)
    assert (reply.status, reply.said) == (None, "timed out")
    assert 400 <= reply.milliseconds < 5_000
    receiver.drip, receiver.body = 0.0, b""


INSIDE = [
    "https://127.0.0.1/", "https://[::1]/", "https://0.0.0.0/", "https://2130706433/",
    "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://169.254.169.254/latest",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://10.0.0.8/", "https://192.168.1.1/",
    "https://172.16.0.1/", "https://100.64.0.1/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[fec0::1]/",
    "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[::7f00:1]/", "https://224.0.0.1/",
    "https://255.255.255.255/", "https://192.0.0.8/", "https://localhost/", "https://[::]/",
]  # fmt: skip
NO_ADDRESS = [
    "http://example.com/", "ftp://example.com/", "gopher://example.com/", "file:///etc/passwd", "https://",
    "https://user:secret@example.com/", "https://example.com@127.0.0.1/", "https://example.com:0/",
    "https://example.com:99999/", "https://exa mple.com/", "https://example.com/#x", "https://例子.com/",
    "https://example.com\\@127.0.0.1/", "https://example.com/\r\nHost: x", "//example.com/", "",
    "https://example.com/" + "a" * 500,
]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE + NO_ADDRESS)
def test_an_internal_or_odd_address_is_refused_and_never_called(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("it connected"))
    with pytest.raises(AddressRefused):
        wire.look_up(url)
    assert wire.post(url, headers={}, body=b"{}").said == "address refused"


def test_only_loopback_is_let_through_by_the_setting(settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = True
    assert wire.look_up("http://127.0.0.1:9/x")[1] == "127.0.0.1"
    for url in ("http://10.0.0.8/", "https://169.254.169.254/", "http://93.184.216.34/"):
        with pytest.raises(AddressRefused):
            wire.look_up(url)


def test_a_name_is_looked_up_once_and_the_checked_address_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: the second answer would be an internal address, and nobody asks for it."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    real = socket.getaddrinfo
    called: list[Any] = []

    def resolve(host: str, port: int, **how: Any) -> Any:
        if host != "rebind.example" or how.get("flags"):
            return real(host, port, **how)
        return [(2, 1, 6, "", (one, port)) for one in next(answers)]

    def connect(address: Any, *_: Any) -> Any:
        called.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    reply = wire.post("https://rebind.example/hook", headers={}, body=b"{}")
    assert (reply.status, reply.said, called) == (
        None, "Connection refused", [("93.184.216.34", 443)],
    )  # fmt: skip
    reply = wire.post("https://rebind.example/hook", headers={}, body=b"{}")
    assert (reply.said, len(called)) == ("address refused", 1)


def test_a_name_with_one_internal_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolve(_host: str, port: int, **how: Any) -> Any:
        if how.get("flags"):
            raise socket.gaierror
        return [(2, 1, 6, "", (one, port)) for one in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(AddressRefused):
        wire.look_up("https://both.example/")


def test_public_addresses_are_public() -> None:
    assert all(map(is_public, ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")))
    assert not is_public("nonsense")
    target = read_url("https://shop.example:8443/hook?x=1")
    assert target is not None
    assert (target.host, target.port, target.path) == ("shop.example", 8443, "/hook?x=1")


def test_one_sender_at_a_time_and_the_longest_waiting_first(cast: Cast, receiver: Receiver) -> None:
    first, _ = hook(cast, receiver.url)
    second, _ = hook(cast, receiver.url)
    placed(cast)
    signals.drain()
    rows = {row.public_id: row for row in Webhook.objects.all()}
    assert sending.due(limit=9) == [rows[first].pk, rows[second].pk]
    assert sending.turn(rows[first].pk) == 1
    placed(cast)
    signals.drain()
    assert sending.due(limit=9) == [rows[second].pk, rows[first].pk]
    Webhook.objects.filter(pk=rows[second].pk).update(busy_until=clock.now() + sending.LEASE)
    assert sending.turn(rows[second].pk) == 0
    assert sending.due(limit=9) == [rows[first].pk]
    with time_machine.travel(clock.now() + sending.LEASE + timedelta(seconds=1)):
        assert sending.turn(rows[second].pk) == 2


def test_addresses_and_events_are_checked_when_added(cast: Cast) -> None:
    with pytest.raises(AddressRefused):
        hook(cast, "https://10.0.0.1/")
    with pytest.raises(BadInput):
        hook(cast, "https://shop.example/", "order.everything")
    for _ in range(webhooks.WEBHOOKS_MAX):
        hook(cast, "https://shop.example/")
    with pytest.raises(TooManyWebhooks):
        hook(cast, "https://shop.example/")


def test_every_event_has_an_example_of_what_is_sent() -> None:
    for event, kind, body in catalogue.MAPPED:
        values: dict[str, Any] = {
            "int": 1, "bool": False, "dict[str, list[int]]": {}, "str": "x", "dict[str, str]": {}, "list[int]": [1], "list[str]": [],
        }  # fmt: skip
        made = event(**{name: values[str(note if isinstance(note, str) else note.__name__ if note in (int, str, bool) else note)]
                        for name, note in event.__annotations__.items() if name != "name"})  # fmt: skip
        assert set(body(made)) == set(kind.example), kind.name
    assert len(catalogue.KINDS) == len(catalogue.MAPPED) == 13


def test_webhooks_over_the_api(cast: Cast, receiver: Receiver) -> None:
    key = key_of(cast, Scope.WEBHOOKS)
    base = "/shops/bobs/webhooks"
    assert asked(key, "/webhook-events")[1][0]["name"] == "order.placed"
    status, made = asked(key, base, "post", {"url": receiver.url, "events": ["order.paid"]})
    assert (status, made["secret"][:6]) == (201, "whsec_")
    one = f"{base}/{made['id']}"
    status, changed = asked(key, one, "patch", {"events": ["order.placed"], "on": False})
    assert (status, changed["events"], changed["on"]) == (200, ["order.placed"], False)
    assert asked(key, one, "patch", {"on": True})[1]["on"] is True
    status, test = asked(key, f"{one}/test", "post")
    assert status == 202
    sending.send_due()
    listed = asked(key, f"{one}/deliveries")[1]["items"]
    assert [(row["id"], row["event"], row["state"], row["status"]) for row in listed] == [
        (test["id"], "test.ping", "delivered", 200)
    ]
    assert asked(key, f"{one}/replays", "post", {"delivery": test["id"]}) == (202, {"queued": 1})
    assert asked(key, f"{one}/replays", "post", {"delivery": "nothing"})[0] == 404
    assert asked(key, f"{one}/secret", "post")[1]["secret"] != made["secret"]
    assert asked(key, f"/shops/carols/webhooks/{made['id']}/test", "post")[0] == 404
    assert asked(key, one, "delete")[0] == 204
    assert asked(key, base)[1] == []
    status, refused = asked(
        key, base, "post", {"url": "https://10.0.0.1", "events": ["order.paid"]}
    )
    assert (status, refused["code"]) == (422, "gateway.address_refused")


def test_the_desk_of_a_webhook(cast: Cast, receiver: Receiver) -> None:
    bob, eve = Client(), Client()
    bob.force_login(Person.objects.get(pk=cast.bob))
    eve.force_login(Person.objects.get(pk=cast.eve))
    new = reverse("gateway:new_webhook", args=["bobs"])
    form = {"url": receiver.url, "events": ["order.placed"]}
    assert eve.post(new, form).status_code == 404
    assert bob.post(new, {**form, "url": "https://10.0.0.1/"}).status_code == 422
    made = bob.post(new, form)
    row = Webhook.objects.get()
    assert made.context["secret"] == row.secret
    assert row.secret in made.content.decode()
    url = reverse("gateway:webhook", args=["bobs", row.public_id])
    assert eve.get(url).status_code == 404
    assert bob.post(url, {"do": "test"}).status_code == 303
    sending.send_due()
    page = bob.get(url).content.decode()
    assert Delivery.objects.get().public_id in page
    assert row.secret not in page
    assert bob.get(url, {"state": "failed"}).context["rows"] == []
    assert (
        bob.post(url, {"do": "replay", "delivery": Delivery.objects.get().public_id}).status_code
        == 303
    )
    assert Delivery.objects.get().state == "waiting"
    bob.post(url, {"do": "events", "events": ["order.paid", "group.filled"]})
    bob.post(url, {"do": "off"})
    row.refresh_from_db()
    assert (row.events, row.is_on) == (["order.paid", "group.filled"], False)
    rotated = bob.post(url, {"do": "secret"})
    row.refresh_from_db()
    assert rotated.context["secret"] == row.secret
    assert bob.post(url, {"do": "remove"}).status_code == 303
    assert not Webhook.objects.exists()
