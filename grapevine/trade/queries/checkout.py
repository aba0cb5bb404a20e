"""What the checkout page shows, also when another module (a group) sends the buyer there."""

from collections.abc import Mapping, Sequence
from typing import Any

from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.trade.contracts import AddressView, BadAddress
from grapevine.trade.queries.reading import addresses, quote
from grapevine.trade.rules import address as places
from grapevine.trade.rules.address import PROVINCES

FIELDS = ("name", "phone", "province", "city", "district", "detail")


def checkout_context(
    *,
    buyer_id: int,
    lines: Sequence[tuple[int, int]],
    claim: str = "",
    submit_url: str,
    hidden: Mapping[str, str],
    error: DomainError | None = None,
    given: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The context of `trade/checkout.html`: the quote, the address book, and a fresh form key."""
    book = addresses(buyer_id)
    chosen = book[0] if book and not given else None
    return {
        "quote": quote(buyer_id=buyer_id, lines=lines, claim=claim),
        "book": book,
        "chosen": chosen,
        "provinces": PROVINCES,
        "submit_url": submit_url,
        "hidden": dict(hidden),
        "key": (given or {}).get("key") or new_id(),
        "given": given or {},
        "errors": error.fields if isinstance(error, BadAddress) else {},
        "error": error,
    }


def read_address(buyer_id: int, data: Mapping[str, Any]) -> AddressView:
    """The address a form or an API body names: `address_id`, pasted text, or the parts themselves."""
    chosen = str(data.get("address_id") or "")
    if chosen and chosen != "new":
        found = next((one for one in addresses(buyer_id) if str(one.id) == chosen), None)
        if found is None:
            raise BadAddress
        return found
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
    )
