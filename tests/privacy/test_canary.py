"""Canaries: personal values that occur nowhere else are planted by real actions, then looked for everywhere.

In the database's own bytes (a copy of the SQLite file; every column of every PostgreSQL table), in the log, in spool and
lake, in the shop's files and pages. None sings without a right. The person's own export has them all; closing the account
takes them away.
"""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from grapevine.front.settings import LOGGING
from grapevine.goods.actions import onboarding
from grapevine.goods.onboarding import ApplicationForm
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.kit.redaction import RedactingFormatter
from grapevine.people import facade as people
from grapevine.signals import actions as delivery, facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.actions import banking, moving
from grapevine.trade.actions.payers import remember_payer
from grapevine.trade.contracts import InvoiceAsk, Wishes
from grapevine.trade.models import BankAccount, Payer, SandboxCharge
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.queries.reading import addresses
from grapevine.trade.tests.cast import Cast, deliver, gather
from grapevine.trade.tests.settling_cast import recovery, with_codes

pytestmark = pytest.mark.django_db
PHONE, E_MAIL = "13971234987", "canary-q7z@example.org"
PLACE_PHONE, NAME, STREET = "13871239876", "金丝雀乙", "鸟鸣巷九十九号六单元"
TAX_MAIL = "canary-tax@example.org"
IDENTITY, CARD = "110101199003077512", "6222021234567890128"
OPENID = "oCanaryUpF8uMuAJO_M2pxb1Q9zNj"
CANARIES = (PHONE, E_MAIL, PLACE_PHONE, NAME, STREET, TAX_MAIL)
PASSWORD = "vine-and-grape-7"
ADDRESS = {
    "name": NAME, "phone": PLACE_PHONE, "province": "湖北省", "city": "武汉市",
    "district": "江汉区", "detail": STREET,
}  # fmt: skip


class Planted:
    """Two people with canaries, an order that went to one of them, and the log of it all."""

    def __init__(self, log: io.StringIO) -> None:
        self.cast: Cast = gather()
        self.by_phone = people.sign_up(identifier=PHONE, password=PASSWORD, name="小雀")
        self.by_mail = people.sign_up(identifier=E_MAIL, password=PASSWORD, name="大雀")
        self.log = log
        self.buyer = self.program(self.by_phone)
        self.number = self._bought()

    def program(self, person_id: int) -> Client:
        token = people.issue_token(person_id, "canary")
        return Client(headers={"Authorization": f"Bearer {token}"})

    def ask(self, client: Client, method: str, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return client.generic(
            method, f"/api/v1{path}", json.dumps(body or {}), content_type="application/json",
            headers=headers,
        )  # fmt: skip

    def _bought(self) -> str:
        kept = self.ask(self.buyer, "POST", "/addresses", ADDRESS, key="address-1")
        assert kept.status_code == 201, kept.content
        address = addresses(self.by_phone)[0]
        placed = trade.place_order(
            buyer_id=self.by_phone, lines=[(self.cast.cup.sku_id, 1)], address=address,
            wishes=Wishes(invoice=InvoiceAsk("personal", NAME, email=TAX_MAIL)),
        )  # fmt: skip
        attempt = trade.start_payment(buyer_id=self.by_phone, number=placed.payment_number)
        decided_charge(attempt.number)
        number = placed.order_numbers[0]
        again = self.ask(self.buyer, "PUT", f"/orders/{number}/address", ADDRESS, key="address-2")
        assert (again.status_code, PLACE_PHONE in again.content.decode()) == (200, True)
        return number


def decided_charge(attempt: str) -> None:
    sandbox.decide(attempt, "pay")
    deliver(SandboxCharge.objects.get(payment_number=attempt))


@pytest.fixture
def planted() -> Iterator[Planted]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    given: Any = LOGGING["formatters"]
    handler.setFormatter(RedactingFormatter(given["line"]["format"]))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        found = Planted(stream)
        while delivery.drain():
            pass
        signals.seal()
        yield found
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def database_bytes() -> bytes:
    """All that the database keeps: the pages of SQLite's file, or every column of every table."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        return bytes(connection.connection.serialize())
    parts = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                parts += [bytes(row) for row in copy]
    return b"".join(parts)


def heard(content: bytes, canaries: tuple[str, ...] = CANARIES) -> list[str]:
    """The canaries in these bytes, also as JSON and Base64 would write them."""
    found = []
    for one in canaries:
        spellings = (one.encode(), json.dumps(one)[1:-1].encode(), one.encode("utf-16-le"))
        if any(spelled in content for spelled in spellings):
            found.append(one)
    return found


def test_the_search_hears_a_canary_in_clear(planted: Planted) -> None:
    """The test can fail: the same search finds a value that is kept in clear."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET bio = %s WHERE id = %s", [STREET, planted.by_mail])
    assert heard(database_bytes()) == [STREET]


@pytest.mark.usefixtures("planted")
def test_the_database_keeps_none_in_clear() -> None:
    assert heard(database_bytes()) == []


@pytest.mark.usefixtures("planted")
def test_spool_lake_and_media_keep_none() -> None:
    found = [
        (str(path), heard(path.read_bytes()))
        for folder in ("SPOOL_DIR", "LAKE_DIR", "ARTIFACT_DIR", "MEDIA_ROOT")
        for path in Path(getattr(django_settings, folder)).rglob("*")
        if path.is_file() and heard(path.read_bytes())
    ]
    assert found == []


def test_the_log_tells_none(planted: Planted) -> None:
    """Nor if somebody logs them by mistake, or an error quotes them."""
    logging.getLogger("any").warning(
        "call %s or +86 138 7123 9876, write %s, id %s, card %s, Bearer abc123def, %s",
        PHONE, E_MAIL, IDENTITY, CARD, {"phone": PLACE_PHONE},
    )  # fmt: skip
    try:
        int(f"bad number {PHONE} of {TAX_MAIL}")
    except ValueError:
        logging.getLogger("any").exception("failed")
    said = planted.log.getvalue()
    assert heard(said.encode()) == []
    assert [one for one in (IDENTITY, CARD, "7123 9876", "abc123def") if one in said] == []
    assert (
        "call [phone] or [phone], write [e-mail], id [identity], card [card], Bearer [hidden]"
        in said
    )
    assert "order 20261125000012 took 1234 ms" in RedactingFormatter("%(message)s").format(
        logging.makeLogRecord({"msg": "order 20261125000012 took 1234 ms"})
    )


def test_staff_see_none_without_a_look_that_is_written_down(planted: Planted) -> None:
    owner = planted.program(planted.cast.bob)
    path = f"/shops/bobs/orders/{planted.number}"
    seen = planted.ask(owner, "GET", path)
    assert heard(seen.content) == []
    assert seen.json()["address"]["phone"] == "138****9876"
    assert seen.json()["address"]["name"] == "金**"
    assert heard(planted.ask(owner, "GET", "/shops/bobs/orders").content) == []
    assert planted.ask(owner, "POST", f"{path}/unmasking", {"reason": ""}).status_code == 422
    assert guard.trail(AuditFilter(subject_id=planted.by_phone)).items == []
    whole = planted.ask(owner, "POST", f"{path}/unmasking", {"reason": "打包发货"}, key="look-1")
    assert set(heard(whole.content)) == {PLACE_PHONE, NAME, STREET}
    entries = guard.trail(AuditFilter(subject_id=planted.by_phone)).items
    assert [(one.actor_id, one.object, one.after) for one in entries] == [
        (planted.cast.bob, f"order:{planted.number}", {"reason": "打包发货", "shop": "半日"})
    ]
    assert heard(database_bytes()) == []  # the stored answer of the look is sealed too


def pages_of(person: str) -> Client:
    client = Client()
    client.post("/signin/", {"identifier": person, "password": PASSWORD})
    return client


def test_pages_and_files_of_the_shop_show_none_but_after_the_look(planted: Planted) -> None:
    owner = pages_of("bob@example.com")
    order = f"/console/bobs/orders/{planted.number}/"
    for path in (order, "/console/bobs/orders/", "/console/bobs/", "/console/bobs/audit/",
                 "/console/bobs/audit/?format=csv", "/console/bobs/staff/", "/console/bobs/fans/?format=csv"):  # fmt: skip
        answer = owner.get(path)
        assert (path, answer.status_code, heard(answer.content)) == (path, 200, [])
    shown = owner.post(f"{order}unmasking/", {"reason": "联系买家确认地址"})
    assert set(heard(shown.content)) == {PLACE_PHONE, NAME, STREET, TAX_MAIL}
    assert shown["Cache-Control"] == "no-store"
    mine = pages_of(PHONE).get("/settings/privacy/").content.decode()
    assert "联系买家确认地址" in mine
    assert "半日" in mine
    assert "contacts.unmask" in owner.get("/console/bobs/audit/?format=csv").content.decode()


def test_ones_own_export_has_them_and_closing_takes_them_away(planted: Planted) -> None:
    browser = pages_of(PHONE)
    export = browser.get("/settings/export/")
    assert set(heard(export.content)) == {PHONE, PLACE_PHONE, NAME, STREET, TAX_MAIL}
    assert heard(pages_of(E_MAIL).get("/settings/export/").content) == [E_MAIL]
    refused = browser.post("/settings/closure/", {"password": PASSWORD})
    assert refused.status_code == 409  # the order is under way
    moving.refund_by_shop(
        shop_id=planted.cast.bobs.id, number=planted.number, reason="缺货",
        actor_id=planted.cast.bob,
    )  # fmt: skip
    assert browser.post("/settings/closure/", {"password": PASSWORD}).status_code == 303
    owner = planted.program(planted.cast.bob)
    path = f"/shops/bobs/orders/{planted.number}/unmasking"
    after = planted.ask(owner, "POST", path, {"reason": "处理售后"})
    assert (after.status_code, after.json()["address"], heard(after.content)) == (200, None, [])
    assert heard(database_bytes()) == []


def test_bank_and_identity_numbers_are_sealed_masked_exported_and_go(planted: Planted) -> None:
    """Planted by what people do: an account to be paid at, an application to open a shop."""
    secret, person = (IDENTITY, CARD, NAME, STREET, PLACE_PHONE), planted.by_mail
    shop = onboarding.open_draft_shop(owner_id=person, slug="canary", name="雀舍", colour="#1d5a41")
    onboarding.begin_application(shop_id=shop.id, kind="individual")
    form = ApplicationForm(
        kind="individual", person="大雀", identity=IDENTITY, phone=PLACE_PHONE, address=STREET
    )
    onboarding.save_application(shop_id=shop.id, form=form)
    with_codes(person)
    banking.add_bank_account(
        owner=f"person:{person}", holder=NAME, bank="招商银行", number=CARD, actor_id=person,
        code=recovery(person),
    )  # fmt: skip
    remember_payer(person_id=person, app_id="wx1", openid=OPENID)
    assert heard(database_bytes(), (*secret, OPENID)) == []
    browser = pages_of(E_MAIL)
    page = browser.get("/income/money/accounts/").content
    assert (heard(page, (CARD,)), CARD[-4:] in page.decode()) == ([], True)
    export = browser.get("/settings/export/").content.decode()
    assert (CARD in export, OPENID in export) == (True, True)
    trail = guard.trail(AuditFilter(actor_id=person)).items
    assert "trade.bank_account_added" in [one.action for one in trail]
    assert browser.post("/settings/closure/", {"password": PASSWORD}).status_code == 303
    assert not Payer.objects.exists()
    kept = BankAccount.objects.get(owner=f"person:{person}")
    assert (kept.holder, kept.number, kept.tail, kept.bank, kept.state) == (
        "",
        "",
        "",
        "",
        "removed",
    )
