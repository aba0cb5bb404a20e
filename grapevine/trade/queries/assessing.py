"""After-sales held against their targets: of a shop, of each of its staff, of all shops."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.trade.models import Assessment, Case
from grapevine.trade.rules import assessing as rules
from grapevine.trade.rules.assessing import Figures, Seen, Targets

CASES_MAX = 20_000
PERIODS = (7, 30, 90)
SHOPS_MAX = 500


@dataclass(frozen=True, slots=True)
class Performance:
    """Somebody's figures; `missed` names the targets not met. `agent` "" are cases none of the staff answered."""

    id: int
    name: str
    figures: Figures
    missed: tuple[str, ...]


def targets() -> Targets:
    return Targets(
        settings.AFTER_SALES_ANSWER_HOURS, settings.AFTER_SALES_RESOLUTION_HOURS,
        settings.AFTER_SALES_REOPENED_BPS, settings.AFTER_SALES_STARS,
    )  # fmt: skip


def _seen(rows: QuerySet[Case], key: str) -> dict[int, list[Seen]]:
    """Cases by `key`, a column; an answer that was an operator's is none of the shop."""
    found: dict[int, list[Seen]] = {}
    taken = rows.order_by("-id").values_list(
        key, "opened_at", "answered_at", "answered_by", "ended_at", "outcome", "reopened_at",
        "satisfaction__stars",
    )  # fmt: skip
    for own, opened, answered, by, ended, outcome, reopened, stars in taken[:CASES_MAX]:
        seen = Seen(
            opened, answered if by else None, ended, outcome, reopened is not None, stars or 0
        )
        found.setdefault(own or 0, []).append(seen)
    return found


def _performance(pk: int, name: str, seen: list[Seen], now: datetime) -> Performance:
    found = rules.figures(seen, targets(), now)
    return Performance(pk, name, found, tuple(rules.missed(found, targets())))


def shop_performance(shop_id: int, days: int) -> Performance:
    """The shop as a whole, of cases opened in the last `days`. One query."""
    now = clock.now()
    rows = Case.objects.filter(shop_id=shop_id, opened_at__gt=now - timedelta(days=days))
    return _performance(shop_id, "", _seen(rows, "shop_id").get(shop_id, []), now)


def agent_performance(shop_id: int, days: int) -> list[Performance]:
    """Of each who answered first, the busiest first; what nobody answered last. Three queries."""
    now = clock.now()
    rows = Case.objects.filter(shop_id=shop_id, opened_at__gt=now - timedelta(days=days))
    by_agent = _seen(rows, "answered_by")
    cards = people.cards([pk for pk in by_agent if pk])
    found = [
        _performance(pk, cards[pk].name if pk in cards else "", seen, now)
        for pk, seen in by_agent.items()
    ]
    return sorted(found, key=lambda one: (not one.id, -one.figures.cases, one.id))


def shops_performance(days: int, *, only_missed: bool = False) -> list[Performance]:
    """Every shop with cases in the last `days`, those that miss most first. Two queries."""
    now = clock.now()
    by_shop = _seen(Case.objects.filter(opened_at__gt=now - timedelta(days=days)), "shop_id")
    names = goods.shops(by_shop)
    found = [
        _performance(pk, names[pk].name, seen, now) for pk, seen in by_shop.items() if pk in names
    ]
    if only_missed:
        found = [one for one in found if one.missed]
    return sorted(found, key=lambda one: (-len(one.missed), -one.figures.cases, one.id))[:SHOPS_MAX]


def last_assessment(shop_id: int) -> Assessment | None:
    return Assessment.objects.filter(shop_id=shop_id).order_by("-day").first()


def aftersales_conduct(since: datetime, until: datetime) -> Mapping[int, tuple[int, int]]:
    """Shop → cases that ended in this time and were not taken back, and those that met every target. One query.

    A case whose ruling was overturned is not held against the shop.
    """
    ended = Case.objects.filter(ended_at__gte=since, ended_at__lt=until)
    rows = ended.exclude(outcome="cancelled").exclude(appeal__state="overturned")
    found = {}
    for shop_id, seen in _seen(rows, "shop_id").items():
        found[shop_id] = (len(seen), sum(rules.is_met(one, targets()) for one in seen))
    return found
