"""Cursors, sealed values, visitors, refusals: the edges every request crosses."""

import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given, strategies as st

from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.ids import ALPHABET, new_id, new_token
from grapevine.kit.middleware import AppearanceMiddleware, VisitorMiddleware, visitor_of
from grapevine.kit.pages import own_path
from grapevine.kit.paging import BadCursor, clamp, decode_cursor, encode_cursor
from grapevine.kit.problems import problem
from grapevine.kit.sealed import SealBroken, blind_index, seal, unseal
from grapevine.kit.text import marked


@given(st.integers(-(2**62), 2**62), st.text(max_size=40))
def test_a_cursor_gives_back_what_went_in(number: int, text: str) -> None:
    assert decode_cursor(encode_cursor(number, text), [int, str]) == [number, text]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "e30",
        encode_cursor("a"),
        encode_cursor(True),
        encode_cursor(2**70),
        "A" * 600,
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor, [int])


@pytest.mark.parametrize(("asked", "given_"), [(None, 20), (0, 20), (-5, 1), (7, 7), (10**9, 100)])
def test_limits_are_limited(asked: int | None, given_: int) -> None:
    assert clamp(asked) == given_


def test_a_sealed_value_opens_only_where_it_belongs() -> None:
    box = seal("13800000001", context="people.person.phone")
    assert "138" not in box
    assert unseal(box, context="people.person.phone") == "13800000001"
    with pytest.raises(SealBroken):
        unseal(box, context="trade.address.phone")
    with pytest.raises(SealBroken):
        unseal(box[:-4] + "AAA=", context="people.person.phone")


def test_a_rotated_key_still_opens_what_it_sealed(settings) -> None:
    settings.SEAL_KEYS = {"old": "one"}
    box = seal("x", context="c")
    settings.SEAL_KEYS = {"new": "two", "old": "one"}
    assert unseal(box, context="c") == "x"
    assert seal("x", context="c").startswith("v1:new:")
    settings.SEAL_KEYS = {"new": "two"}
    with pytest.raises(SealBroken):
        unseal(box, context="c")


def test_a_blind_index_depends_on_value_context_and_key(settings) -> None:
    first = blind_index("a", context="phone")
    assert first == blind_index("a", context="phone")
    assert len({first, blind_index("b", context="phone"), blind_index("a", context="email")}) == 3
    settings.BLIND_INDEX_KEY = "another"
    assert blind_index("a", context="phone") != first


def test_ids_are_short_readable_and_do_not_repeat() -> None:
    found = {new_id() for _ in range(2000)}
    assert len(found) == 2000
    assert {len(text) for text in found} == {12}
    assert set("".join(found)) <= set(ALPHABET)
    assert len(new_token()) == 17


def looks(request: Any) -> tuple[str, bool]:
    return request.appearance.theme, request.appearance.elder


def _through(middleware: type, request: HttpRequest) -> HttpResponse:
    response: HttpResponse = middleware(lambda _request: HttpResponse("ok"))(request)
    return response


def test_a_visitor_keeps_the_id_it_was_given() -> None:
    request = RequestFactory().get("/")
    cookie = _through(VisitorMiddleware, request).cookies["gv_visitor"]
    assert cookie["httponly"]
    again = RequestFactory().get("/", headers={"cookie": f"gv_visitor={cookie.value}"})
    assert "gv_visitor" not in _through(VisitorMiddleware, again).cookies
    assert visitor_of(again) == cookie.value


@pytest.mark.parametrize("nonsense", ["", "x", "a" * 500, "<script>abcd"])
def test_a_visitor_id_that_is_not_ours_is_replaced(nonsense: str) -> None:
    request = RequestFactory().get("/", headers={"X-Visitor": nonsense})
    _through(VisitorMiddleware, request)
    assert visitor_of(request) != nonsense


def test_appearance_comes_from_the_cookie_and_nonsense_is_ignored() -> None:
    request = RequestFactory().get("/", headers={"cookie": "gv_look=dark-elder"})
    _through(AppearanceMiddleware, request)
    assert looks(request) == ("dark", True)
    request = RequestFactory().get("/", headers={"cookie": "gv_look=<b>"})
    _through(AppearanceMiddleware, request)
    assert looks(request) == ("", False)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/me/", "/me/"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_stays_on_this_site(target: str, path: str) -> None:
    assert own_path(RequestFactory().get("/"), target) == path


class _SoldOut(DomainError):
    code = "tests.sold_out"
    status = 409
    message = marked("%(title)s 卖完了")
    remedy = marked("换一款试试")


def test_a_refusal_is_problem_json_with_its_values() -> None:
    response = problem(_SoldOut(title="龙井"))
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "urn:grapevine:tests.sold_out",
        "title": "龙井 卖完了",
        "status": 409,
        "code": "tests.sold_out",
        "remedy": "换一款试试",
        "params": {"title": "龙井"},
    }


def test_wrong_fields_are_named() -> None:
    body = json.loads(problem(BadInput(fields={"price": "要大于 0"})).content)
    assert body["fields"] == {"price": "要大于 0"}


@pytest.mark.django_db
def test_an_address_that_is_not_there_says_so_to_people_and_to_programs(client: Client) -> None:
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert "没有找到这个页面" in page.content.decode()
    answer = client.get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
