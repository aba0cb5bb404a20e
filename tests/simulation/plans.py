"""Plans: which shops there are, and what happens next. Everything comes from one source of choices.

A plan looks at the model, so that most of what it asks for is possible; what is left is asked for at random, so that
refusals are met too. Which operations and faults are on, and how often, differs from seed to seed.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from tests.simulation.afterwards import Afterwards
from tests.simulation.beginning import purchases
from tests.simulation.choosing import Chooser, chance, pick
from tests.simulation.facts import (
    HOLD,
    WAYS,
    GoodsSpec,
    Operation,
    Percent,
    PlanSpec,
    SendingSpec,
    Setup,
    ShopSpec,
    SkuSpec,
)

PRICES = (1, 333, 990, 2_599, 6_900, 120_000)
LEVELS = (0, 1, 3, 9)
ALWAYS = {
    "place": 4,
    "start": 13,
    "decide": 15,
    "deliver": 15,
    "ship": 4,
    "receive": 3,
    "open": 1,
    "join": 6,
    "ask": 5,
    "case": 8,
}
"""Never off, and this much oftener: without them nothing happens."""


class Seeded:
    def __init__(self, random: Random) -> None:
        self._random = random

    def whole(self, least: int, most: int) -> int:
        return self._random.randint(least, most)


def setup(chooser: Chooser) -> Setup:
    percent = Percent(pick(chooser, (500, 1_234, 10_000)), pick(chooser, (0, 5_000)), 2_000)
    return Setup(
        buyers=chooser.whole(2, 5),
        shops=tuple(_shop(chooser) for _ in range(chooser.whole(1, 3))),
        fee_bps=pick(chooser, (0, 250, 599)),
        percent=percent if chance(chooser, 30) else None,
        points=pick(chooser, (0, 700, 50_000)),
    )


def _shop(chooser: Chooser) -> ShopSpec:
    places: list[tuple[int | None, int]] = [(None, 0)]
    for _ in range(pick(chooser, (0, 1, 1, 2))):
        places.append((pick(chooser, (None, 0, 1, 2, 3, 4)), pick(chooser, (-1, 0, 0, 2))))
    sending = SendingSpec(
        pick(chooser, (0, 600, 1_200)), pick(chooser, (0, 150)), pick(chooser, (None, 9_900)),
        pick(chooser, (None, 4)),
    )  # fmt: skip
    return ShopSpec(
        tuple(places),
        tuple(_goods(chooser, len(places)) for _ in range(chooser.whole(1, 2))),
        sending if chance(chooser, 50) else None,
        pick(chooser, ((), (), ((5_000, 500), (10_000, 1_500)), ((1, 400),))),
        pick(chooser, (0, 333, 1_000, 5_000)),
        pick(chooser, ("0009", "0009", "0001", "0000")),
    )


def _goods(chooser: Chooser, places: int) -> GoodsSpec:
    skus = tuple(
        SkuSpec(
            pick(chooser, PRICES), pick(chooser, (0, 300, 1_700)),
            tuple(pick(chooser, (0, 1, 2, 9, 30)) for _ in range(places)),
        )
        for _ in range(chooser.whole(1, 2))
    )  # fmt: skip
    least = min(sku.price for sku in skus)
    plan = PlanSpec(chooser.whole(2, 3), max(1, least * 3 // 4), pick(chooser, (1, 24)), 2)
    return GoodsSpec(
        skus, pick(chooser, (0, 0, 1, 3)), plan if least > 1 and chance(chooser, 60) else None
    )


class Plan:
    """The operations of one history, one after the other."""

    def __init__(
        self, chooser: Chooser, model: Any, weights: Mapping[str, int] | None = None
    ) -> None:
        self.chooser, self.model, self.market = chooser, model, model.market
        self.after = Afterwards(chooser, model)
        self._makers: dict[str, Callable[[], dict[str, Any] | None]] = {
            "cart_add": self._cart_add, "cart_set": self._cart_set, "quote": self._quote,
            "place": self._place, "start": self._start, "decide": self._decide,
            "deliver": self._deliver, "drop": self._drop, "forge": self._forge,
            "cancel": self._cancel, "again": self._of_order_by_buyer, "ship": self._ship,
            "receive": self._receive, "refund": self._refund, "open": self._open,
            "join": self._join, "stop_plan": self._stop_plan, "adjust": self._adjust,
            "count": self._count, "transfer": self._transfer, "hot": self._hot,
            "price": self._price, "shelf": self._shelf, "mode": self._mode, "clerk": self._clerk,
            "share": self._share, "pieces": self._pieces, "ask": self.after.ask,
            "case": self.after.case, "withdraw": self._withdraw, "payout": self._payout,
            "hiccup": self._hiccup, "job": self._job, "worker": dict, "days": self._days,
        }  # fmt: skip
        self.weights = dict(weights) if weights is not None else self._swarm()
        self._begun = purchases(self) if weights is None else iter(())

    @property
    def kinds(self) -> Sequence[str]:
        return list(self._makers)

    def _swarm(self) -> dict[str, int]:
        """How often each kind comes in this history; some not at all."""
        rare = {
            "days": 3, "worker": 2, "adjust": 2, "hiccup": 3, "forge": 2, "count": 3,
            "quote": 2, "again": 3, "price": 3, "cart_set": 3, "cart_add": 2, "drop": 3,
            "stop_plan": 3, "hot": 3, "shelf": 2, "mode": 2, "share": 2,
        }  # fmt: skip
        return {
            kind: (pick(self.chooser, LEVELS) + ALWAYS.get(kind, 0)) // rare.get(kind, 1)
            for kind in self._makers
        }

    def next(self) -> Operation:
        for begun in self._begun:
            return begun
        while True:
            spot = self.chooser.whole(1, sum(self.weights.values()))
            op = self.make(self._at(spot))
            if op is not None:
                return op

    def _at(self, spot: int) -> str:
        for kind, weight in self.weights.items():
            spot -= weight
            if spot <= 0:
                return kind
        raise ValueError(spot)

    def make(self, kind: str) -> Operation | None:
        """One operation of a kind, or None if there is nothing it could be about."""
        args = self._makers[kind]()
        if args is None:
            return None
        late = pick(
            self.chooser, (2, 2, 17, 17, 17, 61, 61, HOLD // 3, HOLD + 1, HOLD + 200, 4_000)
        )
        return Operation(kind, late if chance(self.chooser, 25) else 1, args)

    # What operations are about

    def _buyer(self) -> int:
        return self.chooser.whole(0, self.market.setup.buyers - 1)

    def _sku(self) -> int:
        return self.chooser.whole(0, len(self.market.skus) - 1)

    def _lines(self) -> list[tuple[int, int]]:
        counts = (1, 1, 2, 3, 5) if chance(self.chooser, 95) else (0, 999, 1_000, 5)
        most = 0 if chance(self.chooser, 1) else pick(self.chooser, (1, 1, 2, 3))
        return [(self._sku(), pick(self.chooser, counts)) for _ in range(most)]

    def _order(self, *states: str) -> int | None:
        """An order in one of these states, mostly."""
        orders = self.market.orders
        fit = [n for n, one in enumerate(orders) if one.state in states]
        if fit and chance(self.chooser, 90):
            return pick(self.chooser, fit[-12:])
        if orders and (not states or chance(self.chooser, 15)):
            return self.chooser.whole(0, len(orders) - 1)
        return None

    def _by(self, who: str, order: int) -> dict[str, Any]:
        """By whom it belongs to, now and then by somebody else."""
        own: int = getattr(self.market.orders[order], who)
        most = self.market.setup.buyers if who == "buyer" else len(self.market.setup.shops)
        by = own if chance(self.chooser, 95) else self.chooser.whole(0, most - 1)
        return {who: by, "order": order}

    def _key(self) -> str:
        """A form's key; small, so that some come twice."""
        return f"form-{self.chooser.whole(0, 400) if chance(self.chooser, 85) else 0}"

    def _where(self) -> int:
        return pick(self.chooser, (0, 0, 1, 2, 3, 4))

    # Buyers

    def _cart_add(self) -> dict[str, Any]:
        lines = self._lines() or [(self._sku(), 1)]
        return {"buyer": self._buyer(), "lines": lines}

    def _cart_set(self) -> dict[str, Any]:
        held = sorted(self.market.carts)
        known = held and chance(self.chooser, 90)
        buyer, sku = pick(self.chooser, held) if known else (self._buyer(), self._sku())
        return {"buyer": buyer, "sku": sku, "count": pick(self.chooser, (0, 1, 2, 999, 1_000))}

    def _quote(self) -> dict[str, Any]:
        where = None if chance(self.chooser, 20) else self._where()
        return {
            "buyer": self._buyer(), "lines": self._lines(), "province": where,
            "points": self._points(),
        }  # fmt: skip

    def _points(self) -> int:
        return pick(self.chooser, (0, 0, 0, 1, 250, 100_000))

    def _share(self) -> dict[str, Any]:
        return {
            "buyer": self._buyer(),
            "goods": self.chooser.whole(0, len(self.market.goods) - 1),
        }

    def _place(self) -> dict[str, Any]:
        buyer, lines, from_cart = self._buyer(), self._lines(), False
        own = [
            (sku, count) for (who, sku), count in sorted(self.market.carts.items()) if who == buyer
        ]
        if own and chance(self.chooser, 60):
            lines, from_cart = own[:5], True
        return {
            "buyer": buyer, "lines": lines, "province": self._where(), "key": self._key(),
            "expected": self.chooser.whole(0, 10_000) if chance(self.chooser, 5) else None,
            "from_cart": from_cart, "method": pick(self.chooser, ("", "", "north", "south")),
            "points": self._points(), "share": self._came_by(),
        }  # fmt: skip

    def _came_by(self) -> int | None:
        shares = self.market.shares
        return (
            self.chooser.whole(0, len(shares) - 1) if shares and chance(self.chooser, 70) else None
        )

    def _start(self) -> dict[str, Any] | None:
        payments = self.market.payments
        if not payments or not (chance(self.chooser, 20) or payments[-1].state == "pending"):
            return None
        open_ = [n for n, one in enumerate(payments) if one.state == "pending"]
        begun = {one.payment for one in self.market.attempts if one.state == "open"}
        fresh = [n for n in open_ if n not in begun]
        open_ = fresh if fresh and chance(self.chooser, 75) else open_
        together = [n for n in open_ if self.market.orders[payments[n].orders[0]].group is not None]
        open_ = together if together and chance(self.chooser, 60) else open_
        usual = open_ and chance(self.chooser, 97)
        number = (
            pick(self.chooser, open_[-6:]) if usual else self.chooser.whole(0, len(payments) - 1)
        )
        buyer = payments[number].buyer if chance(self.chooser, 97) else self._buyer()
        method = pick(self.chooser, ("north", "north", "south"))
        if chance(self.chooser, 3):
            method = "nobody"
        way = pick(self.chooser, ("", "page", "qr"))
        return {"buyer": buyer, "payment": number, "method": method, "way": way}

    def _decide(self) -> dict[str, Any] | None:
        """The buyer pays or fails at a provider's cashier."""
        attempts = self.market.attempts
        live = [a for a in attempts if self.is_payable(a)]
        if not live:
            return None
        one = pick(self.chooser, live[-4:] if chance(self.chooser, 80) else live)
        state = "paid" if chance(self.chooser, 85) else "failed"
        return {"method": one.method, "payment": one.payment, "place": one.place, "state": state}

    def is_payable(self, attempt: Any) -> bool:
        """Whether its cashier is still open."""
        charge = self.market.remotes[attempt.method].charges.get(attempt.key)
        return charge is not None and charge.state in ("open", "failed")

    def _cancel(self) -> dict[str, Any] | None:
        order = self._order("pending")
        return None if order is None else self._by("buyer", order)

    def _of_order_by_buyer(self) -> dict[str, Any] | None:
        order = self._order()
        return None if order is None else self._by("buyer", order)

    def _receive(self) -> dict[str, Any] | None:
        order = self._order("shipped")
        return None if order is None else self._by("buyer", order)

    def _refund(self) -> dict[str, Any] | None:
        """Half the time of an order that has left, or of which a parcel has."""
        who = pick(self.chooser, ("buyer", "shop"))
        orders = self.market.orders
        sent = [
            n for n, one in enumerate(orders) if one.parcels and one.state in ("paid", "shipped")
        ]
        if sent and chance(self.chooser, 50):
            return self._by(who, pick(self.chooser, sent))
        order = self._order("paid", "waiting", "shipped", "received")
        return None if order is None else self._by(who, order)

    def _pieces(self) -> dict[str, Any] | None:
        """Of an order in any state, rather one that is final: then the shop has its money already."""
        order = self._order("completed") if chance(self.chooser, 50) else None
        order = self._order("paid", "shipped", "received") if order is None else order
        return None if order is None else {"order": order, "pieces": self.after.pieces(order)}

    def _withdraw(self) -> dict[str, Any] | None:
        """Of somebody who has something, mostly no more than that."""
        books = self.market.books
        rich = sorted(owner for (owner, kind), n in books.balances().items() if kind == "balance")
        if not rich:
            return None
        who, _, number = pick(self.chooser, rich).partition(":")
        has = books.balance(f"{who}:{number}", "balance")
        return {
            "who": who, "number": int(number),
            "amount": pick(self.chooser, (1, has, max(1, has // 2), has + 1)),
        }  # fmt: skip

    def _payout(self) -> dict[str, Any] | None:
        rows = self.market.parties.withdrawals
        if not rows:
            return None
        act = pick(self.chooser, ("approve", "approve", "refuse", "cancel"))
        open_ = [n for n, row in enumerate(rows) if row.state == "review"] or list(range(len(rows)))
        return {"withdrawal": pick(self.chooser, open_), "act": act}

    def _open(self) -> dict[str, Any] | None:
        plans = self.market.plans
        return self._seat("plan", self.chooser.whole(0, len(plans) - 1)) if plans else None

    def _join(self) -> dict[str, Any] | None:
        groups = self.market.groups
        if not groups:
            return None
        room = [n for n, g in enumerate(groups) if g.state == "open" and g.held + g.paid < g.size]
        if not room or chance(self.chooser, 10):
            return self._seat("group", self.chooser.whole(0, len(groups) - 1))
        number = pick(self.chooser, room[-2:])
        own = [s.person for s in self.market.seats if s.group == number and s.state != "released"]
        others = [one for one in range(self.market.setup.buyers) if one not in own]
        seat = self._seat("group", number)
        return {**seat, "buyer": pick(self.chooser, others)} if others else seat

    def _seat(self, what: str, number: int) -> dict[str, Any]:
        plan = number if what == "plan" else self.market.groups[number].plan
        own = self.market.goods[self.market.plans[plan].goods].skus
        return {
            what: number, "buyer": self._buyer(), "province": self._where(), "key": self._key(),
            "sku": pick(self.chooser, own) if chance(self.chooser, 97) else self._sku(),
            "count": pick(self.chooser, (1, 2)) if chance(self.chooser, 97) else 3,
        }  # fmt: skip

    # Shops

    def _ship(self) -> dict[str, Any] | None:
        order = self._order("paid")
        if order is None:
            return None
        places = self.market.shelves.parcels(order)
        named = places and chance(self.chooser, 30)
        return {
            **self._by("shop", order),
            "warehouse": pick(self.chooser, places) if named else None,
        }

    def _warehouses(self, sku: int) -> list[int]:
        shop = self.market.skus[sku].shop
        return [n for n, one in enumerate(self.market.shelves.warehouses) if one.shop == shop]

    def _adjust(self) -> dict[str, Any]:
        sku = self._sku()
        where = pick(self.chooser, [None, *self._warehouses(sku)])
        return {"sku": sku, "change": pick(self.chooser, (1, 3, 8, -1, -4)), "warehouse": where}

    def _count(self) -> dict[str, Any]:
        return {"sku": self._sku(), "count": pick(self.chooser, (-1, 0, 1, 6))}

    def _transfer(self) -> dict[str, Any] | None:
        sku = self._sku()
        if len(self._warehouses(sku)) == 1 and not chance(self.chooser, 10):
            return None
        source, target = (pick(self.chooser, self._warehouses(sku)) for _ in range(2))
        count = pick(self.chooser, (0, 1, 2))
        return {"sku": sku, "source": source, "target": target, "count": count}

    def _hot(self) -> dict[str, Any] | None:
        """Only where one warehouse has it: among several a hot SKU comes from any."""
        single = [n for n in range(len(self.market.skus)) if len(self._warehouses(n)) == 1]
        if not single:
            return None
        return {"sku": pick(self.chooser, single), "on": chance(self.chooser, 70)}

    def _price(self) -> dict[str, Any]:
        price = pick(self.chooser, (0, *PRICES))
        return {"sku": self._sku(), "price": price}

    def _shelf(self) -> dict[str, Any]:
        goods = self.chooser.whole(0, len(self.market.goods) - 1)
        return {"goods": goods, "on": chance(self.chooser, 70)}

    def _stop_plan(self) -> dict[str, Any] | None:
        if not self.market.plans:
            return None
        plan = self.chooser.whole(0, len(self.market.plans) - 1)
        return {"plan": plan, "shop": self.market.plans[plan].shop}

    # Providers and faults

    def _deliver(self) -> dict[str, Any] | None:
        """Any message of a queue, so that they come in any order; some stay and come again."""
        found = self._message()
        return None if found is None else {**found, "again": chance(self.chooser, 25)}

    def _drop(self) -> dict[str, Any] | None:
        return self._message()

    def _message(self) -> dict[str, Any] | None:
        full = [name for name in WAYS if self.market.remotes[name].messages]
        if not full:
            return None
        method = pick(self.chooser, full)
        most = len(self.market.remotes[method].messages) - 1
        return {"method": method, "message": self.chooser.whole(0, most)}

    def _forge(self) -> dict[str, Any] | None:
        attempts = self.market.attempts
        if not attempts:
            return None
        one = pick(self.chooser, attempts)
        args = {
            "method": one.method, "payment": one.payment, "place": one.place,
            "how": pick(self.chooser, ("unsigned", "amount", "currency", "stranger", "swapped")),
            "by": pick(self.chooser, (1, -1, 100)),
        }  # fmt: skip
        return self._stolen(args, one) if chance(self.chooser, 30) else args

    def _stolen(self, args: dict[str, Any], one: Any) -> dict[str, Any]:
        """An event that counted for another attempt, or a refund of another amount."""
        attempts, refunds = self.market.attempts, self.market.refunds
        seen = [attempts[n] for n in self.model.till.seen.values()]
        others = [a for a in seen if a is not one and a.method == one.method]
        if others:
            other = pick(self.chooser, others)
            return {**args, "how": "stolen", "other": (other.payment, other.place)}
        if refunds:
            number = self.chooser.whole(0, len(refunds) - 1)
            return {**args, "how": "returning", "refund": number}
        return args

    def _mode(self) -> dict[str, Any]:
        modes = ("up", "up", "up", "down", "deaf", "refusing")
        returns = ("done", "done", "pending", "failed")
        return {
            "method": pick(self.chooser, list(WAYS)), "mode": pick(self.chooser, modes),
            "returns": pick(self.chooser, returns),
        }  # fmt: skip

    def _clerk(self) -> dict[str, Any] | None:
        known = [
            (name, int(one.name.removeprefix("R")))
            for name, remote in self.market.remotes.items()
            for one in remote.returnings.values()
            if one.state != "done"
        ]
        if not known:
            return None
        method, refund = pick(self.chooser, known)
        state = "done" if chance(self.chooser, 80) else "failed"
        return {"method": method, "refund": refund, "state": state}

    def _hiccup(self) -> dict[str, Any]:
        return {"times": pick(self.chooser, (1, 2, 3))}

    # Time

    def _job(self) -> dict[str, Any]:
        jobs = (
            "groups", "holds", "close", "complete", "expire", "send", "settle",
            "timers", "ended", "batches", "batches", "payouts", "drain", "drain",
        )  # fmt: skip
        return {"name": pick(self.chooser, jobs)}

    def _days(self) -> dict[str, Any]:
        return {"days": pick(self.chooser, (1, 3, 8, 11))}
