"""What the rating of a shop does to its deposit and its fee."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from grapevine.care.models import RatingDay
from grapevine.care.queries.credit import levels_of
from grapevine.care.rules import rating as rules
from grapevine.care.rules.rating import Effect
from grapevine.kit import clock


def effects_of(shop_ids: Iterable[int]) -> dict[int, Effect]:
    """What today's level of each of these shops does. One query."""
    wanted = set(shop_ids)
    levels = levels_of(wanted)
    return {pk: rules.effect_of(levels.get(pk, "")) for pk in wanted}


def fee_bps(shop_id: int, at: datetime) -> int:
    """The scale of the platform's share for an order placed at this moment: by the rating that was in force then."""
    before = RatingDay.objects.filter(shop_id=shop_id, at__lte=at).order_by("-day")
    return rules.effect_of(before.values_list("level", flat=True).first() or "").fee_bps


def deposit_bps(shop_id: int) -> int:
    """The scale of the deposit a shop owes today; days without a rating ask for the usual."""
    first = clock.today_start().date() - timedelta(days=rules.DEPOSIT_NOTICE_DAYS)
    recent = RatingDay.objects.filter(shop_id=shop_id, day__gt=first)
    levels = list(recent.order_by("day").values_list("level", flat=True))
    older = RatingDay.objects.filter(shop_id=shop_id, day__lte=first).order_by("-day")
    return rules.deposit_scale([older.values_list("level", flat=True).first() or "", *levels])
