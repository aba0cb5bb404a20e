"""Stages as rules, silence as the label, the work list with its random fifth, and the pages over HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku
from grapevine.insight import facade, shopweeks
from grapevine.insight.actions import following, serving, staging
from grapevine.insight.lifecycle import HeldOut, ManagerFull, NotAManager, ServiceNotFound
from grapevine.insight.models import (
    FollowUp,
    ShopContact,
    ShopService,
    ShopStage,
    ShopTrial,
    ShopWeek,
)
from grapevine.insight.queries import followups, services, stages as reads
from grapevine.insight.rules import leaving, stages
from grapevine.insight.rules.effect import Arm, effect, is_held_out
from grapevine.insight.rules.holidays import is_holiday_week, plain_weeks, quiet_days
from grapevine.insight.rules.stages import Signals, Stage
from grapevine.insight.rules.support import PLAYBOOKS, is_served, next_step, steps
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.signals import facade as signals

PASSWORD = "vine-and-grape-7"
NOW = datetime(2026, 11, 26, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = NOW.date()
WELL = Signals(
    age_days=200, is_closed=False, goods=9, orders_ever=300, seen_days=18, seen_days_before=20, quiet_days=0,
    orderless_days=0, orders=40, orders_before=44, payments_minor=400_000, payments_before_minor=440_000, pages=5,
    listings=2, campaigns=1, replies=6, ship_hours=15.0, tickets=1,
)  # fmt: skip
NEW = replace(
    WELL, age_days=3, goods=0, orders_ever=0, orders=0, orders_before=0, seen_days=3, listings=0
)


@pytest.mark.parametrize(
    ("shop", "now", "stage", "codes"),
    [
        (NEW, None, Stage.ACQUIRE, ["no_goods", "age"]),
        (replace(NEW, goods=1), None, Stage.START, ["goods", "no_orders"]),
        (replace(WELL, orders=11), None, Stage.START, ["few_orders", "seen"]),
        (replace(WELL, orders=12, seen_days=5, orders_before=12), None, Stage.START, ["few_orders", "seen"]),
        (replace(WELL, orders=12, seen_days=6, orders_before=12), None, Stage.OPERATE, ["orders", "seen"]),
        (replace(WELL, orders=6, orders_before=10), Stage.OPERATE, Stage.OPERATE, ["orders", "seen"]),
        (replace(WELL, orders=5, orders_before=7), Stage.OPERATE, Stage.START, ["few_orders", "seen"]),
        (replace(WELL, quiet_days=14, orderless_days=14), Stage.OPERATE, Stage.AT_RISK, ["quiet", "orderless"]),
        (replace(WELL, quiet_days=14, orderless_days=13), Stage.OPERATE, Stage.OPERATE, ["orders", "seen"]),
        (replace(WELL, quiet_days=21), Stage.OPERATE, Stage.AT_RISK, ["quiet"]),
        (replace(WELL, orders=17, seen_days=10), Stage.OPERATE, Stage.AT_RISK, ["orders_fell", "seen_fell"]),
        (replace(WELL, orders=17, seen_days=11), Stage.OPERATE, Stage.OPERATE, ["orders", "seen"]),
        (replace(WELL, orders=26, seen_days=20), Stage.AT_RISK, Stage.AT_RISK, ["orders_fell"]),
        (replace(WELL, seen_days=3), Stage.AT_RISK, Stage.AT_RISK, ["quiet", "seen"]),
        (replace(WELL, quiet_days=6, seen_days=4), Stage.AT_RISK, Stage.START, ["few_orders", "seen"]),
        (replace(WELL, orders=40), Stage.AT_RISK, Stage.OPERATE, ["orders", "seen"]),
        (replace(NEW, quiet_days=14, orderless_days=14), Stage.ACQUIRE, Stage.AT_RISK, ["quiet", "orderless", "no_listings"]),
        (replace(WELL, is_closed=True), Stage.OPERATE, Stage.CLOSED, ["closed"]),
    ],
)  # fmt: skip
def test_the_table_of_stages(
    shop: Signals, now: Stage | None, stage: Stage, codes: list[str]
) -> None:
    verdict = stages.judge(shop, now)
    assert (verdict.stage, [reason.code for reason in verdict.reasons]) == (stage, codes)


def test_a_stage_is_entered_after_days_and_a_day_of_doubt_starts_anew() -> None:
    gone = replace(WELL, quiet_days=15, orderless_days=15)
    standing, _, is_new = stages.step(None, WELL, DAY)
    assert (standing.stage, is_new) == (Stage.OPERATE, True)
    told = []
    for days, shop in enumerate([gone, gone, WELL, gone, gone, gone, gone, gone], start=1):
        standing, _, is_new = stages.step(standing, shop, DAY + timedelta(days=days))
        told.append((str(standing.stage), is_new))
    assert told == [("operate", False)] * 6 + [("at_risk", True), ("at_risk", False)]
    for days in range(9, 16):
        standing, _, is_new = stages.step(standing, WELL, DAY + timedelta(days=days))
        assert not is_new
    assert stages.step(standing, WELL, DAY + timedelta(days=16))[0].stage is Stage.OPERATE
    closed, _, is_new = stages.step(standing, replace(WELL, is_closed=True), DAY)
    assert (closed.stage, is_new) == (Stage.CLOSED, True)


def test_long_holidays_are_no_silence() -> None:
    assert [is_holiday_week(date(2026, 9, day)) for day in (21, 28)] == [False, True]
    assert is_holiday_week(date(2026, 10, 5))
    assert plain_weeks(date(2026, 9, 21), date(2026, 10, 12)) == [
        date(2026, 9, 21),
        date(2026, 10, 12),
    ]
    assert quiet_days(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert quiet_days(date(2026, 11, 1), date(2026, 11, 15)) == 14


HERE, TALK = leaving.Week(seen_days=3, orders=2), leaving.Week(tickets=4)


def test_leaving_is_four_silent_weeks_and_what_comes_of_it_is_not_looked_at() -> None:
    """A shop that leaves in week 6: known in week 9, not before; its cases afterwards change no figure."""
    weeks = [HERE] * 6 + [TALK, TALK, leaving.NOTHING, leaving.NOTHING, HERE]
    life = leaving.Life(1, 0, weeks)
    assert leaving.left_in(life) == 6
    assert leaving.left_in(leaving.Life(1, 0, weeks[:9])) is None
    known = leaving.snapshots([life], known_until=10)
    assert (list(known.weeks), list(known.left)) == ([*range(6)], [0, 5, 4, 3, 2, 1])
    eve = known.as_of(8)
    assert list(eve.left) == [0] * 6
    assert list(eve.periods) == [5, 4, 3, 2, 1, 0]
    quiet = leaving.Life(1, 0, [*weeks[:6], leaving.NOTHING, leaving.NOTHING, *weeks[8:]])
    assert leaving.figures(life, 7) == leaving.figures(quiet, 7)
    assert leaving.figures(life, 3) == leaving.figures(replace(life, weeks=weeks[:4]), 3)


def test_measures_by_hand() -> None:
    chances, left = np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, False, True, False])
    assert leaving.area_under_curve(chances, left) == 0.75
    assert leaving.average_precision(chances, left) == pytest.approx((1 + 2 / 3) / 2)
    assert leaving.brier(chances, left) == pytest.approx((0.01 + 0.64 + 0.49 + 0.01) / 4)
    assert leaving.lift(chances, left, 0.25) == 2.0
    assert leaving.area_under_curve(np.array([0.5, 0.5]), np.array([True, False])) == 0.5
    assert leaving.area_under_curve(chances, left & False) is None
    told = np.repeat([0.2, 0.6], 50)
    assert leaving.calibration_slope(told, np.concatenate([np.arange(50) < 10, np.arange(50) < 30])) == pytest.approx(1, abs=1e-6)  # fmt: skip


def test_the_hazard_finds_what_was_planted() -> None:
    """A logit with one known weight is found again, and the chances of five periods multiply."""
    random = np.random.default_rng(3)
    design = np.column_stack([np.ones(6000), random.normal(size=6000)])
    answers = random.random(6000) < 1 / (1 + np.exp(1 - 1.5 * design[:, 1]))
    found = leaving.logit_fit(design, answers.astype(float), np.full(2, 1e-6))
    assert found == pytest.approx([-1, 1.5], abs=0.12)
    model = leaving.Hazard(np.zeros(1), np.ones(1), np.zeros(1), np.full(5, -2.0), names=("seen",))
    hazard = 1 / (1 + np.exp(2.0))
    assert model.leaving(np.zeros((1, 1)))[0] == pytest.approx(1 - (1 - hazard) ** 5)


def test_the_fifth_is_a_fifth_and_sticks_and_small_differences_are_not_told() -> None:
    drawn = [is_held_out("salt", shop_id) for shop_id in range(5000)]
    assert sum(drawn) / 5000 == pytest.approx(0.2, abs=0.02)
    assert drawn[:50] == [is_held_out("salt", shop_id) for shop_id in range(50)]
    few = effect(Arm(40, 36), Arm(10, 6))
    assert (few.is_enough, few.is_told) == (False, False)
    some = effect(Arm(100, 80), Arm(40, 30))
    assert (some.is_enough, some.is_told) == (True, False)
    assert some.low < 0 < some.high
    much = effect(Arm(200, 180), Arm(60, 36))
    assert much.is_told
    assert (round(much.difference, 3), round(much.low, 3), round(much.high, 3)) == (0.3, 0.17, 0.428)  # fmt: skip


@pytest.mark.parametrize("stage", [*Stage])
def test_every_stage_has_a_next_step(stage: Stage) -> None:
    found = steps(stage, WELL)
    assert next_step(stage, WELL) in found
    assert len({step.code for step in found}) == len(found)
    assert next_step(Stage.ACQUIRE, NEW).code == "list_first"
    assert next_step(Stage.AT_RISK, replace(WELL, quiet_days=20)).code == "look_in"


# On the database


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def house() -> dict[str, Any]:
    """Twelve shops: ten have gone quiet, one opened yesterday, one does well; and an operator."""
    operator = people.save_people_bulk(
        [NewPerson(handle="op", name="小藤", phone="13800000005", password=PASSWORD, is_operator=True)]
    )[0]  # fmt: skip
    owner = people.sign_up(identifier="bob@example.com", password=PASSWORD, name="Bob")
    this = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    shops = []
    with time_machine.travel(timezone.now() - timedelta(weeks=16)):
        shops += [
            goods.open_shop(owner_id=owner, slug=f"shop-{n}", name=f"店{n}", colour="#8d3b1f")
            for n in range(11)
        ]
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        shops.append(goods.open_shop(owner_id=owner, slug="fresh", name="新店", colour="#8d3b1f"))
    rows = []
    for place, shop in enumerate(shops[:11]):
        for back in range(16, 0 if place == 10 else 5, -1):
            monday = this - timedelta(weeks=back)
            rows.append({
                "shop_id": shop.id, "week": monday, "seen_days": 5, "sign_ins": 3, "pages": 3, "listings": 1, "campaigns": 0,
                "orders": 6, "payments_minor": 60_000, "last_seen": monday + timedelta(days=6), "last_order": monday + timedelta(days=6),
            })  # fmt: skip
    facade.tell_shop_weeks(rows)
    return {"operator": operator, "owner": owner, "shops": shops}


@pytest.mark.django_db
def test_managers_get_what_they_have_room_for_and_a_fifth_is_left_out(
    house: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    today, operator = timezone.localdate(), house["operator"]
    ids = [shop.id for shop in house["shops"]]
    monkeypatch.setattr(following, "is_held_out", lambda _salt, shop_id: shop_id in ids[:2])
    staging.judge_shops(today)
    staging.judge_shops(today)
    counts = reads.stage_counts()
    assert counts == {"acquire": 1, "at_risk": 10, "operate": 1}
    page = reads.stage_of("shop-0")
    assert [str(one.after) for one in page.history][-1] == "start"
    assert page.history[0].after == "at_risk"
    assert page.history[0].reasons[0].code == "quiet"
    with pytest.raises(NotAManager):
        following.set_manager(operator_id=operator, person_id=house["owner"], capacity=5)
    assert following.open_follow_ups(today) == 0
    following.set_manager(operator_id=operator, person_id=operator, capacity=3)
    assert following.open_follow_ups(today) == 3
    assert following.open_follow_ups(today) == 0
    assert ShopTrial.objects.filter(is_held_out=True).count() == 2
    assert ShopTrial.objects.filter(is_held_out=False).count() == 3
    with pytest.raises(HeldOut):
        following.open_follow_up(operator_id=operator, shop_id=ids[0])
    mine = following.open_follow_up(operator_id=operator, shop_id=ids[9], note="他来电话了")
    assert following.open_follow_up(operator_id=operator, shop_id=ids[9]) == mine
    with pytest.raises(ManagerFull):
        following.assign_follow_up(
            operator_id=operator, public_id=mine, manager_id=operator, due_on=today
        )
    first = FollowUp.objects.exclude(public_id=mine).order_by("id")[0]
    following.log_contact(
        operator_id=operator, public_id=first.public_id, way="phone", note="在搬家", outcome="stays"
    )
    following.assign_follow_up(
        operator_id=operator, public_id=mine, manager_id=operator, due_on=today - timedelta(days=40)
    )
    assert [one.contacts for one in followups.follow_ups("done").items] == [1]
    assert followups.counts() == {"open": 3, "overdue": 1, "done": 1}
    assert ShopStage.objects.get(shop_id=first.shop_id).last_contact_at is not None
    assert following.lapse_follow_ups(today) == 1
    assert followups.desk().managers[0].done_percent == 50
    _settled(today, ids)


def _settled(today: date, ids: list[int]) -> None:
    """The held out were drawn eight plain weeks before it showed that they had left; the others left long after."""
    ShopTrial.objects.filter(is_held_out=True).update(drawn_on=date(2026, 9, 8))
    ShopTrial.objects.filter(is_held_out=False).update(drawn_on=date(2026, 8, 20))
    late = ShopTrial.objects.create(shop_id=ids[7], is_held_out=False, drawn_on=date(2026, 9, 15))
    assert following.settle_trials(today) == 5
    late.refresh_from_db()
    assert late.stayed is None
    found = followups.desk()
    assert (found.effect.followed, found.effect.held_out) == (Arm(3, 3), Arm(2, 0))
    assert (found.effect.is_told, found.waiting) == (False, 1)
    with time_machine.travel(NOW + timedelta(days=3 * 366 + 1)):
        assert following.forget_contacts() == 1
    assert not ShopContact.objects.exists()


@pytest.mark.django_db
def test_weeks_are_counted_from_the_log_the_trail_and_the_facts(house: dict[str, Any]) -> None:
    """A sign-in is one of every shop where that person works; what was told stays as it was told."""
    shop, today = house["shops"][11], timezone.localdate()
    Client().post("/signin/", {"identifier": "bob@example.com", "password": PASSWORD})
    goods.list_goods(
        shop_id=shop.id, title="粗陶杯", category="家居", body="", skus=[NewSku("", 6900, 5)]
    )
    signals.drain()
    facade.after_import()
    told = ShopWeek.objects.filter(is_told=True).count()
    shopweeks.build(today)
    shopweeks.build(today)
    row = ShopWeek.objects.get(shop_id=shop.id, week=today - timedelta(days=today.weekday()))
    assert (row.sign_ins, row.listings, row.seen_days, row.last_seen) == (1, 1, 1, today)
    assert ShopWeek.objects.filter(is_told=True).count() == told


@pytest.mark.django_db
def test_operators_read_it_and_work_through_it(
    house: dict[str, Any], django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    staging.judge_shops(timezone.localdate())
    following.set_manager(operator_id=house["operator"], person_id=house["operator"], capacity=9)
    following.open_follow_ups(timezone.localdate())
    client = Client()
    client.post("/signin/", {"identifier": "13800000005", "password": PASSWORD})
    with django_assert_max_num_queries(20):
        page = client.get("/operator/lifecycle/?stage=at_risk&order=contact&q=店")
    text = page.content.decode()
    assert "潜在流失" in text
    assert "没人登录或操作" in text
    assert "新店" not in text
    sheet = b"".join(client.get("/operator/lifecycle/?format=csv")).decode()
    assert sheet.count("\r\n") == 13
    assert "店3,shop-3,潜在流失" in sheet
    shop = client.get("/operator/lifecycle/shop-10/").content.decode()
    assert "走过的阶段" in shop
    listed = client.get("/operator/follow-ups/?who=me").content.decode()
    assert "还太少，说不准" in listed
    task = FollowUp.objects.order_by("due_on", "id")[0]
    url = f"/operator/follow-ups/{task.public_id}"
    bad = client.post(f"{url}/contacts/", {"way": "pigeon"})
    assert bad.status_code == 422
    assert "选一种联系方式" in bad.content.decode()
    done = client.post(f"{url}/contacts/", {"way": "phone", "note": "聊了", "outcome": "stays"})
    assert done.status_code == 303
    assert client.post(f"{url}/contacts/", {"way": "phone"}).status_code == 404
    assert FollowUp.objects.get(pk=task.pk).outcome == "stays"
    other = FollowUp.objects.filter(closed_at=None).order_by("id")[0]
    client.post(
        f"/operator/follow-ups/{other.public_id}/assignment/",
        {"manager": "", "due": "2027-01-05", "note": "年后再打"},
    )
    other.refresh_from_db()
    assert (other.manager_id, str(other.due_on), other.note) == (None, "2027-01-05", "年后再打")


@pytest.mark.django_db
@pytest.mark.usefixtures("house")
def test_a_shop_sees_its_next_step_and_never_a_chance() -> None:
    staging.judge_shops(timezone.localdate())
    client = Client()
    client.post("/signin/", {"identifier": "bob@example.com", "password": PASSWORD})
    text = client.get("/console/shop-0/steps/").content.decode()
    assert "看看等着处理的订单" in text
    assert "/console/shop-0/orders/" in text
    assert "流失" not in text
    assert "离开" not in text
    assert "数字变了，今天的建议" in text  # an owner sees the figures as well
    assert text.count('aria-current="page"') == 1
    today = client.get("/console/shop-0/").content.decode()
    assert "看看等着处理的订单" in today
    assert client.get("/operator/lifecycle/").status_code == 404
    fresh = client.get("/console/fresh/steps/").content.decode()
    assert "上架第一件商品" in fresh


def test_a_stage_is_served_when_all_that_can_be_known_is_done() -> None:
    assert set(PLAYBOOKS) == {*Stage} - {Stage.CLOSED}
    assert [one.days for one in PLAYBOOKS.values()] == [3, 14, 28, 7]
    assert [is_served(stage, WELL) for stage in PLAYBOOKS] == [True, True, True, False]
    assert is_served(Stage.AT_RISK, replace(WELL, tickets=0))
    assert not is_served(Stage.OPERATE, replace(WELL, ship_hours=25.0))
    assert not is_served(Stage.CLOSED, WELL), "of which nobody can know anything"


@pytest.mark.django_db
def test_every_shop_gets_its_stages_playbook_with_a_manager_and_a_day_once(
    house: dict[str, Any],
) -> None:
    today, fresh = timezone.localdate(), house["shops"][11]
    staging.judge_shops(today)
    assert serving.serve_shops(today) == {"served": 0, "services": 12}
    assert services.desk().unassigned == 12
    for capacity, who in ((1, house["operator"]), (3, _second_operator())):
        following.set_manager(operator_id=house["operator"], person_id=who, capacity=capacity)
    following.open_follow_ups(today)
    assert serving.serve_shops(today) == {"served": 0, "services": 0}
    alone = set(ShopTrial.objects.filter(is_held_out=True).values_list("shop_id", flat=True))
    due = {"acquire": 3, "start": 14, "operate": 28, "at_risk": 7}
    stage_of = dict(ShopStage.objects.values_list("shop_id", "stage"))
    assert sorted(set(stage_of.values())) == ["acquire", "at_risk", "operate"]
    for row in ShopService.objects.all():
        assert (row.stage, row.playbook) == (
            stage_of[row.shop_id], PLAYBOOKS[Stage(row.stage)].code,
        )  # fmt: skip
        assert (row.due_on - today).days == due[row.stage]
        assert (row.manager_id is None) == (row.stage == "at_risk" and row.shop_id in alone)
    desk = services.desk()
    assert (sum(desk.managers.values()), desk.unassigned) == (12 - len(alone), len(alone))
    light, heavy = desk.managers.values()
    assert abs(heavy - 3 * light) <= 3, "as their capacities are"
    assert desk.shops_each == (12 - len(alone)) / 2

    # what is overdue is listed; a shop that moves on gets the next stage's, and a list that is done ends by itself
    with time_machine.travel(NOW + timedelta(days=4)):
        goods.list_goods(shop_id=fresh.id, title="杯", category="家居", body="", skus=[NewSku("", 900, 5)])  # fmt: skip
        assert [one.shop_id for one in services.services("overdue").items] == [fresh.id]
        assert services.overdue(None) == 1
        later = timezone.localdate()
        staging.judge_shops(later)
        ShopStage.objects.filter(shop_id=fresh.id).update(stage="start", since=later)
        assert serving.serve_shops(later)["services"] == 1
        told = [(one.playbook, one.outcome) for one in services.services("done").items]
        assert told == [("onboarding_call", "moved")]
        now = services.service_of(fresh.id)
        assert now is not None
        assert (now.playbook, now.due_on) == ("course", later + timedelta(days=14))
        _complete(house, now.public_id)
        counts = {one.playbook: one for one in services.desk().playbooks}
        assert (counts["course"].done, counts["course"].done_percent) == (1, 100)
        assert (counts["onboarding_call"].moved, counts["onboarding_call"].done_percent) == (1, 0)
        assert serving.serve_shops(later)["services"] == 0, "once a stay"


def _second_operator() -> int:
    new = NewPerson(handle="op2", name="小葡", phone="13800000006", is_operator=True)
    return people.save_people_bulk([new])[0]


def _complete(house: dict[str, Any], public_id: str) -> None:
    """By the page, once; the shop was told who comes and until when."""
    owner, client = Client(), Client()
    owner.post("/signin/", {"identifier": "bob@example.com", "password": PASSWORD})
    assert "平台为你安排了起步课程" in owner.get("/console/fresh/steps/").content.decode()
    client.post("/signin/", {"identifier": "13800000005", "password": PASSWORD})
    listed = client.get("/operator/services/?playbook=course").content.decode()
    assert "新店" in listed
    assert client.post(f"/operator/services/{public_id}/completion/").status_code == 303
    assert client.post(f"/operator/services/{public_id}/completion/").status_code == 404
    with pytest.raises(ServiceNotFound):
        serving.complete_service(operator_id=house["operator"], public_id=public_id)
    assert "平台为你安排了" not in owner.get("/console/fresh/steps/").content.decode()
