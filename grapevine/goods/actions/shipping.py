"""What sending costs: a shop's templates."""

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from grapevine.goods import access
from grapevine.goods.contracts import Returns, ShippingView, ShippingZone
from grapevine.goods.models import Goods, ShippingTemplate
from grapevine.goods.queries.places import shipping_view
from grapevine.goods.rules import shipping as rules
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked


@transaction.atomic
def save_shipping(
    *, shop_id: int, name: str, zones: Sequence[ShippingZone], free_over_minor: int | None = None,
    is_default: bool = False, public_id: str = "",
) -> ShippingView:  # fmt: skip
    """Make or change a template; the default one counts for goods that name none. Raises BadInput."""
    rules.check_shipping(name=name, zones=zones, free_over_minor=free_over_minor)
    row = (
        access.shipping_of_shop(shop_id, public_id)
        if public_id
        else ShippingTemplate(shop_id=shop_id, public_id=new_id())
    )
    if is_default:
        ShippingTemplate.objects.filter(shop_id=shop_id, is_default=True).update(is_default=False)
    row.name, row.zones = name.strip(), [asdict(zone) for zone in zones]
    row.free_over_minor, row.is_default = free_over_minor, is_default
    if row.pk:
        row.save(update_fields=["name", "zones", "free_over_minor", "is_default"])
    else:
        row.save(force_insert=True)
    return shipping_view(row)


@transaction.atomic
def set_terms(
    *, shop_id: int, public_id: str, limit_per_person: int = 0, shipping: str = ""
) -> None:
    """How many pieces of these goods one person may buy (0: any), and what sending them costs."""
    rules.check_limit(limit_per_person)
    goods = access.goods_for_shop(shop_id, public_id)
    template = access.shipping_of_shop(shop_id, shipping) if shipping else None
    Goods.objects.filter(pk=goods.pk).update(limit_per_person=limit_per_person, shipping=template)


def set_returns(*, shop_id: int, public_id: str, returns: str) -> None:
    """Whether these goods may come back without a reason, for orders from now on. Raises BadInput."""
    if returns not in set(Returns):
        raise BadInput(fields={"returns": marked("选一种退货规则")})
    goods = access.goods_for_shop(shop_id, public_id)
    Goods.objects.filter(pk=goods.pk).update(returns=returns)
