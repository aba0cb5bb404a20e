"""The last pieces, and whoever wants them: neither sold twice nor left over."""

import pytest

from tests.races import acts, world
from tests.races.arena import act
from tests.races.conftest import Round, Rounds, ends

pytestmark = pytest.mark.race
GONE = "goods.out_of_stock"


def test_r01_last_pieces(rounds: Rounds) -> None:
    """Few pieces, many buyers: exactly as many orders as pieces."""

    def play(one: Round) -> None:
        stock = one.dice.randint(1, one.most - 1)
        sku = one.shelve(stock=stock)["sku"]
        answers = one.race(
            [act(acts.buy, buyer=b, lines=[(sku, 1)]) for b in one.buyers[: one.most]]
        )
        assert ends(answers) == {"ok": stock, GONE: one.most - stock}
        assert one.ask(world.counters, sku=sku) == (0, stock, 0)

    rounds(play)


def test_r01_last_pieces_of_a_hot_sku(rounds: Rounds) -> None:
    """The same spread over sixteen rows, every buyer coming back until all is gone."""

    def play(one: Round) -> None:
        stock = one.dice.randint(1, 3 * one.most - 1)
        sku = one.shelve(stock=stock, hot=True)["sku"]
        answers = one.race(
            [
                act(acts.buy_again_and_again, buyer=b, lines=[(sku, 1)], times=3)
                for b in one.buyers[: one.most]
            ]
        )
        told = [end for _, each in answers for end in each]
        assert (told.count("ok"), told.count(GONE)) == (stock, 3 * one.most - stock)
        assert one.ask(world.counters, sku=sku) == (0, stock, 0)

    rounds(play)


def test_r01_last_pieces_of_a_hot_sku_by_threes(rounds: Rounds) -> None:
    """Three pieces an order, no row with three: taken from several rows, none left that would have made three."""

    def play(one: Round) -> None:
        stock = one.dice.randint(3, 3 * one.most - 1)
        sku = one.shelve(stock=stock, hot=True)["sku"]
        answers = one.race(
            [act(acts.buy, buyer=b, lines=[(sku, 3)]) for b in one.buyers[: one.most]]
        )
        sold = stock // 3
        assert ends(answers) == {"ok": sold, GONE: one.most - sold}
        assert one.ask(world.counters, sku=sku) == (stock % 3, sold * 3, 0)

    rounds(play)


def test_r02_one_buyer_in_many_sessions(rounds: Rounds) -> None:
    """A limit per person is the person's, not the session's; what was refused took nothing."""

    def play(one: Round) -> None:
        limit = one.dice.choice([1, 2, 5])
        count = one.dice.randint(1, limit)
        goods = one.shelve(stock=100, limit=limit)
        line = [(goods["sku"], count)]
        answers = one.race([act(acts.buy, buyer=one.buyers[0], lines=line)] * one.most)
        bought = min(one.most, limit // count)
        assert ends(answers)["ok"] == bought
        assert ends(answers)["trade.limit_reached"] == one.most - bought
        assert one.ask(world.counters, sku=goods["sku"]) == (
            100 - bought * count,
            bought * count,
            0,
        )

    rounds(play)


def test_r03_two_warehouses(rounds: Rounds) -> None:
    """Pieces here and pieces there are sold to the last, also where an order needs both places."""

    def play(one: Round) -> None:
        near, far, count = one.dice.randint(0, 6), one.dice.randint(1, 6), one.dice.randint(1, 3)
        sku = one.shelve(stock=near, far=far)["sku"]
        answers = one.race(
            [act(acts.buy, buyer=b, lines=[(sku, count)]) for b in one.buyers[: one.most]]
        )
        sold = min(one.most, (near + far) // count)
        assert ends(answers)["ok"] == sold
        assert ends(answers)[GONE] == one.most - sold
        assert one.ask(world.counters, sku=sku) == (near + far - sold * count, sold * count, 0)

    rounds(play)


def test_r04_crossed_carts(rounds: Rounds) -> None:
    """[A, B] and [B, A]: nobody waits for the other for ever, all or nothing of each cart."""

    def play(one: Round) -> None:
        stock = one.dice.randint(1, one.most - 1)
        a, b = one.shelve(stock=stock, options=2)["skus"]
        carts = [[(a, 1), (b, 1)], [(b, 1), (a, 1)]]
        answers = one.race(
            [
                act(acts.buy, buyer=who, lines=carts[n % 2])
                for n, who in enumerate(one.buyers[: one.most])
            ]
        )
        assert ends(answers) == {"ok": stock, GONE: one.most - stock}
        assert [one.ask(world.counters, sku=sku) for sku in (a, b)] == [(0, stock, 0)] * 2

    rounds(play)


def test_r04_crossed_carts_while_others_give_up(rounds: Rounds) -> None:
    """Two SKUs in two warehouses, half the people buy both and half give both back."""

    def play(one: Round) -> None:
        half = one.most // 2
        a, b = one.shelve(stock=0, far=2 * one.most, options=2)["skus"]
        one.ask(acts.adjust, sku=b, change=2 * one.most, warehouse=None)
        one.ask(acts.adjust, sku=a, change=1, warehouse=None)
        both = [(a, 2), (b, 1)]
        made = [one.ask(world.order, buyer=who, lines=both) for who in one.buyers[:half]]
        answers = one.race(
            [
                *(
                    act(acts.cancel, buyer=who, order=order["order"])
                    for who, order in zip(one.buyers, made, strict=False)
                ),
                *(act(acts.buy, buyer=who, lines=both) for who in one.buyers[half : one.most]),
            ]
        )
        assert ends(answers) == {"ok": one.most}
        assert one.ask(world.counters, sku=a) == (2 * one.most + 1 - 2 * half, 2 * half, 0)
        assert one.ask(world.counters, sku=b) == (4 * one.most - half, half, 0)

    rounds(play)


def test_r05_a_sku_in_two_lines(rounds: Rounds) -> None:
    """The same SKU twice in an order needs the pieces of both lines."""

    def play(one: Round) -> None:
        stock = one.dice.randint(3, 3 * one.most - 1)
        sku = one.shelve(stock=stock)["sku"]
        answers = one.race(
            [act(acts.buy, buyer=who, lines=[(sku, 1), (sku, 2)]) for who in one.buyers[: one.most]]
        )
        sold = stock // 3
        assert ends(answers) == {"ok": sold, GONE: one.most - sold}
        assert one.ask(world.counters, sku=sku) == (stock % 3, sold * 3, 0)
        made = one.ask(world.orders_of_sku, sku=sku)
        assert sum(line["count"] for line in made) == sold * 3

    rounds(play)


def test_r18_counting_the_shelf_while_selling(rounds: Rounds) -> None:
    """Adjusting, importing, carrying and heating a SKU loses no piece and no order."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=40, far=40)
        sku, code = goods["sku"], goods["codes"][0]
        places = {"source": one.city["main"], "target": one.city["far"]}
        shop = {"shop": one.city["shop"], "code": code}
        desk = [
            act(acts.adjust, sku=sku, change=one.dice.randint(1, 9)),
            act(acts.adjust, sku=sku, change=-one.dice.randint(1, 9)),
            act(acts.carry, **shop, **places, count=one.dice.randint(1, 5)),
            act(acts.carry, **shop, source=places["target"], target=places["source"], count=2),
            act(acts.heat, **shop, on=one.dice.random() < 0.5),
        ]
        some = one.dice.sample(desk, one.most // 2)
        buying = act(acts.buy_again_and_again, lines=[(sku, 1)], times=3)
        answers = one.race(
            [
                *some,
                *(
                    act(buying.function, buyer=who, **buying.given)
                    for who in one.buyers[: one.most - len(some)]
                ),
            ]
        )
        assert ends(answers[: len(some)]) == {"ok": len(some)}
        changes = sum(
            value
            for what, (_, value) in zip(some, answers, strict=False)
            if what.function is acts.adjust
        )
        bought = [end for _, each in answers[len(some) :] for end in each]
        assert bought == ["ok"] * (3 * (one.most - len(some)))
        assert one.ask(world.counters, sku=sku) == (80 + changes - len(bought), len(bought), 0)

    rounds(play)


def test_r18_the_last_pieces_are_taken_off_the_shelf(rounds: Rounds) -> None:
    """Pieces go to a buyer or are written off, never both."""

    def play(one: Round) -> None:
        stock = one.dice.randint(1, one.most - 1)
        sku = one.shelve(stock=stock)["sku"]
        half = one.most // 2
        answers = one.race(
            [
                *(act(acts.buy, buyer=who, lines=[(sku, 1)]) for who in one.buyers[:half]),
                *(act(acts.adjust, sku=sku, change=-1) for _ in range(one.most - half)),
            ]
        )
        taken = ends(answers)["ok"]
        assert taken == stock
        assert set(ends(answers[:half])) <= {"ok", GONE}
        assert set(ends(answers[half:])) <= {"ok", "bad_input"}
        sold = ends(answers[:half])["ok"]
        assert one.ask(world.counters, sku=sku) == (0, sold, 0)

    rounds(play)


def test_r18_a_count_of_many_skus(rounds: Rounds) -> None:
    """Two imports of the same SKUs, a form saved the other way round, and carts across: everybody gets through."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=30, options=3)
        skus, codes = goods["skus"], goods["codes"]
        shelf = [(code, "", 50) for code in codes]
        carts = [[(sku, 1) for sku in skus], [(sku, 1) for sku in reversed(skus)]]
        counting = [
            act(acts.count_shelf, shop=one.city["shop"], rows=shelf),
            act(acts.edit_stock, shop=one.city["shop"], public_id=goods["public_id"], codes=codes[::-1], free=60),
        ]  # fmt: skip
        buying = [
            act(acts.buy, buyer=who, lines=carts[n % 2])
            for n, who in enumerate(one.buyers[: one.most - 2])
        ]
        answers = one.race([*counting, *buying])
        assert ends(answers) == {"ok": one.most}
        for sku in skus:
            free, held, sold = one.ask(world.counters, sku=sku)
            assert (held, sold) == (one.most - 2, 0)
            assert 44 <= free <= 60, "as counted, less what was sold after the count"

    rounds(play)
