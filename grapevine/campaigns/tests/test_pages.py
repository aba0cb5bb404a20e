"""Group pages and endpoints over HTTP, tried by the whole cast."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from grapevine.campaigns.models import GroupPlan, Seat
from grapevine.campaigns.tests.cast import Cast, browser, gather, joins, opens, pays
from grapevine.campaigns.web.desk import minor, number
from grapevine.goods import facade as goods
from grapevine.people import facade as people
from grapevine.trade import facade as trade

pytestmark = pytest.mark.django_db
ADDRESS = {
    "name": "林", "phone": "13800138000", "province": "浙江省", "city": "杭州市",
    "district": "西湖区", "detail": "龙井路 1 号",
}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return gather()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def api(person_id: int | None, key: str = "") -> Client:
    headers = {"Idempotency-Key": key or str(uuid4())}
    if person_id is not None:
        headers["Authorization"] = f"Bearer {people.issue_token(person_id, 'test')}"
    return Client(headers=headers)


def test_everybody_with_the_link_sees_the_group_and_what_is_missing(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    joins(cast, cast.carol, lead.group_public_id)
    for person in (None, cast.alice, cast.bob, cast.eve):
        answer = browser(person).get(f"/groups/{lead.group_public_id}/")
        assert answer.status_code == 200
        page = text(answer)
        assert "粗陶马克杯" in page
        assert page.count("还差") >= 1
        assert "待付款" in page
        assert lead.order_number not in page or person == cast.alice
    part = browser(None).get(f"/groups/{lead.group_public_id}/", headers={"HX-Request": "true"})
    assert "<html" not in text(part)


def test_a_stranger_is_sent_to_sign_in_only_when_joining(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    answer = browser(None).get(f"/groups/{lead.group_public_id}/join/")
    assert answer.status_code in (302, 303)
    assert "next=" in answer["Location"]
    assert lead.group_public_id in answer["Location"]
    assert browser(cast.dan).get(f"/groups/{lead.group_public_id}/join/").status_code == 200
    back = browser(cast.alice).get(f"/groups/{lead.group_public_id}/join/")
    assert back["Location"] == f"/groups/{lead.group_public_id}/"
    assert browser(None).get("/groups/nothinghere/").status_code == 404


def test_joining_by_the_form_takes_a_seat(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    form = {**ADDRESS, "count": "1", "key": "form-1"}
    answer = browser(cast.dan).post(f"/groups/{lead.group_public_id}/join/", form)
    assert answer.status_code == 303
    assert answer["Location"].startswith("/pay/")
    assert Seat.objects.filter(person_id=cast.dan, state="held").count() == 1


def test_a_seat_carries_what_the_buyer_wrote_and_saw(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    url = f"/groups/{lead.group_public_id}/join/"
    invoice = {"invoice_kind": "personal", "invoice_title": "丹"}
    form = {**ADDRESS, "count": "1", "key": "form-2", "message": "周末送", **invoice}
    assert "周末送" in text(browser(cast.dan).post(url, {**form, "step": "price"}))
    refused = browser(cast.dan).post(url, {**form, "expected_minor": "5989"})
    assert refused.status_code == 409
    assert not Seat.objects.filter(person_id=cast.dan).exists()
    assert browser(cast.dan).post(url, {**form, "expected_minor": "5990"}).status_code == 303
    order = trade.order_for(cast.dan, Seat.objects.get(person_id=cast.dan).order_number)
    assert order.message == "周末送"
    assert order.invoice is not None
    assert order.invoice.title == "丹"


def test_only_the_shops_own_staff_reach_its_desk(cast: Cast) -> None:
    for person in (cast.alice, cast.carol, cast.dan, cast.eve):
        answer = browser(person).get("/console/halfday/groups/")
        assert answer.status_code == 404
        assert "粗陶马克杯" not in text(answer)
        url = f"/console/halfday/groups/{cast.plan.public_id}/stop/"
        assert browser(person).post(url).status_code == 404
        body = {"goods": cast.cup.public_id, "size": 2, "price_minor": 100, "hours": 1}
        made = api(person).post("/api/v1/shops/halfday/group-plans", body, "application/json")
        assert made.status_code == 404
        assert api(person).get("/api/v1/shops/halfday/groups").status_code == 404
    assert list(GroupPlan.objects.values_list("active", "price_minor")) == [(True, 5990)]
    assert "粗陶马克杯" in text(browser(cast.bob).get("/console/halfday/groups/"))


def test_the_desk_offers_and_refuses(cast: Cast) -> None:
    desk = browser(cast.bob)
    good = {"goods": cast.cup.public_id, "size": "2", "price": "49.9", "hours": "12", "limit": "1"}
    assert desk.post("/console/halfday/groups/", good).status_code == 303
    assert GroupPlan.objects.get(active=True).price_minor == 4990
    assert desk.post("/console/halfday/groups/", {**good, "price": "79"}).status_code == 422
    assert GroupPlan.objects.count() == 2
    plan = GroupPlan.objects.get(active=True)
    assert desk.post(f"/console/halfday/groups/{plan.public_id}/stop/").status_code == 303
    assert not GroupPlan.objects.filter(active=True).exists()


@pytest.mark.parametrize(
    ("typed", "fen"), [("59.9", 5990), ("59", 5900), ("59.99", 5999), ("", -1), ("5.999", -1), ("-1", -1), ("²", -1), ("1.²", -1)]
)  # fmt: skip
def test_amounts_as_typed(typed: str, fen: int) -> None:
    assert minor(typed) == fen


def test_numbers_as_typed() -> None:
    assert [number(text) for text in ("3", "x", "123456", "²")] == [3, 0, 0, 0]


def test_held_seats_have_no_name_for_others_over_the_api(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    joins(cast, cast.carol, lead.group_public_id)
    told = api(None).get(f"/api/v1/groups/{lead.group_public_id}").json()
    assert [(seat["state"], seat["name"]) for seat in told["seats"]] == [
        ("paid", "Alice"), ("held", ""), ("empty", ""),
    ]  # fmt: skip
    listed = api(None).get(f"/api/v1/goods/{cast.cup.public_id}/groups").json()["items"]
    assert [(one["public_id"], one["missing"]) for one in listed] == [(lead.group_public_id, 2)]
    answer = api(None).post(f"/api/v1/groups/{lead.group_public_id}/membership", {}, "application/json")  # fmt: skip
    assert answer.status_code == 401


def test_the_group_shows_where_people_meet_it(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    page = text(browser(None).get(f"/goods/{cast.cup.public_id}/"))
    assert f"/groups/{lead.group_public_id}/" in page
    assert f"/groups/open/?plan={cast.plan.public_id}" in page
    order = text(browser(cast.alice).get(f"/orders/{lead.order_number}/"))
    assert f"/groups/{lead.group_public_id}/" in order
    assert browser(cast.eve).get(f"/orders/{lead.order_number}/").status_code == 404


def test_the_bill_of_a_group_speaks_both_languages(cast: Cast) -> None:
    for language, said in (("zh-hans", "拼团优惠"), ("en", "Group price")):
        alice = browser(cast.alice)
        alice.cookies["django_language"] = language
        sku = goods.goods_detail(cast.cup.public_id).skus[0].code
        page = text(alice.get(f"/groups/open/?plan={cast.plan.public_id}&sku={sku}"))
        assert f"<dt>{said}</dt>" in page


def test_opening_and_joining_over_the_api(cast: Cast) -> None:
    sku = goods.goods_detail(cast.cup.public_id).skus[0].code
    seat = {"sku": sku, "count": 1, "address": ADDRESS}
    body = {**seat, "plan": cast.plan.public_id}
    made = api(cast.alice, "once-1").post("/api/v1/groups", body, "application/json")
    assert (made.status_code, made.json()["total_minor"]) == (201, 5990)
    twice = api(cast.alice, "once-1").post("/api/v1/groups", body, "application/json")
    assert twice.json() == made.json()
    url = f"/api/v1/groups/{made.json()['group']}/membership"
    assert api(cast.dan).post(url, seat, "application/json").status_code == 201
    again = api(cast.alice).post(url, seat, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "campaigns.already_in")
    told = api(cast.bob).get("/api/v1/shops/halfday/groups").json()["items"]
    assert [(one["held"], one["paid"]) for one in told] == [(2, 0)]
    plan = api(None).get(f"/api/v1/goods/{cast.cup.public_id}/group-plan").json()["plan"]
    assert (plan["size"], plan["price_minor"]) == (3, 5990)
    plans = "/api/v1/shops/halfday/group-plans"
    body = {"goods": cast.cup.public_id, "size": 4, "price_minor": 4990}
    made = api(cast.bob).post(plans, body, "application/json").json()
    newest = api(cast.bob).get(f"{plans}?limit=1").json()
    assert newest["items"] == [made]
    older = api(cast.bob).get(f"{plans}?cursor={newest['next_cursor']}").json()
    assert [(one["public_id"], one["size"], one["active"]) for one in older["items"]] == [
        (cast.plan.public_id, 3, False)
    ]
    assert older["next_cursor"] is None
    assert api(cast.dan).get(plans).status_code == 404
    stop = api(cast.bob).delete(f"{plans}/{cast.plan.public_id}")
    assert stop.status_code == 204
