"""How each node of a shop's tree went from week to week, for the small line beside its figure."""

from datetime import date, timedelta

from grapevine.insight.contracts import Trace
from grapevine.insight.queries import sides
from grapevine.insight.rules.growing import CHANNEL, SIDE
from grapevine.insight.rules.matching import WEEK

WEEKS = 8
COUNTED = frozenset({"payment", "buyers", "visitors", *SIDE})


def traces_of(shop_id: int, last: date) -> dict[str, Trace]:
    """Node → its values in the eight weeks that end with `last`, from the week in which the shop opened. Two queries.

    A count that nobody told of is 0; of a ratio without its parts nothing is known.
    """
    days = [last - timedelta(days=back) for back in reversed(range(WEEKS * WEEK))]
    facts = sides.facts_of([shop_id], days)
    opened = int(facts.opened()[0]) // WEEK
    forest = sides.weekly(facts, days)
    ends = tuple(days[WEEK - 1 :: WEEK])[opened:]
    found = {}
    for at, column in enumerate(forest.columns):
        is_count = column.name in COUNTED or column.name.startswith(CHANNEL)
        told = forest.evidence.present[:, at] & (is_count | (forest.now[:, at] > 0))
        values = [
            float(value) if known or is_count else None
            for value, known in zip(forest.now[:, at], told, strict=True)
        ]
        found[column.name] = Trace(ends, tuple(values[opened:]))
    return found
