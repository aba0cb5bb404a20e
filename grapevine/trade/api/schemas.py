"""Bodies and answers of trade's endpoints."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from grapevine.trade.contracts import AddressView, CartLine, OrderView, Quote


class SourceIn(Schema):
    """Where the buyer came from: `from` as in page addresses ("note:<id>"), and the share token."""

    from_: str = Field("", alias="from", max_length=60)
    share_token: str = Field("", max_length=40)


class AddressIn(Schema):
    name: str = Field(max_length=60)
    phone: str = Field(max_length=30)
    province: str = Field(max_length=20)
    city: str = Field(max_length=30)
    district: str = Field("", max_length=30)
    detail: str = Field(max_length=200)

    def view(self) -> AddressView:
        return AddressView(**self.model_dump())


class LineIn(Schema):
    sku: str = Field(max_length=40)
    count: int = Field(1, ge=1, le=999)


class OrderIn(Schema):
    lines: list[LineIn] = Field(max_length=100)
    address: AddressIn
    source: SourceIn = Field(default_factory=lambda: SourceIn.model_validate({}))
    expected_minor: int | None = None


class QuoteIn(Schema):
    lines: list[LineIn] = Field(max_length=100)


class CartLineIn(LineIn):
    source: SourceIn = Field(default_factory=lambda: SourceIn.model_validate({}))


class CountIn(Schema):
    count: int = Field(ge=0, le=999)


class ReasonIn(Schema):
    reason: str = Field("", max_length=120)


class ParcelIn(Schema):
    carrier: str = Field(max_length=30)
    tracking: str = Field(max_length=40)


class MethodIn(Schema):
    method: str = Field("sandbox", max_length=20)


class OutcomeIn(Schema):
    outcome: str = Field(pattern="^(pay|fail|silent|never)$")


class PasteIn(Schema):
    text: str = Field(max_length=300)


class UrlOut(Schema):
    url: str


class PlacedOut(Schema):
    payment_number: str
    order_numbers: list[str]
    total_minor: int
    expires_at: datetime


def line_out(line: CartLine) -> dict[str, Any]:
    return {
        "id": line.id, "sku": line.sku.code, "goods": line.sku.goods_public_id,
        "title": line.sku.title, "option": line.sku.option, "count": line.count,
        "price_minor": line.sku.price_minor, "shop": line.sku.shop_name, "problem": line.problem,
    }  # fmt: skip


def quote_out(quote: Quote) -> dict[str, Any]:
    return {
        "goods_minor": quote.goods_minor,
        "discount_minor": quote.discount_minor,
        "total_minor": quote.total_minor,
        "currency": quote.currency,
        "offers": [{"label": o.label, "amount_minor": o.amount_minor} for o in quote.offers],
        "shops": [
            {
                "shop": shop.shop_name,
                "total_minor": shop.total_minor,
                "lines": [
                    {
                        "sku": line.sku.code, "title": line.sku.title, "option": line.sku.option,
                        "count": line.count, "goods_minor": line.goods_minor,
                        "discount_minor": line.discount_minor, "payable_minor": line.payable_minor,
                    }
                    for line in shop.lines
                ],
            }
            for shop in quote.shops
        ],
    }  # fmt: skip


def order_out(order: OrderView) -> dict[str, Any]:
    return {
        "number": order.number, "state": str(order.state), "shop": order.shop_slug,
        "shop_name": order.shop_name, "goods_minor": order.goods_minor,
        "discount_minor": order.discount_minor, "total_minor": order.total_minor,
        "currency": order.currency, "payment_number": order.payment_number,
        "claim": order.claim, "source": dict(order.source), "placed_at": order.placed_at,
        "paid_at": order.paid_at, "expires_at": order.expires_at, "carrier": order.carrier,
        "tracking": order.tracking,
        "lines": [
            {
                "goods": line.goods_public_id, "title": line.title, "option": line.option,
                "count": line.count, "price_minor": line.price_minor,
                "payable_minor": line.payable_minor,
            }
            for line in order.lines
        ],
        "timeline": [
            {"state": step.state, "at": step.at, "actor": step.actor, "reason": step.reason}
            for step in order.timeline
        ],
        "address": address_out(order.address) if order.address else None,
    }  # fmt: skip


def address_out(address: AddressView) -> dict[str, Any]:
    return {
        "id": address.id, "name": address.name, "phone": address.phone,
        "province": address.province, "city": address.city, "district": address.district,
        "detail": address.detail, "is_default": address.is_default,
    }  # fmt: skip
