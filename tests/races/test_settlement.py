"""What a shop has, and everybody who moves it at once: batches, withdrawals, claw-backs, charges, the bank."""

import pytest

from grapevine.kit.ids import new_id
from tests.races import money_acts, world
from tests.races.arena import act
from tests.races.conftest import Round, Rounds, ends

pytestmark = pytest.mark.race
SHORT = "ledger.insufficient_funds"
GONE = "trade.withdrawal_gone"


def shop_of(one: Round) -> int:
    shop: int = one.ask(world.new_shop, owner=one.buyers[0])
    return shop


def test_r16_two_runs_of_settlement_are_one_batch(rounds: Rounds) -> None:
    def play(one: Round) -> None:
        one.ask(money_acts.settle_everybody)
        shop, parts = shop_of(one), [one.dice.randint(1, 900) for _ in range(4)]
        for part in parts:
            one.ask(world.earn, shop=shop, amount=part, settled=False)
        answers = one.race([act(money_acts.settle_everybody)] * one.most)
        assert ends(answers) == {"ok": one.most}
        assert sum(made for _, made in answers) == 1
        assert one.ask(world.batches_of, shop=shop) == [(1, sum(parts))]
        assert one.ask(world.purse_of, shop=shop) == {"balance": sum(parts)}

    rounds(play)


def test_r16_withdrawals_take_what_there_is(rounds: Rounds) -> None:
    """As many as the balance bears, and one form sent twice is one withdrawal."""

    def play(one: Round) -> None:
        shop = shop_of(one)
        bank, each = one.ask(world.bank, shop=shop), one.dice.randint(100, 400)
        has = each * one.dice.randint(1, one.most - 1) + one.dice.randint(0, 99)
        one.ask(world.earn, shop=shop, amount=has)
        answers = one.race(
            [
                act(money_acts.withdraw, shop=shop, bank=bank, amount=each, key=new_id())
                for _ in range(one.most)
            ]
        )
        fit = has // each
        assert ends(answers) == {"ok": fit, SHORT: one.most - fit}
        assert one.ask(world.purse_of, shop=shop) == _purse(
            balance=has - fit * each, withdrawing=fit * each
        )
        one.ask(money_acts.pay_out)
        assert one.ask(world.payouts_of, shop=shop) == [each] * fit

    rounds(play)


def test_r16_withdrawal_and_claw_back_never_go_below_zero(rounds: Rounds) -> None:
    """Whoever is first has the money; what a refund does not find is debt, and nothing else is."""

    def play(one: Round) -> None:
        shop = shop_of(one)
        bank, has, waits = one.ask(world.bank, shop=shop), one.dice.randint(300, 900), 150
        one.ask(world.earn, shop=shop, amount=has)
        one.ask(world.earn, shop=shop, amount=waits, settled=False)
        half = one.most // 2
        take, back = one.dice.randint(100, 400), one.dice.randint(100, 400)
        key = new_id()
        answers = one.race(
            [
                *(act(money_acts.withdraw, shop=shop, bank=bank, amount=take, key=new_id()) for _ in range(half)),
                act(money_acts.claw, shop=shop, amount=back, key=key),
                act(money_acts.claw, shop=shop, amount=back, key=key),
                *(act(money_acts.claw, shop=shop, amount=back, key=new_id()) for _ in range(half - 2)),
            ]
        )  # fmt: skip
        assert {end for end in ends(answers) if end != "ok"} <= {SHORT}
        assert [kind for kind, _ in answers[half:]] == ["ok"] * half
        out = take * [kind for kind, _ in answers[:half]].count("ok")
        purse = one.ask(world.purse_of, shop=shop)
        assert purse.get("withdrawing", 0) == out
        assert sum(purse.values()) == has + waits - back * (half - 1)
        assert all(purse.get(kind, 0) >= 0 for kind in ("payable", "balance", "withdrawing"))
        if purse.get("debt", 0):
            assert purse.get("payable", 0) == purse.get("balance", 0) == 0
        one.ask(money_acts.pay_out)

    rounds(play)


def test_r16_parts_of_sales_go_back_both_ways_at_once(rounds: Rounds) -> None:
    """Two shops that sell for each other: late refunds of both, a batch and withdrawals, and nobody waits in a ring."""

    def play(one: Round) -> None:
        one.ask(money_acts.settle_everybody)
        left, right = shop_of(one), shop_of(one)
        bank, has, back = one.ask(world.bank, shop=left), 600, one.dice.randint(50, 400)
        for shop in (left, right):
            one.ask(world.earn, shop=shop, amount=has)
            one.ask(world.earn, shop=shop, amount=100, settled=False)
        key, take = new_id(), one.dice.randint(200, 600)
        answers = one.race(
            [
                act(money_acts.give_back_part, seller=left, supplier=right, amount=back, key=key),
                act(money_acts.give_back_part, seller=left, supplier=right, amount=back, key=key),
                act(
                    money_acts.give_back_part, seller=right, supplier=left, amount=70, key=new_id()
                ),
                act(money_acts.settle_everybody),
                act(money_acts.withdraw, shop=left, bank=bank, amount=take, key=new_id()),
            ][: max(one.most, 4)]
        )
        assert {end for end in ends(answers) if end != "ok"} <= {SHORT}
        assert [kind for kind, _ in answers[:4]] == ["ok"] * 4
        purses = [one.ask(world.purse_of, shop=shop) for shop in (left, right)]
        assert [sum(purse.values()) for purse in purses] == [700 - back + 70, 700 + back - 70]
        for purse in purses:
            assert all(purse.get(kind, 0) >= 0 for kind in ("payable", "balance", "withdrawing"))
        one.ask(money_acts.settle_everybody)
        one.ask(money_acts.pay_out)

    rounds(play)


def test_r16_batch_charge_and_claw_back_at_once(rounds: Rounds) -> None:
    def play(one: Round) -> None:
        shop, has = shop_of(one), 1000
        one.ask(world.earn, shop=shop, amount=has, settled=False)
        key = new_id()
        answers = one.race(
            [
                act(money_acts.settle_everybody),
                act(money_acts.claw, shop=shop, amount=300, key=new_id()),
                act(money_acts.advertise, shop=shop, amount=200, key=key),
                act(money_acts.advertise, shop=shop, amount=200, key=key),
            ]
        )
        assert ends(answers) == {"ok": 4}
        assert sorted(value for _, value in answers[2:]) == [False, True]
        one.ask(world.earn, shop=shop, amount=1)
        assert one.ask(world.purse_of, shop=shop) == {"balance": has + 1 - 500}

    rounds(play)


def test_r16_a_payout_is_made_once_or_cancelled(rounds: Rounds) -> None:
    """Of workers that send and the shop that changes its mind, one is first; the bank pays once or never."""

    def play(one: Round) -> None:
        shop = shop_of(one)
        bank = one.ask(world.bank, shop=shop)
        one.ask(world.earn, shop=shop, amount=700)
        number = one.ask(money_acts.withdraw, shop=shop, bank=bank, amount=700, key=new_id())
        answers = one.race(
            [
                *[act(money_acts.pay_out)] * (one.most - 1),
                act(money_acts.cancel_money, shop=shop, number=number),
            ]
        )
        cancelled = answers[-1][0] == "ok"
        assert answers[-1] == (("ok", None) if cancelled else ("no", GONE))
        one.ask(money_acts.pay_out)
        assert one.ask(world.payouts_of, shop=shop) == ([] if cancelled else [700])
        assert one.ask(world.purse_of, shop=shop) == ({"balance": 700} if cancelled else {})

    rounds(play)


def _purse(**kinds: int) -> dict[str, int]:
    return {kind: minor for kind, minor in kinds.items() if minor}
