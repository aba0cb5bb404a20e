"""Money that is told of by three ways at once, too early, too late, twice and out of order."""

import pytest

from tests.races import acts, world
from tests.races.arena import act
from tests.races.conftest import HOUR, Round, Rounds, ends
from tests.races.world import PRICE

pytestmark = pytest.mark.race
PAID = {"payment": "paid", "orders": ["paid"], "events": 1, "refunds": [], "charges": [("paid", 0)]}
SENT_BACK = {
    "payment": "returned", "orders": ["cancelled"], "events": 1, "refunds": [("done", PRICE)],
    "charges": [("paid", PRICE)],
}  # fmt: skip


def test_r08_return_webhook_and_poll_at_once(rounds: Rounds) -> None:
    """The browser, the provider and our own question bring the same news: one effect."""

    def play(one: Round) -> None:
        sku = one.shelve(stock=1)["sku"]
        made = one.ask(world.order, buyer=one.buyers[0], lines=[(sku, 1)], decided="pay")
        attempt, payment = made["attempt"], made["payment"]
        news = [
            act(acts.come_back, buyer=one.buyers[0], payment=payment),
            act(acts.call_back, attempt=attempt),
            act(acts.ask, attempt=attempt),
            act(acts.call_back_over_http, attempt=attempt),
            act(acts.ask, attempt=attempt),
            act(acts.call_back, attempt=attempt),
            act(acts.call_back_over_http, attempt=attempt),
            act(acts.complete),
        ]
        answers = one.race(news[: one.most])
        assert ends(answers) == {"ok": one.most}
        assert {value for _, value in answers} <= {200, 204, True, False}
        assert one.ask(world.facts, payment=payment) == PAID
        assert one.ask(world.counters, sku=sku) == (0, 0, 1)

    rounds(play)


def test_r09_the_webhook_comes_before_the_order(rounds: Rounds) -> None:
    """A message about what is not committed yet is refused or heard, never half; repeated, it has its one effect."""

    def play(one: Round) -> None:
        sku, buyer = one.shelve(stock=1)["sku"], one.buyers[0]
        attempt = one.arena.place(0, act(acts.place_unseen, buyer=buyer, lines=[(sku, 1)]))
        call = act(acts.call_back_early, attempt=attempt, total=PRICE)
        answers = one.race([call] * (one.most - 1), waiting=[0])
        assert answers[0][0] == "ok"
        assert set(ends(answers[1:])) <= {"ok", "payments.bad_callback"}
        again = one.race([call] * one.most)
        assert ends(again) == {"ok": one.most}
        payment = attempt.rpartition("-")[0]
        assert one.ask(world.facts, payment=payment) == PAID | {"charges": []}
        assert one.ask(world.counters, sku=sku) == (0, 0, 1)
        one.ask(world.own_up, attempt=attempt, total=PRICE)

    rounds(play)


def test_r10_money_and_cancellation(rounds: Rounds) -> None:
    """Paid or given back, whoever is first: once, in full, and the piece is sold or free."""

    def play(one: Round) -> None:
        sku, buyer = one.shelve(stock=1)["sku"], one.buyers[0]
        made = one.ask(world.order, buyer=buyer, lines=[(sku, 1)], decided="pay")
        acting = [
            act(acts.call_back, attempt=made["attempt"]),
            act(acts.cancel, buyer=buyer, order=made["order"]),
            act(acts.expire, at=HOUR),
            act(acts.ask, attempt=made["attempt"]),
            act(acts.cancel, buyer=buyer, order=made["order"]),
            act(acts.call_back_over_http, attempt=made["attempt"]),
            act(acts.expire, at=HOUR),
            act(acts.start_paying, buyer=buyer, payment=made["payment"]),
        ]
        answers = one.race(acting[: one.most])
        given_up = [n for n in (1, 4) if n < one.most and answers[n][0] == "ok"]
        given_up += [n for n in (2, 6) if n < one.most and answers[n] == ("ok", 1)]
        assert len(given_up) <= 1
        assert set(ends(answers)) <= {"ok", "trade.illegal_move", "trade.payment_closed"}
        one.rest()
        one.note("cancelled first" if given_up else "paid first")
        wanted = SENT_BACK if given_up else PAID
        assert one.ask(world.facts, payment=made["payment"]) == wanted
        assert one.ask(world.counters, sku=sku) == ((1, 0, 0) if given_up else (0, 0, 1))

    rounds(play)


def test_r10_money_after_the_pieces_are_sold_again(rounds: Rounds) -> None:
    """An order that timed out, its last piece sold to another, and then its money: it goes back, the other keeps all."""

    def play(one: Round) -> None:
        sku = one.shelve(stock=1)["sku"]
        late = one.ask(world.order, buyer=one.buyers[0], lines=[(sku, 1)], decided="pay")
        one.arena.ask(acts.expire, at=HOUR)
        rivals = [
            act(acts.buy_and_pay, buyer=who, lines=[(sku, 1)])
            for who in one.buyers[1 : one.most - 1]
        ]
        answers = one.race([*[act(acts.call_back, attempt=late["attempt"])] * 2, *rivals])
        assert ends(answers[:2]) == {"ok": 2}
        assert ends(answers[2:])["ok"] == 1
        assert ends(answers[2:])["goods.out_of_stock"] == len(rivals) - 1
        one.rest()
        assert one.ask(world.facts, payment=late["payment"]) == SENT_BACK
        winner = next(number for kind, number in answers[2:] if kind == "ok")
        assert one.ask(world.facts, payment=winner) == PAID
        assert one.ask(world.counters, sku=sku) == (0, 0, 1)

    rounds(play)


def test_r10_two_attempts_are_both_paid(rounds: Rounds) -> None:
    """A second charge for the same payment goes back, the first stays."""

    def play(one: Round) -> None:
        sku = one.shelve(stock=1)["sku"]
        made = one.ask(world.order, buyer=one.buyers[0], lines=[(sku, 1)])
        attempts = one.ask(world.two_paid_attempts, buyer=one.buyers[0], payment=made["payment"])
        answers = one.race([act(acts.call_back, attempt=attempts[n % 2]) for n in range(one.most)])
        assert ends(answers) == {"ok": one.most}
        one.rest()
        found = one.ask(world.facts, payment=made["payment"])
        assert sorted(found["charges"]) == [("paid", 0), ("paid", PRICE)]
        assert found | {"charges": []} == {
            "payment": "paid", "orders": ["paid"], "events": 2, "refunds": [("done", PRICE)],
            "charges": [],
        }  # fmt: skip
        assert one.ask(world.counters, sku=sku) == (0, 0, 1)

    rounds(play)


def test_r14_a_refund_and_what_is_told_of_it(rounds: Rounds) -> None:
    """Two workers send it, the provider tells of it before we noted it, twice, and backwards: sent once."""

    def play(one: Round) -> None:
        sku, buyer = one.shelve(stock=1)["sku"], one.buyers[0]
        made = one.ask(world.order, buyer=buyer, lines=[(sku, 1)], decided="pay")
        one.ask(acts.call_back, attempt=made["attempt"])
        asked = one.race(
            [
                act(acts.refund_mine, buyer=buyer, order=made["order"]),
                act(
                    acts.refund_by_shop, shop=one.city["shop"], order=made["order"],
                    actor=one.city["seller"],
                ),
            ]
            * (one.most // 2)
        )  # fmt: skip
        assert ends(asked) == {"ok": 1, "trade.illegal_move": 2 * (one.most // 2) - 1}
        refund_id = one.ask(world.refund_of, payment=made["payment"])
        told = {"payment": made["attempt"], "refund_id": refund_id, "amount": PRICE}
        news = [
            act(acts.send_refunds),
            act(acts.hear_once_sent, **told, state="done"),
            act(acts.send_refunds),
            act(acts.hear_once_sent, **told, state="pending"),
            act(acts.hear_once_sent, **told, state="done"),
            act(acts.hear_once_sent, **told, state="failed"),
            act(acts.hear_of_refund, **told | {"amount": PRICE - 1}, state="done"),
            act(acts.hear_of_refund, **told | {"refund_id": f"x{refund_id}"}, state="done"),
        ]
        answers = one.race(news[: one.most])
        forged = max(0, one.most - 6)
        assert ends(answers)["payments.bad_callback"] == forged
        assert ends(answers)["ok"] == one.most - forged
        one.rest()
        found = one.ask(world.facts, payment=made["payment"])
        assert found == PAID | {
            "orders": ["refunded"], "refunds": [("done", PRICE)], "charges": [("paid", PRICE)],
        }  # fmt: skip
        assert one.ask(world.counters, sku=sku) == (1, 0, 0)

    rounds(play)
