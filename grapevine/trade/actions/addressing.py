"""An address for an order that came from elsewhere without one."""

import json
from dataclasses import asdict

from django.db import transaction

from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.trade import access
from grapevine.trade.contracts import AddressView, IllegalMove, OrderState
from grapevine.trade.models import Order, OrderStep, Pickup
from grapevine.trade.rules import address as places


@transaction.atomic
def add_address(*, shop_id: int, number: str, address: AddressView, actor_id: int) -> None:
    """Write where a paid order goes that has no address yet, once; the trail holds that it was done, not the address.

    Raises BadAddress, or IllegalMove if the order has an address, is fetched, or does not wait: a buyer's own address
    is never replaced.
    """
    clean = places.check(address)
    order = access.order_of_shop(shop_id, number)
    parts = {name: part for name, part in asdict(clean).items() if name not in ("id", "is_default")}
    waits = Order.objects.filter(pk=order.pk, state=OrderState.PAID, address="")
    fetched = Pickup.objects.filter(order=order).exists()
    if fetched or not waits.update(
        address=json.dumps(parts, ensure_ascii=False), region=clean.province,
        city=places.city_of(clean),
    ):  # fmt: skip
        raise IllegalMove(number)
    OrderStep.objects.create(
        order=order, state=order.state, at=clock.now(), actor="shop", actor_id=actor_id,
        reason=marked("补了收货地址"),
    )  # fmt: skip
    guard.audit(
        actor_id=actor_id, action="order.address", object=f"order:{number}", shop_id=shop_id,
        subject_id=order.buyer_id, after={"province": clean.province},
    )  # fmt: skip
