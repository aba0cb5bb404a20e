"""How far a new shop has come, from what is there."""

from dataclasses import dataclass
from datetime import timedelta

from grapevine.goods.models import Goods, ShippingTemplate, Shop, Withholding
from grapevine.goods.onboarding import Cause
from grapevine.goods.queries.onboarding import application_state
from grapevine.kit import clock

NEW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What a new shop has: `goods` of its own, `samples` beside them; `may_sell` is its application's word,
    `application` how far that is.
    """

    is_new: bool
    may_sell: bool
    has_logo: bool
    goods: int
    samples: int
    has_shipping: bool
    application: str = ""


def first_steps(shop_id: int) -> FirstSteps:
    """Six queries for a shop of at most thirty days, one for an older one."""
    shop = Shop.objects.get(pk=shop_id)
    if shop.opened_at < clock.now() - NEW:
        return FirstSteps(
            is_new=False, may_sell=True, has_logo=True, goods=0, samples=0, has_shipping=True
        )
    samples = Withholding.objects.filter(
        shop=shop, cause=Cause.SAMPLE, goods__isnull=False, lifted_at=None
    ).count()
    held = Withholding.objects.filter(shop=shop, cause=Cause.REVIEW, goods=None, lifted_at=None)
    return FirstSteps(
        is_new=True, may_sell=not held.exists(), has_logo=shop.logo_id is not None,
        goods=Goods.objects.filter(shop=shop).count() - samples, samples=samples,
        has_shipping=ShippingTemplate.objects.filter(shop=shop).exists(),
        application=application_state(shop_id),
    )  # fmt: skip
