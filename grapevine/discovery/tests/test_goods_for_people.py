"""Recommendation over a market: shops apart, ties, what counts at once, and what counts for nobody."""

from datetime import timedelta
from itertools import cycle, islice

import numpy as np
import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grapevine.discovery import facade, jobs
from grapevine.discovery.actions import learning
from grapevine.discovery.contracts import Channel, Reason
from grapevine.discovery.models import GoodsEntry, Regional, Taste
from grapevine.discovery.rules.choosing import Kind, varied
from grapevine.discovery.tests.market_cast import bought, did, market
from grapevine.discovery.web.reasons import said
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.people import facade as people
from grapevine.scene.tests.cast import write
from grapevine.signals import facade as signals
from grapevine.spread import facade as spread

pytestmark = pytest.mark.django_db


def ids(
    person_id: int | None, shop_id: int | None = None, limit: int = 20, **more: object
) -> list[int]:
    found = facade.recommend_goods(person_id, shop_id, limit, **more)  # type: ignore[arg-type]
    return [one.goods.id for one in found]


def jaccard(one: list[int], other: list[int]) -> float:
    return len({*one} & {*other}) / len({*one} | {*other})


def through(inviter: int, person_id: int) -> None:
    """They opened a link of the inviter's."""
    shop = spread.share(person_id=inviter, object_type="shop", object_id="north")
    spread.visit(token=shop.token, visitor_id="v" * 12, person_id=person_id)


def test_asked_in_a_shop_all_of_it_comes_and_nothing_of_another_and_a_silent_shop_fills_its_page() -> (
    None
):
    stalls = {"north": {"茶": 30, "陶": 30}, "south": {"茶": 60, "陶": 60}, "silent": {"茶": 25}}
    town = market(stalls, ["Owner", "Ann", "Ben", "Cat"])
    ann, ben, cat = (town.people[name] for name in ("Ann", "Ben", "Cat"))
    for person_id, category in ((ann, "茶"), (ben, "陶")):
        did(person_id, "order", [one.goods_id for one in town.shelf["south", category]])
        did(person_id, "click", [one.goods_id for one in town.shelf["north", category][:5]])
    people.follow(person_id=cat, other_id=ben)
    cup = town.shelf["south", "陶"][0].goods_id
    asked = cycle([(ann, None), (ben, None), (cat, None), (None, None), (ann, cup), (None, cup)])
    shop_of = dict(GoodsEntry.objects.values_list("goods_id", "shop_id"))
    for reader, beside in islice(asked, 24):
        found = ids(reader, town.shops["north"], 50, beside=beside)
        assert len(set(found)) == 50
        assert {shop_of[pk] for pk in found} == {town.shops["north"]}
    for who in (None, ann, cat):
        mine = ids(who, town.shops["silent"])
        assert len(set(mine)) == 20
        assert {shop_of[pk] for pk in mine} == {town.shops["silent"]}


def test_who_came_through_a_friend_meets_what_the_friend_bought_by_name_only_if_they_say_so() -> (
    None
):
    town = market({"north": {"茶": 30, "陶": 30}}, ["Owner", "Fay", "Uma"])
    fay, uma, shop = town.people["Fay"], town.people["Uma"], town.shops["north"]
    others = [*town.shelf["north", "茶"][:3], *town.shelf["north", "陶"][:2]]
    bought(fay, shop, others)
    wanted = {one.goods_id for one in others}
    assert len(wanted & {*ids(uma, shop, 10)}) < 3
    through(fay, uma)
    found = facade.recommend_goods(uma, shop, 10)
    hers = [one for one in found if one.goods.id in wanted]
    assert len(hers) >= 3
    assert {one.about for one in found if one.reason in (Reason.FRIEND, Reason.FOLLOWED)} == set()
    assert "Fay" not in str(found)
    uma_asks = Client()
    uma_asks.force_login(get_user_model().objects.get(pk=uma))
    for path in ("/api/v1/recommendations?shop=north", "/shop/north/"):  # her only friend is known
        answer = uma_asks.get(path).content.decode()
        assert "Fay" not in answer
        assert "social" not in answer
        assert "picked" in answer
    people.set_sharing(fay, on=True)
    told = {said(one) for one in facade.recommend_goods(uma, shop, 10) if one.goods.id in wanted}
    assert "朋友 Fay 买过" in told
    people.follow(person_id=uma, other_id=fay)
    assert "你关注的 Fay 买过" in {said(one) for one in facade.recommend_goods(uma, shop, 10)}
    people.block(person_id=fay, other_id=uma)
    assert "Fay" not in str(facade.recommend_goods(uma, shop, 10))
    people.unblock(person_id=fay, other_id=uma)
    people.set_personalised(fay, on=False)  # nothing of hers is used for anybody
    assert len(wanted & {*ids(uma, shop, 10)}) < 3


def test_people_who_choose_alike_find_more_by_their_ties() -> None:
    """Four circles with a taste of their own; of each person one purchase is hidden, to be found again."""
    tastes = ["茶", "陶", "书", "灯"]
    names = ["Owner", *[f"P{n:02}" for n in range(40)]]
    town = market({"north": dict.fromkeys(tastes, 30)}, names)
    circles = {
        taste: [town.people[f"P{n:02}"] for n in range(k, 40, 4)] for k, taste in enumerate(tastes)
    }
    hidden = {}
    for taste, members in circles.items():
        shelf = [one.goods_id for one in town.shelf["north", taste]]
        loved = shelf[::2][:12]
        for place, person_id in enumerate(members):
            own = [loved[(place + step) % 12] for step in range(6)]
            hidden[person_id] = own.pop()
            did(person_id, "order", [own[0]])  # little is known of anybody
            did(person_id, "like", own[1:])

    def hits() -> int:
        return sum(pk in ids(who, None, 10) for who, pk in hidden.items())

    alone = hits()
    for members in circles.values():
        for place, person_id in enumerate(members):
            for step in (1, 2, 3):
                people.follow(person_id=person_id, other_id=members[(place + step) % 10])
    together = hits()
    assert together >= 1.5 * max(alone, 4)


def test_what_is_done_now_counts_on_the_next_page() -> None:
    town = market(
        {f"s{n}": {"茶": 10, "陶": 10, "书": 10} for n in range(4)}, ["Owner", "Ann", "Ben"]
    )
    ann, ben = town.people["Ann"], town.people["Ben"]
    did(ann, "order", sorted(town.of("茶"))[:12])
    did(ben, "order", sorted(town.of("陶"))[:12])
    assert jaccard(ids(ann), ids(ben)) <= 0.2
    assert not {*ids(ann)} & town.of("书")
    for goods_id in sorted(town.of("书"))[:5]:
        learning.learn_from_goods(person_id=ann, act="click", goods_ids=[goods_id])
    now = facade.recommend_goods(ann, None, 20)
    assert sum(one.goods.category == "书" for one in now) >= 3
    assert "刚看过书" in {said(one) for one in now}
    facade.drop_tag(person_id=ann, kind="category", key="书")
    for goods_id in sorted(town.of("书"))[5:8]:  # what is learned since does not count either
        learning.learn_from_goods(person_id=ann, act="click", goods_ids=[goods_id])
    assert [
        one.channel
        for one in facade.recommend_goods(ann, None, 20)
        if one.goods.category == "书" and one.channel not in ("popular", "local")
    ] == []


def test_five_goods_opened_in_an_app_change_its_next_page_and_no_page_counts_twice() -> None:
    town = market({f"s{n}": {"茶": 10, "书": 10} for n in range(4)}, ["Owner", "Ann"])
    ann = town.people["Ann"]
    did(ann, "order", sorted(town.of("茶"))[:12])
    public_ids = [one.public_id for n in range(4) for one in town.shelf[f"s{n}", "书"]][:5]
    note = write(town.people["Owner"], topics=("夜读",))
    signals.drain()
    opened = [("goods", key) for key in public_ids] + [("note", note.public_id)]

    def told(verb: str, asker: Client) -> None:
        rows = [
            {"id": new_id(), "ts": clock.now().isoformat(), "verb": verb, "object_type": kind, "object_id": key}
            for kind, key in opened
        ]  # fmt: skip
        answer = asker.post("/api/v1/events", {"events": rows}, content_type="application/json")
        assert answer.status_code == 202

    app = Client(headers={"Authorization": f"Bearer {people.issue_token(ann, 'app')}"})
    page = Client()
    page.force_login(get_user_model().objects.get(pk=ann))
    before = ids(ann)
    told("click", page)  # the pages it leads to speak for themselves
    assert ids(ann) == before
    people.set_personalised(ann, on=False)
    told("view", app)
    people.set_personalised(ann, on=True)
    assert not Taste.objects.filter(person_id=ann, kind="category", key="书").exists()
    told("click", app)
    told("view", app)  # the same within the hour
    learned = Taste.objects.filter(person_id=ann, at__gte=clock.now() - timedelta(minutes=1))
    assert learned.filter(kind="goods").count() == learned.filter(key="书").count() == 5
    assert learned.filter(kind="topic", key="夜读").count() == 1
    visit = [one for one in facade.recommend_goods(ann, None, 20) if one.channel == "visit"]
    assert {one.goods.category for one in visit} == {"书"}
    assert len(visit) >= 3


def test_what_was_bought_is_left_out_unless_people_buy_it_again() -> None:
    town = market({"north": {"茶": 12, "陶": 12}}, ["Owner", "Ann", *[f"P{n}" for n in range(8)]])
    ann, shop = town.people["Ann"], town.shops["north"]
    tea, pot = town.shelf["north", "茶"][0], town.shelf["north", "陶"][0]
    bought(ann, shop, [tea, pot])
    assert not {tea.goods_id, pot.goods_id} & {*ids(ann, None, 24)}
    for n in range(8):
        bought(town.people[f"P{n}"], shop, [tea], times=2)
        bought(town.people[f"P{n}"], shop, [pot])
    jobs.habits()
    assert GoodsEntry.objects.filter(is_repeat=True).values_list("goods_id").get() == (
        tea.goods_id,
    )
    found = ids(ann, None, 24)
    assert (tea.goods_id in found, pot.goods_id in found) == (True, False)


def test_without_personalisation_nothing_known_of_anybody_counts() -> None:
    town = market(
        {"north": {"茶": 20, "陶": 20}, "south": {"书": 20}},
        ["Owner", "Ann", "Ben", "Fay"],
        region="浙江 杭州",
    )
    ann, ben, fay = (town.people[name] for name in ("Ann", "Ben", "Fay"))
    did(ann, "order", sorted(town.of("茶")))
    did(ben, "order", sorted(town.of("陶")))
    did(fay, "order", sorted(town.of("书")))
    people.follow(person_id=ann, other_id=fay)
    for person_id in (ann, ben):
        people.set_personalised(person_id, on=False)
    looked = sorted(town.of("书"))[4:6]
    for more in ({}, {"beside": looked[0]}, {"seen": looked}):
        for shop_id in (None, *town.shops.values()):
            one, other = (facade.recommend_goods(who, shop_id, 20, **more) for who in (ann, ben))
            assert one == other
            assert {found.channel for found in one} <= {"popular", "local", "visit", "items"}
    here = facade.recommend_goods(ann, None, 20, seen=looked)
    assert sum(one.goods.category == "书" for one in here) >= 3  # this visit
    Regional.objects.create(region="浙江", goods_id=min(town.of("陶")), buyers=9)
    told = [said(one) for one in facade.recommend_goods(ann, None, 20) if one.channel == "local"]
    assert told == ["你那里的人在买"]
    with CaptureQueriesContext(connection) as asked:
        facade.recommend_goods(ann, None, 20, personalised=False)
    tables = " ".join(query["sql"] for query in asked.captured_queries)
    for table in ("discovery_taste", "discovery_tagword", "spread_", "people_follow", "trade_"):
        assert table not in tables


def test_twenty_goods_are_of_five_categories_and_two_of_them_new_whatever_is_liked() -> None:
    """On the square; inside a shop, beside goods and among six nothing is moved for it."""
    with time_machine.travel(clock.now() - timedelta(days=60)):
        kinds = ["书", "灯", "布", "盐", "鞋"]
        town = market(
            {**{f"tea{n}": {"茶": 9} for n in range(12)}, **{f"s{n}": {k: 3} for n, k in enumerate(kinds)}},
            ["Owner", "Ann", "Ben"],
        )  # fmt: skip
    newer = market({"late": {"伞": 1}, "later": {"碗": 1}, "latest": {"茶": 1}}, ["Other"])
    ann, ben = town.people["Ann"], town.people["Ben"]
    tea = sorted(town.of("茶"))
    did(ann, "click", tea[:12])
    sold = [*tea, *sorted(set().union(*(town.of(kind) for kind in kinds)))]
    counted = {"item_ids": np.array(sold), "scores": np.arange(len(sold), 0, -1, dtype=np.float32)}
    facade.publish_artifact("popular", counted, {})
    new = newer.of("伞") | newer.of("碗") | newer.of("茶")
    for reader in (ann, ben, None):
        found = facade.recommend_goods(reader, None, 20)
        assert len({one.goods.id for one in found}) == 20
        assert len({one.goods.category for one in found}) >= 5
        assert len(new & {one.goods.id for one in found}) >= 2
        brought = [one for one in found if one.channel == "fresh"]
        assert {said(one) for one in brought} <= {"刚上架"}
        assert {one.segment for one in brought} <= {""}  # nothing is learned of a quota
    assert newer.of("茶") <= {*ids(ann)}  # of what she likes, before others
    facade.drop_tag(person_id=ann, kind="category", key="伞")
    assert not newer.of("伞") & {*ids(ann)}
    assert not new & {*ids(ann, town.shops["tea1"])}


def test_a_visit_fades_and_the_cost_is_bounded() -> None:
    town = market({"north": {"茶": 20, "陶": 20}}, ["Owner", "Ann", "Fay"])
    ann, fay = town.people["Ann"], town.people["Fay"]
    did(ann, "order", sorted(town.of("茶"))[:6])
    did(fay, "order", sorted(town.of("陶"))[:6])
    people.follow(person_id=ann, other_id=fay)
    learning.learn_from_goods(person_id=ann, act="click", goods_ids=sorted(town.of("陶"))[:1])
    with CaptureQueriesContext(connection) as asked:
        found = facade.recommend_goods(ann, None, 20, personalised=True)
    assert len(asked) <= 18, len(asked)
    assert "visit" in {one.channel for one in found}
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        assert "visit" not in {one.channel for one in facade.recommend_goods(ann, None, 20)}


def test_variety_takes_the_last_places_that_can_be_spared_and_no_shop_gets_a_third() -> None:
    own = [(pk, Channel.ITEMS) for pk in range(1, 21)]
    kinds = {pk: Kind("茶", pk, False) for pk in range(1, 21)}
    kinds |= {31: Kind("伞", 1, True), 32: Kind("伞", 90, True), 33: Kind("伞", 91, True), 34: Kind("", 92, False)}  # fmt: skip
    kinds |= {40 + n: Kind(name, 60 + n, False) for n, name in enumerate("书灯布盐")}
    spare = [(pk, Channel.POPULAR) for pk in kinds if pk > 20]
    found = [pk for pk, _ in varied(own, spare, kinds, size=20)]
    assert found == [*range(1, 16), 42, 41, 40, 32, 31]
    crowded = kinds | {2: Kind("茶", 90, False), 3: Kind("茶", 90, False)}
    assert [pk for pk, _ in varied(own, spare, crowded, size=20)][-2:] == [33, 31]
    assert varied(own, [], kinds, size=20) == own
    assert varied(own, spare, kinds, size=3) == own
