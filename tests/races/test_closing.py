"""A shop closes, is suspended, or its goods are withheld while people buy: an order before, or a clean refusal."""

import pytest

from tests.races import acts, world
from tests.races.arena import Act, act
from tests.races.conftest import Round, Rounds, ends

pytestmark = pytest.mark.race
OFF = "trade.not_on_sale"


@pytest.mark.parametrize("how", ["closed", "suspended"])
def test_r20_the_shop_stops_during_checkout(rounds: Rounds, how: str) -> None:
    """Pieces are held for orders only, and nobody who comes later gets any."""

    def play(one: Round) -> None:
        seller = one.city["seller"]
        made = one.ask(world.another_shop, owner=seller, stock=100)
        stop = (
            act(acts.close_shop, shop=made["shop"], owner=seller)
            if how == "closed"
            else act(acts.suspend_shop, shop=made["shop"], operator=seller)
        )
        buying = [
            act(acts.buy, buyer=who, lines=[(made["sku"], 1)]) for who in one.buyers[: one.most - 1]
        ]
        answers = one.race([stop, *buying])
        bought = ends(answers[1:])
        assert answers[0][0] == "ok"
        assert bought["ok"] + bought[OFF] == one.most - 1
        assert one.ask(world.counters, sku=made["sku"]) == (100 - bought["ok"], bought["ok"], 0)
        late = one.race([act(acts.buy, buyer=one.buyers[0], lines=[(made["sku"], 1)])])
        assert late == [("no", OFF)]

    rounds(play)


def test_r20_one_of_two_shops_in_an_order_stops(rounds: Rounds) -> None:
    """An order over two shops is whole or nothing: the other shop's pieces are not held for it."""

    def play(one: Round) -> None:
        seller, other = one.city["seller"], one.shelve(stock=100)
        made = one.ask(world.another_shop, owner=seller, stock=100)
        both = [(made["sku"], 1), (other["sku"], 1)]
        answers = one.race(
            [
                act(acts.close_shop, shop=made["shop"], owner=seller),
                *(act(acts.buy, buyer=who, lines=both) for who in one.buyers[: one.most - 1]),
            ]
        )
        bought = ends(answers[1:])
        assert bought["ok"] + bought[OFF] == one.most - 1
        for sku in (made["sku"], other["sku"]):
            assert one.ask(world.counters, sku=sku) == (100 - bought["ok"], bought["ok"], 0)

    rounds(play)


def test_r20_a_cart_is_checked_out_while_the_shop_stops(rounds: Rounds) -> None:
    """The checkout page is sent over HTTP: an order (303), or a refusal: not on sale (409), nothing left to buy (422)."""

    def play(one: Round) -> None:
        seller, buyers = one.city["seller"], one.buyers[: one.most - 1]
        made = one.ask(world.another_shop, owner=seller, stock=100)
        for who in buyers:
            one.ask(acts.empty_cart, buyer=who)
            one.ask(acts.fill_cart, buyer=who, sku=made["sku"], count=1)
        answers = one.race(
            [
                act(acts.close_shop, shop=made["shop"], owner=seller),
                *(act(acts.check_out_cart, buyer=who, expected=world.PRICE) for who in buyers),
            ]
        )
        told = [value for _, value in answers[1:]]
        bought = told.count(303)
        one.note(*map(str, told))
        assert set(told) <= {303, 409, 422}
        assert one.ask(world.counters, sku=made["sku"]) == (100 - bought, bought, 0)
        for who in buyers:
            one.ask(acts.empty_cart, buyer=who)

    rounds(play)


def test_r20_goods_are_listed_while_the_shop_is_stopped_and_let_go(rounds: Rounds) -> None:
    """Whatever comes last: all goods of a stopped shop are off sale, all of an open one on sale."""

    def play(one: Round) -> None:
        seller = one.city["seller"]
        made = one.ask(world.another_shop, owner=seller, stock=1, suspended_by=seller)
        shop = made["shop"]
        stops: list[Act] = [
            act(acts.suspend_shop, shop=shop, operator=seller),
            act(acts.resume_shop, shop=shop, operator=seller),
        ]
        listing = [act(acts.list_more, shop=shop) for _ in range(one.most - 2)]
        answers = one.race([*stops, *listing])
        assert ends(answers) == {"ok": one.most}
        mine = [made["public_id"], *(value for _, value in answers[2:])]
        states = {one.ask(world.on_sale, public_id=public_id) for public_id in mine}
        assert len(states) == 1, "half of a shop is on sale"

    rounds(play)
