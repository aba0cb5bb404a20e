"""What a coupon may be, what it is called and until when it holds, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from grapevine.campaigns.contracts import CouponPlanView, NewCoupons, NewScope, Scope
from grapevine.campaigns.rules.coupons import check_coupons, coupon_name, ends, pieces
from grapevine.campaigns.rules.windows import covers, stored, yuan
from grapevine.goods.contracts import SkuLine
from grapevine.kit.errors import BadInput

NOW = datetime(2026, 11, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def terms(**changes: Any) -> NewCoupons:
    plain = {
        "worth_minor": 1000, "threshold_minor": 10000, "issue_limit": 100, "starts_at": NOW,
        "ends_at": NOW + DAY,
    }  # fmt: skip
    return NewCoupons(**{**plain, **changes})


@pytest.mark.parametrize(
    "edge",
    [
        {"worth_minor": 1}, {"worth_minor": 9999}, {"threshold_minor": 0, "worth_minor": 10**10},
        {"rate_bps": 9999}, {"rate_bps": 1}, {"rate_bps": 1500, "worth_minor": 20000},
        {"issue_limit": 1}, {"issue_limit": 1_000_000}, {"per_person": 99}, {"days": 1},
        {"days": 366}, {"budget_minor": 1000}, {"ends_at": NOW + 366 * DAY}, {"title": "长" * 40},
        {"starts_at": NOW + 366 * DAY, "ends_at": NOW + 367 * DAY},
        {"scope": NewScope(categories=tuple(map(str, range(200))))},
    ],
)  # fmt: skip
def test_the_edges_are_allowed(edge: dict[str, Any]) -> None:
    check_coupons(terms(**edge), now=NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"worth_minor": 0}, "worth"), ({"worth_minor": -1}, "worth"),
        ({"worth_minor": 10**10 + 1}, "worth"), ({"worth_minor": 10000}, "worth"),
        ({"threshold_minor": -1}, "threshold"), ({"threshold_minor": 10**10 + 1}, "threshold"),
        ({"rate_bps": -1}, "rate"), ({"rate_bps": 10000}, "rate"),
        ({"issue_limit": 0}, "issue_limit"), ({"issue_limit": 1_000_001}, "issue_limit"),
        ({"per_person": 0}, "per_person"), ({"per_person": 100}, "per_person"),
        ({"budget_minor": 999}, "budget"), ({"budget_minor": 10**10 + 1}, "budget"),
        ({"days": 0}, "days"), ({"days": 367}, "days"), ({"audience": "rich"}, "audience"),
        ({"ends_at": NOW}, "ends_at"), ({"ends_at": NOW + 367 * DAY}, "ends_at"),
        ({"starts_at": NOW - 2 * DAY, "ends_at": NOW}, "ends_at"), ({"title": "长" * 41}, "title"),
        ({"starts_at": NOW + 367 * DAY, "ends_at": NOW + 368 * DAY}, "starts_at"),
        ({"scope": NewScope(goods=tuple(map(str, range(201))))}, "scope"),
    ],
)  # fmt: skip
def test_beyond_an_edge_its_field_alone_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_coupons(terms(**wrong), now=NOW)
    assert list(refused.value.fields) == [field]


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**8))
def test_a_budget_pays_for_every_piece_given_out(worth: int, limit: int, budget: int) -> None:
    given_out = pieces(terms(worth_minor=worth, issue_limit=limit, budget_minor=budget))
    assert given_out * worth <= budget
    assert given_out == limit or (given_out + 1) * worth > budget
    assert pieces(terms(issue_limit=limit)) == limit


@pytest.mark.parametrize(
    ("days", "taken", "until"),
    [(None, 0, 7), (3, 0, 3), (3, 5, 7), (7, 0, 7), (8, 0, 7)],
)
def test_it_never_holds_longer_than_its_plan(days: int | None, taken: int, until: int) -> None:
    assert ends(taken_at=NOW + taken * DAY, ends_at=NOW + 7 * DAY, days=days) == NOW + until * DAY


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "满100减10"), ({"threshold_minor": 0, "worth_minor": 550}, "立减5.5"),
        ({"rate_bps": 1500}, "满100打8.5折"), ({"rate_bps": 500, "threshold_minor": 0}, "打9.5折"),
    ],
)  # fmt: skip
def test_its_name_says_what_it_does(changes: dict[str, Any], name: str) -> None:
    assert coupon_name(terms(**changes)) == name


@pytest.mark.parametrize(
    ("minor", "said"), [(20000, "200"), (990, "9.9"), (5, "0.05"), (100, "1"), (1010, "10.1")]
)
def test_amounts_without_their_sign(minor: int, said: str) -> None:
    assert yuan(minor) == said


def sku(sku_id: int, goods_id: int, category: str) -> SkuLine:
    return SkuLine(
        sku_id, "", goods_id, "", "", "", 1, "CNY", 1, 1, "", None, on_sale=True, category=category
    )  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        (Scope(), [1, 2, 3]), (Scope(categories=("茶",)), [1, 2]), (Scope(goods=(8,)), [2, 3]),
        (Scope(skus=(3,)), [3]), (Scope(categories=("没有",)), []), (Scope(("茶",), (), (3,)), [1, 2, 3]),
    ],
)  # fmt: skip
def test_a_scope_covers_what_it_names(scope: Scope, covered: list[int]) -> None:
    lines = [sku(1, 7, "茶"), sku(2, 8, "茶"), sku(3, 8, "家居")]
    assert [line.sku_id for line in lines if covers(scope, line)] == covered
    assert Scope.read(stored(scope)) == scope


@pytest.mark.parametrize(
    ("bps", "tenths", "percent"), [(1500, "8.5", "15"), (1000, "9", "10"), (1250, "8.75", "12.5")]
)
def test_a_percentage_is_said_in_tenths_and_in_percent(bps: int, tenths: str, percent: str) -> None:
    view = CouponPlanView(
        1, "p", 1, "t", bps, 1000, 0, Scope(), "everyone", 1, 1, None, 0, None, NOW, NOW
    )
    assert (view.tenths, view.percent, view.left, view.takeable) == (tenths, percent, 1, True)
