"""A payment that failed is tried again the same way: another attempt, the old one out of the way, one success kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from grapevine.trade import facade
from grapevine.trade.actions.starting import ask_about, start_payment
from grapevine.trade.contracts import AttemptView, PaymentClosed
from grapevine.trade.models import Attempt, Payment, Refund, SandboxCharge
from grapevine.trade.payments import registry
from grapevine.trade.payments.fakes.server import Fake
from grapevine.trade.payments.port import Intent, Start
from grapevine.trade.payments.providers.alipay.fake import FakeAlipay
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.providers.wechat_pay.fake import FakeWechatPay
from grapevine.trade.payments.wire import call
from grapevine.trade.tests.callback_cast import believed
from grapevine.trade.tests.cast import Cast, decided, deliver, gather, placed
from grapevine.trade.tests.paying_cast import four
from grapevine.trade.tests.test_pages import body, browser

pytestmark = pytest.mark.django_db
WAYS = {"sandbox": "page", "alipay": "page", "wechat": "native", "stripe": "checkout"}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Fake, Any]]]:
    """The fakes, answering; they tell nothing by themselves."""
    keys: Path = tmp_path_factory.mktemp("keys")
    made: dict[str, tuple[Fake, Any]] = {
        "alipay": FakeAlipay.paired(keys=keys), "wechat": FakeWechatPay.paired(keys=keys, links=True),
        "stripe": FakeStripe.paired(keys=keys),
    }  # fmt: skip
    for fake, _ in made.values():
        fake.faults.drop = True
        fake.start()
    yield made
    for fake, _ in made.values():
        fake.stop()


@pytest.fixture
def cast() -> Cast:
    return gather()


def begin(cast: Cast, number: str, method: str) -> AttemptView:
    return start_payment(buyer_id=cast.alice, number=number, method=method, way=WAYS[method])


def decide(fakes: dict[str, Fake], attempt: AttemptView, outcome: str) -> bool:
    """The buyer at the provider's cashier; whether it let them. Where nothing is told, the decision is silent."""
    if attempt.method == "sandbox":
        before = sandbox.charge(attempt.number).state
        sandbox.decide(attempt.number, outcome)
        return before == "open"
    if attempt.method == "alipay" and attempt.number not in fakes["alipay"].charges:
        assert call("GET", attempt.url, headers={}).status == 302
    return fakes[attempt.method].decide(attempt.number, outcome)


@pytest.mark.parametrize("method", list(WAYS))
def test_a_failed_attempt_makes_room_for_another(
    cast: Cast, pairs: dict[str, tuple[Fake, Any]], settings: Any, method: str
) -> None:
    fakes = believed(settings, pairs)
    one = placed(cast)
    number = one.payment_number
    first = begin(cast, number, method)
    assert begin(cast, number, method).number == first.number
    assert decide(fakes, first, "fail")
    # Nobody has told us; the buyer is back, and presses the same button.
    second = begin(cast, number, method)
    assert second.number == f"{number}-2"
    assert begin(cast, number, method).number == second.number
    assert not decide(fakes, first, "silent")
    states = dict(Attempt.objects.values_list("number", "state"))
    over = "closed" if method == "alipay" else "failed"
    assert states == {first.number: over, second.number: "open"}
    assert facade.payment(cast.alice, number).waits
    assert decide(fakes, second, "silent")
    assert ask_about(second.number)
    assert facade.order_for(cast.alice, one.order_numbers[0]).state == "paid"
    assert not ask_about(first.number)
    with pytest.raises(PaymentClosed):
        begin(cast, number, method)
    assert [Payment.objects.get().method, Refund.objects.count()] == [method, 0]
    paid = [row for row in Attempt.objects.all() if row.state == "paid"]
    assert [row.number for row in paid] == [second.number]


def test_the_sandbox_is_offered_again_and_its_page_says_what_happened(cast: Cast) -> None:
    one = placed(cast)
    alice, there = browser(cast.alice), f"/pay/{one.payment_number}/"
    own = f"/sandbox/{one.payment_number}/"
    alice.post(there, {"method": "sandbox:page"})
    alice.post(own, {"outcome": "fail"})
    assert "这一笔没有付成，没有扣款" in body(alice.get(own))
    page = body(alice.get(f"{there}?waiting=1"))
    assert 'value="sandbox:page" checked' in page
    assert 'href="/orders/?state=pending"' in page
    assert alice.post(there, {"method": "sandbox:page"})["Location"] == own
    assert '<button class="btn primary lg block" name="outcome" value="pay">' in body(alice.get(own))  # fmt: skip
    # The news of the first comes late: it takes nothing away from the second.
    deliver(SandboxCharge.objects.get(payment_number=f"{one.payment_number}-1"))
    assert not facade.payment(cast.alice, one.payment_number).failed
    alice.post(own, {"outcome": "silent"})
    # Paid without a word; the same button finds out instead of taking it twice.
    assert alice.post(there, {"method": "sandbox:page"})["Location"] == there
    assert "付好了" in body(alice.get(there))
    assert Attempt.objects.count() == 2


def test_a_first_that_failed_in_time_is_told_and_closed(cast: Cast) -> None:
    one = placed(cast)
    deliver(decided(cast, one, "fail"))
    page = body(browser(cast.alice).get(f"/pay/{one.payment_number}/"))
    assert "上一次付款没有成功" in page
    assert begin(cast, one.payment_number, "sandbox").number.endswith("-2")
    assert set(SandboxCharge.objects.values_list("state", flat=True)) == {"closed", "open"}


@pytest.mark.parametrize("host", ["testserver", "192.168.1.5:8000", "127.0.0.1:9000"])
def test_the_browser_comes_back_to_where_it_was_and_messages_to_the_site(
    cast: Cast, pairs: dict[str, tuple[Fake, Any]], settings: Any, host: str
) -> None:
    believed(settings, pairs)
    settings.SITE_URL = "http://localhost:8000"
    settings.PLATFORM_HOSTS = ["testserver", "192.168.1.5", "127.0.0.1"]
    one, alice = placed(cast), browser(cast.alice)
    there = f"/pay/{one.payment_number}/"
    assert alice.post(there, {"method": "alipay:page"}, headers={"Host": host}).status_code == 303
    told = parse_qs(urlsplit(Attempt.objects.get().url).query)
    assert told["return_url"] == [f"http://{host}{there}?waiting=1"]
    assert told["notify_url"] == ["http://localhost:8000/api/v1/payments/alipay/callback"]
    evil = alice.post(there, {"method": "alipay:wap"}, headers={"Host": "evil.example"})
    assert (evil.status_code, Attempt.objects.count()) == (400, 1)


def test_a_program_that_begins_for_a_buyer_sends_them_to_the_site(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    taker = four()["alipay"]

    def start(intent: Intent) -> Start:
        asked.append(intent.return_url)
        return Start()

    monkeypatch.setattr(taker, "start", start)
    monkeypatch.setitem(registry.PROVIDERS, "alipay", taker.itself)
    one = placed(cast)
    start_payment(buyer_id=cast.alice, number=one.payment_number, method="alipay")
    assert asked == [f"http://localhost:8000/pay/{one.payment_number}/?waiting=1"]
