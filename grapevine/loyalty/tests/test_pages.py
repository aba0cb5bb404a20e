"""Pages and endpoints over HTTP, tried by the whole cast."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grapevine.loyalty import facade
from grapevine.loyalty.contracts import Level
from grapevine.loyalty.models import Exclusion, Member
from grapevine.loyalty.tests.cast import (
    LADDER,
    Cast,
    api,
    bought,
    browser,
    finished,
    gather,
    placed,
    points,
    refunded,
)
from grapevine.trade import facade as trade
from grapevine.trade.contracts import Wishes

pytestmark = pytest.mark.django_db
ADDRESS = {
    "name": "林", "phone": "13800138000", "province": "浙江省", "city": "杭州市",
    "district": "西湖区", "detail": "龙井路 1 号",
}  # fmt: skip
LEVELS = {"name": ["粉丝", "熟客", "", ""], "threshold": ["0", "500", "", ""], "percent": ["95", "90", "", ""]}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    found = gather()
    facade.set_levels(shop_id=found.bobs.id, levels=LADDER)
    return found


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content.decode())


def plain(page: str) -> str:
    return re.sub(r"<[^>]+>|\s", "", page)


def cost(person_id: int | None, path: str) -> int:
    client = browser(person_id)
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        text(client.get(path))
    return len(seen)


def test_strangers_are_sent_to_sign_in(cast: Cast) -> None:
    for path in ("/points/", "/memberships/"):
        assert "next=" in browser(None).get(path)["Location"]
    for path in ("/shop/bobs/membership/", "/shop/bobs/membership/end/"):
        assert browser(None).post(path).status_code in (302, 303)
        assert browser(cast.alice).get(path).status_code == 405
    assert not Member.objects.exists()
    for method, path in (
        ("GET", "/me/points"), ("GET", "/me/points/statement"), ("GET", "/me/memberships"),
        ("PUT", "/shops/bobs/membership"), ("DELETE", "/shops/bobs/membership"),
    ):  # fmt: skip
        assert api(None, method, path).status_code == 401


def test_my_points_page_says_how_much_and_why(cast: Cast) -> None:
    page = plain(text(browser(cast.alice).get("/points/")))
    assert "还没有积分" in page
    assert "实付每满1元得1积分" in page
    assert "100积分抵1元，一次最多抵优惠后商品金额的50%" in page
    finished(cast, cast.alice, (cast.cup, 20))
    refunded(bought(cast.alice, (cast.cup, 1), points=300).order_numbers[0])
    placed(cast.alice, (cast.cup, 1), points=200)
    page = text(browser(cast.alice).get("/points/"))
    said = plain(page)
    assert "可用积分1199" in said
    assert "可抵¥11.99" in said
    assert "200积分在还没付款的订单里" in said
    reasons = re.findall("购物得积分|订单退款，积分退回|下单抵现", said)
    assert reasons == ["下单抵现", "订单退款，积分退回", "下单抵现", "购物得积分"]
    assert re.findall(r'<b class="num">([^<]+)</b></li>', page) == ["−200", "+300", "−300", "+1399"]
    assert "1199" not in text(browser(cast.eve).get("/points/"))


def test_the_pages_speak_english(cast: Cast) -> None:
    finished(cast, cast.alice, (cast.cup, 1))
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    client = browser(cast.alice)
    client.cookies["django_language"] = "en"
    said = {path: text(client.get(path)) for path in ("/points/", "/memberships/", "/shop/bobs/")}
    assert "Earned by shopping" in said["/points/"]
    assert "up to 50% of the goods" in said["/points/"]
    assert "5% off" in said["/memberships/"]
    assert "My level" in said["/shop/bobs/"]


def test_the_statement_is_pages_and_costs_the_same(cast: Cast) -> None:
    for _ in range(3):
        finished(cast, cast.alice, (cast.cup, 1))
    few = cost(cast.alice, "/points/")
    for _ in range(19):
        trade.cancel_order(
            buyer_id=cast.alice,
            number=placed(cast.alice, (cast.tea, 1), points=10).order_numbers[0],
        )
    assert cost(cast.alice, "/points/") == few == 5
    first = api(cast.alice, "GET", "/me/points/statement?limit=20").json()
    assert len(first["items"]) == 20
    rest = api(cast.alice, "GET", f"/me/points/statement?cursor={first['next_cursor']}").json()
    assert (len(rest["items"]), rest["next_cursor"]) == (2, None)
    lines = first["items"] + rest["items"]
    assert sum(one["points"] for one in lines) == points(cast.alice)[0]
    assert [one["kind"] for one in lines[-3:]] == ["points.earned"] * 3
    assert 'rel="next"' in text(browser(cast.alice).get("/points/"))
    assert api(cast.alice, "GET", "/me/points/statement?cursor=x").status_code == 400


def test_my_points_over_the_api(cast: Cast) -> None:
    finished(cast, cast.alice, (cast.cup, 20))
    placed(cast.alice, (cast.cup, 1), points=200)
    assert api(cast.alice, "GET", "/me/points").json() == {
        "points": 1199, "set_aside": 200, "worth_minor": 1199, "per_yuan": 100,
        "earned_per_yuan": 1, "share_bps": 5000,
    }  # fmt: skip
    assert api(cast.eve, "GET", "/me/points").json()["points"] == 0


def fields(page: str) -> dict[str, str]:
    """What the checkout's form sends as the page stands: hidden fields, and points if they are ticked."""
    names = ("key", "expected_minor", "seen", "sku", "count", "from")
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in names}
    ticked = re.search(r'name="points_minor"[^>]* value="(\d+)" checked', page)
    sent = {name: unescape(one.group(1)) for name, one in found.items() if one}
    return sent | ({"points_minor": ticked.group(1)} if ticked else {})


def test_paying_with_points_at_the_checkout(cast: Cast) -> None:
    finished(cast, cast.alice, (cast.cup, 20))
    alice = browser(cast.alice)
    page = text(alice.get(f"/checkout/?sku={cast.cup.code}&count=1"))
    assert "这一单可用1399积分抵¥13.99，不用则留着" in plain(page)
    assert "积分抵扣" not in plain(page)
    sent = fields(page)
    assert ("points_minor" in sent, sent["expected_minor"]) == (False, "6999")
    offered = re.search(r'name="points_minor"[^>]* value="(\d+)">', page)
    assert offered
    page = text(alice.post("/checkout/", sent | {"points_minor": offered[1], "step": "price"}))
    assert "这一单用1399积分抵¥13.99" in plain(page)
    assert "积分抵扣−¥13.99" in plain(page)
    sent = fields(page)
    assert (sent["points_minor"], sent["expected_minor"]) == ("1399", "5600")
    left = {name: value for name, value in sent.items() if name != "points_minor"}
    assert (
        fields(text(alice.post("/checkout/", left | {"step": "price"})))["expected_minor"] == "6999"
    )
    assert points(cast.alice) == (1399, 0), "nothing is set aside before the order"
    answer = alice.post("/checkout/", sent | ADDRESS)
    assert answer.status_code == 303
    assert points(cast.alice) == (0, 1399)
    again = alice.post("/checkout/", sent | ADDRESS | {"key": "another"})
    assert "价格变了" in text(again, 409)
    assert points(cast.alice) == (0, 1399)


def test_a_checkout_without_points_does_not_speak_of_them(cast: Cast) -> None:
    assert "积分" not in text(browser(cast.eve).get(f"/checkout/?sku={cast.cup.code}&count=1"))


def test_paying_with_points_over_the_api(cast: Cast) -> None:
    finished(cast, cast.alice, (cast.cup, 20))
    body = {"lines": [{"sku": cast.cup.code, "count": 1}], "points_minor": 1000}
    quoted = api(cast.alice, "POST", "/quotes", body).json()
    assert quoted["total_minor"] == 5999
    order = body | {"address": ADDRESS, "expected_minor": 5999}
    assert api(cast.alice, "POST", "/orders", order).json()["total_minor"] == 5999
    short = api(cast.alice, "POST", "/orders", order)
    assert (short.status_code, short.json()["code"]) == (409, "trade.price_changed")
    assert points(cast.alice) == (399, 1000)


def test_everybody_sees_the_levels_and_joins_on_the_shop_page(cast: Cast) -> None:
    for person in (None, cast.alice, cast.bob):
        page = plain(text(browser(person).get("/shop/bobs/")))
        assert "粉丝加入就有9.5折" in page
        assert "熟客近一年在本店消费满¥5009折" in page
        assert "加入会员" in page
    assert "加入会员" not in text(browser(cast.alice).get("/shop/carols/"))
    alice = browser(cast.alice)
    assert alice.post("/shop/bobs/membership/")["Location"] == "/shop/bobs/"
    page = plain(text(alice.get("/shop/bobs/")))
    assert "粉丝我的等级" in page
    assert "再满¥500升到熟客" in page
    assert alice.post("/shop/carols/membership/").status_code == 404
    assert alice.post("/shop/nowhere/membership/").status_code == 404
    assert "半日" in text(alice.get("/memberships/"))
    assert alice.post("/shop/bobs/membership/end/").status_code == 303
    assert "还没有加入会员" in text(alice.get("/memberships/"))


def test_the_goods_page_shows_the_member_price_before_joining(cast: Cast) -> None:
    path = f"/goods/{cast.cup.goods_public_id}/"
    page = plain(text(browser(None).get(path)))
    assert "会员价¥66.49加入会员免费，人人可以加入" in page
    alice = browser(cast.alice)
    back = alice.post("/shop/bobs/membership/", {"next": path})
    assert back["Location"] == path
    away = alice.post("/shop/bobs/membership/", {"next": "https://elsewhere.example/"})
    assert away["Location"] == "/shop/bobs/"
    assert "会员价¥66.49粉丝·9.5折·下单时自动用上" in plain(text(alice.get(path)))
    facade.exclude_goods(shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id)
    assert "会员价" not in text(alice.get(path))
    assert "会员价" not in text(alice.get(f"/goods/{cast.tea.goods_public_id}/"))


def test_what_the_panels_cost(cast: Cast) -> None:
    """Queries more than on the same page of a shop without a membership: levels for everybody, then my own."""
    bobs, carols = f"/goods/{cast.cup.goods_public_id}/", f"/goods/{cast.tea.goods_public_id}/"
    more = [cost(one, bobs) - cost(one, carols) for one in (None, cast.alice)]
    assert more == [1, 2]
    shop = [cost(one, "/shop/bobs/") - cost(one, "/shop/carols/") for one in (None, cast.alice)]
    assert shop == [0, 1]


def test_the_membership_over_the_api(cast: Cast) -> None:
    finished(cast, cast.alice, (cast.cup, 8))
    seen = api(None, "GET", "/shops/bobs/membership").json()
    assert (seen["is_member"], seen["level"]["name"], len(seen["levels"])) == (False, "粉丝", 3)
    for _ in range(2):
        mine = api(cast.alice, "PUT", "/shops/bobs/membership").json()
    assert mine == {
        "levels": [
            {"name": "粉丝", "threshold_minor": 0, "rate_bps": 9500},
            {"name": "熟客", "threshold_minor": 50_000, "rate_bps": 9000},
            {"name": "家人", "threshold_minor": 200_000, "rate_bps": 8500},
        ],
        "is_member": True, "level": {"name": "熟客", "threshold_minor": 50_000, "rate_bps": 9000},
        "spent_minor": 55_992,
        "following": {"name": "家人", "threshold_minor": 200_000, "rate_bps": 8500},
        "missing_minor": 144_008,
    }  # fmt: skip
    listed = api(cast.alice, "GET", "/me/memberships").json()["items"]
    assert [(one["shop"], one["membership"]) for one in listed] == [("bobs", mine)]
    assert api(cast.eve, "GET", "/me/memberships").json()["items"] == []
    assert api(cast.alice, "DELETE", "/shops/bobs/membership").status_code == 204
    assert not Member.objects.exists()
    missing = api(None, "GET", "/shops/carols/membership")
    assert (missing.status_code, missing.json()["code"]) == (404, "loyalty.no_membership")
    assert api(cast.alice, "PUT", "/shops/carols/membership").status_code == 404


def test_only_the_shops_own_staff_set_its_levels(cast: Cast) -> None:
    body = {"levels": [{"name": "会员", "threshold_minor": 0, "rate_bps": 5000}]}
    cup = cast.cup.goods_public_id
    for person in (cast.alice, cast.carol, cast.eve):
        assert browser(person).get("/console/bobs/members/").status_code == 404
        assert browser(person).post("/console/bobs/members/", LEVELS).status_code == 404
        assert browser(person).post(f"/console/bobs/members/{cup}/price/").status_code == 404
        assert api(person, "PUT", "/shops/bobs/levels", body).status_code == 404
        for method in ("PUT", "DELETE"):
            path = f"/shops/bobs/goods/{cup}/exclusion"
            assert api(person, method, path).status_code == 404
            assert api(None, method, path).status_code == 401
    foreign = f"/shops/carols/goods/{cup}/exclusion"
    assert api(cast.carol, "PUT", foreign).status_code == 404, "her shop, his goods"
    assert facade.levels_of(cast.bobs.id) == list(LADDER)
    assert not Exclusion.objects.exists()


def test_the_desk_sets_levels_and_refuses_nonsense(cast: Cast) -> None:
    desk = browser(cast.bob)
    page = text(desk.get("/console/bobs/members/"))
    assert re.findall(r'name="threshold"[^>]*value="([^"]*)"', page) == ["0", "500", "2000", "", ""]
    assert "0 位会员" in page
    assert desk.post("/console/bobs/members/", LEVELS).status_code == 303
    assert facade.levels_of(cast.bobs.id) == [Level("粉丝", 0, 9500), Level("熟客", 50_000, 9000)]
    wrong = LEVELS | {"threshold": ["0", "abc", "", ""], "percent": ["95", "96", "", ""]}
    page = text(desk.post("/console/bobs/members/", wrong), 422)
    assert "门槛要一级比一级高" in page
    assert "等级越高，价格不能越贵" in page
    assert 'value="abc"' in page, "what was typed stays"
    assert len(facade.levels_of(cast.bobs.id)) == 2
    assert desk.post("/console/bobs/members/", {"name": ["", ""], "threshold": ["", ""], "percent": ["", ""]}).status_code == 303  # fmt: skip
    assert facade.levels_of(cast.bobs.id) == []
    assert desk.post("/console/bobs/members/", {}).status_code == 303


def test_the_desk_keeps_goods_out(cast: Cast) -> None:
    desk = browser(cast.bob)
    path = f"/console/bobs/members/{cast.cup.goods_public_id}/price/"
    assert desk.post(path, {"on": "0"}).status_code == 303
    assert list(Exclusion.objects.values_list("goods_id", flat=True)) == [cast.cup.goods_id]
    assert "恢复会员价" in text(desk.get("/console/bobs/members/"))
    assert desk.post(path, {"on": "1"}).status_code == 303
    assert not Exclusion.objects.exists()


def test_levels_over_the_api(cast: Cast) -> None:
    body = {"levels": [{"name": " 会员 ", "threshold_minor": 0, "rate_bps": 9800}]}
    told = api(cast.bob, "PUT", "/shops/bobs/levels", body).json()
    assert told == {"levels": [{"name": "会员", "threshold_minor": 0, "rate_bps": 9800}]}
    body["levels"][0]["threshold_minor"] = 5
    refused = api(cast.bob, "PUT", "/shops/bobs/levels", body)
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["threshold"])
    cup = cast.cup.goods_public_id
    assert api(cast.bob, "PUT", f"/shops/bobs/goods/{cup}/exclusion").status_code == 204
    assert Exclusion.objects.get().goods_id == cast.cup.goods_id
    assert api(cast.bob, "DELETE", f"/shops/bobs/goods/{cup}/exclusion").status_code == 204
    assert not Exclusion.objects.exists()


def test_a_member_sees_the_price_at_the_checkout(cast: Cast) -> None:
    facade.join(person_id=cast.alice, shop_id=cast.bobs.id)
    page = plain(text(browser(cast.alice).get(f"/checkout/?sku={cast.cup.code}&count=1")))
    assert "会员价−¥3.50" in page
    quote = trade.quote(buyer_id=cast.alice, lines=[(cast.cup.sku_id, 1)], wishes=Wishes())
    assert quote.total_minor == 6649


def test_my_own_pages_are_reached_from_me(cast: Cast) -> None:
    page = text(browser(cast.alice).get("/me/"))
    assert 'href="/points/"' in page
    assert 'href="/memberships/"' in page
