"""Paying inside WeChat: asked silently who pays, once an hour at most, and for nobody else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client

from grapevine.kit import clock
from grapevine.trade.models import Attempt, Payer
from grapevine.trade.payments import registry
from grapevine.trade.payments.fakes.server import Asked
from grapevine.trade.payments.port import ProviderDown, ProviderRefused
from grapevine.trade.payments.providers.wechat_pay import payers
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay
from grapevine.trade.payments.wire import Reply
from grapevine.trade.personal import own_trade
from grapevine.trade.tests.cast import Cast, gather, placed
from grapevine.trade.tests.test_cashier import WECHAT, offered
from grapevine.trade.tests.test_pages import body, browser
from grapevine.trade.tests.wechat_cast import Scene, dead_address, standing

pytestmark = pytest.mark.django_db
INSIDE = {"User-Agent": WECHAT}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wechat") / "keys"


@pytest.fixture
def scene(keys: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with standing(keys) as one:
        monkeypatch.setitem(registry.PROVIDERS, "wechat", lambda: one.provider)
        yield one


@pytest.fixture
def cast() -> Cast:
    return gather()


def asked(client: Client, number: str) -> str:
    """The buyer chooses to pay inside WeChat; where the browser is sent."""
    answer = client.post(f"/pay/{number}/", {"method": "wechat:jsapi"}, headers=INSIDE)
    assert answer.status_code == 303
    return str(answer["Location"])


def answered(scene: Scene, address: str) -> str:
    """What WeChat does with the question; the path and query the browser comes back to."""
    parts = urlsplit(address)
    answer = scene.fake.handle(Asked("GET", parts.path, dict(parse_qsl(parts.query)), {}, b""))
    assert answer.status == 302
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def test_wechat_is_asked_and_its_browser_pays(scene: Scene, cast: Cast) -> None:
    number, alice = placed(cast).payment_number, browser(cast.alice)
    question = asked(alice, number)
    assert question.startswith(f"{scene.fake.url}/connect/oauth2/authorize?")
    assert question.endswith("#wechat_redirect")
    assert "scope=snsapi_base" in question
    assert not Attempt.objects.exists()
    begun = alice.get(answered(scene, question), headers=INSIDE)
    assert (begun.status_code, begun["Location"]) == (303, f"/pay/{number}/")
    attempt = Attempt.objects.get()
    assert (attempt.way, attempt.state) == ("jsapi", "open")
    assert scene.fake.charges[attempt.number].extra["openid"] == scene.fake.openid
    assert f"prepay_id=wx{scene.fake.charges[attempt.number].transaction_id}" in body(
        alice.get(f"/pay/{number}/", headers=INSIDE)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT openid FROM trade_payer")
        [(kept,)] = cursor.fetchall()
    assert kept.startswith("v1:")
    assert scene.fake.openid not in kept
    assert Payer.objects.get().openid == scene.fake.openid
    assert scene.fake.openid in json.dumps(own_trade(cast.alice)["wechat"])
    again = placed(cast).payment_number
    assert asked(alice, again) == f"/pay/{again}/"
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        third = placed(cast).payment_number
        assert asked(browser(cast.alice), third).startswith(scene.fake.url)


def test_an_answer_is_of_use_to_its_buyer_and_payment_alone_and_once(
    scene: Scene, cast: Cast
) -> None:
    number, other = placed(cast).payment_number, placed(cast).payment_number
    eves = placed(replace(cast, alice=cast.eve)).payment_number
    alice, eve = browser(cast.alice), browser(cast.eve)
    back = answered(scene, asked(alice, number))
    wrong = [
        (eve, back),
        (eve, back.replace(number, eves)),
        (alice, back.replace(number, other)),
        (alice, back.partition("?")[0]),
        (alice, f"{back}0"),
        (alice, back.replace("state=", "state=1")),
    ]
    told = [client.get(path, headers=INSIDE).status_code for client, path in wrong]
    assert told == [404, 409, 409, 409, 409, 409]
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert browser(cast.alice).get(back, headers=INSIDE).status_code == 409
    assert not Payer.objects.exists()
    assert not Attempt.objects.exists()
    assert alice.get(back, headers=INSIDE).status_code == 303
    Payer.objects.all().delete()
    page = body(alice.get(back, headers=INSIDE), 409)
    assert "wechat:jsapi" in offered(page)
    assert not Payer.objects.exists()


def test_without_the_secret_the_way_inside_is_not_offered(
    keys: Path, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing(keys) as scene:
        config = scene.provider.config
        bare = WechatPay(replace(config, app_secret=""))
        monkeypatch.setitem(registry.PROVIDERS, "wechat", lambda: bare)
        number, alice = placed(cast).payment_number, browser(cast.alice)
        page = body(alice.get(f"/pay/{number}/", headers=INSIDE))
        assert [one for one in offered(page) if one.startswith("wechat")] == ["wechat:h5"]
        assert alice.get(f"/pay/{number}/wechat/?code=1&state=1").status_code == 409
        with pytest.raises(ProviderRefused):
            payers.openid_of(bare.config, code="abc")
        with pytest.raises(ProviderRefused):
            payers.openid_of(config, code="a&b")
        gone = replace(config, open_api=dead_address())
        with pytest.raises(ProviderDown):
            payers.openid_of(gone, code="abc")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (200, b"<html>"), (200, b"[]"), (200, b'{"openid": "a b"}'), (200, b"{}"),
        (502, b'{"openid": "oA"}'), (200, b'{"errcode": -1}'), (200, b'{"openid": ["oA"]}'),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_none(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, status: int, told: bytes
) -> None:
    monkeypatch.setattr(payers, "call", lambda *_a, **_k: Reply(status, {}, told))
    with pytest.raises(ProviderDown):
        payers.openid_of(scene.provider.config, code="abc")
