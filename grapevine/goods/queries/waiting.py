"""How much waits behind the entries of the consoles; each counts to 100 and costs one query."""

from collections.abc import Callable

from grapevine.goods.models import Application, GoodsReview, Withholding
from grapevine.goods.onboarding import Cause
from grapevine.goods.queries.onboarding import papers_to_judge

MOST = 100
Count = Callable[[int | None], int]


def goods_to_mend(shop_id: int | None) -> int:
    """Goods that are kept out of sale until the shop does something about it."""
    rows = Withholding.objects.filter(shop_id=shop_id or 0, lifted_at=None, goods__isnull=False)
    return rows.filter(cause__in=(Cause.REJECTED, Cause.INSPECTION))[:MOST].count()


def shops_waiting(_shop_id: int | None) -> int:
    """Applications, and papers that shops which sell already handed in."""
    asked = Application.objects.filter(state="submitted").order_by().values_list("pk")
    papers = papers_to_judge().order_by().values_list("pk")
    return asked.union(papers, all=True)[:MOST].count()


def goods_waiting(_shop_id: int | None) -> int:
    return GoodsReview.objects.filter(state="waiting")[:MOST].count()


COUNTS: dict[tuple[str, str], Count] = {
    ("shop", "goods"): goods_to_mend,
    ("operator", "applications"): shops_waiting,
    ("operator", "goods"): goods_waiting,
}
