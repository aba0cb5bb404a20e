"""List prices and costs: changed with guardrails, kept as history, undone as they were made."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Min

from grapevine.goods.contracts import (
    BelowCost,
    GoodsChanged,
    GoodsNotFound,
    LargePriceChange,
    NewPrice,
    PriceChangeNotFound,
)
from grapevine.goods.models import Goods, PriceChange, Sku
from grapevine.goods.rules.listing import PRICE_MAX
from grapevine.goods.rules.pricing import is_large
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

CHANGES_MAX = 200
NAMED_MAX = 5


@transaction.atomic
def set_costs(*, shop_id: int, costs: Sequence[tuple[str, int | None]]) -> None:
    """What the shop itself pays for a piece, (SKU code, minor units or None for unknown); all rows or none."""
    known = _skus(shop_id, [code for code, _ in costs])
    for code, cost_minor in sorted(costs, key=lambda one: one[0]):
        if cost_minor is not None and not 0 <= cost_minor <= PRICE_MAX:
            raise BadInput(fields={"cost": marked("成本不能是负数")})
        Sku.objects.filter(pk=known[code].pk).update(cost_minor=cost_minor)


@transaction.atomic
def change_prices(
    *, shop_id: int, prices: Sequence[NewPrice], actor_id: int | None = None, reason: str = "",
    below_cost_ok: bool = False, large_ok: bool = False,
) -> str:  # fmt: skip
    """Set list prices, all or none; returns the batch, "" if nothing changed.

    Raises BelowCost unless confirmed, LargePriceChange for more than 30 % at once unless confirmed,
    GoodsNotFound for a SKU that is not the shop's, BadInput for a price that cannot be.
    """
    wanted = {new.code: new.price_minor for new in prices}
    if not 1 <= len(wanted) == len(prices) <= CHANGES_MAX:
        raise BadInput(fields={"price": marked("一次改 1 到 200 个规格的价格")})
    if any(not 0 < price <= PRICE_MAX for price in wanted.values()):
        raise BadInput(fields={"price": marked("价格要大于 0")})
    skus = _skus(shop_id, list(wanted))
    moving = [sku for sku in skus.values() if sku.price_minor != wanted[sku.code]]
    low = [s for s in moving if s.cost_minor is not None and wanted[s.code] < s.cost_minor]
    if low and not below_cost_ok:
        raise BelowCost(which=_names(low))
    large = [sku for sku in moving if is_large(sku.price_minor, wanted[sku.code])]
    if large and not large_ok:
        raise LargePriceChange(which=_names(large))
    return _write(moving, wanted, actor_id=actor_id, reason=reason)


@transaction.atomic
def undo_prices(*, shop_id: int, batch: str, actor_id: int | None = None) -> int:
    """Put prices back as they were before a batch; returns how many.

    A SKU whose price was changed again since stays as it is. Raises PriceChangeNotFound for a batch that is
    not the shop's or was undone.
    """
    rows = PriceChange.objects.filter(batch=batch, sku__goods__shop_id=shop_id, undone_at=None)
    changes = list(rows.select_related("sku").order_by("sku_id"))
    if not changes or not rows.update(undone_at=clock.now()):
        raise PriceChangeNotFound(batch)
    back = [one for one in changes if one.sku.price_minor == one.after_minor]
    _write(
        [one.sku for one in back], {one.sku.code: one.before_minor for one in back},
        actor_id=actor_id, reason=marked("撤销调价"),
    )  # fmt: skip
    return len(back)


def note_price(sku: Sku, before_minor: int, *, actor_id: int | None = None) -> None:
    """Write down a price that was changed where goods are edited."""
    if before_minor != sku.price_minor:
        PriceChange.objects.create(
            sku=sku, batch=new_id(), before_minor=before_minor, after_minor=sku.price_minor,
            actor_id=actor_id, at=clock.now(),
        )  # fmt: skip


def _skus(shop_id: int, codes: Sequence[str]) -> dict[str, Sku]:
    rows = Sku.objects.select_for_update().filter(code__in=codes, goods__shop_id=shop_id)
    found = {sku.code: sku for sku in rows.order_by("id")}
    missing = next((code for code in codes if code not in found), None)
    if missing is not None:
        raise GoodsNotFound(missing)
    return found


def _write(
    skus: Sequence[Sku], wanted: dict[str, int], *, actor_id: int | None, reason: str
) -> str:
    batch, now = new_id(), clock.now()
    moved = []
    for sku in skus:
        mine = Sku.objects.filter(pk=sku.pk, price_minor=sku.price_minor)
        if mine.update(price_minor=wanted[sku.code]):
            moved.append(sku)
    PriceChange.objects.bulk_create(
        PriceChange(
            sku=sku, batch=batch, before_minor=sku.price_minor, after_minor=wanted[sku.code],
            reason=reason[:60], actor_id=actor_id, at=now,
        )
        for sku in moved
    )  # fmt: skip
    for goods in Goods.objects.filter(pk__in={sku.goods_id for sku in moved}).order_by("pk"):
        lowest = Sku.objects.filter(goods=goods).aggregate(low=Min("price_minor"))["low"]
        Goods.objects.filter(pk=goods.pk).update(price_minor=lowest)
        signals.emit(GoodsChanged(goods.shop_id, goods.pk, goods.public_id, now.isoformat()))
    return batch if moved else ""


def _names(skus: Sequence[Sku]) -> str:
    return "、".join(f"{sku.goods.title} {sku.option}".strip() for sku in skus[:NAMED_MAX])
