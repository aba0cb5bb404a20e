"""When a shop's campaigns were, for those who ask what made goods sell."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from grapevine.campaigns.contracts import Scope
from grapevine.campaigns.models import CouponPlan, FlashSale, GroupPlan, Reduction

SHOWN_MAX = 200
Days = tuple[str, date, date]


def campaign_days(shop_id: int, goods_id: int, category: str = "") -> list[Days]:
    """(kind, first day, last day) of what cut the price of these goods, also what is over. Four queries."""
    return [*_of_goods(goods_id), *_of_scope(shop_id, goods_id, category)]


def _of_goods(goods_id: int) -> Iterator[Days]:
    for sale in FlashSale.objects.filter(goods_id=goods_id).order_by("-id")[:SHOWN_MAX]:
        yield "flash", _day(sale.starts_at), _day(_end(sale))
    for plan in GroupPlan.objects.filter(goods_id=goods_id).order_by("-id")[:SHOWN_MAX]:
        yield "group", _day(plan.made_at), _day(plan.made_at)


def _of_scope(shop_id: int, goods_id: int, category: str) -> Iterator[Days]:
    plans: list[tuple[str, Reduction | CouponPlan]] = [
        *(("reduction", one) for one in Reduction.objects.filter(shop_id=shop_id).order_by("-id")[:SHOWN_MAX]),
        *(("coupon", one) for one in CouponPlan.objects.filter(shop_id=shop_id).order_by("-id")[:SHOWN_MAX]),
    ]  # fmt: skip
    for kind, plan in plans:
        scope = Scope.read(plan.scope)
        if scope.is_everything or goods_id in scope.goods or category in scope.categories:
            yield kind, _day(plan.starts_at), _day(_end(plan))


def _end(plan: FlashSale | Reduction | CouponPlan) -> datetime:
    return min(plan.ends_at, plan.stopped_at) if plan.stopped_at else plan.ends_at


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
