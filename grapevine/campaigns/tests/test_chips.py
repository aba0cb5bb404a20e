"""Which goods have plans is remembered for seconds; a plan made or stopped here shows at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grapevine.campaigns import facade
from grapevine.campaigns.models import GroupPlan
from grapevine.campaigns.queries import groups
from grapevine.campaigns.tests.cast import gather

pytestmark = pytest.mark.django_db


def asked(goods_id: int) -> tuple[list[int], int]:
    with CaptureQueriesContext(connection) as captured:
        found = groups.plans_for_goods([goods_id])
    return [plan.price_minor for plan, _live in found.values()], len(captured)


def test_a_plan_made_or_stopped_shows_at_once_and_goods_without_cost_nothing() -> None:
    cast = gather()
    assert asked(cast.cup.id) == ([5990], 2)  # which goods have one, and the plan
    assert asked(cast.cup.id) == ([5990], 1)
    assert asked(cast.cup.id + 1) == ([], 0)
    facade.stop_plan(shop_id=cast.shop.id, public_id=cast.plan.public_id)
    assert asked(cast.cup.id) == ([], 1)
    assert asked(cast.cup.id) == ([], 0)
    facade.create_plan(
        shop_id=cast.shop.id, goods_public_id=cast.cup.public_id, size=2, price_minor=4990, hours=24
    )
    assert asked(cast.cup.id) == ([4990], 2)
    GroupPlan.objects.update(active=False, price_minor=1)  # another process stopped it
    assert asked(cast.cup.id) == ([], 1)


def test_where_too_many_goods_have_plans_each_page_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = gather()
    monkeypatch.setattr(groups, "PLANNED_MAX", 0)
    assert asked(cast.cup.id) == ([5990], 2)
    assert asked(cast.cup.id + 1) == ([], 1)
