"""The real state in the shape of the model's snapshot."""

from collections import Counter
from typing import Any

from grapevine.campaigns.models import Group, Seat
from grapevine.goods.models import Stock, StockHold
from grapevine.ledger.models import AccountRow
from grapevine.signals.models import OutboxEvent
from grapevine.trade.models import (
    Attempt,
    CartRow,
    LimitUse,
    Line,
    Order,
    OrderStep,
    Payment,
    Refund,
    Shipment,
)
from tests.simulation.edges import Edges
from tests.simulation.model import Snapshot, remotes_seen
from tests.simulation.names import FIRST_BUYER, Names


class Reader:
    """Reads with few queries; `ids` is what the rows are called in the simulation."""

    def __init__(self, names: Names, edges: Edges) -> None:
        self.names, self.edges = names, edges
        self.sku = {pk: n for n, pk in enumerate(names.skus)}
        self.warehouse = {pk: n for n, (pk, _) in enumerate(names.warehouses)}
        self.goods = {pk: n for n, pk in enumerate(names.goods_ids)}
        self.shop = {pk: n for n, pk in enumerate(names.shops)}

    def snapshot(self) -> Snapshot:
        self.order = {number: n for n, number in enumerate(self.names.orders)}
        self.payment = {number: n for n, number in enumerate(self.names.payments)}
        return {
            "stock": self._stock(),
            "kept": self._kept(),
            "limits": self._limits(),
            "carts": self._carts(),
            "payments": self._payments(),
            "attempts": self._attempts(),
            "orders": self._orders(),
            "refunds": self._refunds(),
            "balances": self._balances(),
            "groups": self._groups(),
            "seats": self._seats(),
            "waiting": OutboxEvent.objects.filter(done_at=None).count(),
            "remotes": remotes_seen(self.edges.remotes),
        }

    def _stock(self) -> dict[tuple[int, int], tuple[int, int, int]]:
        found: dict[tuple[int, int], tuple[int, int, int]] = {}
        rows = Stock.objects.values_list("sku_id", "warehouse_id", "free", "held", "sold")
        for sku, warehouse, *counts in rows:
            key = (self.sku[sku], self.warehouse[warehouse])
            before = found.get(key, (0, 0, 0))
            found[key] = tuple(a + b for a, b in zip(before, counts, strict=True))  # type: ignore[assignment]
        return {key: counts for key, counts in found.items() if any(counts)}

    def _kept(self) -> list[tuple[int, int, int, int, str]]:
        """Rows of one warehouse (a hot SKU has several) taken together."""
        found: Counter[tuple[int, int, int, str]] = Counter()
        rows = StockHold.objects.values_list(
            "reference", "sku_id", "stock__warehouse_id", "state", "count"
        )
        for reference, sku, warehouse, state, count in rows:
            key = (self.order[reference], self.sku[sku], self.warehouse[warehouse], state)
            found[key] += count
        return sorted((o, s, w, count, state) for (o, s, w, state), count in found.items())

    def _limits(self) -> dict[tuple[int, int], int]:
        rows = LimitUse.objects.filter(count__gt=0).values_list("buyer_id", "goods_id", "count")
        return {(buyer - FIRST_BUYER, self.goods[pk]): count for buyer, pk, count in rows}

    def _carts(self) -> dict[tuple[int, int], int]:
        rows = CartRow.objects.values_list("buyer_id", "sku_id", "count")
        return {(buyer - FIRST_BUYER, self.sku[sku]): count for buyer, sku, count in rows}

    def _payments(self) -> list[tuple[int, str, str, int]]:
        rows = Payment.objects.order_by("id").values_list(
            "buyer_id", "state", "method", "total_minor"
        )
        return [(buyer - FIRST_BUYER, *rest) for buyer, *rest in rows]  # type: ignore[misc]

    def _attempts(self) -> list[tuple[int, int, str, str, str]]:
        rows = Attempt.objects.order_by("id").values_list(
            "id", "payment__number", "number", "method", "way", "state"
        )
        found = []
        self.attempt = {}
        for n, (pk, payment, number, *rest) in enumerate(rows):
            self.attempt[pk] = n
            found.append((self.payment[payment], int(number.rpartition("-")[2]), *rest))
        return found  # type: ignore[return-value]

    def _orders(self) -> list[tuple[Any, ...]]:
        lines: dict[int, list[Any]] = {}
        for order, sku, *rest in Line.objects.order_by("id").values_list(
            "order_id", "sku_id", "count", "price_minor", "discount_minor", "subsidy_minor"
        ):
            lines.setdefault(order, []).append((self.sku[sku], *rest))
        steps: dict[int, list[str]] = {}
        for order, state in OrderStep.objects.order_by("id").values_list("order_id", "state"):
            steps.setdefault(order, []).append(state)
        parcels: dict[int, list[int]] = {}
        for order, place in Shipment.objects.values_list("order_id", "warehouse_id"):
            parcels.setdefault(order, []).append(self.warehouse[place or 0])
        group = {public_id: n for n, public_id in enumerate(self.names.groups)}
        rows = Order.objects.order_by("id").values_list(
            "id", "payment__number", "buyer_id", "shop_id", "state", "total_minor",
            "shipping_minor", "claim",
        )  # fmt: skip
        return [
            (
                self.payment[payment], buyer - FIRST_BUYER, self.shop[shop], state, total, shipping,
                group[claim.partition(":")[2]] if claim else None, tuple(lines[pk]),
                tuple(steps[pk]), tuple(sorted(parcels.get(pk, []))),
            )
            for pk, payment, buyer, shop, state, total, shipping, claim in rows
        ]  # fmt: skip

    def _refunds(self) -> list[tuple[int, int | None, int | None, int, str]]:
        rows = Refund.objects.order_by("id").values_list(
            "payment__number", "attempt_id", "order__number", "amount_minor", "state"
        )
        return [
            (
                self.payment[payment], None if pk is None else self.attempt[pk],
                self.order[number] if number else None, amount, state,
            )
            for payment, pk, number, amount, state in rows
        ]  # fmt: skip

    def _balances(self) -> dict[tuple[str, str], int]:
        found: Counter[tuple[str, str]] = Counter()
        for owner, kind, amount in AccountRow.objects.values_list("owner", "kind", "balance_minor"):
            what, _, name = owner.partition(":")
            if what == "order":
                owner = f"order:{self.order[name]}"
            elif what == "shop":
                owner = f"shop:{self.shop[int(name)]}"
            found[owner, kind] += amount
        return {key: amount for key, amount in found.items() if amount}

    def _groups(self) -> list[tuple[int, int, int, int, int, str]]:
        plan = {public_id: n for n, public_id in enumerate(self.names.plans)}
        rows = Group.objects.order_by("id").values_list(
            "plan__public_id", "leader_id", "size", "held", "paid", "state"
        )
        return [(plan[one], leader - FIRST_BUYER, *rest) for one, leader, *rest in rows]  # type: ignore[misc]

    def _seats(self) -> list[tuple[int, int, int, str]]:
        group = {public_id: n for n, public_id in enumerate(self.names.groups)}
        rows = Seat.objects.order_by("id").values_list(
            "group__public_id", "person_id", "order_number", "state"
        )
        return [
            (group[one], person - FIRST_BUYER, self.order[number], state)
            for one, person, number, state in rows
        ]
