"""On and off the shelf by the clock."""

from datetime import datetime

from django.db import transaction

from grapevine.goods import access
from grapevine.goods.actions.desk import set_on_sale
from grapevine.goods.contracts import GoodsChanged
from grapevine.goods.models import Goods
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

BATCH = 200


@transaction.atomic
def set_schedule(
    *, shop_id: int, public_id: str, on_from: datetime | None, on_until: datetime | None
) -> None:
    """When goods come on the shelf and when they leave it; before they are hidden. Raises BadInput.

    Goods that are on the shelf and are to come later are taken off until then.
    """
    goods = access.goods_for_shop(shop_id, public_id)
    now, wrong = clock.now(), {}
    if on_from is not None and on_from <= now:
        wrong["on_sale_from"] = marked("上架时间要在现在之后")
    if on_until is not None and on_until <= max(now, on_from or now):
        wrong["on_sale_until"] = marked("下架时间要在上架时间和现在之后")
    if wrong:
        raise BadInput(fields=wrong)
    Goods.objects.filter(pk=goods.pk).update(on_sale_from=on_from, on_sale_until=on_until)
    if on_from is not None and goods.on_sale:
        set_on_sale(shop_id=shop_id, public_id=public_id, on=False)
    signals.emit(GoodsChanged(shop_id, goods.pk, public_id, now.isoformat()))


def turn_shelves() -> int:
    """Put on and take off what is due; returns how many. Each goods in a transaction of its own, once."""
    now, turned = clock.now(), 0
    for column, on in (("on_sale_from", True), ("on_sale_until", False)):
        due = Goods.objects.filter(**{f"{column}__lte": now}, removed_at=None).order_by(
            column, "id"
        )
        for goods in due[:BATCH]:
            turned += _turn(goods, column, on=on)
    return turned


def _turn(goods: Goods, column: str, *, on: bool) -> int:
    try:
        with transaction.atomic():
            mine = Goods.objects.filter(pk=goods.pk, **{column: getattr(goods, column)})
            if mine.update(**{column: None}):
                set_on_sale(shop_id=goods.shop_id, public_id=goods.public_id, on=on)
                return 1
    except DomainError:
        # What may not go on sale stays off; its schedule is over, so that it is not tried for ever.
        Goods.objects.filter(pk=goods.pk).update(**{column: None})
    return 0
