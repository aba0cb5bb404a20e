"""Counting shops' weeks: from the log, the audit trail, the daily facts and trade's parcels. For the worker only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.insight import engine, lake, sources
from grapevine.insight.models import DailyFact, ShopWeek
from grapevine.insight.rules.holidays import monday_of
from grapevine.trade import facade as trade

WEEKS_BACK = 70
"""How far back the first count goes."""
BATCH = 1000
SIGNED_IN, LISTED, REPLIED = "people.person_signed_in", "goods.listed", "care.review_replied"
CASE = sources.CASE
CAMPAIGNS = ("coupons.create", "reduction.create", "flash.create", "group.plan")
"""What in the audit trail is a campaign begun."""
Weeks = dict[tuple[int, date], dict[str, Any]]


def build(today: date) -> int:
    """Count this week and the one before, or all weeks the first time; returns how many rows were written.

    What the log says of a week that was told from outside is left as it was told.
    """
    days = lake.days()
    is_first = not ShopWeek.objects.filter(is_told=False).exists()
    back = WEEKS_BACK if is_first else 1
    first = monday_of(today) - timedelta(weeks=back)
    if is_first:
        first = max(first, monday_of(min(days, default=today)))
    weeks = [first + timedelta(weeks=n) for n in range((today - first).days // 7 + 1)]
    staff = _places(goods.every_shop())
    written = 0
    with engine.opened() as connection:
        for monday in weeks:
            written += _write(monday, _counted(connection, monday, days, staff))
    return written


def _places(shops: Iterable[goods.CountedShop]) -> dict[int, list[int]]:
    """Person → the shops where they work."""
    found: dict[int, list[int]] = defaultdict(list)
    for shop in shops:
        for person_id in shop.staff:
            found[person_id].append(shop.id)
    return found


def _counted(
    connection: Any, monday: date, days: Sequence[date], staff: Mapping[int, Sequence[int]]
) -> dict[int, dict[str, Any]]:
    """Shop → its figures of this week; shops with none are not there."""
    found: dict[int, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    seen: dict[int, set[date]] = defaultdict(set)
    mine = [day for day in days if monday <= day < monday + timedelta(weeks=1)]
    for row in _logged(connection, mine):
        _take(row, found, seen, staff)
    _trail(monday, found, seen, staff)
    _sales(monday, found)
    for parcel in trade.parcel_rows(_midnight(monday), _midnight(monday + timedelta(weeks=1))):
        shop = found[parcel["shop_id"]]
        shop["shipped"] += 1
        shop["ship_minutes"] += parcel["seconds"] // 60
    for shop_id, when in seen.items():
        found[shop_id] |= {"seen_days": len(when), "last_seen": max(when)}
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _logged(connection: Any, days: Sequence[date]) -> list[dict[str, Any]]:
    """Counts by day, verb, shop and, for sign-ins, person."""
    log = sources.log_of(connection, days) if days else None
    if log is None:
        return []
    opened = log.props.fill_null("").re_extract(r'"state":\s*"([^"]*)"', 1) == "requested"
    rows = log.filter(log.verb.isin([SIGNED_IN, LISTED, REPLIED]) | ((log.verb == CASE) & opened))
    who = (rows.verb == SIGNED_IN).ifelse(rows.person_id, 0)
    return engine.rows(
        rows.group_by("day", "verb", "shop_id", who=who).aggregate(n=lambda t: t.count())
    )


def _take(
    row: Mapping[str, Any], found: Mapping[int, dict[str, Any]], seen: Mapping[int, set[date]],
    staff: Mapping[int, Sequence[int]],
) -> None:  # fmt: skip
    if row["verb"] == SIGNED_IN:
        for shop_id in staff.get(row["who"] or 0, ()):
            found[shop_id]["sign_ins"] += row["n"]
            seen[shop_id].add(row["day"])
    elif row["shop_id"] is not None:
        name = {LISTED: "listings", REPLIED: "replies", CASE: "tickets"}[row["verb"]]
        found[row["shop_id"]][name] += row["n"]
        if row["verb"] != CASE:
            seen[row["shop_id"]].add(row["day"])


def _trail(
    monday: date, found: Mapping[int, dict[str, Any]], seen: Mapping[int, set[date]],
    staff: Mapping[int, Sequence[int]],
) -> None:  # fmt: skip
    """What its own staff did in the console: a day they were there, and parts of it they used (`pages`)."""
    used: dict[int, set[str]] = defaultdict(set)
    rows = guard.desk_days(_midnight(monday), _midnight(monday + timedelta(weeks=1)))
    for shop_id, actor_id, day, action, count in rows:
        if shop_id not in staff.get(actor_id, ()):
            continue
        seen[shop_id].add(day)
        used[shop_id].add(action.partition(".")[0])
        if action in CAMPAIGNS:
            found[shop_id]["campaigns"] += count
    for shop_id, parts in used.items():
        found[shop_id]["pages"] = len(parts)


def _sales(monday: date, found: Mapping[int, dict[str, Any]]) -> None:
    rows = DailyFact.objects.filter(
        day__gte=monday, day__lt=monday + timedelta(weeks=1), orders__gt=0
    )
    sums = rows.values_list("shop_id", "day").annotate(n=Sum("orders"), paid=Sum("payments_minor"))
    for shop_id, day, count, paid in sums.order_by("shop_id", "day"):
        found[shop_id]["orders"] += count
        found[shop_id]["payments_minor"] += paid
        found[shop_id]["last_order"] = day


@transaction.atomic
def _write(monday: date, counted: Mapping[int, Mapping[str, Any]]) -> int:
    ShopWeek.objects.filter(week=monday, is_told=False).delete()
    told = set(ShopWeek.objects.filter(week=monday).values_list("shop_id", flat=True))
    rows = [
        ShopWeek(shop_id=shop_id, week=monday, **figures)
        for shop_id, figures in sorted(counted.items())
        if shop_id not in told
    ]
    ShopWeek.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)
