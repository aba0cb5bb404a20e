"""Ninety days of visits, orders and shares, made so that each order has a visit that led to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from grapevine.front.demo.cast import Human
from grapevine.front.demo.circles import KEEN, Circles
from grapevine.front.demo.market import Goods, Note, Shop
from grapevine.front.demo.plans import DAYS, HOURS, LOOKED_ON, REVIEWS_READ, Plan

SHARE_LIFE = timedelta(days=14)
DEPTH_MAX = 4
SUPPORTERS = 6
READ_BEFORE, READ_AFTER = timedelta(seconds=90), timedelta(seconds=60)
"""How long before the goods the note is read that led there, and how long after them what buyers say."""


@dataclass(slots=True)
class Share:
    id: str
    sharer: Human
    goods: Goods
    parent: "Share | None"
    channel: str
    at: datetime
    receiver: str = ""

    @property
    def depth(self) -> int:
        return 1 if self.parent is None else self.parent.depth + 1

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id, "sharer_id": self.sharer.id, "receiver_id": self.receiver,
            "object_type": "goods", "object_id": self.goods.id, "channel": self.channel,
            "parent_id": self.parent.id if self.parent else "", "shared_at": self.at,
        }  # fmt: skip


@dataclass(slots=True)
class Order:
    id: str
    buyer: Human
    goods: Goods
    sku: str
    unit_price: int
    quantity: int
    at: datetime
    channel: str
    state: str
    share: Share | None = None
    note: str = ""
    group: str = ""

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id, "buyer_id": self.buyer.id, "goods_id": self.goods.id, "sku": self.sku,
            "quantity": self.quantity, "unit_price_minor": self.unit_price, "state": self.state,
            "paid_at": self.at, "share_id": self.share.id if self.share else "",
            "group_id": self.group, "note_id": self.note, "channel": self.channel,
            "region": self.buyer.home,
        }  # fmt: skip


@dataclass(slots=True)
class Log:
    """Everything that happens in the world, in the order it was thought of."""

    orders: list[Order] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def event(self, at: datetime, verb: str, **columns: Any) -> None:
        self.events.append({"at": at, "verb": verb, **columns})


def moment_in(chance: Random, day: datetime) -> datetime:
    """A moment of the day, more likely in the evening."""
    hour = chance.choices(range(24), HOURS)[0]
    return day + timedelta(hours=hour, seconds=chance.randrange(3600))


def days_until(now: datetime) -> Iterator[tuple[int, datetime]]:
    """(days ago, that day's midnight) for the last ninety days, oldest first; today is 0."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for days_ago in range(DAYS - 1, -1, -1):
        yield days_ago, today - timedelta(days=days_ago)


class ShopTraffic:
    """The traffic of one shop; `live` holds its shares of the last days."""

    def __init__(
        self,
        shop: Shop,
        plan: Plan,
        people: list[Human],
        notes: list[Note],
        log: Log,
        chance: Random,
        circles: Circles,
    ) -> None:
        self.shop = shop
        self.circles = circles
        self.plan = plan
        self.log = log
        self.chance = chance
        self.notes = [note for note in notes if any(goods.shop is shop for goods in note.goods)]
        self.people = people
        self.fans = self._fans()
        self.weights = [
            human.liveliness * (KEEN if circles.keeps_to(human, shop) else 1.0)
            for human in self.fans
        ]
        self.supporters: list[Human] = []
        self.live: list[Share] = []
        self.brought: dict[str, Share] = {}
        self.owing = dict.fromkeys(plan.ways, 0.0)
        self.strangers = 0
        self.met = Random(f"{shop.id}:{chance.random()}")  # noqa: S311  a made-up world

    def _fans(self) -> list[Human]:
        """Who may buy here: those whose tastes fit, and some others; of circles with shops of their own those whose shop it is."""
        around = [h for h in self.people if not self.circles.has(h)]
        theirs = [h for h in self.people if self.circles.keeps_to(h, self.shop)]
        liking = [h for h in around if self.shop.theme.category in h.tastes]
        others = self.chance.sample(self.people, k=max(8, len(self.people) // 50))
        wanted = max(60, int(self.plan.visitors * self.plan.conversion * 30))
        pool = {human.id: human for human in (*theirs, *liking, *others)}
        left = [human for human in around if human.id not in pool]
        more = self.chance.sample(left, k=max(0, min(wanted - len(pool), len(left))))
        pool |= {human.id: human for human in more}
        return [pool[key] for key in sorted(pool)]

    def run(self, now: datetime) -> None:
        for days_ago, day in days_until(now):
            for channel in self.plan.ways:
                self._day(channel, days_ago, day, now)

    def _day(self, channel: str, days_ago: int, day: datetime, now: datetime) -> None:
        expected = self.plan.expected(channel, days_ago, day.weekday())
        if expected <= 0:
            return
        noise = self.chance.gauss(1, self.plan.noise) if self.plan.noise else 1.0
        whole = expected * max(0.3, min(1.7, noise))
        visitors = int(whole + self.chance.random())
        self.owing[channel] += whole * self.plan.conversion
        buying = min(int(self.owing[channel]), visitors, len(self.fans))
        self.owing[channel] -= buying
        for buyer in self._pick(buying, day):
            self._purchase(buyer, channel, day, now)
        for _ in range(visitors - buying):
            self._visit(channel, day, now)

    def _pick(self, count: int, day: datetime) -> list[Human]:
        """Different buyers for one day, the livelier the likelier, of those who had joined."""
        chosen: dict[str, Human] = {}
        for human in self.chance.choices(self.fans, self.weights, k=count * 12 + 60):
            if len(chosen) == count:
                break
            if human.joined_at < day:
                chosen[human.id] = human
        return list(chosen.values())

    def _choose_goods(self, share: Share | None, human: Human | None) -> Goods:
        if share is not None and self.chance.random() < 0.75:
            return share.goods
        liked = self.circles.liking(human, self.shop) if human else None
        weights = liked or [goods.weight for goods in self.shop.goods]
        return self.chance.choices(self.shop.goods, weights)[0]

    def _view(
        self, at: datetime, goods: Goods, channel: str, share: Share | None, human: Human | None
    ) -> None:
        if human is None:
            self.strangers += 1
        self.log.event(
            at,
            "view",
            person_id=human.id if human else "",
            visitor_id=f"v{human.id}" if human else f"x{self.shop.id}{self.strangers}",
            object_type="goods",
            object_id=goods.id,
            shop_id=self.shop.id,
            share_id=share.id if share else "",
            channel=channel,
            region=human.region if human else self.chance.choice(self.people).region,
        )

    def _visit(self, channel: str, day: datetime, now: datetime) -> None:
        at = moment_in(self.chance, day)
        if at >= now:
            return
        human = self.chance.choice(self.people) if self.chance.random() < 0.4 else None
        if human is not None and human.joined_at > at:
            human = None
        share = self._live_share(at, human) if channel == "share" else None
        goods = self._choose_goods(share, human)
        self._view(at, goods, channel, share, human)
        is_theirs = human is None or self.shop.theme.category in human.tastes
        if is_theirs and self.met.random() < LOOKED_ON:
            note = self._note(at, self.met) if channel == "note" else ""
            self._meet(at, channel, goods, note, human)

    def _purchase(self, buyer: Human, channel: str, day: datetime, now: datetime) -> None:
        at = moment_in(self.chance, day)
        paid = at + timedelta(minutes=self.chance.randrange(2, 45))
        if paid >= now:
            return
        share = (
            self._live_share(at, buyer) or self._new_share(at, buyer)
            if channel == "share"
            else None
        )
        note = self._note(at, self.chance) if channel == "note" else ""
        if channel == "share" and share is None:
            return
        goods = self._choose_goods(share, buyer)
        sku, _, price = self.chance.choice(goods.skus)
        self._view(at, goods, channel, share, buyer)
        self._meet(at, channel, goods, note, buyer)
        order = Order(
            id=f"o{self.shop.id}{len(self.log.orders) + 1:06d}", buyer=buyer, goods=goods, sku=sku,
            unit_price=goods.price_then(price, (now - paid).days), quantity=2 if self.chance.random() < 0.08 else 1, at=paid,
            channel=channel, state=self._state(now - paid), share=share, note=note,
        )  # fmt: skip
        self.log.orders.append(order)
        if share is not None:
            self.brought[buyer.id] = share
        self._after(order, now)

    def _state(self, age: timedelta) -> str:
        if not self.plan.role and self.chance.random() < 0.015:
            return "refunded"
        if age > timedelta(days=9):
            return "received"
        return "shipped" if age > timedelta(days=2) else "paid"

    def _note(self, at: datetime, chance: Random) -> str:
        found = [note for note in self.notes if note.published_at <= at]
        return chance.choices(found, [note.appeal for note in found])[0].id if found else ""

    def _meet(
        self, at: datetime, channel: str, goods: Goods, note: str, human: Human | None
    ) -> None:
        """What others say of it: the note that led here, or now and then the reviews of who came by themselves."""
        if note:
            kind, key, when = "note", note, at - READ_BEFORE
        elif self.met.random() < REVIEWS_READ.get(channel, 0.0):
            kind, key, when = "reviews", goods.id, at + READ_AFTER
        else:
            return
        self.log.event(
            when, "view", person_id=human.id if human else "",
            visitor_id=f"v{human.id}" if human else f"x{self.shop.id}{self.strangers}",
            object_type=kind, object_id=key, channel=channel,
            region=human.region if human else "",
        )  # fmt: skip

    # Shares

    def _after(self, order: Order, now: datetime) -> None:
        """Some buyers share what they bought; the first ones become the shop's supporters."""
        supporter = self.plan.role == "fans" and len(self.supporters) < SUPPORTERS
        known = {human.id for human in self.supporters}
        if supporter and order.buyer.id not in known:
            self.supporters.append(order.buyer)
        if order.buyer.id in known or supporter or self.chance.random() < 0.2:
            at = order.at + timedelta(minutes=self.chance.randrange(5, 600))
            if at < now:
                self._share(order.buyer, order.goods, at, self.brought.get(order.buyer.id))

    def _share(self, sharer: Human, goods: Goods, at: datetime, parent: Share | None) -> Share:
        if parent is not None and (parent.depth >= DEPTH_MAX or parent.at >= at):
            parent = None
        share = Share(
            id=f"h{self.shop.id}{len(self.log.shares) + 1:06d}", sharer=sharer, goods=goods,
            parent=parent, channel=self.chance.choice(("link", "link", "poster", "copy")), at=at,
        )  # fmt: skip
        self.log.shares.append(share)
        self.live.append(share)
        return share

    def _live_share(self, at: datetime, buyer: Human | None) -> Share | None:
        """A share not older than two weeks by somebody else; supporters' shares travel farther."""
        self.live = [share for share in self.live if at - share.at < SHARE_LIFE * 2]
        found = [
            share
            for share in self.live
            if share.at < at and at - share.at < SHARE_LIFE and share.sharer is not buyer
        ]
        if not found:
            return None
        known = {human.id for human in self.supporters}
        weights = [14.0 if share.sharer.id in known else 1.0 for share in found]
        return self.chance.choices(found, weights)[0]

    def _new_share(self, at: datetime, buyer: Human) -> Share | None:
        """Somebody who bought here before shares now, a little before this visit."""
        bought = self.supporters or [
            order.buyer for order in self.log.orders[-200:] if order.goods.shop is self.shop
        ]
        others = [human for human in bought if human is not buyer]
        if not others:
            return None
        sharer = self.chance.choice(others)
        earlier = at - timedelta(minutes=self.chance.randrange(20, 300))
        goods = self.chance.choice(self.shop.goods)
        return self._share(sharer, goods, earlier, None)
