"""A shop's tree: the stored one, or one made now for another span."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from django.utils import timezone

from grapevine.insight.contracts import Baseline, Tree
from grapevine.insight.models import ShopTree
from grapevine.insight.queries import sides
from grapevine.insight.rules import growing, noise, written
from grapevine.insight.rules.growing import Side
from grapevine.insight.rules.judging import Mask
from grapevine.insight.rules.lmdi import Array
from grapevine.insight.rules.matching import Matched, match
from grapevine.insight.rules.tree import WINDOWS, judged, missing_of, orders_missing, roots

BOUNDLESS = 100.0


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides of some shops, what an order of the days before counts, and how many those had.

    Weight 0: there are no days before.
    """

    matched: Matched
    now: Side
    before: Side
    weight: Array
    orders_before: Array

    def of(self, shops: Mask) -> "Compared":
        return replace(
            self, now=_picked(self.now, shops), before=_picked(self.before, shops),
            weight=self.weight[shops], orders_before=self.orders_before[shops],
        )  # fmt: skip


def _picked(side: Side, shops: Mask) -> Side:
    return Side(
        {name: array[shops] for name, array in side.sums.items()},
        {name: array[shops] for name, array in side.counts.items()},
    )


def compared(facts: sides.Facts, matched: Matched) -> Compared:
    weights = facts.weights(matched)
    total = weights.sum(axis=1)
    each = (weights**2).sum(axis=1) / np.where(total > 0, total, 1.0)
    return Compared(
        matched, facts.side(facts.once(matched.now)), facts.side(weights), each,
        facts.orders(matched.before),
    )  # fmt: skip


def _grown(both: Compared, channels: Sequence[str], noises: Array) -> growing.Forest:
    """A shop without days before has no measure: its noise is without bounds."""
    is_young = both.weight <= 0
    return growing.grow(
        both.now, both.before, channels=channels, weight=np.where(is_young, 1.0, both.weight),
        noise=np.where(is_young[:, None], BOUNDLESS, noises),
    )  # fmt: skip


def trees(
    both: Compared, channels: Sequence[str], noises: Array, *, is_widened: bool = False
) -> list[Tree]:
    """The tree of every shop, in order."""
    matched = both.matched
    forest = _grown(both, channels, noises)
    missing = orders_missing(forest)
    sums = (both.now.sums, both.before.sums)
    orders = sums[0]["orders"]
    return [
        Tree(
            root, matched.days, matched.first, matched.last, round(orders[at] + both.orders_before[at]),
            cause, matched.baseline, round(orders[at]), missing_of(float(missing[at])),
            round(sums[0]["refunds_minor"][at]), round(sums[1]["refunds_minor"][at]),
            is_widened, matched.left_out, matched.taken_in, bool(both.weight[at] <= 0),
        )
        for at, (root, cause) in enumerate(roots(judged(forest)))
    ]  # fmt: skip


def is_enough(both: Compared, channels: Sequence[str], noises: Array) -> Mask:
    """Of which shops something can be said in this span."""
    forest = _grown(both, channels, noises)
    found: Mask = forest.evidence.is_known()[:, 0]
    return found


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def ended_on(shop_id: int) -> date | None:
    """The last day anybody came to a shop to which nobody comes any more; None while people come. One query."""
    return sides.ended_on(shop_id, yesterday())


def tree_of(
    shop_id: int,
    days: int | None = None,
    *,
    baseline: Baseline = Baseline.WEEKS,
    last: date | None = None,
) -> Tree:
    """The stored tree of yesterday, or one made now. Without `days`: the shortest span that says something. Without `last`:
    until yesterday, or until the last day of a shop to which nobody comes any more; such a shop has no stored tree.

    One query for the stored one, three for another, four for a shop without a stored one.
    """
    day = last or yesterday()
    stored = ShopTree.objects.filter(shop_id=shop_id, day=day, version=written.VERSION).first()
    if stored and days is None and baseline is Baseline.WEEKS:
        return replace(written.tree_from(stored.body), built_at=stored.built_at)
    ended = sides.ended_on(shop_id, day) if stored is None and last is None else None
    day = ended or day
    spans = [match(day, one, baseline) for one in ([days] if days else WINDOWS)]
    facts = sides.facts_of([shop_id], sides.days_for(spans, day))
    noises = _noises(facts, day, json.loads(stored.noise) if stored else None)
    for span in spans:
        both = compared(facts, span)
        if span is spans[-1] or is_enough(both, facts.channels, noises)[0]:
            break
    found = trees(both, facts.channels, noises, is_widened=span is not spans[0])[0]
    return replace(found, ended_on=ended)


def _noises(facts: sides.Facts, last: date, known: dict[str, float] | None) -> Array:
    columns = growing.columns(facts.channels)
    if known is None:
        return noise.shrunk(*sides.weekly_noise(facts, last), [""])
    return np.array([[known.get(column.name, noise.USUAL) for column in columns]])
