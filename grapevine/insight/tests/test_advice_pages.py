"""From a finding to a draft to the thing itself, through the pages; what is written down of it; who may."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.module_loading import import_string

from grapevine.campaigns import facade as campaigns
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, Role, ShopCard, Want
from grapevine.insight.actions import advising, carrying, judging
from grapevine.insight.advising import AdviceOver, Kind
from grapevine.insight.models import (
    Advice,
    AdviceDraft,
    AdviceOutcome,
    AdviceSuccess,
    DailyFact,
    GoodsFact,
)
from grapevine.insight.queries import advices as queries
from grapevine.insight.queries.situation import fans_to_wake
from grapevine.insight.queries.windows import local_day
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.scene import facade as scene
from grapevine.spread import facade as spread
from grapevine.spread.contracts import ImportedSale, ImportedShare
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder

CouponPlan, Staff, Notice = (
    apps.get_model(name) for name in ("campaigns.CouponPlan", "goods.Staff", "reach.Notice")
)
pytestmark = pytest.mark.django_db


def person(name: str) -> int:
    return people.sign_up(
        identifier=f"{name}@example.com", password="vine-and-grape-7", name=name.title()
    )


@dataclass
class World:
    bob: int
    shop: ShopCard
    cup: str
    cup_id: int
    sku: int
    code: str

    def facts(self, *, now: dict[str, tuple[int, int]], before: dict[str, tuple[int, int]]) -> None:
        """Channel → (visitors, buyers) of each day of the last week and of the five before; ¥100 a buyer."""
        for back in range(1, 43):
            day, part = local_day() - timedelta(days=back), now if back <= 7 else before
            DailyFact.objects.bulk_create(
                DailyFact(
                    shop_id=self.shop.id, day=day, channel=channel, visitors=visitors, buyers=buyers,
                    new_buyers=buyers // 2, orders=buyers, items=buyers,
                    payments_minor=buyers * 10_000, payments_square=buyers * 1.1e8,
                )
                for channel, (visitors, buyers) in part.items()
            )  # fmt: skip
            GoodsFact.objects.create(
                shop_id=self.shop.id, day=day, goods_id=self.cup_id, channel="feed",
                orders=1, payments_minor=sum(buyers for _, buyers in part.values()) * 10_000,
            )  # fmt: skip

    def fewer_buy(self) -> None:
        self.facts(now={"feed": (1000, 25)}, before={"feed": (1000, 50)})

    def sells(self, count: int) -> None:
        with transaction.atomic():
            goods.hold(wants=[Want("o1", self.sku, count)], until=clock.now() + timedelta(hours=1))
            goods.sell(["o1"])

    def browser(self, who: int | None = None) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(get_user_model().objects.get(pk=who or self.bob))
        return client

    def look(self) -> str:
        return self.browser().get("/console/bobs/").content.decode()

    def advice(self, kind: str) -> Advice:
        return Advice.objects.get(shop_id=self.shop.id, kind=kind)

    def drafted(self, kind: str) -> str:
        """Press the button on the today page; the address of the draft."""
        page, wanted = self.look(), self.advice(kind)
        address = f"/console/bobs/advices/{wanted.public_id}/adoption/"
        assert address in page
        for _click in range(2):
            answer = self.browser().post(address)
            assert answer.status_code == 303
        assert AdviceDraft.objects.filter(advice=wanted).count() == 1
        draft: str = answer["Location"]
        assert "确认后才生效" in self.browser().get(draft).content.decode()
        return draft

    def decide(self, draft: str, do: str = "carry", **given: Any) -> int:
        return self.browser().post(draft, {"do": do, **given}).status_code


@pytest.fixture
def world() -> World:
    bob = person("bob")
    shop = goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")
    cup = goods.list_goods(
        shop_id=shop.id, title="粗陶杯", category="家居", body="",
        skus=[NewSku(option="默认", price_minor=10_000, stock=60)],
    )  # fmt: skip
    sku = goods.goods_detail(cup.public_id).skus[0]
    return World(bob, shop, cup.public_id, cup.id, sku.sku_id, sku.code)


def test_a_coupon_is_drafted_looked_at_given_out_and_stopped(world: World) -> None:
    world.fewer_buy()
    draft = world.drafted("coupon")
    assert not CouponPlan.objects.exists()
    assert world.decide(draft, worth_minor="nothing") == 422
    assert AdviceDraft.objects.get().state == "draft"
    assert world.decide(draft, worth_minor="12.50", count="40", days="7") == 303
    plan = CouponPlan.objects.get()
    assert (plan.worth_minor, plan.issue_limit, plan.shop_id) == (1_250, 40, world.shop.id)
    assert plan.scope["goods"] == [world.cup_id]
    assert world.decide(draft) == 409
    assert CouponPlan.objects.count() == 1
    assert world.decide(draft, "undo") == 303
    assert CouponPlan.objects.get().stopped_at is not None
    assert world.decide(draft, "undo") == 409


def test_a_group_is_drafted_opened_and_stopped(world: World) -> None:
    world.fewer_buy()
    draft = world.drafted("group")
    assert world.decide(draft, price_minor="100", size="3", hours="24") == 422
    assert campaigns.plan_for_goods(world.cup_id) is None
    assert world.decide(draft, price_minor="85", size="4", hours="24") == 303
    plan = campaigns.plan_for_goods(world.cup_id)
    assert plan is not None
    assert (plan.price_minor, plan.size) == (8_500, 4)
    assert world.decide(draft, "undo") == 303
    assert campaigns.plan_for_goods(world.cup_id) is None


def test_a_note_becomes_a_draft_of_whoever_confirms(world: World) -> None:
    world.fewer_buy()
    draft = world.drafted("note")
    assert world.decide(draft, title="早上的一杯") == 303
    [(card, state)] = scene.unpublished_of(world.bob)
    assert (card.title, state) == ("早上的一杯", "draft")
    assert [
        one.goods.public_id for one in scene.note_by_public_id(card.public_id, world.bob).tagged
    ] == [world.cup]
    assert (
        reverse("scene:edit", args=[card.public_id]) in world.browser().get(draft).content.decode()
    )
    assert world.decide(draft, "undo") == 303
    assert scene.unpublished_of(world.bob) == []


def fans(world: World, count: int) -> list[int]:
    """People who bought and brought a buyer."""
    now = clock.now() - timedelta(days=60)
    ids = [person(f"fan{n}") for n in range(count)]
    tokens = spread.save_shares_bulk(
        [ImportedShare(one, "goods", world.cup, world.shop.id, "", "link", now) for one in ids]
    )
    buyers = [person(f"buyer{n}") for n in range(count)]
    spread.save_sales_bulk(
        [ImportedSale(world.shop.id, one, 10_000, f"F{n}", "", now) for n, one in enumerate(ids)]
        + [
            ImportedSale(world.shop.id, one, 10_000, f"B{n}", tokens[n], now)
            for n, one in enumerate(buyers)
        ]
    )
    return ids


def reach_of(world: World) -> list[int]:
    return [fan.person_id for fan in fans_to_wake(world.shop.id)]


def test_fans_are_told_as_they_chose_once_and_within_the_cap(world: World) -> None:
    first, second, third, fourth = fans(world, 4)
    import_string("grapevine.reach.actions.choose")(person_id=second, ways={"shop_call": "off"})
    people.block(person_id=third, other_id=world.bob)
    world.facts(
        now={"share": (100, 5), "feed": (900, 45)}, before={"share": (900, 45), "feed": (900, 45)}
    )
    draft = world.drafted("wake")
    page = world.browser().get(draft).content.decode()
    assert "现在可以提醒 2 个人" in page
    assert "1 个人关掉了这类提醒" in page
    assert "1 个人和店主互相拉黑" in page
    assert not Notice.objects.filter(kind="shop_call").exists()
    assert world.decide(draft) == 303
    assert set(Notice.objects.values_list("person_id", flat=True)) == {first, fourth}
    assert "提醒了 2 个人" in world.browser().get(draft).content.decode()
    import_string("grapevine.reach.actions.mark_all_read")(person_id=first, shop_id=None)
    assert world.decide(draft, "undo") == 303
    assert list(Notice.objects.values_list("person_id", flat=True)) == [first]
    with time_machine.travel(clock.now() + timedelta(days=29)), override_settings(NOTICE_DAYS=7):
        import_string("grapevine.reach.actions.forget_old")()
        assert reach_of(world) == [fourth]
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert reach_of(world) == [first, fourth]


def test_what_ran_out_is_moved_from_a_warehouse_that_has_it_and_back(world: World) -> None:
    home = goods.warehouses(world.shop.id)[0]
    other = goods.add_warehouse(shop_id=world.shop.id, name="二仓", priority=9)
    goods.set_free(sku_id=world.sku, count=56, warehouse_id=home.id)
    world.sells(56)
    goods.set_free(sku_id=world.sku, count=300, warehouse_id=other.id)
    world.fewer_buy()
    page = world.look()
    assert "有仓库断货了，之前每天卖 2.0 件" in page
    assert set(Advice.objects.values_list("kind", flat=True)) == {"move"}
    draft = world.drafted("move")

    def free() -> dict[str, int]:
        return {row.warehouse: row.free for row in goods.stock_by_warehouse(world.shop.id)}

    assert world.decide(draft) == 303
    assert free() == {home.name: 28, "二仓": 272}
    assert world.decide(draft, "undo") == 303
    assert free() == {home.name: 0, "二仓": 300}


def test_what_nobody_has_becomes_a_list_to_order(world: World) -> None:
    world.sells(60)
    world.fewer_buy()
    draft = world.drafted("order")
    rows = b"".join(world.browser().get(draft + "?format=csv")).decode().splitlines()
    assert rows[1] == f"{world.code},粗陶杯 默认,,{goods.warehouses(world.shop.id)[0].name},30"
    assert world.decide(draft) == 303
    assert AdviceDraft.objects.get().facts["pieces"] == 30
    assert world.decide(draft, "undo") == 303


def test_what_ran_out_where_orders_were_brought_in_is_ordered_too(world: World) -> None:
    """Imported orders move no stock, yet they say how fast the goods sell."""
    home = goods.warehouses(world.shop.id)[0]
    goods.set_free(sku_id=world.sku, count=0, warehouse_id=home.id)
    trade.import_paid_orders([
        ImportedOrder(
            person("gia"), world.shop.id, world.sku, world.cup_id, 28, 10_000, "received",
            clock.now() - timedelta(days=10), goods_public_id=world.cup,
        )
    ])  # fmt: skip
    world.fewer_buy()
    draft = world.drafted("order")
    assert "之前每天卖 1.0 件" in world.browser().get(draft).content.decode()
    assert world.decide(draft) == 303
    assert AdviceDraft.objects.get().facts["pieces"] == 14


def test_an_advice_is_shown_once_a_day_and_rests_when_put_aside(
    world: World, django_assert_num_queries: Any
) -> None:
    world.fewer_buy()
    world.look()
    shown = list(Advice.objects.values_list("kind", "place", "propensity"))
    assert {kind for kind, _, _ in shown} == {"coupon", "group", "note"}
    assert all(0.2 / 3 <= chance <= 1 for _, _, chance in shown)
    with django_assert_num_queries(4):
        guide = advising.guide(world.shop.id)
    assert len(guide.advices) == 3
    world.look()
    assert Advice.objects.count() == 3
    coupon = world.advice("coupon").public_id
    address = f"/console/bobs/advices/{coupon}/dismissal/"
    assert world.browser().post(address, {"reason": "sulk"}).status_code == 422
    assert world.browser().post(address, {"reason": "costly"}).status_code == 303
    assert world.browser().post(address, {"reason": "other"}).status_code == 303
    with pytest.raises(AdviceOver):
        advising.adopt(shop_id=world.shop.id, public_id=coupon, actor_id=world.bob)
    history = world.browser().get("/console/bobs/advices/?state=dismissed").content.decode()
    assert "不划算" in history
    assert "还没处理" not in history.split("<tbody>")[1]
    table = b"".join(world.browser().get("/console/bobs/advices/?format=csv")).decode()
    assert len(table.splitlines()) == 4
    with time_machine.travel(clock.now() + timedelta(days=1)):
        DailyFact.objects.all().delete()
        world.fewer_buy()
        advising.guide(world.shop.id)
    assert sorted(Advice.objects.values_list("kind", flat=True)) == [
        "coupon", "group", "group", "note", "note",
    ]  # fmt: skip


def test_where_nothing_moved_the_page_says_what_to_do(world: World) -> None:
    assert "看不出哪里变了" in world.look()
    world.facts(now={"feed": (1000, 500)}, before={"feed": (1000, 500)})
    assert "没有要补救的" in world.look()
    assert not Advice.objects.exists()
    assert "还没有给过建议" in world.browser().get("/console/bobs/advices/").content.decode()


def test_what_came_of_it_is_written_down_and_learnt(world: World) -> None:
    world.fewer_buy()
    draft = world.drafted("group")
    assert world.decide(draft, price_minor="85", size="3", hours="24") == 303
    assert judging.judge() == 0
    with time_machine.travel(clock.now() + timedelta(days=9)):
        for back in range(1, 9):
            day = local_day() - timedelta(days=back)
            DailyFact.objects.filter(shop_id=world.shop.id, day=day).delete()
            DailyFact.objects.create(
                shop_id=world.shop.id, day=day, channel="feed", visitors=1000, buyers=40, orders=40,
                items=40, payments_minor=400_000, payments_square=4.4e9,
            )  # fmt: skip
        assert (judging.judge(), judging.judge()) == (1, 0)
        outcome = AdviceOutcome.objects.get()
        assert (outcome.is_done, outcome.worked) == (True, True)
        assert (outcome.expected, outcome.observed) == (0.025, 0.04)
        gap = world.advice("group").gap_minor
        assert outcome.gained_minor == round(gap * 0.015 / 0.025)
        assert judging.learn() == 2
        everywhere = AdviceSuccess.objects.get(category="")
        assert (everywhere.judged, everywhere.worked, everywhere.a, everywhere.b) == (1, 1, 4, 3)
        assert AdviceSuccess.objects.get(category="家居").a == 5
        told = world.browser().get("/console/bobs/advices/?state=judged").content.decode()
        assert "有效：之后 7 天支付转化率是 4.00%" in told
        AdviceOutcome.objects.update(worked=False, observed=0.025)
        assert "没看出效果" in world.browser().get("/console/bobs/advices/").content.decode()
        [dora] = people.save_people_bulk([NewPerson(handle="dora", name="Dora", is_operator=True)])
        operator = world.browser(dora).get("/operator/advices/").content.decode()
        assert "57%" in operator


def test_shops_that_did_nothing_say_what_comes_by_itself(world: World) -> None:
    wait = (world.shop.id - local_day().toordinal()) % 7
    with time_machine.travel(clock.now() + timedelta(days=wait)):
        world.fewer_buy()
        advising.guide(world.shop.id)
    with time_machine.travel(clock.now() + timedelta(days=wait + 8)):
        assert (judging.judge(), judging.judge()) == (1, 0)
        outcome = AdviceOutcome.objects.get()
        assert (outcome.is_done, outcome.expected, outcome.worked) == (False, 0.025, False)
        assert queries.by_itself() == (1, 0)
        assert judging.learn() == 0


def test_only_those_with_the_right_confirm_and_another_shop_sees_nothing(world: World) -> None:
    world.fewer_buy()
    draft = world.drafted("coupon")
    finance, eve = person("finance"), person("eve")
    Staff.objects.create(shop_id=world.shop.id, person_id=finance, role=Role.FINANCE)
    theirs = goods.open_shop(owner_id=eve, slug="eves", name="别家", colour="#8d3b1f")
    assert "你的角色不能确认这件事" in world.browser(finance).get(draft).content.decode()
    assert world.browser(finance).post(draft, {"do": "carry"}).status_code == 403
    assert not CouponPlan.objects.exists()
    coupon = world.advice("coupon").public_id
    for path in ("adoption", "dismissal", "draft"):
        found = world.browser(eve).post(f"/console/eves/advices/{coupon}/{path}/", {"reason": "other"})  # fmt: skip
        assert found.status_code == 404, path
        found = world.browser(eve).post(f"/console/bobs/advices/{coupon}/{path}/")
        assert found.status_code == 404, path
    assert not carrying.RIGHTS.keys() ^ set(Kind)
    assert theirs.id not in Advice.objects.values_list("shop_id", flat=True)


def test_the_api_lists_adopts_and_dismisses(world: World) -> None:
    world.fewer_buy()

    def call(who: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = Client().generic(
            method, f"/api/v1/shops/bobs/{path}", json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {people.issue_token(who, 'test')}"},
        )  # fmt: skip
        return answer.status_code, answer.json() if answer.content else None

    status, listed = call(world.bob, "GET", "advices")
    assert status == 200
    first, second, _third = listed["items"]
    assert (first["state"], first["place"]) == ("shown", 0)
    assert first["reason"]
    assert call(world.bob, "POST", f"advices/{first['id']}/adoption", {})[1]["state"] == "draft"
    assert call(world.bob, "POST", f"advices/{first['id']}/adoption", {})[0] == 201
    assert call(world.bob, "POST", f"advices/{second['id']}/dismissal", {"reason": "wrong"})[0] == 204  # fmt: skip
    assert AdviceDraft.objects.count() == 1
    assert call(person("eve"), "GET", "advices")[0] == 404
