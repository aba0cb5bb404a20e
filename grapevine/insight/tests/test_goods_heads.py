"""Heads of goods: played again, fitted, proven, served, taken back."""

import random

import numpy as np
import pytest
import time_machine

from grapevine.discovery import facade as discovery
from grapevine.discovery.contracts import NewAct
from grapevine.goods import facade as goods
from grapevine.goods.contracts import MadeGoods, NewGoods, NewSku
from grapevine.insight import heads, keeping
from grapevine.insight.replaying import Happening, Replay
from grapevine.insight.tests.crowd import crowd, entry, owner, record
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.signals import facade as signals

HOUR = 3600.0
CUP = discovery.GoodsFacts(5, 0.0, 3, "陶", 4_000)
POT = discovery.GoodsFacts(6, 0.0, 0, "陶", 10_000)


def test_a_showing_of_goods_knows_price_ties_and_sales_of_then_and_what_came_of_it() -> None:
    def at(hours: float, verb: str, **more: object) -> Happening:
        told = {"person_id": 1, "kind": "goods", "goods": (5,), **more}
        return Happening(hours * HOUR, verb, **told)  # type: ignore[arg-type]

    played = Replay({}, {"5": "陶", "6": "陶"}, {5: CUP, 6: POT})
    played.play([
        at(0, "people.person_followed", kind="", goods=(), other_id=2),
        at(1, "view", person_id=2), at(2, "impression", place=2), at(2.1, "click"),
        at(3, "impression", goods=(6,)), at(3.2, "cart", goods=(6,)),
        at(4, "trade.order_paid", kind="", goods=(6,)), at(5, "impression", goods=(6,), place=1),
        at(200, "trade.order_paid", kind="", goods=(6,)),
    ])  # fmt: skip
    cup, pot, again = (
        dict(zip(discovery.GOODS_FEATURES, one.row, strict=True)) for one in played.goods_showings
    )
    assert [one.deeds for one in played.goods_showings] == [{"click"}, {"save", "order"}, set()]
    assert cup["tie"] == pytest.approx(np.log1p(0.5), abs=0.001)
    assert (cup["away"], cup["priced"], cup["acts"], cup["sold"]) == (0, 0, 0, np.log1p(3))
    assert pot["away"] == pytest.approx(1.0)
    assert (pot["tie"], pot["unplaced"], pot["buyer"]) == (0, 1, 0)
    assert pot["category"] == pytest.approx(np.log1p(0.5), abs=0.001)
    assert again["sold"] == np.log1p(1)
    assert (again["buyer"], again["unplaced"]) == (1, 0)


def market() -> tuple[list[int], dict[str, list[MadeGoods]]]:
    """Forty people, half of whom open one of two categories, and a month of what they were shown."""
    keeper, readers = owner("keeper"), crowd(40)
    shop = goods.open_shop(owner_id=keeper, slug="stall", name="铺", colour="#8d3b1f")
    rows = [
        NewGoods(shop.id, f"{category} {n}", category, "", [NewSku("默认", 5000, 99)])
        for category in ("茶", "陶") for n in range(12)
    ]  # fmt: skip
    made = goods.save_goods_bulk(rows)
    signals.drain()
    shelf = {"茶": made[:12], "陶": made[12:]}
    cards = goods.goods_cards([one.goods_id for one in made])
    chance, log = random.Random(5), []
    for number, reader in enumerate(readers):
        mine = ("茶", "陶")[number % 2]
        for step in range(60):
            category = chance.choice(["茶", "陶"])
            one = cards[chance.choice(shelf[category]).goods_id]
            about = {"object_type": "goods", "object_id": one.public_id}
            days = 30 - step * 0.4 - chance.random() * 0.01
            log.append(entry("impression", reader, 0, days, position=chance.randint(1, 9), **about))
            if chance.random() < (0.7 if category == mine else 0.1):
                log.append(entry("click", reader, 0, days - 0.001, **about))
    record(log)
    signals.seal()
    keeping.compact()
    return readers, shelf


@pytest.mark.django_db
def test_goods_are_ranked_by_heads_that_proved_themselves_and_a_rollback_restores_the_order() -> (
    None
):
    with time_machine.travel("2026-05-20 09:00:00+00:00", tick=False) as moment:
        readers, shelf = market()
        outcome = heads.train_heads()
        assert (outcome["published"], outcome["reason"]) == (False, "no showings")  # of notes
        told = outcome["goods"]
        assert told["published"], told
        assert (told["fresh"], told["showings"], told["people"]) == (["click"], 2_400, 40)
        assert told["metrics"]["click"]["gain"] > told["metrics"]["click"]["gain_error"]
        model = discovery.load("goods_heads")
        assert model is not None
        weights = dict(zip(discovery.GOODS_FEATURES, model.arrays["weights"][0], strict=True))
        assert weights["category"] > 0
        assert discovery.outcome_of("goods_heads")["version"] == model.version
        taster = readers[0]
        acts = [("like", one) for one in shelf["茶"][:6]] + [("like", shelf["陶"][0])]
        discovery.learn_bulk([
            NewAct(taster, act, clock.now(), goods_ids=[one.goods_id]) for act, one in acts
        ])  # fmt: skip
        before = order(taster)
        turned = {name: np.array(array) for name, array in model.arrays.items()}
        turned["weights"] = -turned["weights"]
        moment.shift(1)
        discovery.publish_artifact("goods_heads", turned, dict(model.meta))
        assert order(taster) != before
        assert discovery.roll_back_artifact("goods_heads") == model.version
        assert order(taster) == before
        strangers = order(None)
        people.set_personalised(taster, on=False)
        assert order(taster) == strangers


@pytest.mark.django_db
def test_what_came_of_lists_of_goods_moves_the_weights_of_those_they_were_made_for() -> None:
    """Sixteen people open what those they follow chose, and nothing else; one claims to have seen another's list."""
    with time_machine.travel("2026-05-20 09:00:00+00:00", tick=False) as moment:
        keeper, readers = owner("keeper"), crowd(17)
        shop = goods.open_shop(owner_id=keeper, slug="stall", name="铺", colour="#8d3b1f")
        made = goods.save_goods_bulk([
            NewGoods(shop.id, f"{category} {n}", category, "", [NewSku("默认", 5000, 99)])
            for category in ("茶", "陶") for n in range(14)
        ])  # fmt: skip
        signals.drain()
        teller = readers[-1]
        shelf = [one.goods_id for one in made]
        discovery.learn_bulk([NewAct(teller, "like", clock.now(), goods_ids=[pk]) for pk in shelf[14:]])  # fmt: skip
        rows = []
        for reader in readers[:-1]:
            people.follow(person_id=reader, other_id=teller)
            discovery.learn_bulk([NewAct(reader, "click", clock.now(), goods_ids=shelf[:1])])
            found = discovery.recommend_goods(reader, None, 24)
            name = discovery.list_id(reader, found)
            for place, one in enumerate(found, 1):
                about = {"object_type": "goods", "object_id": one.goods.public_id}
                days = -place / 1_440
                rows.append(entry("impression", reader, 0, days, position=place, request_id=name, **about))  # fmt: skip
                rows.append(entry("impression", teller, 0, days, position=place, request_id=name, **about))  # fmt: skip
                if one.channel == "social":
                    rows.append(entry("click", reader, 0, days, **about))
                else:
                    rows.append(entry("click", teller, 0, days, **about))
        record(rows)
        moment.shift(2 * 3600)
        signals.seal()
        keeping.compact()
        assert heads.adapt_goods_channels() == ""  # not settled
        moment.shift(7 * 3600)
        version = heads.adapt_goods_channels()
        assert version, discovery.outcome_of("goods_channel_weights")
        card = discovery.card_of("goods_channel_weights")
        assert card["version"] == version
        learned = dict(zip(card["segments"], card["weights"], strict=True))
        first = list(discovery.GOODS.first.values())
        at = card["channels"].index("social")
        assert learned["new"][at] > first[at]
        assert learned["returning"] == learned["buyer"] == first
        assert card["shown"]["new"] == 256
        assert (card["gate"]["new"]["showings"], card["gate"]["new"]["reason"]) == (128, "")
        assert heads.adapt_goods_channels() == ""  # each showing counts once


def order(person_id: int | None) -> list[int]:
    return [one.goods.id for one in discovery.recommend_goods(person_id, None, 24)]
