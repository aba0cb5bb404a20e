"""The tree adds up, says what moved, and keeps quiet when nothing did."""

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from grapevine.insight.advising import Situation
from grapevine.insight.contracts import Node, State, Totals, Tree, Window
from grapevine.insight.rules.advice import findings
from grapevine.insight.rules.drawing import draw
from grapevine.insight.rules.tree import build, contributions, judge, log_mean, noise_of

POSITIVE = st.floats(0.01, 1e6)


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=6))
def test_contributions_sum_to_the_change_exactly(factors: list[tuple[float, float]]) -> None:
    now, before = [a for a, _ in factors], [b for _, b in factors]
    product_now = product_before = 1.0
    for a, b in factors:
        product_now, product_before = product_now * a, product_before * b
    change = product_now - product_before
    assert sum(contributions(now, before)) == pytest.approx(
        change, rel=1e-6, abs=1e-6 * max(product_now, product_before)
    )


def test_what_vanished_takes_the_whole_change() -> None:
    assert contributions([0, 0.05, 100], [200, 0.05, 100]) == [-1000, 0, 0]
    assert contributions([0, 0], [0, 0]) == [0, 0]


def test_the_logarithmic_mean_lies_between() -> None:
    assert log_mean(2, 2) == 2
    assert 1 < log_mean(1, 4) < 4
    assert log_mean(0, 4) == 0


def totals(visitors: int, buyers: int, orders: int, payments: int, new: int = 0) -> Totals:
    square = orders * (payments / max(1, orders)) ** 2 * 1.25
    return Totals(visitors, buyers, new or buyers // 2, orders, orders, payments, square)


def window(
    now: Totals, before: Totals, channels: dict[str, tuple[int, int]] | None = None
) -> Window:
    parts = channels or {"feed": (now.visitors, before.visitors)}
    return Window(
        7, date(2026, 11, 10), date(2026, 11, 16), now, before,
        {name: replace(Totals(), visitors=a) for name, (a, _) in parts.items()},
        {name: replace(Totals(), visitors=b) for name, (_, b) in parts.items()},
        noise=0.05,
    )  # fmt: skip


def node(tree: Tree, name: str) -> Node:
    def find(one: Node) -> Node | None:
        return one if one.name == name else next((f for c in one.children if (f := find(c))), None)

    found = find(tree.root)
    assert found is not None
    return found


def test_a_fall_is_traced_to_the_channel_that_fell() -> None:
    now, before = totals(1800, 90, 92, 800_000), totals(2950, 148, 150, 1_300_000)
    tree = build(
        window(now, before, {"note": (280, 1400), "feed": (540, 545), "share": (980, 1005)})
    )
    assert tree.cause == ("payment", "buyers", "visitors", "channel:note")
    assert node(tree, "aov").state is State.FLAT
    assert node(tree, "conversion").state is State.FLAT
    assert node(tree, "channel:feed").state is State.FLAT
    assert [one.node for one in findings(tree, Situation())] == ["channel:note"]


def test_twenty_per_cent_fewer_buyers_at_the_same_order_value() -> None:
    tree = build(
        window(totals(20_000, 800, 800, 8_000_000), totals(20_000, 1000, 1000, 10_000_000))
    )
    assert (node(tree, "payment").state, node(tree, "buyers").state) == (State.DOWN, State.DOWN)
    assert (node(tree, "aov").state, node(tree, "visitors").state) == (State.FLAT, State.FLAT)
    assert tree.cause == ("payment", "buyers", "conversion")


def test_children_add_up_to_their_parent() -> None:
    now, before = totals(1800, 90, 92, 800_000), totals(2950, 148, 150, 1_300_000)
    tree = build(window(now, before, {"note": (280, 1400), "feed": (1520, 1550)}))
    assert node(tree, "buyers").contribution_minor + node(
        tree, "aov"
    ).contribution_minor == pytest.approx(-500_000, abs=2)
    channels = [child.contribution_minor for child in node(tree, "visitors").children]
    assert sum(channels) == pytest.approx(node(tree, "visitors").contribution_minor, abs=2)


def test_one_per_cent_is_flat() -> None:
    tree = build(
        window(totals(20_200, 1010, 1010, 10_100_000), totals(20_000, 1000, 1000, 10_000_000))
    )
    assert tree.root.state is State.FLAT
    assert tree.cause == ()
    assert findings(tree, Situation()) == ()


def test_a_handful_of_orders_says_nothing() -> None:
    tree = build(window(totals(60, 3, 3, 30_000), totals(80, 5, 5, 50_000)))
    assert tree.root.state is State.UNKNOWN
    assert tree.cause == ()


@pytest.mark.parametrize("orders", [30, 100, 300, 1000, 5000])
def test_where_nothing_changed_few_nodes_are_coloured(orders: int) -> None:
    """A/A: both sides from one distribution, with the noise the test is told of; at most 12 % coloured."""
    dice = random.Random(7)
    coloured = 0
    runs = 400
    for _ in range(runs):
        sides = []
        for _side in range(2):
            level = orders * 2.718281828 ** dice.gauss(0, 0.05)
            count = max(1, round(dice.gauss(level, level**0.5)))
            value = 9000 * (1 + dice.gauss(0, 0.5 / count**0.5))
            sides.append(totals(count * 20, count, count, round(count * value)))
        tree = build(window(sides[0], sides[1]))
        coloured += tree.root.state in (State.UP, State.DOWN)
    assert coloured / runs <= 0.12


def test_judging_needs_data_on_both_sides() -> None:
    assert judge(0, 0, 1) is State.UNKNOWN
    assert judge(10, 0, 0.001) is State.UP
    assert judge(0, 10, 0.001) is State.DOWN
    assert judge(10, 10, 0) is State.UNKNOWN


def test_noise_is_shrunk_towards_a_usual_shop() -> None:
    assert noise_of([]) == 0.05
    assert noise_of([100, 100, 100, 100, 100]) == pytest.approx(0.025)
    assert noise_of([100, 900, 50, 800, 20]) == 0.3


def test_the_drawing_puts_every_node_once_and_marks_the_cause() -> None:
    now, before = totals(1800, 90, 92, 800_000), totals(2950, 148, 150, 1_300_000)
    tree = build(window(now, before, {"note": (280, 1400), "feed": (1520, 1550)}))
    drawing = draw(tree.root, tree.cause)
    assert [box.node.name for box in drawing.boxes if box.is_cause] == ["channel:note"]
    assert len(drawing.boxes) == 7
    assert len(drawing.curves) == 6
    assert sum(curve.hot for curve in drawing.curves) == 3
