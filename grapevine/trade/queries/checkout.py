"""What the checkout page shows, also when another module (a group) sends the buyer there."""

from collections.abc import Mapping, Sequence
from typing import Any

from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.trade.contracts import (
    AddressView,
    BadAddress,
    BadInvoice,
    InvoiceAsk,
    NotDelivered,
    OfferGone,
    Wishes,
)
from grapevine.trade.queries.reading import NO_WISHES, address_of, addresses, quote
from grapevine.trade.rules import address as places
from grapevine.trade.rules.address import PROVINCES

FIELDS = ("name", "phone", "province", "city", "district", "detail", "street")
INVOICE = ("invoice_kind", "invoice_title", "tax_id", "invoice_email")


def checkout_context(
    *,
    buyer_id: int,
    lines: Sequence[tuple[int, int]],
    claim: str = "",
    wishes: Wishes = NO_WISHES,
    submit_url: str,
    hidden: Mapping[str, str],
    error: DomainError | None = None,
    given: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The context of `trade/checkout.html`: the quote, the address book, and a fresh form key."""
    book = addresses(buyer_id)
    chosen = book[0] if book and not given else None
    province = chosen.province if chosen else (given or {}).get("province", "")
    try:
        priced = quote(
            buyer_id=buyer_id, lines=lines, claim=claim, wishes=wishes, province=province
        )
    except (NotDelivered, OfferGone) as refused:
        priced, error = quote(buyer_id=buyer_id, lines=lines, claim=claim), error or refused
    return {
        "quote": priced,
        "book": book,
        "chosen": chosen,
        "provinces": PROVINCES,
        "submit_url": submit_url,
        "hidden": dict(hidden),
        "key": (given or {}).get("key") or new_id(),
        "given": given or {},
        "errors": error.fields if isinstance(error, BadAddress | BadInvoice) else {},
        "error": error,
    }


def read_wishes(data: Mapping[str, Any]) -> Wishes:
    """What a checkout form chose. Coupons: none sent and `coupons` absent means the best ones."""
    picked = [str(one)[:60] for one in _all(data, "coupon") if one]
    invoice = None
    if data.get("invoice_kind"):
        parts = {name: str(data.get(name) or "")[:200] for name in INVOICE}
        invoice = InvoiceAsk(
            parts["invoice_kind"], parts["invoice_title"], parts["tax_id"], parts["invoice_email"]
        )
    points = str(data.get("points_minor") or "0")
    return Wishes(
        coupons=tuple(picked) if data.get("coupons") == "mine" else None,
        points_minor=int(points) if points.isascii() and points.isdigit() and len(points) < 12 else 0,
        message=str(data.get("message") or "")[:200], invoice=invoice,
    )  # fmt: skip


def _all(data: Mapping[str, Any], name: str) -> list[Any]:
    many = getattr(data, "getlist", None)
    return list(many(name))[:20] if many else [data[name]] if data.get(name) else []


def read_address(buyer_id: int, data: Mapping[str, Any]) -> AddressView:
    """The address a form or an API body names: `address_id`, pasted text, or the parts themselves."""
    chosen = str(data.get("address_id") or "")
    if chosen and chosen != "new":
        return address_of(buyer_id, chosen)
    parts = {name: str(data.get(name) or "") for name in FIELDS}
    pasted = str(data.get("paste") or "")
    if pasted:
        read = places.parse(pasted)
        parts = {name: parts[name] or getattr(read, name) for name in FIELDS}
    return AddressView(
        parts["name"],
        parts["phone"],
        parts["province"],
        parts["city"],
        parts["district"],
        parts["detail"],
        parts["street"],
    )
