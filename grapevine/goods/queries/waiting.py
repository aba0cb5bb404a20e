"""How much waits behind the entries of the consoles; each counts to 100 and costs one query."""

from collections.abc import Callable

from grapevine.goods.models import Application, GoodsReview, Withholding
from grapevine.goods.onboarding import Cause

MOST = 100
Count = Callable[[int | None], int]


def goods_to_mend(shop_id: int | None) -> int:
    """Goods that are kept out of sale until the shop does something about it."""
    rows = Withholding.objects.filter(shop_id=shop_id or 0, lifted_at=None, goods__isnull=False)
    return rows.filter(cause__in=(Cause.REJECTED, Cause.INSPECTION))[:MOST].count()


def shops_waiting(_shop_id: int | None) -> int:
    return Application.objects.filter(state="submitted")[:MOST].count()


def goods_waiting(_shop_id: int | None) -> int:
    return GoodsReview.objects.filter(state="waiting")[:MOST].count()


COUNTS: dict[tuple[str, str], Count] = {
    ("shop", "goods"): goods_to_mend,
    ("operator", "applications"): shops_waiting,
    ("operator", "goods"): goods_waiting,
}
