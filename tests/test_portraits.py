"""Portraits in parts of ten and more, tags with their source and the person's word above them, the fans' page."""

import csv
import io
import re

import pytest

from grapevine.discovery.actions import tagging
from grapevine.discovery.models import TagWord, Taste
from grapevine.discovery.queries import tags
from grapevine.insight.models import AssetDay
from grapevine.insight.queries.portraits import portrait_of
from grapevine.insight.queries.worth import supporters_of, worth_of
from grapevine.insight.tests.crowd import Stall, browser, count, crowd, owner
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people


def liked(person_id: int, key: str, weight: float) -> None:
    Taste.objects.create(
        person_id=person_id, kind="category", key=key, weight=weight, at=clock.now()
    )


@pytest.mark.django_db
def test_a_persons_word_on_their_tags_wins() -> None:
    alice = owner("alice")
    for key, weight in (("茶", 5.0), ("杯子", 1.5), ("鞋", 0.5)):
        liked(alice, key, weight)
    told = {tag.key: tag.source for tag in tags.tags_of(alice)}
    assert told == {"茶": "bought", "杯子": "liked", "鞋": "browsed"}

    page = browser(alice)
    assert (
        page.post(
            "/privacy/tags/correction/", {"do": "drop", "kind": "category", "key": "茶"}
        ).status_code
        == 303
    )
    assert (
        page.post(
            "/privacy/tags/correction/", {"do": "want", "kind": "topic", "key": "露营"}
        ).status_code
        == 303
    )
    assert (
        page.post(
            "/privacy/tags/correction/", {"do": "want", "kind": "phone", "key": "1"}
        ).status_code
        == 422
    )
    shown = page.get("/privacy/tags/").content.decode()
    assert "你自己说的" in shown
    assert "不要用的" in shown
    assert not Taste.objects.filter(person_id=alice, key="茶").exists()
    liked(alice, "茶", 5.0)  # a later purchase
    assert "茶" not in {tag.key for tag in tags.tags_of(alice)}
    tagging.hold_to_words()
    assert sorted(Taste.objects.filter(person_id=alice).values_list("key", flat=True)) == [
        "杯子",
        "露营",
        "鞋",
    ]
    assert {one["key"]: one["source"] for one in tags.own_tags(alice)}["茶"] == "dropped"

    people.set_personalised(person_id=alice, on=False)
    Taste.objects.filter(person_id=alice).delete()
    tagging.hold_to_words()
    assert not Taste.objects.filter(person_id=alice).exists()
    tagging.take_back_tag(person_id=alice, kind="category", key="茶")
    assert tags.dropped_tags(alice) == []
    with pytest.raises(BadInput):
        tagging.want_tag(person_id=alice, kind="category", key=" ")
    tagging.erase_words(alice)
    assert not TagWord.objects.filter(person_id=alice).exists()


@pytest.mark.django_db
def test_a_shop_sees_parts_of_ten_and_more_and_its_fans_by_code() -> None:
    bobs = Stall("bobs", owner("bob"))
    everybody = crowd(40)
    fans, friends, others = everybody[:2], everybody[2:16], everybody[16:]
    tokens = [bobs.shared(pk) for pk in fans]
    for pk in fans:
        bobs.sold(pk, 40)
    for n, pk in enumerate(friends):
        bobs.sold(pk, 5, minor=70_000, token=tokens[n % 2])
    for pk in others:
        bobs.sold(pk, 5, minor=4_000)
    for pk in [*friends[:12], *fans]:
        liked(pk, "茶", 5.0)
    for pk in others[:9]:
        liked(pk, "鞋", 1.0)
    tagging.drop_tag(person_id=fans[0], kind="category", key="茶")
    tagging.want_tag(person_id=others[9], kind="category", key="茶")
    people.set_personalised(person_id=others[10], on=False)
    count()

    told = portrait_of(bobs.id)
    assert (told.people, told.closed) == (40, None)
    assert [(one.name, one.people) for one in told.bought] == [("once", 40)]
    assert [(one.name, one.people) for one in told.spending] == [
        ("under_100", 25), ("under_2000", 15),
    ]  # fmt: skip
    assert ("鞋", "liked", None) in told.tags  # nine people
    assert next(n for name, source, n in told.tags if (name, source) == ("茶", "said")) is None
    page = browser(bobs.owner_id)
    shown = page.get("/console/bobs/portrait/").content.decode()
    assert "来自订单，只到省" not in shown  # no region reaches ten
    assert "P17" not in shown
    assert (
        '最多的是只买过一次的人。 <a class="linky" href="/console/bobs/segments/?bought=once&amp;quiet_least=60">'
        in shown
    )

    supporting = supporters_of(bobs.id)
    assert [(one.person.brought, one.person.brought_minor) for one in supporting] == [
        (7, 490_000),
        (7, 490_000),
    ]
    worth = worth_of(bobs.id)
    assert worth is not None
    parts = list(
        csv.reader(
            io.StringIO(
                page.get("/console/bobs/fans/?format=asset").content.decode().lstrip("\ufeff")
            )
        )
    )
    sums = [sum(int(line[n]) for line in parts[1:]) for n in (1, 2, 3)]
    assert sums == [worth.now.income_minor, worth.now.customers_minor, worth.now.network_minor]
    assert sums[2] > 0
    network = page.get("/console/bobs/fans/?layer=2&zoom=2").content.decode()
    assert (
        network.count("<circle") == 14 + 1 + 3
    )  # the second layer, the shop, and three of the legend
    assert network.count("var(--mark-support)") == 1
    assert not re.search(r"\bP\d+\b", network)
    whole = page.get("/console/bobs/fans/").content.decode()
    seen = (whole.count("var(--mark-support)"), "支撑粉丝最近都还在带人来。" in whole)
    assert seen == (2 + 1, True)
    assert AssetDay.objects.get().supporting == 2


@pytest.mark.django_db
def test_the_fan_network_is_narrowed_to_days_and_to_goods() -> None:
    bobs, ritas = Stall("bobs", owner("bob")), Stall("ritas", owner("rita"))
    old, young = crowd(2)
    bobs.sold(old, 40)
    bobs.sold(young, 5, token=bobs.shared(old))
    page = browser(bobs.owner_id)

    def shown(query: str) -> tuple[int, tuple[int, ...], set[int]]:
        found = page.get(f"/console/bobs/fans/?{query}").context["network"]
        return found.people, found.layers, {dot.fan.person_id for dot in found.dots}

    assert shown("") == (2, (1, 1), {old, young})
    assert shown(f"goods={bobs.goods.public_id}") == (2, (1, 1), {old, young})
    assert shown("days=30") == (1, (0, 1), {old, young})  # who brought them stands beside
    assert shown(f"goods={ritas.goods.public_id}") == (0, (), set())
    count()  # too little to foretell first orders by
    assert "还估不准，先不算" in page.get("/console/bobs/fans/").content.decode()
    assert "没有这样的粉丝" in page.get("/console/bobs/fans/?goods=nosuch").content.decode()
