"""One row of the desk: what it says now, and putting it back."""

from collections.abc import Sequence
from typing import Any

from grapevine.goods.actions.auditing import change_keys
from grapevine.goods.actions.desk import set_on_sale
from grapevine.goods.actions.prices import change_prices
from grapevine.goods.actions.warehouses import adjust
from grapevine.goods.contracts import GoodsChanged, NewPrice
from grapevine.goods.desking import ChangedMeanwhile
from grapevine.goods.models import DeskChange, Goods, Sku
from grapevine.kit import clock
from grapevine.signals import facade as signals

KEY_FIELDS = ("title", "category")
SKU_FIELDS = ("price_minor", "cost_minor", "grams", "own_code")
GOODS_FIELDS = ("title", "category", "limit_per_person", "shipping_id", "on_sale", "removed")


def now_of(goods: Goods, sku: Sku | None, names: Sequence[str]) -> dict[str, Any]:
    """What these fields say now, as they are written into a batch."""
    found: dict[str, Any] = {}
    for name in names:
        if name == "removed":
            found[name] = goods.removed_at is not None
        elif name in SKU_FIELDS:
            found[name] = getattr(sku, name)
        elif name in GOODS_FIELDS:
            found[name] = getattr(goods, name)
    return found


def back_to(shop_id: int, change: DeskChange) -> None:
    """One row as it was before. Raises ChangedMeanwhile where it no longer is as the batch left it."""
    goods = Goods.objects.select_for_update().get(pk=change.goods_id)
    sku = Sku.objects.select_for_update().get(pk=change.sku_id) if change.sku_id else None
    fields = {name: value for name, value in change.after.items() if name != "stock"}
    if goods.shop_id != shop_id or now_of(goods, sku, list(fields)) != fields:
        raise ChangedMeanwhile
    before = {name: value for name, value in change.before.items() if name != "stock"}
    write_row(goods, sku, before, actor_id=change.batch.actor_id)
    for place, delta in change.after.get("stock", {}).items():
        if sku is not None:
            adjust(sku_id=sku.pk, change=-delta, warehouse_id=int(place), reason="undo")


def write_row(
    goods: Goods, sku: Sku | None, fields: dict[str, Any], *, actor_id: int | None
) -> list[str]:
    """Set fields of goods and of one SKU of them, each through the action that guards it.

    Returns the names of those that wait for an operator and still are as they were.
    """
    keys = {
        name: fields[name]
        for name in KEY_FIELDS
        if name in fields and fields[name] != getattr(goods, name)
    }
    is_live = not keys or change_keys(
        shop_id=goods.shop_id, public_id=goods.public_id, actor_id=actor_id, **keys
    )
    plain: dict[str, Any] = {
        name: fields[name] for name in ("limit_per_person", "shipping_id") if name in fields
    }
    if "removed" in fields:
        plain["removed_at"] = clock.now() if fields["removed"] else None
    if plain:
        Goods.objects.filter(pk=goods.pk).update(**plain)
    if sku is not None:
        own = {name: fields[name] for name in ("cost_minor", "grams", "own_code") if name in fields}
        if own:
            Sku.objects.filter(pk=sku.pk).update(**own)
        if "price_minor" in fields and fields["price_minor"] != sku.price_minor:
            change_prices(
                shop_id=goods.shop_id, prices=[NewPrice(sku.code, fields["price_minor"])],
                actor_id=actor_id, below_cost_ok=True, large_ok=True,
            )  # fmt: skip
    if "on_sale" in fields:
        set_on_sale(shop_id=goods.shop_id, public_id=goods.public_id, on=fields["on_sale"])
    elif plain or sku is not None:
        signals.emit(
            GoodsChanged(goods.shop_id, goods.pk, goods.public_id, clock.now().isoformat())
        )
    return [] if is_live else list(keys)
