"""What a rating is made of besides orders, and what it does: ranking, deposit and fee move as the method page says."""

import io
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from grapevine.care import facade, ports
from grapevine.care.actions.rating import rate_shops
from grapevine.care.contracts import Measure
from grapevine.care.rules import rating as rules
from grapevine.care.tests.cast import Cast, browser, gather, job, later, paid, sku
from grapevine.discovery import facade as discovery
from grapevine.discovery.contracts import Kind
from grapevine.goods import facade as goods
from grapevine.goods.models import Shop
from grapevine.goods.onboarding import Cause
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade

pytestmark = pytest.mark.django_db
WINDOW = rules.WINDOW_DAYS


@pytest.fixture
def cast() -> Cast:
    return gather()


def factor(shop_id: int, name: str) -> tuple[int | None, int, int]:
    found = facade.rating_of(shop_id)
    assert found is not None
    one = next(own for own in found.factors if own.name == name)
    return one.points, one.cases, one.value


def points(shop_id: int) -> int | None:
    found = facade.rating_of(shop_id)
    assert found is not None
    known = [one for one in found.factors if one.points is not None]
    weight = sum(one.weight for one in known)
    whole = sum((one.points or 0) * one.weight for one in known)
    assert found.points in (None, (2 * whole + weight) // (2 * weight)), "of the parts shown"
    return found.points


def inspect(cast: Cast, *failing: int) -> None:
    """Look at everything on sale; the goods of these shops fail."""
    plan = goods.draw_plan(share_bps=10_000, seed=1, operator_id=cast.dora)
    for one in goods.inspections(plan=plan.public_id).items:
        is_passed = one.goods.shop_id not in failing
        goods.record_inspection(
            public_id=one.public_id, operator_id=cast.dora, is_passed=is_passed,
            finding="" if is_passed else "铅溶出超标",
            report=None if is_passed else io.BytesIO(b"%PDF-1.4 report"),
        )  # fmt: skip


def _measured(found: dict[int, Measure], _since: datetime, _until: datetime) -> dict[int, Measure]:
    return found


def usual(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let every factor but these earn what makes both shops the same."""
    shops = list(Shop.objects.values_list("pk", flat=True))
    for one in rules.FACTORS:
        if one.name not in names:
            found = {pk: Measure(100, one.best) for pk in shops}
            monkeypatch.setitem(ports._sources, one.name, partial(_measured, found))


def test_two_shops_that_differ_in_failed_samples_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual(monkeypatch, "inspections")
    inspect(cast, cast.bobs.id)
    assert rate_shops() == 2
    assert factor(cast.bobs.id, "inspections") == (0, 2, 10_000)
    assert factor(cast.carols.id, "inspections") == (100, 1, 0)
    assert (points(cast.bobs.id), points(cast.carols.id)) == (95, 100)
    with later(days=WINDOW + 1):
        rate_shops()
        assert factor(cast.bobs.id, "inspections")[0] is None, "old ones drop out"
        assert points(cast.bobs.id) == 100


def test_violations_count_by_the_act_and_drop_out_by_their_date(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suspension, and a permit without which two goods are out of sale: two acts."""
    usual(monkeypatch, "violations")
    goods.suspend_shop(shop_id=cast.bobs.id, operator_id=cast.dora, reason="售假")
    goods.resume_shop(shop_id=cast.bobs.id, operator_id=cast.dora)
    from grapevine.goods.actions.shelves import withhold

    withhold(
        shop_id=cast.bobs.id, cause=Cause.PERMIT, goods_ids=[cast.cup.goods_id, cast.vase.goods_id]
    )
    rate_shops()
    assert factor(cast.bobs.id, "violations") == (60, 2, 2)
    assert factor(cast.carols.id, "violations") == (100, 0, 0)
    assert (points(cast.bobs.id), points(cast.carols.id)) == (98, 100)
    with later(days=WINDOW + 1):
        rate_shops()
        assert factor(cast.bobs.id, "violations") == (100, 0, 0)


def levels(monkeypatch: pytest.MonkeyPatch, given: dict[int, str]) -> None:
    """Rate the shops so that they get these levels: every factor is measured so."""
    least = dict(rules.LEVELS)
    for one in rules.FACTORS:
        found = {}
        for pk, level in given.items():
            share = max(least[level] + 2, 4)
            found[pk] = Measure(100, one.worst + (one.best - one.worst) * share // 100)
        monkeypatch.setitem(ports._sources, one.name, partial(_measured, found))
    rate_shops()
    assert facade.levels_of(given) == given
    signals.drain()


def test_goods_of_a_better_shop_come_first_and_no_others_move(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sku(cast.carols, "玻璃茶杯", 3000, 5)
    sku(cast.bobs, "玻璃茶杯", 3000, 5)
    signals.drain()

    def order() -> tuple[list[int], list[int]]:
        found = discovery.search(query="玻璃茶杯", kind=Kind.GOODS)
        beside = discovery.recommend_goods(None, limit=10)
        return [one.shop_id for one in found.goods], [one.goods.shop_id for one in beside]

    bob, carol = cast.bobs.id, cast.carols.id
    assert order()[0] == [bob, carol], "equal goods: the newest first"
    for line in (cast.cup, cast.tea):
        paid(cast.alice, line)
    signals.drain()
    levels(monkeypatch, {bob: "E", carol: "A"})
    assert order()[0] == [carol, bob]
    assert order()[1][0] == carol
    assert facade.effects_of([bob, carol, 999])[bob].ranking_bps == 8000
    sku(cast.bobs, "玻璃茶杯", 3000, 5)
    signals.drain()
    assert order()[0] == [carol, bob, bob], "what comes later is ranked as its shop is"
    with later(days=1):
        levels(monkeypatch, {bob: "A", carol: "E"})
        assert order()[0] == [bob, bob, carol]
        assert order()[1][0] == bob
    before = order()
    assert discovery.rebuild()["shops"] == 2
    assert order() == before


def test_the_platforms_share_follows_the_level_on_the_day_of_the_order(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PLATFORM_FEE_BPS = 500
    numbers = [received(cast, cast.cup)]
    with later(hours=1):
        levels(monkeypatch, {cast.bobs.id: "A", cast.carols.id: "E"})
    with later(hours=2):
        numbers += [received(cast, cast.cup), received(cast, cast.tea)]
    with later(days=2):
        levels(monkeypatch, {cast.bobs.id: "C", cast.carols.id: "C"})
    with later(days=settings.RETURN_WINDOW_DAYS + 2):
        job("trade.jobs.settle_final")
    fees = {
        number: ledger.posting(f"settle:{number}").legs[1].amount_minor  # type: ignore[union-attr]
        for number in numbers
    }
    assert list(fees.values()) == [6900 * 500 // 10_000, 6900 * 450 // 10_000, 3000 * 550 // 10_000]
    assert ledger.balance(Account("platform", "fee:commission")) == sum(fees.values())


def received(cast: Cast, line: Any) -> str:
    number = paid(cast.alice, line)
    staff = cast.bob if line.shop_id == cast.bobs.id else cast.carol
    trade.ship_order(
        shop_id=line.shop_id, number=number, carrier="顺丰", tracking="SF12345678", actor_id=staff
    )
    trade.receive_order(buyer_id=cast.alice, number=number)
    return number


def test_a_deposit_falls_at_once_and_rises_after_its_notice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    Shop.objects.filter(pk=cast.bobs.id).update(deposit_due_minor=100_000)

    def due() -> int:
        return goods.standing(cast.bobs.id).deposit_due_minor

    assert due() == 100_000
    levels(monkeypatch, {cast.bobs.id: "A"})
    assert due() == 50_000
    for day in range(1, rules.DEPOSIT_NOTICE_DAYS + 1):
        with later(days=day):
            levels(monkeypatch, {cast.bobs.id: "E"})
            assert due() == 50_000, day
    with later(days=rules.DEPOSIT_NOTICE_DAYS + 1):
        assert due() == 200_000


def test_the_method_page_says_what_happens(cast: Cast) -> None:  # noqa: ARG001
    page = browser(None).get("/rules/rating/").content.decode()
    for text in ("商品搜索和商品推荐", "30 天", "下单时的等级", "110%", "抽检", "售后考核"):
        assert text in page
    assert "暂不计" not in page, "every published factor is measured"
    assert sum(one.weight for one in rules.FACTORS) == 100


@pytest.mark.parametrize(
    ("levels", "bps"),
    [
        ([], 10_000), ([""], 10_000), (["A"], 5_000), (["E"], 20_000), (["E", "E", "D"], 15_000),
        (["", "E"], 10_000), (["E", "A"], 5_000),
    ],
)  # fmt: skip
def test_the_deposit_is_the_least_of_the_last_days(levels: list[str], bps: int) -> None:
    assert rules.deposit_scale(levels) == bps
