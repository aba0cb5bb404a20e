"""What the checkout page shows, also when another module (a group) sends the buyer there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from grapevine.kit.errors import DomainError
from grapevine.kit.formats import chinese
from grapevine.kit.ids import new_id
from grapevine.kit.problems import words
from grapevine.trade.contracts import (
    AddressView,
    BadAddress,
    BadInvoice,
    InvoiceAsk,
    NotDelivered,
    OfferGone,
    PriceChanged,
    Quote,
    Wishes,
)
from grapevine.trade.queries import bill
from grapevine.trade.queries.pickup import points_of
from grapevine.trade.queries.reading import NO_PICKS, NO_WISHES, address_of, addresses, quote
from grapevine.trade.rules import address as places, regions

FIELDS = ("name", "phone", "province", "city", "district", "detail", "street")
INVOICE = ("invoice_kind", "invoice_title", "tax_id", "invoice_email")
STEPS = ("price", "regions", "read", "best", "none")
"""What a checkout form may ask for instead of an order: count again, the next regions, read a pasted address."""


def step_of(data: Mapping[str, Any]) -> str:
    """The step a form asks for; "" if it orders."""
    step = str(data.get("step") or "")
    return step if step in STEPS else ""


@dataclass(frozen=True, slots=True)
class BookLine:
    """An address as the list shows it: the phone masked, the place in one line."""

    id: int
    name: str
    phone: str
    place: str
    is_default: bool


def checkout_context(
    *,
    buyer_id: int,
    lines: Sequence[tuple[int, int]],
    claim: str = "",
    wishes: Wishes = NO_WISHES,
    submit_url: str,
    hidden: Mapping[str, str | list[str]],
    error: DomainError | None = None,
    given: Mapping[str, Any] | None = None,
    back: str = "/",
    picks: Mapping[int, str] = NO_PICKS,
) -> dict[str, Any]:
    """The context of `trade/checkout.html`: the bill, the address book, and the form as it was `given`."""
    data, book = given or {}, addresses(buyer_id)
    fields, chosen = _address_part(data, book)
    there = next((one.province for one in book if str(one.id) == chosen), fields["province"])
    priced, refused = _priced(buyer_id, lines, claim, wishes, there, picks)
    refused = error or refused
    bills = bill.shop_bills(priced)
    bills = _with_points(bills, wishes)
    counted = bill.bill_lines(priced, bills)
    return {
        "quote": priced, "bills": bills, "lines": counted, "seen": bill.seen(counted),
        "coupons": bill.coupons_of(priced),
        "picks_own": wishes.coupons is not None and refused is error,
        "changes": bill.changes(str(data.get("seen") or ""), counted)
        if isinstance(error, PriceChanged | OfferGone) else [],
        "was_minor": _minor(data.get("expected_minor")), "chosen": chosen, "submit_url": submit_url,
        "book": [book_line(one) for one in book], "hidden": _pairs(hidden), "back": back,
        "key": str(data.get("key") or new_id())[:80], "given": data, "error": refused,
        "errors": field_errors(refused), "refusal": words(refused) if refused else None, "minutes": settings.HOLD_MINUTES,
        **address_form(fields, data),
    }  # fmt: skip


def _priced(
    buyer_id: int,
    lines: Sequence[tuple[int, int]],
    claim: str,
    wishes: Wishes,
    province: str,
    picks: Mapping[int, str],
) -> tuple[Quote, DomainError | None]:
    """The quote these wishes give; where they are refused, the best one and why."""
    try:
        return quote(
            buyer_id=buyer_id,
            lines=lines,
            claim=claim,
            wishes=wishes,
            province=province,
            picks=picks,
        ), None
    except (NotDelivered, OfferGone) as refused:
        return quote(buyer_id=buyer_id, lines=lines, claim=claim, picks=picks), refused


def _pairs(hidden: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
    return [
        (name, one)
        for name, value in hidden.items()
        for one in (value if isinstance(value, list) else [value])
    ]


def _minor(text: object) -> int | None:
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


def field_errors(error: DomainError | None) -> dict[str, str]:
    """What to say beside each field, in the reader's language."""
    known = error.fields if isinstance(error, BadAddress | BadInvoice) else {}
    return {name: _(text) for name, text in known.items()}


def _address_part(
    data: Mapping[str, Any], book: Sequence[AddressView]
) -> tuple[dict[str, str], str]:
    """The new address as far as it is written, and which address is chosen: an id, or "new"."""
    fields = address_fields(data)
    chosen = str(data.get("address_id") or "")
    if chosen != "new" and not any(str(one.id) == chosen for one in book):
        chosen = "new" if not book or any(fields.values()) else str(book[0].id)
    if step_of(data) == "read":
        chosen = "new"
    return fields, chosen


def address_fields(data: Mapping[str, Any]) -> dict[str, str]:
    """The parts of an address a form holds. `step=read` fills them from the pasted text; regions that do not
    lie in one another are taken out, and where a level has one choice it is made."""
    parts = {name: str(data.get(name) or "")[:120] for name in FIELDS}
    if step_of(data) == "read":
        read = places.parse(str(data.get("paste") or ""))
        told = {name: getattr(read, name) for name in FIELDS}
        parts = {name: told[name] or parts[name] for name in FIELDS}
        if read.province or read.city:
            parts |= {name: told[name] for name in ("province", "city", "district", "street")}
        return parts
    return _consistent(parts) if step_of(data) == "regions" else parts


def _consistent(parts: dict[str, str]) -> dict[str, str]:
    """Take out what does not lie in the level above; what no list knows was written by hand and stays."""
    parts["city"] = _fitting(parts["city"], regions.cities(parts["province"]))
    own = regions.districts(parts["province"], parts["city"])
    parts["district"] = _fitting(parts["district"], own) if parts["city"] else ""
    own = regions.streets(parts["province"], parts["city"], parts["district"])
    if own and parts["street"] not in own:
        parts["street"] = own[0] if len(own) == 1 else ""
    return parts


def _fitting(name: str, known: list[str]) -> str:
    if name in known or (name and not regions.is_listed(name)):
        return name
    return known[0] if len(known) == 1 else ""


def address_form(fields: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, Any]:
    """What `trade/_address_fields.html` needs: the parts, and the choices of every level so far."""
    province, city, district = fields["province"], fields["city"], fields["district"]
    return {
        "fields": fields, "paste": str(data.get("paste") or ""), "provinces": places.PROVINCES,
        "cities": _with(regions.cities(province), city),
        "districts": _with(regions.districts(province, city), district),
        "streets": _with(regions.streets(province, city, district), fields["street"]),
        "was_read": step_of(data) == "read",
    }  # fmt: skip


def _with(names: list[str], own: str) -> list[str]:
    """The choices, and what is written already though the lists do not know it."""
    return names if not own or own in names else [own, *names]


def book_line(one: AddressView) -> BookLine:
    return BookLine(
        one.id or 0, one.name, places.masked(one.phone), place_text(one), one.is_default
    )


def place_text(one: AddressView) -> str:
    """The place in one line, in the order of the reader's language; a level said twice is said once."""
    levels = list(dict.fromkeys(filter(None, [one.province, one.city, one.district, one.street])))
    if chinese():
        return f"{''.join(levels)} {one.detail}"
    return ", ".join([one.detail, *reversed(levels)])


def read_wishes(data: Mapping[str, Any]) -> Wishes:
    """What a checkout form chose.

    Coupons: the best ones, until the form says `coupons=mine` or another set than the best (`offered`) is picked.
    """
    picked = [str(one)[:60] for one in _all(data, "coupon") if one]
    invoice = None
    if data.get("invoice_kind"):
        parts = {name: str(data.get(name) or "")[:200] for name in INVOICE}
        invoice = InvoiceAsk(
            parts["invoice_kind"], parts["invoice_title"], parts["tax_id"], parts["invoice_email"]
        )
    points = str(data.get("points_minor") or "0")
    return Wishes(
        coupons=_coupons(data, picked),
        points_minor=int(points) if points.isascii() and points.isdigit() and len(points) < 12 else 0,
        message=str(data.get("message") or "")[:200], invoice=invoice, pickups=_pickups(data),
        confirmed=frozenset(int(one) for one in _all(data, "no_return") if _is_id(one)),
    )  # fmt: skip


def _is_id(text: object) -> bool:
    return str(text).isascii() and str(text).isdigit() and len(str(text)) < 16


def _pickups(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The point chosen for each shop: `pickup_<shop>` of a form, `pickups` of an API body."""
    named = (str(data.get(name) or "") for name in data if str(name).startswith("pickup_"))
    return tuple(sorted({one[:12] for one in named if one}))[:20]


def _with_points(bills: list[bill.ShopBill], wishes: Wishes) -> list[bill.ShopBill]:
    """With the places where each shop's goods can be fetched, and the one chosen. One query."""
    known = points_of(one.quote.shop_id for one in bills)
    found = []
    for one in bills:
        own = tuple(point for point in known if point.shop_id == one.quote.shop_id)
        picked = next((p.public_id for p in own if p.public_id in wishes.pickups), "")
        said = _("到店自提，不收运费") if picked else one.shipping
        found.append(replace(one, points=own, picked=picked, shipping=said))
    return found


def _coupons(data: Mapping[str, Any], picked: list[str]) -> tuple[str, ...] | None:
    if data.get("step") in ("best", "none"):
        return None if data["step"] == "best" else ()
    offered = data.get("offered")
    changed = offered is not None and set(picked) != set(str(offered).split())
    return tuple(picked) if data.get("coupons") == "mine" or changed else None


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
    if pasted and not parts["detail"]:
        read = asdict(places.parse(pasted))
        parts = {name: parts[name] or str(read[name]) for name in FIELDS}
    return AddressView(
        parts["name"], parts["phone"], parts["province"], parts["city"], parts["district"],
        parts["detail"], parts["street"],
    )  # fmt: skip
