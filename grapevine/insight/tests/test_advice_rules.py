"""Rules of advice, without a database: what is found, why, what to do, in which order, and what is learnt."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from scipy.stats import beta as scipy_beta

from grapevine.insight.advising import (
    Beta,
    Candidate,
    Cause,
    Kind,
    Piece,
    Raised,
    SaleOver,
    Situation,
    SoldOut,
)
from grapevine.insight.contracts import Node, State, Tree
from grapevine.insight.rules import advice as rules, learning, outcomes

DAY = date(2026, 11, 20)
CUP = Piece(1, "cup", "粗陶杯", "家居", 10_000, 4_000, 30, 100_000, 500_000)
TEA = Piece(2, "tea", "白茶", "茶", 20_000, None, 50, 300_000, 310_000)
SHOP = Situation(pieces=(CUP, TEA), fans=12, brought=61, category="家居", order_minor=12_900)


def leaf(
    name: str, minor: int, state: State = State.DOWN, *children: Node, on: bool = True
) -> Node:
    return Node(name, 90, 150, state, -0.4, minor, on_path=on, children=children)


def tree(*below: Node, state: State = State.DOWN, minor: int = -400_000) -> Tree:
    root = leaf("payment", minor, state, *below)
    return Tree(root, 7, DAY, DAY, 100, ("payment",))


def conversion(*, situation: Situation = SHOP) -> list[Candidate]:
    found = rules.findings(
        tree(leaf("buyers", -400_000, State.DOWN, leaf("conversion", -390_000))), situation
    )
    return rules.candidates(found, situation)


def test_a_fall_in_conversion_asks_for_a_coupon_on_what_lost_most() -> None:
    best = conversion()[0]
    assert (best.kind, best.facts["goods"], best.facts["worth_minor"], best.facts["net_minor"]) == (
        Kind.COUPON, "cup", 1_000, 9_000,
    )  # fmt: skip
    assert (best.finding.node, best.finding.gap_minor) == ("conversion", 390_000)
    assert best.expected_minor == round(390_000 * 0.45 * 0.5)
    assert best.low_minor < best.expected_minor < best.high_minor
    assert [one.kind for one in conversion()] == [Kind.COUPON, Kind.GROUP, Kind.NOTE]


def test_a_price_above_three_of_four_others_comes_down_to_the_middle() -> None:
    dear = replace(CUP, others_minor=(6_000, 7_500, 9_000))
    best = conversion(situation=replace(SHOP, pieces=(dear, TEA)))[0]
    assert (best.facts["worth_minor"], best.facts["median_minor"]) == (2_500, 7_500)


@pytest.mark.parametrize(
    ("situation", "cause", "kinds"),
    [
        (replace(SHOP, withheld=frozenset({1})), Cause.WITHHELD, []),
        (replace(SHOP, shop_withheld=True), Cause.WITHHELD, []),
        (
            replace(SHOP, sold_out=(SoldOut("c1", 1, "粗陶杯", 2.5, "w2", "二仓", "w1", "一仓", 20),)),
            Cause.SOLD_OUT, [Kind.MOVE],
        ),
        (replace(SHOP, sold_out=(SoldOut("c1", 1, "粗陶杯", 2.5, "w2", "二仓"),)), Cause.SOLD_OUT, [Kind.ORDER]),
        (
            replace(SHOP, raised=(Raised(1, "粗陶杯", 8_500, 10_000, DAY),)), Cause.RAISED,
            [Kind.GROUP, Kind.COUPON],
        ),
        (
            replace(SHOP, sales_over=(SaleOver(1, "粗陶杯", 5_000, DAY),)), Cause.SALE_OVER,
            [Kind.GROUP, Kind.NOTE],
        ),
        (
            replace(SHOP, sales_over=(SaleOver(2, "白茶", 5_000, DAY),)), Cause.NODE,
            [Kind.COUPON, Kind.GROUP, Kind.NOTE],
        ),
    ],
)  # fmt: skip
def test_the_shops_own_doings_are_the_cause_if_their_goods_lost_what_is_missing(
    situation: Situation, cause: Cause, kinds: list[Kind]
) -> None:
    [found] = rules.findings(tree(leaf("conversion", -390_000)), situation)
    assert found.cause is cause
    assert sorted(one.kind for one in rules.candidates([found], situation)) == sorted(kinds)


def test_a_raised_price_is_no_cause_of_fewer_visitors() -> None:
    raised = replace(SHOP, raised=(Raised(1, "粗陶杯", 8_500, 10_000, DAY),))
    found = rules.findings(tree(leaf("visitors", -390_000)), raised)
    assert [one.cause for one in found] == [Cause.NODE]


def test_what_is_raised_comes_back_by_a_coupon_of_the_rise() -> None:
    situation = replace(SHOP, raised=(Raised(1, "粗陶杯", 8_500, 10_000, DAY),))
    coupon = next(one for one in conversion(situation=situation) if one.kind is Kind.COUPON)
    assert coupon.facts["worth_minor"] == 1_500


def test_what_runs_out_is_ordered_for_two_weeks() -> None:
    gone = replace(SHOP, sold_out=(SoldOut("c1", 1, "粗陶杯", 2.5, "w2", "二仓"),))
    [order] = conversion(situation=gone)
    assert [(line["code"], line["count"]) for line in order.facts["lines"]] == [("c1", 35)]
    assert order.category == "家居"


def test_each_kind_stands_once_and_a_kind_that_rests_does_not() -> None:
    shared = leaf("channel:share", -200_000)
    noted = leaf("channel:note", -150_000)
    found = rules.findings(tree(leaf("visitors", -350_000, State.DOWN, shared, noted)), SHOP)
    assert [one.node for one in found] == ["channel:share", "channel:note"]
    made = rules.candidates(found, SHOP)
    assert sorted(one.kind for one in made) == [Kind.COUPON, Kind.GROUP, Kind.NOTE, Kind.WAKE]
    assert [one.finding.node for one in made if one.kind is Kind.NOTE] == ["channel:note"]
    rested = replace(SHOP, rested=frozenset({"wake"}))
    assert Kind.WAKE not in {one.kind for one in rules.candidates(found, rested)}


def test_an_unknown_node_takes_the_rules_of_the_one_above() -> None:
    cart = leaf("a_new_rate", -300_000)
    found = rules.findings(tree(leaf("conversion", -390_000, State.DOWN, cart)), SHOP)
    assert [(one.node, one.family) for one in found] == [("a_new_rate", "conversion")]
    assert rules.candidates(found, SHOP)[0].kind is Kind.COUPON


@pytest.mark.parametrize(
    ("node", "kinds"),
    [
        ("cart", [Kind.COUPON, Kind.GROUP, Kind.NOTE]), ("pay", [Kind.COUPON, Kind.GROUP]), ("mix", [Kind.GROUP, Kind.WAKE]),
        ("pieces", [Kind.COUPON, Kind.NOTE]), ("discount", []), ("shipping", []),
    ],
)  # fmt: skip
def test_a_step_has_its_own_cure_and_more_discount_is_none(node: str, kinds: list[Kind]) -> None:
    found = rules.findings(
        tree(leaf("conversion", -390_000, State.DOWN, leaf(node, -380_000))), SHOP
    )
    assert [one.kind for one in rules.candidates(found, SHOP)] == kinds


def test_a_rise_is_told_and_worth_less_than_a_fall() -> None:
    risen = leaf("channel:share", 390_000, State.UP)
    found = rules.findings(tree(risen, state=State.UP, minor=400_000), SHOP)
    [wake, group] = rules.candidates(found, SHOP)
    assert (wake.kind, group.kind) == (Kind.WAKE, Kind.GROUP)
    assert wake.expected_minor == round(390_000 * 0.5 * 0.4 * 0.5)
    flat = leaf("payment", 0, State.FLAT, on=False)
    assert rules.findings(Tree(flat, 7, DAY, DAY, 9, ()), SHOP) == ()


def test_nothing_is_sold_below_what_it_cost() -> None:
    bare = replace(CUP, cost_minor=9_900)
    made = conversion(situation=replace(SHOP, pieces=(bare,)))
    assert [one.kind for one in made] == [Kind.NOTE]


DEAR = replace(CUP, others_minor=(6_000, 7_500, 9_000), before_minor=2_500_000, now_minor=1_100_000)


def fell(*names: str, minor: int = -1_200_000) -> Tree:
    """A fall that is traced through these nodes to the last of them, beside a sibling that stands."""
    below: tuple[Node, ...] = ()
    for name in reversed(names):
        below = (leaf(name, minor, State.DOWN, *below), leaf("aov", 9_000, State.FLAT, on=False))
    return tree(*below, minor=minor)


EMPTY = SoldOut("c1", 1, "粗陶杯", 9.0, "w2", "二仓")


@pytest.mark.parametrize(
    ("found", "situation", "wanted"),
    [
        (fell("buyers", "visitors", "channel:share"), SHOP, Kind.WAKE),
        (fell("buyers", "visitors", "channel:group"), SHOP, Kind.GROUP),
        (fell("buyers", "visitors", "channel:note"), SHOP, Kind.NOTE),
        (fell("buyers", "visitors", "channel:feed"), SHOP, Kind.NOTE),
        (fell("buyers", "conversion"), replace(SHOP, pieces=(DEAR, TEA)), Kind.COUPON),
        (fell("aov"), SHOP, Kind.COUPON),
        (fell("buyers", "conversion"), replace(SHOP, pieces=(DEAR, TEA), sold_out=(EMPTY,)), Kind.ORDER),
        (
            fell("buyers", "conversion"),
            replace(
                SHOP, pieces=(DEAR, TEA),
                sold_out=(replace(EMPTY, source="w1", source_name="一仓", spare=90),),
            ),
            Kind.MOVE,
        ),
        (
            fell("buyers", "conversion"),
            replace(SHOP, pieces=(DEAR, TEA), raised=(Raised(1, "粗陶杯", 8_000, 10_000, DAY),)),
            Kind.COUPON,
        ),
        (
            fell("buyers", "visitors", "channel:share"),
            replace(SHOP, pieces=(DEAR, TEA), sales_over=(SaleOver(1, "粗陶杯", 5_000, DAY),)),
            Kind.GROUP,
        ),
    ],
)  # fmt: skip
def test_of_ten_planted_faults_each_has_its_cure_first(
    found: Tree, situation: Situation, wanted: Kind
) -> None:
    made = rules.candidates(rules.findings(found, situation), situation)
    assert made[0].kind is wanted
    for seed in range(20):
        shown = [one.kind for one, _chance in rules.place(made, seed=str(seed))[:3]]
        assert wanted in shown or len(made) > 3


# ---- learning ---------------------------------------------------------------------------------


def test_a_kind_that_works_moves_up() -> None:
    assert conversion()[0].kind is Kind.COUPON
    found = rules.findings(tree(leaf("conversion", -390_000)), SHOP)
    learnt = rules.Success({
        ("group", "家居"): Beta(*learning.posterior((30.0, 4.0), (30.0, 4.0)), 34, 30, 9),
        ("coupon", "家居"): Beta(*learning.posterior((4.0, 30.0), (4.0, 30.0)), 34, 4, 9),
    })  # fmt: skip
    assert rules.candidates(found, SHOP, learnt)[0].kind is Kind.GROUP


def test_a_category_with_few_leans_on_its_kind() -> None:
    a, b = learning.posterior((45.0, 5.0))
    assert a + b == pytest.approx(8.0)
    assert a / (a + b) == pytest.approx(48 / 56)
    a, b = learning.posterior((45.0, 5.0), (0.0, 100.0))
    assert a / (a + b) < 0.08


def test_propensities_are_the_frequencies_over_seeds() -> None:
    scores, runs = [50.0, 90.0, 10.0, 70.0], 6_000
    seen: Counter[tuple[int, int]] = Counter()
    told: dict[tuple[int, int], float] = {}
    for seed in range(runs):
        for place, (index, propensity) in enumerate(learning.in_order(scores, seed=str(seed))):
            seen[index, place] += 1
            told.setdefault((index, place), propensity)
            assert told[index, place] == propensity
    assert len(told) == 16
    for pair, propensity in told.items():
        error = (propensity * (1 - propensity) / runs) ** 0.5
        assert seen[pair] / runs == pytest.approx(propensity, abs=4.5 * error)
    for place in range(4):
        assert sum(told[index, place] for index in range(4)) == pytest.approx(1)
    assert told[1, 0] == pytest.approx(0.85)
    assert told[2, 0] == pytest.approx(0.05)


def test_weights_undo_what_the_order_did() -> None:
    """Shown at the top 17 times as often, an action of one sort works always, of the other never: half, weighed."""
    rows = [(0.85, True)] * 85 + [(0.05, False)] * 5
    weights = [(learning.weight(chance), worked) for chance, worked in rows]
    worked, failed = learning.effective(
        sum(one for one, _ in weights), sum(one**2 for one, _ in weights),
        sum(one for one, good in weights if good),
    )  # fmt: skip
    assert worked / (worked + failed) == pytest.approx(0.5)
    assert worked + failed < len(rows)
    assert learning.effective(0, 0, 0) == (0, 0)


@pytest.mark.parametrize(("a", "b"), [(3.0, 3.0), (33.0, 7.0), (4.5, 90.0), (500.0, 480.0)])
def test_intervals_are_those_of_a_beta(a: float, b: float) -> None:
    low, high = learning.interval(a, b)
    assert low == pytest.approx(scipy_beta.ppf(0.1, a, b), abs=0.002)
    assert high == pytest.approx(scipy_beta.ppf(0.9, a, b), abs=0.002)


def test_what_came_of_it() -> None:
    assert outcomes.worked(106, 100)
    assert not outcomes.worked(104, 100)
    assert not outcomes.worked(0, 0)
    assert outcomes.gained(120, 100, now=100, before=150, gap_minor=5_000, days=7) == 2_000
    assert outcomes.gained(120, 100, now=100, before=100, gap_minor=5_000, days=7) == 0
    assert outcomes.drift([1.2] * 19) == 1.0
    assert outcomes.drift([1.2] * 20) == 1.2
    assert outcomes.drift([9.0] * 20) == 1.5
