"""The reference model: one thread, plain data. It predicts every reply and the state after it."""

from collections.abc import Callable
from typing import Any

from tests.simulation.cases import Cases
from tests.simulation.circles import Circles
from tests.simulation.facts import (
    COUNT_MAX,
    DAY,
    RECEIPT,
    RETURN_WINDOW,
    Attempt,
    Case,
    Operation,
    Order,
    Refused,
    Reply,
    Setup,
)
from tests.simulation.market import CASE_OPEN, Market
from tests.simulation.rewards import Rewards
from tests.simulation.till import OPEN, Till

Snapshot = dict[str, Any]
JOBS = (
    "groups", "holds", "close", "complete", "expire", "receive", "send", "ended", "timers", "settle",
    "payouts", "drain",
)  # fmt: skip
"""In the order in which a worker runs them."""


class Model:
    def __init__(self, setup: Setup) -> None:
        self.market = Market(setup)
        self.till = Till(self.market)
        self.rewards, self.cases = Rewards(self.market), Cases(self.market)
        self.circles = Circles(self.market, self.rewards)
        market, till, circles = self.market, self.till, self.circles
        self._doers: dict[str, Callable[[Operation], Any]] = {
            "cart_add": market.cart_add, "cart_set": market.cart_set, "quote": market.quote,
            "place": market.place, "start": till.start, "deliver": till.deliver,
            "drop": till.drop, "forge": till.forge, "open": circles.open, "join": circles.join,
            "decide": self._decide, "mode": self._mode, "clerk": self._clerk,
            "hiccup": self._hiccup, "repeat": self._repeat, "cancel": self._cancel, "again": self._again,
            "ship": self._ship, "receive": self._receive, "refund": self._refund,
            "adjust": self._adjust, "count": self._count, "transfer": self._transfer,
            "hot": self._hot, "price": self._price, "shelf": self._shelf,
            "share": self.rewards.share, "ask": self.cases.ask, "case": self.cases.act,
            "pieces": self._pieces, "withdraw": market.parties.withdraw,
            "payout": market.parties.decide, "stop_plan": self._stop_plan, "job": self._job, "worker": self._worker,
            "days": self._days,
        }  # fmt: skip
        self._jobs: dict[str, Callable[[], int]] = {
            "groups": circles.expire, "holds": lambda: market.shelves.expire(market.now),
            "close": till.close_over, "complete": till.complete, "expire": self._expire,
            "receive": self._overdue, "send": till.send, "settle": self._settle,
            "drain": circles.drain, "timers": self.cases.time_out, "ended": self.cases.end,
            "batches": market.parties.settle, "payouts": market.parties.pay_out,
        }  # fmt: skip

    def do(self, op: Operation) -> Reply:
        self.market.now += op.after
        try:
            return Reply("ok", self._doers[op.kind](op))
        except Refused as refusal:
            return Reply("refused", refusal.code)

    # The providers' side

    def _decide(self, op: Operation) -> None:
        key = f"{op.args['payment']}-{op.args['place']}"
        self.market.remotes[op.args["method"]].decide(key, op.args["state"])

    def _mode(self, op: Operation) -> None:
        remote = self.market.remotes[op.args["method"]]
        remote.mode, remote.returns = op.args["mode"], op.args["returns"]

    def _clerk(self, op: Operation) -> None:
        """A returning that hangs at a provider comes to an end."""
        self.market.remotes[op.args["method"]].settle(f"R{op.args['refund']}", op.args["state"])

    def _repeat(self, op: Operation) -> None:
        self.market.remotes[op.args["method"]].repeat()

    def _hiccup(self, op: Operation) -> None:
        self.market.hiccups = op.args["times"]

    # Buyers and shops

    def _cancel(self, op: Operation) -> None:
        self.market.close(self._order(op).payment, "buyer")

    def _order(self, op: Operation) -> Order:
        """The order, for its buyer or its shop; for everybody else it does not exist."""
        args = op.args
        order: Order = self.market.orders[args["order"]]
        if (
            args.get("buyer", order.buyer) != order.buyer
            or args.get("shop", order.shop) != order.shop
        ):
            raise Refused("trade.order_not_found")
        return order

    def _again(self, op: Operation) -> int:
        market, order = self.market, self._order(op)
        wanted = {line.sku: line.count for line in order.lines}
        sold = [sku for sku in wanted if market.goods[market.skus[sku].goods].on_sale]
        if not sold:
            raise Refused("trade.not_on_sale")
        for sku in sold:
            before = market.carts.get((order.buyer, sku), 0)
            market.carts[order.buyer, sku] = min(COUNT_MAX, before + wanted[sku])
        return len(sold)

    def _ship(self, op: Operation) -> None:
        number, warehouse = op.args["order"], op.args["warehouse"]
        order = self._order(op)
        left = [w for w in self.market.shelves.parcels(number) if w not in order.parcels]
        mine = next((w for w in left if warehouse in (None, w)), None)
        if order.state != "paid" or mine is None:
            raise Refused("trade.illegal_move")
        order.parcels.add(mine)
        if len(left) == 1:
            self.market.move(number, "shipped", "shop")
            order.shipped_at = self.market.now
            self.market.tell("shipped", [number])

    def _receive(self, op: Operation) -> None:
        self._order(op)
        self._arrive(op.args["order"], "buyer")

    def _arrive(self, number: int, actor: str) -> None:
        self.market.move(number, "received", actor).received_at = self.market.now
        self.market.tell("received", [number])

    def _refund(self, op: Operation) -> None:
        self._order(op)
        self.market.refund(op.args["order"], "buyer" if "buyer" in op.args else "shop")

    def _pieces(self, op: Operation) -> None:
        """The house itself gives pieces of an order back, whatever became of the order."""
        self.market.refund_pieces(op.args["order"], dict(op.args["pieces"]))

    # The shop's desk

    def _adjust(self, op: Operation) -> None:
        sku, args = op.args["sku"], op.args
        shop = self.market.skus[sku].shop
        self.market.shelves.adjust(shop, sku, args["change"], args["warehouse"])

    def _count(self, op: Operation) -> int:
        sku, count = op.args["sku"], op.args["count"]
        if count < 0:
            raise Refused("bad_input")
        change: int = count - self.market.shelves.free(sku)
        self.market.shelves.adjust(self.market.skus[sku].shop, sku, change, None)
        return change

    def _transfer(self, op: Operation) -> None:
        sku, source, target, count = (op.args[k] for k in ("sku", "source", "target", "count"))
        if source == target or count < 1:
            raise Refused("bad_input")
        self.market.shelves.remove(sku, count, source)
        self.market.shelves.put(sku, target, count)

    def _hot(self, _: Operation) -> None:
        """Spreads the pieces of a warehouse over more rows; nothing that can be seen."""

    def _price(self, op: Operation) -> None:
        if op.args["price"] < 1:
            raise Refused("bad_input")
        self.market.skus[op.args["sku"]].price = op.args["price"]
        self.market.tell("changed", [op.args["sku"]])

    def _shelf(self, op: Operation) -> None:
        goods = self.market.goods[op.args["goods"]]
        if goods.on_sale != op.args["on"]:
            goods.on_sale = op.args["on"]
            self.market.tell("shelf", [op.args["goods"]])

    def _stop_plan(self, op: Operation) -> None:
        self.market.plans[op.args["plan"]].active = False

    # The worker

    def _job(self, op: Operation) -> int:
        return self._jobs[op.args["name"]]()

    def _worker(self, _: Operation) -> list[int]:
        return [self._jobs[name]() for name in JOBS]

    def _days(self, op: Operation) -> list[list[int]]:
        """The worker runs, days pass, it runs again."""
        first = self._worker(op)
        self.market.now += op.args["days"] * DAY
        return [first, self._worker(op)]

    def _expire(self) -> int:
        payments = self.market.payments
        due = [
            n
            for n, p in enumerate(payments)
            if p.state == "pending" and p.expires_at < self.market.now
        ]
        for number in due[:200]:
            self.market.close(number, "system")
        return len(due[:200])

    def _overdue(self) -> int:
        limit = self.market.now - RECEIPT
        orders = enumerate(self.market.orders)
        due = [n for n, o in orders if o.state == "shipped" and o.shipped_at < limit]
        for number in due:
            self._arrive(number, "system")
        return len(due)

    def _settle(self) -> int:
        market, limit = self.market, self.market.now - RETURN_WINDOW
        asked = {one.order for one in market.cases if one.state in CASE_OPEN}
        due = [
            n
            for n, o in enumerate(market.orders)
            if o.state == "received"
            and o.received_at < limit
            and n not in asked
            and market.books.balance(f"order:{n}", "escrow") >= 0
        ]  # what lies there is too little only while a sharer's part is on its way back
        for number in due:
            order = market.move(number, "completed", "system")
            order.is_settled = True
            escrow, owner = (f"order:{number}", "escrow"), f"shop:{order.shop}"
            left = market.books.balance(*escrow)
            fee = min(left, (order.total - order.refunded) * market.setup.fee_bps // 10_000)
            if left > 0:
                market.parties.earn(owner, left, escrow, lines=len(order.lines))
                market.books.move(owner, "payable", "platform", "fee:commission", fee)
            market.tell("settled", [number])
        return len(due)

    # What can be seen

    def snapshot(self) -> Snapshot:
        market = self.market
        return {
            "stock": {
                (sku, place.warehouse): (place.free, place.held, place.sold)
                for sku, places in market.shelves.places.items()
                for place in places
                if place.free or place.held or place.sold
            },
            "kept": market.shelves.seen(),
            "limits": {key: count for key, count in market.limits.items() if count},
            "carts": dict(market.carts),
            "payments": [(p.buyer, p.state, p.method, p.total) for p in market.payments],
            "attempts": [(a.payment, a.place, a.method, a.way, a.state) for a in market.attempts],
            "orders": [_seen(order) for order in market.orders],
            "refunds": [(r.payment, r.attempt, r.order, r.amount, r.state) for r in market.refunds],
            "balances": market.books.balances(),
            "groups": [(g.plan, g.leader, g.size, g.held, g.paid, g.state) for g in market.groups],
            "seats": [(s.group, s.person, s.order, s.state) for s in market.seats],
            "cases": [_case_seen(case) for case in market.cases],
            "commissions": [
                (n, c.payee, c.shop, c.amount, c.reversed, c.state)
                for n, c in sorted(market.commissions.items())
            ],
            "unsettled": {owner: n for owner, n in market.parties.waiting.items() if n},
            "withdrawals": [(w.owner, w.amount, w.state) for w in market.parties.withdrawals],
            "waiting": sum(not news.done for news in market.news),
            "remotes": remotes_seen(market.remotes),
        }

    def abandoned(self) -> list[Attempt]:
        """Attempts begun so long ago that nobody asks about them any more: only an outage of days makes one."""
        limit = self.market.now - 2 * DAY
        return [
            one for one in self.market.attempts if one.state in OPEN and one.started_at <= limit
        ]


def remotes_seen(remotes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (
            [(one.amount, one.state) for one in remote.charges.values()],
            [(one.amount, one.state) for one in remote.returnings.values()],
            [(one.state, one.amount) for one in remote.messages],
        )
        for name, remote in remotes.items()
    }


def _seen(order: Order) -> tuple[Any, ...]:
    lines = tuple(
        (one.sku, one.count, one.price, one.discount, one.subsidy, one.back, one.returned)
        for one in order.lines
    )
    return (
        order.payment, order.buyer, order.shop, order.state, order.total, order.shipping,
        order.group, lines, tuple(order.steps), tuple(sorted(order.parcels)), order.refunded,
        order.refunded_subsidy,
    )  # fmt: skip


def _case_seen(case: Case) -> tuple[Any, ...]:
    return (
        case.order, case.buyer, case.shop, case.kind, case.state, case.outcome, case.amount,
        case.refund, case.due, tuple(sorted(case.pieces.items())),
    )  # fmt: skip
