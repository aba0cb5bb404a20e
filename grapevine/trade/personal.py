"""What trade holds of a person: for their own export, and taken away when they close the account.

E-Commerce Law of the PRC, article 31: what was traded is kept for three years; who it went to is not part of that once
the order has ended. A person whose order is under way closes the account after it has arrived.
"""

from dataclasses import asdict

from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Address, CartRow, InvoiceRequest, Order
from grapevine.trade.queries.reading import addresses, views
from grapevine.trade.refusals import OrdersUnderWay

ENDED = (OrderState.COMPLETED, OrderState.CANCELLED, OrderState.REFUNDED)


def own_trade(person_id: int) -> dict[str, object]:
    """Address book and orders, each with where it went and what was written on it."""
    rows = list(Order.objects.filter(buyer_id=person_id).select_related("payment").order_by("id"))
    return {
        "addresses": [asdict(one) for one in addresses(person_id)],
        "orders": [
            {
                "number": one.number, "shop": one.shop_name, "state": str(one.state),
                "total_minor": one.total_minor, "message": one.message,
                "placed_at": one.placed_at.isoformat(),
                "address": asdict(one.address) if one.address else None,
                "invoice": asdict(one.invoice) if one.invoice else None,
            }
            for one in views(rows, whole=True)
        ],
    }  # fmt: skip


def erase_trade(person_id: int) -> None:
    """The address book, the cart, and the addresses of ended orders go. Raises OrdersUnderWay."""
    orders = Order.objects.filter(buyer_id=person_id)
    if orders.exclude(state__in=ENDED).exists():
        raise OrdersUnderWay(person_id)
    Address.objects.filter(person_id=person_id).delete()
    CartRow.objects.filter(buyer_id=person_id).delete()
    InvoiceRequest.objects.filter(order__buyer_id=person_id).delete()
    orders.update(address="", message="")
