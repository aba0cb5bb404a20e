"""The parts of goods that the desk changes one by one: pictures, options that go, times that come, categories."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Min

from grapevine.goods import access
from grapevine.goods.actions.auditing import change_keys
from grapevine.goods.actions.desk import edit_goods, rows_of
from grapevine.goods.actions.stock import lock_stock
from grapevine.goods.contracts import GoodsChanged, GoodsNotFound, NewSku
from grapevine.goods.models import (
    Category,
    DeskChange,
    Goods,
    GoodsPicture,
    PriceChange,
    Sku,
    Stock,
    StockHold,
    StockMovement,
)
from grapevine.goods.rules.listing import ATTRIBUTES_MAX, SKUS_MAX
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.signals import facade as signals

PICTURES_MAX = 9
CATEGORIES_MAX = 200


class SkuWasWanted(DomainError):
    code = "goods.sku_was_wanted"
    status = 409
    message = marked("有人买过的规格和最后一个规格不能删，可以把库存改成 0")


@transaction.atomic
def set_pictures(
    *, shop_id: int, public_id: str, picture_ids: Sequence[int], actor_id: int | None = None
) -> None:
    """These pictures in this order, the first as cover; through the action that checks what is shown."""
    if len(picture_ids) > PICTURES_MAX:
        raise BadInput(fields={"pictures": marked("最多 9 张图片")})
    change_keys(
        shop_id=shop_id, public_id=public_id, actor_id=actor_id,
        picture_ids=list(dict.fromkeys(picture_ids)),
    )  # fmt: skip


def move_picture(*, shop_id: int, public_id: str, place: int, by: int) -> None:
    """The picture at a place (from 0) one place up or down; `by` 0 takes it away. Out of range nothing happens."""
    goods = access.goods_for_shop(shop_id, public_id)
    order = list(GoodsPicture.objects.filter(goods=goods).values_list("picture_id", flat=True))
    if not 0 <= place < len(order):
        return
    one = order.pop(place)
    if by:
        order.insert(max(0, place + by), one)
    set_pictures(shop_id=shop_id, public_id=public_id, picture_ids=order)


def describe_picture(*, shop_id: int, public_id: str, picture_id: int, alt: str) -> None:
    """What a picture shows, for those who do not see it. Raises GoodsNotFound for a picture of other goods."""
    goods = access.goods_for_shop(shop_id, public_id)
    if not GoodsPicture.objects.filter(goods=goods, picture_id=picture_id).exists():
        raise GoodsNotFound(public_id)
    media.set_alt(picture_id=picture_id, alt=alt)


@transaction.atomic
def add_options(
    *, shop_id: int, public_id: str, axes: str, options: Sequence[str], price_minor: int, stock: int
) -> int:
    """SKUs for the options that are not there yet, each with this price and stock; returns how many came.

    A lone SKU without a name that nobody wanted gives way to them.
    """
    goods = access.goods_for_shop(shop_id, public_id)
    rows = rows_of(goods)
    known = {new.option for _, new in rows}
    fresh = [NewSku(option, price_minor, stock) for option in options if option not in known]
    lone = [code for code, new in rows if not new.option]
    if lone and fresh and len(rows) == 1 and not _was_wanted(goods, lone):
        rows = [(lone[0], fresh[0])]
        rest = fresh[1:]
    else:
        rest = fresh
    if len(rows) + len(rest) > SKUS_MAX:
        raise BadInput(fields={"skus": marked("组合太多了，最多 100 个规格")})
    edit_goods(
        shop_id=shop_id, public_id=public_id, title=goods.title, category=goods.category,
        body=goods.body, axes=axes, skus=[*rows, *(("", new) for new in rest)],
    )  # fmt: skip
    return len(fresh)


@transaction.atomic
def remove_sku(*, shop_id: int, code: str) -> None:
    """Take away a SKU nobody ever wanted, with its stock and history. Raises SkuWasWanted, also for the last one."""
    sku = access.sku_of_shop(shop_id, code)
    lock_stock([sku.pk])
    goods = Goods.objects.select_for_update().get(pk=sku.goods_id)
    if Sku.objects.filter(goods=goods).count() < 2 or _was_wanted(goods, [code]):
        raise SkuWasWanted(code)
    for table in (StockMovement, Stock, PriceChange, DeskChange):
        table.objects.filter(sku=sku).delete()
    sku.delete()
    lowest = Sku.objects.filter(goods=goods).aggregate(low=Min("price_minor"))["low"]
    Goods.objects.filter(pk=goods.pk).update(price_minor=lowest)
    signals.emit(GoodsChanged(shop_id, goods.pk, goods.public_id, clock.now().isoformat()))


@transaction.atomic
def save_category(*, shop_id: int, name: str, attributes: Sequence[str]) -> None:
    """A category and the attributes its goods usually tell; no attributes at all takes it out of the table."""
    clean = list(dict.fromkeys(one.strip() for one in attributes if one.strip()))
    wrong = {}
    if not 1 <= len(name.strip()) <= 20:
        wrong["name"] = marked("分类名 1 到 20 个字")
    if len(clean) > ATTRIBUTES_MAX or any(len(one) > 20 for one in clean):
        wrong["attributes"] = marked("参数名 1 到 20 个字，最多 30 个")
    mine = Category.objects.filter(shop_id=shop_id)
    if mine.count() >= CATEGORIES_MAX and not mine.filter(name=name.strip()).exists():
        wrong["name"] = marked("最多 200 个分类")
    if wrong:
        raise BadInput(fields=wrong)
    if clean:
        mine.update_or_create(shop_id=shop_id, name=name.strip(), defaults={"attributes": clean})
    else:
        mine.filter(name=name.strip()).delete()


def _was_wanted(goods: Goods, codes: Sequence[str]) -> bool:
    skus = Sku.objects.filter(goods=goods, code__in=codes)
    return (
        StockHold.objects.filter(sku__in=skus).exists()
        or Stock.objects.filter(sku__in=skus, sold__gt=0).exists()
    )
