"""A shop's people are its own: its export has all of them and nobody else, no other shop reaches them, and a closed shop has none."""

import csv
import io
from typing import Any

import pytest

from grapevine.goods import facade as goods
from grapevine.insight.actions import segments
from grapevine.insight.crowds import NewAct, TooFewPeople
from grapevine.insight.models import AssetDay, Customer, Touch
from grapevine.insight.queries import customers
from grapevine.insight.queries.portraits import portrait_of
from grapevine.insight.rules.customers.segments import Rule
from grapevine.insight.tests.crowd import Stall, browser, count, crowd, owner
from grapevine.people import facade as people
from grapevine.reach import actions as reach
from grapevine.reach.models import Notice
from grapevine.signals import facade as signals
from grapevine.spread.facade import code_of

pytestmark = pytest.mark.django_db


def exported(stall: Stall, query: str = "") -> set[str]:
    page = browser(stall.owner_id).get(f"/console/{stall.card.slug}/segments/?format=csv{query}")
    rows = list(csv.DictReader(io.StringIO(page.content.decode().lstrip("\ufeff"))))
    assert len({row["code"] for row in rows}) == len(rows)
    return {row["code"] for row in rows}


@pytest.fixture
def two() -> dict[str, Any]:
    """Bob and Rita have twelve buyers each, two of them in common; three of Bob's only looked; one of his is off the switch."""
    bobs, ritas, everybody = Stall("bobs", owner("bob")), Stall("ritas", owner("rita")), crowd(30)
    mine, hers, lookers = everybody[:12], everybody[10:22], everybody[22:25]
    for pk in mine:
        bobs.sold(pk, 20)
    for pk in hers:
        ritas.sold(pk, 20)
    for pk in lookers:
        bobs.looked(pk, 3)
    people.set_personalised(person_id=mine[0], on=False)
    count()
    return {"bobs": bobs, "ritas": ritas, "mine": mine, "hers": hers, "lookers": lookers}


def test_an_export_has_all_of_a_shops_people_and_only_these(two: dict[str, Any]) -> None:
    bobs, ritas = two["bobs"], two["ritas"]
    assert exported(bobs) == {code_of(bobs.id, pk) for pk in [*two["mine"], *two["lookers"]]}
    assert exported(ritas) == {code_of(ritas.id, pk) for pk in two["hers"]}
    asked = exported(bobs, "&bought=any")  # a question is of those who may be learned about
    assert asked == {code_of(bobs.id, pk) for pk in two["mine"][1:]}
    assert browser(bobs.owner_id).get("/console/ritas/segments/?format=csv").status_code in (
        403,
        404,
    )


def test_no_other_shop_reaches_a_shops_people(two: dict[str, Any]) -> None:
    ritas = two["ritas"]
    for pk in [*two["mine"], *two["hers"]]:
        reach.choose(person_id=pk, ways={"shop_news": "site"})
    act = segments.draft_act(
        shop_id=ritas.id, rule=Rule(bought="any"), new=NewAct("notice", "上新了"), actor_id=ritas.owner_id
    )  # fmt: skip
    segments.carry_out(shop_id=ritas.id, public_id=act.public_id, actor_id=ritas.owner_id)
    told = set(Notice.objects.filter(kind="shop_news").values_list("person_id", flat=True))
    assert told == set(two["hers"])
    assert set(Touch.objects.values_list("person_id", flat=True)) == set(two["hers"])


def test_a_closed_shop_has_no_people_and_one_that_opens_again_has(two: dict[str, Any]) -> None:
    bobs, ritas = two["bobs"], two["ritas"]
    draft = segments.draft_act(
        shop_id=bobs.id, rule=Rule(bought="any"), new=NewAct("notice", "上新了"), actor_id=bobs.owner_id
    )  # fmt: skip
    goods.close_shop(shop_id=bobs.id, person_id=bobs.owner_id, reason="搬家")
    signals.drain()
    for _ in range(2):  # at once, and by the next count
        assert not Customer.objects.filter(shop_id=bobs.id).exists()
        assert not AssetDay.objects.filter(shop_id=bobs.id).exists()
        count()
    assert exported(bobs) == set()
    assert customers.counted(bobs.id, Rule()).people == 0
    assert (portrait_of(bobs.id).people, portrait_of(bobs.id).bought) == (0, ())
    page = browser(bobs.owner_id).get("/console/bobs/fans/?format=csv").content.decode()
    assert len(page.splitlines()) == 1
    with pytest.raises(TooFewPeople):
        segments.carry_out(shop_id=bobs.id, public_id=draft.public_id, actor_id=bobs.owner_id)
    assert exported(ritas) == {code_of(ritas.id, pk) for pk in two["hers"]}, "another's stay"

    goods.reopen_shop(shop_id=bobs.id, person_id=bobs.owner_id)
    count()
    assert len(exported(bobs)) == 15
