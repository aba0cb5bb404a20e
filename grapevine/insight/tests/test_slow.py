"""Slow sellers: the loss function, planted sellers found with their days of cover, drafts by one click."""

import json
from datetime import timedelta
from math import exp, factorial
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from hypothesis import given, strategies as st

from grapevine.campaigns import facade as campaigns
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewSku, ShopCard
from grapevine.insight.actions import drafts
from grapevine.insight.models import SaleDraft
from grapevine.insight.queries import slow
from grapevine.insight.queries.slow import best_rows, slow_rows
from grapevine.insight.rules import slow as rules
from grapevine.insight.slowness import DraftNotFound, NotSlow
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder

PLANTED = (
    (300, 30),
    (120, 12),
    (200, 18),
    (90, 9),
    (400, 45),
    (150, 10),
    (80, 6),
    (260, 20),
    (500, 30),
    (60, 4),
)
"""Free pieces and pieces sold in ninety days of the slow ones."""


@pytest.mark.parametrize(("free", "mean"), [(1, 0.5), (5, 2.0), (12, 30.0), (40, 33.3)])
def test_the_share_left_is_the_expected_rest(free: int, mean: float) -> None:
    chances = [exp(-mean) * mean**k / factorial(k) for k in range(free)]
    rest = sum((free - k) * chance for k, chance in enumerate(chances))
    assert rules.left_share(free, mean) == pytest.approx(rest / free, abs=1e-12)


@given(st.integers(0, 5000), st.floats(0, 3000))
def test_the_share_left_is_a_share(free: int, mean: float) -> None:
    share = rules.left_share(free, mean)
    assert -1e-9 <= share <= 1 + 1e-9
    assert share >= max(0.0, free - mean) / max(free, 1) - 1e-6


@pytest.mark.parametrize(
    ("free", "cost", "sold", "age", "action", "price"),
    [
        (100, 3000, 0, 90, "discount", 7000), (100, 3000, 6, 90, "group", 7000), (100, 9900, 6, 90, "group", 9900),
        (100, 10_000, 6, 90, "stop", None), (100, 3000, 0, 13, "wait", None), (10, 3000, 90, 90, "wait", None),
        (100, None, 60, 90, "group", 8000), (0, 3000, 0, 90, "wait", None),
    ],
)  # fmt: skip
def test_what_is_suggested(
    free: int, cost: int | None, sold: int, age: int, action: str, price: int | None
) -> None:
    days = [0] * (90 - sold) + [1] * sold
    told = rules.judge(rules.Stocked(free, 10_000, cost, days, age))
    assert (told.action, told.price_minor) == (action, price)


def test_trend_demand_and_margin_make_what_is_earned() -> None:
    told = rules.judge(rules.Stocked(10, 1000, 400, [0] * 45 + [1] * 45, 90))
    assert (told.per_day, told.trend) == (0.5, 4.0)
    assert told.month_minor == pytest.approx(0.5 * 4 * 600 * 30)


def person(name: str) -> int:
    return people.sign_up(
        identifier=f"{name}@example.com", password="vine-and-grape-7", name=name.title()
    )


@pytest.fixture
def bob() -> int:
    return person("bob")


@pytest.fixture
def shop(bob: int) -> ShopCard:
    return goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")


def planted(shop: ShopCard) -> list[str]:
    """Fifty goods that sell and ten that lie; the titles of the ten."""
    alice, end = person("alice"), clock.today_start()
    quick = [(20 + n, 60 + 3 * n) for n in range(50)]
    wanted = [(f"慢{n}", *pair) for n, pair in enumerate(PLANTED)] + [
        (f"快{n}", *pair) for n, pair in enumerate(quick)
    ]
    made = goods.save_goods_bulk(
        [
            NewGoods(
                shop.id,
                title,
                "茶",
                "",
                [NewSku("", 5000, free, cost_minor=3000)],
                listed_at=end - timedelta(days=200),
            )
            for title, free, _ in wanted
        ]
    )
    orders = [
        ImportedOrder(
            alice, shop.id, one.sku_ids[0], one.goods_id, 1, 5000, "received",
            end - timedelta(days=90) + timedelta(days=90 * k / sold, minutes=1), goods_public_id=one.public_id,
        )
        for one, (_, _, sold) in zip(made, wanted, strict=True)
        for k in range(sold)
    ]  # fmt: skip
    trade.import_paid_orders(orders)
    return [title for title, _, _ in wanted[:10]]


@pytest.mark.django_db
def test_the_ten_planted_are_found_with_their_days_of_cover(
    shop: ShopCard, django_assert_num_queries: Any
) -> None:
    lying = planted(shop)
    with django_assert_num_queries(2):
        rows = slow_rows(shop.id)
    assert set(lying) <= {row.sku.title for row in rows[:15]}
    for row in rows[:15]:
        if row.sku.title in lying:
            free, sold = PLANTED[int(row.sku.title[1:])]
            assert row.told.cover_days == pytest.approx(free / (sold / 90), rel=0.1)
            assert row.told.action in ("discount", "group", "stop")
            made = drafts.make_draft(shop_id=shop.id, code=row.sku.code, actor_id=shop.owner_id)
            assert (made.state, made.kind) == ("draft", row.told.action)
    assert SaleDraft.objects.count() == 10
    assert best_rows(shop.id, 3)[0].sku.title == "快49"


def told_by_days(shop_id: int) -> dict[str, rules.Slow]:
    """What the rule says of each day's pieces, by code."""
    today, found = clock.today_start(), {}
    since = today - timedelta(days=rules.WINDOW_DAYS)
    for sku in goods.stocked_skus(shop_id):
        sold = {d: n for d, _, n in trade.sku_days([sku.sku_id], since).get(sku.sku_id, [])}
        age = min(rules.WINDOW_DAYS, (today.date() - timezone.localdate(sku.listed_at)).days)
        days = [sold.get(today.date() - timedelta(days=n), 0) for n in range(max(age, 1), 0, -1)]
        found[sku.code] = rules.judge(
            rules.Stocked(sku.free, sku.price_minor, sku.cost_minor, days, age)
        )
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin"])
def test_halves_say_what_days_say(shop: ShopCard, zone: str) -> None:
    """Goods older and younger than the window, sold at its edges and given back."""
    alice = person("alice")
    with timezone.override(zone):
        end = clock.today_start()
        ages = (400, 90, 89, 33, 1)
        made = goods.save_goods_bulk([
            NewGoods(shop.id, f"茶{age}", "茶", "", [NewSku("", 5000, 40, cost_minor=3000)],
                     listed_at=end - timedelta(days=age) + timedelta(hours=5))
            for age in ages
        ])  # fmt: skip
        moments = [
            end - timedelta(days=days) + timedelta(seconds=seconds)
            for days in (91, 90, 46, 45, 44, 20, 1, 0) for seconds in (-1, 0, 1)
        ]  # fmt: skip
        trade.import_paid_orders([
            ImportedOrder(
                alice, shop.id, one.sku_ids[0], one.goods_id, 1 + n % 3, 5000,
                "refunded" if n % 7 == 5 else "received", at, goods_public_id=one.public_id,
            )
            for one in made for n, at in enumerate(moments)
        ])  # fmt: skip
        told = told_by_days(shop.id)
        assert {row.sku.code: row.told for row in slow._rows(shop.id)} == told
        assert len({(one.per_day, one.trend) for one in told.values()}) == len(ages) - 1


@pytest.fixture
def cup(shop: ShopCard) -> str:
    """The code of a cup of which a hundred lie and six were sold."""
    made = goods.save_goods_bulk(
        [
            NewGoods(
                shop.id,
                "杯",
                "茶",
                "",
                [NewSku("", 10_000, 100, cost_minor=3000)],
                listed_at=clock.now() - timedelta(days=100),
            )
        ]
    )[0]
    alice = person("alice")
    trade.import_paid_orders([
        ImportedOrder(alice, shop.id, made.sku_ids[0], made.goods_id, 6, 10_000, "received", clock.now() - timedelta(days=9), goods_public_id=made.public_id)
    ])  # fmt: skip
    return goods.goods_detail(made.public_id).skus[0].code


@pytest.mark.django_db
def test_a_group_draft_becomes_a_plan_once(shop: ShopCard, bob: int, cup: str) -> None:
    made = drafts.make_draft(shop_id=shop.id, code=cup, actor_id=bob)
    assert (made.kind, made.price_minor) == ("group", 7000)
    assert drafts.make_draft(shop_id=shop.id, code=cup, actor_id=bob) == made
    assert campaigns.plan_for_goods(goods.sku_by_code(cup).goods_id) is None
    done = drafts.carry_out(shop_id=shop.id, public_id=made.public_id, actor_id=bob)
    plan = campaigns.plan_for_goods(goods.sku_by_code(cup).goods_id)
    assert plan is not None
    assert (plan.public_id, plan.price_minor, plan.size) == (done.result, 7000, 3)
    with pytest.raises(DraftNotFound):
        drafts.carry_out(shop_id=shop.id, public_id=made.public_id, actor_id=bob)


@pytest.mark.django_db
def test_what_is_not_slow_makes_no_draft(shop: ShopCard, bob: int) -> None:
    card = goods.list_goods(
        shop_id=shop.id, title="新", category="", body="", skus=[NewSku("", 100, 50)]
    )
    with pytest.raises(NotSlow):
        drafts.make_draft(
            shop_id=shop.id, code=goods.goods_detail(card.public_id).skus[0].code, actor_id=bob
        )
    assert not SaleDraft.objects.exists()


@pytest.mark.django_db
def test_the_page_makes_and_carries_out_a_draft(bob: int, cup: str) -> None:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=bob))
    page = client.get("/console/bobs/slow/").content.decode()
    assert "1,500" in page
    assert client.get("/console/bobs/slow/?format=csv").content.decode().splitlines()[1] == (
        f"{cup},杯,,100,0.067,1500.0,96.0,288000,group,7000"
    )
    assert client.post("/console/bobs/slow/drafts/", {"sku": cup}).status_code == 303
    made = SaleDraft.objects.get()
    assert (
        client.post(f"/console/bobs/slow/drafts/{made.public_id}/", {"do": "drop"}).status_code
        == 303
    )
    assert SaleDraft.objects.get().state == "dropped"
    assert (
        client.post(f"/console/bobs/slow/drafts/{made.public_id}/", {"do": "carry"}).status_code
        == 404
    )


@pytest.mark.django_db
def test_doors_and_the_api(shop: ShopCard, bob: int, cup: str) -> None:
    clerk = person("clerk")
    apps.get_model("goods", "Staff").objects.create(shop_id=shop.id, person_id=clerk, role="clerk")

    def call(who: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = Client().generic(
            method, f"/api/v1/shops/bobs/{path}", json.dumps(body) if body is not None else "", content_type="application/json",
            headers={"Authorization": f"Bearer {people.issue_token(who, 'test')}"},
        )  # fmt: skip
        return answer.status_code, answer.json() if answer.content else None

    eve = person("eve")
    for path in ("slow", "best", "slow/drafts"):
        assert (call(clerk, "GET", path)[0], call(eve, "GET", path)[0]) == (403, 404)
    assert call(clerk, "POST", "slow/drafts", {"sku": cup})[0] == 403
    assert [(row["sku"], row["cover_days"]) for row in call(bob, "GET", "slow")[1]["items"]] == [
        (cup, 1500.0)
    ]
    status, made = call(bob, "POST", "slow/drafts", {"sku": cup})
    assert (status, made["kind"]) == (201, "group")
    status, done = call(bob, "POST", f"slow/drafts/{made['id']}/carrying", {})
    assert (status, done["state"]) == (200, "done")
    assert call(bob, "DELETE", f"slow/drafts/{made['id']}")[0] == 404
