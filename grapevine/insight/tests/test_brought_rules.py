"""The lines of a person's asset: they add up, and no sum of fewer than five people is told or can be taken from others."""

from hypothesis import given, strategies as st

from grapevine.insight.rules.customers.brought import FEWEST, InShop, moved_most, parts_of

NAMED = st.frozensets(st.integers(1, 30), max_size=12)


def shops(groups: list[frozenset[int]]) -> list[InShop]:
    return [
        InShop(n, known, 100 * n, 0.5, 1_000 * len(known), 10 * len(known))
        for n, known in enumerate(groups, start=1)
    ]


@given(st.lists(NAMED, max_size=6))
def test_lines_add_up_and_none_is_of_few(groups: list[frozenset[int]]) -> None:
    given_ = shops(groups)
    lines = parts_of(given_)
    told = [line for line in lines if line.people is not None]
    everybody = frozenset[int]().union(*groups)
    assert sum(line.income_minor for line in lines) == sum(one.income_minor for one in given_)
    assert bool(told) == (len(everybody) >= FEWEST)
    assert all(line.people and line.people >= FEWEST for line in told)
    if told:
        assert sum(line.customers_minor or 0 for line in told) == 1_000 * sum(map(len, groups))
        assert sum(line.network_minor or 0 for line in told) == 10 * sum(map(len, groups))
    assert len([line for line in lines if line.shop_id is None]) <= 1


def test_a_small_shop_is_told_together_with_the_smallest_of_the_others() -> None:
    ten, six, two = (frozenset(range(n, n + size)) for n, size in ((1, 10), (11, 6), (20, 2)))
    lines = [
        (line.shop_id, line.people, line.customers_minor)
        for line in parts_of(shops([ten, six, two]))
    ]
    assert lines == [(1, 10, 10_000), (2, None, None), (3, None, None), (None, 8, 8_000)]
    assert [(line.shop_id, line.people, line.income_minor) for line in parts_of(shops([two]))] == [
        (1, None, 50)
    ]


def test_what_moved_most_is_the_largest_change_either_way() -> None:
    assert moved_most({"income": 5, "customers": -9, "network": None}) == "customers"
    assert moved_most({"income": 0, "customers": None, "network": 0}) == ""
