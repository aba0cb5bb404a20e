"""One balance, many hands: money set aside, spent, given back and moved both ways."""

import pytest

from grapevine.kit.ids import new_id
from tests.races import acts, money_acts, world
from tests.races.arena import act
from tests.races.conftest import HOUR, Round, Rounds, ends

pytestmark = pytest.mark.race
SHORT = "ledger.insufficient_funds"
GONE = {"trade.offer_gone", "trade.price_changed"}


def purse(one: Round, amount: int) -> str:
    owner = f"purse:{new_id()}"
    one.ask(world.open_account, owner=owner, amount=amount)
    return owner


def test_r12_one_balance_in_many_holds(rounds: Rounds) -> None:
    """Exactly as many holds as the balance bears, and what is left stays."""

    def play(one: Round) -> None:
        amount, each = one.dice.randint(100, 2000), one.dice.randint(100, 400)
        owner = purse(one, amount)
        answers = one.race(
            [
                act(money_acts.set_aside, key=new_id(), owner=owner, amount=each)
                for _ in range(one.most)
            ]
        )
        held = min(one.most, amount // each)
        assert ends(answers)["ok"] == held
        assert ends(answers)[SHORT] == one.most - held
        assert one.ask(world.balance, owner=owner) == amount - held * each
        assert one.ask(world.balance, owner=owner, kind="hold") == held * each

    rounds(play)


def test_r12_a_hold_ends_once(rounds: Rounds) -> None:
    """Posted, voided or expired: one of them, and the money is where that says."""

    def play(one: Round) -> None:
        owner, other, key = purse(one, 500), f"purse:{new_id()}", new_id()
        one.ask(money_acts.set_aside, key=key, owner=owner, amount=300)
        ways = [
            act(money_acts.end_aside, key=key, how=how, credit=other)
            for how in ["post", "void"] * (one.most // 2 - 1)
        ]
        answers = one.race(
            [*ways, act(money_acts.expire_money, at=HOUR), act(money_acts.expire_money, at=HOUR)]
        )
        assert [bool(value) for _, value in answers].count(True) == 1
        spent = any(value for _, value in answers[: len(ways) : 2])
        assert one.ask(world.balance, owner=owner) == (200 if spent else 500)
        assert one.ask(world.balance, owner=other) == (300 if spent else 0)
        assert one.ask(world.balance, owner=owner, kind="hold") == 0

    rounds(play)


def test_r12_transfers_both_ways(rounds: Rounds) -> None:
    """A to B and B to A, alone and in chains: nobody blocks another, nothing is lost, a key counts once."""

    def play(one: Round) -> None:
        a, b, c = (purse(one, 10_000) for _ in range(3))
        legs = [
            [(a, b, 30)], [(b, a, 50)], [(a, b, 1), (b, c, 2), (c, a, 4)],
            [(c, a, 8), (a, b, 16), (b, c, 32)], [(b, c, 64), (c, b, 3)], [(c, b, 5)],
        ]  # fmt: skip
        same = act(money_acts.move_money, key=new_id(), legs=legs[0])
        some = [act(money_acts.move_money, key=new_id(), legs=leg) for leg in legs[1:]]
        answers = one.race([same, same, *some][: one.most])
        assert ends(answers) == {"ok": min(one.most, 7)}
        assert sorted(value for _, value in answers[:2]) == [False, True]
        moved = {a: 0, b: 0, c: 0}
        for leg in legs[: min(one.most, 7) - 1]:
            for source, target, minor in leg:
                moved[source] -= minor
                moved[target] += minor
        for owner, change in moved.items():
            assert one.ask(world.balance, owner=owner) == 10_000 + change

    rounds(play)


def test_r12_money_is_spent_while_more_comes(rounds: Rounds) -> None:
    """Spending against a refund coming in: no debt, no loss, whichever is first."""

    def play(one: Round) -> None:
        owner, shop = purse(one, 300), f"purse:{new_id()}"
        half = one.most // 2
        answers = one.race(
            [
                *(
                    act(money_acts.move_money, key=new_id(), legs=[(owner, shop, 200)])
                    for _ in range(half)
                ),
                *(
                    act(money_acts.move_money, key=new_id(), legs=[(shop, owner, 100)])
                    for _ in range(half)
                ),
            ]
        )
        spent, back = ends(answers[:half])["ok"], ends(answers[half:])["ok"]
        assert set(ends(answers)) <= {"ok", SHORT}
        assert one.ask(world.balance, owner=owner) == 300 - 200 * spent + 100 * back
        assert one.ask(world.balance, owner=shop) == 200 * spent - 100 * back
        assert spent >= 1

    rounds(play)


def test_r12_points_in_many_orders(rounds: Rounds) -> None:
    """The same points in many orders: used in as many as they cover, in none twice."""

    def play(one: Round) -> None:
        sku, buyer = one.shelve(stock=50)["sku"], one.buyers[0]
        covered = one.dice.randint(1, one.most - 1)
        one.ask(world.set_points, person=buyer, points=1000 * covered + one.dice.randint(0, 999))
        before = one.ask(world.points, person=buyer)
        spend = act(
            acts.buy_with, buyer=buyer, lines=[(sku, 1)], points_minor=1000,
            expected=world.PRICE - 1000,
        )  # fmt: skip
        answers = one.race([spend] * one.most)
        assert ends(answers)["ok"] == covered
        assert set(ends(answers)) <= {"ok", *GONE}
        assert one.ask(world.points, person=buyer) == before - 1000 * covered
        assert one.ask(world.counters, sku=sku) == (50 - covered, covered, 0)
        one.rest()
        assert one.ask(world.points, person=buyer) == before, "none was paid, so all come back"

    rounds(play)


def test_r12_points_are_spent_while_others_come_back(rounds: Rounds) -> None:
    """A refund and a cancellation bring points back while orders spend them: every point once."""

    def play(one: Round) -> None:
        sku, buyer = one.shelve(stock=50)["sku"], one.buyers[0]
        one.ask(world.set_points, person=buyer, points=3000)
        paid = one.ask(world.order, buyer=buyer, lines=[(sku, 1)], decided="pay", points=1000)
        open_ = one.ask(world.order, buyer=buyer, lines=[(sku, 1)], points=1000)
        one.ask(acts.pay_and_deliver, attempt=paid["attempt"])
        spend = act(
            acts.buy_with, buyer=buyer, lines=[(sku, 1)], points_minor=1000,
            expected=world.PRICE - 1000,
        )  # fmt: skip
        answers = one.race(
            [
                act(acts.leave_group, buyer=buyer, order=paid["order"]),
                act(acts.cancel, buyer=buyer, order=open_["order"]),
                *[spend] * (one.most - 3),
                act(acts.deliver_news),
            ]
        )
        assert [kind for kind, _ in answers[:2]] == ["ok", "ok"]
        made = ends(answers[2:-1])["ok"]
        assert 1 <= made <= 3
        one.ask(acts.deliver_news)
        assert one.ask(world.points, person=buyer) == 3000 - 1000 * made
        one.rest()
        assert one.ask(world.points, person=buyer) == 3000

    rounds(play)
