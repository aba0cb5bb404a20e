"""Buying together: the last seat, the last second, and who leaves while others pay."""

from collections import Counter

import pytest

from tests.races import acts, world
from tests.races.arena import Act, act
from tests.races.conftest import HOUR, Round, Rounds, ends

pytestmark = pytest.mark.race
FULL, OVER = "campaigns.group_full", "campaigns.group_over"
SEAT = 4000
EDGE = HOUR
"""The groups here run for one hour."""


def opened(one: Round, *, size: int, members: int, paid: int) -> world.World:
    goods = one.shelve(stock=50)
    plan = one.ask(world.plan, shop=one.city["shop"], public_id=goods["public_id"], size=size)
    made: world.World = one.ask(
        world.group, plan_id=plan, sku=goods["sku"], members=one.buyers[:members], paid=paid
    )
    return made | {"sku": goods["sku"]}


def joining(made: world.World, who: int, at: float = 0) -> Act:
    return act(acts.join, at=at, buyer=who, group_id=made["group"], sku=made["sku"])


def in_the_end(one: Round, made: world.World) -> world.World:
    """The group's facts at rest: full with everybody in it, or ended with everybody's money back, once and whole."""
    one.rest()
    found: world.World = one.ask(world.group_facts, group_id=made["group"])
    orders = Counter(found["orders"].values())
    if found["state"] == "filled":
        assert found["seats"]["paid"] == orders["paid"]
        assert orders["waiting"] == 0
    else:
        assert found["state"] == "expired"
        assert set(orders) <= {"refunded", "cancelled"}
    assert found["refunded"] == [SEAT] * orders["refunded"]
    one.note(found["state"])
    return found


def test_r15_the_last_seat(rounds: Rounds) -> None:
    """One seat, many who want it: one gets it, the group is full with that one."""

    def play(one: Round) -> None:
        made = opened(one, size=2, members=1, paid=1)
        answers = one.race([joining(made, who) for who in one.buyers[1 : one.most + 1]])
        assert ends(answers) == {"ok": 1, FULL: one.most - 1}
        number = next(value for kind, value in answers if kind == "ok")
        one.ask(world.pay, payment=number)
        found = in_the_end(one, made)
        assert (found["state"], found["paid"], found["held"]) == ("filled", 2, 0)
        assert one.ask(world.counters, sku=made["sku"]) == (48, 0, 2)

    rounds(play)


def test_r15_one_person_takes_one_seat(rounds: Rounds) -> None:
    """The same person in many sessions sits once."""

    def play(one: Round) -> None:
        made = opened(one, size=20, members=1, paid=1)
        answers = one.race([joining(made, one.buyers[1])] * one.most)
        assert ends(answers) == {"ok": 1, "campaigns.already_in": one.most - 1}
        assert one.ask(world.counters, sku=made["sku"]) == (48, 1, 1)
        assert in_the_end(one, made)["state"] == "expired"

    rounds(play)


def test_r15_joining_in_the_last_second(rounds: Rounds) -> None:
    """On either side of the deadline: a seat with its order, or a clean no; at the end nobody's money is kept."""

    def play(one: Round) -> None:
        made = opened(one, size=20, members=1, paid=1)
        half = one.most // 2
        answers = one.race(
            [
                *(joining(made, who, at=EDGE - 60) for who in one.buyers[1 : half + 1]),
                *(joining(made, who, at=EDGE + 1) for who in one.buyers[half + 1 : one.most]),
                act(acts.expire_groups_and_deliver, at=EDGE + 1),
            ]
        )
        assert set(ends(answers[:half])) <= {"ok", OVER}
        assert ends(answers[half:-1]) == {OVER: one.most - half - 1}
        assert answers[-1] == ("ok", 1)
        joined = [number for kind, number in answers[:half] if kind == "ok"]
        for number in joined:
            one.ask(world.pay, payment=number)
        found = in_the_end(one, made)
        assert found["state"] == "expired"
        assert found["refunded"] == [SEAT] * (1 + len(joined))
        assert one.ask(world.counters, sku=made["sku"]) == (50, 0, 0)

    rounds(play)


def test_r15_paying_in_the_last_second(rounds: Rounds) -> None:
    """Everybody pays while the group ends: full and kept by all, or over and given back to all."""

    def play(one: Round) -> None:
        size = one.most - 1
        made = opened(one, size=size, members=size, paid=one.dice.randint(1, size - 1))
        paying = [row for row in made["seats"] if not row["paid"]]
        if one.dice.random() < 0.7:  # the money is here before, and only its news is late
            for row in paying:
                one.ask(acts.call_back, attempt=row["attempt"])
        answers = one.race(
            [
                *(act(acts.pay_and_deliver, attempt=row["attempt"]) for row in paying),
                act(acts.expire_groups_and_deliver, at=EDGE + 1),
            ]
        )
        assert ends(answers) == {"ok": len(paying) + 1}
        found = in_the_end(one, made)
        filled = found["state"] == "filled"
        assert Counter(found["orders"].values()) == {"paid" if filled else "refunded": size}
        assert one.ask(world.counters, sku=made["sku"]) == (
            (50 - size, 0, size) if filled else (50, 0, 0)
        )

    rounds(play)


def test_r15_the_leader_leaves_while_a_member_pays(rounds: Rounds) -> None:
    """The leader's money goes back once; the other sits in a full group or leads what is left."""

    def play(one: Round) -> None:
        made = opened(one, size=2, members=2, paid=1)
        leader, member = made["seats"]
        leaving = act(acts.leave_group, buyer=leader["buyer"], order=leader["order"])
        answers = one.race(
            [
                leaving,
                act(acts.pay_and_deliver, attempt=member["attempt"]),
                leaving,
                *[act(acts.deliver_news)] * (one.most - 3),
            ]
        )
        assert ends(answers) == {"ok": one.most - 1, "trade.illegal_move": 1}
        one.ask(acts.deliver_news)
        now = one.ask(world.group_facts, group_id=made["group"])
        assert now["orders"][leader["order"]] == "refunded"
        if now["state"] == "open":
            assert (now["paid"], now["held"], now["leader"]) == (1, 0, member["buyer"])
            assert now["orders"][member["order"]] == "waiting"
        found = in_the_end(one, made)
        filled = found["state"] == "filled"
        assert found["orders"][member["order"]] == ("paid" if filled else "refunded")
        assert found["refunded"] == [SEAT] * (1 if filled else 2)

    rounds(play)


def test_r15_members_leave_while_the_group_ends(rounds: Rounds) -> None:
    """Members ask for their money while the group's end gives it to all: each gets it once."""

    def play(one: Round) -> None:
        made = opened(one, size=20, members=one.most - 2, paid=one.most - 2)
        leaving = [
            act(acts.refund_mine, buyer=row["buyer"], order=row["order"]) for row in made["seats"]
        ]
        assert one.arena.ask(acts.expire_groups, at=EDGE + 1) == 1
        answers = one.race([*leaving, *[act(acts.deliver_news)] * 2])
        assert set(ends(answers)) <= {"ok", "trade.illegal_move"}
        found = in_the_end(one, made)
        assert found["state"] == "expired"
        assert found["refunded"] == [SEAT] * (one.most - 2)
        assert one.ask(world.counters, sku=made["sku"]) == (50, 0, 0)

    rounds(play)


def test_r15_the_last_one_pays_while_another_leaves(rounds: Rounds) -> None:
    """Full with a member who then left, or not full without: nobody sits in a group with money gone."""

    def play(one: Round) -> None:
        made = opened(one, size=3, members=3, paid=2)
        leader, second, last = made["seats"]
        answers = one.race(
            [
                act(acts.leave_group, buyer=second["buyer"], order=second["order"]),
                act(acts.pay_and_deliver, attempt=last["attempt"]),
                act(acts.cancel, buyer=last["buyer"], order=last["order"]),
                *[act(acts.deliver_news)] * (one.most - 3),
            ]
        )
        assert answers[0][0] == answers[1][0] == "ok"
        found = in_the_end(one, made)
        assert found["orders"][second["order"]] == "refunded"
        others = {found["orders"][leader["order"]], found["orders"][last["order"]]}
        if found["state"] == "filled":
            assert others == {"paid"}
        else:
            assert others <= {"refunded", "cancelled"}

    rounds(play)
