"""What lies and what earns in a shop. Two queries, however many SKUs (at most 5,000), and one for each 900 new ones."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from grapevine.goods import facade as goods
from grapevine.insight.models import SaleDraft
from grapevine.insight.rules import slow as rules
from grapevine.insight.slowness import DraftView, SlowRow
from grapevine.kit import clock
from grapevine.trade import facade as trade

DRAFTS_MAX = 50
BEST = 10
PART = 900


def _rows(shop_id: int) -> list[SlowRow]:
    skus = goods.stocked_skus(shop_id)
    today = clock.today_start()
    half = today - timedelta(days=rules.WINDOW_DAYS // 2)
    since = today - timedelta(days=rules.WINDOW_DAYS)
    sold = trade.pieces_by_sku(shop_id, [since, half, today])
    ages = {sku.sku_id: (today - _midnight(sku.listed_at, today)).days for sku in skus}
    young = [pk for pk, age in ages.items() if age < rules.WINDOW_DAYS and pk in sold]
    for at in range(0, len(young), PART):
        for pk, days in trade.sku_days(young[at : at + PART], since).items():
            sold[pk] = _by_day(days, today.date(), max(ages[pk], 1))
    found = []
    for sku in skus:
        pieces = sold.get(sku.sku_id, [0])
        age = min(rules.WINDOW_DAYS, ages[sku.sku_id])
        one = rules.Stocked(sku.free, sku.price_minor, sku.cost_minor, pieces, age)
        found.append(SlowRow(sku, rules.judge(one), sum(pieces)))
    return found


def _midnight(moment: datetime, today: datetime) -> datetime:
    return moment.astimezone(today.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)


def _by_day(sold: Sequence[tuple[date, int, int]], today: date, days: int) -> list[int]:
    """Pieces of each of the `days` whole days before today, oldest first."""
    pieces = {day: count for day, _, count in sold}
    return [pieces.get(today - timedelta(days=n), 0) for n in range(days, 0, -1)]


def slow_rows(shop_id: int) -> list[SlowRow]:
    """SKUs that will lie, the worst first."""
    return slow_and_best(shop_id)[0]


def best_rows(shop_id: int, limit: int) -> list[SlowRow]:
    return slow_and_best(shop_id, limit)[1]


def slow_and_best(shop_id: int, limit: int = BEST) -> tuple[list[SlowRow], list[SlowRow]]:
    """SKUs that will lie, the worst first; and those worth ordering again, by what they are expected to earn in a month."""
    rows = _rows(shop_id)
    told = [row.told for row in rows]
    return [rows[n] for n in rules.riskiest(told)], [rows[n] for n in rules.best(told)[:limit]]


def slow_row(shop_id: int, code: str) -> SlowRow | None:
    return next((row for row in slow_rows(shop_id) if row.sku.code == code), None)


def drafts_of(shop_id: int) -> list[DraftView]:
    """The newest fifty, those that wait first."""
    rows = SaleDraft.objects.filter(shop_id=shop_id).exclude(state="dropped").order_by("-id")
    views = [draft_view(row) for row in rows[:DRAFTS_MAX]]
    return sorted(views, key=lambda one: one.state != "draft")


def draft_view(row: SaleDraft) -> DraftView:
    return DraftView(
        row.public_id, row.code, row.goods_public_id, row.title, row.kind, row.before_minor,
        row.price_minor, row.state, row.made_at, row.result,
    )  # fmt: skip
