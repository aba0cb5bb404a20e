"""Accounts: the same words for unknown and wrong, blocks both ways, tokens that end."""

import json
from typing import Any

import pytest
from django.test import Client

from grapevine.guard.contracts import TooManyRequests
from grapevine.kit.errors import BadInput
from grapevine.people import actions, facade, ports, queries, rules
from grapevine.people.contracts import (
    BadIdentifier,
    Blocked,
    IdentifierTaken,
    NotWithYourself,
    PersonNotFound,
    WeakPassword,
    WrongPassword,
)
from grapevine.people.models import Person, Token

pytestmark = pytest.mark.django_db
PASSWORD = "vine-and-grape-7"


def person(name: str) -> int:
    return facade.sign_up(identifier=f"{name}@example.com", password=PASSWORD, name=name)


def signed_in(name: str) -> Client:
    client = Client()
    client.post("/signin/", {"identifier": f"{name}@example.com", "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("text", "phone", "email"),
    [
        ("138 0013 8000", "+8613800138000", ""),
        ("+1 202-555-0143", "+12025550143", ""),
        ("Lin@Example.COM", "", "lin@example.com"),
        ("１３８００１３８０００", "+8613800138000", ""),
    ],
)
def test_an_identifier_is_read_in_one_form(text: str, phone: str, email: str) -> None:
    assert rules.read_identifier(text) == rules.Identifier(phone=phone, email=email)


@pytest.mark.parametrize(
    "text", ["", "12345", "a@", "@b.c", "a@b", "x" * 200 + "@b.co", "名字", "139abc12345"]
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier):
        facade.sign_up(identifier=text, password=PASSWORD, name="Alice")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "password", ["short", "12345678", "aaaaaaaaaa", "x" * 129, "alice@example.com"]
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        facade.sign_up(identifier="alice@example.com", password=password, name="Alice")
    assert not Person.objects.exists()


def test_one_phone_is_one_account_and_is_sealed_at_rest() -> None:
    facade.sign_up(identifier="13800138000", password=PASSWORD, name="Alice")
    with pytest.raises(IdentifierTaken):
        facade.sign_up(identifier="+86 138 0013 8000", password=PASSWORD, name="Eve")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index FROM people_person")
        stored = " ".join(cursor.fetchone())
    assert "1380013" not in stored


def test_an_unknown_account_and_a_wrong_password_say_the_same() -> None:
    person("alice")
    for identifier in ("alice@example.com", "nobody@example.com"):
        with pytest.raises(WrongPassword):
            facade.authenticate(identifier, "wrong-password-1")
    assert facade.authenticate("alice@example.com", PASSWORD) == queries.people_page().items[0].id


def test_guessing_is_slowed_down() -> None:
    person("alice")
    for _ in range(actions.ATTEMPTS_PER_MINUTE):
        with pytest.raises(WrongPassword):
            facade.authenticate("alice@example.com", "wrong-password-1")
    with pytest.raises(TooManyRequests):
        facade.authenticate("alice@example.com", PASSWORD)


def test_following_twice_is_following_once_and_a_block_ends_it_both_ways() -> None:
    alice, dan = person("alice"), person("dan")
    facade.follow(person_id=alice, other_id=dan)
    facade.follow(person_id=alice, other_id=dan)
    facade.follow(person_id=dan, other_id=alice)
    assert (facade.followee_ids(alice), facade.follower_ids(alice)) == ([dan], [dan])
    facade.block(person_id=alice, other_id=dan)
    assert (facade.followee_ids(alice), facade.follower_ids(alice)) == ([], [])
    assert facade.blocked_ids(alice) == {dan}
    assert facade.blocked_ids(dan) == {alice}
    for a, b in ((alice, dan), (dan, alice)):
        with pytest.raises(Blocked):
            facade.follow(person_id=a, other_id=b)
    with pytest.raises(NotWithYourself):
        facade.follow(person_id=alice, other_id=alice)
    with pytest.raises(PersonNotFound):
        queries.profile(queries.cards([alice])[alice].handle, viewer_id=dan)
    facade.unblock(person_id=alice, other_id=dan)
    facade.follow(person_id=dan, other_id=alice)


def test_a_new_password_ends_every_token() -> None:
    alice = person("alice")
    token = facade.issue_token(alice, "phone")
    known = facade.person_for_token(token)
    assert known is not None
    assert known.pk == alice
    with pytest.raises(WrongPassword):
        actions.change_password(person_id=alice, old="wrong", new="another-vine-8")
    actions.change_password(person_id=alice, old=PASSWORD, new="another-vine-8")
    assert facade.person_for_token(token) is None
    assert facade.authenticate("alice@example.com", "another-vine-8") == alice


def test_a_closed_account_is_nameless_and_cannot_come_back() -> None:
    alice, dan = person("alice"), person("dan")
    facade.follow(person_id=dan, other_id=alice)
    token = facade.issue_token(alice, "phone")
    actions.erase(person_id=alice, password=PASSWORD)
    row = Person.objects.get(pk=alice)
    assert (row.name, row.phone, row.email, row.email_index) == ("已注销", "", "", None)
    assert facade.person_for_token(token) is None
    assert facade.followee_ids(dan) == []
    with pytest.raises(WrongPassword):
        facade.authenticate("alice@example.com", PASSWORD)


def test_an_account_that_may_not_be_closed_yet_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice, dan = person("alice"), person("dan")
    facade.follow(person_id=alice, other_id=dan)
    token = facade.issue_token(alice, "phone")

    def refuse(person_id: int) -> None:
        raise BadInput(fields={"person": str(person_id)})

    keepers: dict[str, tuple[ports.Read, ports.Erase]] = {
        "a": (lambda _: [], lambda who: facade.unfollow(person_id=who, other_id=dan)),
        "b": (lambda _: [], refuse),
    }
    monkeypatch.setattr(ports, "_keepers", keepers)
    with pytest.raises(BadInput):
        actions.erase(person_id=alice, password=PASSWORD)
    assert facade.followee_ids(alice) == [dan]
    assert facade.person_for_token(token) is not None
    assert Person.objects.get(pk=alice).erased_at is None


def test_signing_up_keeps_the_way_back_on_this_site(client: Client) -> None:
    form = {
        "identifier": "alice@example.com",
        "password": PASSWORD,
        "name": "Alice",
        "next": "/cart/",
    }
    assert client.post("/signup/", form)["Location"] == "/cart/"
    elsewhere = {**form, "identifier": "dan@example.com", "next": "https://evil.example/"}
    assert Client().post("/signup/", elsewhere)["Location"] == "/"


def test_a_refused_sign_up_keeps_what_was_typed(client: Client) -> None:
    page = client.post(
        "/signup/", {"identifier": "alice@example.com", "password": "short", "name": "Alice"}
    )
    assert page.status_code == 422
    assert 'value="alice@example.com"' in page.content.decode()
    assert "short" not in page.content.decode()


def test_settings_are_saved_and_exported_and_nobody_elses_token_is_revoked() -> None:
    alice = person("alice")
    eve = person("eve")
    token = facade.issue_token(alice, "phone")
    client = signed_in("alice")
    assert (
        client.post("/settings/", {"name": "阿丽", "bio": "喜欢茶", "region": "杭州"}).status_code
        == 303
    )
    exported = json.loads(client.get("/settings/export/").content)
    assert (exported["name"], exported["email"]) == ("阿丽", "alice@example.com")
    mine = Token.objects.get(person_id=alice)
    signed_in("eve").post("/settings/tokens/", {"revoke": str(mine.pk)})
    assert facade.person_for_token(token) is not None
    assert eve not in facade.followee_ids(alice)


def test_the_personalisation_switch_counts_at_once() -> None:
    alice = person("alice")
    assert facade.personalised(alice)
    signed_in("alice").post("/settings/personalised/", {"on": "0"})
    assert not facade.personalised(alice)


def call(client: Client, method: str, path: str, body: Any = None, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return getattr(client, method)(
        f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", headers=headers
    )


def test_people_over_the_api(client: Client) -> None:
    made = call(
        client,
        "post",
        "/people",
        {"identifier": "alice@example.com", "password": PASSWORD, "name": "Alice"},
    )
    assert made.status_code == 201
    token = made.json()["token"]
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["name"], me["email"]) == ("Alice", "alice@example.com")
    assert call(client, "patch", "/me", {"bio": "茶"}, token).json()["bio"] == "茶"
    dan = queries.cards([person("dan")]).popitem()[1]
    assert call(client, "put", f"/people/{dan.handle}/follow", token=token).status_code == 204
    seen = client.get(
        f"/api/v1/people/{dan.handle}", headers={"Authorization": f"Bearer {token}"}
    ).json()
    assert (seen["following"], seen["followers"]) == (True, 1)
    assert call(client, "delete", "/tokens/current", token=token).status_code == 204
    refused = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (
        401,
        "application/problem+json",
    )


def test_a_page_for_the_signed_in_sends_a_stranger_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/settings/")
    assert answer.status_code == 302
    assert answer["Location"] == "/signin/?next=%2Fsettings%2F"


@pytest.mark.parametrize("count", [1, 12])
def test_a_page_of_cards_costs_one_query_without_pictures(
    count: int, django_assert_num_queries: Any
) -> None:
    ids = [person(f"p{n}") for n in range(count)]
    with django_assert_num_queries(1):
        assert len(facade.cards(ids)) == count


def test_a_null_in_a_change_of_ones_profile_changes_nothing(client: Client) -> None:
    person = facade.sign_up(identifier="a@example.com", password="vine-and-grape-7", name="阿青")
    token = facade.issue_token(person, "x")
    answer = client.patch(
        "/api/v1/me", {"region": None, "personalised": None, "name": None, "bio": "新"},
        content_type="application/json", headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["name"], answer.json()["bio"]) == (200, "阿青", "新")


def test_a_person_sees_where_they_are_signed_in_and_ends_it() -> None:
    alice = actions.sign_up(identifier="sessions@example.com", password=PASSWORD, name="Alice")
    mallory = actions.sign_up(identifier="mallory@example.com", password=PASSWORD, name="Mallory")

    def browser(identifier: str, agent: str) -> Client:
        client = Client(headers={"User-Agent": agent})
        client.post("/signin/", {"identifier": identifier, "password": PASSWORD})
        return client

    phone = browser("sessions@example.com", "Mozilla/5.0 (Linux; Android 14) Chrome/120")
    desk = browser("sessions@example.com", "Mozilla/5.0 (Windows NT 10.0) Firefox/121")
    theirs = browser("mallory@example.com", "curl")
    token = actions.issue_token(alice, "program")
    page = desk.get("/settings/sessions/").content.decode()
    assert "Chrome · Android" in page
    found = {one.device: one.id for one in queries.sessions(alice)}
    assert sorted(found) == ["Chrome · Android", "Firefox · Windows"]
    refused = theirs.post("/settings/sessions/", {"end": found["Chrome · Android"]})
    assert (refused.status_code, phone.get("/settings/").status_code) == (404, 200)
    desk.post("/settings/sessions/", {"end": found["Chrome · Android"]})
    assert (phone.get("/settings/").status_code, desk.get("/settings/").status_code) == (302, 200)
    again = browser("sessions@example.com", "Safari iPhone")
    desk.post("/settings/sessions/", {"end": "others"})
    assert (again.get("/settings/").status_code, desk.get("/settings/").status_code) == (302, 200)
    assert actions.use_token(token) is None
    desk.post("/settings/sessions/", {"end": "all"})
    assert desk.get("/settings/").status_code == 302
    assert queries.sessions(alice) == []
    assert [one.device for one in queries.sessions(mallory)] == [""]
    assert theirs.get("/settings/").status_code == 200
