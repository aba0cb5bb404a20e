"""What the platform keeps of a sale, how what is left falls on its lines, and the days a month has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from grapevine.kit.money import allocate, share_bps

PREFIX = "fee:"
COMMISSION = "fee:commission"
PAYMENT = "fee:payment"
SERVICE = "fee:service"
ADVERTISING = "fee:advertising"
COMPONENTS = (COMMISSION, PAYMENT, SERVICE, ADVERTISING)
"""The platform's accounts for what it earns from shops; an invoice has one line for each."""
HELD_KINDS = ("payable", "balance", "withdrawing", "debt")
"""A party's accounts that make up its statement; what it owes counts against what it has."""
TAIL = 4
RATE_BPS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Fees:
    """What the platform keeps of one sale."""

    commission: int
    payment: int

    @property
    def total(self) -> int:
        return self.commission + self.payment


def fees_of(*, left: int, sale: int, take_bps: int, payment_bps: int) -> Fees:
    """The platform's share and the payment's cost, each of the `sale` and rounded down.

    Together never more than what is `left` of it; the payment's cost gives way.
    """
    assert left >= 0
    assert sale >= 0
    commission = min(left, share_bps(sale, take_bps))
    return Fees(commission, min(left - commission, share_bps(sale, payment_bps)))


def scaled_rate(rate_bps: int, scale_bps: int) -> int:
    """A rate by the scale of the shop's credit, rounded down; never more than the whole sale."""
    return min(RATE_BPS_MAX, rate_bps * scale_bps // 10_000)


def spread_over_lines(
    gross: int, fees: int, weights: Sequence[int]
) -> list[tuple[int, int]]:  # (gross, fee) a line
    """Both amounts over an order's lines by what each line cost, exactly; a line never gives more than it has."""
    assert 0 <= fees <= gross
    parts = allocate(gross, weights)
    costs = allocate(fees, parts if gross else weights)
    assert all(0 <= cost <= part for part, cost in zip(parts, costs, strict=True))
    return list(zip(parts, costs, strict=True))


def take_in_turn(amount: int, purses: Mapping[str, int], last: str) -> dict[str, int]:
    """How much of `amount` each purse gives, in their order; what none has falls on `last`."""
    assert amount >= 0
    given: dict[str, int] = {}
    for name, has in purses.items():
        given[name] = min(amount, max(0, has))
        amount -= given[name]
    given[last] = given.get(last, 0) + amount
    return given


def masked(number: str) -> str:
    """•••• 6789: enough to know one's own, nothing to use."""
    return f"•••• {number[-TAIL:]}"


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def days_between(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The moments from the start of one day to the end of another, where the platform keeps its books."""
    place = ZoneInfo(zone)
    end = date.fromordinal(last.toordinal() + 1)
    return datetime.combine(first, time(), place), datetime.combine(end, time(), place)


def month_between(month: date, zone: str) -> tuple[datetime, datetime]:
    place = ZoneInfo(zone)
    return (
        datetime.combine(month, time(), place),
        datetime.combine(next_month(month), time(), place),
    )
