"""The decision tree: exact contributions, and a test that says what really moved.

Contributions: logarithmic mean Divisia index I (Ang 2005): exact, no residual, symmetric in time. States: a
fixed ±5 % rule colours most weeks of a shop where nothing changed; here a node is up or down only if
a 90 % interval around its log change excludes zero, and flat only if there is enough data to say so.
"""

from itertools import pairwise
from math import exp, log, sqrt

from grapevine.insight.contracts import Node, State, Totals, Tree, Window

Z90 = 1.645
POWER_80 = 0.842
SMALL = 0.05
FLAT_BAND = 0.15
DETECTABLE_MAX = 0.5
ORDERS_FOR_A_WEEK = 30
CV_DEFAULT = 0.6


def log_mean(a: float, b: float) -> float:
    """The logarithmic mean of two positive numbers; their value where they are equal."""
    if a <= 0 or b <= 0:
        return 0.0
    return a if abs(a - b) < 1e-12 * max(a, b) else (a - b) / (log(a) - log(b))


def contributions(now: list[float], before: list[float]) -> list[float]:
    """What each factor of a product adds to its change; the parts sum to the change exactly.

    Where a side is zero the logarithm has no value and the whole change goes to the factors that are
    zero, in equal parts (the analytic limit of the index for a vanishing factor).
    """
    assert len(now) == len(before)
    v1, v0 = _product(now), _product(before)
    change = v1 - v0
    if v1 > 0 and v0 > 0:
        mean = log_mean(v1, v0)
        return [mean * log(a / b) for a, b in zip(now, before, strict=True)]
    zero = [i for i, (a, b) in enumerate(zip(now, before, strict=True)) if (a == 0) != (b == 0)]
    return (
        [change / len(zero) if i in zero else 0.0 for i in range(len(now))]
        if zero
        else [0.0] * len(now)
    )


def _product(factors: list[float]) -> float:
    result = 1.0
    for factor in factors:
        result *= factor
    return result


def judge(now: float, before: float, variance: float) -> State:
    """What can be said of a change whose log has this variance."""
    if variance <= 0 or (now <= 0 and before <= 0):
        return State.UNKNOWN
    error = sqrt(variance)
    detectable = exp((Z90 + POWER_80) * error) - 1
    if now <= 0 or before <= 0:
        return (
            State.UNKNOWN if detectable > DETECTABLE_MAX else (State.UP if now > 0 else State.DOWN)
        )
    delta = log(now / before)
    significant = abs(delta) > Z90 * error and abs(delta) > SMALL
    if significant:
        return State.UP if delta > 0 else State.DOWN
    return State.UNKNOWN if detectable > DETECTABLE_MAX else State.FLAT


def _inverse(*counts: float) -> float:
    return sum(1 / max(count, 0.5) for count in counts)


def spread(totals: Totals) -> float:
    """The squared coefficient of variation of order values."""
    if totals.orders < 3 or totals.payments_minor <= 0:
        return CV_DEFAULT**2
    mean = totals.payments_minor / totals.orders
    return max(0.0, totals.payments_square / totals.orders / mean**2 - 1)


def build(window: Window) -> Tree:
    """The tree of a window: payment → buyers × order value → visitors × conversion → channels."""
    now, before, noise = window.now, window.before, 2 * window.noise**2
    cv = max(spread(now), spread(before))
    parts = contributions(
        [now.visitors, now.conversion, now.aov_minor],
        [before.visitors, before.conversion, before.aov_minor],
    )
    by_visitors, by_conversion, by_value = parts
    visitors = _node(
        "visitors", now.visitors, before.visitors, _inverse(now.visitors, before.visitors) + noise,
        by_visitors, _channels(window, by_visitors, noise),
    )  # fmt: skip
    conversion = _node(
        "conversion", now.conversion, before.conversion,
        _inverse(now.buyers, before.buyers) + noise, by_conversion,
    )  # fmt: skip
    buyers = _node(
        "buyers", now.buyers, before.buyers, _inverse(now.buyers, before.buyers) + noise,
        by_visitors + by_conversion, (visitors, conversion, *_ages(window, noise)),
    )  # fmt: skip
    value = _node(
        "aov", now.aov_minor, before.aov_minor, cv * _inverse(now.orders, before.orders) + noise / 4,
        by_value,
    )  # fmt: skip
    root = _node(
        "payment", now.payments_minor, before.payments_minor,
        (1 + cv) * _inverse(now.orders, before.orders) + noise,
        now.payments_minor - before.payments_minor, (buyers, value),
    )  # fmt: skip
    cause = path(root)
    return Tree(
        _marked(root, cause),
        window.days,
        window.first,
        window.last,
        now.orders + before.orders,
        cause,
    )


def _node(
    name: str,
    now: float,
    before: float,
    variance: float,
    contribution: float,
    children: tuple[Node, ...] = (),
) -> Node:
    change = (now - before) / before if before else 0.0
    return Node(
        name,
        now,
        before,
        judge(now, before, variance),
        change,
        round(contribution),
        children=children,
    )


def _channels(window: Window, total: float, noise: float) -> tuple[Node, ...]:
    """Visitors by channel; each gets its share of what visitors contributed."""
    change = window.now.visitors - window.before.visitors
    mean = log_mean(window.now.payments_minor, window.before.payments_minor)
    worth = total / change if change else mean / max(1, window.before.visitors)
    found = []
    for channel in sorted({*window.channels_now, *window.channels_before}):
        now = window.channels_now.get(channel, Totals()).visitors
        before = window.channels_before.get(channel, Totals()).visitors
        variance = _inverse(now, before) + noise
        found.append(_node(f"channel:{channel}", now, before, variance, worth * (now - before)))
    return tuple(sorted(found, key=lambda node: -abs(node.contribution_minor)))


def _ages(window: Window, noise: float) -> tuple[Node, ...]:
    """Buyers, new and returning; shown beside, not part of the product."""
    now, before = window.now, window.before
    pairs = (
        ("new", now.new_buyers, before.new_buyers),
        ("returning", now.buyers - now.new_buyers, before.buyers - before.new_buyers),
    )
    change = now.buyers - before.buyers
    whole = now.payments_minor - before.payments_minor
    return tuple(
        _node(name, a, b, _inverse(a, b) + noise, whole * (a - b) / change if change else 0.0)
        for name, a, b in pairs
    )


SIDE = {"new", "returning"}


def path(root: Node) -> tuple[str, ...]:
    """From the root down to the cause: at each step the child that moved most in the root's direction.

    Children are asked only if their parent moved (gatekeeping); a child must itself have moved.
    """
    if root.state not in (State.UP, State.DOWN):
        return ()
    names, node = [root.name], root
    while True:
        sign = 1 if root.state is State.UP else -1
        moved = [
            child
            for child in node.children
            if child.name not in SIDE
            and child.state is root.state
            and child.contribution_minor * sign > 0
        ]
        if not moved:
            return tuple(names)
        node = max(moved, key=lambda child: abs(child.contribution_minor))
        names.append(node.name)


def _marked(node: Node, cause: tuple[str, ...]) -> Node:
    return Node(
        node.name, node.now, node.before, node.state, node.change, node.contribution_minor,
        on_path=node.name in cause, children=tuple(_marked(child, cause) for child in node.children),
    )  # fmt: skip


def noise_of(weeks: list[int]) -> float:
    """Robust week-to-week noise of log payments (median absolute deviation), shrunk towards 0.05.

    `weeks` are payments of past whole weeks, oldest first.
    """
    positive = [week for week in weeks if week > 0]
    steps = [log(b / a) for a, b in pairwise(positive)]
    if not steps:
        return SMALL
    middle = sorted(abs(step) for step in steps)[len(steps) // 2]
    own = middle / 0.6745 / sqrt(2)
    weight = len(steps) / (len(steps) + 4)
    return min(0.3, weight * own + (1 - weight) * SMALL)
