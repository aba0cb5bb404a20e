"""What a fault is, and where its tests are."""

from dataclasses import dataclass

STOCK = "grapevine/goods/tests/test_stock.py"
ACTIONS = "grapevine/trade/tests/test_actions.py"
MONEY = "grapevine/trade/tests/test_money_paths.py"
CALLBACKS = "grapevine/trade/tests/test_callbacks.py"
COMPLETING = "grapevine/trade/tests/test_completing.py"
LEDGER = "grapevine/ledger/tests/test_ledger.py"
GROUPS = "grapevine/campaigns/tests/test_groups.py"
SEATS = "grapevine/campaigns/tests/test_seats_counted.py"
GUARD = "grapevine/guard/tests/test_guard.py"
GROUP_ACTIONS = "grapevine/campaigns/actions/groups.py"
SIGNALS = "grapevine/signals/tests/test_signals.py"
PRICING = "grapevine/trade/tests/test_pricing_edges.py"
LOCKS = "tests/test_locks.py"
SETTLEMENT = "grapevine/trade/tests/test_settlement.py"
FACTOR = "grapevine/people/tests/test_second_factor.py"
SHIPPING = "grapevine/trade/tests/test_shipping.py"
TRACKING = "grapevine/trade/tests/test_tracking.py"
BATCHES = "grapevine/trade/tests/test_batches.py"
PICKUP = "grapevine/trade/tests/test_pickup.py"


@dataclass(frozen=True, slots=True, order=True)
class Selection:
    """The smallest set of tests that notices a fault, and the database they need."""

    tests: tuple[str, ...]
    postgres: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    why: str
    file: str
    old: str
    new: str
    selection: Selection


def by_tests(file: str, *words: str, postgres: bool = False) -> Selection:
    return Selection((file, "-k", " or ".join(words)) if words else (file,), postgres)


def by_crash(place: str, how: str = "asks_again") -> Selection:
    return Selection(("tests/crashes/test_points.py", "-m", "crash", "-k", f"{how} and {place}"))
