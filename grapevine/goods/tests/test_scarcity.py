"""What sells out first, by what is left and how fast it sells."""

from grapevine.goods.rules.scarcity import days_left, urgency


def test_what_sells_out_first_stands_first() -> None:
    kinds = {
        "gone": (0, 9),
        "fast": (4, 28),
        "slow": (2, 1),
        "unsold": (1, 0),
        "unsold, gone": (0, 0),
    }
    order = sorted(kinds, key=lambda name: urgency(*kinds[name]))
    assert order == ["gone", "fast", "slow", "unsold, gone", "unsold"]
    assert [days_left(*kinds[name]) for name in order] == [0, 2, 28, None, None]
