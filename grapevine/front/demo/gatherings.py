"""Groups in every state, by region."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from grapevine.front.demo.cast import Human
from grapevine.front.demo.circles import Circles
from grapevine.front.demo.market import Goods, Shop
from grapevine.front.demo.plans import GROUPS_BY_REGION, OTHER_REGION
from grapevine.front.demo.traffic import Log, Order, moment_in
from grapevine.front.demo.words import names

OPEN_SHARE = 0.07
LOOKERS = 7
"""Visitors who look at a group's page for each one who joins."""


@dataclass(slots=True)
class Gathering:
    id: str
    goods: Goods
    leader: Human
    size: int
    opened_at: datetime
    deadline_at: datetime
    state: str
    members: list[Human] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id, "goods_id": self.goods.id, "leader_id": self.leader.id,
            "size": self.size, "price_minor": self.goods.group_price,
            "opened_at": self.opened_at, "deadline_at": self.deadline_at, "state": self.state,
            "region": self.leader.region,
        }  # fmt: skip


class Groups:
    """Opens groups region by region; members' orders and visits go to the log."""

    def __init__(
        self, shops: list[Shop], people: list[Human], log: Log, chance: Random, circles: Circles
    ) -> None:
        self.circles = circles
        self.goods = [goods for shop in shops for goods in shop.goods if goods.group_size]
        self.people = people
        self.log = log
        self.chance = chance
        self.found: list[Gathering] = []
        self.owing: dict[float, float] = {}

    def run(self, now: datetime) -> None:
        by_region: dict[str, list[Human]] = {}
        for human in self.people:
            if now - human.joined_at > timedelta(days=6):
                by_region.setdefault(human.region, []).append(human)
        for region in names.REGIONS:
            each, fills = GROUPS_BY_REGION.get(region, OTHER_REGION)
            leaders = by_region.get(region)
            for _ in range(max(5, round(each * len(self.people))) if leaders else 0):
                self._open(self.chance.choice(leaders or self.people), fills, now)

    def _open(self, leader: Human, fills: float, now: datetime) -> None:
        goods = self.circles.together(leader, self.goods, self.chance)
        is_theirs = goods is not None
        if goods is None:
            goods = self.chance.choices(self.goods, [goods.weight for goods in self.goods])[0]
        hours = self.chance.choice((24, 24, 48))
        is_open = self.chance.random() < OPEN_SHARE
        if is_open:
            opened = now - timedelta(hours=hours * self.chance.uniform(0.05, 0.8))
        else:
            known = min(88, (now - leader.joined_at).days - 1)
            day = now - timedelta(days=self.chance.randrange(3, known + 1))
            opened = moment_in(self.chance, day.replace(hour=0, minute=0, second=0))
        opened = opened.replace(microsecond=0)
        state = "open" if is_open else self._end(fills)
        group = Gathering(
            f"t{len(self.found) + 1:05d}", goods, leader, goods.group_size or 2, opened,
            opened + timedelta(hours=hours), state,
        )  # fmt: skip
        self.found.append(group)
        self._join(group, now, self._near(leader) if is_theirs else [])

    def _end(self, fills: float) -> str:
        """Filled or expired, such that the share that fills is `fills` also in a small world."""
        self.owing[fills] = self.owing.get(fills, 0.5) + fills
        if self.owing[fills] < 1:
            return "expired"
        self.owing[fills] -= 1
        return "filled"

    def _near(self, leader: Human) -> list[Human]:
        return [human for human in self.people if human.community == leader.community]

    def _join(self, group: Gathering, now: datetime, near: list[Human]) -> None:
        """Those nearest are asked first."""
        seats = group.size if group.state == "filled" else self.chance.randrange(1, group.size)
        end = min(group.deadline_at, now)
        joinable = [
            human
            for human in (
                *self.chance.sample(near, k=len(near)),
                *self.chance.sample(self.people, k=40),
            )
            if human.joined_at < group.opened_at
        ]
        asked = list({human.id: human for human in joinable}.values())
        others = [human for human in asked if human is not group.leader]
        group.members = [group.leader, *others[: seats - 1]]
        if group.state == "filled" and len(group.members) < group.size:
            group.state = "expired"
        times = sorted(self.chance.random() * 0.9 for _ in group.members)
        for number, (human, share) in enumerate(zip(group.members, times, strict=True)):
            span = end - group.opened_at
            at = group.opened_at if number == 0 else group.opened_at + span * share
            self._order(group, human, at.replace(microsecond=0), now)

    def _order(self, group: Gathering, human: Human, at: datetime, now: datetime) -> None:
        states = {"open": "waiting", "expired": "refunded"}
        late = "received" if now - at > timedelta(days=9) else "shipped"
        order = Order(
            id=f"{group.id}-{human.id}", buyer=human, goods=group.goods,
            sku=group.goods.skus[0][0], unit_price=group.goods.group_price, quantity=1, at=at,
            channel="group", state=states.get(group.state, late), group=group.id,
        )  # fmt: skip
        self.log.orders.append(order)
        for number in range(LOOKERS + 1):
            looker = human if number == 0 else None
            seen = at - timedelta(minutes=self.chance.randrange(1, 240) if number else 2)
            self.log.event(
                seen, "view", person_id=looker.id if looker else "",
                visitor_id=f"v{human.id}" if looker else f"x{order.id}{number}",
                object_type="goods", object_id=group.goods.id, shop_id=group.goods.shop.id,
                channel="group", region=group.leader.region,
            )  # fmt: skip
