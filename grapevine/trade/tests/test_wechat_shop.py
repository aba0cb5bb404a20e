"""A purchase through WeChat Pay from the cart to the ledger: the shop's own door hears the notices."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.trade import facade, jobs
from grapevine.trade.models import Attempt, Order, Payment, ProviderEvent, Refund
from grapevine.trade.payments import registry
from grapevine.trade.tests.cast import Cast, gather, placed
from grapevine.trade.tests.wechat_cast import Heard, Scene, standing

pytestmark = pytest.mark.django_db


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


def begun(scene: Scene, cast: Cast, way: str = "native") -> str:
    """An order placed and its payment begun; the attempt's number. Notices go to the mailbox."""
    one = placed(cast)
    attempt = facade.start_payment(
        buyer_id=cast.alice, number=one.payment_number, method="wechat", way=way, payer="oABC"
    )
    scene.fake.charges[attempt.number].notify_url = scene.mailbox.url
    return attempt.number


def tell(heard: Heard) -> tuple[int, bytes]:
    headers, body = heard
    url = reverse("api:provider_callback", args=["wechat"])
    answer = Client().post(url, body, content_type="application/json", headers=headers)
    return answer.status_code, answer.content


def cash() -> int:
    return ledger.balance(Account("platform", "cash:wechat"))


@pytest.mark.parametrize("way", ["native", "h5", "jsapi"])
def test_a_notice_pays_the_order_once(scene: Scene, cast: Cast, way: str) -> None:
    number = begun(scene, cast, way)
    scene.fake.decide(number, "pay")
    heard = scene.mailbox.next()
    assert [tell(heard) for _ in range(3)] == [(204, b"")] * 3
    assert Payment.objects.get().state == "paid"
    assert Attempt.objects.get().state == "paid"
    assert ProviderEvent.objects.count() == 1
    assert cash() == -6900
    assert jobs.complete_payments() == 0


def test_a_payment_in_silence_is_found_by_asking(scene: Scene, cast: Cast) -> None:
    scene.fake.decide(begun(scene, cast), "silent")
    assert jobs.complete_payments() == 1
    assert Payment.objects.get().state == "paid"


def test_a_probe_and_a_forged_notice_have_no_effect(
    scene: Scene, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    number = begun(scene, cast)
    scene.fake.decide(number, "silent")
    scene.fake.probe(number)
    probe = scene.mailbox.next()
    good = scene.fake.payment_message(scene.fake.charges[number])
    assert good is not None
    forged = scene.fake.forged(good)
    caplog.clear()
    for heard in (probe, (dict(forged.headers), forged.body), ({}, b"")):
        status, body = tell(heard)
        assert (status, json.loads(body)["code"]) == (400, "FAIL")
    assert [one for one in caplog.records if one.levelname in ("ERROR", "CRITICAL")] == []
    assert Payment.objects.get().state == "pending"
    assert Attempt.objects.get().state == "open"
    assert not ProviderEvent.objects.exists()
    assert tell((dict(good.headers), good.body)) == (204, b"")
    assert Payment.objects.get().state == "paid"


def test_a_notice_of_another_amount_has_no_effect(scene: Scene, cast: Cast) -> None:
    number = begun(scene, cast)
    scene.fake.charges[number].amount_minor = 1
    scene.fake.decide(number, "pay")
    assert tell(scene.mailbox.next())[0] == 400
    assert Payment.objects.get().state == "pending"
    assert not ProviderEvent.objects.exists()


def test_a_payment_that_ran_out_is_closed_there(scene: Scene, cast: Cast) -> None:
    number = begun(scene, cast)
    Payment.objects.update(expires_at=clock.now())
    jobs.expire_payments()
    assert jobs.close_attempts() == 1
    assert scene.fake.charges[number].state == "closed"
    assert scene.fake.decide(number, "pay") is False


def test_a_refund_is_told_by_notice(scene: Scene, cast: Cast) -> None:
    number = begun(scene, cast)
    scene.fake.decide(number, "pay")
    tell(scene.mailbox.next())
    assert cash() == -6900
    facade.refund_order(number=Order.objects.get().number, reason="不想要了")
    scene.fake.slow_refunds = True
    assert jobs.send_refunds() == 0
    back = Refund.objects.get()
    assert (back.state, len(scene.fake.refunds)) == ("sent", 1)
    [one] = scene.fake.refunds.values()
    one.notify_url = scene.mailbox.url
    scene.fake.settle(one.refund_id, "done")
    heard = scene.mailbox.next()
    assert [tell(heard)[0] for _ in range(2)] == [204, 204]
    assert Refund.objects.get().state == "done"
    assert cash() == 0
    assert all(minor == 0 for _, minor in ledger.clearing_accounts())
