"""Between the page that showed a price and the order: what changes there, and what is sent twice."""

import pytest

from grapevine.kit.ids import new_id
from tests.races import acts, world
from tests.races.arena import act
from tests.races.conftest import Round, Rounds, ends
from tests.races.world import PRICE

pytestmark = pytest.mark.race
CHANGED = "trade.price_changed"


def test_r06_the_cart_is_edited_between_quote_and_order(rounds: Rounds) -> None:
    """An order costs what its page showed and holds what it showed, or is refused; nothing in between."""

    def play(one: Round) -> None:
        half = one.most // 2
        sku, other = (one.shelve(stock=50)["sku"] for _ in range(2))
        buyers = one.buyers[:half]
        for buyer in buyers:
            one.ask(acts.fill_cart, buyer=buyer, sku=sku, count=1)
        answers = one.race(
            [
                *(act(acts.check_out_cart, buyer=who, expected=PRICE) for who in buyers),
                *(
                    act(acts.fill_cart, buyer=who, sku=one.dice.choice([sku, other]), count=1)
                    for who in buyers
                ),
            ]
        )
        statuses = [value for _, value in answers[:half]]
        assert set(statuses) <= {303, 409}
        one.note(*(f"page {status}" for status in statuses))
        made = one.ask(world.orders_of_sku, sku=sku)
        assert [(line["count"], line["total"]) for line in made] == [(1, PRICE)] * statuses.count(
            303
        )
        assert one.ask(world.counters, sku=sku)[1] == statuses.count(303)
        assert one.ask(world.counters, sku=other)[1] == 0
        for buyer in buyers:
            one.ask(acts.empty_cart, buyer=buyer)

    rounds(play)


def test_r07_the_same_form_many_times(rounds: Rounds) -> None:
    """One key, one order, and everybody hears of that one; also when it took the last piece."""

    def play(one: Round) -> None:
        stock = one.dice.choice([1, 20])
        sku, key = one.shelve(stock=stock, limit=1)["sku"], new_id()
        answers = one.race(
            [act(acts.buy, buyer=one.buyers[0], lines=[(sku, 1)], key=key)] * one.most
        )
        assert ends(answers) == {"ok": one.most}
        assert len({number for _, number in answers}) == 1
        assert one.ask(world.counters, sku=sku) == (stock - 1, 1, 0)

    rounds(play)


def test_r07_two_forms_are_two_orders(rounds: Rounds) -> None:
    def play(one: Round) -> None:
        sku, keys = one.shelve(stock=one.most)["sku"], [new_id() for _ in range(one.most)]
        answers = one.race(
            [act(acts.buy, buyer=one.buyers[0], lines=[(sku, 1)], key=key) for key in keys]
        )
        assert ends(answers) == {"ok": one.most}
        assert len({number for _, number in answers}) == one.most
        assert one.ask(world.counters, sku=sku) == (0, one.most, 0)

    rounds(play)


def test_r07_one_idempotency_key_ten_times_over_http(rounds: Rounds) -> None:
    """Ten requests with one key: ten times the same answer, one order; another's same key is another order."""

    def play(one: Round) -> None:
        goods, key = one.shelve(stock=one.dice.choice([2, 20]), limit=1), new_id()
        tokens = one.city["tokens"][1:]
        free = one.ask(world.counters, sku=goods["sku"])[0]
        rival = act(acts.order_over_http, token=tokens[1], key=key, code=goods["codes"][0])
        answers = one.race(
            [
                rival,
                *[act(acts.order_over_http, token=tokens[0], key=key, code=goods["codes"][0])]
                * (one.arena.size - 1),
            ]
        )
        told = [value for _, value in answers]
        assert {status for status, _ in told} == {201}
        assert len({number for _, number in told[1:]}) == 1
        assert told[0][1] != told[1][1]
        assert one.ask(world.counters, sku=goods["sku"]) == (free - 2, 2, 0)

    rounds(play)


def test_r07_a_group_form_many_times(rounds: Rounds) -> None:
    """Joining or opening with one key is one seat, and everybody hears of it, also if it was the last."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=50)
        plan = one.ask(world.plan, shop=one.city["shop"], public_id=goods["public_id"], size=2)
        made = one.ask(world.group, plan_id=plan, sku=goods["sku"], members=one.buyers[:1], paid=1)
        half, key, other = one.most // 2, new_id(), new_id()
        join = act(
            acts.join, buyer=one.buyers[1], group_id=made["group"], sku=goods["sku"], key=key
        )
        new = act(acts.open_group, buyer=one.buyers[2], plan_id=plan, sku=goods["sku"], key=other)
        answers = one.race([*[join] * half, *[new] * half])
        assert ends(answers) == {"ok": 2 * half}
        assert len({number for _, number in answers[:half]}) == 1
        assert len({number for _, number in answers[half:]}) == 1
        assert one.ask(world.counters, sku=goods["sku"]) == (47, 2, 1)
        one.rest()

    rounds(play)


def test_r17_the_price_changes_during_checkout(rounds: Rounds) -> None:
    """Who saw the old price pays the old one or is refused, who saw the new one likewise."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=100)
        sku, new = goods["sku"], one.dice.choice([PRICE - 900, PRICE + 900])
        seen = [PRICE, new] * one.most
        buyers = one.buyers[: one.most - 1]
        change = act(
            acts.set_price, shop=one.city["shop"], public_id=goods["public_id"],
            code=goods["codes"][0], price=new,
        )  # fmt: skip
        answers = one.race(
            [
                change,
                *(
                    act(acts.buy, buyer=who, lines=[(sku, 1)], expected=price)
                    for who, price in zip(buyers, seen, strict=False)
                ),
            ]
        )
        assert answers[0][0] == "ok"
        assert set(ends(answers)) <= {"ok", CHANGED}
        made = {line["buyer"]: line for line in one.ask(world.orders_of_sku, sku=sku)}
        for who, price, (kind, _) in zip(buyers, seen, answers[1:], strict=False):
            assert (who in made) == (kind == "ok")
            if kind == "ok":
                assert (made[who]["total"], made[who]["price"]) == (price, price)
        after = one.race(
            [act(acts.buy, buyer=buyers[0], lines=[(sku, 1)], expected=p) for p in (PRICE, new)]
        )
        assert [kind for kind, _ in after] == ["no", "ok"]

    rounds(play)


def test_r17_the_goods_leave_the_shelf_during_checkout(rounds: Rounds) -> None:
    """An order before, a refusal after; pieces are held for orders only."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=100)
        off = act(acts.take_off, shop=one.city["shop"], public_id=goods["public_id"])
        buying = [
            act(acts.buy, buyer=who, lines=[(goods["sku"], 1)])
            for who in one.buyers[: one.most - 1]
        ]
        answers = one.race([off, *buying])
        made = ends(answers[1:])
        assert answers[0][0] == "ok"
        assert made["ok"] + made["trade.not_on_sale"] == one.most - 1
        assert one.ask(world.counters, sku=goods["sku"]) == (100 - made["ok"], made["ok"], 0)
        late = one.race([act(acts.buy, buyer=one.buyers[0], lines=[(goods["sku"], 1)])])
        assert late == [("no", "trade.not_on_sale")]

    rounds(play)


def test_r17_the_plan_is_stopped_while_groups_open(rounds: Rounds) -> None:
    """A group opened before the stop is a group with its price; after it there is none."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=100)
        shop = one.city["shop"]
        plan = one.ask(world.plan, shop=shop, public_id=goods["public_id"], size=2)
        answers = one.race(
            [
                act(acts.stop_plan, shop=shop, plan_id=plan),
                *(
                    act(acts.open_group, buyer=who, plan_id=plan, sku=goods["sku"])
                    for who in one.buyers[: one.most - 1]
                ),
            ]
        )
        made = ends(answers[1:])
        assert made["ok"] + made["campaigns.plan_stopped"] == one.most - 1
        lines = one.ask(world.orders_of_sku, sku=goods["sku"])
        assert [line["total"] for line in lines] == [4000] * made["ok"]
        late = one.race([act(acts.open_group, buyer=one.buyers[0], plan_id=plan, sku=goods["sku"])])
        assert late == [("no", "campaigns.plan_stopped")]

    rounds(play)
