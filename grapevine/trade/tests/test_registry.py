"""Which providers are offered: those with every key, for currencies they take; and their secrets stay secret."""

import logging
from pathlib import Path
from typing import Any

import pytest

from grapevine.trade import facade
from grapevine.trade.actions.paying import receive_callback
from grapevine.trade.actions.starting import methods
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Attempt, Order, Payment
from grapevine.trade.payments import demo
from grapevine.trade.payments.port import BadCallback, ProviderRefused
from grapevine.trade.payments.providers.alipay.fake import FakeAlipay
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.registry import UnknownProvider, provider
from grapevine.trade.tests.cast import api, gather, placed

NEEDED = {
    "ALIPAY": ("app_id", "seller_id", "private_key_pem", "alipay_public_key_pem", "api"),
    "STRIPE": ("secret_key", "publishable_key", "webhook_secret", "api"),
}


@pytest.fixture
def keyed(settings, tmp_path: Path) -> dict[str, Any]:
    """Both set up, with fakes that never answer; their fakes by name, to sign what they would say."""
    alipay, config = FakeAlipay.paired(keys=tmp_path)
    stripe, cards = FakeStripe.paired(keys=tmp_path, webhook_url="http://127.0.0.1:9/")
    settings.ALIPAY = {name: getattr(config, name) for name in NEEDED["ALIPAY"]}
    settings.STRIPE = {name: getattr(cards, name) for name in NEEDED["STRIPE"]}
    for one in (alipay, stripe):
        one._server.server_close()
    return {"alipay": alipay, "stripe": stripe}


def names(currency: str = "CNY") -> list[str]:
    return [one.name for one in methods(currency)]


def test_only_the_sandbox_is_offered_where_nothing_is_set() -> None:
    assert names() == ["sandbox"]


@pytest.mark.usefixtures("keyed")
def test_providers_are_offered_for_the_currencies_they_take(settings) -> None:
    assert names() == ["alipay", "stripe", "sandbox"]
    assert names("USD") == ["stripe", "sandbox"]
    assert names("JPY") == ["sandbox"]
    settings.STRIPE = settings.STRIPE | {"currencies": frozenset({"EUR"})}
    settings.SANDBOX = False
    assert [names(), names("EUR"), names("USD")] == [["alipay"], ["stripe"], []]


@pytest.mark.usefixtures("keyed")
def test_the_same_settings_give_the_same_object(settings) -> None:
    first = provider("alipay")
    assert provider("alipay") is first
    settings.ALIPAY = settings.ALIPAY | {"app_id": "2021"}
    assert provider("alipay") is not first
    with pytest.raises(UnknownProvider):
        provider("nobody")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "key"), [(name, key) for name, keys in NEEDED.items() for key in keys]
)
def test_a_key_unset_takes_the_provider_away_and_refuses_its_callbacks(
    keyed, settings, setting: str, key: str
) -> None:
    cast, name = gather(), setting.lower()
    one = placed(cast)
    attempt = Attempt.objects.create(
        number=f"{one.payment_number}-1", payment=Payment.objects.get(), method=name,
        way="page", state="open", started_at=Payment.objects.get().expires_at,
    )  # fmt: skip
    message = told(keyed[name], attempt)
    setattr(settings, setting, getattr(settings, setting) | {key: ""})
    assert name not in names()
    with pytest.raises(ProviderRefused):
        facade.start_payment(buyer_id=cast.alice, number=one.payment_number, method=name)
    with pytest.raises(BadCallback):
        receive_callback(method=name, headers=message.headers, body=message.body)
    answer = api(None).post(
        f"/api/v1/payments/{name}/callback", message.body,
        content_type=message.headers["Content-Type"], headers=dict(message.headers),
    )  # fmt: skip
    assert answer.status_code == 400
    assert Order.objects.get().state == OrderState.PENDING
    assert Attempt.objects.get().state == "open"


def told(fake: Any, attempt: Attempt) -> Any:
    """What the provider says of an attempt paid there, well signed."""
    from grapevine.trade.payments.fakes.server import Charge

    charge = Charge(
        attempt.number, attempt.payment.total_minor, "cny", "http://127.0.0.1:9/", "", "x", "paid",
        decided_at=1.0, extra={"created": "1", "way": "checkout"},
    )  # fmt: skip
    return fake.payment_message(charge)


@pytest.mark.django_db
def test_with_every_key_the_same_callback_pays(keyed) -> None:
    """So that the refusals above are for want of the key and nothing else."""
    cast = gather()
    for name, fake in keyed.items():
        one = placed(cast)
        payment = Payment.objects.get(number=one.payment_number)
        attempt = Attempt.objects.create(
            number=f"{one.payment_number}-1", payment=payment, method=name, way="page",
            state="open", started_at=payment.expires_at,
        )  # fmt: skip
        message = told(fake, attempt)
        receive_callback(method=name, headers=message.headers, body=message.body)
        payment.refresh_from_db()
        assert (payment.state, payment.method) == ("paid", name)


@pytest.mark.django_db
@pytest.mark.usefixtures("keyed")
def test_a_currency_it_does_not_take_is_refused_before_anything_is_written() -> None:
    cast = gather()
    one = placed(cast)
    Payment.objects.update(currency="USD")
    with pytest.raises(ProviderRefused):
        facade.start_payment(buyer_id=cast.alice, number=one.payment_number, method="alipay")
    assert not Attempt.objects.exists()


@pytest.mark.usefixtures("keyed")
def test_secrets_show_neither_in_a_repr_nor_in_a_log(
    settings, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = [
        settings.STRIPE["secret_key"], settings.STRIPE["webhook_secret"],
        settings.ALIPAY["private_key_pem"].splitlines()[1],
    ]  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        shown = [repr(provider(name).config) for name in ("alipay", "stripe")]  # type: ignore[attr-defined]
        for name in ("alipay", "stripe"):
            with pytest.raises(Exception, match=r".") as raised:
                provider(name).query("P1-1")
            shown.append(repr(raised.value) + str(raised.value))
    for secret in secrets:
        assert not [text for text in [*shown, caplog.text] if secret in text]


def test_the_demos_providers_keep_their_keys_and_books(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stand in demo.FAKES.values():
        for variable in stand.variables.values():
            monkeypatch.delenv(variable, raising=False)
    found = []
    for _ in range(2):
        running, variables = demo.opened(home=tmp_path, port=0, site="http://localhost:1")
        for fake in running:
            fake.stop()
        found.append(
            {
                name: value
                for name, value in variables.items()
                if "API" not in name and "PAGES" not in name
            }
        )
    assert found[0] == found[1]
    assert found[0]["DEMO_PROVIDERS"] == "1"
    assert {one.stat().st_mode & 0o077 for one in (tmp_path / "keys").iterdir()} == {0}


def test_the_demos_providers_refuse_real_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_1")
    assert demo.main(["--home", str(tmp_path), "--port", "1", "--site", "x"]) == 2
    said = capsys.readouterr()
    assert "STRIPE_SECRET_KEY" in said.err
    assert "sk_live_1" not in said.err
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_every_real_provider_has_a_fake_in_the_demo() -> None:
    from grapevine.trade.payments.registry import PROVIDERS

    assert set(demo.FAKES) == set(PROVIDERS) - {"sandbox"}
