"""What goes back for pieces, who may ask for what and when, and that no case is stuck."""

from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from grapevine.trade.aftersales import CaseKind, CaseReason, CaseState
from grapevine.trade.contracts import OrderState
from grapevine.trade.rules import aftersales as rules
from grapevine.trade.rules.giving_back import Bought, first, given_back, offers_back

SHANGHAI = ZoneInfo("Asia/Shanghai")
RECEIVED = datetime(2026, 11, 10, 9, 30, tzinfo=SHANGHAI)
K, R, S, O = CaseKind, CaseReason, CaseState, OrderState  # noqa: E741


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Bought], int]:
    lines = []
    for n in range(draw(st.integers(1, 5))):
        payable = draw(st.integers(0, 100_000))
        cuts = tuple(
            (name, draw(st.integers(0, 999))) for name in draw(st.sets(st.sampled_from("ab")))
        )
        lines.append(
            Bought(n + 1, draw(st.integers(1, 7)), 0, payable, draw(st.integers(0, 500)), cuts)
        )
    return lines, draw(st.integers(0, 5000))


@given(orders(), st.data())
def test_any_order_of_giving_back_ends_at_what_was_paid(
    order: tuple[list[Bought], int], data: st.DataObject
) -> None:
    """Never more on the way, exactly the whole at the end: per line, per order, and of every offer."""
    lines, shipping = order
    whole = sum(line.payable_minor for line in lines) + shipping
    back, goods, offers, gone = 0, {line.id: 0 for line in lines}, {"a": 0, "b": 0}, 0
    while any(line.back < line.count for line in lines):
        pieces = {line.id: data.draw(st.integers(0, line.count - line.back)) for line in lines}
        if not any(pieces.values()):
            pieces = {line.id: line.count - line.back for line in lines}
        parts = given_back(lines, shipping_minor=shipping, pieces=pieces)
        for name, (had, has, _all) in offers_back(lines, pieces).items():
            assert had == offers[name]
            offers[name] = has
        assert all(part.goods_minor >= 0 and part.shipping_minor >= 0 for part in parts)
        back += sum(part.amount_minor for part in parts)
        gone += sum(part.subsidy_minor for part in parts)
        for part in parts:
            goods[part.id] += part.goods_minor
        assert back <= whole
        lines = [
            Bought(one.id, one.count, one.back + pieces[one.id], one.payable_minor, one.subsidy_minor, one.cuts)
            for one in lines
        ]  # fmt: skip
    assert back == whole
    assert goods == {line.id: line.payable_minor for line in lines}
    assert gone == sum(line.subsidy_minor for line in lines)
    assert offers == {name: sum(dict(line.cuts).get(name, 0) for line in lines) for name in "ab"}


def test_three_pieces_for_ten_yuan() -> None:
    assert [first(1000, n, 3) for n in range(4)] == [0, 333, 666, 1000]


def test_shipping_goes_back_with_the_goods_it_came_with() -> None:
    lines = [Bought(1, 2, 0, 6000), Bought(2, 1, 0, 3000)]
    one = given_back(lines, shipping_minor=1000, pieces={1: 1})
    assert [(part.goods_minor, part.shipping_minor) for part in one] == [(3000, 333)]
    other = given_back(lines, shipping_minor=1000, pieces={2: 1})
    assert [(part.goods_minor, part.shipping_minor) for part in other] == [(3000, 333)]
    last = given_back(
        [Bought(1, 2, 1, 6000), Bought(2, 1, 1, 3000)], shipping_minor=1000, pieces={1: 1}
    )
    assert [(part.goods_minor, part.shipping_minor) for part in last] == [(3000, 334)]  # fmt: skip


@pytest.mark.parametrize("pieces", [{}, {1: 0}, {1: 3}, {1: -1, 2: 1}, {9: 1}])
def test_pieces_nobody_bought(pieces: dict[int, int]) -> None:
    with pytest.raises(ValueError, match=r"pieces|left"):
        given_back([Bought(1, 2, 0, 100), Bought(2, 1, 0, 100)], shipping_minor=0, pieces=pieces)


def no_reason(at: datetime, *, excepted: bool = False, window: int = 7) -> str:
    asked = rules.Asked(O.RECEIVED, RECEIVED, excepted, window)
    return rules.refused(asked, K.RETURN, R.NO_REASON, at)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "said"),
    [(10, 9, 31, ""), (17, 9, 31, ""), (17, 23, 59, ""), (18, 0, 0, "no_reason_over")],
)
def test_seven_days_begin_the_day_after_receipt(
    day: int, hour: int, minute: int, said: str
) -> None:
    """消费者权益保护法 25: the seventh day to its last minute, not the eighth; in Shanghai's days."""
    assert no_reason(datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)) == said


def test_an_exception_counts_only_if_it_was_confirmed() -> None:
    at = RECEIVED + timedelta(hours=1)
    assert no_reason(at, excepted=True) == "exception"
    assert no_reason(at, excepted=False) == ""
    faulty = rules.Asked(O.RECEIVED, RECEIVED, True, 7)
    assert rules.refused(faulty, K.RETURN, R.QUALITY, at) == ""


def test_faults_may_be_shown_until_the_window_closes() -> None:
    asked = rules.Asked(O.RECEIVED, RECEIVED, False, 15)
    last = RECEIVED + timedelta(days=15)
    assert rules.refused(asked, K.RETURN, R.QUALITY, last - timedelta(seconds=1)) == ""
    assert rules.refused(asked, K.RETURN, R.QUALITY, last) == "window"
    assert no_reason(last - timedelta(seconds=1), window=15) == "no_reason_over"


@pytest.mark.parametrize(
    ("state", "kind", "reason", "said"),
    [
        (O.PENDING, K.REFUND, R.UNSENT, "state"), (O.WAITING, K.REFUND, R.UNSENT, "state"),
        (O.CANCELLED, K.REFUND, R.UNSENT, "state"), (O.REFUNDED, K.REFUND, R.QUALITY, "state"),
        (O.PAID, K.REFUND, R.UNSENT, ""), (O.PAID, K.RETURN, R.NO_REASON, "kind"),
        (O.PAID, K.REFUND, R.QUALITY, "kind"), (O.SHIPPED, K.REFUND, R.UNSENT, "reason"),
        (O.SHIPPED, K.REFUND, R.NOT_ARRIVED, ""), (O.SHIPPED, K.SHORTAGE, R.MISSING, ""),
        (O.SHIPPED, K.RETURN, R.QUALITY, "unreceived"), (O.SHIPPED, K.EXCHANGE, R.WRONG, "unreceived"),
        (O.SHIPPED, K.SHORTAGE, R.QUALITY, "reason"), (O.SHIPPED, K.REFUND, R.NO_REASON, "reason"),
    ],
)  # fmt: skip
def test_what_may_be_asked_before_receipt(
    state: OrderState, kind: CaseKind, reason: CaseReason, said: str
) -> None:
    asked = rules.Asked(state, None, False, 7)
    assert rules.refused(asked, kind, reason, RECEIVED) == said


def test_every_open_state_has_a_way_on_by_itself_or_is_watched() -> None:
    """No case rests for ever: a timer moves it along the table, or the operators are told again."""
    for state, kind, before in product(rules.OPEN, K, (True, False)):
        if state == S.REFUNDING:
            continue  # the money's own completer ends it
        assert state in rules.TIMERS
        target = rules.on_silence(state, kind, before_shipping=before)
        if target is None:
            assert state == S.PLATFORM
        else:
            assert rules.may(state, target, "system")
    after_the_end = {move: actors for move, actors in rules.MOVES.items() if move[0] in rules.FINAL}
    again = {(S.DONE, S.REQUESTED), (S.CLOSED, S.REQUESTED)}
    assert after_the_end == {move: {"buyer"} for move in again}, (
        "re-opened by the buyer, nothing else"
    )
    assert set(rules.MEANING) == set(S)


def test_silence_refunds_only_what_never_left() -> None:
    assert rules.on_silence(S.REQUESTED, K.REFUND, before_shipping=True) == S.REFUNDING
    assert rules.on_silence(S.REQUESTED, K.REFUND, before_shipping=False) == S.PLATFORM
    assert rules.on_silence(S.REQUESTED, K.SHORTAGE, before_shipping=False) == S.PLATFORM
    assert rules.on_silence(S.REQUESTED, K.RETURN, before_shipping=False) == S.RETURNING
