"""What sharers earn and what points do in the model, all of it by the news of orders."""

from tests.simulation.facts import Commission, News, Operation, Order, Share
from tests.simulation.market import Market

IN_ESCROW = ("waiting", "paid", "shipped", "received")


class Rewards:
    def __init__(self, market: Market) -> None:
        self.market = market

    def share(self, op: Operation) -> int:
        """A link to goods: the same one each time."""
        goods = op.args["goods"]
        made = Share(op.args["buyer"], goods, self.market.goods[goods].shop)
        if made not in self.market.shares:
            self.market.shares.append(made)
            self.market.tell("shared", [goods])
        return self.market.shares.index(made)

    # Commissions

    def credit(self, news: News) -> None:
        market, order = self.market, self.market.orders[news.about]
        share = None if order.share is None else market.shares[order.share]
        if share is None or share.shop != order.shop or share.sharer == order.buyer:
            return
        market.tell("brought", [news.about])
        amount = order.total * market.setup.shops[order.shop].commission_bps // 10_000
        if not amount or order.state not in IN_ESCROW:
            return
        market.commissions[news.about] = Commission(share.sharer, order.shop, amount)
        held = (f"person:{share.sharer}", "commission_held")
        market.books.move(f"order:{news.about}", "escrow", *held, amount)
        market.tell("held", [news.about])
        self._follow(news.about)

    def reverse(self, news: News) -> None:
        """The order was refunded: all of its commission goes back."""
        row = self._still_paid(news.about)
        if row is not None:
            self._take_back(news.about, row, row.amount - row.reversed)
            row.state = "reversed"

    def reverse_part(self, news: News) -> None:
        self._follow(news.about)

    def _follow(self, number: int) -> None:
        """As much of the commission goes back as of the order."""
        row, order = self._still_paid(number), self.market.orders[number]
        if row is not None and order.total:
            gone = row.amount * order.refunded // order.total
            self._take_back(number, row, gone - row.reversed)

    def _still_paid(self, number: int) -> Commission | None:
        row = self.market.commissions.get(number)
        if row is None or row.state == "reversed":
            return None
        if row.state == "held" and self.market.orders[number].is_settled:
            self._release(number, row)
        return row

    def _take_back(self, number: int, row: Commission, part: int) -> None:
        if part <= 0:
            return
        owner, shop = f"person:{row.payee}", f"shop:{row.shop}"
        if row.state == "released":
            self.market.parties.claw_back(owner, part, (shop, "payable"))
            self.market.parties.waiting[shop] += 1
        else:
            self.market.books.move(owner, "commission_held", f"order:{number}", "escrow", part)
        row.reversed += part
        self.market.tell("reversed", [number])

    def release(self, news: News) -> None:
        row = self.market.commissions.get(news.about)
        if row is not None and row.state == "held":
            self._release(news.about, row)

    def _release(self, number: int, row: Commission) -> None:
        row.state = "released"
        owner, left = f"person:{row.payee}", row.amount - row.reversed
        if left:
            self.market.parties.earn(owner, left, (owner, "commission_held"))
        self.market.tell("released", [number])

    # Points

    def spend(self, news: News) -> None:
        self._end_hold(self.market.orders[news.about], "spent")

    def free(self, news: News) -> None:
        self._end_hold(self.market.orders[news.about], "free")

    def _end_hold(self, order: Order, state: str) -> bool:
        """What an order set aside is spent, or its buyer's again, once."""
        if not order.points or order.points_state != "held":
            return False
        order.points_state, who = state, f"person:{order.buyer}"
        to = ("platform", "points:spent") if state == "spent" else (who, "points")
        self.market.books.move(who, "hold", *to, order.points)
        return True

    def points_back(self, news: News) -> None:
        order, (before, _) = self.market.orders[news.about], news.more["points"]
        if before or not self._end_hold(order, "free"):
            self._end_hold(order, "spent")
            self._give(order, order.points - before)
        self._uncount(news, 0)

    def points_part_back(self, news: News) -> None:
        order, (before, after) = self.market.orders[news.about], news.more["points"]
        self._end_hold(order, "spent")
        self._give(order, after - before)
        self._uncount(news, order.total - news.more["before"] - news.more["amount"])

    def _give(self, order: Order, points: int) -> None:
        if order.points_state == "spent":
            who = (f"person:{order.buyer}", "points")
            self.market.books.move("platform", "points:spent", *who, points)

    def count(self, news: News) -> None:
        """A final order earns a point for each whole yuan paid."""
        market, order = self.market, self.market.orders[news.about]
        paid = order.total - order.refunded
        if paid:
            market.purchases[news.about] = paid
            who = (f"person:{order.buyer}", "points")
            market.books.move("platform", "points:issued", *who, paid // 100)

    def _uncount(self, news: News, left: int) -> None:
        """Money of a final order went back: it earned less; what of that is spent already stays."""
        market, order = self.market, self.market.orders[news.about]
        had = market.purchases.get(news.about, 0)
        if not news.more["settled"] or had <= left:
            return
        market.purchases[news.about] = left
        who = (f"person:{order.buyer}", "points")
        lost = min(had // 100 - left // 100, market.books.balance(*who))
        market.books.move(*who, "platform", "points:issued", lost)
