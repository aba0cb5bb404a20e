"""Parcels that several hands pack at once, and refunds in between: no piece leaves twice."""

import pytest

from tests.races import acts, world
from tests.races.arena import act
from tests.races.conftest import Round, Rounds, ends

pytestmark = pytest.mark.race
GONE = {"trade.illegal_move", "trade.too_many_pieces"}


def _paid(one: Round, count: int) -> tuple[int, world.World]:
    sku, buyer = one.shelve(stock=count)["sku"], one.buyers[0]
    made = one.ask(world.order, buyer=buyer, lines=[(sku, count)], decided="pay")
    one.ask(acts.call_back, attempt=made["attempt"])
    return sku, made


def test_two_clerks_send_the_same_order(rounds: Rounds) -> None:
    """One parcel leaves, the others are told so."""

    def play(one: Round) -> None:
        sku, made = _paid(one, 1)
        shop, actor = one.city["shop"], one.buyers[0]
        answers = one.race(
            [
                act(acts.ship, shop=shop, order=made["order"], actor=actor, tracking=f"SF{n}000")
                for n in range(one.most)
            ]
        )
        assert ends(answers) == {"ok": 1, "trade.illegal_move": one.most - 1}
        assert one.ask(world.parcels, order=made["order"]) == [1]
        assert one.ask(world.counters, sku=sku) == (0, 0, 1)

    rounds(play)


def test_many_pack_pieces_of_one_order(rounds: Rounds) -> None:
    """Three pieces, parcels of one: three leave, and the order is shipped with the last."""

    def play(one: Round) -> None:
        _, made = _paid(one, 3)
        shop, actor = one.city["shop"], one.buyers[0]
        answers = one.race(
            [
                act(
                    acts.ship_pieces, shop=shop, order=made["order"], actor=actor,
                    tracking=f"SF{n}000", count=1,
                )
                for n in range(one.most)
            ]
        )  # fmt: skip
        sent = min(3, one.most)
        assert ends(answers).get("ok") == sent
        assert set(ends(answers)) <= {"ok", *GONE}
        assert one.ask(world.parcels, order=made["order"]) == [1] * sent

    rounds(play)


def test_parcel_and_refund_at_once(rounds: Rounds) -> None:
    """Sent or refunded: what has left stays sold, what has not is on the shelf again, and the money goes back once."""

    def play(one: Round) -> None:
        sku, made = _paid(one, 2)
        shop, buyer = one.city["shop"], one.buyers[0]
        acting = [
            act(acts.ship_pieces, shop=shop, order=made["order"], actor=buyer, tracking="SF1000", count=1),
            act(acts.refund_mine, buyer=buyer, order=made["order"]),
            act(acts.ship, shop=shop, order=made["order"], actor=buyer, tracking="SF2000"),
            act(acts.refund_by_shop, shop=shop, order=made["order"], actor=buyer),
        ]  # fmt: skip
        answers = one.race(acting[: one.most])
        assert set(ends(answers)) <= {"ok", *GONE}
        gone = sum(one.ask(world.parcels, order=made["order"]))
        state = one.ask(world.facts, payment=made["payment"])["orders"][0]
        assert state in {"shipped", "refunded"}
        back = 2 - gone if state == "refunded" else 0
        assert one.ask(world.counters, sku=sku) == (back, 0, 2 - back)

    rounds(play)
