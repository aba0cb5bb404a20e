"""The model's shops, carts and orders: what is sold, what is bought, and where every order stands."""

from collections.abc import Mapping, Sequence

from tests.simulation import pricing
from tests.simulation.books import Books
from tests.simulation.facts import (
    COUNT_MAX,
    HOLD,
    STOCK_HOLD,
    WAYS,
    Attempt,
    Case,
    Commission,
    Goods,
    Group,
    Line,
    News,
    Operation,
    Order,
    Payment,
    Plan,
    Refund,
    Refused,
    Seat,
    Setup,
    Share,
    Sku,
)
from tests.simulation.instruments import INSTRUMENTS
from tests.simulation.parties import Parties
from tests.simulation.pricing import Wanted
from tests.simulation.remote import Remote
from tests.simulation.shelves import Place, Shelves, Warehouse

Lines = Sequence[tuple[int, int]]
Pieces = Mapping[int, int]
"""Place of a line in its order → how many."""
REFUNDABLE = ("paid", "shipped", "received", "completed")
CASE_OPEN = (
    "requested", "rejected", "platform", "returning", "sent", "received", "replaced", "refunding",
)  # fmt: skip
MOVES = {
    ("pending", "paid"): ("provider",),
    ("pending", "waiting"): ("provider",),
    ("pending", "cancelled"): ("buyer", "system"),
    ("waiting", "paid"): ("system",),
    ("waiting", "refunded"): ("buyer", "shop", "system"),
    ("paid", "shipped"): ("shop", "case"),
    ("paid", "refunded"): ("buyer", "shop", "system", "case"),
    ("shipped", "received"): ("buyer", "system"),
    ("shipped", "refunded"): ("shop", "case"),
    ("received", "completed"): ("system",),
    ("received", "refunded"): ("shop", "case"),
    ("completed", "refunded"): ("case",),
}
"""As docs/ORDERS.md has them: every move and who may make it."""


class Market:
    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.now = 0
        self.shelves = Shelves()
        self.books = Books()
        self.remotes = {name: Remote(name) for name in WAYS}
        self.skus: list[Sku] = []
        self.goods: list[Goods] = []
        self.plans: list[Plan] = []
        self.carts: dict[tuple[int, int], int] = {}
        self.limits: dict[tuple[int, int], int] = {}
        self.payments: list[Payment] = []
        self.attempts: list[Attempt] = []
        self.orders: list[Order] = []
        self.refunds: list[Refund] = []
        self.groups: list[Group] = []
        self.seats: list[Seat] = []
        self.cases: list[Case] = []
        self.shares: list[Share] = []
        self.commissions: dict[int, Commission] = {}
        self.purchases: dict[int, int] = {}
        """What final orders count for their buyers' points."""
        self.news: list[News] = []
        self.parties = Parties(self)
        self.hiccups = 0
        self._open()

    def _open(self) -> None:
        for buyer in range(self.setup.buyers):
            self.books.move(
                "platform", "points:issued", f"person:{buyer}", "points", self.setup.points
            )
        for shop, spec in enumerate(self.setup.shops):
            start = len(self.shelves.warehouses)
            self.shelves.warehouses += [Warehouse(shop, *one) for one in spec.warehouses]
            for goods in spec.goods:
                pk = len(self.goods)
                self.goods.append(Goods(shop, [], goods.limit))
                for sku in goods.skus:
                    self._stock(shop, pk, sku.price, sku.grams, start, sku.stock)
                if goods.plan is not None:
                    self.plans.append(Plan(pk, shop, goods.plan))

    def _stock(
        self, shop: int, goods: int, price: int, grams: int, start: int, stock: Sequence[int]
    ) -> None:
        """New SKUs come to the shop's first warehouse; the others get theirs afterwards."""
        sku = len(self.skus)
        self.skus.append(Sku(goods, shop, price, grams))
        self.goods[goods].skus.append(sku)
        first = self.shelves.first(shop)
        self.shelves.places[sku] = [Place(first, stock[first - start])]
        for n, count in enumerate(stock):
            if start + n != first and count:
                self.shelves.put(sku, start + n, count)

    # What a cart holds

    def cart_add(self, op: Operation) -> None:
        buyer, wanted = op.args["buyer"], dict[int, int]()
        for sku, count in op.args["lines"]:
            if not 1 <= count <= COUNT_MAX:
                raise Refused("trade.wrong_count")
            if not self.goods[self.skus[sku].goods].on_sale:
                raise Refused("trade.not_on_sale")
            wanted[sku] = min(COUNT_MAX, wanted.get(sku, 0) + count)
        for sku, count in wanted.items():
            before = self.carts.get((buyer, sku), 0)
            self.carts[buyer, sku] = min(COUNT_MAX, before + count)

    def cart_set(self, op: Operation) -> None:
        key, count = (op.args["buyer"], op.args["sku"]), op.args["count"]
        if count == 0:
            self.carts.pop(key, None)
            return
        if not 1 <= count <= COUNT_MAX:
            raise Refused("trade.wrong_count")
        if key not in self.carts:
            raise Refused("not_found")
        self.carts[key] = count

    # What it costs

    def priced(
        self, lines: Lines, province: int | None, plan: int | None = None, *, points: int = 0
    ) -> list[tuple[int, list[Wanted], int]]:
        """(shop, lines, shipping) in the order the shops first appear in. `points` at most may pay."""
        wanted = self._wanted(lines)
        for instrument in INSTRUMENTS:
            instrument(self, wanted, plan)
        pricing.take_points(wanted, points)
        found = []
        for shop in dict.fromkeys(one.shop for one in wanted):
            own = [one for one in wanted if one.shop == shop]
            found.append(
                (shop, own, pricing.sending(own, self.setup.shops[shop].sending, province))
            )
        return found

    def _wanted(self, lines: Lines) -> list[Wanted]:
        if not lines:
            raise Refused("trade.nothing_to_buy")
        counts: dict[int, int] = {}
        for sku, count in lines:
            if not 1 <= count <= COUNT_MAX:
                raise Refused("trade.wrong_count")
            counts[sku] = counts.get(sku, 0) + count
        found = []
        for sku, count in counts.items():
            own = self.skus[sku]
            if not self.goods[own.goods].on_sale:
                raise Refused("trade.not_on_sale")
            if count > COUNT_MAX:
                raise Refused("trade.wrong_count")
            line = Line(sku, count, own.price)
            found.append(Wanted(sku, own.shop, own.goods, own.grams, line))
        return found

    def quote(self, op: Operation) -> list[tuple[int, int, int, int]]:
        """(shop, discount, shipping, total) each."""
        return [
            (shop, sum(one.line.discount for one in own), cost, sum(one.left for one in own) + cost)
            for shop, own, cost in self.priced(
                op.args["lines"], op.args["province"], points=self._points(op)
            )
        ]

    def _points(self, op: Operation) -> int:
        """What the buyer wants points to pay, as far as they reach."""
        has = self.books.balance(f"person:{op.args['buyer']}", "points")
        wanted: int = op.args["points"]
        return min(wanted, has)

    # Placing

    def placed_before(self, buyer: int, key: str) -> int | None:
        """The payment that a form with this key made."""
        own = (n for n, p in enumerate(self.payments) if (p.buyer, p.key) == (buyer, key))
        return next(own, None) if key else None

    def place(self, op: Operation) -> tuple[int, tuple[int, ...], int]:
        """(payment, its orders, total)."""
        args = op.args
        try:
            payment = self._place(op)
        except Refused:
            before = self.placed_before(args["buyer"], args["key"])
            if before is None:
                raise
            return self.told(before)
        if args["from_cart"]:
            for sku, _ in args["lines"]:
                self.carts.pop((args["buyer"], sku), None)
        return self.told(payment)

    def _place(self, op: Operation) -> int:
        priced = self.priced(op.args["lines"], op.args["province"], points=self._points(op))
        total = sum(one.left for _, own, _ in priced for one in own) + sum(c for *_, c in priced)
        if op.args["expected"] not in (None, total):
            raise Refused("trade.price_changed")
        return self.write(op, priced, None)

    def told(self, payment: int) -> tuple[int, tuple[int, ...], int]:
        own = self.payments[payment]
        return payment, tuple(own.orders), own.total

    def write(
        self, op: Operation, priced: Sequence[tuple[int, list[Wanted], int]], group: int | None
    ) -> int:
        """Everything that placing changes, or a refusal and nothing."""
        buyer, province = op.args["buyer"], op.args["province"]
        lines = [one.line for _, own, _ in priced for one in own]
        self.shelves.check([(line.sku, line.count) for line in lines])
        self._count(buyer, lines, dry=True)
        if self.placed_before(buyer, op.args["key"]) is not None:
            raise Refused("placed before")
        self._count(buyer, lines, dry=False)
        payment, first = len(self.payments), len(self.orders)
        for n, (shop, own, cost) in enumerate(priced):
            order = Order(payment, buyer, shop, [one.line for one in own], cost, province, group)
            order.share = op.args.get("share")
            self.orders.append(order)
            if order.points:
                who = f"person:{buyer}"
                self.books.move(who, "points", who, "hold", order.points)
            for line in order.lines:
                self.shelves.hold(
                    first + n, line.sku, line.count, province=province, until=self.now + STOCK_HOLD
                )
        numbers = list(range(first, len(self.orders)))
        total = sum(self.orders[n].total for n in numbers)
        method = op.args.get("method", "")
        self.payments.append(
            Payment(buyer, op.args["key"], total, self.now + HOLD, numbers, method=method)
        )
        if method:
            self.attempts.append(Attempt(payment, 1, method, "", self.now))
        self.tell("placed", numbers)
        if total == 0:
            self.paid(payment, None, "none")
        return payment

    def _count(self, buyer: int, lines: Sequence[Line], *, dry: bool) -> None:
        """Pieces of limited goods, whatever the order they are in."""
        wanted: dict[int, int] = {}
        for line in lines:
            goods = self.skus[line.sku].goods
            if self.goods[goods].limit:
                wanted[goods] = wanted.get(goods, 0) + line.count
                line.counted = True
        for goods, count in wanted.items():
            before = self.limits.get((buyer, goods), 0)
            if before + count > self.goods[goods].limit:
                raise Refused("trade.limit_reached")
            if not dry:
                self.limits[buyer, goods] = before + count

    # Moving

    def tell(self, kind: str, about: Sequence[int]) -> None:
        self.news += [News(kind, one) for one in about]

    def move(self, number: int, target: str, actor: str) -> Order:
        order = self.orders[number]
        if actor not in MOVES.get((order.state, target), ()):
            raise Refused("trade.illegal_move")
        order.state = target
        order.steps.append(target)
        return order

    def close(self, payment: int, actor: str) -> None:
        """Give up what nobody paid: stock and limits come back."""
        own = self.payments[payment]
        if own.state != "pending":
            raise Refused("trade.illegal_move")
        own.state = "closed"
        for number in own.orders:
            self.move(number, "cancelled", actor)
            self.shelves.release(number)
            self.give_back(number)
        self.tell("cancelled", own.orders)

    def give_back(self, number: int) -> None:
        order = self.orders[number]
        self._uncount(order, {n: line.count for n, line in enumerate(order.lines)})

    def _uncount(self, order: Order, pieces: Pieces) -> None:
        for n, line in enumerate(order.lines):
            if line.counted:
                self.limits[order.buyer, self.skus[line.sku].goods] -= pieces.get(n, 0)

    def paid(self, payment: int, attempt: int | None, method: str) -> None:
        """Money for a payment nobody has paid yet: its orders are paid."""
        own = self.payments[payment]
        own.state, own.method, own.captured_by = "paid", method, attempt
        for number in own.orders:
            order = self.move(
                number, "paid" if self.orders[number].group is None else "waiting", "provider"
            )
            self.shelves.sell(number)
            self.books.move("platform", f"cash:{method}", f"order:{number}", "escrow", order.total)
            self.books.move("platform", "subsidy", f"order:{number}", "escrow", order.subsidy)
        self.tell("paid", own.orders)

    # Going back

    def refund(self, number: int, actor: str) -> None:
        """What is left of the order goes back: what has not left is on the shelf again, the money is to be sent."""
        before = self.orders[number].state
        order = self.move(number, "refunded", actor)
        if before not in ("shipped", "received"):
            self.shelves.restock(number, gone=order.parcels)
        self._back(number, {n: line.count - line.back for n, line in enumerate(order.lines)})
        self.close_cases(number)

    def refund_pieces(self, number: int, pieces: Pieces, *, came_back: bool = False) -> int | None:
        """Some pieces go back (place of the line → how many); the refund's number, if there is money in it."""
        order = self.orders[number]
        left = {n: line.count - line.back for n, line in enumerate(order.lines)}
        if order.state not in REFUNDABLE or any(n > left[k] for k, n in pieces.items()):
            raise Refused("trade.illegal_move")
        is_unsent = order.state == "paid"
        for n, count in pieces.items() if is_unsent or came_back else ():
            gone = order.parcels if is_unsent else ()
            self.shelves.restock_pieces(number, order.lines[n].sku, count, gone=gone)
        is_last = all(pieces.get(n, 0) == count for n, count in left.items())
        if is_last:
            self.move(number, "refunded", "case")
        made = self._back(number, pieces)
        if is_last:
            self.close_cases(number)
        elif is_unsent and order.parcels and order.parcels >= set(self.shelves.parcels(number)):
            self.move(number, "shipped", "case").shipped_at = self.now
            self.tell("shipped", [number])
        return made

    def _back(self, number: int, pieces: Pieces) -> int | None:
        """Count what goes back, and book its money; the refund's number."""
        order = self.orders[number]
        goods, shipping, subsidy = pricing.given_back(order, pieces)
        told = pricing.points_back(order, pieces)
        before, amount = order.refunded, sum(goods.values()) + shipping
        for n, count in pieces.items():
            order.lines[n].back += count
            order.lines[n].returned += goods[n]
        order.refunded += amount
        order.refunded_subsidy += subsidy
        self._uncount(order, pieces)
        if amount:
            self.refunds.append(Refund(order.payment, None, number, amount, self.now))
        source = (f"order:{number}", "escrow")
        if order.is_settled:
            self.parties.claw_back(f"shop:{order.shop}", amount + subsidy)
            source = ("platform", "clearing:refund")
        else:
            self.books.move(*source, "platform", "clearing:refund", amount)
        self.books.move(*source, "platform", "subsidy", subsidy)
        is_last = all(line.back == line.count for line in order.lines)
        more = {"before": before, "amount": amount, "points": told, "settled": order.is_settled}
        self.news.append(News("refunded" if is_last else "pieces", number, more))
        return len(self.refunds) - 1 if amount else None

    def close_cases(self, number: int) -> None:
        """The whole order went back: what was still asked about it has no object any more."""
        for n, case in enumerate(self.cases):
            if case.order == number and case.state in CASE_OPEN and case.state != "refunding":
                case.state, case.outcome = "closed", "refunded"
                case.due, case.ended_at = None, self.now
                self.tell("case", [n])
