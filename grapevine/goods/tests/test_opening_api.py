"""Opening a shop, judging and sampling goods, and the shop's face, by programs; every door tried by strangers."""

import io
import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.goods import facade as goods, proving
from grapevine.goods.onboarding import RuleView
from grapevine.goods.tests.opening_cast import (
    AGREED,
    COMPANY,
    PERSON,
    draft,
    is_on_sale,
    paper,
    shelve,
    sign_up,
)
from grapevine.goods.tests.test_auditing import shop_of, submit
from grapevine.people import facade as people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewing(settings: Any) -> None:
    settings.SHOP_REVIEW, settings.LISTING_REVIEW = "companies", "risky"


class Program:
    def __init__(self, person_id: int) -> None:
        self.client, self.token = Client(), people.issue_token(person_id, "tests")

    def __call__(self, method: str, path: str, body: Any = None, **files: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if files:
            answer = self.client.post(f"/api/v1{path}", {**(body or {}), **files}, headers=headers)
        else:
            answer = self.client.generic(
                method, f"/api/v1{path}", json.dumps(body if body is not None else {}),
                content_type="application/json", headers=headers,
            )  # fmt: skip
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status_code, answer.json() if is_json else answer.content


def operator_program() -> Program:
    carol = sign_up("Carol")
    get_user_model().objects.filter(pk=carol).update(is_operator=True)
    return Program(carol)


def as_json(form: Any) -> dict[str, Any]:
    return {name: getattr(form, name) for name in form.__slots__}


def named(content: io.BytesIO) -> io.BytesIO:
    content.name = "paper.pdf"
    return content


def test_a_program_opens_a_shop_and_an_operators_approves_it() -> None:
    bob, ops = Program(sign_up("Bob")), operator_program()
    made = bob("POST", "/shops", {"slug": "tea-house", "name": "茶舍"})
    assert made[0] == 201
    shop = goods.shop_by_slug("tea-house")
    public_id = shelve(shop)
    status, saved = bob("PUT", "/shops/tea-house/application", as_json(COMPANY))
    assert (status, saved["state"], saved["form"]["identity"]) == (
        200,
        "draft",
        "1101**********002X",
    )
    status, refused = bob("POST", "/shops/tea-house/application/submission")
    assert (status, sorted(refused["fields"])) == (422, ["agreements", "identity", "licence"])
    for kind in ("licence", "identity"):
        path = "/shops/tea-house/documents"
        status, one = bob("POST", path, {"kind": kind}, file=named(paper(kind)))
        assert (status, one["kind"]) == (201, kind)
    versions = [{"name": name, "version": version} for name, version in AGREED]
    assert bob("PUT", "/shops/tea-house/agreements", {"agreements": versions})[0] == 200
    status, sent = bob("POST", "/shops/tea-house/application/submission")
    assert (status, sent["state"]) == (200, "submitted")
    one = ops("GET", "/operator/applications")[1]["items"][0]
    file = f"/operator/documents/{one['documents'][0]['public_id']}/file"
    assert ops("GET", file)[1].startswith(b"%PDF-")
    decision = f"/operator/applications/{one['public_id']}/decision"
    more = {"outcome": "more", "reasons": [{"field": "licence", "code": "unreadable"}]}
    assert ops("PUT", decision, more)[1]["state"] == "more"
    assert bob("POST", "/shops/tea-house/application/submission")[1]["state"] == "submitted"
    assert ops("PUT", decision, {"outcome": "approved"})[1]["state"] == "approved"
    assert ops("PUT", decision, {"outcome": "approved"})[0] == 409
    assert is_on_sale(public_id)
    given = {"amount_minor": 200_000, "reference": "B1"}
    assert (
        ops("POST", "/operator/shops/tea-house/deposits", given)[1]["deposit_paid_minor"] == 200_000
    )
    assert (
        ops("PUT", "/operator/shops/tea-house/suspension", {"reason": "假茶"})[1]["is_open"]
        is False
    )
    assert not is_on_sale(public_id)
    assert ops("DELETE", "/operator/shops/tea-house/suspension")[1]["is_open"] is True
    assert bob("PUT", "/shops/tea-house/closure", {"reason": "搬家"})[1]["is_open"] is False
    assert bob("DELETE", "/shops/tea-house/closure")[1]["is_open"] is True
    assert bob("GET", "/shops/tea-house/standing")[1]["kind"] == "enterprise"


OPERATORS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/operator/applications", {}),
    ("PUT", "/operator/applications/{application}/decision", {"outcome": "approved"}),
    ("GET", "/operator/documents/{document}/file", {}),
    ("PUT", "/operator/documents/{document}/decision", {"on": True}),
    ("PUT", "/operator/shops/tea-house/suspension", {"reason": "x"}),
    ("DELETE", "/operator/shops/tea-house/suspension", {}),
    ("POST", "/operator/shops/tea-house/deposits", {"amount_minor": 5, "reference": "x"}),
    ("PUT", "/operator/category-rules/tea", {}),
    ("GET", "/operator/reviews", {}),
    ("PUT", "/operator/reviews/nothing/decision", {"is_passed": True}),
    ("GET", "/operator/inspection-plans", {}),
    ("POST", "/operator/inspection-plans", {"share_bps": 500, "seed": 1}),
    ("GET", "/operator/inspections", {}),
    ("PUT", "/operator/inspections/nothing/inspector", {"inspector_id": 1}),
    ("GET", "/operator/inspections/nothing/report", {}),
)
OWNERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/shops/tea-house/application", {}),
    ("PUT", "/shops/tea-house/application", as_json(PERSON)),
    ("POST", "/shops/tea-house/application/submission", {}),
    ("PUT", "/shops/tea-house/agreements", {"agreements": []}),
    ("GET", "/shops/tea-house/documents/{document}/file", {}),
    ("GET", "/shops/tea-house/standing", {}),
    ("PUT", "/shops/tea-house/closure", {}),
    ("DELETE", "/shops/tea-house/closure", {}),
    ("GET", "/shops/tea-house/brand", {}),
    ("PUT", "/shops/tea-house/brand", {"name": "x", "colour": "#000000"}),
    ("POST", "/shops/tea-house/brand/blocks", {"kind": "text", "text": "x"}),
    ("POST", "/shops/tea-house/brand/publication", {}),
    ("GET", "/shops/tea-house/domains", {}),
    ("POST", "/shops/tea-house/domains", {"host": "a.cn"}),
    ("POST", "/shops/tea-house/domains/a.cn/proof", {}),
    ("DELETE", "/shops/tea-house/domains/a.cn", {}),
)


def test_nobody_else_gets_through_any_door_and_nothing_moves() -> None:
    bob, eve = sign_up("Bob"), Program(sign_up("Eve"))
    shop = draft(bob)
    public_id = shelve(shop)
    document = goods.add_document(shop_id=shop.id, person_id=bob, kind="licence", file=paper())
    known = goods.application_of(shop.id)
    assert known
    parts = {"application": known.public_id, "document": document.public_id}
    before = (goods.application_of(shop.id), goods.standing(shop.id), goods.face_of(shop))
    for who, doors in ((eve, OPERATORS + OWNERS), (Program(bob), OPERATORS)):
        for method, path, body in doors:
            status, _ = who(method, path.format(**parts), body)
            assert status == 404, (method, path)
    stranger = Client()
    for method, path, body in OPERATORS + OWNERS:
        answer = stranger.generic(
            method, f"/api/v1{path.format(**parts)}", json.dumps(body), "application/json"
        )
        assert answer.status_code == 401, (method, path)
    assert (goods.application_of(shop.id), goods.standing(shop.id), goods.face_of(shop)) == before
    assert not is_on_sale(public_id)
    assert goods.domains(shop.id) == []


def test_goods_are_judged_and_sampled_by_programs() -> None:
    shop, ops = shop_of(), operator_program()
    bob = Program(shop.owner_id)
    public_id = submit(shop, title="全网第一的茶")
    told = bob("GET", f"/shops/bobs/goods/{public_id}/review")[1]
    assert told["review"]["findings"] == [["absolute", "全网第一"]]
    assert [one["cause"] for one in told["withheld"]] == ["review"]
    one = ops("GET", "/operator/reviews")[1]["items"][0]
    path = f"/operator/reviews/{one['public_id']}/decision"
    assert ops("PUT", path, {"is_passed": False})[0] == 422
    assert ops("PUT", path, {"is_passed": True})[1]["state"] == "passed"
    assert is_on_sale(public_id)
    status, plan = ops("POST", "/operator/inspection-plans", {"share_bps": 10_000, "seed": 3})
    assert (status, plan["drawn"], plan["seed"]) == (201, 1, 3)
    found = ops("GET", f"/operator/inspections?plan={plan['public_id']}")[1]["items"][0]
    assert found["goods"] == public_id
    path = f"/operator/inspections/{found['public_id']}"
    assert ops("PUT", f"{path}/inspector", {"inspector_id": 5})[0] == 200
    status, _ = ops(
        "POST", f"{path}/result", {"is_passed": "false", "finding": "坏"}, report=named(paper("r"))
    )
    assert status == 200
    assert not is_on_sale(public_id)
    assert ops("GET", f"{path}/report")[1].startswith(b"%PDF-")
    assert ops("GET", "/operator/inspection-plans")[1]["items"][0]["failed"] == 1


def test_a_face_is_edited_published_and_undone_by_a_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = shop_of()
    bob = Program(shop.owner_id)
    edited = bob("PUT", "/shops/bobs/brand", {"name": "半日", "colour": "#3b5d8d"})[1]
    assert (edited["name"], edited["is_changed"]) == ("半日", True)
    made = bob("POST", "/shops/bobs/brand/blocks", {"kind": "text", "text": "三个人的窑。"})[1]
    block = made["blocks"][-1]["id"]
    moved = bob("PUT", f"/shops/bobs/brand/blocks/{block}/place", {"step": -1})[1]
    assert [one["kind"] for one in moved["blocks"]] == ["offers", "text", "notes"]
    assert bob("POST", "/shops/bobs/brand/publication")[1]["is_changed"] is False
    assert goods.shop_by_slug("bobs").name == "半日"
    assert bob("DELETE", "/shops/bobs/brand/publication")[1]["name"] == "茶舍"
    assert bob("DELETE", f"/shops/bobs/brand/blocks/{block}")[0] == 404
    status, domain = bob("POST", "/shops/bobs/domains", {"host": "Tea.CN"})
    assert (status, domain["host"], domain["proved_at"]) == (201, "tea.cn", None)

    class Known:
        def txt(self, name: str) -> list[str]:
            assert name == "_grapevine.tea.cn"
            return [f"grapevine={domain['token']}"]

        def file(self, host: str) -> str:
            raise AssertionError(host)

    monkeypatch.setattr(proving, "prover", Known())
    assert bob("POST", "/shops/bobs/domains/tea.cn/proof")[1]["proof"] == "txt"
    assert bob("DELETE", "/shops/bobs/domains/tea.cn")[0] == 200
    assert goods.domains(shop.id) == []


def test_a_program_tells_what_was_missing_and_the_goods_are_sold() -> None:
    shop = shop_of()
    bob = Program(shop.owner_id)
    goods.set_rule(rule=RuleView("酒", required=("酒精度",)), operator_id=shop.owner_id)
    public_id = submit(shop, category="酒")
    address = f"/shops/{shop.slug}/goods/{public_id}/facts"
    status, told = bob("PUT", address, {"attributes": [{"name": "酒精度", "value": "12%"}]})
    assert (status, told["on_sale"], is_on_sale(public_id)) == (200, True, True)
