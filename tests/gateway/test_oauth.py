"""OAuth 2: who is asked, what an app gets, and that nothing works twice."""

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from grapevine.gateway.actions import oauth
from grapevine.gateway.contracts import OAuthRefused, Scope
from grapevine.gateway.models import App, Grant, Installation
from grapevine.gateway.rules.redirects import is_redirect
from grapevine.goods.models import Staff
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people.models import Person
from grapevine.trade.tests.cast import Cast, gather
from tests.gateway.test_keys import asked

pytestmark = pytest.mark.django_db
VERIFIER = "a-verifier-of-enough-letters-to-be-accepted-43"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
BACK = "https://app.example/back"
AUTHORIZE, TOKEN = "/oauth/authorize", "/oauth/token"


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def app(cast: Cast) -> tuple[str, str]:
    """Eve is a developer."""
    return oauth.register_app(owner_id=cast.eve, name="打单宝", redirect_uris=[BACK])


def wish(app: tuple[str, str], scope: str = "orders:read", **more: str) -> dict[str, str]:
    return {
        "response_type": "code", "client_id": app[0], "redirect_uri": BACK, "scope": scope,
        "state": "s1", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **more,
    }  # fmt: skip


def browser(person_id: int) -> Client:
    one = Client()
    one.force_login(Person.objects.get(pk=person_id))
    return one


def answered(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def code_for(cast: Cast, app: tuple[str, str], scope: str = "orders:read", **more: str) -> str:
    form = {**wish(app, scope, **more), "decision": "allow", "shop": "bobs"}
    answer = browser(cast.bob).post(AUTHORIZE, form)
    assert answer.status_code == 303
    return answered(answer["Location"])["code"]


def exchanged(app: tuple[str, str], **data: str) -> tuple[int, Any]:
    form = {"client_id": app[0], "client_secret": app[1], **data}
    answer = Client(enforce_csrf_checks=True).post(TOKEN, form)
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def by_code(app: tuple[str, str], code: str, **more: str) -> tuple[int, Any]:
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return exchanged(app, **{**data, **more})


def renewed(app: tuple[str, str], token: str, **more: str) -> tuple[int, Any]:
    return exchanged(app, grant_type="refresh_token", refresh_token=token, **more)


def test_from_the_question_to_an_answer_of_the_api(cast: Cast, app: tuple[str, str]) -> None:
    page = browser(cast.bob).get(AUTHORIZE, wish(app))
    text = page.content.decode()
    assert "打单宝" in text
    assert "看店铺的订单" in text
    assert "https://app.example" in page["Content-Security-Policy"].split("form-action", 1)[1]
    assert [shop.slug for shop in page.context["shops"]] == ["bobs"]
    denied = browser(cast.bob).post(AUTHORIZE, {**wish(app), "decision": "deny"})
    assert answered(denied["Location"]) == {
        "error": "access_denied", "state": "s1", "iss": "http://localhost:8000",
    }  # fmt: skip
    status, made = by_code(app, code_for(cast, app))
    assert (status, made["scope"], made["expires_in"], made["token_type"]) == (
        200, "orders:read", 3600, "Bearer",
    )  # fmt: skip
    token = made["access_token"]
    assert asked(token, "/shops/bobs/orders")[0] == 200
    assert asked(token, "/shops/bobs/stock")[1]["code"] == "gateway.lacks_scope"
    assert asked(token, "/shops/carols/orders")[0] == 404
    assert asked(token, "/me")[0] == 403
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1)):
        assert asked(token, "/shops/bobs/orders")[0] == 401
    kept = str(list(Grant.objects.values()))
    assert token not in kept
    assert made["refresh_token"] not in kept


def test_a_stranger_is_asked_to_sign_in_and_who_may_not_settle_cannot_allow(
    cast: Cast, app: tuple[str, str]
) -> None:
    asking = Client().get(AUTHORIZE, wish(app))
    assert asking.status_code == 302
    assert asking["Location"].startswith(reverse("people:sign_in"))
    form = {**wish(app), "decision": "allow", "shop": "bobs"}
    assert browser(cast.alice).post(AUTHORIZE, form).status_code == 404
    Staff.objects.filter(shop_id=cast.bobs.id).update(role="clerk")
    assert browser(cast.bob).post(AUTHORIZE, form).status_code == 403
    assert browser(cast.bob).get(AUTHORIZE, wish(app)).context["shops"] == []
    assert not Grant.objects.exists()


def test_nobody_is_sent_to_an_address_that_was_not_registered(
    cast: Cast, app: tuple[str, str]
) -> None:
    for uri in (
        "https://app.example/back/", "https://app.example/back?x=1", "https://app.example/Back",
        "https://app.example.evil.example/back", "http://app.example/back", "", "javascript:alert(1)",
    ):  # fmt: skip
        answer = browser(cast.bob).get(AUTHORIZE, wish(app, redirect_uri=uri))
        assert (uri, answer.status_code, answer.headers.get("Location")) == (uri, 400, None)
    assert browser(cast.bob).get(AUTHORIZE, wish(("nobody", ""))).status_code == 404


def test_a_wrong_question_goes_back_to_the_app_with_its_error(
    cast: Cast, app: tuple[str, str]
) -> None:
    for change, error in (
        ({"response_type": "token"}, "unsupported_response_type"), ({"scope": "everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"), ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ):  # fmt: skip
        answer = browser(cast.bob).get(AUTHORIZE, {**wish(app), **change})
        assert answer.status_code == 303
        assert answered(answer["Location"])["error"] == error


def test_a_code_needs_its_verifier_its_address_its_app_and_a_minute(
    cast: Cast, app: tuple[str, str]
) -> None:
    other = oauth.register_app(owner_id=cast.eve, name="别家", redirect_uris=[BACK])
    for wrong in (
        {"code_verifier": VERIFIER + "x"},
        {"redirect_uri": "https://x.example"},
        {"code_verifier": ""},
    ):
        code = code_for(cast, app)
        assert by_code(app, code, **wrong)[1]["error"] == "invalid_grant"
        assert by_code(app, code)[0] == 400  # used up
    code = code_for(cast, app)
    assert by_code(other, code)[1] == {"error": "invalid_grant"}
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert by_code(app, code)[0] == 400
    assert by_code((app[0], "wrong"), code)[0] == 401
    assert by_code((app[0], ""), code)[0] == 401
    assert by_code(("nobody", "x"), code)[1] == {"error": "invalid_client"}
    assert exchanged(app, grant_type="password")[1] == {"error": "unsupported_grant_type"}
    assert by_code(app, code)[0] == 200


def test_a_code_used_twice_ends_what_it_brought(cast: Cast, app: tuple[str, str]) -> None:
    code = code_for(cast, app)
    first = by_code(app, code)[1]
    assert by_code(app, code)[0] == 400
    assert asked(first["access_token"], "/shops/bobs/orders")[0] == 401
    assert renewed(app, first["refresh_token"])[0] == 400


def test_refresh_tokens_rotate_and_a_second_use_ends_the_family(
    cast: Cast, app: tuple[str, str]
) -> None:
    first = by_code(app, code_for(cast, app, "orders:read goods:read"))[1]
    assert renewed(app, first["refresh_token"], scope="finance")[1]["error"] == "invalid_scope"
    second = renewed(app, first["refresh_token"], scope="goods:read")[1]
    assert second["scope"] == "goods:read"
    assert asked(second["access_token"], "/shops/bobs/stock")[0] == 200
    assert asked(second["access_token"], "/shops/bobs/orders")[0] == 403
    assert asked(first["access_token"], "/shops/bobs/stock")[0] == 200
    assert renewed(app, second["refresh_token"], scope="orders:read")[1]["error"] == "invalid_scope"
    assert renewed(app, first["refresh_token"])[1]["error"] == "invalid_grant"
    for token in (first["access_token"], second["access_token"]):
        assert asked(token, "/shops/bobs/stock")[0] == 401
    assert renewed(app, second["refresh_token"])[0] == 400
    other = by_code(app, code_for(cast, app))[1]
    assert asked(other["access_token"], "/shops/bobs/orders")[0] == 200


def test_revoking_removing_and_narrowing(cast: Cast, app: tuple[str, str]) -> None:
    made = by_code(app, code_for(cast, app, "orders:read goods:read"))[1]
    form = {"client_id": app[0], "client_secret": app[1], "token": made["refresh_token"]}
    assert Client().post("/oauth/revoke", {**form, "client_secret": "x"}).status_code == 401
    assert asked(made["access_token"], "/shops/bobs/orders")[0] == 200
    assert Client().post("/oauth/revoke", {**form, "token": "unknown"}).status_code == 200
    assert Client().post("/oauth/revoke", form).status_code == 200
    assert asked(made["access_token"], "/shops/bobs/orders")[0] == 401
    wide = by_code(app, code_for(cast, app, "orders:read goods:read"))[1]
    code_for(cast, app, "goods:read")
    assert asked(wide["access_token"], "/shops/bobs/orders")[0] == 403
    assert asked(wide["access_token"], "/shops/bobs/stock")[0] == 200
    page = browser(cast.bob).get(reverse("gateway:installed"))
    assert "打单宝" in page.content.decode()
    removal = reverse("gateway:uninstall", args=[Installation.objects.get().pk])
    assert browser(cast.alice).post(removal).status_code == 404
    assert asked(wide["access_token"], "/shops/bobs/stock")[0] == 200
    assert browser(cast.bob).post(removal).status_code == 303
    assert asked(wide["access_token"], "/shops/bobs/stock")[0] == 401
    assert renewed(app, wide["refresh_token"])[0] == 400


def test_client_credentials_work_where_the_app_is_installed(
    cast: Cast, app: tuple[str, str]
) -> None:
    ask = {"grant_type": "client_credentials", "shop": "bobs"}
    assert exchanged(app, **ask)[1]["error"] == "invalid_request"
    code_for(cast, app, "orders:read goods:read")
    status, made = exchanged(app, **ask, scope="goods:read")
    assert (status, made["scope"], "refresh_token" in made) == (200, "goods:read", False)
    assert asked(made["access_token"], "/shops/bobs/stock")[0] == 200
    assert asked(made["access_token"], "/shops/bobs/orders")[0] == 403
    assert exchanged(app, **ask, scope="marketing")[1]["error"] == "invalid_scope"
    assert exchanged(app, grant_type="client_credentials", shop="carols")[0] == 400
    public = oauth.register_app(
        owner_id=cast.eve, name="手机版", redirect_uris=[BACK], confidential=False
    )
    code_for(cast, public)
    assert exchanged(public, **ask)[1]["error"] == "unauthorized_client"
    assert by_code(public, code_for(cast, public))[0] == 200


def test_personal_scopes_need_no_shop(cast: Cast, app: tuple[str, str]) -> None:
    made = by_code(app, code_for(cast, app, "profile shopping"))[1]
    assert asked(made["access_token"], "/me")[1]["name"] == "Bob"
    assert asked(made["access_token"], "/cart")[0] == 200
    assert asked(made["access_token"], "/shops/bobs/orders")[0] in (403, 404)
    assert asked(made["access_token"], "/me/points")[1]["code"] == "gateway.not_for_programs"
    assert asked(made["access_token"], "/me/notices")[1]["code"] == "gateway.lacks_scope"
    told = by_code(app, code_for(cast, app, "notices"))[1]["access_token"]
    assert asked(told, "/me/notices/count") == (200, {"unread": 0})
    assert asked(told, "/me/notice-choices")[1]["code"] == "gateway.not_for_programs"


def test_http_basic_and_too_many_tries(cast: Cast, app: tuple[str, str]) -> None:
    pair = base64.b64encode(f"{app[0]}:{app[1]}".encode()).decode()
    form = urlencode(
        {
            "grant_type": "authorization_code",
            "code": code_for(cast, app),
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        }
    )
    kind = "application/x-www-form-urlencoded"
    good = Client().post(TOKEN, form, content_type=kind, headers={"Authorization": f"Basic {pair}"})
    assert good.status_code == 200
    bad = Client().post(TOKEN, form, content_type=kind, headers={"Authorization": "Basic !"})
    assert (bad.status_code, bad["WWW-Authenticate"]) == (401, 'Basic realm="oauth"')
    last = [exchanged((app[0], "guess"), grant_type="refresh_token")[0] for _ in range(61)][-1]
    assert last == 429


def test_apps_are_registered_with_exact_addresses_and_kept_apart(cast: Cast) -> None:
    for uri in (
        "http://app.example/",
        "https://app.example/#x",
        "myapp://x",
        "https://*.example/",
        "https://u@a.example/",
        "x",
    ):
        assert not is_redirect(uri)
        with pytest.raises(BadInput):
            oauth.register_app(owner_id=cast.eve, name="x", redirect_uris=[uri])
    assert is_redirect("http://127.0.0.1:9000/back")
    eve, url = browser(cast.eve), reverse("gateway:developer")
    assert eve.post(url, {"name": "", "redirect_uris": BACK}).status_code == 422
    made = eve.post(url, {"name": "我的", "redirect_uris": f"{BACK}\n{BACK}2", "confidential": "1"})
    client_id, secret = made.context["made"]
    row = App.objects.get()
    assert row.redirect_uris == [BACK, f"{BACK}2"]
    assert secret not in str(list(App.objects.values()))
    mine = reverse("gateway:developed", args=[client_id])
    assert browser(cast.bob).post(mine, {"do": "remove"}).status_code == 404
    again = eve.post(mine, {"do": "secret"}).context["made"]
    with pytest.raises(OAuthRefused):
        oauth.client(client_id=client_id, secret=secret)
    assert oauth.client(client_id=client_id, secret=again[1]) == row
    assert eve.post(mine, {"do": "remove"}).status_code == 303
    assert not App.objects.exists()


def test_the_discovery_document_names_what_is_there() -> None:
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["token_endpoint"] == "http://localhost:8000/oauth/token"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert told["scopes_supported"] == list(Scope)


def test_what_expired_a_week_ago_is_dropped(cast: Cast, app: tuple[str, str]) -> None:
    by_code(app, code_for(cast, app))
    assert Grant.objects.count() == 3
    with time_machine.travel(clock.now() + timedelta(days=8)):
        oauth.tidy()
    assert [row.kind for row in Grant.objects.all()] == ["refresh"]
