"""The real state in the shape of the model's snapshot. Plain statements: it is read some thousand times."""

from collections import Counter
from typing import Any

from grapevine.kit import sql
from tests.simulation.edges import Edges
from tests.simulation.model import Snapshot, remotes_seen
from tests.simulation.names import FIRST_BUYER, Names

STOCK = "SELECT sku_id, warehouse_id, SUM(free), SUM(held), SUM(sold) FROM goods_stock GROUP BY sku_id, warehouse_id"
KEPT = """
SELECT hold.reference, hold.sku_id, stock.warehouse_id, SUM(hold.count), hold.state FROM goods_stockhold hold
JOIN goods_stock stock ON stock.id = hold.stock_id
GROUP BY hold.reference, hold.sku_id, stock.warehouse_id, hold.state
"""
"""Rows of one warehouse (a hot SKU has several) taken together."""
LIMITS = "SELECT buyer_id, goods_id, count FROM trade_limituse WHERE count <> 0"
CARTS = "SELECT buyer_id, sku_id, count FROM trade_cartrow"
PAYMENTS = "SELECT buyer_id, state, method, total_minor FROM trade_payment ORDER BY id"
ATTEMPTS = """
SELECT attempt.id, payment.number, attempt.number, attempt.method, attempt.way, attempt.state
FROM trade_attempt attempt JOIN trade_payment payment ON payment.id = attempt.payment_id ORDER BY attempt.id
"""
ORDERS = """
SELECT o.id, payment.number, o.buyer_id, o.shop_id, o.state, o.total_minor, o.shipping_minor, o.claim,
    o.refunded_minor, o.refunded_subsidy_minor
FROM trade_order o JOIN trade_payment payment ON payment.id = o.payment_id ORDER BY o.id
"""
LINES = """
SELECT order_id, id, sku_id, count, price_minor, discount_minor, subsidy_minor, refunded_count, refunded_minor
FROM trade_line ORDER BY id
"""
STEPS = "SELECT order_id, state FROM trade_orderstep ORDER BY id"
PARCELS = "SELECT order_id, warehouse_id FROM trade_shipment ORDER BY warehouse_id"
REFUNDS = """
SELECT payment.number, refund.attempt_id, o.number, refund.amount_minor, refund.state FROM trade_refund refund
JOIN trade_payment payment ON payment.id = refund.payment_id
LEFT JOIN trade_order o ON o.id = refund.order_id ORDER BY refund.id
"""
CASES = """
SELECT c.id, o.number, c.buyer_id, c.shop_id, c.kind, c.state, c.outcome, c.amount_minor, c.refund_id, c.due_at
FROM trade_case c JOIN trade_order o ON o.id = c.order_id ORDER BY c.id
"""
CASE_LINES = "SELECT case_id, line_id, count FROM trade_caseline ORDER BY line_id"
COMMISSIONS = """
SELECT order_number, payee_id, shop_id, amount_minor, reversed_minor, state FROM spread_commission
"""
UNSETTLED = """
SELECT party.owner, COUNT(*) FROM trade_settlementline line JOIN trade_party party ON party.id = line.party_id
WHERE line.batch_id IS NULL GROUP BY party.owner
"""
WITHDRAWALS = "SELECT owner, amount_minor, state FROM trade_withdrawal ORDER BY id"
BALANCES = "SELECT owner, kind, SUM(balance_minor) FROM ledger_accountrow GROUP BY owner, kind"
GROUPS = """
SELECT plan.public_id, g.leader_id, g.size, g.held, g.paid, g.state FROM campaigns_group g
JOIN campaigns_groupplan plan ON plan.id = g.plan_id ORDER BY g.id
"""
SEATS = """
SELECT g.public_id, seat.person_id, seat.order_number, seat.state FROM campaigns_seat seat
JOIN campaigns_group g ON g.id = seat.group_id ORDER BY seat.id
"""
WAITING = "SELECT COUNT(*) FROM signals_outboxevent WHERE done_at IS NULL"


class Reader:
    def __init__(self, names: Names, edges: Edges) -> None:
        self.names, self.edges = names, edges
        self.sku = {pk: n for n, pk in enumerate(names.skus)}
        self.warehouse = {pk: n for n, (pk, _) in enumerate(names.warehouses)}
        self.goods = {pk: n for n, pk in enumerate(names.goods_ids)}
        self.shop = {pk: n for n, pk in enumerate(names.shops)}
        self.plan = {public_id: n for n, public_id in enumerate(names.plans)}

    def snapshot(self) -> Snapshot:
        self.order = {number: n for n, number in enumerate(self.names.orders)}
        self.payment = {number: n for n, number in enumerate(self.names.payments)}
        self.group = {public_id: n for n, public_id in enumerate(self.names.groups)}
        attempts = sql.rows(ATTEMPTS)
        self.attempt = {pk: n for n, (pk, *_) in enumerate(attempts)}
        return {
            "stock": self._stock(),
            "kept": sorted(
                (self.order[order], self.sku[sku], self.warehouse[place], int(count), state)
                for order, sku, place, count, state in sql.rows(KEPT)
            ),
            "limits": {
                (who - FIRST_BUYER, self.goods[pk]): count for who, pk, count in sql.rows(LIMITS)
            },
            "carts": {
                (who - FIRST_BUYER, self.sku[sku]): count for who, sku, count in sql.rows(CARTS)
            },
            "payments": [(who - FIRST_BUYER, *rest) for who, *rest in sql.rows(PAYMENTS)],
            "attempts": [
                (self.payment[payment], int(number.rpartition("-")[2]), *rest)
                for _, payment, number, *rest in attempts
            ],
            "orders": self._orders(),
            "refunds": self._refunds(),
            "balances": self._balances(),
            "groups": [
                (self.plan[one], leader - FIRST_BUYER, *rest)
                for one, leader, *rest in sql.rows(GROUPS)
            ],
            "seats": [
                (self.group[one], person - FIRST_BUYER, self.order[number], state)
                for one, person, number, state in sql.rows(SEATS)
            ],
            "cases": self._cases(),
            "commissions": sorted(
                (self.order[number], payee - FIRST_BUYER, self.shop[shop], *rest)
                for number, payee, shop, *rest in sql.rows(COMMISSIONS)
            ),
            "unsettled": {self._owner(owner): n for owner, n in sql.rows(UNSETTLED)},
            "withdrawals": [(self._owner(owner), *rest) for owner, *rest in sql.rows(WITHDRAWALS)],
            "waiting": sql.rows(WAITING)[0][0],
            "remotes": remotes_seen(self.edges.remotes),
        }

    def _stock(self) -> dict[tuple[int, int], tuple[int, ...]]:
        found = {}
        for sku, place, *counts in sql.rows(STOCK):
            if any(counts):
                found[self.sku[sku], self.warehouse[place]] = tuple(map(int, counts))
        return found

    def _orders(self) -> list[tuple[Any, ...]]:
        lines: dict[int, list[Any]] = {}
        self.place: dict[int, int] = {}
        for order, line, sku, *rest in sql.rows(LINES):
            own = lines.setdefault(order, [])
            self.place[line] = len(own)
            own.append((self.sku[sku], *rest))
        steps: dict[int, list[str]] = {}
        for order, state in sql.rows(STEPS):
            steps.setdefault(order, []).append(state)
        parcels: dict[int, list[int]] = {}
        for order, place in sql.rows(PARCELS):
            parcels.setdefault(order, []).append(self.warehouse[place])
        return [
            (
                self.payment[payment], who - FIRST_BUYER, self.shop[shop], state, total, shipping,
                self.group[claim.partition(":")[2]] if claim else None, tuple(lines[pk]),
                tuple(steps[pk]), tuple(sorted(parcels.get(pk, []))), *back,
            )
            for pk, payment, who, shop, state, total, shipping, claim, *back in sql.rows(ORDERS)
        ]  # fmt: skip

    def _refunds(self) -> list[tuple[int, int | None, int | None, int, str]]:
        return [
            (
                self.payment[payment], None if pk is None else self.attempt[pk],
                self.order[number] if number else None, amount, state,
            )
            for payment, pk, number, amount, state in sql.rows(REFUNDS)
        ]  # fmt: skip

    def _cases(self) -> list[tuple[Any, ...]]:
        pieces: dict[int, list[tuple[int, int]]] = {}
        for case, line, count in sql.rows(CASE_LINES):
            pieces.setdefault(case, []).append((self.place[line], count))
        refunds = [pk for (pk,) in sql.rows("SELECT id FROM trade_refund ORDER BY id")]
        return [
            (
                self.order[number], buyer - FIRST_BUYER, self.shop[shop], *told,
                None if refund is None else refunds.index(refund), self.edges.seconds(due),
                tuple(sorted(pieces[pk])),
            )
            for pk, number, buyer, shop, *told, refund, due in sql.rows(CASES)
        ]  # fmt: skip

    def _owner(self, owner: str) -> str:
        """The simulation's name of who has an account: "order:0", "shop:1", "person:2", "platform"."""
        what, _, name = owner.partition(":")
        if not name:
            return owner
        if what == "order":
            return f"order:{self.order[name]}"
        number = self.shop[int(name)] if what == "shop" else int(name) - FIRST_BUYER
        return f"{what}:{number}"

    def _balances(self) -> dict[tuple[str, str], int]:
        found: Counter[tuple[str, str]] = Counter()
        for owner, kind, amount in sql.rows(BALANCES):
            found[self._owner(owner), kind] += int(amount)
        return {key: amount for key, amount in found.items() if amount}
