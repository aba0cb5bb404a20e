"""A shop's people counted, found by rule, reached once with consent, and never told to another shop."""

import csv
import io
from typing import Any

import pytest

from grapevine.campaigns.models import Coupon
from grapevine.insight import facade as insight
from grapevine.insight.actions import segments
from grapevine.insight.crowds import ActNotFound, NewAct, TooFewPeople
from grapevine.insight.models import AssetDay, Customer, SegmentAct, Touch
from grapevine.insight.queries import customers
from grapevine.insight.rules.customers.segments import READY, Rule, fifths, query_of, rule_from
from grapevine.insight.tests.crowd import Stall, browser, count, crowd, owner
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people
from grapevine.reach import actions as reach
from grapevine.reach.models import Notice
from grapevine.spread.facade import code_of


def test_a_rule_is_its_address_and_nonsense_is_left_aside() -> None:
    for _, rule in READY:
        assert rule_from(dict(pair.split("=") for pair in query_of(rule).split("&"))) == rule
    asked = {
        "bought": "twice",
        "views_least": "-3",
        "quiet_least": "٣",
        "fan": "yes",
        "region": " 浙江 ",
    }
    assert rule_from(asked) == Rule(region="浙江")
    assert query_of(Rule(likely=True, bought="never")) == "bought=never&likely=1"
    assert rule_from({"spent_least": "99999999999"}).spent_least == 10_000


def test_fifths_are_even_and_equals_stay_together() -> None:
    told = fifths({n: n for n in range(500)})
    assert [sum(1 for part in told.values() if part == n) for n in range(1, 6)] == [100] * 5
    assert set(fifths(dict.fromkeys(range(7), 4.0)).values()) == {5}
    assert fifths({}) == {}


@pytest.fixture
def town() -> dict[str, Any]:
    """Bob's shop: 24 bought once long ago, 14 looked and did not buy, 15 bought and brought, 12 brought only."""
    bobs, ritas = Stall("bobs", owner("bob")), Stall("ritas", owner("rita"))
    everybody = crowd(90)
    once, lookers, fans, sharers = (
        everybody[:24],
        everybody[24:38],
        everybody[38:53],
        everybody[53:65],
    )
    friends = everybody[65:]
    for pk in once:
        bobs.sold(pk, 200)
        ritas.sold(pk, 100, minor=4500)
    for pk in lookers:
        bobs.looked(pk, 3)
    for n, pk in enumerate(fans):
        bobs.sold(pk, 30, 5)
        bobs.sold(friends[n], 10, token=bobs.shared(pk))
    for n, pk in enumerate(sharers):
        bobs.sold(friends[n], 8, minor=2000, token=bobs.shared(pk))
    assert count()["shops"] == 2
    return {
        "bobs": bobs,
        "ritas": ritas,
        "once": once,
        "lookers": lookers,
        "fans": fans,
        "friends": friends,
    }


@pytest.mark.django_db
def test_people_are_counted_found_reached_and_kept_apart(
    town: dict[str, Any], django_assert_num_queries: Any
) -> None:
    bobs, ritas = town["bobs"], town["ritas"]
    row = Customer.objects.get(shop_id=bobs.id, person_id=town["fans"][0])
    assert (row.orders, row.spent_minor, row.brought, row.brought_minor) == (2, 12_000, 1, 6000)
    assert row.alive_bps is not None
    assert 0 < row.alive_bps <= 10_000

    found = {name: customers.found(bobs.id, rule) for name, rule in READY}
    assert found["支撑粉丝"] == sorted(town["fans"])
    assert found["看了三次还没买"] == sorted(town["lookers"])
    assert found["买过一次，很久没来"] == sorted(town["once"])
    assert found["最可能买的人"] == []  # a fifth of fourteen is three, and three are not told
    with django_assert_num_queries(1):
        assert customers.counted(bobs.id, Rule(bought="once", quiet_least=60)).people == 25
    assert customers.counted(bobs.id, Rule(likely=True)).is_few
    assert customers.people_of(bobs.id, Rule(likely=True)) == []

    # who is off the switch is nobody's target, and of them only orders are kept
    people.set_personalised(person_id=town["lookers"][0], on=False)
    people.set_personalised(person_id=town["once"][0], on=False)
    count()
    assert not Customer.objects.filter(shop_id=bobs.id, person_id=town["lookers"][0]).exists()
    off = Customer.objects.get(shop_id=bobs.id, person_id=town["once"][0])
    assert (off.is_personalised, off.orders, off.views, off.alive_bps, off.expected_minor) == (
        False,
        1,
        0,
        None,
        None,
    )
    assert town["once"][0] not in customers.found(bobs.id, Rule(bought="once", quiet_least=60))

    # the exports of two shops have many people in common, and nothing to join them by
    lists = []
    for stall in (bobs, ritas):
        page = browser(stall.owner_id).get(
            f"/console/{stall.card.slug}/segments/?bought=once&quiet_least=60&format=csv"
        )
        lists.append(list(csv.DictReader(io.StringIO(page.content.decode().lstrip("\ufeff")))))
    assert [len(rows) for rows in lists] == [23, 23]
    codes = [{line["code"] for line in rows} for rows in lists]
    assert not codes[0] & codes[1]
    for name in ("first_on", "last_on", "spent_minor"):
        assert not {line[name] for line in lists[0]} & {line[name] for line in lists[1]}
    handles = {card.handle for card in people.cards(town["once"]).values()}
    assert not any(handle in line.values() for rows in lists for line in rows for handle in handles)


@pytest.mark.django_db
def test_a_segment_is_reached_once_with_consent_and_a_cap(town: dict[str, Any]) -> None:
    bobs, actor = town["bobs"], town["bobs"].owner_id
    rule = Rule(bought="once", quiet_least=60)
    with pytest.raises(TooFewPeople):
        segments.draft_act(
            shop_id=bobs.id, rule=Rule(likely=True), new=NewAct("notice", "上新了"), actor_id=actor
        )
    for wrong in (
        NewAct("letter", "上新了"),
        NewAct("notice", " "),
        NewAct("coupon", "回来看看", 600, 500),
    ):
        with pytest.raises(BadInput):
            segments.draft_act(shop_id=bobs.id, rule=rule, new=wrong, actor_id=actor)

    notice = segments.draft_act(
        shop_id=bobs.id, rule=rule, new=NewAct("notice", "上新了"), actor_id=actor
    )
    for pk in town["once"][:5]:
        reach.choose(person_id=pk, ways={"shop_news": "site"})
    done = segments.carry_out(shop_id=bobs.id, public_id=notice.public_id, actor_id=actor)
    assert (done.reached, done.left_out, done.held_out, done.result) == (5, 19, 0, None)
    assert (
        sorted(Notice.objects.filter(kind="shop_news").values_list("person_id", flat=True))
        == town["once"][:5]
    )
    with pytest.raises(ActNotFound):
        segments.carry_out(shop_id=bobs.id, public_id=notice.public_id, actor_id=actor)

    # the same week: those five are left alone; the coupon lies with the others, unannounced
    coupon = segments.draft_act(
        shop_id=bobs.id, rule=rule, new=NewAct("coupon", "好久不见", 500, 3000), actor_id=actor
    )
    done = segments.carry_out(shop_id=bobs.id, public_id=coupon.public_id, actor_id=actor)
    assert (done.reached, done.left_out) == (19, 5)
    assert sorted(Coupon.objects.values_list("person_id", flat=True)) == town["once"][5:]
    assert Notice.objects.filter(kind="shop_news").count() == 5
    for pk in town["once"][5:15]:
        bobs.sold(pk, -1)
    (result,) = [one.result for one in customers.acts_of(bobs.id) if one.kind == "coupon"]
    assert result
    assert (result.came, result.came_bps, result.control_bps) == (10, 5263, None)

    # closing the account leaves nothing
    gone = town["once"][6]
    people.set_personalised(person_id=gone, on=True)
    told = insight.own_customer(gone)
    assert [(one["shop"], one["orders"], len(one["reached_by"])) for one in told] == [
        ("bobs", 1, 1),
        ("ritas", 1, 0),
    ]
    insight.forget_customer(gone)
    assert not Customer.objects.filter(person_id=gone).exists()
    assert not Touch.objects.filter(person_id=gone).exists()


@pytest.mark.django_db
def test_the_page_says_what_was_asked_and_drafts_by_form(town: dict[str, Any]) -> None:
    bobs = town["bobs"]
    bob = browser(bobs.owner_id)
    page = bob.get("/console/bobs/segments/?bought=never&views_least=3").content.decode()
    assert "大约 15 位" in page
    assert "没买过 · 28 天里看了至少 3 次商品" in page
    assert "P30" not in page
    assert "为什么会买" not in page
    Customer.objects.filter(shop_id=bobs.id, orders=0).update(reasons="carts,follows,fresh")
    page = bob.get("/console/bobs/segments/?bought=never&views_least=3").content.decode()
    assert page.count('<td data-label="为什么会买">加过购物车、关注了店主</td>') == 14
    few = bob.get("/console/bobs/segments/?likely=1").content.decode()
    assert "不到 10 位" in few
    assert "导出" not in few

    query = "bought=once&quiet_least=60"
    kept = bob.post("/console/bobs/segments/saving/", {"query": query, "name": "睡着的"})
    assert kept.status_code == 303
    assert (
        bob.post("/console/bobs/segments/saving/", {"query": query, "name": "睡着的"}).status_code
        == 409
    )
    assert (
        bob.post("/console/bobs/segments/saving/", {"query": "", "name": "全部"}).status_code == 422
    )
    form = {
        "query": query,
        "kind": "coupon",
        "text": "好久不见",
        "worth": "5",
        "threshold": "30",
        "days": "7",
    }
    assert bob.post("/console/bobs/segments/acts/", form | {"threshold": "nan"}).status_code == 422
    assert bob.post("/console/bobs/segments/acts/", form).status_code == 303
    (act,) = SegmentAct.objects.all()
    assert (act.query, act.worth_minor, act.threshold_minor) == (query, 500, 3000)
    assert (
        bob.post(f"/console/bobs/segments/acts/{act.public_id}/", {"do": "carry"}).status_code
        == 303
    )
    assert (
        bob.post(f"/console/bobs/segments/acts/{act.public_id}/", {"do": "carry"}).status_code
        == 404
    )
    page = bob.get("/console/bobs/segments/").content.decode()
    assert "睡着的" in page
    assert "满 ¥30 减 ¥5" in page
    assert browser(town["once"][0]).get("/console/bobs/segments/").status_code == 404
    assert AssetDay.objects.filter(shop_id=bobs.id).count() == 1


@pytest.mark.django_db
def test_a_fans_card_is_the_sum_of_their_orders_and_their_ties(town: dict[str, Any]) -> None:
    bobs, ritas = town["bobs"], town["ritas"]
    fan, friend, once = town["fans"][0], town["friends"][0], town["once"][0]

    def card(stall: Stall, person_id: int, shop_id: int | None = None) -> Any:
        code = code_of(shop_id or stall.id, person_id)
        return browser(stall.owner_id).get(f"/console/{stall.card.slug}/fans/{code}/")

    told = card(bobs, fan).context["card"]
    assert sum(one.paid_minor for one in told.purchases) == told.person.spent_minor == 12_000
    assert [one.at for one in told.purchases] == sorted(
        (one.at for one in told.purchases), reverse=True
    )
    assert [code for code, _day in told.brought] == [code_of(bobs.id, friend)]
    assert told.by == ""
    brought = card(bobs, friend)
    assert brought.context["card"].by == code_of(bobs.id, fan)
    assert f"由 {code_of(bobs.id, fan)[:6]} 带来" in brought.content.decode()
    assert people.cards([friend])[friend].name not in brought.content.decode()

    # what waits for them, what they were sent, and whether they came
    new = NewAct("coupon", "好久不见", worth_minor=500, threshold_minor=5000)
    rule = Rule(bought="once", quiet_least=60)
    draft = segments.draft_act(shop_id=bobs.id, rule=rule, new=new, actor_id=bobs.owner_id)
    assert [one.at for one in card(bobs, once).context["card"].sent] == [None]
    assert card(bobs, fan).context["card"].sent == ()
    segments.carry_out(shop_id=bobs.id, public_id=draft.public_id, actor_id=bobs.owner_id)
    sent = card(bobs, once).context["card"].sent
    assert [(one.text, one.came) for one in sent] == [("好久不见", None)]

    # another shop's code, another shop's staff, who is off the switch: nobody is there
    assert card(bobs, once, ritas.id).status_code == 404
    assert (
        browser(ritas.owner_id).get(f"/console/bobs/fans/{code_of(bobs.id, once)}/").status_code
        == 404
    )
    people.set_personalised(person_id=once, on=False)
    count()
    assert card(bobs, once).status_code == 404
