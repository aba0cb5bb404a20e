"""One-time codes: the RFC's own examples, once each, counted, and gone with the account."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils.html import escape

from grapevine.guard.contracts import TooManyRequests
from grapevine.kit import clock
from grapevine.people import actions, second_factor as factor, totp
from grapevine.people.contracts import SecondFactorMissing, SecondFactorPresent, WrongCode
from grapevine.people.models import Person, RecoveryCode, SecondFactor

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
PASSWORD = "vine-and-grape-7"


@pytest.fixture
def alice() -> int:
    return actions.sign_up(identifier="alice@example.com", password=PASSWORD, name="Alice")


def secret(person_id: int) -> bytes:
    return totp.read(SecondFactor.objects.get(person_id=person_id).secret)


def code(person_id: int, steps: int = 0) -> str:
    return totp.code_at(secret(person_id), totp.step_of(clock.now().timestamp()) + steps)


def turned_on(person_id: int) -> list[str]:
    factor.begin_second_factor(person_id)
    return factor.confirm_second_factor(person_id, code(person_id, -1))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
        (2000000000, "279037"), (20000000000, "353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, expected: str) -> None:
    """The appendix has eight digits; six are their end."""
    assert totp.code_at(b"12345678901234567890", totp.step_of(seconds)) == expected


def test_a_secret_is_scanned_confirmed_and_sealed(alice: int) -> None:
    begun = factor.begin_second_factor(alice)
    assert factor.begin_second_factor(alice) == begun
    assert begun.address.startswith("otpauth://totp/")
    assert f"secret={begun.secret}&" in begun.address
    assert not factor.has_second_factor(alice)
    with pytest.raises(SecondFactorMissing):
        factor.check_second_factor(alice, code(alice))
    with pytest.raises(WrongCode):
        factor.confirm_second_factor(alice, "000000" if code(alice) != "000000" else "111111")
    assert len(set(factor.confirm_second_factor(alice, code(alice)))) == 10
    with pytest.raises(SecondFactorPresent):
        factor.begin_second_factor(alice)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM people_secondfactor")
        assert begun.secret not in cursor.fetchone()[0]


def test_a_code_counts_once_and_an_older_one_never_after_it(alice: int) -> None:
    with time_machine.travel(NOON, tick=False):
        turned_on(alice)
        older, now, later = code(alice, -1), code(alice), code(alice, 1)
        factor.check_second_factor(alice, later)
        for given in (later, now, older):
            with pytest.raises(WrongCode):
                factor.check_second_factor(alice, given)
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        with pytest.raises(WrongCode):
            factor.check_second_factor(alice, code(alice, -2))
        factor.check_second_factor(alice, f" {code(alice)[:3]} {code(alice)[3:]} ")


def test_guesses_are_counted_although_all_are_refused(alice: int) -> None:
    turned_on(alice)
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        for _ in range(5):
            with pytest.raises(WrongCode):
                factor.check_second_factor(alice, "12345")
        with pytest.raises(TooManyRequests):
            factor.check_second_factor(alice, code(alice))
    with time_machine.travel(NOON + timedelta(days=400, minutes=1), tick=False):
        factor.check_second_factor(alice, code(alice))


def test_recovery_codes_open_once_and_new_ones_end_them(alice: int) -> None:
    first, second, *_ = turned_on(alice)
    factor.check_second_factor(alice, first.upper())
    with pytest.raises(WrongCode):
        factor.check_second_factor(alice, first)
    assert factor.recovery_codes_left(alice) == 9
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        fresh = factor.renew_recovery_codes(alice, second)
        with pytest.raises(WrongCode):
            factor.check_second_factor(alice, _[0])
        factor.end_second_factor(alice, fresh[0])
    assert not factor.has_second_factor(alice)
    assert not RecoveryCode.objects.exists()
    trail = (
        apps.get_model("guard", "AuditEntry")
        .objects.order_by("id")
        .values_list("action", flat=True)
    )
    assert list(trail) == [
        "people.second_factor_on", "people.recovery_code_used", "people.recovery_code_used",
        "people.recovery_codes", "people.recovery_code_used", "people.second_factor_off",
    ]  # fmt: skip


def test_the_page_turns_it_on_and_off(alice: int) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=alice))
    page = client.get("/settings/second-factor/")
    assert "data:image/svg+xml" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert client.post("/settings/second-factor/", {"act": "on", "code": "1"}).status_code == 403
    shown = client.post("/settings/second-factor/", {"act": "on", "code": code(alice)})
    assert shown.content.decode().count("<code>") == 10
    assert "已打开" in client.get("/settings/").content.decode()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        off = {"act": "off", "code": code(alice)}
        assert client.post("/settings/second-factor/", off).status_code == 303
    assert not SecondFactor.objects.exists()


def test_the_way_back_to_who_asked_for_it_survives_and_leads_nowhere_else(alice: int) -> None:
    client, wanted = Client(), "/console/bobs/finance/withdrawals/?a=1&b=2"
    page = "/settings/second-factor/"
    away = client.get(page, {"next": wanted})
    assert away.status_code == 302
    client.force_login(Person.objects.get(pk=alice))
    back = away["Location"].split("next=", 1)[1]
    asked = client.get(unquote(back)).content.decode()
    field = f'<input type="hidden" name="next" value="{escape(wanted)}">'
    assert field in asked
    wrong = client.post(page, {"act": "on", "code": "1", "next": wanted})
    assert field in wrong.content.decode()
    done = client.post(page, {"act": "on", "code": code(alice), "next": wanted}).content.decode()
    assert f'<a class="btn primary" href="{escape(wanted)}">' in done
    for elsewhere in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
    ):
        for answer in (
            client.get(page, {"next": elsewhere}),
            client.post(page, {"act": "renew", "next": elsewhere}),
        ):
            assert f'"{escape(elsewhere)}"' not in answer.content.decode()


def test_a_wrong_code_counts_also_under_an_idempotency_key(alice: int) -> None:
    """A refusal under a key undoes what it wrote; the count of guesses must not be among that."""
    turned_on(alice)
    token = actions.issue_token(alice, "test")
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        statuses = [
            Client().post(
                "/api/v1/me/second-factor/removal", {"code": "1"}, content_type="application/json",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"k{n}"},
            ).status_code
            for n in range(7)
        ]  # fmt: skip
    assert statuses == [403] * 5 + [429] * 2
    assert factor.has_second_factor(alice)


def test_it_goes_with_the_account(alice: int) -> None:
    turned_on(alice)
    actions.erase(person_id=alice, password=PASSWORD)
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
