"""Opening a shop: exact checks, an operator's word, limits, deposits, and nothing on sale before."""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from grapevine.goods import facade as goods
from grapevine.goods.models import Application, Document, Withholding
from grapevine.goods.onboarding import (
    AgreementChanged,
    AlreadyDecided,
    ApplicationForm,
    CannotChange,
    DepositWrong,
    Kind,
    NotClosed,
    Paper,
    Reason,
    RuleView,
    UpgradeNeeded,
    Withheld,
)
from grapevine.goods.rules.credentials import birthday_of, is_adult, is_credit_code, masked
from grapevine.goods.rules.onboarding import check_application, missing_permits, reminder
from grapevine.goods.tests.opening_cast import (
    AGREED,
    CODE_BUSINESS,
    COMPANY,
    IDENTITY,
    PERSON,
    apply,
    approved_company,
    draft,
    is_on_sale,
    news_named,
    paper,
    shelve,
    sign_up,
)
from grapevine.kit.errors import BadInput
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.media.contracts import NotAPaper

TODAY = date(2026, 11, 25)
db = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewing(settings: Any) -> None:
    settings.SHOP_REVIEW = "companies"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("91350100M000100Y43", True),  # a widely published example
        ("91350100M000100Y44", False),
        ("91350100M000100Y4", False),
        ("91350100M000100Y4I", False),
        ("91350100m000100y43", False),
        ("92350100M000100Y1N", True),
        ("", False),
    ],
)
def test_a_credit_code_has_the_right_check_character(text: str, right: bool) -> None:
    assert is_credit_code(text) is right


def test_every_slip_of_one_character_of_a_credit_code_is_seen() -> None:
    code = "91350100M000100Y43"
    for place in range(18):
        for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            other = code[:place] + letter + code[place + 1 :]
            assert is_credit_code(other) is (other == code)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("11010519491231002X", date(1949, 12, 31)),  # published examples
        ("440524188001010014", date(1880, 1, 1)),
        ("110105194912310021", None),
        ("11010519491331002X", None),
        ("1101051949123100", None),
        ("01010519491231002X", None),
        ("１1010519491231002X", None),
        ("", None),
    ],
)
def test_an_identity_number_has_the_right_check_character(text: str, born: date | None) -> None:
    assert birthday_of(text) == born


def test_who_is_eighteen_today_is_of_age() -> None:
    assert is_adult(date(2008, 11, 25), TODAY)
    assert not is_adult(date(2008, 11, 26), TODAY)
    assert masked(IDENTITY) == "1101**********002X"


PAPERS = [Paper("licence", "", None), Paper("identity", "", None)]
FOOD = {
    "保健食品": RuleView("保健食品", 1, ("food",)),
    "烟草": RuleView("烟草", 1, is_forbidden=True),
}


@pytest.mark.parametrize(
    ("form", "papers", "wrong"),
    [
        (PERSON, [], []),
        (COMPANY, PAPERS, []),
        (COMPANY, PAPERS[:1], ["identity"]),
        (COMPANY, [], ["identity", "licence"]),
        (replace(COMPANY, kind="business"), PAPERS, ["code"]),
        (replace(COMPANY, kind="business", code=CODE_BUSINESS), PAPERS, []),
        (replace(COMPANY, code="91350100M000100Y40"), PAPERS, ["code"]),
        (replace(COMPANY, company=""), PAPERS, ["company"]),
        (replace(COMPANY, licence_until="2026-11-25"), PAPERS, ["licence_until"]),
        (replace(COMPANY, licence_until="2026-11-26"), PAPERS, []),
        (replace(COMPANY, licence_until="2026-02-30"), PAPERS, ["licence_until"]),
        (replace(PERSON, identity="110105194912310021"), [], ["identity"]),
        (replace(PERSON, identity_until="2026-11-24"), [], ["identity_until"]),
        (replace(PERSON, phone="12800138000", address="杭州"), [], ["address", "phone"]),
        (replace(PERSON, person="张"), [], ["person"]),
        (replace(PERSON, kind="bank"), [], ["kind"]),
        (replace(PERSON, categories=("保健食品",)), [], ["permits"]),
        (replace(PERSON, categories=("保健食品",)), [Paper("permit", "food", TODAY)], []),
        (
            replace(PERSON, categories=("保健食品",)),
            [Paper("permit", "food", TODAY - timedelta(1))],
            ["permits"],
        ),
        (replace(PERSON, categories=("烟草",)), [], ["categories"]),
    ],
)
def test_the_field_that_is_wrong_is_named(
    form: ApplicationForm, papers: list[Paper], wrong: list[str]
) -> None:
    assert sorted(check_application(form, papers=papers, rules=FOOD, today=TODAY)) == wrong


@pytest.mark.parametrize(
    ("left", "told", "due"),
    [
        (31, None, None), (30, None, 30), (30, 30, None), (8, 30, None), (7, 30, 7), (7, None, 7),
        (2, 7, None), (1, 7, 1), (0, 1, None), (-1, 1, 0), (-1, 0, None), (-9, None, 0),
    ],
)  # fmt: skip
def test_reminders_come_at_thirty_seven_and_one_day_and_once(
    left: int, told: int | None, due: int | None
) -> None:
    assert reminder(TODAY + timedelta(left), TODAY, told) == due


def test_a_permit_counts_until_the_evening_of_its_last_day() -> None:
    rule = RuleView("白酒", 1, ("alcohol", "food"))
    held = [Paper("permit", "alcohol", TODAY), Paper("permit", "food", TODAY - timedelta(1))]
    assert missing_permits(rule, held, TODAY) == ("food",)


@db
def test_a_person_sells_as_soon_as_the_checks_are_through() -> None:
    bob = sign_up("Bob")
    shop = draft(bob)
    public_id = shelve(shop)
    assert not is_on_sale(public_id)
    with pytest.raises(Withheld):
        goods.set_on_sale(shop_id=shop.id, public_id=public_id, on=True)
    assert apply(shop).state == "approved"
    assert is_on_sale(public_id)
    assert goods.standing(shop.id).kind == Kind.INDIVIDUAL
    assert goods.standing(shop.id).is_open


@db
def test_a_company_waits_for_an_operator_and_two_of_them_decide_once() -> None:
    bob, carol = sign_up("Bob"), sign_up("Carol")
    shop = draft(bob)
    public_id = shelve(shop)
    one = apply(shop, COMPANY)
    assert (one.state, is_on_sale(public_id)) == ("submitted", False)
    with pytest.raises(CannotChange):
        goods.save_application(shop_id=shop.id, form=PERSON)
    done = goods.decide_application(public_id=one.public_id, operator_id=carol, outcome="approved")
    assert (done.state, is_on_sale(public_id)) == ("approved", True)
    assert {paper.state for paper in done.documents} == {"accepted"}
    with pytest.raises(AlreadyDecided):
        goods.decide_application(
            public_id=one.public_id, operator_id=carol, outcome="rejected",
            reasons=[Reason("code", "mismatch")],
        )  # fmt: skip
    assert Application.objects.get().state == "approved"


@db
def test_what_is_sent_back_says_why_and_can_be_given_again() -> None:
    bob, carol = sign_up("Bob"), sign_up("Carol")
    shop = draft(bob)
    public_id = shelve(shop)
    one = apply(shop, COMPANY)
    for reasons in ([], [Reason("colour", "other")], [Reason("code", "ugly")]):
        with pytest.raises(BadInput):
            goods.decide_application(
                public_id=one.public_id, operator_id=carol, outcome="rejected", reasons=reasons
            )
    assert goods.application(one.public_id).state == "submitted"
    why = [Reason("licence", "unreadable", "右下角看不清"), Reason("code", "mismatch")]
    back = goods.decide_application(
        public_id=one.public_id, operator_id=carol, outcome="more", reasons=why
    )
    assert (back.state, list(back.reasons)) == ("more", why)
    assert goods.application_of(shop.id) == back
    again = goods.submit_application(shop_id=shop.id, person_id=bob)
    assert (again.state, again.reasons, again.public_id) == ("submitted", (), one.public_id)
    assert not is_on_sale(public_id)


@db
def test_submitting_what_is_wrong_changes_nothing() -> None:
    bob = sign_up("Bob")
    shop = draft(bob)
    goods.save_application(shop_id=shop.id, form=replace(COMPANY, code="91350100M000100Y40"))
    with pytest.raises(BadInput) as refused:
        goods.submit_application(shop_id=shop.id, person_id=bob)
    assert sorted(refused.value.fields) == ["agreements", "code", "identity", "licence"]
    assert Application.objects.get().state == "draft"
    assert not news_named("goods.shop_applied").exists()


@db
def test_identity_numbers_are_sealed_and_masked() -> None:
    from django.db import connection

    shop = draft(sign_up("Bob"))
    goods.save_application(shop_id=shop.id, form=PERSON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity, phone, address FROM goods_application")
        stored = cursor.fetchone()
    assert all(one.startswith("v1:") for one in stored)
    shown = goods.application_of(shop.id)
    assert shown is not None
    assert shown.form.identity == "1101**********002X"
    goods.save_application(shop_id=shop.id, form=shown.form)
    assert Application.objects.get().identity == IDENTITY


@db
def test_agreements_are_accepted_by_version() -> None:
    bob = sign_up("Bob")
    shop = draft(bob)
    with pytest.raises(AgreementChanged):
        goods.accept_agreements(
            shop_id=shop.id, person_id=bob, versions=[("seller", "2020-01"), ("privacy", "2026-11")]
        )
    for _ in range(2):
        goods.accept_agreements(shop_id=shop.id, person_id=bob, versions=AGREED)
    found = goods.accepted_agreements(shop.id)
    assert [(name, version) for name, version, _ in found] == AGREED


@db
def test_a_paper_is_a_pdf_or_a_picture_and_not_over() -> None:
    bob = sign_up("Bob")
    shop = draft(bob)
    with pytest.raises(NotAPaper):
        goods.add_document(
            shop_id=shop.id, person_id=bob, kind="licence", file=io.BytesIO(b"<html>")
        )
    for wrong in (
        {"kind": "passport"}, {"kind": "permit"}, {"kind": "permit", "permit": "magic"},
        {"kind": "licence", "until": "2020-01-01"}, {"kind": "licence", "until": "soon"},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            goods.add_document(shop_id=shop.id, person_id=bob, file=paper(), **wrong)
    assert not Document.objects.exists()


@db
def test_the_last_goods_beyond_the_limit_asks_for_an_upgrade(settings: Any) -> None:
    settings.INDIVIDUAL_GOODS_MAX = 2
    bob, carol = sign_up("Bob"), sign_up("Carol")
    shop = draft(bob)
    apply(shop)
    shelve(shop)
    shelve(shop)
    with pytest.raises(UpgradeNeeded):
        shelve(shop)
    goods.begin_application(shop_id=shop.id, kind="enterprise")
    one = apply(shop, COMPANY)
    assert goods.standing(shop.id).is_open, "it sells on while the upgrade is looked at"
    goods.decide_application(public_id=one.public_id, operator_id=carol, outcome="approved")
    shelve(shop)
    assert goods.standing(shop.id).goods_count == 3


@db
def test_sales_beyond_the_month_stop_an_individual_until_the_month_is_over(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    from grapevine.goods import jobs
    from grapevine.kit import clock

    settings.INDIVIDUAL_MONTH_MINOR = 1800
    shop = draft(sign_up("Bob"))
    apply(shop)
    public_id = shelve(shop, price=900)
    sell(public_id, 2)
    assert (jobs.watch_limits(), is_on_sale(public_id)) == (0, True)
    sell(public_id, 1)
    assert (jobs.watch_limits(), is_on_sale(public_id)) == (1, False)
    later = timezone.now() + timedelta(days=32)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (jobs.watch_limits(), is_on_sale(public_id)) == (1, True)


def sell(public_id: str, count: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from grapevine.goods.contracts import Want
    from grapevine.kit.ids import new_id

    sku, name = goods.goods_detail(public_id).skus[0], new_id()
    with transaction.atomic():
        goods.hold(
            wants=[Want(name, sku.sku_id, count)], until=timezone.now() + timedelta(minutes=5)
        )
        goods.sell([name])


@db
def test_a_deposit_is_in_the_ledger_and_goes_back_when_the_shop_has_closed(settings: Any) -> None:
    settings.UNPAID_DEPOSIT_SALES_MINOR = 900
    bob, carol = sign_up("Bob"), sign_up("Carol")
    shop = approved_company(bob, carol)
    account = Account(f"shop:{shop.id}", "deposit")
    public_id = shelve(shop)
    sell(public_id, 1)
    from grapevine.goods import jobs

    assert (jobs.watch_limits(), is_on_sale(public_id)) == (1, False)
    given = {"shop_id": shop.id, "operator_id": carol}
    for wrong in (0, -5):
        with pytest.raises(DepositWrong):
            goods.receive_deposit(amount_minor=wrong, reference="T1", **given)
    assert goods.receive_deposit(amount_minor=200_000, reference="T1", **given) == 200_000
    with pytest.raises(BadInput):
        goods.receive_deposit(amount_minor=200_000, reference="T1", **given)
    assert is_on_sale(public_id)
    assert ledger.balance(account) == 200_000
    with pytest.raises(NotClosed):
        goods.return_deposit(amount_minor=200_000, reference="T2", **given)
    goods.close_shop(shop_id=shop.id, person_id=bob)
    assert not is_on_sale(public_id)
    with pytest.raises(DepositWrong):
        goods.return_deposit(amount_minor=200_001, reference="T2", **given)
    assert goods.return_deposit(amount_minor=200_000, reference="T2", **given) == 0
    assert ledger.balance(account) == 0


@db
def test_a_permit_that_runs_out_stops_its_category_and_a_renewal_brings_it_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.utils import timezone

    from grapevine.goods import jobs
    from grapevine.kit import clock

    bob, carol = sign_up("Bob"), sign_up("Carol")
    shop = approved_company(bob, carol)
    goods.set_rule(rule=RuleView("酒", permits=("alcohol",)), operator_id=carol)
    tea = shelve(shop)
    until = timezone.localdate() + timedelta(days=30)
    one = goods.add_document(
        shop_id=shop.id, person_id=bob, kind="permit", permit="alcohol", file=paper(),
        until=until.isoformat(),
    )  # fmt: skip
    goods.decide_document(public_id=one.public_id, operator_id=carol, is_accepted=True)
    wine = shelve(shop, category="酒")
    assert [jobs.watch_documents(), jobs.watch_documents()] == [1, 0]
    start = timezone.now()
    told = []
    for day in range(1, 33):
        moment = start + timedelta(days=day)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        if jobs.watch_documents():
            told.append(day)
        assert is_on_sale(wine) is (day <= 30)
    assert told == [23, 29, 31]
    assert is_on_sale(tea)
    days = [event.payload["days"] if isinstance(event.payload, dict) else None
            for event in news_named("goods.document_runs_out").order_by("id")]  # fmt: skip
    assert days == [30, 7, 1, 0]
    with pytest.raises(Withheld):
        goods.set_on_sale(shop_id=shop.id, public_id=wine, on=True)
    fresh = goods.add_document(
        shop_id=shop.id, person_id=bob, kind="permit", permit="alcohol", file=paper(),
        until=(until + timedelta(days=365)).isoformat(),
    )  # fmt: skip
    assert not is_on_sale(wine)
    goods.decide_document(public_id=fresh.public_id, operator_id=carol, is_accepted=True)
    assert is_on_sale(wine)
    assert jobs.watch_documents() == 0


@db
def test_a_new_rule_stops_whoever_lacks_its_permit_and_keeps_its_versions() -> None:
    carol = sign_up("Carol")
    shop = approved_company(sign_up("Bob"), carol)
    tea = shelve(shop)
    assert goods.set_rule(rule=RuleView("茶", permits=("food",)), operator_id=carol).version == 1
    assert not is_on_sale(tea)
    assert goods.set_rule(rule=RuleView("茶"), operator_id=carol).version == 2
    assert is_on_sale(tea)
    assert [rule.permits for rule in goods.rule_history("茶")] == [(), ("food",)]
    with pytest.raises(BadInput):
        goods.set_rule(rule=RuleView("茶", permits=("magic",), risk=9), operator_id=carol)


@db
def test_a_suspension_says_why_and_lets_go_of_what_its_shop_wants() -> None:
    bob, carol = sign_up("Bob"), sign_up("Carol")
    shop = approved_company(bob, carol)
    wanted, put_away = shelve(shop), shelve(shop)
    goods.set_on_sale(shop_id=shop.id, public_id=put_away, on=False)
    with pytest.raises(BadInput):
        goods.suspend_shop(shop_id=shop.id, operator_id=carol, reason=" ")
    goods.suspend_shop(shop_id=shop.id, operator_id=carol, reason="卖假茶")
    assert [is_on_sale(one) for one in (wanted, put_away)] == [False, False]
    fresh = shelve(shop)
    assert not is_on_sale(fresh)
    assert goods.standing(shop.id).withheld[0].reason == "卖假茶"
    goods.reopen_shop(shop_id=shop.id, person_id=bob)
    assert not is_on_sale(wanted), "an owner cannot lift what an operator did"
    goods.resume_shop(shop_id=shop.id, operator_id=carol)
    assert [is_on_sale(one) for one in (wanted, put_away, fresh)] == [True, False, True]
    assert not Withholding.objects.filter(lifted_at=None).exists()


@db
def test_where_the_house_does_not_ask_a_shop_sells_at_once(settings: Any) -> None:
    settings.SHOP_REVIEW = "off"
    shop = draft(sign_up("Bob"))
    assert is_on_sale(shelve(shop))
    assert goods.application_of(shop.id) is None
    settings.SHOP_REVIEW = "all"
    assert apply(draft(sign_up("Carol"), "carols")).state == "submitted"
