"""What a shop sold and paid in, as its limits count it."""

from datetime import datetime

from django.db.models import F, Sum
from django.utils import timezone

from grapevine.goods import ports
from grapevine.goods.models import DepositMove, Shop, StockMovement
from grapevine.kit import clock


def sales_minor(shop_id: int, since: datetime | None = None) -> int:
    """What was sold less what came back, by the journal of stock, at list prices."""
    rows = StockMovement.objects.filter(sku__goods__shop_id=shop_id).exclude(sold=0)
    if since is not None:
        rows = rows.filter(at__gte=since)
    found = rows.aggregate(total=Sum(F("sold") * F("sku__price_minor")))["total"]
    return max(0, int(found or 0))


def month_start() -> datetime:
    return timezone.localtime(clock.now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def deposit_paid(shop_id: int) -> int:
    found = DepositMove.objects.filter(shop_id=shop_id).aggregate(total=Sum("amount_minor"))
    return int(found["total"] or 0)


def deposit_due(shop: Shop) -> int:
    """What the shop owes in all: the usual of its kind and categories, scaled by its credit rating."""
    if not shop.deposit_due_minor:
        return 0
    return shop.deposit_due_minor * ports.deposit_bps(shop.pk) // ports.WHOLE_BPS
