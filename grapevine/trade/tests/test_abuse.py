"""A buyer's score: its parts are what anybody can recount, and few cases say nothing."""

from hypothesis import given, strategies as st

from grapevine.trade.rules.abuse import History, score


def test_the_parts_add_up() -> None:
    found = score(History(orders=10, cases=5, money_only=3, rejected=2))
    assert [(one.name, one.points) for one in found.parts] == [
        ("often", 20), ("money_only", 18), ("rejected", 12),
    ]  # fmt: skip
    assert (found.points, found.level) == (50, "middle")


def test_two_cases_say_nothing() -> None:
    found = score(History(orders=2, cases=2, money_only=2, rejected=2))
    assert (found.points, found.level) == (0, "none")


def test_many_returns_alone_are_not_high() -> None:
    assert score(History(orders=3, cases=3, money_only=0, rejected=0)).level == "middle"
    assert score(History(orders=3, cases=3, money_only=3, rejected=0)).level == "high"


@given(st.integers(0, 99), st.integers(0, 99), st.data())
def test_it_stays_within_its_bounds(orders: int, cases: int, data: st.DataObject) -> None:
    money, rejected = (data.draw(st.integers(0, cases)) for _ in range(2))
    found = score(History(orders, cases, money, rejected))
    assert 0 <= found.points <= 100
    assert found.points == sum(one.points for one in found.parts)
    assert all(0 <= one.points <= one.most for one in found.parts)
