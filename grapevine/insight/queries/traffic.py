"""Where a shop's visitors come from, how much of it is natural, and what each source brings. Eleven queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from grapevine.insight.cubes import Answer, Question, Value, Versus
from grapevine.insight.queries.cube import ask
from grapevine.insight.queries.funnels import window

NATURAL = ("search", "feed", "shop", "note", "live", "direct")
"""Natural traffic: people who came by themselves or by what the platform showed them. Not natural: a link that somebody
shared (it may earn a commission), a campaign (a group), an advertisement or a place that was paid for. No channel of ours
is an advertisement yet; one that comes is paid until it is named here."""
WEEKS = 12


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A channel beside the earlier window. `cost_minor`: commissions, of the one channel that has a price."""

    channel: str
    is_natural: bool
    visitors: Value
    visitors_before: Value
    share: Value
    buyers: Value
    conversion: Value
    orders: int
    payments_minor: int
    cost_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    first: date
    last: date
    lines: Sequence[SourceLine]
    natural: Value
    natural_before: Value
    weeks: Sequence[tuple[date, Value, Value]]
    """(Monday, natural share, visitors), the oldest first."""


def sources_of(shop_id: int, first: date | None, last: date | None) -> Sources:
    span = window(first, last, 28)
    came = ask(shop_id, Question("people", "channel", "", ("visitors", "buyers", "conversion"), *span, (), Versus.PREVIOUS))  # fmt: skip
    paid = ask(shop_id, Question("orders", "channel", "", ("orders", "payments_minor"), *span))
    spent = ask(shop_id, Question("fans", "day", "", ("commission_minor",), *span))
    sold = {line.key: line.values for line in paid.lines}
    now = {line.key: line.values["visitors"] for line in came.lines}
    before = {line.key: line.before.get("visitors", Value(None)) for line in came.lines}
    whole = sum(value.number or 0 for value in now.values())
    cost = int(spent.totals.values["commission_minor"].number or 0)
    lines = []
    for line in came.lines:
        orders = sold.get(line.key, {})
        visitors = line.values["visitors"]
        lines.append(SourceLine(
            line.key, line.key in NATURAL, visitors, before[line.key],
            Value(None, is_hidden=True) if visitors.is_hidden else _share(visitors.number or 0, whole),
            line.values["buyers"], line.values["conversion"],
            _number(orders, "orders"), _number(orders, "payments_minor"),
            cost if line.key == "share" else None,
        ))  # fmt: skip
    return Sources(
        *span, lines, _natural(now), _natural(before), _weeks(_by_week(shop_id, span[1]))
    )


def _number(values: Mapping[str, Value], name: str) -> int:
    found = values.get(name)
    return int(found.number or 0) if found else 0


def _share(part: float, whole: float) -> Value:
    return Value(part / whole) if whole else Value(None)


def _natural(visitors: Mapping[str, Value]) -> Value:
    """Of those that may be told."""
    told = {name: value.number or 0 for name, value in visitors.items() if not value.is_hidden}
    return _share(sum(n for name, n in told.items() if name in NATURAL), sum(told.values()))


def _by_week(shop_id: int, last: date) -> Answer:
    monday = last - timedelta(days=last.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    return ask(shop_id, Question("people", "week", "channel", ("visitors",), first, last, sort="key", ascending=True))  # fmt: skip


def _weeks(answer: Answer) -> list[tuple[date, Value, Value]]:
    found = []
    for line in sorted(answer.lines, key=lambda one: one.key):
        cells = dict(zip(answer.columns, line.across, strict=True))
        found.append((date.fromisoformat(line.key), _natural(cells), line.values["visitors"]))
    return found
