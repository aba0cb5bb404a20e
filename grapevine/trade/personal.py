"""What trade holds of a person: for their own export, and taken away when they close the account.

E-Commerce Law of the PRC, article 31: what was traded is kept for three years; who it went to is not part of that once
the order has ended. A person whose order is under way closes the account after it has arrived.
"""

from dataclasses import asdict

from grapevine.kit import clock
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import (
    Address,
    BankAccount,
    CartRow,
    InvoiceRequest,
    Order,
    Payer,
    Withdrawal,
)
from grapevine.trade.queries.reading import addresses, views
from grapevine.trade.refusals import OrdersUnderWay, PayoutUnderWay

ENDED = (OrderState.COMPLETED, OrderState.CANCELLED, OrderState.REFUNDED)


def own_trade(person_id: int) -> dict[str, object]:
    """Address book and orders, each with where it went and what was written on it."""
    rows = list(Order.objects.filter(buyer_id=person_id).select_related("payment").order_by("id"))
    return {
        "addresses": [asdict(one) for one in addresses(person_id)],
        "bank_accounts": [
            {
                "holder": one.holder, "bank": one.bank, "number": one.number, "state": one.state,
                "added_at": one.added_at.isoformat(),
            }
            for one in BankAccount.objects.filter(owner=f"person:{person_id}").order_by("id")
        ],
        "wechat": [
            {"app_id": one.app_id, "openid": one.openid, "seen_at": one.seen_at.isoformat()}
            for one in Payer.objects.filter(person_id=person_id).order_by("id")
        ],
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
    """The address book, the cart, the addresses of ended orders, the openid and the bank accounts' numbers go.

    Raises OrdersUnderWay, or PayoutUnderWay while money is on its way to one of the accounts.
    """
    orders = Order.objects.filter(buyer_id=person_id)
    if orders.exclude(state__in=ENDED).exists():
        raise OrdersUnderWay(person_id)
    owner = f"person:{person_id}"
    if Withdrawal.objects.filter(owner=owner, ended_at=None).exists():
        raise PayoutUnderWay(person_id)
    BankAccount.objects.filter(owner=owner).update(
        holder="", number="", tail="", bank="", state="removed", ended_at=clock.now()
    )
    Address.objects.filter(person_id=person_id).delete()
    Payer.objects.filter(person_id=person_id).delete()
    CartRow.objects.filter(buyer_id=person_id).delete()
    InvoiceRequest.objects.filter(order__buyer_id=person_id).delete()
    orders.update(address="", city="", message="")
