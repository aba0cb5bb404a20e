"""Rating every shop, once a day."""

from datetime import date, timedelta

from django.db import transaction

from grapevine.care import ports
from grapevine.care.contracts import FactorView, ShopRated
from grapevine.care.models import RatingDay
from grapevine.care.rules import rating as rules
from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.signals import facade as signals

BATCH = 100


def rate_shops() -> int:
    """Today's rating of every shop that has none yet; how many got one. Twice a day changes nothing."""
    now, today = clock.now(), clock.today_start().date()
    rated = set(RatingDay.objects.filter(day=today).values_list("shop_id", flat=True))
    measured = ports.measured(now - timedelta(days=rules.WINDOW_DAYS), now)
    done, cursor = 0, None
    while True:
        page = goods.shops_page(cursor=cursor, limit=BATCH)
        for shop in [one for one in page.items if one.id not in rated]:
            factors = [
                rules.judged(factor, measured.get(factor.name, {}).get(shop.id))
                for factor in rules.FACTORS
            ]
            done += _rate(shop.id, today, factors)
        if page.next_cursor is None:
            return done
        cursor = page.next_cursor


@transaction.atomic
def _rate(shop_id: int, today: date, factors: list[FactorView]) -> bool:
    before = RatingDay.objects.filter(shop_id=shop_id, day__lt=today).order_by("-day").first()
    points = rules.overall(factors)
    row, is_new = RatingDay.objects.get_or_create(
        shop_id=shop_id, day=today,
        defaults={
            "points": points, "level": rules.level_of(points), "at": clock.now(),
            "factors": [[f.name, f.points, f.weight, f.cases, f.value] for f in factors],
        },
    )  # fmt: skip
    former = before.level if before else ""
    if is_new and row.level != former:
        signals.emit(ShopRated(shop_id, row.level, former, row.at.isoformat()))
    return is_new
