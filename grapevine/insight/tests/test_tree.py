"""The tree adds up, says what moved, and keeps quiet when nothing did."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from grapevine.insight.advising import Situation
from grapevine.insight.contracts import Baseline, Node, State
from grapevine.insight.evaluation import weeks
from grapevine.insight.rules import growing, judging, lmdi, noise, written
from grapevine.insight.rules.advice import findings
from grapevine.insight.rules.drawing import draw, worth_seeing
from grapevine.insight.rules.growing import Side, grow
from grapevine.insight.rules.holidays import HOLIDAYS, holiday_on, same_day_last_year
from grapevine.insight.rules.matching import match
from grapevine.insight.rules.tree import judge, nodes
from grapevine.insight.tests.orchard import CHANNELS, SUNDAY, node, plain, side, tree_of

POSITIVE = st.floats(0.01, 1e6)
NOTE_FELL = {"note": (280, 0, 0, 14), "feed": (540, 0, 0, 27), "share": (980, 0, 0, 49)}
BEFORE = {"note": (1400, 0, 0, 70), "feed": (545, 0, 0, 28), "share": (1005, 0, 0, 50)}


def row(*values: float) -> lmdi.Array:
    return np.array([values], np.float64)


# ---- contributions ----------------------------------------------------------------------------


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=6))
def test_the_parts_of_a_product_sum_to_its_change(factors: list[tuple[float, float]]) -> None:
    now, before = row(*(a for a, _ in factors)), row(*(b for _, b in factors))
    ends = now.prod(axis=1), before.prod(axis=1)
    change = ends[0] - ends[1]
    parts = lmdi.factors(change, lmdi.log_mean(*ends), now, before)
    assert parts.sum() == pytest.approx(change[0], rel=1e-6, abs=1e-6 * max(ends[0][0], ends[1][0]))


def test_what_vanished_takes_the_whole_change() -> None:
    change, mean = np.array([-1000.0]), np.array([0.0])
    parts = lmdi.factors(change, mean, row(0, 0.05, 100), row(200, 0.05, 100))
    assert parts.tolist() == [[-1000, 0, 0]]
    assert lmdi.factors(np.zeros(1), mean, row(0, 0), row(0, 0)).tolist() == [[0, 0]]


def test_the_logarithmic_mean_lies_between() -> None:
    found = lmdi.log_mean(np.array([2.0, 1.0, 0.0]), np.array([2.0, 4.0, 4.0]))
    assert found.tolist() == pytest.approx([2, 3 / np.log(4), 0])


def test_cents_go_to_the_largest_rests_and_none_to_what_is_absent() -> None:
    parts = np.array([[0.5, 0.3, 0.2], [-1.5, 9.0, -1.5]])
    there = np.array([[True, True, True], [True, False, True]])
    assert lmdi.to_the_cent(np.array([1, -3]), parts, there).tolist() == [[1, 0, 0], [-1, 0, -2]]


CAME = st.tuples(*[st.integers(0, 400)] * 4).map(lambda four: tuple(sorted(four, reverse=True)))


@st.composite
def a_side(draw: st.DrawFn) -> Side:
    """Anything that facts can say, zeros and free orders among it."""
    came = {name: draw(CAME) for name in CHANNELS}
    buyers = sum(four[3] for four in came.values())
    orders = buyers + draw(st.integers(0, 50)) if buyers else 0
    paid = draw(st.integers(0, 3_000_000)) if buyers else 0
    cut = draw(st.integers(0, 500_000))
    shipping = draw(st.sampled_from([0, 0, 1200]))
    return side(
        came, paid, new_buyers=draw(st.integers(0, buyers)), orders=orders, items=orders * 2,
        listed_minor=max(paid - shipping, 0) + cut, cut_minor=cut, received_minor=paid,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(a_side(), a_side(), st.sampled_from([1.0, 0.5, 0.25]))
def test_children_add_up_to_their_parent_to_the_cent(
    now: Side, before: Side, weight: float
) -> None:
    width = len(growing.columns(CHANNELS))
    forest = grow(
        now, before, channels=CHANNELS, weight=np.array([weight]), noise=np.full((1, width), 0.0025)
    )
    cents, there = forest.cents[0], forest.evidence.present[0]
    change = now.sums["payments_minor"][0] - before.sums["payments_minor"][0]
    assert cents[0] == change
    families: dict[tuple[int, str], list[int]] = {}
    for at, column in enumerate(forest.columns):
        if at and there[at]:
            families.setdefault((column.parent, column.family), []).append(int(cents[at]))
    for (parent, _), parts in families.items():
        assert sum(parts) == cents[parent]
    assert np.isfinite(forest.now).all()
    assert np.isfinite(forest.evidence.error()).all()


def test_a_total_does_not_turn_against_its_parts() -> None:
    """Both channels convert better, but people came through the weaker one: the mix takes the blame, no step does."""
    before = side({"note": (2000, 1600, 400, 200), "feed": (1000, 500, 60, 20)}, 2_200_000)
    now = side({"note": (500, 400, 104, 55), "feed": (2500, 1250, 160, 60)}, 1_150_000)
    tree = tree_of(now, before)
    assert node(tree, "conversion").contribution_minor < 0
    steps = [node(tree, name).contribution_minor for name in ("detail", "cart", "pay")]
    assert steps[0] == 0
    assert min(steps[1:]) > 0
    assert (
        node(tree, "mix").contribution_minor + sum(steps)
        == node(tree, "conversion").contribution_minor
    )
    assert tree.cause == ("payment", "buyers", "conversion", "mix")


def test_without_carts_conversion_is_mix_and_rate() -> None:
    tree = tree_of(side(NOTE_FELL, 800_000), side(BEFORE, 1_300_000))
    assert [child.name for child in node(tree, "conversion").children] == ["mix", "rate"]
    alone = tree_of(plain(2000, 100, 900_000), plain(2000, 100, 1_000_000))
    assert node(alone, "conversion").children == ()


def test_order_value_is_pieces_times_price_less_cuts_with_shipping() -> None:
    """The same pieces at the same list price, a quarter off instead of nothing, and shipping is free now."""
    before = plain(20_000, 1000, 10_500_000, items=2000, listed_minor=10_000_000, received_minor=10_500_000)  # fmt: skip
    now = plain(
        20_000, 1000, 7_500_000, items=2000, listed_minor=10_000_000, cut_minor=2_500_000, received_minor=7_500_000,
    )  # fmt: skip
    tree = tree_of(now, before)
    by_name = {child.name: child for child in node(tree, "aov").children}
    assert [(one.name, one.before, one.now) for one in by_name.values()] == [
        ("pieces", 2, 2), ("price", 5000, 5000), ("discount", 1, 0.75), ("shipping", 1.05, 1)
    ]  # fmt: skip
    assert by_name["pieces"].contribution_minor == by_name["price"].contribution_minor == 0
    assert by_name["discount"].contribution_minor == -2_564_985
    assert by_name["shipping"].contribution_minor == -435_015
    assert tree.cause == ("payment", "aov", "discount")


def test_order_value_is_not_split_where_trade_tells_of_other_orders() -> None:
    both = [
        plain(2000, 100, 1_000_000, listed_minor=1, received_minor=paid)
        for paid in (1_000_000, 900_000)
    ]
    assert node(tree_of(both[0], both[1]), "aov").children == ()


def test_new_and_returning_are_another_way_to_split_buyers() -> None:
    tree = tree_of(plain(20_000, 800, 8_000_000, new_buyers=300), plain(20_000, 1000, 10_000_000, new_buyers=500))  # fmt: skip
    assert (node(tree, "new").state, node(tree, "returning").state) == (State.DOWN, State.FLAT)
    assert (node(tree, "new").contribution_minor, node(tree, "returning").contribution_minor) == (-2_000_000, 0)  # fmt: skip


# ---- what is said -----------------------------------------------------------------------------


def test_a_fall_is_traced_to_the_channel_that_fell() -> None:
    tree = tree_of(side(NOTE_FELL, 800_000), side(BEFORE, 1_300_000))
    assert tree.cause == ("payment", "buyers", "visitors", "channel:note")
    assert [one.name for one in nodes(tree.root) if one.on_path] == list(tree.cause)
    for name in ("aov", "conversion", "channel:feed", "channel:share"):
        assert node(tree, name).state is State.FLAT
    channels = [child.contribution_minor for child in node(tree, "visitors").children]
    assert sum(channels) == node(tree, "visitors").contribution_minor
    assert [one.node for one in findings(tree, Situation())] == ["channel:note"]


def test_twenty_per_cent_fewer_buyers_at_the_same_order_value() -> None:
    tree = tree_of(plain(20_000, 800, 8_000_000), plain(20_000, 1000, 10_000_000))
    assert (node(tree, "payment").state, node(tree, "buyers").state) == (State.DOWN, State.DOWN)
    assert (node(tree, "aov").state, node(tree, "visitors").state) == (State.FLAT, State.FLAT)
    assert tree.cause == ("payment", "buyers", "conversion")
    assert node(tree, "buyers").low < -0.2 < node(tree, "buyers").high < 0


def test_one_per_cent_is_flat() -> None:
    tree = tree_of(plain(20_200, 1010, 10_100_000), plain(20_000, 1000, 10_000_000))
    assert tree.root.state is State.FLAT
    assert tree.cause == ()
    assert findings(tree, Situation()) == ()


def test_a_handful_of_orders_says_nothing_but_what_is_missing() -> None:
    tree = tree_of(plain(60, 3, 30_000), plain(80, 5, 50_000))
    assert tree.root.state is State.UNKNOWN
    assert tree.cause == ()
    assert (tree.orders_now, tree.orders) == (3, 8)
    assert tree.orders_missing == 31
    enough = tree_of(plain(600, 35, 350_000), plain(600, 35, 350_000))
    assert (enough.root.state, enough.orders_missing) == (State.FLAT, 0)
    wild = tree_of(plain(600, 35, 350_000), plain(600, 35, 350_000), phi=0.25)
    assert (wild.root.state, wild.orders_missing) == (State.UNKNOWN, 0)


def test_a_shop_that_had_orders_and_has_none_fell() -> None:
    tree = tree_of(plain(1000, 0, 0), plain(1000, 200, 2_000_000))
    assert tree.root.state is State.DOWN
    assert tree.cause == ("payment", "buyers", "conversion")
    assert node(tree, "conversion").contribution_minor == -2_000_000


def test_nothing_at_all_is_unknown() -> None:
    tree = tree_of(plain(0, 0, 0), plain(0, 0, 0))
    assert {one.state for one in nodes(tree.root)} == {State.UNKNOWN}
    assert {one.contribution_minor for one in nodes(tree.root)} == {0}


def test_siblings_that_oppose_are_asked_though_their_parent_stood_still() -> None:
    now = side({"note": (500, 0, 0, 25), "feed": (1500, 0, 0, 75)}, 1_000_000)
    before = side({"note": (1500, 0, 0, 75), "feed": (500, 0, 0, 25)}, 1_000_000)
    tree = tree_of(now, before)
    assert node(tree, "visitors").state is State.FLAT
    assert node(tree, "channel:note").state is State.DOWN
    assert node(tree, "channel:feed").state is State.UP
    assert tree.cause == ()
    alone = tree_of(
        side({"note": (1200, 0, 0, 75), "feed": (1000, 0, 0, 75)}, 1_500_000),
        side({"note": (1010, 0, 0, 75), "feed": (1000, 0, 0, 75)}, 1_500_000), phi=0.03,
    )  # fmt: skip
    assert (node(alone, "visitors").state, node(alone, "channel:note").state) == (
        State.FLAT,
        State.FLAT,
    )


def test_false_discoveries_are_held_at_one_in_ten() -> None:
    chance = np.array([[0.01, 0.04, 0.06, 0.5], [0.09, 0.2, 0.3, 0.5], [0.09, 0.2, 0.3, 0.5]])
    asked = np.array([[True] * 4, [True] * 4, [True, False, False, False]])
    found = judging.discoveries(chance, asked)
    assert found.tolist() == [[True, True, True, False], [False] * 4, [True, False, False, False]]


def test_judging_one_change_needs_data_on_both_sides() -> None:
    assert judge(0, 0, 1) is State.UNKNOWN
    assert judge(10, 0, 0.001) is State.UP
    assert judge(0, 10, 0.001) is State.DOWN
    assert judge(10, 10, 0) is State.UNKNOWN
    assert judge(10, 11, 0.2) is State.UNKNOWN


@pytest.mark.parametrize("phi", [0.03, 0.1])
def test_where_nothing_changed_few_nodes_are_coloured(phi: float) -> None:
    """A/A over the whole way, noise and span found by itself: at most 12 % of nodes, and of roots."""
    found = [
        tree
        for orders in (10, 30, 100, 1000)
        for tree in weeks.grown(weeks.facts([orders] * 100, phi=phi))
    ]
    assert weeks.coloured_share(found) <= 0.12
    assert sum(weeks.coloured(tree.root) for tree in found) / len(found) <= 0.12


@pytest.mark.parametrize(
    ("orders", "kept", "days"),
    [(30, 0.41, 28), (100, 0.61, 7), (1000, 0.83, 7)],
    ids=["59 % of 30 a week", "39 % of 100 a week", "17 % of 1000 a week"],
)
def test_what_can_be_found_is_found(orders: int, kept: float, days: int) -> None:
    """Drops of the size that has 80 % power, planted in the visitors of calm shops."""
    planted = weeks.facts([orders] * 100, phi=0.03, planted=weeks.Planted(days, kept))
    found = weeks.grown(planted, spans=[days])
    fallen = [tree for tree in found if tree.root.state is State.DOWN]
    assert len(fallen) >= 80
    assert sum("visitors" in tree.cause for tree in fallen) >= 0.7 * len(fallen)


# ---- noise ------------------------------------------------------------------------------------


def test_noise_is_what_weeks_differ_by_beyond_chance() -> None:
    chance = np.random.default_rng(3)
    values = np.exp(0.2 * chance.standard_normal((4000, 8, 1)))
    own, usual, steps = noise.excess(values, np.full(values.shape, 0.01))
    assert own.mean() == pytest.approx(0.03, abs=0.002)  # 0.2² less 0.01
    assert set(usual.ravel()) == {0.01}
    assert set(steps.ravel()) == {7}
    nothing = noise.excess(np.zeros((1, 8, 1)), np.full((1, 8, 1), np.nan))
    assert [float(one[0, 0]) for one in nothing] == [0, 1, 0]


def test_noise_is_drawn_towards_the_category() -> None:
    own = np.array([[0.04]] * 40 + [[0.0004]] * 40)
    kinds = ["茶"] * 40 + ["陶"] * 40
    blind = noise.shrunk(own, np.full((80, 1), 1.0), np.zeros((80, 1)), kinds)
    assert blind == pytest.approx(0.0025)  # nobody has seen a step: a usual shop
    steps = np.full((80, 1), 7.0)
    steps[[0, 79]] = 0
    found = noise.shrunk(own, np.full((80, 1), 0.0005), steps, kinds)
    assert found[0, 0] == pytest.approx(0.04)  # knows nothing itself
    assert found[79, 0] == pytest.approx(noise.LEAST)
    few = noise.shrunk(own[:3], np.full((3, 1), 0.0005), steps[1:4], kinds[:3])
    assert few[0, 0] == pytest.approx(0.0025 + (0.04 - 0.0025) * 7 / 11 * 0.0025 / 0.003)


# ---- which days -------------------------------------------------------------------------------


def test_a_week_stands_beside_the_same_weekdays_of_four() -> None:
    found = match(SUNDAY, 7)
    assert found.now == tuple(SUNDAY - timedelta(days=number) for number in range(6, -1, -1))
    assert set(found.before.values()) == {0.25}
    assert sorted(found.before) == [SUNDAY - timedelta(days=n) for n in range(34, 6, -1)]
    fortnight = match(SUNDAY, 14)
    assert sum(fortnight.before.values()) == 14
    assert min(fortnight.before) == SUNDAY - timedelta(days=41)


def test_holidays_are_left_out_on_either_side() -> None:
    after = match(date(2026, 10, 14), 7)  # the week after 国庆, which filled a week before it
    assert after.left_out == ("国庆",)
    assert not any(holiday_on(day) for day in after.before)
    assert (len(after.now), round(sum(after.before.values()), 9)) == (7, 7)
    assert after.before[date(2026, 9, 30)] == pytest.approx(1 / 3)
    within = match(date(2026, 11, 10), 7)
    assert within.now == tuple(date(2026, 11, day) for day in (4, 5, 6, 7))
    assert within.left_out == ("双11", "国庆")


def test_a_span_that_is_nearly_all_holiday_is_compared_and_says_so() -> None:
    found = match(date(2026, 10, 7), 7)
    assert (len(found.now), found.left_out, found.taken_in) == (7, (), ("国庆",))
    assert not any(holiday_on(day) for day in found.before)


def test_a_year_ago_a_holiday_stands_beside_the_same_holiday() -> None:
    found = match(date(2026, 2, 20), 7, Baseline.YEAR)
    assert (
        found.before[date(2025, 1, 28)] == 1
    )  # 15 February 2026 is the first day, as 28 January was
    assert date(2026, 2, 14) in found.now
    assert found.before[date(2025, 2, 15)] == 1
    assert same_day_last_year(date(2024, 10, 1)) is None
    assert same_day_last_year(date(2026, 2, 23)) is None  # 2025 had eight days


def test_the_span_just_before() -> None:
    found = match(SUNDAY, 7, Baseline.BEFORE)
    assert sorted(found.before) == [SUNDAY - timedelta(days=n) for n in range(13, 6, -1)]
    assert (set(found.before.values()), found.taken_in) == ({1}, ())
    plain = match(date(2026, 11, 15), 7, Baseline.BEFORE)
    assert (len(plain.now), len(plain.before), plain.taken_in, plain.left_out) == (
        7,
        7,
        ("双11",),
        (),
    )


def test_holidays_do_not_overlap() -> None:
    days = [day for holiday in HOLIDAYS for day in holiday.days()]
    assert len(days) == len(set(days))
    assert {holiday.name for holiday in HOLIDAYS} == {"春节", "国庆", "618", "双11"}


# ---- written and drawn ------------------------------------------------------------------------


def test_a_tree_is_the_same_after_it_was_written_down() -> None:
    tree = replace(
        tree_of(side(NOTE_FELL, 800_000), side(BEFORE, 1_300_000)),
        left_out=("国庆",),
        is_widened=True,
    )
    again = written.tree_from(written.text_of(tree))
    assert replace(again, root=tree.root) == tree
    assert [_short(one) for one in nodes(again.root)] == [_short(one) for one in nodes(tree.root)]


def _short(one: Node) -> tuple[object, ...]:
    return (
        one.name,
        round(one.now, 5),
        one.state,
        one.contribution_minor,
        one.on_path,
        len(one.children),
    )


def test_the_drawing_opens_what_is_worth_seeing_and_marks_the_cause() -> None:
    tree = tree_of(side(NOTE_FELL, 800_000), side(BEFORE, 1_300_000))
    drawing = draw(tree.root, tree.cause)
    assert [box.node.name for box in drawing.boxes] == [
        "payment", "buyers", "visitors", "channel:note", "channel:share", "channel:feed", "conversion", "aov",
    ]  # fmt: skip
    assert [box.node.name for box in drawing.boxes if box.is_cause] == ["channel:note"]
    assert {box.node.name: box.folded for box in drawing.boxes if box.folded} == {"conversion": 2}
    assert [box.node.name for box in drawing.boxes if box.is_open] == ["visitors"]
    assert (len(drawing.curves), sum(curve.hot for curve in drawing.curves)) == (7, 3)
    assert worth_seeing(tree.root) == {"payment", "buyers", "visitors"}


def test_the_drawing_folds_and_splits_as_it_is_told() -> None:
    tree = tree_of(side(NOTE_FELL, 800_000), side(BEFORE, 1_300_000))
    folded = draw(tree.root, tree.cause, opened=["conversion", "nonsense"])
    assert [box.node.name for box in folded.boxes] == [
        "payment", "buyers", "visitors", "conversion", "mix", "rate", "aov",
    ]  # fmt: skip
    by_who = draw(tree.root, tree.cause, opened=[], is_by_who=True)
    assert [(box.node.name, box.sign) for box in by_who.boxes] == [
        ("payment", ""), ("buyers", ""), ("new", ""), ("returning", "+"), ("aov", "×"),
    ]  # fmt: skip
