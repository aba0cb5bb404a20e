"""Fetching a stranger's address: public ones only, small, of a picture's type, and never by a detour."""

import io
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PIL import Image

from grapevine.goods import facade as goods
from grapevine.goods.actions import fetching, importpictures
from grapevine.goods.actions.fetching import NotFetched, fetch, is_public
from grapevine.goods.models import Goods
from grapevine.goods.queries import sheets as queries
from grapevine.goods.tests.test_desk_list import person
from grapevine.goods.tests.test_importing import imported


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(target, "PNG")
    return target.getvalue()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, kind, body, more = self.server.answers.get(self.path, (404, "text/plain", b"", {}))  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(settings: Any) -> Iterator[Any]:
    """A web server on this machine, which the fetcher may reach for once."""
    settings.IMPORT_LOOPBACK = True
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.answers = {}  # type: ignore[attr-defined]
    made.base = f"http://127.0.0.1:{made.server_port}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True), ("127.0.0.1", False),
        ("10.0.0.1", False), ("172.16.3.4", False), ("192.168.1.1", False), ("169.254.169.254", False), ("0.0.0.0", False),
        ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),
        ("fe80::1", False), ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False), ("64:ff9b:1::1", False), ("64:ff9b::a00:1", False), ("64:ff9b::5db8:d70e", True),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, *, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x.png", "http://localhost/x.png", "http://[::1]/x.png", "http://2130706433/x.png", "http://0x7f.1/x.png",
        "file:///etc/passwd", "ftp://example.com/x.png", "http://user:pass@example.com/x.png", "http://example.com:22/x.png",
        "http:///x.png", "http://[::1", "http://example.com:99999/", "gopher://x", "",
    ],
)  # fmt: skip
def test_nothing_private_is_ever_connected_to(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected(*_: object, **__: object) -> None:
        raise AssertionError(address)

    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises(NotFetched):
        fetch(address)


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotFetched, match="公网"):
        fetch("http://mixed.example/x.png")


def test_a_picture_comes_over_a_redirect(server: Any) -> None:
    server.answers = {
        "/a?b=1": (302, "text/plain", b"", {"Location": "/x.png"}), "/x.png": (200, "image/png; q=1", png(), {}),
    }  # fmt: skip
    assert fetch(f"{server.base}/a?b=1") == png()


def test_a_redirect_to_a_private_address_is_looked_at_again(server: Any, settings: Any) -> None:
    server.answers = {"/a": (302, "text/plain", b"", {"Location": "http://10.0.0.1/x.png"})}
    with pytest.raises(NotFetched, match="公网"):
        fetch(f"{server.base}/a")
    assert settings.IMPORT_LOOPBACK


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, "text/html", b"<p>", {}), "JPEG"), ((404, "image/png", b"", {}), "404"),
        ((200, "image/png", b"", {"Content-Length": str(11 * 1024 * 1024)}), "10 MB"),
        ((200, "image/png", b"\0" * 2001, {}), "10 MB"), ((302, "text/plain", b"", {"Location": "/x.png"}), "跳转"),
    ],
)  # fmt: skip
def test_what_is_not_taken(server: Any, answer: Any, said: str) -> None:
    server.answers = {"/x.png": answer}
    with pytest.raises(NotFetched, match=said):
        fetch(f"{server.base}/x.png", replace(fetching.PICTURE, bytes_max=2000))


def test_a_video_is_another_thing_to_want(server: Any) -> None:
    server.answers = {"/x.mp4": (200, "video/mp4", b"film", {}), "/x.png": (200, "image/png", png(), {})}  # fmt: skip
    assert fetch(f"{server.base}/x.mp4", fetching.VIDEO) == b"film"
    with pytest.raises(NotFetched, match="WebM"):
        fetch(f"{server.base}/x.png", fetching.VIDEO)


def test_a_slow_answer_is_given_up(server: Any) -> None:
    server.answers = {"/x.png": (200, "image/png", png(), {})}
    with pytest.raises(NotFetched, match="慢"):
        fetch(f"{server.base}/x.png", replace(fetching.PICTURE, seconds_max=-1.0))


@pytest.mark.django_db
def test_pictures_of_imported_goods_are_fetched_and_what_is_lost_is_told(server: Any) -> None:
    shop = goods.open_shop(owner_id=person("bob"), slug="bobs", name="半日", colour="#8d3b1f")
    server.answers = {
        "/one.png": (200, "image/png", png(), {}),
        "/text.png": (200, "image/png", b"no picture", {}),
    }
    table = f"key,title,price,pictures\na,杯,1,{server.base}/one.png|{server.base}/gone.png|{server.base}/text.png\n"
    made = imported(shop, table)
    assert queries.import_view(shop.id, made).pictures_waiting == 3
    assert importpictures.work() == 1
    assert importpictures.work() == 0
    assert len(goods.goods_detail(Goods.objects.get().public_id).pictures) == 1
    assert [one.value.rpartition("/")[2] for one in queries.rejects_of(shop.id, made)] == [
        "gone.png",
        "text.png",
    ]
    assert imported(shop, table)
    assert importpictures.work() == 0


@pytest.mark.django_db
def test_nothing_is_fetched_when_it_is_switched_off(server: Any, settings: Any) -> None:
    settings.IMPORT_FETCH = False
    shop = goods.open_shop(owner_id=person("bob"), slug="bobs", name="半日", colour="#8d3b1f")
    server.answers = {"/one.png": (200, "image/png", png(), {})}
    made = imported(shop, f"key,title,price,pictures\na,杯,1,{server.base}/one.png\n")
    assert importpictures.work() == 0
    assert queries.import_view(shop.id, made).pictures_failed == 1
