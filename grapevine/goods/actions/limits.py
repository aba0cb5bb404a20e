"""How much a shop may sell: an individual's limits, and what may be sold before the deposit is paid."""

from django.conf import settings
from django.db import transaction

from grapevine.goods.actions.shelves import lift, withhold
from grapevine.goods.models import Goods, Pick, Shop, Withholding
from grapevine.goods.onboarding import Cause, Kind, UpgradeNeeded
from grapevine.goods.ports import sold_for_others
from grapevine.goods.queries.sales import deposit_due, deposit_paid, month_start, sales_minor


def require_room(shop: Shop) -> None:
    """Raise UpgradeNeeded if an individual's shop offers as many goods, own and picked, as it may. The shop is locked."""
    room = room_of(shop)
    if room is not None and room <= 0:
        raise UpgradeNeeded(most=settings.INDIVIDUAL_GOODS_MAX)


def room_of(shop: Shop) -> int | None:
    """How many more goods an individual's shop may offer; None: as many as it likes."""
    if shop.kind != Kind.INDIVIDUAL:
        return None
    samples = Withholding.objects.filter(
        shop=shop, cause=Cause.SAMPLE, goods__isnull=False, lifted_at=None
    ).values("goods_id")
    own = Goods.objects.filter(shop=shop, is_wanted=True).exclude(pk__in=samples).count()
    picked = Pick.objects.filter(shop=shop, ended_at=None).count()
    return int(settings.INDIVIDUAL_GOODS_MAX) - own - picked


def watch_limits() -> int:
    """Stop shops that sold more than they may, and let go on what may again; how many changed."""
    changed = 0
    limited = Shop.objects.filter(kind=Kind.INDIVIDUAL) | Shop.objects.filter(
        deposit_due_minor__gt=0
    )
    held = Withholding.objects.filter(
        cause__in=[Cause.LIMIT, Cause.DEPOSIT], goods=None, lifted_at=None
    ).values("shop_id")
    limited = limited | Shop.objects.filter(pk__in=held)
    for shop_id in limited.order_by("pk").values_list("pk", flat=True):
        changed += judge(shop_id)
    return changed


@transaction.atomic
def judge(shop_id: int) -> int:
    """Hold one shop against its limits; how many reasons came or went."""
    shop = Shop.objects.get(pk=shop_id)
    changed = 0
    since = month_start()
    over = (
        shop.kind == Kind.INDIVIDUAL
        and sales_minor(shop_id, since) + sold_for_others(shop_id, since)
        > settings.INDIVIDUAL_MONTH_MINOR
    )
    owing = (
        deposit_due(shop) > deposit_paid(shop_id)
        and sales_minor(shop_id) >= settings.UNPAID_DEPOSIT_SALES_MINOR
    )
    for cause, is_so in ((Cause.LIMIT, over), (Cause.DEPOSIT, owing)):
        change = withhold if is_so else lift
        changed += change(shop_id=shop_id, cause=cause)
    return changed
