"""Faults planted into the product, one at a time: each is a guard somebody might forget."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from django.db.models import F

from grapevine.campaigns.actions import groups
from grapevine.campaigns.models import Group
from grapevine.goods import facade as goods
from grapevine.goods.actions import stock, stock_sql
from grapevine.kit import sql
from grapevine.kit.money import share_bps
from grapevine.loyalty import actions as loyalty
from grapevine.spread import actions as spread
from grapevine.trade.actions import (
    moving,
    paying,
    paying_sql,
    placing,
    placing_sql,
    refunding,
    starting,
    withdrawing,
)
from grapevine.trade.models import Attempt, Case
from grapevine.trade.rules import giving_back, pricing, settlement, states

Planted = Any
"""A context in which the fault is there."""


def _nothing(*_: object, **__: object) -> None:
    return None


def the_counter_is_not_guarded() -> Planted:
    """Takes pieces from the row nearest to the buyer, whatever it has."""

    def allocate(places: Any, count: int) -> list[tuple[int, int]]:
        return [(min(places, key=lambda p: (p.priority, p.stock_id)).stock_id, count)]

    return patch.object(stock, "allocate", allocate)


def pieces_come_back_twice() -> Planted:
    once = sql.rows

    def rows(text: str, params: Any = ()) -> Any:
        if text == stock_sql.MOVE and params[0] > 0:
            once(text, [params[0], 0, 0, params[3]])
        return once(text, params)

    return patch.object(sql, "rows", rows)


def a_refund_restocks_nothing() -> Planted:
    return patch.object(goods, "restock", lambda *_, **__: set())


def a_refund_restocks_what_has_left() -> Planted:
    restock = goods.restock
    return patch.object(goods, "restock", lambda refs, **_: restock(refs))


def the_limit_is_forgotten() -> Planted:
    return patch.object(placing, "_count_limits", _nothing)


def the_limit_never_comes_back() -> Planted:
    return patch.object(moving, "give_back_limits", _nothing)


def the_amount_is_not_compared() -> Planted:
    """Whatever amount a provider names is believed."""
    apply = paying.apply

    def believe(method: str, outcome: Any) -> bool:
        found = sql.rows(paying_sql.ATTEMPT, [outcome.payment_number])
        if found:
            outcome = type(outcome)(
                outcome.payment_number, outcome.state, found[0][4], outcome.currency,
                outcome.event_id,
            )  # fmt: skip
        return apply(method, outcome)

    return patch.object(paying, "apply", believe)


def an_event_counts_every_time() -> Planted:
    return patch.object(paying, "_first_time", lambda *_: True)


def late_money_is_kept() -> Planted:
    return patch.object(paying, "_too_late", _nothing)


def money_goes_back_by_the_first_attempt() -> Planted:
    def first(payment: Any) -> Any:
        return Attempt.objects.filter(payment=payment, state="paid").earliest("id")

    return patch.object(refunding, "_paid_by", first)


def the_fee_is_a_cent_off() -> Planted:
    def share(amount: int, bps: int) -> int:
        return share_bps(amount, bps) + bool(bps)

    return patch.object(settlement, "share_bps", share)


def a_shipped_order_is_refunded_by_its_buyer() -> Planted:
    moves = {**states.MOVES, (states.S.SHIPPED, states.S.REFUNDED): frozenset({"shop", "buyer"})}
    return patch.object(states, "MOVES", moves)


def the_key_is_not_looked_up() -> Planted:
    return patch.object(placing_sql, "PAYMENT_ENDING", "RETURNING id")


def everybody_sees_the_price_of_the_group() -> Planted:
    """A price that excludes other offers does not."""
    unit = pricing._unit_prices

    def prices(bill: Any, offers: Any) -> None:
        unit(bill, offers)
        bill.is_exclusive = [False] * len(bill.is_exclusive)

    return patch.object(pricing, "_unit_prices", prices)


def a_group_is_full_too_early() -> Planted:
    fill = groups._fill

    def early(group: Any, now: str) -> None:
        Group.objects.filter(pk=group.pk).update(size=F("paid"))
        fill(group, now)

    return patch.object(groups, "_fill", early)


def an_expired_group_keeps_the_money() -> Planted:
    return patch.object(groups, "refund_members", _nothing)


def a_seat_is_never_free_again() -> Planted:
    return patch.object(groups, "leave_seat", _nothing)


def nobody_asks_the_provider() -> Planted:
    return patch.object(starting, "ask_about", lambda _: False)


def an_expired_payment_keeps_its_pieces() -> Planted:
    return patch.object(goods, "release", lambda _: set())


def pieces_are_worth_a_cent_more() -> Planted:
    return patch.object(giving_back, "first", lambda whole, n, count: -(-whole * n // count))


def the_money_of_an_open_case_is_settled() -> Planted:
    return patch.object(moving, "with_open_case", lambda: Case.objects.none().values("order_id"))


def a_late_refund_costs_the_shop_nothing() -> Planted:
    return patch.object(moving, "claw_back", _nothing)


def a_commission_outlives_its_pieces() -> Planted:
    return patch.object(spread, "_follow", _nothing)


def points_stay_spent() -> Planted:
    return patch.object(loyalty, "_post_back", _nothing)


def a_payout_that_failed_is_lost() -> Planted:
    return patch.object(withdrawing, "credit", lambda *_, **__: 0)


Fault = Callable[[], Planted]
FAULTS: dict[Fault, int] = {
    the_counter_is_not_guarded: 4,
    pieces_come_back_twice: 0,
    an_event_counts_every_time: 0,
    a_refund_restocks_nothing: 0,
    a_refund_restocks_what_has_left: 11,
    the_limit_is_forgotten: 0,
    the_limit_never_comes_back: 0,
    the_amount_is_not_compared: 6,
    late_money_is_kept: 0,
    money_goes_back_by_the_first_attempt: 0,
    the_fee_is_a_cent_off: 5,
    a_shipped_order_is_refunded_by_its_buyer: 3,
    the_key_is_not_looked_up: 32,
    everybody_sees_the_price_of_the_group: 9,
    a_group_is_full_too_early: 0,
    an_expired_group_keeps_the_money: 0,
    a_seat_is_never_free_again: 0,
    nobody_asks_the_provider: 0,
    an_expired_payment_keeps_its_pieces: 3,
    pieces_are_worth_a_cent_more: 3,
    the_money_of_an_open_case_is_settled: 11,
    a_late_refund_costs_the_shop_nothing: 0,
    a_commission_outlives_its_pieces: 18,
    points_stay_spent: 1,
    a_payout_that_failed_is_lost: 19,
}
"""Each with a seed that is near the first one that finds it."""
