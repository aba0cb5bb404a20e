"""Coupons and flash sales: taken, used and given back exactly as often as they may be."""

import pytest

from tests.races import acts, world
from tests.races.arena import act
from tests.races.conftest import HOUR, Round, Rounds, ends
from tests.races.world import PRICE

pytestmark = pytest.mark.race
FLASH = 3900
NOT_AT_THIS_PRICE = {"trade.offer_gone", "trade.price_changed"}


def test_r11_a_coupon_for_few(rounds: Rounds) -> None:
    """Few pieces, many people: exactly the pieces are taken, by people who had none."""

    def play(one: Round) -> None:
        pieces = one.dice.randint(1, one.most - 1)
        plan = one.ask(world.coupons, shop=one.city["shop"], issue_limit=pieces)
        answers = one.race(
            [act(acts.take_coupon, person=who, plan_id=plan) for who in one.buyers[: one.most]]
        )
        assert ends(answers) == {"ok": pieces, "campaigns.coupons_gone": one.most - pieces}
        assert one.ask(world.coupons_out, plan_id=plan) == (pieces, pieces)

    rounds(play)


def test_r11_a_budget_for_few(rounds: Rounds) -> None:
    """No more coupons than the budget pays when all are used."""

    def play(one: Round) -> None:
        pieces = one.dice.randint(1, one.most - 1)
        budget = 1000 * pieces + one.dice.randint(0, 999)
        plan = one.ask(world.coupons, shop=0, issue_limit=1000, budget_minor=budget)
        answers = one.race(
            [act(acts.take_coupon, person=who, plan_id=plan) for who in one.buyers[: one.most]]
        )
        assert ends(answers) == {"ok": pieces, "campaigns.coupons_gone": one.most - pieces}

    rounds(play)


def test_r11_one_person_takes_many_times(rounds: Rounds) -> None:
    def play(one: Round) -> None:
        most = one.dice.choice([1, 2])
        plan = one.ask(world.coupons, shop=one.city["shop"], issue_limit=100, per_person=most)
        answers = one.race([act(acts.take_coupon, person=one.buyers[0], plan_id=plan)] * one.most)
        assert ends(answers) == {"ok": most, "campaigns.coupon_taken": one.most - most}
        assert one.ask(world.coupons_out, plan_id=plan) == (most, most)

    rounds(play)


def test_r11_one_coupon_in_many_carts(rounds: Rounds) -> None:
    """One coupon, many carts: one order with it; cancelled, it is good for one more, and only one.

    Its buyers take no other coupons: a purchase looks at the first hundred somebody holds.
    """

    def play(one: Round) -> None:
        sku, buyer = one.shelve(stock=50)["sku"], one.dice.choice(one.buyers[one.most :])
        plan = one.ask(world.coupons, shop=one.city["shop"], issue_limit=1)
        coupon = one.ask(acts.take_coupon, person=buyer, plan_id=plan)
        use = act(
            acts.buy_with, buyer=buyer, lines=[(sku, 1)], coupon=coupon, expected=PRICE - 1000
        )
        answers = one.race([use] * one.most)
        assert ends(answers)["ok"] == 1
        assert set(ends(answers)) <= {"ok", *NOT_AT_THIS_PRICE}
        number = next(value for kind, value in answers if kind == "ok")
        order = one.ask(world.order_of, payment=number)
        again = one.race(
            [
                act(acts.cancel_and_deliver, buyer=buyer, order=order),
                *[act(acts.deliver_news)] * 1,
                *[use] * (one.most - 2),
            ]
        )
        assert again[0][0] == "ok"
        used = ends(again[2:])["ok"]
        assert used <= 1
        one.ask(acts.deliver_news)
        late = one.race([use] * 2)
        assert ends(late)["ok"] == 1 - used
        assert one.ask(world.counters, sku=sku) == (49, 1, 0)

    rounds(play)


def test_r11_a_flash_sale_for_few(rounds: Rounds) -> None:
    """The quota and not one more at that price; who comes later is told, and pays the list price if they like."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=100)
        quota = one.dice.randint(1, one.most - 1)
        one.ask(world.flash, shop=one.city["shop"], code=goods["codes"][0], quota=quota)
        answers = one.race(
            [
                act(acts.buy_until_told, buyer=who, lines=[(goods["sku"], 1)], expected=FLASH)
                for who in one.buyers[: one.most]
            ]
        )
        made = ends(answers)
        assert (made["ok"], made["trade.price_changed"]) == (quota, one.most - quota)
        assert one.ask(world.counters, sku=goods["sku"]) == (100 - quota, quota, 0)
        lines = one.ask(world.orders_of_sku, sku=goods["sku"])
        assert [line["total"] for line in lines] == [FLASH] * quota

    rounds(play)


def test_r11_a_flash_sale_by_threes(rounds: Rounds) -> None:
    """Orders of several pieces out of sixteen shares, more of them than the quota bears."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=100)
        quota = one.dice.randint(3, 3 * one.most - 1)
        one.ask(
            world.flash, shop=one.city["shop"], code=goods["codes"][0], quota=quota, per_person=3
        )
        answers = one.race(
            [
                act(acts.buy_until_told, buyer=who, lines=[(goods["sku"], 3)], expected=3 * FLASH)
                for who in one.buyers[: one.most]
            ]
        )
        sold = quota // 3
        made = ends(answers)
        assert (made["ok"], made["trade.price_changed"]) == (sold, one.most - sold)
        assert one.ask(world.counters, sku=goods["sku"]) == (100 - 3 * sold, 3 * sold, 0)

    rounds(play)


def test_r17_a_flash_sale_begins(rounds: Rounds) -> None:
    """On one side of the moment the list price, on the other the sale's; nobody the other's."""

    def play(one: Round) -> None:
        goods = one.shelve(stock=100)
        one.ask(
            world.flash, shop=one.city["shop"], code=goods["codes"][0], quota=50, begins_in=HOUR
        )
        half = one.most // 2
        early, late = HOUR - 60, HOUR + 60
        prices = [FLASH if one.dice.random() < 0.5 else PRICE for _ in range(one.most)]
        answers = one.race(
            [
                act(
                    acts.buy, buyer=who, lines=[(goods["sku"], 1)], expected=price,
                    at=early if n < half else late,
                )
                for n, (who, price) in enumerate(zip(one.buyers, prices, strict=False))
            ]
        )  # fmt: skip
        right = [PRICE] * half + [FLASH] * (one.most - half)
        wanted = [
            "ok" if a == b else "trade.price_changed" for a, b in zip(prices, right, strict=True)
        ]
        assert ["ok" if kind == "ok" else value for kind, value in answers] == wanted
        assert one.ask(world.counters, sku=goods["sku"])[1] == wanted.count("ok")

    rounds(play)
