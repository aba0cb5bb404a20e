"""Whoever is signed in is read together with the session or the token, and is who the database says."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext

from grapevine.people import access, actions, facade
from grapevine.people.models import Person, Session
from grapevine.people.sessions import SessionStore
from grapevine.people.signed_in import SignedInMiddleware
from grapevine.people.tests.test_people import PASSWORD, person, signed_in

pytestmark = pytest.mark.django_db


def user_of(key: str) -> Any:
    """As a page sees it."""
    request = HttpRequest()
    request.session = SessionStore(key)
    SignedInMiddleware(lambda _request: None).process_request(request)  # type: ignore[arg-type]
    assert request.user.is_authenticated or isinstance(request.user, AnonymousUser)
    return request.user


def key_of(person_id: int) -> str:
    return Session.objects.get(person_id=person_id).session_key


def test_what_is_read_with_session_and_token_is_what_is_stored() -> None:
    alice = person("alice")
    actions.edit_profile(person_id=alice, changes={"name": "爱丽丝", "region": "浙江省杭州市"})
    Person.objects.filter(pk=alice).update(avatar_id=77, is_operator=True, personalised=False)
    signed_in("alice")
    stored, key = Person.objects.get(pk=alice), key_of(alice)
    with CaptureQueriesContext(connection) as captured:
        by_session = user_of(key)
        found = [getattr(by_session, name) for name in access.BY_SESSION]
    assert len(captured) == 1
    assert found == [getattr(stored, name) for name in access.BY_SESSION]
    by_token = actions.use_token(actions.issue_token(alice, "program"))
    assert by_token is not None
    assert [getattr(by_token, name) for name in access.KNOWN] == [
        getattr(stored, name) for name in access.KNOWN
    ]
    assert (by_token.region, by_token.avatar_id) == ("浙江省杭州市", 77)
    assert by_session.email == "alice@example.com"  # read when it is asked for


def test_blocks_are_known_from_both_sides() -> None:
    alice, bob, eve = person("alice"), person("bob"), person("eve")
    tokens = [actions.issue_token(one, "program") for one in (alice, bob, eve)]
    facade.block(person_id=alice, other_id=bob)
    found = [actions.use_token(token) for token in tokens]
    assert [one and one.has_blocks for one in found] == [True, True, False]
    assert Person.objects.get(pk=alice).has_blocks is None


def test_a_session_ends_with_its_password_its_person_and_its_name() -> None:
    alice, bob = person("alice"), person("bob")
    signed_in("alice"), signed_in("bob")
    mine, theirs = key_of(alice), key_of(bob)
    assert (user_of(mine).pk, user_of(theirs).pk) == (alice, bob)
    # A row that names somebody else than what was signed counts for what was signed.
    Session.objects.filter(session_key=mine).update(person_id=bob)
    assert user_of(mine).pk == alice
    Session.objects.filter(session_key=mine).update(person_id=None)
    assert user_of(mine).pk == alice
    Session.objects.filter(session_key=mine).update(person_id=alice)
    actions.change_password(person_id=alice, old=PASSWORD, new="another-vine-8")
    assert not user_of(mine).is_authenticated
    assert not Session.objects.filter(session_key=mine).exists()
    Person.objects.filter(pk=bob).update(erased_at="2026-11-26T00:00:00Z")
    assert not user_of(theirs).is_authenticated
    assert not user_of("nobody").is_authenticated
