"""How many make a group, while the shop experiments: the same for everybody, and as set again when it stops."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from grapevine.campaigns.actions.sizes import size_plans
from grapevine.campaigns.models import Group
from grapevine.campaigns.queries.groups import plan_for_goods, plans_of_shop
from grapevine.campaigns.tests.cast import gather, opens
from grapevine.signals import facade as signals
from grapevine.signals.facade import NewExperiment, WrongExperiment

NEW = NewExperiment(
    knob="group.size", name="少一个人", hypothesis="成得快", primary="fill", unit="goods",
    shares={"planned": 1, "fewer": 9_999},
)  # fmt: skip


@pytest.mark.django_db
def test_a_plan_has_the_size_of_its_arm_until_the_experiment_stops() -> None:
    cast = gather(size=3)
    assert size_plans() == 0
    with pytest.raises(WrongExperiment):
        signals.draft_experiment(new=NEW, shop_id=0, by_id=None)  # plans are the shops' to set
    one = signals.draft_experiment(new=NEW, shop_id=cast.shop.id, by_id=cast.bob)
    signals.start_experiment(public_id=one.public_id, shop_id=cast.shop.id)
    with time_machine.travel(datetime(2026, 11, 3, 4, tzinfo=UTC), tick=False) as traveller:
        assert (size_plans(), size_plans()) == (1, 0)
        shown = plan_for_goods(cast.cup.id)
        assert shown is not None
        assert (shown.size, shown.set_size, shown.price_minor) == (2, 3, 5_990)
        opens(cast, cast.alice)
        traveller.shift(timedelta(days=1))
        assert size_plans() == 0
    assert Group.objects.get().size == 2
    kept = signals.variant("group.size", shop_id=cast.shop.id, goods_id=cast.cup.id)
    assert (kept.unit, kept.person_id, kept.arm) == (f"g{cast.cup.id}", None, "fewer")
    assert str(kept.seen_on) == "2026-11-04"
    signals.stop_experiment(public_id=one.public_id, shop_id=cast.shop.id, reason="enough")
    signals.decide_experiment(public_id=one.public_id, shop_id=cast.shop.id, arm="fewer", reason="x")  # fmt: skip
    assert size_plans() == 1
    assert [(plan.size, plan.set_size) for plan in plans_of_shop(cast.shop.id)] == [(3, 3)]
    assert Group.objects.get().size == 2  # who came for two waits for two
