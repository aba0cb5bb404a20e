"""Pages that are asked for most pass fewer doors and draw less, and nothing is lost by it."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.discovery.tests.test_feed import many
from grapevine.front import wsgi
from grapevine.scene.tests.cast import Cast, gather

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def test_scrolling_passes_fewer_doors_and_gets_the_same(cast: Cast, settings: Any) -> None:
    many(cast.bob, 45)
    clients = [Client(headers={"User-Agent": "Mobi"}) for _ in range(2)]
    for client in clients:
        client.force_login(get_user_model().objects.get(pk=cast.alice))
        client.cookies["csrftoken"] = "s" * 32
        client.cookies["django_language"] = "en"
        client.cookies["gv_visitor"] = "0123456789"
    more = re.search(r'hx-get="(\?[^"]+)"', clients[0].get("/").content.decode())
    assert more
    path = "/" + more[1].replace("&amp;", "&")
    wrong = "/?cursor=x"
    whole = [clients[0].get(one, headers={"HX-Request": "true"}) for one in (path, wrong)]
    settings.MIDDLEWARE = settings.SCROLL_MIDDLEWARE
    part = [clients[1].get(one, headers={"HX-Request": "true"}) for one in (path, wrong)]
    token = re.compile(rb'(?<=csrfmiddlewaretoken" value=")[^"]+')
    for one, other in zip(whole, part, strict=True):
        assert token.sub(b"", one.content) == token.sub(b"", other.content)
        assert {**one.headers, "Vary": ""} == {**other.headers, "Vary": ""}
        assert set(one.headers["Vary"].split(", ")) == set(other.headers["Vary"].split(", "))
    assert [one.status_code for one in part] == [200, 400]
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": path[2:]}
    assert wsgi.doors({**asked, "HTTP_HX_REQUEST": "true"}) is wsgi._scrolling
    for change in ({"REQUEST_METHOD": "POST"}, {"QUERY_STRING": ""}, {"PATH_INFO": "/search/"}):
        assert wsgi.doors({**asked, "HTTP_HX_REQUEST": "true", **change}) is wsgi._pages
    assert wsgi.doors(asked) is wsgi._pages


def test_a_veiled_form_token_is_taken_and_another_each_time(cast: Cast) -> None:
    many(cast.bob, 1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(pk=cast.alice))
    client.get("/")
    secret, tokens, address = client.cookies["csrftoken"].value, [], ""
    for _turn in range(2):
        answer = client.get("/")
        assert "csrftoken" not in answer.cookies  # who brings one keeps it
        found = re.search(
            r'/note/(\w+)/like/.+?csrfmiddlewaretoken" value="(\w{64})', answer.content.decode()
        )
        assert found
        tokens.append(found[2])
        address = f"/note/{found[1]}/like/"
        like = {"on": str(1 - _turn), "csrfmiddlewaretoken": found[2]}
        assert client.post(address, like).status_code < 400
    assert len({*tokens, secret}) == 3
    forged = {"on": "1", "csrfmiddlewaretoken": "a" * 64}
    assert client.post(address, forged).status_code == 403
