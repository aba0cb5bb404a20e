"""Bodies and answers of trade's endpoints.

What comes in is plain pydantic: ninja's Schema would look every field up on an object, which JSON is not.
"""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import BaseModel, Field

from grapevine.trade.contracts import AddressView, CartLine, InvoiceAsk, OrderView, Quote, Wishes
from grapevine.trade.parcels import PickupView
from grapevine.trade.rules.order_filter import OrderFilter, order_filter


class SourceIn(BaseModel):
    """Where the buyer came from: `from` as in page addresses ("note:<id>"), and the share token."""

    from_: str = Field("", alias="from", max_length=60)
    share_token: str = Field("", max_length=40)


class AddressIn(BaseModel):
    name: str = Field(max_length=60)
    phone: str = Field(max_length=30)
    province: str = Field(max_length=20)
    city: str = Field(max_length=30)
    district: str = Field("", max_length=30)
    detail: str = Field(max_length=200)
    street: str = Field("", max_length=30)

    def view(self) -> AddressView:
        return AddressView(**self.model_dump())


class LineIn(BaseModel):
    """`pick`: by which other shop's pick it is bought; "" from its own shop."""

    sku: str = Field(max_length=40)
    count: int = Field(1, ge=1, le=999)
    pick: str = Field("", max_length=12)


class InvoiceIn(BaseModel):
    """A 发票: `kind` personal or company; a company needs its 18-sign 税号."""

    kind: str = Field(pattern="^(personal|company)$")
    title: str = Field(max_length=100)
    tax_id: str = Field("", max_length=30)
    email: str = Field("", max_length=200)


class WishesIn(BaseModel):
    """`coupons` absent: the best ones; a list of references: exactly these. `points_minor`: what points shall pay.

    `pickups`: ids of points where orders are fetched, at most one a shop.
    """

    coupons: list[str] | None = Field(None, max_length=20)
    points_minor: int = Field(0, ge=0, le=10**9)
    pickups: list[str] = Field(default_factory=list, max_length=20)

    def wishes(self) -> Wishes:
        coupons = None if self.coupons is None else tuple(self.coupons)
        return Wishes(coupons=coupons, points_minor=self.points_minor, pickups=tuple(self.pickups))


class OrderIn(WishesIn):
    """`address` or `address_id` of your book. `method` reserves an attempt to pay that way."""

    lines: list[LineIn] = Field(max_length=100)
    address: AddressIn | None = None
    address_id: int | None = None
    source: SourceIn = Field(default_factory=lambda: SourceIn.model_validate({}))
    expected_minor: int | None = None
    from_cart: bool = False
    message: str = Field("", max_length=200)
    invoice: InvoiceIn | None = None
    method: str = Field("", max_length=20)
    no_return: list[str] = Field(default_factory=list, max_length=100)
    """SKUs of which the buyer confirms that they do not come back without a reason."""

    def wishes(self) -> Wishes:
        invoice = InvoiceAsk(**self.invoice.model_dump()) if self.invoice else None
        return replace(
            WishesIn.wishes(self), message=self.message, invoice=invoice, method=self.method
        )


class QuoteIn(WishesIn):
    lines: list[LineIn] = Field(max_length=100)
    province: str = Field("", max_length=20)


class CartLineIn(BaseModel):
    """One SKU, or several `lines` at once."""

    sku: str = Field("", max_length=40)
    count: int = Field(1, ge=1, le=999)
    pick: str = Field("", max_length=12)
    lines: list[LineIn] = Field(default_factory=list, max_length=100)
    source: SourceIn = Field(default_factory=lambda: SourceIn.model_validate({}))


class CountIn(BaseModel):
    count: int = Field(ge=0, le=999)


class ReasonIn(BaseModel):
    reason: str = Field("", max_length=120)


class ParcelIn(BaseModel):
    carrier: str = Field(max_length=30)
    tracking: str = Field(max_length=40)


class MethodIn(BaseModel):
    """`way` as the provider names it (native, h5, jsapi, page, wap, checkout …); "" is its first."""

    method: str = Field("sandbox", max_length=20)
    way: str = Field("", max_length=20)
    payer: str = Field("", max_length=128)


class OutcomeIn(BaseModel):
    outcome: str = Field(pattern="^(pay|fail|silent|never)$")


class PasteIn(BaseModel):
    text: str = Field(max_length=300)


class AttemptOut(Schema):
    """How to go on: open `url`, or show `qr`, or hand `params` to the provider's script."""

    number: str
    method: str
    way: str
    state: str
    url: str
    qr: str
    params: dict[str, str]


class OrderFilterIn(Schema):
    """Which of a shop's orders; days are whole local ones, `2026-03-08`."""

    state: str = ""
    q: str = ""
    first: str = ""
    last: str = ""
    goods: str = ""
    province: str = ""
    buyer: str = ""

    def meant(self) -> OrderFilter:
        return order_filter(self.model_dump())


class PlacedOut(Schema):
    payment_number: str
    order_numbers: list[str]
    total_minor: int
    expires_at: datetime
    attempt_number: str = ""


def line_out(line: CartLine) -> dict[str, Any]:
    return {
        "id": line.id, "sku": line.sku.code, "goods": line.sku.goods_public_id,
        "title": line.sku.title, "option": line.sku.option, "count": line.count,
        "price_minor": line.sku.price_minor, "shop": line.sku.shop_name, "problem": line.problem,
        "pick": line.pick,
    }  # fmt: skip


def quote_out(quote: Quote) -> dict[str, Any]:
    return {
        "goods_minor": quote.goods_minor, "discount_minor": quote.discount_minor,
        "shipping_minor": quote.shipping_minor, "total_minor": quote.total_minor,
        "currency": quote.currency,
        "offers": [
            {"label": o.label, "kind": o.kind, "reference": o.reference, "amount_minor": o.amount_minor}
            for o in quote.offers
        ],
        "coupons": [
            {"label": o.label, "reference": o.reference, "amount_minor": o.amount_minor, "used": o.is_used}
            for o in quote.coupons
        ],
        "coupons_shortened": quote.is_shortened,
        "shops": [
            {
                "shop": shop.shop_name, "shipping_minor": shop.shipping_minor,
                "total_minor": shop.total_minor,
                "lines": [
                    {
                        "sku": line.sku.code, "title": line.sku.title, "option": line.sku.option,
                        "count": line.count, "price_minor": line.sku.price_minor,
                        "goods_minor": line.goods_minor, "discount_minor": line.discount_minor,
                        "payable_minor": line.payable_minor,
                        "cuts": [{"reference": name, "amount_minor": n} for name, n in line.cuts],
                        "recommended_by": _host(quote, line.sku.sku_id),
                    }
                    for line in shop.lines
                ],
            }
            for shop in quote.shops
        ],
    }  # fmt: skip


def _host(quote: Quote, sku_id: int) -> str:
    """The shop that sells this line for its own; "" for nearly all."""
    term = quote.vias.get(sku_id)
    return term.shop_slug if term else ""


def order_out(order: OrderView) -> dict[str, Any]:
    return {
        "number": order.number, "state": str(order.state), "shop": order.shop_slug,
        "shop_name": order.shop_name, "goods_minor": order.goods_minor,
        "discount_minor": order.discount_minor, "shipping_minor": order.shipping_minor,
        "total_minor": order.total_minor, "refunded_minor": order.refunded_minor,
        "message": order.message,
        "offers": [{"label": o.label, "amount_minor": o.amount_minor} for o in order.offers],
        "shipments": [
            {
                "id": one.id, "carrier": one.carrier, "carrier_code": one.carrier_code, "tracking": one.tracking,
                "warehouse": one.warehouse, "shipped_at": one.shipped_at, "link": one.link,
                "delivered_at": one.delivered_at, "returned_at": one.returned_at,
                "scans": [asdict(scan) for scan in one.scans],
                "changes": [asdict(change) for change in one.changes],
                "lines": [{"title": t, "option": o, "count": n} for t, o, n in one.lines],
            }
            for one in order.shipments
        ],
        "currency": order.currency, "payment_number": order.payment_number,
        "claim": order.claim, "source": dict(order.source), "placed_at": order.placed_at,
        "paid_at": order.paid_at, "expires_at": order.expires_at,
        "lines": [
            {
                "goods": line.goods_public_id, "title": line.title, "option": line.option,
                "count": line.count, "price_minor": line.price_minor,
                "payable_minor": line.payable_minor, "line": line.id,
                "refunded_count": line.refunded_count, "returns": line.returns,
                "returns_confirmed": line.returns_confirmed,
            }
            for line in order.lines
        ],
        "timeline": [
            {"state": step.state, "at": step.at, "actor": step.actor, "reason": step.reason}
            for step in order.timeline
        ],
        "address": address_out(order.address) if order.address else None,
        "delivered_at": order.delivered_at, "pickup": _pickup_out(order.pickup),
    }  # fmt: skip


def _pickup_out(pickup: PickupView | None) -> dict[str, Any] | None:
    """Where an order is fetched; the code only for its buyer, and only while it waits."""
    if pickup is None:
        return None
    point = pickup.point
    return {
        "point": point.public_id, "name": point.name, "address": point.address,
        "hours": point.hours, "phone": point.phone, "code": pickup.code, "taken_at": pickup.taken_at,
    }  # fmt: skip


def address_out(address: AddressView) -> dict[str, Any]:
    return {
        "id": address.id, "name": address.name, "phone": address.phone,
        "province": address.province, "city": address.city, "district": address.district,
        "street": address.street, "detail": address.detail, "is_default": address.is_default,
    }  # fmt: skip
