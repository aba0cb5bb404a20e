"""Every shop's tree, every night: facts are read some hundred shops at a time, everything else is arrays of all shops at once.

A shop whose facts cannot be read is found by halving and left out; the others do not wait for it.
"""

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Max

from grapevine.goods import facade as goods
from grapevine.insight.contracts import Tree
from grapevine.insight.models import BuiltDay, ShopTree
from grapevine.insight.queries import sides
from grapevine.insight.queries.trees import Compared, compared, is_enough, trees, yesterday
from grapevine.insight.rules import growing, noise, written
from grapevine.insight.rules.lmdi import Array
from grapevine.insight.rules.matching import match
from grapevine.insight.rules.tree import WINDOWS
from grapevine.kit import clock, sql

logger = logging.getLogger(__name__)
SHOPS_A_READ = 500
SHOPS_A_WRITE = 1000
KEPT = timedelta(days=7)


@dataclass(slots=True)
class Planted:
    shops: int = 0
    failed: int = 0
    ended: int = 0
    """Shops to which nobody comes any more: theirs is made when somebody looks."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """Some shops' facts, reduced to what the trees need."""

    shops: list[int]
    spans: list[Compared]
    noise: tuple[Array, Array, Array]
    ended: Sequence[int] = ()
    """Shops that were left out, because nobody comes any more."""


def plant(last: date | None = None) -> Planted:
    """Make every shop's tree of the span that ends with `last` (yesterday), in place of what is there."""
    day = last or yesterday()
    days = _days(day)
    shops = [pk for (pk,) in sql.rows("SELECT DISTINCT shop_id FROM insight_dailyfact WHERE day BETWEEN %s AND %s ORDER BY shop_id", [days[0], day])]  # fmt: skip
    names = [name for (name,) in sql.rows("SELECT DISTINCT channel FROM insight_dailyfact WHERE day BETWEEN %s AND %s ORDER BY channel", [days[0], day])]  # fmt: skip
    parts = [
        part
        for start in range(0, len(shops), SHOPS_A_READ)
        for part in _reduced(shops[start : start + SHOPS_A_READ], day, names)
    ]
    kept, ended = (
        sum(len(part.shops) for part in parts),
        [pk for part in parts for pk in part.ended],
    )
    planted = Planted(failed=len(shops) - kept - len(ended), ended=len(ended))
    if kept:
        planted.shops = _save(day, _joined(parts), names)
    with transaction.atomic():
        for start in range(0, len(ended), SHOPS_A_READ):
            some = ended[start : start + SHOPS_A_READ]
            ShopTree.objects.filter(day=day, shop_id__in=some).delete()
        ShopTree.objects.filter(day__lt=day - KEPT).delete()
    return planted


def plant_due() -> Planted | None:
    """`plant`, if yesterday has no trees yet or a day they were made from was counted again since."""
    day = yesterday()
    made = ShopTree.objects.filter(day=day, version=written.VERSION).aggregate(at=Max("built_at"))
    counted = BuiltDay.objects.filter(day__lte=day, day__gte=_days(day)[0]).aggregate(at=Max("built_at"))  # fmt: skip
    if counted["at"] is None or (made["at"] is not None and made["at"] >= counted["at"]):
        return None
    return plant(day)


def _days(day: date) -> list[date]:
    return sides.days_for([match(day, span) for span in WINDOWS], day)


def _reduced(shops: Sequence[int], day: date, channels: Sequence[str]) -> Iterator[Reduced]:
    """These shops, in halves where one of them cannot be read."""
    try:
        facts = sides.facts_of(shops, _days(day), channels)
    except (TypeError, ValueError, LookupError):
        if len(shops) == 1:
            logger.exception("no tree for shop %s", shops[0])
            return
        middle = len(shops) // 2
        yield from _reduced(shops[:middle], day, channels)
        yield from _reduced(shops[middle:], day, channels)
        return
    ended = facts.ended(day)
    spans = [compared(facts, match(day, span)).of(~ended) for span in WINDOWS]
    own, chances, steps = (array[~ended] for array in sides.weekly_noise(facts, day))
    yield Reduced(
        facts.shops[~ended].tolist(), spans, (own, chances, steps), facts.shops[ended].tolist()
    )


def _joined(parts: Sequence[Reduced]) -> Reduced:
    def spans() -> Iterator[Compared]:
        for of_span in zip(*(part.spans for part in parts), strict=True):
            yield replace(
                of_span[0],
                now=sides.joined([one.now for one in of_span]),
                before=sides.joined([one.before for one in of_span]),
                weight=np.concatenate([one.weight for one in of_span]),
                orders_before=np.concatenate([one.orders_before for one in of_span]),
            )

    noises = [
        np.concatenate(arrays) for arrays in zip(*(part.noise for part in parts), strict=True)
    ]
    shops = [shop for part in parts for shop in part.shops]
    return Reduced(shops, list(spans()), (noises[0], noises[1], noises[2]))


def _save(day: date, whole: Reduced, channels: Sequence[str]) -> int:
    kinds = categories()
    noises = noise.shrunk(*whole.noise, [kinds.get(shop, "") for shop in whole.shops])
    columns = [column.name for column in growing.columns(channels)]
    shops, left = np.array(whole.shops), np.ones(len(whole.shops), np.bool_)
    now, rows = clock.now(), []
    for number, span in enumerate(whole.spans):
        enough = (
            left if number == len(whole.spans) - 1 else left & is_enough(span, channels, noises)
        )
        found = trees(span.of(enough), channels, noises[enough], is_widened=number > 0)
        for shop, tree, phi in zip(
            shops[enough].tolist(), found, noises[enough].tolist(), strict=True
        ):
            rows.append(_row(shop, day, tree, dict(zip(columns, phi, strict=True)), now))
        left = left & ~enough
    for start in range(0, len(rows), SHOPS_A_WRITE):
        part = rows[start : start + SHOPS_A_WRITE]
        with transaction.atomic():
            ShopTree.objects.filter(day=day, shop_id__in=[row.shop_id for row in part]).delete()
            ShopTree.objects.bulk_create(part)
    return len(rows)


def _row(shop: int, day: date, tree: Tree, phi: Mapping[str, float], now: datetime) -> ShopTree:
    told = json.dumps({name: round(value, 9) for name, value in phi.items()}, separators=(",", ":"))
    return ShopTree(
        shop_id=shop, day=day, days=tree.days, version=written.VERSION, state=str(tree.root.state),
        cause=tree.cause[-1] if tree.cause else "", body=written.text_of(tree), noise=told, built_at=now,
    )  # fmt: skip


def categories() -> dict[int, str]:
    """The category in which each shop has most of its goods."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for _, _, shop, category in goods.goods_categories():
        found[shop][category] += 1
    return {
        shop: max(counts, key=lambda name: (counts[name], name)) for shop, counts in found.items()
    }
