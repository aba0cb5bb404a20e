"""Who is credited and with how much: tables and properties."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from grapevine.spread.rules import RATE_MAX_BPS, WINDOW, Touch, commission, credited

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BUYER, SHOP = 1, 7
touches = st.lists(
    st.builds(
        Touch,
        share_id=st.integers(1, 50),
        sharer_id=st.integers(1, 6),
        shop_id=st.sampled_from([None, 7, 8]),
        at=st.integers(0, 14 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    ),
    max_size=12,
)


def touch(share_id: int, sharer_id: int, *, shop: int | None = SHOP, days: float = 0) -> Touch:
    return Touch(share_id, sharer_id, shop, NOW - timedelta(days=days))


def test_the_last_one_counts_and_equal_moments_by_share() -> None:
    older, newer, twin = touch(3, 2, days=1), touch(1, 3), touch(2, 4)
    assert credited([newer, older, twin], buyer_id=BUYER, shop_id=SHOP, now=NOW) == twin


def test_seven_days_to_the_second() -> None:
    edge = Touch(1, 2, SHOP, NOW - WINDOW)
    late = Touch(1, 2, SHOP, NOW - WINDOW - timedelta(seconds=1))
    assert credited([edge], buyer_id=BUYER, shop_id=SHOP, now=NOW) == edge
    assert credited([late], buyer_id=BUYER, shop_id=SHOP, now=NOW) is None


def test_another_shops_share_does_not_count_but_a_sign_up_takes_any() -> None:
    other, free = touch(1, 2, shop=8), touch(2, 3, shop=None, days=1)
    assert credited([other], buyer_id=BUYER, shop_id=SHOP, now=NOW) is None
    assert credited([other, free], buyer_id=BUYER, shop_id=SHOP, now=NOW) == free
    assert credited([other, free], buyer_id=BUYER, shop_id=None, now=NOW) == other


@given(touches)
def test_never_the_buyer_nor_an_old_nor_a_foreign_share(found: list[Touch]) -> None:
    chosen = credited(found, buyer_id=BUYER, shop_id=SHOP, now=NOW)
    fitting = [
        one
        for one in found
        if one.sharer_id != BUYER and one.shop_id != 8 and NOW - one.at <= WINDOW
    ]
    assert (chosen is None) == (not fitting)
    assert chosen is None or (chosen in fitting and chosen.at == max(one.at for one in fitting))


@given(st.integers(-10_000, 10**12), st.integers(0, 20_000))
def test_commission_is_whole_bounded_and_never_more_than_agreed(net: int, rate: int) -> None:
    amount = commission(net, rate)
    assert 0 <= amount <= max(0, net) // 2
    assert amount * 10_000 <= max(0, net) * min(rate, RATE_MAX_BPS)


def test_commission_by_example() -> None:
    assert [commission(*given_) for given_ in ((5990, 1000), (999, 5), (0, 1000), (100, 9000))] == [
        599, 0, 0, 50,
    ]  # fmt: skip
