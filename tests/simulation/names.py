"""What the small numbers of the simulation are called on the real side."""

from dataclasses import dataclass, field

from grapevine.trade.contracts import AddressView
from tests.simulation.facts import PROVINCES

FIRST_BUYER = 1000
FIRST_OWNER = 500


def buyer_id(buyer: int) -> int:
    return FIRST_BUYER + buyer


def owner_id(shop: int) -> int:
    return FIRST_OWNER + shop


def address(province: int) -> AddressView:
    return AddressView("林知夏", "13800138000", PROVINCES[province], "某市", "某区", "龙井路 1 号")


@dataclass(slots=True)
class Names:
    shops: list[int] = field(default_factory=list)
    warehouses: list[tuple[int, str]] = field(default_factory=list)
    """(id, public id)"""
    goods: list[str] = field(default_factory=list)
    goods_ids: list[int] = field(default_factory=list)
    skus: list[int] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    shares: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    withdrawals: list[str] = field(default_factory=list)
    banks: dict[str, int] = field(default_factory=dict)
    """Bank accounts by the simulation's owner: "shop:0", "person:3"."""

    def owner(self, who: str, number: int) -> str:
        """As the ledger calls them."""
        return f"{who}:{self.shops[number] if who == 'shop' else buyer_id(number)}"

    def shared(self, token: str) -> int:
        if token not in self.shares:
            self.shares.append(token)
        return self.shares.index(token)

    def warehouse_id(self, number: int | None) -> int | None:
        return None if number is None else self.warehouses[number][0]

    def attempt(self, payment: int, place: int) -> str:
        return f"{self.payments[payment]}-{place}"

    def placed(self, payment: str, orders: tuple[str, ...]) -> tuple[int, tuple[int, ...]]:
        """The numbers of what was placed; new ones if it was not known."""
        if payment not in self.payments:
            self.payments.append(payment)
            self.orders += orders
        return self.payments.index(payment), tuple(self.orders.index(one) for one in orders)

    def seated(self, group: str) -> int:
        if group not in self.groups:
            self.groups.append(group)
        return self.groups.index(group)
