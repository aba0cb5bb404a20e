"""The doors of opening a shop, over HTTP: who may see what, and what a form does."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.models import Application, Document
from grapevine.goods.tests.opening_cast import (
    CODE_ENTERPRISE,
    COMPANY,
    IDENTITY,
    apply,
    audit_entries,
    draft,
    is_on_sale,
    shelve,
    sign_up,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewing(settings: Any) -> None:
    settings.SHOP_REVIEW = "companies"


def as_person(person_id: int) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def operator_client() -> tuple[int, Client]:
    carol = sign_up("Carol")
    get_user_model().objects.filter(pk=carol).update(is_operator=True)
    return carol, as_person(carol)


FORM = {
    "kind": "individual", "person": "张小店", "identity": IDENTITY, "phone": "13800138000",
    "address": "杭州市西湖区龙井路 1 号",
}  # fmt: skip


def test_a_person_opens_a_shop_in_two_forms() -> None:
    bob = sign_up("Bob")
    client = as_person(bob)
    opened = client.post("/shops/new/", {"name": "茶舍", "slug": "tea-house", "colour": "#1d5a41"})
    assert (opened.status_code, opened["Location"]) == (303, "/console/tea-house/application/")
    shop = goods.shop_by_slug("tea-house")
    public_id = shelve(shop)
    refused = client.post("/console/tea-house/application/", FORM | {"do": "submit"})
    assert refused.status_code == 422
    assert "看过并同意协议，才能提交" in refused.content.decode()
    assert not is_on_sale(public_id)
    done = client.post("/console/tea-house/application/", FORM | {"do": "submit", "agreed": "1"})
    assert done.status_code == 303
    assert is_on_sale(public_id)
    page = client.get("/console/tea-house/application/").content.decode()
    assert "已通过" in page
    assert "升级卖家身份" in page


def test_a_company_hands_in_papers_and_an_operator_approves() -> None:
    bob, (_carol, operator) = sign_up("Bob"), operator_client()
    client, shop = as_person(bob), draft(bob)
    public_id = shelve(shop)
    for kind in ("licence", "identity"):
        file = SimpleUploadedFile("a.pdf", b"%PDF-1.4 secret\n%%EOF")
        answer = client.post("/console/tea-house/documents/", {"kind": f"{kind}:", "file": file})
        assert answer.status_code == 303
    form = FORM | {"kind": "enterprise", "company": "杭州山茶有限公司", "code": CODE_ENTERPRISE}
    client.post("/console/tea-house/application/", form | {"do": "submit", "agreed": "1"})
    one = Application.objects.get()
    assert one.state == "submitted"
    queue = operator.get("/operator/shops/applications/").content.decode()
    assert f"/operator/shops/applications/{one.public_id}/" in queue
    page = operator.get(f"/operator/shops/applications/{one.public_id}/").content.decode()
    assert IDENTITY in page
    back = operator.post(
        f"/operator/shops/applications/{one.public_id}/",
        {"outcome": "rejected", "reason-code": "mismatch", "note-code": "差一位"},
    )
    assert back.status_code == 303
    told = client.get("/console/tea-house/application/").content.decode()
    assert "差一位" in told
    assert IDENTITY not in told
    client.post("/console/tea-house/application/", form | {"do": "submit", "identity": ""})
    operator.post(f"/operator/shops/applications/{one.public_id}/", {"outcome": "approved"})
    assert is_on_sale(public_id)


def test_papers_are_seen_by_the_owner_and_operators_and_every_look_is_written_down() -> None:
    bob, eve, (carol, operator) = sign_up("Bob"), sign_up("Eve"), operator_client()
    shop = draft(bob)
    apply(shop, COMPANY)
    public_id = Document.objects.order_by("id").values_list("public_id", flat=True)[0]
    own, ops = f"/console/tea-house/documents/{public_id}/", f"/operator/documents/{public_id}/"
    draft(eve, "eves")
    for client, path in (
        (as_person(eve), own), (as_person(eve), ops), (as_person(bob), ops), (operator, own),
        (as_person(eve), f"/console/eves/documents/{public_id}/"),
    ):  # fmt: skip
        assert client.get(path).status_code == 404
    assert Client().get(own).status_code == 302
    for client, path in ((as_person(bob), own), (operator, ops)):
        answer = client.get(path)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"].startswith("attachment")
    looks = audit_entries().filter(action="document.seen").order_by("id")
    assert list(looks.values_list("actor_id", flat=True)) == [bob, carol]


def test_papers_are_sealed_on_the_disk(settings: Any) -> None:
    shop = draft(sign_up("Bob"))
    apply(shop, COMPANY)
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert all(b"%PDF" not in path.read_bytes() for path in files)
    for path in files:
        assert Client().get(f"/pictures/{path.name}/720.jpg").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/operator/shops/applications/",
        "/operator/shops/tea-house/",
        "/operator/categories/",
    ],
)
def test_the_operators_pages_are_the_operators(path: str) -> None:
    bob, (_carol, operator) = sign_up("Bob"), operator_client()
    draft(bob)
    assert as_person(bob).get(path).status_code == 404
    assert as_person(bob).post(path, {"do": "suspend", "reason": "x"}).status_code in (404, 405)
    assert operator.get(path).status_code == 200
    assert goods.standing(goods.shop_by_slug("tea-house").id).withheld[0].cause == "review"


def test_an_operator_suspends_and_takes_deposits_by_forms() -> None:
    bob, (_carol, operator) = sign_up("Bob"), operator_client()
    shop = goods.open_shop(owner_id=bob, slug="tea-house", name="茶舍", colour="#1d5a41")
    public_id = shelve(shop)
    path = "/operator/shops/tea-house/"
    assert operator.post(path, {"do": "suspend", "reason": ""}).status_code == 422
    assert is_on_sale(public_id)
    operator.post(path, {"do": "suspend", "reason": "卖假茶"})
    assert not is_on_sale(public_id)
    assert "卖假茶" in as_person(bob).get("/console/tea-house/application/").content.decode()
    operator.post(path, {"do": "resume"})
    assert is_on_sale(public_id)
    operator.post(path, {"do": "receive", "amount": "500.50", "reference": "B1"})
    assert goods.standing(shop.id).deposit_paid_minor == 50_050


def test_an_application_is_one_form_with_its_papers_and_comes_back_with_reasons() -> None:
    bob, (_carol, operator) = sign_up("Bob"), operator_client()
    client, _shop = as_person(bob), draft(bob)
    form = FORM | {"kind": "enterprise", "company": "杭州山茶有限公司", "code": CODE_ENTERPRISE}
    path = "/console/tea-house/application/"
    refused = client.post(path, form | {"do": "submit", "phone": "1"})
    assert [target for target, _name, _text in refused.context["summary"]] == [
        "f-phone", "f-licence", "f-identity", "f-agreements",
    ]  # fmt: skip
    for target in ("f-phone", "f-licence", "f-identity", "f-agreements"):
        assert f'id="{target}"' in refused.content.decode()
    papers = {
        f"{kind}-file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 secret\n%%EOF")
        for kind in ("licence", "identity")
    }
    broken = {"licence-file": SimpleUploadedFile("a.pdf", b"no paper")}
    assert client.post(path, form | broken | {"do": "save"}).status_code == 422
    assert not Document.objects.exists()
    sent = client.post(
        path, form | papers | {"do": "submit", "agreed": "1", "licence_until": "2099-01-31"}
    )
    assert sent.status_code == 303
    one = Application.objects.get()
    assert one.state == "submitted"
    kept = Document.objects.order_by("kind").values_list("kind", "number")
    assert list(kept) == [("identity", ""), ("licence", CODE_ENTERPRISE)]
    review = f"/operator/shops/applications/{one.public_id}/"
    page = operator.get(review).content.decode()
    assert page.count("打开 PDF") == 2
    assert "这是第一轮" in page
    operator.post(
        review, {"outcome": "more", "reason-licence": "unreadable", "note-licence": "拍正一点"}
    )
    assert "拍正一点" in client.get(path).content.decode()
    client.post(path, form | {"do": "submit"})
    page = operator.get(review).content.decode()
    assert "营业执照：看不清 · 拍正一点" in page
    assert operator.post(review, {"outcome": "approved"}).status_code == 303


def test_an_owner_closes_and_opens_again_and_a_stranger_does_not() -> None:
    bob, eve = sign_up("Bob"), sign_up("Eve")
    shop = goods.open_shop(owner_id=bob, slug="tea-house", name="茶舍", colour="#1d5a41")
    public_id = shelve(shop)
    assert as_person(eve).post("/console/tea-house/closing/", {"on": "1"}).status_code == 404
    assert is_on_sale(public_id)
    page = as_person(bob).get("/console/tea-house/closing/").content.decode()
    assert "1 件在售商品马上不能下单" in page
    assert as_person(bob).post("/console/tea-house/closing/", {"on": "1"}).status_code == 422
    assert is_on_sale(public_id)
    as_person(bob).post("/console/tea-house/closing/", {"on": "1", "sure": "1"})
    assert not is_on_sale(public_id)
    as_person(bob).post("/console/tea-house/closing/", {"on": "0"})
    assert is_on_sale(public_id)


def test_a_category_rule_is_edited_into_a_new_version() -> None:
    _carol, operator = operator_client()
    answer = operator.post(
        "/operator/categories/",
        {"category": "酒", "permits": ["alcohol"], "required": "酒精度、产地", "risk": "2", "deposit": "500"},
    )  # fmt: skip
    assert answer.status_code == 303
    rule = goods.rules_in_force(["酒"])["酒"]
    assert (rule.version, rule.permits, rule.required) == (1, ("alcohol",), ("酒精度", "产地"))
    assert (rule.risk, rule.deposit_minor) == (2, 50_000)
