"""Channel weights of goods: moved by feedback that proved itself, each segment by its own, taken back by one command; lists that say what they were."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import numpy as np
import pytest
import time_machine

from grapevine.discovery import artifacts, facade
from grapevine.discovery.actions import adapting
from grapevine.discovery.contracts import Channel, NothingEarlier
from grapevine.discovery.queries.goodsranking import ranked_goods
from grapevine.discovery.queries.lists import list_id, placed_goods
from grapevine.discovery.queries.weights import GOODS, weights_for
from grapevine.discovery.rules.adapting import GOODS_FIRST, SEGMENTS, Feedback, moved
from grapevine.discovery.rules.goodsheads import GOODS_FEATURES
from grapevine.discovery.rules.heads import Known
from grapevine.discovery.rules.proving import parted, proved
from grapevine.discovery.tests.market_cast import Market, did, market
from grapevine.kit import clock
from grapevine.people import facade as people

CHANNELS = list(GOODS_FIRST)
WORDS = (Channel.ITEMS, Channel.POPULAR)


def told(segment: str, channel: Channel | None, count: int = 1_000, seed: int = 3) -> list[Feedback]:  # fmt: skip
    """Forty people are shown every channel in turn and open a tenth, of the favoured one a half."""
    chance = Random(seed)
    found = []
    for number in range(count):
        one = CHANNELS[number % len(CHANNELS)]
        is_opened = chance.random() < (0.5 if one == channel else 0.1)
        found.append(Feedback(segment, one, "click" if is_opened else "", person_id=chance.randrange(40)))  # fmt: skip
    return found


def learn(feedback: Sequence[Feedback]) -> str:
    now = clock.now()
    return adapting.adapt_weights(feedback, since=now - timedelta(days=7), until=now, blend=GOODS)


def weights() -> dict[str, dict[Channel, int]]:
    return {segment: weights_for(segment, GOODS) for segment in SEGMENTS}


def test_what_is_better_passes_and_noise_seldom_does() -> None:
    def judged(feedback: Sequence[Feedback]) -> str:
        learned, newest = parted(feedback)
        assert len(newest) == len(feedback) - int(len(feedback) * 2 / 3)
        shown, rewards = adapting._counted(learned)
        after = moved(GOODS_FIRST, shown["new"], rewards["new"], first=GOODS_FIRST)
        return proved(GOODS_FIRST, after, newest).reason

    assert [judged(told("new", Channel.WORDS, seed=n)) for n in range(20)] == [""] * 20
    passed = sum(judged(told("new", None, seed=n)) == "" for n in range(200))
    assert 12 <= passed <= 48  # a sixth of two hundred, by chance
    assert judged(told("new", Channel.WORDS, 290)) == "few"


def test_the_gain_and_its_error_are_those_of_shares_by_hand() -> None:
    before = {Channel.ITEMS: 100, Channel.POPULAR: 100}
    after = {Channel.ITEMS: 150, Channel.POPULAR: 50}
    feedback = [
        Feedback("new", WORDS[n % 2], "click" if n % 4 == 0 else "", person_id=n // 10)
        for n in range(200)
    ]
    found = proved(before, after, feedback)
    assert (found.reason, found.showings, found.people) == ("", 200, 20)
    assert found.gain == 0.25 * 0.5  # a quarter of places to the one of which half is opened
    assert found.error == pytest.approx(0.25 * (20 * (0.5 / 100) ** 2) ** 0.5, abs=0.00001)


@pytest.mark.django_db
def test_a_model_of_one_version_cannot_go_back_and_is_not_pinned_by_trying() -> None:
    only = facade.publish_artifact(
        "popular", {"item_ids": np.array([1]), "scores": np.ones(1, dtype=np.float32)}, {}
    )
    with pytest.raises(NothingEarlier):
        facade.go_back(by_id=None, name="popular")
    assert artifacts.version_in_force("popular") == only
    assert not artifacts.is_pinned("popular")


@pytest.mark.django_db
def test_a_thousand_feedbacks_move_one_segment_and_one_command_brings_the_order_back() -> None:
    town = market({"north": {"茶": 12, "陶": 12, "布": 12}}, ["Owner", "Ann", "Ben"])
    ann, ben = town.people["Ann"], town.people["Ben"]
    for person, act in ((ann, "order"), (ben, "click")):
        did(person, act, [one.goods_id for one in town.shelf["north", "茶"][:5]])
    others = [one.goods_id for one in town.shelf["north", "陶"]]
    people.follow(person_id=ann, other_id=ben)
    people.follow(person_id=ben, other_id=ann)
    did(ann, "like", others[:1])
    did(ben, "like", others[1:])

    def order(person_id: int) -> bytes:
        found = facade.recommend_goods(person_id, None, 20)
        return repr([(one.goods.id, one.channel, one.segment) for one in found]).encode()

    at_first, of_ben = order(ann), order(ben)
    assert weights() == dict.fromkeys(SEGMENTS, GOODS_FIRST)
    assert learn([]) == learn(told("buyer", Channel.SOCIAL, 90)) == ""
    assert artifacts.outcome_of(GOODS.model)["reason"] == "no better weights"
    assert artifacts.outcome_of(GOODS.model)["gate"]["buyer"]["reason"] == "few"
    assert order(ann) == at_first

    learn(told("buyer", Channel.SOCIAL))
    for seed in range(8):
        last = learn(told("buyer", Channel.SOCIAL, seed=seed))
    after = weights()
    assert after["buyer"][Channel.SOCIAL] > 1.5 * GOODS_FIRST[Channel.SOCIAL]
    assert after["new"] == after["returning"] == GOODS_FIRST
    changed = order(ann)
    assert changed != at_first
    assert changed[:180].count(b"'social'") > at_first[:180].count(b"'social'")
    assert order(ben) == of_ben  # who bought nothing is of another segment
    card = artifacts.card_of(GOODS.model)
    assert (card["gate"]["buyer"]["reason"], set(card["gate"])) == ("", {"buyer"})
    assert card["gate"]["buyer"]["gain"] > card["gate"]["buyer"]["error"] > 0

    kept = artifacts.versions(GOODS.model)
    assert kept[0] == last
    assert facade.go_back(by_id=None, name=GOODS.model) == kept[1]  # `grapevine models rollback`
    assert weights()["buyer"][Channel.SOCIAL] < after["buyer"][Channel.SOCIAL]
    assert learn(told("buyer", Channel.SOCIAL)) == ""
    assert artifacts.outcome_of(GOODS.model)["reason"] == "pinned"
    facade.choose_version(by_id=None, name=GOODS.model, version=last)
    assert order(ann) == changed
    _holds_for_nobody_else(town, order)


def _holds_for_nobody_else(town: Market, order: Callable[[int], bytes]) -> None:
    """Without personalisation nothing learned is used; and an operator's word counts before what was learned."""
    ann, ben = town.people["Ann"], town.people["Ben"]
    for person in (ann, ben):
        people.set_personalised(person, on=False)
    assert order(ann) == order(ben)
    assert b"'buyer'" not in order(ann)
    people.set_personalised(ann, on=True)
    people.set_personalised(ben, on=True)
    assert b"'social'" in order(ann)
    facade.set_channel(operator_id=town.people["Owner"], channel="g.social", weight=1, is_on=False)
    assert b"'social'" not in order(ann)


@pytest.mark.django_db
def test_going_back_restores_the_very_order_that_was() -> None:
    town = market({"north": {"茶": 12, "陶": 12}}, ["Owner", "Ann", "Ben"])
    ann, ben = town.people["Ann"], town.people["Ben"]
    did(ann, "click", [one.goods_id for one in town.shelf["north", "茶"][:3]])
    did(ben, "like", [one.goods_id for one in town.shelf["north", "陶"]])
    people.follow(person_id=ann, other_id=ben)

    def order() -> list[tuple[int, str]]:
        return [(one.goods.id, one.channel) for one in facade.recommend_goods(ann, None, 20)]

    first = learn(told("new", Channel.INTERESTS))
    stood = order()
    for seed in range(4):
        learn(told("new", Channel.SOCIAL, seed=seed))
    assert order() != stood
    for _step in range(4):
        facade.roll_back_artifact(GOODS.model)
    assert artifacts.version_in_force(GOODS.model) == first
    assert order() == stood


@pytest.mark.django_db
def test_a_list_says_what_it_was_to_whom_it_was_made_for_and_to_nobody_else() -> None:
    town = market({"north": {"茶": 30, "陶": 20}}, ["Owner", "Ann", "Ben"])
    ann, ben = town.people["Ann"], town.people["Ben"]
    shelf = [one.goods_id for one in town.shelf["north", "茶"]]
    did(ann, "click", shelf[:2], at=clock.now())
    found = facade.recommend_goods(ann, None, 50)
    name = list_id(ann, found)
    assert len(name) <= 80
    assert facade.list_id(None, found) == facade.list_id(ann, []) == ""
    with time_machine.travel(clock.now(), tick=False):
        heads = [list_id(ann, found).split(".")[2][4:] for _ in range(40)]
    assert len({*heads}) == 40  # what a place says cannot be told from its letter
    assert len({one[0] for one in heads}) > 3
    since = clock.now()
    keys = [(name, place, ann) for place in range(len(found) + 2)]
    placed = placed_goods(keys, since=since)
    assert {key[1]: told[1] for key, told in placed.items()} == {
        place: Channel(one.channel) for place, one in enumerate(found, 1) if one.segment
    }
    assert {told[0] for told in placed.values()} == {"new"}
    assert {one.channel for one in found if not one.segment} == {
        "popular"
    }  # what fills the list up
    forged = f"{name[:-14]}{'0' if name[-14] != '0' else '1'}{name[-13:]}"
    wrong = [(name, 1, ben), (forged, 1, ann), ("nonsense.0", 1, ann), ("g", 1, ann), ("", 1, ann)]
    assert placed_goods(wrong, since=since) == {}
    assert placed_goods(keys, since=since + timedelta(days=2)) == {}
    beside = facade.recommend_goods(ann, None, 6, beside=shelf[5])
    assert {one.segment for one in beside} <= {"", "new"}
    people.set_personalised(ann, on=False)
    assert list_id(ann, facade.recommend_goods(ann, None, 12)) == ""


@pytest.mark.django_db
def test_what_those_around_a_newcomer_chose_stands_as_they_chose_it_until_heads_know_more() -> None:
    """Heads that like the last best move every list, but that one not before somebody did five things."""
    town = market({"north": {"茶": 12}}, ["Owner"])
    order = [one.goods_id for one in town.shelf["north", "茶"]]
    columns = [[float(name == "goods") for name in GOODS_FEATURES]]
    facade.publish_artifact(
        "goods_heads",
        {"weights": np.array(columns), "intercepts": np.zeros(1), "worths": np.ones(1)},
        {"features": list(GOODS_FEATURES), "heads": ["click"]},
    )
    liked = {("goods", str(pk)): float(place**3) for place, pk in enumerate(order)}
    lists = {Channel.SOCIAL: order, Channel.POPULAR: order}
    for acts, kept in ((4, True), (5, False)):
        reader = Known(liked, frozenset(), acts, is_buyer=False)
        found, _cards = ranked_goods(lists, reader, {})
        assert (found[Channel.SOCIAL] == order) is kept
        assert found[Channel.POPULAR] != order
        assert sorted(found[Channel.SOCIAL]) == order
