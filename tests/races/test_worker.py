"""Workers that do the same work at once, and workers that are killed in the middle of it."""

import pytest

from tests.races import acts, world
from tests.races.arena import act
from tests.races.conftest import HOUR, Round, Rounds, ends
from tests.races.test_payments import PAID, SENT_BACK
from tests.races.world import PRICE

pytestmark = pytest.mark.race


def busy(one: Round, goods: world.World) -> list[world.World]:
    """Work of each kind: groups to fill and to end, payments nobody told of, refunds to send."""
    plan = one.ask(world.plan, shop=one.city["shop"], public_id=goods["public_id"], size=2)
    for buyers in (one.buyers[:2], one.buyers[2:4]):
        made = one.ask(world.group, plan_id=plan, sku=goods["sku"], members=buyers, paid=1)
        one.ask(acts.call_back, attempt=made["seats"][1]["attempt"])
    lone = one.ask(world.group, plan_id=plan, sku=goods["sku"], members=one.buyers[4:5], paid=1)
    rows = []
    for buyer in one.buyers[5:8]:
        made = one.ask(world.order, buyer=buyer, lines=[(goods["sku"], 1)], decided="silent")
        rows.append(made)
    one.ask(acts.ask, attempt=rows[0]["attempt"])
    one.ask(acts.refund_mine, buyer=one.buyers[5], order=rows[0]["order"])
    return [lone, *rows]


def in_the_end(one: Round, goods: world.World, made: list[world.World]) -> None:
    one.rest()
    lone, refunded, *silent = made
    facts = one.ask(world.facts, payment=refunded["payment"])
    assert (facts["orders"], facts["refunds"]) == (["refunded"], [("done", PRICE)])
    assert facts["charges"] == [("paid", PRICE)]
    paid = 0
    for row in silent:
        facts = one.ask(world.facts, payment=row["payment"])
        assert facts in (PAID, SENT_BACK), "asked about in time, or closed before"
        paid += facts == PAID
    group = one.ask(world.group_facts, group_id=lone["group"])
    assert (group["state"], group["refunded"]) == ("expired", [4000])
    assert one.ask(world.counters, sku=goods["sku"]) == (50 - 4 - paid, 0, 4 + paid)


def test_r24_many_workers_one_effect(rounds: Rounds) -> None:
    """Every event and every job is taken by all workers at once and has its effect once."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=50)
        made = busy(one, goods)
        answers = one.race([act(acts.work, seconds=0.05, at=HOUR + 60)] * one.most)
        assert ends(answers) == {"ok": one.most}
        in_the_end(one, goods, made)

    rounds(play)


def test_r24_workers_are_killed_in_the_middle(rounds: Rounds) -> None:
    """Some die by SIGKILL wherever they are; the rest, or the next, finish everything, once."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=50)
        made = busy(one, goods)
        victims = one.dice.randint(1, one.most - 1)
        answers = one.arena.race_and_kill(
            [act(acts.work, seconds=0.1, at=HOUR + 60)] * one.most,
            after=one.dice.uniform(0, 0.1), victims=victims,
        )  # fmt: skip
        one.note(*(kind for kind, _ in answers))
        assert {kind for kind, _ in answers[victims:]} == {"ok"}
        assert {kind for kind, _ in answers[:victims]} <= {"ok", "killed"}
        in_the_end(one, goods, made)

    rounds(play)


def test_r24_buyers_are_killed_in_the_middle(rounds: Rounds) -> None:
    """Web processes die between order and payment: an order is whole or was never there."""

    def play(one: Round) -> None:
        sku = one.shelve(stock=50)["sku"]
        victims = one.dice.randint(1, one.most)
        answers = one.arena.race_and_kill(
            [act(acts.buy_and_pay, buyer=who, lines=[(sku, 1)]) for who in one.buyers[: one.most]],
            after=one.dice.uniform(0, 0.05), victims=victims,
        )  # fmt: skip
        one.note(*(kind for kind, _ in answers))
        assert {kind for kind, _ in answers[victims:]} <= {"ok"}
        one.rest()
        lines = one.ask(world.orders_of_sku, sku=sku)
        states = [line["state"] for line in lines]
        assert set(states) <= {"paid", "cancelled"}
        paid = states.count("paid")
        assert paid >= sum(kind == "ok" for kind, _ in answers)
        assert one.ask(world.counters, sku=sku) == (50 - paid, 0, paid)

    rounds(play)


def test_r24_a_periodic_job_is_run_by_one(rounds: Rounds) -> None:
    """All workers look at the same moment; each job that is due runs in one of them."""

    def play(one: Round) -> None:
        ahead = one.dice.uniform(2, 3) * 86_400
        due = one.ask(world.jobs_due, at=ahead)
        answers = one.race([act(acts.run_due_emptily, at=ahead)] * one.most)
        assert ends(answers) == {"ok": one.most}
        ran = [name for _, names in answers for name in names]
        assert sorted(ran) == sorted(due)
        one.ask(world.forget_jobs)

    rounds(play)
