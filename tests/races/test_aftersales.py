"""Money back for pieces, by many hands at once: never more than was paid, and every case ends once."""

import pytest

from tests.races import acts, world
from tests.races.arena import act
from tests.races.conftest import Round, Rounds, ends
from tests.races.world import PRICE

pytestmark = pytest.mark.race
GONE = "trade.illegal_move"
MOVED = "trade.illegal_case_move"
TAKEN = "trade.not_so_many"


def bought(one: Round, pieces: int) -> world.World:
    """A paid order of one line."""
    sku, buyer = one.shelve(stock=pieces)["sku"], one.buyers[0]
    made: world.World = one.ask(
        world.order, buyer=buyer, lines=[(sku, pieces)], decided="pay"
    )  # fmt: skip
    one.ask(acts.call_back, attempt=made["attempt"])
    line = one.ask(world.line_of, order=made["order"])
    return made | {"sku": sku, "buyer": buyer, "line": line}


def test_r13_two_parts_over_the_whole(rounds: Rounds) -> None:
    """Everybody wants two of five pieces: two get them, the others nothing."""

    def play(one: Round) -> None:
        made = bought(one, 5)
        wish = act(acts.refund_pieces, order=made["order"], line=made["line"], count=2)
        answers = one.race([wish] * one.most)
        assert ends(answers) == {"ok": 2, GONE: one.most - 2}
        found = one.ask(world.given_back, order=made["order"])
        assert found["refunds"] == [2 * PRICE, 2 * PRICE]
        assert (found["state"], found["minor"], found["pieces"]) == ("paid", 4 * PRICE, 4)
        assert one.ask(world.counters, sku=made["sku"]) == (4, 0, 1)

    rounds(play)


def test_r13_the_whole_twice_and_parts_between(rounds: Rounds) -> None:
    """The buyer and the shop refund all while parts go back: every piece once, the total to the minor unit."""

    def play(one: Round) -> None:
        made = bought(one, 3)
        part = act(acts.refund_pieces, order=made["order"], line=made["line"], count=1)
        whole = [
            act(acts.refund_mine, buyer=made["buyer"], order=made["order"]),
            act(
                acts.refund_by_shop, shop=one.city["shop"], order=made["order"],
                actor=one.city["seller"],
            ),
        ]  # fmt: skip
        answers = one.race([*whole, *[part] * (one.most - 2)])
        assert set(ends(answers)) <= {"ok", GONE}
        assert ends(answers[:2])["ok"] <= 1
        found = one.ask(world.given_back, order=made["order"])
        assert (found["state"], found["minor"], found["pieces"]) == ("refunded", 3 * PRICE, 3)
        assert sum(found["refunds"]) == 3 * PRICE
        assert one.ask(world.counters, sku=made["sku"]) == (3, 0, 0)

    rounds(play)


def test_r13_one_piece_asked_about_by_many(rounds: Rounds) -> None:
    """Two pieces, many wishes at once: two cases, the rest are told that there is nothing left to ask about."""

    def play(one: Round) -> None:
        made = bought(one, 2)
        wish = {"buyer": made["buyer"], "order": made["order"], "line": made["line"], "count": 1}
        answers = one.race([act(acts.ask_after_sales, **wish)] * one.most)
        assert ends(answers) == {"ok": 2, TAKEN: one.most - 2}
        assert one.ask(world.given_back, order=made["order"])["cases"] == {"requested": 2}

    rounds(play)


def test_r13_a_case_ends_once(rounds: Rounds) -> None:
    """Agreed twice, taken back, timed out and the whole order refunded, all at once: the piece goes back at most once."""

    def play(one: Round) -> None:
        made = bought(one, 2)
        wish = {"buyer": made["buyer"], "order": made["order"], "line": made["line"], "count": 1}
        case = one.ask(acts.ask_after_sales, **wish)
        shop = {"shop": one.city["shop"], "actor": one.city["seller"]}
        agree = act(acts.approve_case, case=case, **shop)
        hands = [
            agree, act(acts.cancel_case, buyer=made["buyer"], case=case), agree,
            act(acts.refund_by_shop, order=made["order"], **shop), agree,
            act(acts.cancel_case, buyer=made["buyer"], case=case),
            act(acts.time_out_cases), agree,
        ]  # fmt: skip
        answers = one.race(hands[: one.most])
        assert set(ends(answers)) <= {"ok", MOVED, GONE}
        found = one.ask(world.given_back, order=made["order"])
        agreed = sum(kind == "ok" for kind, _ in (answers[0], answers[2]))
        cancelled = answers[1][0] == "ok"
        assert agreed + cancelled <= 1
        assert (found["state"], found["minor"], found["pieces"]) == ("refunded", 2 * PRICE, 2)
        assert sum(found["cases"].values()) == 1
        assert one.ask(world.counters, sku=made["sku"]) == (2, 0, 0)

    rounds(play)
