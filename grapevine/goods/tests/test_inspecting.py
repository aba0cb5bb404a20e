"""Samples: reproducible, the risky oversampled, decided once; what fails is off sale and its buyers are told."""

import io
from typing import Any

import pytest

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewSku
from grapevine.goods.models import Inspection
from grapevine.goods.onboarding import AlreadyDecided, RuleView
from grapevine.goods.rules.sampling import WEIGHTS, count_of, draw, weight_of
from grapevine.goods.tests.opening_cast import is_on_sale, news_named, paper, shelve, sign_up
from grapevine.kit import clock
from grapevine.kit.errors import BadInput

db = pytest.mark.django_db
MANY = [(f"g{n:04}", 70 if n % 10 == 0 else 10) for n in range(1000)]


def test_five_per_cent_of_a_thousand_are_fifty_the_same_every_time_and_in_any_order() -> None:
    drawn = draw(MANY, count=count_of(1000, 500), seed=7)
    assert len(drawn) == len(set(drawn)) == 50
    assert draw(list(reversed(MANY)), count=50, seed=7) == drawn
    assert draw(MANY, count=50, seed=8) != drawn
    assert draw(MANY, count=60, seed=7)[:50] == drawn


def test_the_risky_are_drawn_as_often_as_their_weight_says() -> None:
    """A tenth of the goods with seven times the weight: 7/16 of a first draw, a little less of fifty."""
    risky = {one for one, weight in MANY if weight == 70}
    shares = [len(risky & set(draw(MANY, count=50, seed=seed))) / 50 for seed in range(40)]
    assert min(shares) > 0.2
    assert 0.38 < sum(shares) / len(shares) < 0.45


@pytest.mark.parametrize(
    ("population", "share", "count"),
    [(1000, 500, 50), (1001, 500, 51), (1, 1, 1), (0, 500, 0), (7, 10_000, 7)],
)
def test_a_share_is_rounded_up(population: int, share: int, count: int) -> None:
    assert count_of(population, share) == count


def test_a_weight_is_the_sum_of_its_reasons() -> None:
    plain = weight_of(WEIGHTS, risk=0, is_dear=False, is_new=False, complaints=0)
    worst = weight_of(WEIGHTS, risk=3, is_dear=True, is_new=True, complaints=9)
    assert (plain, worst) == (10, 10 + 60 + 10 + 10 + 100)


def shop_with(count: int) -> int:
    bob = sign_up("Bob")
    shop = goods.open_shop(owner_id=bob, slug="tea-house", name="茶舍", colour="#1d5a41")
    goods.save_goods_bulk(
        [
            NewGoods(shop.id, f"茶 {n}", "酒" if n % 10 == 0 else "茶", "", [NewSku("", 900, 5)])
            for n in range(count)
        ]
    )
    return shop.id


@db
def test_a_plan_over_a_thousand_goods_draws_fifty_with_the_risky_oversampled() -> None:
    carol = sign_up("Carol")
    shop_with(1000)
    goods.set_rule(rule=RuleView("酒", risk=3), operator_id=carol)
    plan = goods.draw_plan(share_bps=500, seed=7, operator_id=carol, weights={"new": 0})
    assert (plan.population, plan.drawn, plan.open) == (1000, 50, 50)
    risky = Inspection.objects.filter(goods__category="酒")
    assert set(risky.values_list("weight", flat=True)) == {70}
    assert risky.count() >= 12, "a tenth of the goods would be five"
    again = goods.draw_plan(share_bps=500, seed=7, operator_id=carol, weights={"new": 0})
    first, second = (
        list(
            Inspection.objects.filter(plan__public_id=one.public_id)
            .order_by("id")
            .values_list("goods_id", flat=True)
        )
        for one in (plan, again)
    )
    assert first == second


@db
def test_a_plan_that_makes_no_sense_draws_nothing() -> None:
    wrong: list[dict[str, Any]] = [
        {"share_bps": 0}, {"share_bps": 10_001}, {"seed": -1}, {"weights": {"base": 0}},
        {"weights": {"luck": 5}}, {"weights": {"risk": -1}},
    ]  # fmt: skip
    for given in wrong:
        with pytest.raises(BadInput):
            goods.draw_plan(**{"share_bps": 500, "seed": 1, "operator_id": 1, **given})
    assert not Inspection.objects.exists()


@db
def test_what_fails_is_off_sale_at_once_and_on_the_record() -> None:
    bob, carol, dora = sign_up("Bob"), sign_up("Carol"), sign_up("Dora")
    shop = goods.open_shop(owner_id=bob, slug="tea-house", name="茶舍", colour="#1d5a41")
    bad, good = shelve(shop), shelve(shop)
    start = clock.now()
    plan = goods.draw_plan(share_bps=10_000, seed=1, operator_id=carol)
    rows = {
        one.goods.public_id: one.public_id for one in goods.inspections(plan=plan.public_id).items
    }
    goods.assign_inspection(public_id=rows[bad], inspector_id=dora, operator_id=carol)
    with pytest.raises(BadInput):
        goods.record_inspection(public_id=rows[bad], operator_id=dora, is_passed=False)
    assert is_on_sale(bad)
    goods.record_inspection(
        public_id=rows[bad], operator_id=dora, is_passed=False, finding="农残超标", report=paper()
    )
    goods.record_inspection(public_id=rows[good], operator_id=dora, is_passed=True)
    assert (is_on_sale(bad), is_on_sale(good)) == (False, True)
    with pytest.raises(AlreadyDecided):
        goods.record_inspection(public_id=rows[bad], operator_id=dora, is_passed=True)
    with pytest.raises(AlreadyDecided):
        goods.assign_inspection(public_id=rows[bad], inspector_id=carol, operator_id=carol)
    told = goods.conduct_of(shop.id, start)
    assert (told.inspections_passed, told.inspections_failed, told.suspensions) == (1, 1, 0)
    assert news_named("goods.failed_inspection").count() == 1
    goods.release_goods(public_id=rows[bad], operator_id=carol)
    assert is_on_sale(bad)


@db
def test_a_report_that_is_no_paper_decides_nothing() -> None:
    from grapevine.media.contracts import NotAPaper

    carol = sign_up("Carol")
    shop_with(1)
    goods.draw_plan(share_bps=10_000, seed=1, operator_id=carol)
    one = goods.inspections().items[0]
    with pytest.raises(NotAPaper):
        goods.record_inspection(
            public_id=one.public_id, operator_id=carol, is_passed=False, finding="坏",
            report=io.BytesIO(b"<html>"),
        )  # fmt: skip
    assert goods.inspections().items[0].state == "drawn"
