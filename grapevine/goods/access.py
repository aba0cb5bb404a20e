"""The doors to shops and goods."""

from grapevine.goods.contracts import (
    GoodsNotFound,
    LacksRight,
    Right,
    ShippingNotFound,
    ShopNotFound,
    WarehouseNotFound,
)
from grapevine.goods.models import (
    Goods,
    ShippingTemplate,
    Shop,
    Sku,
    Staff,
    StaffInvite,
    Warehouse,
)
from grapevine.goods.rules.roles import rights_of
from grapevine.goods.staffing import InviteNotFound
from grapevine.kit import clock


def shop_of_slug(slug: str) -> Shop:
    try:
        return Shop.objects.get(slug=slug)
    except Shop.DoesNotExist:
        raise ShopNotFound(slug) from None


def staffed_shop(person_id: int, slug: str, right: Right) -> tuple[Shop, frozenset[Right]]:
    """The shop and this person's rights there, read anew each time: who was let go is out at once.

    ShopNotFound for everybody who does not work there, LacksRight for staff whose role may not.
    """
    shop = shop_of_slug(slug)
    role = Staff.objects.filter(shop=shop, person_id=person_id).values_list("role", flat=True)
    rights = next((rights_of(one) for one in role), None)
    if rights is None:
        raise ShopNotFound(slug)
    if right not in rights:
        raise LacksRight(right)
    return shop, rights


def invite_for(person_id: int, *, public_id: str = "", digest: str = "") -> StaffInvite:
    """The open invitation to this person, or the one whose token has this digest. InviteNotFound otherwise."""
    rows = StaffInvite.objects.select_related("shop").filter(
        outcome="open", expires_at__gt=clock.now()
    )
    mine = (
        rows.filter(public_id=public_id, person_id=person_id)
        if public_id
        else rows.filter(digest=digest)
    )
    found = mine.first()
    if found is None:
        raise InviteNotFound(public_id)
    return found


def goods_of_public_id(public_id: str) -> Goods:
    try:
        return Goods.objects.select_related("shop").get(public_id=public_id, removed_at=None)
    except Goods.DoesNotExist:
        raise GoodsNotFound(public_id) from None


def goods_for_shop(shop_id: int, public_id: str) -> Goods:
    goods = goods_of_public_id(public_id)
    if goods.shop_id != shop_id:
        raise GoodsNotFound(public_id)
    return goods


def sku_of_shop(shop_id: int, code: str) -> Sku:
    try:
        return Sku.objects.get(code=code, goods__shop_id=shop_id)
    except Sku.DoesNotExist:
        raise GoodsNotFound(code) from None


def warehouse_of_shop(shop_id: int, public_id: str) -> Warehouse:
    try:
        return Warehouse.objects.get(public_id=public_id, shop_id=shop_id)
    except Warehouse.DoesNotExist:
        raise WarehouseNotFound(public_id) from None


def shipping_of_shop(shop_id: int, public_id: str) -> ShippingTemplate:
    try:
        return ShippingTemplate.objects.get(public_id=public_id, shop_id=shop_id)
    except ShippingTemplate.DoesNotExist:
        raise ShippingNotFound(public_id) from None
