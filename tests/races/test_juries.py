"""A vote, a verdict and an answer to an appeal by many hands at once: each happens once."""

import pytest

from tests.races import acts, juries, world
from tests.races.arena import act
from tests.races.conftest import Round, Rounds, ends
from tests.races.world import PRICE

pytestmark = pytest.mark.race
VOTED, OVER = "cases.voted_already", "cases.voting_over"
DECIDED, MOVED = "trade.appeal_not_found", "trade.illegal_case_move"


def disputed(one: Round) -> world.World:
    """A case about the one piece of a paid order, before the platform."""
    sku, buyer = one.shelve(stock=1)["sku"], one.buyers[0]
    made: world.World = one.ask(world.order, buyer=buyer, lines=[(sku, 1)], decided="pay")
    one.ask(acts.call_back, attempt=made["attempt"])
    line = one.ask(world.line_of, order=made["order"])
    case = one.ask(
        juries.disputed,
        shop=one.city["shop"],
        seller=one.city["seller"],
        order=made["order"],
        line=line,
    )
    return {"sku": sku, "case": case, "buyer": buyer}


def test_r19_one_juror_votes_by_many_hands(rounds: Rounds) -> None:
    """The same seat votes for both sides at once: one vote is kept, and the verdict is carried out once."""

    def play(one: Round) -> None:
        made, juror = disputed(one), one.ask(juries.stranger)
        jury = one.ask(
            juries.seated, shop=one.city["shop"], case=made["case"], sku=made["sku"],
            jurors=[juror],
        )  # fmt: skip
        answers = one.race(
            [
                act(juries.vote, person=juror, jury=jury, side="buyer" if n % 2 else "shop")
                for n in range(one.most)
            ]
        )
        assert ends(answers)["ok"] == 1
        assert set(ends(answers)) <= {"ok", VOTED, OVER}
        found = one.ask(juries.jury_facts, jury=jury)
        assert (found["state"], len(found["votes"])) == ("decided", 1)
        assert found["outcome"] == found["ruled_for"] == found["votes"][0]
        assert found["case"] == {"buyer": "refunding", "shop": "closed"}[found["outcome"]]

    rounds(play)


def test_r19_the_last_vote_and_the_buyers_withdrawal(rounds: Rounds) -> None:
    """Either the jury decides, or the case is taken back and the jury void: never a refund of a case taken back."""

    def play(one: Round) -> None:
        made, juror = disputed(one), one.ask(juries.stranger)
        jury = one.ask(
            juries.seated, shop=one.city["shop"], case=made["case"], sku=made["sku"],
            jurors=[juror],
        )  # fmt: skip
        answers = one.race(
            [
                act(juries.vote, person=juror, jury=jury, side="buyer"),
                act(juries.withdraw, case=made["case"]),
            ]
        )
        found = one.ask(juries.jury_facts, jury=jury)
        if ends(answers)["ok"] == 2:
            assert (found["state"], found["case"], found["ruled_for"]) == ("void", "cancelled", "")
        else:
            assert ends(answers) == {"ok": 1, MOVED: 1}
            assert (found["state"], found["case"]) == ("decided", "refunding")

    rounds(play)


def test_r22_an_appeal_is_answered_by_two_operators(rounds: Rounds) -> None:
    """Some uphold, some overturn, all at once: one answer counts, and the platform pays once or not at all."""

    def play(one: Round) -> None:
        made = disputed(one)
        one.ask(juries.ruled_by_one, case=made["case"], operator=one.buyers[2])
        one.ask(
            juries.appealed, shop=one.city["shop"], case=made["case"], seller=one.city["seller"]
        )
        answers = one.race(
            [
                act(juries.decide, case=made["case"], operator=one.buyers[3], is_right=n % 2 == 0)
                for n in range(one.most)
            ]
        )
        assert ends(answers) == {"ok": 1, DECIDED: one.most - 1}
        found = one.ask(juries.appeal_facts, case=made["case"])
        if found["state"] == "overturned":
            assert (found["repaid"], found["paid"], found["ruled_for"]) == (PRICE, [PRICE], "shop")
        else:
            assert (found["repaid"], found["paid"], found["ruled_for"]) == (0, [], "buyer")

    rounds(play)
