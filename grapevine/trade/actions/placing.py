"""Placing orders: stock, limits, offers, orders, payment and news, all or nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.goods.contracts import SkuLine, Want
from grapevine.kit import clock, crashing, sql
from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source
from grapevine.trade.actions import placing_sql as text
from grapevine.trade.actions.paying import pay_nothing
from grapevine.trade.actions.pickup import make_pickups
from grapevine.trade.actions.pooling import vias_of, write_pool_sales
from grapevine.trade.contracts import (
    AddressView,
    LimitReached,
    OrderPlaced,
    Placed,
    PriceChanged,
    Quote,
    QuoteLine,
    Redemption,
    ShopQuote,
    Wishes,
)
from grapevine.trade.models import InvoiceRequest, Order, Payment
from grapevine.trade.parcels import PointNotFound
from grapevine.trade.payments.registry import provider
from grapevine.trade.ports import redeem
from grapevine.trade.queries.pickup import chosen_points
from grapevine.trade.queries.reading import NO_PICKS, NO_WISHES, quote
from grapevine.trade.rules import address as places, invoicing

STOCK_MARGIN = timedelta(minutes=2)
"""Stock stays a little longer than the payment, so that a payment in the last second finds it."""


class PlacedBefore(DomainError):
    """The form's key was used; what was begun here is undone."""

    code = "trade.placed_before"
    status = 409
    message = marked("这张订单已经提交过了")


@dataclass(frozen=True, slots=True)
class _Purchase:
    """Everything about a purchase that is the same for all its orders."""

    buyer_id: int
    key: str
    address: AddressView
    source: Source
    claim: str
    waits: bool
    from_cart: bool
    wishes: Wishes
    at: datetime
    expires_at: datetime
    payment_number: str


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
    wishes: Wishes = NO_WISHES,
    known: Mapping[int, SkuLine] | None = None,
    is_undone: bool = False,
    picks: Mapping[int, str] = NO_PICKS,
) -> Placed:
    """Hold the stock and write one order per shop under one payment.

    `key` makes it happen once: the same key gives the same orders. `expected_minor` is the total the
    buyer saw; if it is another now, PriceChanged and nothing happens. Raises OutOfStock, NotOnSale,
    LimitReached, NotDelivered, OfferGone, BadAddress, BadInvoice, WrongCount, UnknownProvider. `known` are SKUs the caller has
    just read. `is_undone`: the caller undoes everything on a refusal and looks up by itself what the key made. `picks`: SKU
    → the pick by which another shop sells it; one that does not sell any more is as none.
    """
    clean = places.check(address)
    if wishes.method:
        provider(wishes.method)
    if wishes.invoice is not None:
        invoicing.check(wishes.invoice)
    now = clock.now()
    purchase = _Purchase(
        buyer_id, key or new_id(), clean, source or Source(), claim, waits, from_cart, wishes,
        now, now + timedelta(minutes=settings.HOLD_MINUTES), number(now),
    )  # fmt: skip
    try:
        with transaction.atomic(savepoint=not is_undone):
            priced = quote(
                buyer_id=buyer_id, lines=lines, claim=claim, wishes=wishes,
                province=clean.province, covers=False, known=known, picks=picks,
            )  # fmt: skip
            if expected_minor is not None and expected_minor != priced.total_minor:
                raise PriceChanged(now=f"¥{priced.total_minor / 100:.2f}")
            return _write(purchase, priced)
    except DomainError:
        before = placed_before(buyer_id, purchase.key) if key and not is_undone else None
        if before is None:
            raise
        return before


def placed_before(buyer_id: int, key: str) -> Placed | None:
    """What this buyer's form key made, if it was sent before."""
    payment = Payment.objects.filter(buyer_id=buyer_id, key=key).first()
    if payment is None:
        return None
    numbers = Order.objects.filter(payment=payment).order_by("id").values_list("number", flat=True)
    attempt = f"{payment.number}-1" if payment.method else ""
    return Placed(
        payment.number, tuple(numbers), payment.total_minor, payment.expires_at, attempt
    )  # fmt: skip


def _write(purchase: _Purchase, priced: Quote) -> Placed:
    """Stock first: a refusal for want of pieces has written nothing."""
    orders = [(number(purchase.at), shop) for shop in priced.shops]
    goods.hold(
        wants=[
            Want(name, line.sku.sku_id, line.count) for name, shop in orders for line in shop.lines
        ],
        until=purchase.expires_at + STOCK_MARGIN,
        province=purchase.address.province,
    )
    crashing.point("trade.place.held")
    _count_limits(purchase.buyer_id, [line for _, shop in orders for line in shop.lines])
    payment_id = _payment(purchase, priced)
    known = _orders(purchase, payment_id, orders, priced)
    _pickups(purchase, known, orders)
    _lines(purchase, known, orders)
    write_pool_sales(known, orders, priced.vias)
    _steps(purchase, known)
    _redeem(purchase, priced, orders)
    if purchase.wishes.invoice is not None:
        _invoices(purchase, list(known.values()))
    signals.emit(*(_news(purchase, name, shop, priced) for name, shop in orders))
    if purchase.from_cart:
        skus = sorted({line.sku.sku_id for _, shop in orders for line in shop.lines})
        sql.changed(text.OUT_OF_CART.format(sql.places(len(skus))), [purchase.buyer_id, *skus])
    if priced.total_minor == 0:
        pay_nothing(purchase.payment_number)
    crashing.point("trade.place.before_commit")
    crashing.committed("trade.place.after_commit")
    attempt = f"{purchase.payment_number}-1" if purchase.wishes.method else ""
    return Placed(
        purchase.payment_number, tuple(name for name, _ in orders), priced.total_minor,
        purchase.expires_at, attempt,
    )  # fmt: skip


def _count_limits(buyer_id: int, lines: Sequence[QuoteLine]) -> None:
    """Count pieces of limited goods, whatever the session they are bought in."""
    wanted: dict[int, tuple[int, int, str]] = {}
    for line in lines:
        if line.sku.limit_per_person:
            before = wanted.get(line.sku.goods_id, (0, 0, ""))[0]
            wanted[line.sku.goods_id] = (
                before + line.count, line.sku.limit_per_person, line.sku.title,
            )  # fmt: skip
    for goods_id, (count, most, title) in sorted(wanted.items()):
        if count > most or not sql.rows(text.LIMIT, [buyer_id, goods_id, count, most]):
            raise LimitReached(title=title, most=most)


def _payment(purchase: _Purchase, priced: Quote) -> int:
    wishes = purchase.wishes
    made = sql.insert(
        "trade_payment",
        text.PAYMENT_COLUMNS,
        [
            (
                purchase.payment_number, purchase.buyer_id, purchase.key, "pending", wishes.method,
                priced.total_minor, priced.currency, purchase.expires_at,
            )
        ],
        ending=text.PAYMENT_ENDING,
    )  # fmt: skip
    if not made:
        raise PlacedBefore
    payment_id = int(made[0][0])
    if wishes.method:
        row = (
            f"{purchase.payment_number}-1", payment_id, wishes.method, "", "starting", "", "", "{}",
            purchase.at,
        )  # fmt: skip
        sql.insert("trade_attempt", text.ATTEMPT_COLUMNS, [row])
    return payment_id


def _orders(
    purchase: _Purchase, payment_id: int, orders: Sequence[tuple[str, ShopQuote]], priced: Quote
) -> dict[str, int]:
    """Insert them; number → id."""
    address, city = _sealed(purchase.address), places.city_of(purchase.address)
    source = purchase.source.as_dict()
    rows = [
        (
            name, payment_id, purchase.buyer_id, shop.shop_id, shop.shop_name, "pending",
            shop.goods_minor, shop.discount_minor, shop.shipping_minor, shop.subsidy_minor,
            shop.total_minor, priced.currency, json.dumps(_offers_of(shop, priced)),
            purchase.wishes.message[:200], purchase.waits, purchase.claim,
            json.dumps(source | _via(shop, priced)), address,
            purchase.address.province, city, purchase.at,
        )
        for name, shop in orders
    ]  # fmt: skip
    made = sql.insert("trade_order", text.ORDER_COLUMNS, rows, ending=text.ORDER_ENDING)
    return dict(made)


def _via(shop: ShopQuote, priced: Quote) -> dict[str, str]:
    """By whom lines of this order are sold, beside where the buyer came from; {} for nearly all."""
    found = vias_of(shop, priced.vias) if priced.vias else ""
    return {"via": found} if found else {}


def _sealed(address: AddressView) -> str:
    parts = {k: v for k, v in asdict(address).items() if k not in ("id", "is_default")}
    column = Order._meta.get_field("address")
    sealed: str = column.get_prep_value(json.dumps(parts, ensure_ascii=False))
    return sealed


def _offers_of(shop: ShopQuote, priced: Quote) -> list[dict[str, object]]:
    """What each offer cut from this order, in the order they were applied."""
    found = []
    for offer in priced.offers:
        amount = sum(a for line in shop.lines for name, a in line.cuts if name == offer.reference)
        if amount:
            found.append(
                {
                    "label": offer.label, "amount_minor": amount, "reference": offer.reference,
                    "kind": str(offer.kind),
                }
            )  # fmt: skip
    return found


def _lines(
    purchase: _Purchase, known: dict[str, int], orders: Sequence[tuple[str, ShopQuote]]
) -> None:
    confirmed = purchase.wishes.confirmed
    rows = [
        (
            known[name], line.sku.sku_id, line.sku.goods_id, line.sku.goods_public_id,
            line.sku.title, line.sku.option, line.count, line.sku.price_minor,
            line.discount_minor, line.subsidy_minor, json.dumps(line.cuts),
            line.sku.returns, line.sku.sku_id in confirmed, purchase.at,
        )
        for name, shop in orders
        for line in shop.lines
    ]  # fmt: skip
    sql.insert("trade_line", text.LINE_COLUMNS, rows)


def _steps(purchase: _Purchase, known: dict[str, int]) -> None:
    rows = [(pk, "pending", purchase.at, "buyer", purchase.buyer_id, "") for pk in known.values()]
    sql.insert("trade_orderstep", text.STEP_COLUMNS, rows)


def _redeem(purchase: _Purchase, priced: Quote, orders: Sequence[tuple[str, ShopQuote]]) -> None:
    """Take what is limited (a coupon, a quota, points), offers in one order for everybody."""
    for offer in sorted(priced.offers, key=lambda offer: offer.reference):
        touched = tuple(
            (name, line.sku.sku_id, line.count, amount)
            for name, shop in orders
            for line in shop.lines
            for reference, amount in line.cuts
            if reference == offer.reference
        )
        redeem(
            Redemption(
                offer.reference, purchase.payment_number, purchase.buyer_id, offer.amount_minor,
                touched, purchase.expires_at,
            )
        )  # fmt: skip


def _pickups(
    purchase: _Purchase, known: Mapping[str, int], orders: Sequence[tuple[str, ShopQuote]]
) -> None:
    """Orders that are fetched get their codes. Nothing to do, and no query, for the others."""
    points = chosen_points(purchase.wishes.pickups)
    fetched = [(known[name], shop.shop_id) for name, shop in orders if shop.shop_id in points]
    if len(fetched) < len(points):
        raise PointNotFound
    if fetched:
        make_pickups((order_id, shop_id, points[shop_id]) for order_id, shop_id in fetched)


def _invoices(purchase: _Purchase, order_ids: Sequence[int]) -> None:
    assert purchase.wishes.invoice is not None
    body = json.dumps(asdict(invoicing.check(purchase.wishes.invoice)), ensure_ascii=False)
    InvoiceRequest.objects.bulk_create(
        InvoiceRequest(order_id=pk, body=body, asked_at=purchase.at) for pk in order_ids
    )


def _news(purchase: _Purchase, name: str, shop: ShopQuote, priced: Quote) -> OrderPlaced:
    return OrderPlaced(
        name, purchase.buyer_id, shop.shop_id, shop.total_minor, shop.lines[0].sku.currency,
        purchase.source.as_dict() | _via(shop, priced), purchase.claim, purchase.at.isoformat(),
        sorted({line.sku.goods_id for line in shop.lines}),
    )  # fmt: skip
