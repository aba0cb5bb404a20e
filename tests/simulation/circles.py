"""The model's groups, and the outbox whose news they live on."""

from collections.abc import Callable, Sequence

from tests.simulation.facts import DAY, Group, News, Operation, Refused, Seat
from tests.simulation.market import Market
from tests.simulation.rewards import Rewards

BACKOFF_MAX = 3600
TRIES_MAX = 12


class Circles:
    def __init__(self, market: Market, rewards: Rewards) -> None:
        self.market = market
        self._handlers: dict[str, Sequence[Callable[[News], None]]] = {
            "paid": (self._pay, rewards.credit, rewards.spend),
            "cancelled": (self._released, self._give_back, rewards.free),
            "refunded": (self._refunded, self._give_back, rewards.reverse, rewards.points_back),
            "pieces": (rewards.reverse_part, rewards.points_part_back),
            "settled": (rewards.release, rewards.count),
            "expired": (self._lose_seats,), "lost": (self._return,),
        }  # fmt: skip

    def open(self, op: Operation) -> tuple[int, int, int]:
        """(group, order, total)."""
        market, args = self.market, op.args
        plan = market.plans[args["plan"]]
        if not plan.active:
            raise Refused("campaigns.plan_stopped")
        self._check(args["plan"], args["sku"], args["count"])
        before = self._before(op)
        if before is not None:
            return before
        group = Group(
            args["plan"], args["buyer"], plan.spec.size, market.now + plan.spec.hours * 3600
        )
        return self._sit(op, len(market.groups), args["plan"], group)

    def join(self, op: Operation) -> tuple[int, int, int]:
        market, args = self.market, op.args
        group = market.groups[args["group"]]
        self._check(group.plan, args["sku"], args["count"])
        before = self._before(op)
        if before is not None:
            return before
        if self._live(args["group"], args["buyer"]):
            raise Refused("campaigns.already_in")
        if group.state != "open" or group.deadline <= market.now:
            raise Refused("campaigns.group_over")
        if group.paid + group.held >= group.size:
            raise Refused("campaigns.group_full")
        return self._sit(op, args["group"], group.plan, None)

    def _check(self, plan: int, sku: int, count: int) -> None:
        own = self.market.plans[plan]
        if self.market.skus[sku].goods != own.goods:
            raise Refused("campaigns.wrong_sku")
        if not 1 <= count <= own.spec.limit:
            raise Refused("trade.wrong_count")

    def _before(self, op: Operation) -> tuple[int, int, int] | None:
        """What the same form made; a form that made something else is refused."""
        payment = self.market.placed_before(op.args["buyer"], op.args["key"])
        if payment is None:
            return None
        order = self.market.payments[payment].orders[0]
        seat = next((one for one in self.market.seats if one.order == order), None)
        if seat is None:
            raise Refused("campaigns.key_used")
        return seat.group, order, self.market.payments[payment].total

    def _sit(
        self, op: Operation, number: int, plan: int, fresh: Group | None
    ) -> tuple[int, int, int]:
        market, buyer = self.market, op.args["buyer"]
        priced = market.priced([(op.args["sku"], op.args["count"])], op.args["province"], plan)
        market_news = len(market.news)
        payment = market.write(op, priced, number)
        if fresh is None:
            market.groups[number].held += 1
        else:
            market.groups.append(fresh)
            market.news.insert(market_news, News("opened", number))
        order = market.payments[payment].orders[0]
        market.seats.append(Seat(number, buyer, order))
        return number, order, market.payments[payment].total

    def _live(self, group: int, person: int) -> list[Seat]:
        return [
            one
            for one in self.market.seats
            if (one.group, one.person) == (group, person) and one.state in ("held", "paid")
        ]

    def expire(self) -> int:
        due = [
            (group.deadline, number)
            for number, group in enumerate(self.market.groups)
            if group.state == "open" and group.deadline < self.market.now
        ]
        for _, number in sorted(due)[:100]:
            self.market.groups[number].state = "expired"
            self.market.tell("expired", [number])
        return len(due[:100])

    # What the news does here

    def drain(self) -> int:
        """Deliver until nothing is due; a delivery that stumbles is tried again later."""
        finished = 0
        while True:
            due = [n for n in self.market.news if not n.done and n.retry_at <= self.market.now]
            done = [news for news in due[:200] if self._deliver(news)]
            finished += len(done)
            if not done:
                return finished

    def _deliver(self, news: News) -> bool:
        for handler in self._handlers.get(news.kind, ())[news.handled :]:
            if self.market.hiccups:
                self.market.hiccups -= 1
                self._stumble(news)
                return False
            handler(news)
            news.handled += 1
        news.done = True
        return True

    def _stumble(self, news: News) -> None:
        """The subscribers that had it do not get it again."""
        news.attempts += 1
        wait = 365 * DAY if news.attempts >= TRIES_MAX else min(2**news.attempts, BACKOFF_MAX)
        news.retry_at = self.market.now + wait

    def _seat(self, order: int) -> Seat | None:
        return next((one for one in self.market.seats if one.order == order), None)

    def _pay(self, news: News) -> None:
        """A seat is paid for, if it is still one and its group runs; else the money goes back."""
        order = news.about
        seat = self._seat(order)
        if seat is None or seat.state != "held":
            return
        group = self.market.groups[seat.group]
        if group.state != "open":
            seat.state = "refunded"
            if self.market.orders[order].state == "waiting":
                self.market.refund(order, "system")
            return
        seat.state = "paid"
        group.held -= 1
        group.paid += 1
        if not self._live(seat.group, group.leader):
            group.leader = seat.person
        self.market.tell("joined", [seat.group])
        if group.paid == group.size:
            self._fill(seat.group)

    def _fill(self, number: int) -> None:
        self.market.groups[number].state = "filled"
        paid = [
            one.order for one in self.market.seats if (one.group, one.state) == (number, "paid")
        ]
        for order in paid:
            if self.market.orders[order].state == "waiting":
                self.market.move(order, "paid", "system")
        self.market.tell("filled", [number])

    def _released(self, news: News) -> None:
        order = news.about
        seat = self._seat(order)
        if seat is not None and seat.state == "held":
            seat.state = "released"
            self._left(seat, "held")

    def _refunded(self, news: News) -> None:
        """Also for a seat whose payment has not been told here yet: nobody sits in it."""
        order = news.about
        seat = self._seat(order)
        if seat is not None and seat.state in ("held", "paid"):
            before, seat.state = seat.state, "refunded"
            self._left(seat, before)

    def _left(self, seat: Seat, before: str) -> None:
        """Before the group is full the seat is free again, and somebody who paid leads."""
        group = self.market.groups[seat.group]
        if group.state != "open":
            return
        if before == "paid":
            group.paid -= 1
        else:
            group.held -= 1
        heirs = [o for o in self.market.seats if o.group == seat.group and o.state == "paid"]
        if heirs and group.leader == seat.person:
            group.leader = heirs[0].person

    def _lose_seats(self, news: News) -> None:
        """Everybody who paid for a group that was not filled gets the money back, each by news of their own."""
        number = news.about
        paid = [one for one in self.market.seats if (one.group, one.state) == (number, "paid")]
        self.market.tell("lost", [one.order for one in paid])

    def _return(self, news: News) -> None:
        order = news.about
        seat = self._seat(order)
        if self.market.orders[order].state == "waiting":
            self.market.refund(order, "system")
        if seat is not None and seat.state == "paid":
            seat.state = "refunded"

    def _give_back(self, _: News) -> None:
        """Coupons and pieces of a flash sale; no order here has used any."""
