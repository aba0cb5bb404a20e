"""A hundred shops at four stages: each is served as its stage says, what is late is listed, and the desk adds up."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.insight import facade, shopcare
from grapevine.insight.actions import following, serving
from grapevine.insight.models import ShopService, ShopTrial
from grapevine.insight.queries import services
from grapevine.insight.rules.stages import Stage
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "vine-and-grape-7"
WEEKS = 12
EACH = 25
WEEKLY = {Stage.START: (3, 1), Stage.OPERATE: (5, 6), Stage.AT_RISK: (5, 6)}
"""Days seen and orders in a week; those at risk have had none for the last five."""
GIVEN = {"onboarding_call": 3, "course": 14, "tool_trial": 28, "managed": 7}


@pytest.fixture(autouse=True)
def a_thursday() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def opened(owner: int) -> dict[int, Stage]:
    """Shop → the stage its weeks say."""
    found = {}
    for stage in (Stage.ACQUIRE, Stage.START, Stage.OPERATE, Stage.AT_RISK):
        age = timedelta(days=1) if stage is Stage.ACQUIRE else timedelta(weeks=WEEKS)
        with time_machine.travel(NOW - age):
            for n in range(EACH):
                shop = goods.open_shop(owner_id=owner, slug=f"{stage.replace('_', '-')}-{n}", name=f"店{n}", colour="#8d3b1f")  # fmt: skip
                found[shop.id] = stage
    return found


def weeks_of(shops: dict[int, Stage]) -> list[dict[str, Any]]:
    this = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    rows = []
    for shop_id, stage in shops.items():
        if stage not in WEEKLY:
            continue
        seen, orders = WEEKLY[stage]
        for back in range(WEEKS, 5 if stage is Stage.AT_RISK else 0, -1):
            monday = this - timedelta(weeks=back)
            sunday = monday + timedelta(days=6)
            rows.append({
                "shop_id": shop_id, "week": monday, "seen_days": seen, "sign_ins": seen, "pages": 3, "listings": 1,
                "campaigns": 0, "orders": orders, "payments_minor": orders * 10_000, "last_seen": sunday, "last_order": sunday,
            })  # fmt: skip
    return rows


@pytest.mark.django_db
def test_a_hundred_shops_are_served_by_their_stages() -> None:
    owner = people.sign_up(identifier="bob@example.com", password=PASSWORD, name="Bob")
    managers = people.save_people_bulk([
        NewPerson(handle=f"op{n}", name=f"经理{n}", phone=f"1380000000{n}", password=PASSWORD, is_operator=True)
        for n in range(4)
    ])  # fmt: skip
    shops = opened(owner)
    facade.tell_shop_weeks(weeks_of(shops))
    for who in managers:
        following.set_manager(operator_id=managers[0], person_id=who, capacity=25)
    care = shopcare.care(is_counted=True)
    assert care["services"] == 100

    given = dict(ShopService.objects.values_list("shop_id", "stage"))
    assert given == {shop: str(stage) for shop, stage in shops.items()}
    rows = list(ShopService.objects.all())
    assert Counter(row.playbook for row in rows) == dict.fromkeys(GIVEN, EACH)
    assert {row.playbook: (row.due_on - row.opened_on).days for row in rows} == GIVEN
    alone = ShopTrial.objects.filter(is_held_out=True).count()
    desk = services.desk()
    assert (sum(desk.managers.values()), desk.unassigned) == (100 - alone, alone)
    assert max(desk.managers.values()) - min(desk.managers.values()) <= 1
    assert desk.shops_each == (100 - alone) / 4
    assert shopcare.care(is_counted=True)["services"] == 0, "twice on one day is once"

    done = [row.public_id for row in rows if row.playbook == "onboarding_call"][:10]
    for public_id in done:
        serving.complete_service(operator_id=managers[0], public_id=public_id)
    with time_machine.travel(NOW + timedelta(days=8)):
        _late(shops)


def _late(shops: dict[int, Stage]) -> None:
    """Calls of three days and care of seven are late; courses and tools are not."""
    late = services.services("overdue", limit=100).items
    assert Counter(shops[one.shop_id] for one in late) == {Stage.ACQUIRE: 15, Stage.AT_RISK: 25}
    assert services.counts() == {"open": 90, "overdue": 40, "done": 10}
    told = {one.playbook: (one.open, one.overdue, one.done, one.done_percent) for one in services.desk().playbooks}  # fmt: skip
    assert told == {
        "onboarding_call": (15, 15, 10, 40), "course": (25, 0, 0, None), "tool_trial": (25, 0, 0, None),
        "managed": (25, 25, 0, 0),
    }  # fmt: skip
    each = services.desk().shops_each
    client = Client()
    client.post("/signin/", {"identifier": "13800000000", "password": PASSWORD})
    page = client.get("/operator/services/?state=overdue").content.decode()
    assert f"平均每位经理在照看 {each:.1f} 家店" in page
    assert page.count('<form method="post" action="/operator/services/') == 40
    assert "40%" in page
