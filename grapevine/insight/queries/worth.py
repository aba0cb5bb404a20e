"""What a shop's people are worth, today and before, and who brings it: read from the nightly count."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from grapevine.insight.crowds import PersonRow
from grapevine.insight.models import AssetDay, Customer
from grapevine.insight.queries.customers import person_row
from grapevine.insight.rules.customers.assets import Asset
from grapevine.kit import clock

BEFORE_DAYS = 28
LAPSED_DAYS = 30
ROWS = 50


@dataclass(frozen=True, slots=True)
class Worth:
    """The asset on `day` and about four weeks before it; None where it was not counted then.

    `is_foretold`: a model of first orders has proven itself, so that those who have not bought are worth something.
    """

    day: date
    now: Asset
    before: Asset | None
    is_foretold: bool


@dataclass(frozen=True, slots=True)
class Supporter:
    """A supporting fan: what they spent, what they brought in 90 days, and whether they have fallen silent since."""

    person: PersonRow
    person_id: int
    brought_on: date | None
    is_lapsed: bool


def worth_of(shop_id: int) -> Worth | None:
    """None before the first count. Three queries."""
    rows = AssetDay.objects.filter(shop_id=shop_id).order_by("-day")
    last = rows.first()
    if last is None:
        return None
    then = rows.filter(day__lte=last.day - timedelta(days=BEFORE_DAYS)).first()
    chances = Customer.objects.filter(shop_id=shop_id, chance__isnull=False)
    return Worth(last.day, _asset(last), _asset(then) if then else None, chances.exists())


def _asset(row: AssetDay) -> Asset:
    return Asset(
        row.fans,
        row.active,
        row.supporting,
        row.income_minor,
        row.customers_minor,
        row.network_minor,
    )


def supporting_ids(shop_id: int) -> frozenset[int] | None:
    """Who bought, and brought an order in 90 days; None before the first count. Two queries."""
    if not AssetDay.objects.filter(shop_id=shop_id).exists():
        return None
    rows = Customer.objects.filter(shop_id=shop_id, orders__gt=0, brought__gt=0)
    return frozenset(rows.values_list("person_id", flat=True))


def lapsed_of(shop_id: int) -> int:
    """How many supporting fans have brought nobody for so long. One query."""
    since = clock.today_start().date() - timedelta(days=LAPSED_DAYS)
    rows = Customer.objects.filter(shop_id=shop_id, orders__gt=0, brought__gt=0)
    return rows.filter(Q(brought_on=None) | Q(brought_on__lt=since)).count()


def supporters_of(shop_id: int, limit: int = ROWS) -> list[Supporter]:
    """Those who brought most first. One query."""
    rows = Customer.objects.filter(shop_id=shop_id, orders__gt=0, brought__gt=0)
    today = clock.today_start().date()
    return [
        Supporter(
            person_row(row), row.person_id, row.brought_on,
            row.brought_on is None or (today - row.brought_on).days > LAPSED_DAYS,
        )
        for row in rows.order_by("-brought_minor", "-spent_minor", "person_id")[:limit]
    ]  # fmt: skip


def parts_of(shop_id: int) -> list[tuple[str, int, int, int]]:
    """(code, income, customers, network) of each person with a part, for working the asset out again.

    Those who have not bought stand together in one row: nobody's own chance is told. One query.
    """
    found, waiting = [], 0.0
    firsts = []
    for row in Customer.objects.filter(shop_id=shop_id).order_by("person_id"):
        waiting += row.chance or 0.0
        if row.orders:
            firsts.append(row.spent_minor / row.orders)
        alive = 1.0 if row.alive_bps is None else row.alive_bps / 10_000
        network = round(row.brought_minor * alive) if row.orders else 0
        if row.expected_minor or network:
            found.append((person_row(row).code, row.expected_minor or 0, 0, network))
    first_worth = sum(firsts) / len(firsts) if firsts else 0.0
    return [*found, ("", 0, round(waiting * first_worth), 0)]
