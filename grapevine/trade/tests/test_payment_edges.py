"""The rare turns of paying: ports in use, answers too long, cashiers asked for nothing, and the demo's own end."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.utils import timezone

from grapevine.kit import clock
from grapevine.trade.models import SandboxCharge
from grapevine.trade.payments import demo, wire
from grapevine.trade.payments.fakes.server import TRIES_MAX, Message
from grapevine.trade.payments.port import Intent, ProviderDown, ProviderRefused
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.payments.providers.wechat_pay.fake import FakeWechatPay
from grapevine.trade.payments.registry import provider
from grapevine.trade.rules.address import parse


@pytest.fixture
def fake() -> Iterator[FakeWechatPay]:
    made, _ = FakeWechatPay.paired()
    yield made
    made._server.server_close()


def test_a_fake_gives_up_on_who_never_answers(
    fake: FakeWechatPay, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    fake._deliver(Message("http://127.0.0.1:9/", {}, b"{}"))
    assert [status for _, status in fake.sent] == [0] * TRIES_MAX
    assert slept == [0.0, *(0.2 * 2**n for n in range(TRIES_MAX))]


def test_a_fakes_cashier_knows_nothing_of_others(fake: FakeWechatPay) -> None:
    assert fake.cashier_decision("nothing", b"outcome=pay").status == 404
    assert fake.cashier_page("nothing").status == 404


def test_the_demo_says_that_a_port_is_taken_and_lets_go_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = demo.FAKES["wechat"]
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])

        def stand(at: int) -> demo.Stand:
            return replace(first, open=lambda place: first.open(replace(place, port=at)))

        monkeypatch.setattr(demo, "FAKES", {"first": stand(0), "second": stand(port)})
        words = ["--home", str(tmp_path), "--port", "1", "--site", "http://localhost:1"]
        assert demo.main(words) == 1
    assert "in use" in capsys.readouterr().err


def test_the_demo_tells_its_variables_and_ends_at_a_signal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    real = demo.opened
    monkeypatch.setattr(
        demo, "opened", lambda **told: real(**{**told, "port": 0, "home": tmp_path})
    )
    monkeypatch.setattr(demo, "Place", lambda _port, *rest: real_place(0, *rest))
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    try:
        assert (
            demo.main(["--home", str(tmp_path), "--port", "1", "--site", "http://localhost:1"]) == 0
        )
    finally:
        timer.join()
        for name, handler in before.items():
            signal.signal(name, handler)
    told = json.loads(capsys.readouterr().out)
    assert told["DEMO_PROVIDERS"] == "1"
    assert {name.partition("_")[0] for name in told} == {"DEMO", "WECHAT", "ALIPAY", "STRIPE"}


real_place = demo.Place


class _TooMuch(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(wire.BODY_BYTES_MAX + 1))
        self.end_headers()
        self.wfile.write(b"x" * (wire.BODY_BYTES_MAX + 1))

    def log_message(self, *args: object) -> None:
        """Quiet."""


def test_an_answer_too_long_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BODY_BYTES_MAX", 1000)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _TooMuch)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with pytest.raises(ProviderDown):
        wire.call("GET", f"http://127.0.0.1:{server.server_address[1]}/", headers={})
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_the_sandbox_keeps_to_what_it_was_asked_first() -> None:
    until = clock.now() + timedelta(minutes=5)
    first = Intent("P1-1", 100, "CNY", "x", "page", "", "", until)
    provider("sandbox").start(first)
    with pytest.raises(ProviderRefused):
        provider("sandbox").start(Intent("P1-1", 101, "CNY", "x", "page", "", "", until))
    sandbox.decide("P1-1", "never")
    row = SandboxCharge.objects.get()
    assert (row.amount_minor, row.state, row.callback_due) == (100, "open", False)
    assert timezone.is_aware(until)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("李四 13800138000 北京市朝阳区望京街1号 深圳南山", "李四"),
        ("13800138000 北京市朝阳区望京街1号 阿荣旗 王小明", "王小明"),
    ],
)
def test_a_second_place_is_not_taken_for_a_person(text: str, name: str) -> None:
    assert parse(text).name == name
