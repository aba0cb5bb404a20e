"""Once a day every shop's after-sales are held against the targets, and the shop is told of what it misses."""

from dataclasses import asdict
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from grapevine.kit import clock
from grapevine.signals import facade as signals
from grapevine.trade.aftersales import TargetsMissed
from grapevine.trade.models import Assessment, Case
from grapevine.trade.queries.assessing import shop_performance


def assess_shops() -> int:
    """Today's assessment of every shop with cases; how many got one. Twice a day changes nothing."""
    now, today = clock.now(), clock.today_start().date()
    since = now - timedelta(days=settings.AFTER_SALES_ASSESSED_DAYS)
    done = Assessment.objects.filter(day=today).values("shop_id")
    due = Case.objects.filter(opened_at__gt=since).exclude(shop_id__in=done)
    shops = due.order_by("shop_id").values_list("shop_id", flat=True).distinct()
    return sum(_assess(shop_id, today) for shop_id in list(shops))


@transaction.atomic
def _assess(shop_id: int, today: date) -> bool:
    found = shop_performance(shop_id, settings.AFTER_SALES_ASSESSED_DAYS)
    before = Assessment.objects.filter(shop_id=shop_id, day__lt=today).order_by("-day").first()
    row, is_new = Assessment.objects.get_or_create(
        shop_id=shop_id, day=today,
        defaults={
            "figures": asdict(found.figures), "missed": list(found.missed), "at": clock.now(),
        },
    )  # fmt: skip
    if is_new and set(row.missed) - set(before.missed if before else ()):
        signals.emit(TargetsMissed(shop_id, row.missed, row.at.isoformat()))
    return is_new
