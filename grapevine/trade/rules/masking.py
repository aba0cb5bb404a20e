"""What a shop's staff sees of a buyer without asking: enough to tell orders apart, not enough to call or to visit."""

from dataclasses import replace

from grapevine.trade.contracts import AddressView, InvoiceAsk, OrderView

HIDDEN = "***"


def masked_phone(phone: str) -> str:
    """138****6021; nothing at all of a number too short to hide its middle."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else HIDDEN


def masked_name(name: str) -> str:
    return f"{name[:1]}**"


def masked_address(address: AddressView) -> AddressView:
    """The region stays: it says what sending costs. Street and door do not."""
    return replace(
        address, name=masked_name(address.name), phone=masked_phone(address.phone),
        street=HIDDEN if address.street else "", detail=HIDDEN,
    )  # fmt: skip


def masked_invoice(ask: InvoiceAsk) -> InvoiceAsk:
    """A company's name and 税号 are public; a person's name and any e-mail are not."""
    title = ask.title if ask.kind == "company" else masked_name(ask.title)
    return replace(ask, title=title, email=HIDDEN if ask.email else "")


def masked_order(order: OrderView) -> OrderView:
    return replace(
        order,
        address=masked_address(order.address) if order.address else None,
        invoice=masked_invoice(order.invoice) if order.invoice else None,
    )
