"""Suggested prices of a shop's SKUs. Four queries, however many SKUs (at most 200)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from grapevine.goods import facade as goods
from grapevine.goods.contracts import PriceBatch, PricedSku
from grapevine.insight.rules.pricing import PriceDay, Suggestion, suggest
from grapevine.kit import clock
from grapevine.trade import facade as trade

DAYS = 365


@dataclass(frozen=True, slots=True)
class PricedRow:
    sku: PricedSku
    suggestion: Suggestion


def price_rows(shop_id: int, query: str = "") -> list[PricedRow]:
    """Every SKU with its suggestion; those where most is to be gained first."""
    skus = goods.priced_skus(shop_id, query)
    today = clock.today_start()
    sold = trade.sku_days([sku.sku_id for sku in skus], today - timedelta(days=DAYS))
    listed = _listed_prices(goods.price_batches(shop_id))
    rows = [
        PricedRow(
            sku,
            suggest(
                _days(sold.get(sku.sku_id, []), listed.get(sku.code, []), today.date()),
                price_minor=sku.price_minor, cost_minor=sku.cost_minor,
                others_minor=sku.others_minor,
            ),
        )
        for sku in skus
    ]  # fmt: skip
    return sorted(rows, key=_gain, reverse=True)


def _gain(row: PricedRow) -> float:
    told = row.suggestion
    if told.profit_then_minor is None or told.profit_now_minor is None:
        return -1.0
    return told.profit_then_minor - told.profit_now_minor


Listed = list[tuple[date, int, int]]
"""Changes of a list price, oldest first: day, before, after."""


def _listed_prices(batches: Sequence[PriceBatch]) -> Mapping[str, Listed]:
    found: dict[str, Listed] = {}
    for batch in reversed(batches):
        for code, _, _, before, after in batch.changes:
            found.setdefault(code, []).append((batch.at.date(), before, after))
    return found


def _days(sold: Sequence[tuple[date, int, int]], listed: Listed, today: date) -> list[PriceDay]:
    """Every day from the first sale to yesterday; a day without a sale has the price that stood."""
    if not sold:
        return []
    by_day = {day: (price, pieces) for day, price, pieces in sold if day < today}
    changes = {day: after for day, _, after in listed}
    first, price, found = sold[0][0], sold[0][1], []
    for day in map(date.fromordinal, range(first.toordinal(), today.toordinal())):
        price, pieces = by_day.get(day) or (changes.get(day, price), 0)
        found.append(PriceDay(day, price, pieces))
    return found
