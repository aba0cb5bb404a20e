"""What an owner is told while a shop opens is what holds: refused, in review, owing, or free to sell."""

import re
from typing import Any

import pytest

from grapevine.goods import facade as goods
from grapevine.goods.onboarding import Cause, Reason
from grapevine.goods.rules.standing import CAUSES, UNAPPROVED, cause_words
from grapevine.goods.tests.opening_cast import (
    COMPANY,
    PERSON,
    apply,
    approved_company,
    draft,
    is_on_sale,
    shelve,
    sign_up,
)
from grapevine.goods.tests.test_desk_parts import upload
from grapevine.goods.tests.test_opening_pages import FORM, as_person, operator_client

pytestmark = pytest.mark.django_db
PAGE = "/console/tea-house/application/"


@pytest.fixture(autouse=True)
def reviewing(settings: Any) -> None:
    settings.SHOP_REVIEW, settings.LISTING_REVIEW = "companies", "risky"


def told(page: str) -> str:
    """The words of a page, without its marks."""
    main = page[page.index('<main id="main"') : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_a_refused_company_reads_that_it_was_refused_why_and_how_to_hand_it_in_again() -> None:
    bob, (carol, operator) = sign_up("Bob"), operator_client()
    shop, client = draft(bob), as_person(bob)
    shelve(shop)
    one = apply(shop, COMPANY)
    assert "开店申请在审核" in told(client.get(PAGE).content.decode())
    goods.decide_application(
        public_id=one.public_id, operator_id=carol, outcome="rejected",
        reasons=[Reason("code", "mismatch", "差一位"), Reason("permits", "missing")],
    )  # fmt: skip
    page = client.get(PAGE).content.decode()
    words = told(page)
    for wanted in (
        "开店申请没有通过",
        "统一社会信用代码 ：和填写的不一致 · 差一位",
        "再交一次",
        "再交后审核",
    ):
        assert wanted in words, wanted
    for target in ('href="#f-code"', 'href="#papers"', 'href="#again"', 'id="again"'):
        assert target in page, target
    everywhere = [page, *(client.get(f"/console/tea-house/{at}").content.decode() for at in ("", "goods/"))]  # fmt: skip
    assert not [one for one in everywhere if "审核中" in one or "在审核" in one or "待审核" in one]
    assert "开店申请没有通过" in told(everywhere[1])
    assert "开店申请没有通过" in told(everywhere[2])
    form = FORM | {"kind": "enterprise", "company": COMPANY.company, "code": COMPANY.code}
    assert client.post(PAGE, form | {"do": "submit"}).status_code == 303
    assert "开店申请在审核" in told(client.get(PAGE).content.decode())
    operator.post(f"/operator/shops/applications/{one.public_id}/", {"outcome": "approved"})
    assert "资质齐全" in told(client.get(PAGE).content.decode())


def test_an_upgrade_that_is_refused_does_not_say_that_the_shop_is_shut() -> None:
    bob, carol = sign_up("Bob"), sign_up("Carol")
    shop = draft(bob)
    apply(shop)
    goods.begin_application(shop_id=shop.id, kind="enterprise")
    one = apply(shop, COMPANY)
    tea = shelve(shop)
    goods.decide_application(
        public_id=one.public_id, operator_id=carol, outcome="rejected",
        reasons=[Reason("company", "mismatch")],
    )  # fmt: skip
    words = told(as_person(bob).get(PAGE).content.decode())
    assert "升级申请没有通过" in words
    assert "店铺照常用现在的身份卖" in words
    assert "不能下单" not in words
    assert is_on_sale(tea)


def test_a_missing_deposit_says_where_to_pay_how_much_and_what_to_write(settings: Any) -> None:
    bob, (carol, operator) = sign_up("Bob"), operator_client()
    shop, client = approved_company(bob, carol), as_person(bob)
    settings.PLATFORM_CONTACT = "ask@vine.example"
    words = told(client.get(PAGE).content.decode())
    assert "还差 ¥2,000" in words
    assert "平台还没有公布收款账户，先不要转账。" in words
    assert "问平台：ask@vine.example" in words
    assert "DEPOSIT_ACCOUNT_NUMBER" in operator.get("/operator/shops/tea-house/").content.decode()
    settings.PLATFORM_CONTACT = ""
    assert "问给你审核开店的平台运营人员" in told(client.get(PAGE).content.decode())
    settings.DEPOSIT_ACCOUNT = ("藤蔓科技有限公司", "招商银行杭州分行", "571900001234567")
    goods.receive_deposit(
        shop_id=shop.id, amount_minor=50_050, reference="T1", operator_id=carol
    )  # fmt: skip
    words = told(client.get(PAGE).content.decode())
    for wanted in (
        "户名 藤蔓科技有限公司", "开户行 招商银行杭州分行", "账号 571900001234567", "金额 ¥1,499.50",
        "附言 tea-house", "一共卖到 ¥10,000 就停售，交齐再卖；现在卖了 ¥0",
    ):  # fmt: skip
        assert wanted in words, wanted
    seen = told(operator.get("/operator/shops/tea-house/").content.decode())
    assert (
        "还差 ¥1,499.50。店主看到的是转到 招商银行杭州分行 571900001234567，附言 tea-house。"
        in seen
    )
    goods.receive_deposit(
        shop_id=shop.id, amount_minor=149_950, reference="T2", operator_id=carol
    )  # fmt: skip
    words = told(client.get(PAGE).content.decode())
    assert "571900001234567" not in words
    assert "还差" not in words


def test_who_owes_nothing_has_a_short_page_with_the_agreements_by_their_titles() -> None:
    bob = sign_up("Bob")
    shop, client = draft(bob), as_person(bob)
    draft_page = told(client.get(PAGE).content.decode())
    assert "保证金 ¥2,000 起" in draft_page
    apply(shop, PERSON)
    page = client.get(PAGE).content.decode()
    words = told(page)
    assert "保证金 不用交" in words
    assert "附言" not in words
    assert 'id="deposit"' not in page
    assert '<details class="tool" id="upload"><summary>' in page
    assert "商家入驻协议 2026-11" in words
    assert "商家信息处理说明 2026-11" in words
    assert not re.search(r"\b(seller|privacy)\b", words)
    client.cookies["django_language"] = "en"
    english = told(client.get(PAGE).content.decode())
    assert "Seller agreement 2026-11" in english
    assert not re.search(r"\b(seller|privacy) 2026", english)


def test_goods_of_a_shop_in_review_are_said_to_go_on_sale_with_it() -> None:
    bob = sign_up("Bob")
    shop, client = draft(bob), as_person(bob)
    one = apply(shop, COMPANY)
    form = {
        "title": "龙井", "kind": "goods", "body": "明前。", "option": [""], "price": ["9"], "stock": ["5"],
        "limit": "0", "returns": "seven_days", "pictures": [upload("a", "red")],
    }  # fmt: skip
    page = client.post("/console/tea-house/goods/new/", form, follow=True)
    words = page.content.decode()
    assert page.redirect_chain[-1][1] == 303
    assert "已保存，店铺通过审核后上架" in words
    assert "已上架" not in words
    public_id = page.redirect_chain[-1][0].rstrip("/").rpartition("/")[2]
    assert not is_on_sale(public_id)
    assert "现在没有在卖： 店铺还在审核，通过后自动上架" in told(words)
    listed = client.get("/console/tea-house/goods/")
    assert list(listed.context["held"].values()) == ["店铺还在审核，通过后自动上架"]
    assert "还没上架" in told(listed.content.decode())
    goods.decide_application(
        public_id=one.public_id, operator_id=sign_up("Carol"), outcome="approved"
    )  # fmt: skip
    assert is_on_sale(public_id)
    assert client.get("/console/tea-house/goods/").context["held"] == {}


def test_why_a_shop_does_not_sell_is_said_by_what_became_of_its_application() -> None:
    assert cause_words(Cause.REVIEW, "rejected") == UNAPPROVED["rejected"]
    assert cause_words(Cause.REVIEW) == CAUSES[Cause.REVIEW]
    assert cause_words(Cause.DEPOSIT, "rejected") == CAUSES[Cause.DEPOSIT]
