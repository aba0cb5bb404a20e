"""Pages and endpoints of money: what they show, to whom, and what files hold."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from openpyxl import load_workbook

from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.trade import jobs
from grapevine.trade.actions import settling
from grapevine.trade.models import ServicePlan, SettlementBatch, Withdrawal
from grapevine.trade.tests import settling_cast as money
from grapevine.trade.tests.cast import Cast, api, gather, send
from grapevine.trade.tests.settling_cast import account, settled, withdraw

pytestmark = pytest.mark.django_db
NUMBER = "6222000011112222"


@pytest.fixture
def cast() -> Cast:
    return gather()


def at_home(person_id: int) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def rich(cast: Cast) -> int:
    """Bob's shop has 69 yuan, a bank account and a withdrawal of 10; the account's id."""
    money.with_codes(cast.bob)
    settled(cast)
    bank = account(f"shop:{cast.bobs.id}", cast.bob)
    withdraw(f"shop:{cast.bobs.id}", bank, cast.bob, 1000)
    return bank


PAGES = ("", "statement/", "settlements/", "withdrawals/", "accounts/", "invoices/")


def test_a_shops_money_is_for_its_owner_and_finance_staff_alone(cast: Cast) -> None:
    rich(cast)
    money.hire(cast, cast.carol, "finance")
    money.hire(cast, cast.alice, "manager")
    number = SettlementBatch.objects.get().number
    for path in (*PAGES, f"settlements/{number}/"):
        url = f"/console/bobs/finance/{path}"
        told = [at_home(who).get(url).status_code for who in (cast.bob, cast.carol)]
        assert told == [200, 200], url
        assert at_home(cast.alice).get(url).status_code == 403, url
        assert at_home(cast.eve).get(url).status_code == 404, url
        assert Client().get(url).status_code == 302, url
    for path in (
        "finance",
        "settlements",
        "statement",
        "bank-accounts",
        "withdrawals",
        "platform-invoices",
    ):
        url = f"/shops/bobs/{path}"
        told = [
            send(api(who), "GET", url).status_code
            for who in (cast.bob, cast.carol, cast.alice, cast.eve, None)
        ]
        assert told == [200, 200, 403, 404, 401], url


def test_nobody_reads_anothers_batch_or_moves_anothers_withdrawal(cast: Cast) -> None:
    bank = rich(cast)
    number, batch = Withdrawal.objects.get().number, SettlementBatch.objects.get().number
    carol = at_home(cast.carol)
    assert carol.get(f"/console/carols/finance/settlements/{batch}/").status_code == 404
    assert carol.get(f"/income/money/settlements/{batch}/").status_code == 404
    assert (
        carol.post(f"/console/carols/finance/withdrawals/{number}/cancellation/").status_code == 404
    )
    assert carol.post(f"/income/money/withdrawals/{number}/cancellation/").status_code == 404
    money.with_codes(cast.carol)
    body = {"account_id": bank, "amount_minor": 500, "key": "x", "code": money.recovery(cast.carol)}
    assert send(api(cast.carol), "POST", "/shops/carols/withdrawals", body).status_code == 404
    assert Withdrawal.objects.get().state == "ready"
    assert money.of_shop(cast.bobs.id) == {"balance": 5900, "withdrawing": 1000}


def test_the_number_is_whole_nowhere(cast: Cast) -> None:
    rich(cast)
    bob = at_home(cast.bob)
    for path in PAGES:
        text = bob.get(f"/console/bobs/finance/{path}").content.decode()
        assert NUMBER not in text
    assert "•••• 2222" in bob.get("/console/bobs/finance/accounts/").content.decode()
    for path in ("bank-accounts", "withdrawals"):
        told = json.dumps(
            send(api(cast.bob), "GET", f"/shops/bobs/{path}").json(), ensure_ascii=False
        )
        assert NUMBER not in told
        assert "•••• 2222" in told
    for kind in ("csv", "xlsx"):
        answer = bob.get(f"/console/bobs/finance/statement/?format={kind}")
        assert NUMBER.encode() not in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with_number = [field for field in ("number", "holder") if _raw(field) in (NUMBER, "半日手作")]
    assert with_number == []


def _raw(column: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM trade_bankaccount")
        return str(cursor.fetchone()[0])


def test_a_statement_adds_up_on_the_page_and_in_both_files(cast: Cast, settings: Any) -> None:
    settings.PLATFORM_FEE_BPS = 100
    rich(cast)
    jobs.send_payouts()
    told = send(api(cast.bob), "GET", "/shops/bobs/statement").json()["items"]
    assert [(one["kind"], one["amount_minor"], one["after_minor"]) for one in told] == [
        ("payout", -1000, 5831), ("settle", -69, 6831), ("settle", 6900, 6900),
    ]  # fmt: skip
    pages = [
        send(api(cast.bob), "GET", "/shops/bobs/statement?limit=1").json(),
    ]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(
            send(api(cast.bob), "GET", f"/shops/bobs/statement?limit=1&cursor={cursor}").json()
        )
    assert [page["items"][0] for page in pages] == told
    bob = at_home(cast.bob)
    answer = bob.get("/console/bobs/finance/statement/?format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text)))
    assert [(row[3], row[4]) for row in rows[1:]] == [
        ("69.00", "69.00"), ("-0.69", "68.31"), ("-10.00", "58.31"),
    ]  # fmt: skip
    sheet = bob.get("/console/bobs/finance/statement/?format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))  # type: ignore[attr-defined]
    cells = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert [(row[3], row[4]) for row in cells] == [(69, 69), (-0.69, 68.31), (-10, 58.31)]
    page = bob.get("/console/bobs/finance/statement/?from=2020-01-01&to=2020-01-02")
    assert "这段时间没有流水" in page.content.decode()


def test_withdrawing_over_http_asks_for_the_code_once(cast: Cast) -> None:
    bank = rich(cast)
    bob = at_home(cast.bob)
    url = "/console/bobs/finance/withdrawals/"
    form = {"account": bank, "amount": "20.50", "key": "form-1", "code": "wrong"}
    assert bob.post(url, form).status_code == 403
    assert (
        bob.post(url, form | {"amount": "20,5", "code": money.recovery(cast.bob)}).status_code
        == 422
    )
    assert (
        bob.post(url, form | {"amount": "1000", "code": money.recovery(cast.bob)}).status_code
        == 409
    )
    assert money.of_shop(cast.bobs.id) == {"balance": 5900, "withdrawing": 1000}
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert bob.post(url, form | {"code": money.recovery(cast.bob)}).status_code == 303
        assert bob.post(url, form).status_code == 303  # the same form again
    assert money.of_shop(cast.bobs.id) == {"balance": 3850, "withdrawing": 3050}
    number = Withdrawal.objects.get(key="form-1").number
    assert bob.post(f"{url}{number}/cancellation/").status_code == 303
    assert money.of_shop(cast.bobs.id) == {"balance": 5900, "withdrawing": 1000}


def test_a_person_withdraws_what_sharing_earned(cast: Cast) -> None:
    money.with_codes(cast.eve)
    owner = f"person:{cast.eve}"
    ledger.post(
        key="x", kind="commission_released", reference="O1",
        legs=[Leg(Account("order:O1", "escrow"), Account(owner, "payable"), 500)],
    )  # fmt: skip
    settling.book_earning(
        key="commission:O1", person_id=cast.eve, reference="O1", amount_minor=500, currency="CNY"
    )
    jobs.make_batches()
    bank = account(owner, cast.eve)
    eve = at_home(cast.eve)
    for path in ("", "statement/", "settlements/", "withdrawals/", "accounts/"):
        assert eve.get(f"/income/money/{path}").status_code == 200
    body = {"account_id": bank, "amount_minor": 500, "key": "x", "code": money.recovery(cast.eve)}
    made = send(api(cast.eve), "POST", "/me/withdrawals", body)
    assert (made.status_code, made.json()["state"]) == (201, "ready")
    assert jobs.send_payouts() == 1
    assert money.of_person(cast.eve) == {}
    assert send(api(cast.eve), "GET", "/me/finance").json()["items"][0]["balance_minor"] == 0


def test_operators_settle_review_and_charge_and_nobody_else_may(cast: Cast, settings: Any) -> None:
    settings.WITHDRAWAL_REVIEW_MINOR = 500
    rich(cast)
    get_user_model().objects.filter(pk=cast.carol).update(is_operator=True)
    carol, eve = at_home(cast.carol), at_home(cast.eve)
    number = Withdrawal.objects.get().number
    for path in ("settlements/", "withdrawals/", "fees/", "fees/?shop=bobs", "invoices/", "ledger/",
                 "ledger/?q=shop:", f"ledger/?q=withdraw:{number}",
                 f"ledger/?owner=shop:{cast.bobs.id}&kind=balance"):  # fmt: skip
        assert carol.get(f"/operator/{path}").status_code == 200, path
        assert eve.get(f"/operator/{path}").status_code == 404, path
    for path, form in (
        ("settlements/", {}), (f"withdrawals/{number}/", {"act": "approve"}),
        ("fees/", {"act": "rate", "shop": "bobs", "rate": "5"}),
        ("fees/", {"act": "new_plan", "code": "pro", "name": "专业版", "price": "99"}),
        ("fees/", {"act": "plan", "shop": "bobs", "plan": "pro"}),
        ("fees/", {"act": "advertising", "shop": "bobs", "amount": "3.20", "reference": "首页", "key": "k"}),
        ("fees/", {"act": "end_plan", "code": "pro"}),
    ):  # fmt: skip
        assert eve.post(f"/operator/{path}", form).status_code == 404, path
        assert carol.post(f"/operator/{path}", form).status_code == 303, path
    assert carol.post("/operator/fees/", {"act": "rate", "rate": "5"}).status_code == 422
    assert Withdrawal.objects.get().state == "ready"
    assert money.of_shop(cast.bobs.id) == {"balance": 5900 - 320, "withdrawing": 1000}
    jobs.charge_plans()
    assert money.of_shop(cast.bobs.id) == {"debt": 5580 - 9900, "withdrawing": 1000}
    assert "5.00%" in at_home(cast.bob).get("/console/bobs/finance/").content.decode()


def test_operators_endpoints(cast: Cast) -> None:
    get_user_model().objects.filter(pk=cast.carol).update(is_operator=True)
    money.final(cast)
    carol, eve = api(cast.carol), api(cast.eve)
    calls = [
        ("POST", "/settlements", {}, 201), ("GET", "/settlements", {}, 200),
        ("GET", "/withdrawals", {}, 200), ("GET", "/shops/bobs/fees", {}, 200),
        ("PUT", "/shops/bobs/fees", {"rate_bps": 250}, 204),
        ("POST", "/service-plans", {"code": "pro", "name": "专业版", "price_minor": 100}, 201),
        ("GET", "/service-plans", {}, 200), ("PUT", "/shops/bobs/service-plan", {"plan": "pro"}, 204),
        ("POST", "/shops/bobs/advertising-charges", {"amount_minor": 5, "key": "k", "reference": "x"}, 201),
        ("DELETE", "/service-plans/pro", {}, 204), ("GET", "/platform-invoices", {}, 200),
        ("GET", f"/ledger/accounts/shop:{cast.bobs.id}/balance", {}, 200),
    ]  # fmt: skip
    for method, path, body, status in calls:
        assert send(eve, method, path, body).status_code == 404, path
        assert send(carol, method, path, body).status_code == status, path
    assert money.of_shop(cast.bobs.id) == {"balance": 6895}
    assert ServicePlan.objects.get().ended_at is not None
