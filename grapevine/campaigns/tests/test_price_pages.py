"""Coupons, reductions and flash sales over HTTP: pages, endpoints, and who may do what."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from grapevine.campaigns.actions import coupons
from grapevine.campaigns.models import Coupon, CouponPlan, FlashSale, Reduction
from grapevine.campaigns.tests.cast import browser
from grapevine.campaigns.tests.prices_cast import (
    Stage,
    buys,
    coupon_terms,
    offer_coupons,
    offer_reduction,
    plan_flash,
    stage,
)
from grapevine.campaigns.tests.test_pages import api, text
from grapevine.people import facade as people

pytestmark = pytest.mark.django_db
DESK = "/console/halfday/promotions/"
GOODS_PAGE, SHOP_PAGE, WALLET_PAGE, DESK_PAGE = 18, 14, 5, 12
"""What these pages ask, of which 3, 2, 2 and 4 are campaigns' own; goods and shop ask once for member levels too,
goods twice and shop four times for reviews and ratings; all but the wallet once for cooperations."""


@pytest.fixture
def on() -> Stage:
    return stage()


def local(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M:%S}"


def coupon_form(on: Stage, **changes: str) -> dict[str, str]:
    plain = {
        "then": "save", "kind": "fixed", "worth": "10", "threshold": "100", "audience": "everyone",
        "issue_limit": "50", "per_person": "1", "ends_at": local(on.now + timedelta(days=3)),
    }  # fmt: skip
    return {**plain, **changes}


def make_operator(person_id: int) -> None:
    get_user_model().objects.filter(pk=person_id).update(is_operator=True)


# ---- for buyers -------------------------------------------------------------------------------


def test_a_coupon_is_taken_on_the_shop_page_and_found_in_the_wallet(on: Stage) -> None:
    plan = offer_coupons(on)
    offer_reduction(on, (20000, 3000))
    alice = browser(on.alice)
    page = text(alice.get("/shop/halfday/"))
    assert "满200减30" in page
    assert f"/coupons/{plan.public_id}/take/" in page
    answer = alice.post(f"/coupons/{plan.public_id}/take/", {"next": "/shop/halfday/"})
    assert (answer.status_code, answer["Location"]) == (303, "/shop/halfday/")
    after = text(alice.get("/shop/halfday/"))
    assert "已领" in after
    assert f"/coupons/{plan.public_id}/take/" not in after
    wallet = text(alice.get("/coupons/"))
    assert wallet.count('class="coupon"') == 1
    assert "半日" in wallet
    assert text(browser(on.carol).get("/coupons/")).count('class="coupon"') == 0


def test_the_wallet_shows_what_was_used_and_what_expired(on: Stage) -> None:
    plan = offer_coupons(on, per_person=3)
    for _ in range(3):
        coupons.take_coupon(person_id=on.alice, plan_id=plan.public_id)
    buys(on.alice, (on.tea, 1))
    old = Coupon.objects.filter(state="held").first()
    assert old is not None
    Coupon.objects.filter(pk=old.pk).update(until=on.now - timedelta(days=1))
    alice = browser(on.alice)
    for state, said in (("usable", "去用"), ("used", "省了 ¥10"), ("expired", "过期了")):
        page = text(alice.get(f"/coupons/?state={state}"))
        assert (page.count('class="coupon"'), said in page) == (1, True)
    assert alice.get("/coupons/?state=nonsense").status_code == 200


def test_a_stranger_is_sent_to_sign_in(on: Stage) -> None:
    plan = offer_coupons(on)
    for answer in (browser(None).get("/coupons/"), browser(None).post(f"/coupons/{plan.public_id}/take/")):  # fmt: skip
        assert answer.status_code in (302, 303)
        assert "next=" in answer["Location"]
    assert not Coupon.objects.exists()


def test_a_refusal_is_said_where_the_coupon_was_seen(on: Stage) -> None:
    plan = offer_coupons(on, audience="fans")
    alice = browser(on.alice)
    answer = alice.post(
        f"/coupons/{plan.public_id}/take/", {"next": "https://elsewhere.example/"}, follow=True
    )
    assert answer.redirect_chain == [("/coupons/", 303)]
    assert "这种券你还不能领" in text(answer)
    assert not Coupon.objects.exists()


def test_the_goods_page_says_until_when_the_flash_price_holds(on: Stage) -> None:
    made = plan_flash(on)
    page = text(browser(None).get(f"/goods/{on.cup.goods_public_id}/"))
    assert 'id="flash"' in page
    assert "还剩 20/20 件" in page
    assert made.ends_at.isoformat(timespec="seconds") in page
    assert 'id="flash"' not in text(browser(None).get(f"/goods/{on.tea.goods_public_id}/"))


@pytest.mark.parametrize("count", [0, 1, 12])
def test_the_panels_of_a_goods_page_ask_the_same_whatever_there_is(
    count: int, on: Stage, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        offer_coupons(on, worth_minor=1000 + n)
        offer_reduction(on, (20000, 3000 + n))
        start = on.now + timedelta(hours=n)
        plan_flash(on, starts_at=start, ends_at=start + timedelta(hours=1))
    client = browser(None)
    client.get(f"/goods/{on.cup.goods_public_id}/")
    with django_assert_num_queries(GOODS_PAGE):
        client.get(f"/goods/{on.cup.goods_public_id}/")
    with django_assert_num_queries(SHOP_PAGE):
        client.get("/shop/halfday/")


@pytest.mark.parametrize("count", [1, 12])
def test_the_wallet_asks_the_same_for_one_and_for_twelve(
    count: int, on: Stage, django_assert_num_queries: Any
) -> None:
    plan = offer_coupons(on, per_person=12)
    for _ in range(count):
        coupons.take_coupon(person_id=on.alice, plan_id=plan.public_id)
    client = browser(on.alice)
    client.get("/coupons/")
    with django_assert_num_queries(WALLET_PAGE):
        client.get("/coupons/")


# ---- the desk ---------------------------------------------------------------------------------


def test_only_the_shops_own_staff_reach_its_desk(on: Stage) -> None:
    plan = offer_coupons(on, audience="named")
    cut, sale = offer_reduction(on, (20000, 3000)), plan_flash(on)
    forms = {"coupons": plan.public_id, "reductions": cut.public_id, "flash": sale.public_id}
    for person in (on.alice, on.carol, on.eve):
        client = browser(person)
        for path in ("", "coupons/new/", "reductions/new/", "flash/new/"):
            assert client.get(DESK + path).status_code == 404
        for kind, public_id in forms.items():
            assert client.post(f"{DESK}{kind}/{public_id}/stop/").status_code == 404
        gift = {"handles": people.cards([person])[person].handle}
        assert client.post(f"{DESK}coupons/{plan.public_id}/gifts/", gift).status_code == 404
        assert client.post(f"{DESK}coupons/new/", coupon_form(on)).status_code == 404
        assert client.get("/operator/coupons/").status_code == 404
        assert client.post("/operator/coupons/new/", coupon_form(on)).status_code == 404
    assert CouponPlan.objects.filter(stopped_at=None).count() == 1
    assert Reduction.objects.filter(stopped_at=None).count() == 1
    assert FlashSale.objects.filter(stopped_at=None).count() == 1
    assert not Coupon.objects.exists()


def test_the_desk_previews_then_gives_out_a_coupon(on: Stage) -> None:
    bob = browser(on.bob)
    assert "买家看到的" in text(bob.get(f"{DESK}coupons/new/"))
    form = coupon_form(on, kind="percent", tenths="8.5", worth="40", budget="400")
    seen = bob.post(f"{DESK}coupons/new/", {**form, "then": "preview"})
    assert seen.status_code == 200
    for said in ("8.5 折", "最多减 ¥40", "满 ¥100 可用", "最多发 10 张"):
        assert said in text(seen)
    assert not CouponPlan.objects.exists()
    assert bob.post(f"{DESK}coupons/new/", form).status_code == 303
    plan = CouponPlan.objects.get()
    assert (plan.rate_bps, plan.worth_minor, plan.threshold_minor) == (1500, 4000, 10000)
    assert (plan.issue_limit, plan.budget_minor, plan.title) == (10, 40000, "满100打8.5折")
    assert "0/10" in text(bob.get(DESK))
    assert bob.post(f"{DESK}coupons/{plan.public_id}/stop/").status_code == 303
    assert "已停止" in text(bob.get(DESK))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"worth": "x"}, "填减多少"), ({"worth": "100"}, "减的要比门槛少"),
        ({"kind": "percent", "tenths": ""}, "折扣在"), ({"kind": "percent", "tenths": "²"}, "折扣在"),
        ({"kind": "percent", "tenths": "10"}, ""), ({"ends_at": ""}, "结束要晚于开始"),
        ({"ends_at": "2026-02-31T00:00"}, "结束要晚于开始"), ({"issue_limit": "0"}, "发行量在"),
        ({"per_person": "1e3"}, "每人限领在"), ({"budget": "9.99"}, "预算至少"),
        ({"audience": "rich"}, "不知道发给谁"), ({"days": "0"}, "天内有效"),
        ({"skus": "no-such"}, "不是本店的商品"),
    ],
)  # fmt: skip
def test_the_desk_says_what_is_wrong(wrong: dict[str, str], said: str, on: Stage) -> None:
    answer = browser(on.bob).post(f"{DESK}coupons/new/", coupon_form(on, **wrong))
    if not said:
        assert answer.status_code == 303  # ten tenths is no cut at all: then it is a fixed coupon
        return
    assert answer.status_code == 422
    assert said in text(answer)
    assert not CouponPlan.objects.exists()


def test_the_desk_offers_a_reduction_of_chosen_goods(on: Stage) -> None:
    form = {
        "over": ["200", "300", ""], "cut": ["30", "50", ""], "goods": [on.tea.goods_public_id],
        "ends_at": local(on.now + timedelta(days=1)), "then": "preview",
    }  # fmt: skip
    bob = browser(on.bob)
    assert bob.get(f"{DESK}reductions/new/").status_code == 200
    seen = text(bob.post(f"{DESK}reductions/new/", form))
    assert "满200减30，满300减50" in seen
    assert "买满 ¥200，付 ¥170" in seen
    assert bob.post(f"{DESK}reductions/new/", {**form, "then": "save"}).status_code == 303
    made = Reduction.objects.get()
    assert (made.tiers, made.scope) == ([[20000, 3000], [30000, 5000]], {"goods": [on.tea.goods_id]})  # fmt: skip
    bad = bob.post(f"{DESK}reductions/new/", {**form, "over": ["20"], "then": "save"})
    assert (bad.status_code, "每一档减的要比门槛少" in text(bad)) == (422, True)
    assert bob.post(f"{DESK}reductions/{made.public_id}/stop/").status_code == 303
    assert bob.post(f"{DESK}nothing/{made.public_id}/stop/").status_code == 404


def test_the_desk_plans_a_flash_sale_of_one_sku(on: Stage) -> None:
    bob, url = browser(on.bob), f"{DESK}flash/new/"
    assert on.cup.goods_public_id in text(bob.get(url))
    assert on.cup.code in text(bob.get(f"{url}?goods={on.cup.goods_public_id}"))
    form = {
        "goods": on.cup.goods_public_id, "sku": on.cup.code, "price": "39.9", "quota": "20",
        "per_person": "2", "ends_at": local(on.now + timedelta(hours=2)), "then": "preview",
    }  # fmt: skip
    assert "还剩 20/20 件" in text(bob.post(url, form))
    assert not FlashSale.objects.exists()
    assert bob.post(url, {**form, "then": "save"}).status_code == 303
    sale = FlashSale.objects.get()
    assert (sale.price_minor, sale.quota, sale.per_person) == (3990, 20, 2)
    again = bob.post(url, {**form, "then": "save"})
    assert (again.status_code, "已经有限时特价" in text(again)) == (409, True)
    dear = bob.post(url, {**form, "price": "60", "then": "save"})
    assert (dear.status_code, "特价要比原价便宜" in text(dear)) == (422, True)
    assert "0/20" in text(bob.get(DESK))
    assert bob.post(f"{DESK}flash/{sale.public_id}/stop/").status_code == 303
    assert bob.get(f"{url}?goods=nothinghere").status_code == 404


def test_the_desk_gives_coupons_to_named_people(on: Stage) -> None:
    plan = offer_coupons(on, audience="named")
    bob, handle = browser(on.bob), people.cards([on.eve])[on.eve].handle
    url = f"{DESK}coupons/{plan.public_id}/gifts/"
    assert bob.post(url, {"handles": f"@{handle}"}).status_code == 303
    assert "送出 1 张" in text(bob.get(DESK))
    bob.post(url, {"handles": "nobody-here"})
    assert "没有找到这个人" in text(bob.get(DESK))
    assert list(Coupon.objects.values_list("person_id", flat=True)) == [on.eve]


def test_operators_give_out_the_platforms_coupons(on: Stage) -> None:
    make_operator(on.carol)
    carol = browser(on.carol)
    assert carol.get("/operator/coupons/new/").status_code == 200
    assert carol.post("/operator/coupons/new/", coupon_form(on)).status_code == 303
    plan = CouponPlan.objects.get()
    assert plan.shop_id == 0
    assert "满100减10" in text(carol.get("/operator/coupons/"))
    assert f"/coupons/{plan.public_id}/take/" in text(browser(on.alice).get("/shop/halfday/"))
    assert carol.post(f"/operator/coupons/{plan.public_id}/stop/").status_code == 303
    assert CouponPlan.objects.get().stopped_at is not None


@pytest.mark.parametrize("count", [1, 12])
def test_the_desk_asks_the_same_for_one_and_for_twelve(
    count: int, on: Stage, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        offer_coupons(on)
        offer_reduction(on, (20000, 3000))
        start = on.now + timedelta(hours=n)
        plan_flash(on, starts_at=start, ends_at=start + timedelta(hours=1))
    bob = browser(on.bob)
    bob.get(DESK)
    with django_assert_num_queries(DESK_PAGE):
        bob.get(DESK)


# ---- endpoints --------------------------------------------------------------------------------


def body(on: Stage, **changes: Any) -> dict[str, Any]:
    window = {"starts_at": on.now.isoformat(), "ends_at": (on.now + timedelta(days=1)).isoformat()}
    return {**window, **changes}


def test_coupons_over_the_api(on: Stage) -> None:
    bob, alice = api(on.bob), api(on.alice)
    given = body(on, worth_minor=1000, threshold_minor=10000, issue_limit=5)
    made = bob.post("/api/v1/shops/halfday/coupon-plans", given, "application/json")
    assert made.status_code == 201
    plan_id = made.json()["public_id"]
    shown = api(None).get("/api/v1/shops/halfday/coupons").json()["items"]
    assert [(one["public_id"], one["title"], one["takeable"]) for one in shown] == [
        (plan_id, "满100减10", True)
    ]
    assert "issued" not in shown[0]
    taken = alice.post(f"/api/v1/coupon-plans/{plan_id}/coupons")
    assert taken.status_code == 201
    again = api(on.alice).post(f"/api/v1/coupon-plans/{plan_id}/coupons")
    assert (again.status_code, again.json()["code"]) == (409, "campaigns.coupon_taken")
    mine = alice.get("/api/v1/me/coupons").json()["items"]
    assert [one["public_id"] for one in mine] == [taken.json()["public_id"]]
    assert alice.get("/api/v1/me/coupons?state=used").json()["items"] == []
    assert alice.get("/api/v1/me/coupons?state=lost").status_code == 422
    listed = bob.get("/api/v1/shops/halfday/coupon-plans").json()["items"]
    assert [(one["issued"], one["issue_limit"]) for one in listed] == [(1, 5)]
    url = f"/api/v1/shops/halfday/coupon-plans/{plan_id}"
    assert api(on.eve).delete(url).status_code == 404
    assert api(on.bob).delete(url).status_code == 204
    assert api(None).post(f"/api/v1/coupon-plans/{plan_id}/coupons").status_code == 401


def test_reductions_and_flash_sales_over_the_api(on: Stage) -> None:
    tiers = [{"threshold_minor": 20000, "cut_minor": 3000}]
    cut = api(on.bob).post("/api/v1/shops/halfday/reductions", body(on, tiers=tiers), "application/json")  # fmt: skip
    assert (cut.status_code, cut.json()["title"]) == (201, "满200减30")
    given = body(on, sku=on.cup.code, price_minor=3990, quota=20)
    sale = api(on.bob).post("/api/v1/shops/halfday/flash-sales", given, "application/json")
    assert (sale.status_code, sale.json()["left"]) == (201, 20)
    offers = api(None).get(f"/api/v1/goods/{on.cup.goods_public_id}/offers").json()
    assert [one["price_minor"] for one in offers["flash_sales"]] == [3990]
    assert [one["tiers"] for one in offers["reductions"]] == [tiers]
    for path, public_id in (("reductions", cut), ("flash-sales", sale)):
        listed = api(on.bob).get(f"/api/v1/shops/halfday/{path}").json()["items"]
        assert [one["public_id"] for one in listed] == [public_id.json()["public_id"]]
        url = f"/api/v1/shops/halfday/{path}/{public_id.json()['public_id']}"
        assert api(on.eve).get(f"/api/v1/shops/halfday/{path}").status_code == 404
        assert api(on.eve).delete(url).status_code == 404
        assert api(on.bob).delete(url).status_code == 204


def test_what_the_api_refuses(on: Stage) -> None:
    url = "/api/v1/shops/halfday/coupon-plans"
    good = body(on, worth_minor=1000, issue_limit=5)
    for wrong in (
        {"worth_minor": 0}, {"worth_minor": 10**30}, {"issue_limit": -1}, {"budget_minor": 5},
        {"starts_at": "2026-01-01T00:00:00"}, {"ends_at": "9999-12-31T23:59:59-14:00"},
        {"starts_at": "9999-01-01T00:00:00Z", "ends_at": "9999-12-31T23:59:59-14:00"},
        {"title": "a\x00b"}, {"days": 10**9}, {"scope": {"skus": ["nobody's"]}},
    ):  # fmt: skip
        answer = api(on.bob).post(url, {**good, **wrong}, "application/json")
        assert answer.status_code == 422, wrong
    assert api(on.eve).post(url, good, "application/json").status_code == 404
    assert api(on.bob).post("/api/v1/platform/coupon-plans", good, "application/json").status_code == 404  # fmt: skip
    assert not CouponPlan.objects.exists()


def test_operators_and_gifts_over_the_api(on: Stage) -> None:
    make_operator(on.carol)
    good = body(on, worth_minor=1000, issue_limit=5)
    made = api(on.carol).post("/api/v1/platform/coupon-plans", good, "application/json")
    assert (made.status_code, made.json()["by_platform"]) == (201, True)
    listed = api(on.carol).get("/api/v1/platform/coupon-plans").json()["items"]
    assert [one["public_id"] for one in listed] == [made.json()["public_id"]]
    url = f"/api/v1/platform/coupon-plans/{made.json()['public_id']}"
    assert api(on.bob).delete(url).status_code == 404
    assert api(on.carol).delete(url).status_code == 204
    plan = coupons.create_coupons(shop_id=on.shop.id, new=coupon_terms(on.now, audience="named"))
    gifts = {"handles": [people.cards([on.eve])[on.eve].handle]}
    path = f"/api/v1/shops/halfday/coupon-plans/{plan.public_id}/gifts"
    assert api(on.eve).post(path, gifts, "application/json").status_code == 404
    assert api(on.bob).post(path, gifts, "application/json").json() == {"given": 1}
