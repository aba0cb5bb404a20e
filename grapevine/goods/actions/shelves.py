"""What is on sale: what its shop wants there, and nothing withholds."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from grapevine.goods.contracts import GoodsDelisted, GoodsListed, ShopNotFound
from grapevine.goods.models import Goods, Shop, Withholding
from grapevine.goods.onboarding import Cause, SalesResumed, SalesWithheld
from grapevine.kit import clock
from grapevine.signals import facade as signals

NEWS_BATCH = 500


def lock_shop(shop_id: int) -> Shop:
    """Whoever changes what a shop has on sale waits here for whoever else does."""
    assert connection.in_atomic_block
    found = Shop.objects.select_for_update(no_key=True).filter(pk=shop_id).first()
    if found is None:
        raise ShopNotFound(shop_id)
    return found


def withheld_now(shop_id: int, goods_id: int | None = None) -> list[Withholding]:
    """What keeps this goods, or with None the shop as a whole, out of sale; oldest first."""
    mine = Q(goods=None) if goods_id is None else Q(goods=None) | Q(goods_id=goods_id)
    return list(Withholding.objects.filter(mine, shop_id=shop_id, lifted_at=None).order_by("id"))


def settle(shop_id: int, goods_ids: Sequence[int] | None = None) -> None:
    """Make `on_sale` what it must be, and tell of what changed. The shop is locked."""
    now = Withholding.objects.filter(shop_id=shop_id, lifted_at=None)
    held = now.filter(goods__isnull=False).values("goods_id")
    rows = Goods.objects.filter(shop_id=shop_id)
    if goods_ids is not None:
        rows = rows.filter(pk__in=goods_ids)
    if now.filter(goods=None).exists():
        _turn(shop_id, rows.filter(on_sale=True), on=False)
        return
    _turn(shop_id, rows.filter(Q(is_wanted=False) | Q(pk__in=held), on_sale=True), on=False)
    _turn(shop_id, rows.filter(on_sale=False, is_wanted=True).exclude(pk__in=held), on=True)


def _turn(shop_id: int, rows: QuerySet[Goods], *, on: bool) -> None:
    changed = list(rows.order_by("pk").values_list("pk", "public_id"))
    if not changed:
        return
    rows.update(on_sale=on)
    at, told = clock.now().isoformat(), GoodsListed if on else GoodsDelisted
    for start in range(0, len(changed), NEWS_BATCH):
        batch = changed[start : start + NEWS_BATCH]
        signals.emit(*(told(shop_id, pk, public_id, at) for pk, public_id in batch))


@transaction.atomic
def withhold(
    *,
    shop_id: int,
    cause: Cause,
    goods_ids: Sequence[int] | None = None,
    reason: str = "",
    by_id: int | None = None,
    quietly: bool = False,
) -> int:
    """Take goods, or with None everything a shop offers, out of sale at once; how many reasons are new.

    Who is in the middle of a checkout is refused, or had placed the order before.
    """
    shop = lock_shop(shop_id)
    known = Withholding.objects.filter(shop=shop, cause=cause, lifted_at=None)
    if goods_ids is None:
        wanted: list[int | None] = [] if known.filter(goods=None).exists() else [None]
    else:
        before = set(known.filter(goods_id__in=goods_ids).values_list("goods_id", flat=True))
        wanted = [pk for pk in sorted(set(goods_ids)) if pk not in before]
    now = clock.now()
    Withholding.objects.bulk_create(
        Withholding(
            shop=shop, goods_id=pk, cause=cause, reason=reason[:200], by_id=by_id, since=now
        )
        for pk in wanted
    )
    settle(shop_id, goods_ids)
    if wanted and not quietly:
        signals.emit(
            *(
                SalesWithheld(shop_id, shop.owner_id, pk or 0, cause, reason[:200], now.isoformat())
                for pk in wanted
            )
        )
    return len(wanted)


@transaction.atomic
def lift(
    *,
    shop_id: int,
    cause: Cause,
    goods_ids: Sequence[int] | None = None,
    by_id: int | None = None,
    quietly: bool = False,
) -> int:
    """Take a reason away; what nothing else withholds and its shop wants is on sale again. How many were lifted."""
    shop = lock_shop(shop_id)
    now = clock.now()
    rows = Withholding.objects.filter(shop=shop, cause=cause, lifted_at=None)
    rows = rows.filter(goods=None) if goods_ids is None else rows.filter(goods_id__in=goods_ids)
    lifted = list(rows.order_by("id").values_list("goods_id", flat=True))
    if not lifted:
        return 0
    rows.update(lifted_at=now, lifted_by_id=by_id)
    settle(shop_id, goods_ids)
    if not quietly:
        signals.emit(
            *(
                SalesResumed(shop_id, shop.owner_id, pk or 0, cause, now.isoformat())
                for pk in lifted
            )
        )
    return len(lifted)
