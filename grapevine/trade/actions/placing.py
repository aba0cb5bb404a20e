"""Placing orders: stock, orders, payment and news, all or nothing."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source
from grapevine.trade.contracts import (
    AddressView,
    OrderPlaced,
    OrderState,
    Placed,
    PriceChanged,
    Quote,
    ShopQuote,
)
from grapevine.trade.models import CartRow, Line, Order, OrderStep, Payment
from grapevine.trade.queries.reading import quote
from grapevine.trade.rules import address as places

STOCK_MARGIN = timedelta(minutes=2)
"""Stock stays a little longer than the payment, so that a payment in the last second finds it."""


def number(at: datetime) -> str:
    return f"{at:%y%m%d}{new_id()}"


def place_order(
    *,
    buyer_id: int,
    lines: Sequence[tuple[int, int]],
    address: AddressView,
    source: Source | None = None,
    claim: str = "",
    waits: bool = False,
    key: str = "",
    expected_minor: int | None = None,
    from_cart: bool = False,
) -> Placed:
    """Hold the stock and write one order per shop under one payment.

    `key` makes it happen once: the same key gives the same orders. `expected_minor` is the total the
    buyer saw; if it is another now, PriceChanged and nothing happens. Raises OutOfStock, NotOnSale,
    BadAddress, WrongCount.
    """
    own_key = key or new_id()
    before = placed_before(buyer_id, own_key)
    if before is not None:
        return before
    clean = places.check(address)
    try:
        with transaction.atomic():
            priced = quote(buyer_id=buyer_id, lines=lines, claim=claim)
            if expected_minor is not None and expected_minor != priced.total_minor:
                raise PriceChanged(now=f"¥{priced.total_minor / 100:.2f}")
            return _write(
                buyer_id, own_key, priced, clean, source or Source(), claim, waits, from_cart
            )
    except IntegrityError:
        before = placed_before(buyer_id, own_key)
        if before is None:
            raise
        return before


def placed_before(buyer_id: int, key: str) -> Placed | None:
    """What this buyer's form key made, if it was sent before."""
    payment = Payment.objects.filter(buyer_id=buyer_id, key=key).first()
    if payment is None:
        return None
    numbers = Order.objects.filter(payment=payment).order_by("id").values_list("number", flat=True)
    return Placed(payment.number, tuple(numbers), payment.total_minor, payment.expires_at)


def _write(
    buyer_id: int,
    key: str,
    priced: Quote,
    address: AddressView,
    source: Source,
    claim: str,
    waits: bool,  # noqa: FBT001
    from_cart: bool,  # noqa: FBT001
) -> Placed:
    now = clock.now()
    expires = now + timedelta(minutes=settings.HOLD_MINUTES)
    payment = Payment.objects.create(
        number=number(now), buyer_id=buyer_id, key=key, total_minor=priced.total_minor,
        currency=priced.currency, expires_at=expires,
    )  # fmt: skip
    orders = [
        _order(payment, shop, address, source, claim, waits=waits, at=now) for shop in priced.shops
    ]
    by_sku = sorted(
        (line.sku.sku_id, line.count, order.number)
        for order, shop in zip(orders, priced.shops, strict=True)
        for line in shop.lines
    )
    for order in sorted(
        orders, key=lambda order: min(s for s, _, n in by_sku if n == order.number)
    ):
        wanted = [(sku_id, count) for sku_id, count, owner in by_sku if owner == order.number]
        goods.hold(reference=order.number, lines=wanted, until=expires + STOCK_MARGIN)
    if from_cart:
        skus = [sku_id for sku_id, _, _ in by_sku]
        CartRow.objects.filter(buyer_id=buyer_id, sku_id__in=skus).delete()
    return Placed(payment.number, tuple(o.number for o in orders), priced.total_minor, expires)


def _order(
    payment: Payment,
    shop: ShopQuote,
    address: AddressView,
    source: Source,
    claim: str,
    *,
    waits: bool,
    at: datetime,
) -> Order:
    goods_minor = sum(line.goods_minor for line in shop.lines)
    where = {k: v for k, v in asdict(address).items() if k not in ("id", "is_default")}
    order = Order.objects.create(
        number=number(at), payment=payment, buyer_id=payment.buyer_id, shop_id=shop.shop_id,
        shop_name=shop.shop_name, goods_minor=goods_minor,
        discount_minor=goods_minor - shop.total_minor, total_minor=shop.total_minor,
        currency=payment.currency, waits=waits, claim=claim, source=source.as_dict(),
        address=json.dumps(where, ensure_ascii=False), region=address.province, placed_at=at,
    )  # fmt: skip
    Line.objects.bulk_create(
        Line(
            order=order, sku_id=line.sku.sku_id, goods_id=line.sku.goods_id,
            goods_public_id=line.sku.goods_public_id, title=line.sku.title,
            option=line.sku.option, count=line.count, price_minor=line.sku.price_minor,
            discount_minor=line.discount_minor,
        )
        for line in shop.lines
    )  # fmt: skip
    OrderStep.objects.create(
        order=order, state=OrderState.PENDING, at=at, actor="buyer", actor_id=payment.buyer_id
    )
    signals.emit(
        OrderPlaced(
            order.number, order.buyer_id, order.shop_id, order.total_minor, order.currency,
            order.source, claim, at.isoformat(),
        )
    )  # fmt: skip
    return order
