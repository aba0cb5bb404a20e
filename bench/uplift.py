"""Two merchants' slots by the model against their popular slot, as an experiment of the house, in a world whose tastes are planted. `python -m bench.uplift`.

What is planted, and all that is planted: people belong to circles and follow a few of their own; in a merchant's shop a circle's people want
one part of the shelf (`groups` parts, drawn alike for everybody in the circle), and choose it eight times in ten; goods are unequally popular
within their part. A click on something of one's own part has the chance `liked`, on anything else `other`, whatever arm is shown and whether
one has it already. A popular slot of six therefore fits few, and a perfect slot would have the CTR `liked`: both are told beside what is measured.

Nothing else is made up: the past becomes orders and rows of the log, `training.train` learns from the log and publishes, `shop_slot` draws the arm
and asks the recommender or the best sellers, `signals.expose` writes the exposure, clicks and impressions are rows of the lake, and `trialing.read`
reads the experiment from it. Beside it stands an experiment over the same visits in which both arms are shown the popular slot (A/A), and two hundred
further drawings of arms over its units, read twelve times each. Half way the shares are changed and changed back, and everybody is drawn again
then and at the end: who was shown an arm keeps it.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

if __name__ == "__main__":
    from bench import home  # it sets Django up

from grapevine.discovery.queries.slots import SURFACE, shop_slot
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewSku
from grapevine.insight import lake, training, trialing
from grapevine.insight.rules.trials.drawing import aa
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.signals import facade as signals
from grapevine.signals.facade import EXPOSED, ExperimentView, NewExperiment, UnitKind
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder

SLOT = 6
CIRCLES, FOLLOWED = 12, 4
SHELF, BOUGHT, FAITHFUL = 72, 8, 0.8
"""Goods of a shop, what one person bought there before, and how often it was of their own part."""
VISITS, WINDOW_DAYS, PAST_DAYS, ENTERING_DAYS = 3, 7, 60, 9
PEOPLE = 700
DRAWS, LOOKS = 200, 12


@dataclass(frozen=True, slots=True)
class Merchant:
    """`groups`: into how many parts tastes divide the shelf."""

    slug: str
    groups: int
    liked: float
    other: float


MERCHANTS = (Merchant("teahouse", 6, 0.28, 0.04), Merchant("lamps", 5, 0.30, 0.04))


class Town:
    """The people, their circles, and the two shops."""

    def __init__(self, size: int, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311  a world that is made up
        self.people = people.save_people_bulk([NewPerson(f"p{n}", f"P{n}") for n in range(size)])
        self.circle = {pk: self.chance.randrange(CIRCLES) for pk in self.people}
        of: dict[int, list[int]] = {}
        for pk, circle in self.circle.items():
            of.setdefault(circle, []).append(pk)
        self.follows = sorted(
            {
                (pk, self.chance.choice(of[circle]))
                for pk, circle in self.circle.items()
                for _ in range(FOLLOWED)
            }
        )
        people.save_follows_bulk(self.follows)
        self.shops = [Shop(merchant, self) for merchant in MERCHANTS]


class Shop:
    """A merchant's shelf; `wants[circle]` is the part its people want."""

    def __init__(self, merchant: Merchant, town: Town) -> None:
        self.merchant, self.chance = merchant, town.chance
        owner = people.save_people_bulk([NewPerson(merchant.slug, merchant.slug.title())])[0]
        self.id = goods.open_shop(
            owner_id=owner, slug=merchant.slug, name=merchant.slug.title(), colour="#8d3b1f"
        ).id
        rows = [
            NewGoods(self.id, f"{merchant.slug} {n}", "茶", "", [NewSku("", 5_000, 10_000)])
            for n in range(SHELF)
        ]
        self.made = goods.save_goods_bulk(rows)
        order = list(range(SHELF))
        self.chance.shuffle(order)
        self.part_of = {self.made[n].goods_id: place % merchant.groups for place, n in enumerate(order)}  # fmt: skip
        parts = [circle % merchant.groups for circle in range(CIRCLES)]
        self.chance.shuffle(parts)
        self.wants = dict(enumerate(parts))
        self.weight = {one.goods_id: 1 / (1 + place % 12) for place, one in enumerate(self.made)}

    def choice(self, circle: int) -> Any:
        """Something bought by somebody of the circle."""
        own = self.chance.random() < FAITHFUL
        shelf = [one for one in self.made if not own or self.part_of[one.goods_id] == self.wants[circle]]  # fmt: skip
        return self.chance.choices(shelf, [self.weight[one.goods_id] for one in shelf])[0]

    def likes(self, circle: int, goods_id: int) -> float:
        is_own = self.part_of[goods_id] == self.wants[circle]
        return self.merchant.liked if is_own else self.merchant.other


def live(town: Town, until: datetime) -> int:
    """The past: what people bought before the experiments, as orders and as rows of the log; how many."""
    rows, told = [], []
    for shop in town.shops:
        for pk, circle in town.circle.items():
            for _ in range(BOUGHT):
                one = shop.choice(circle)
                at = until - timedelta(minutes=town.chance.randrange(1, PAST_DAYS * 1440))
                rows.append(ImportedOrder(pk, shop.id, one.sku_ids[0], one.goods_id, 1, 5_000, "received", at, goods_public_id=one.public_id))  # fmt: skip
    numbers = trade.import_paid_orders(rows)
    for row, number in zip(rows, numbers, strict=True):
        props = json.dumps({"order_number": number, "goods_ids": [row.goods_id], "total_minor": 5_000})  # fmt: skip
        told.append(_row(f"paid-{number}", "trade.order_paid", row.buyer_id, row.shop_id, row.paid_at, props=props))  # fmt: skip
    for pk, other in town.follows:
        if pk != other:
            told.append(_row(f"f-{pk}-{other}", "people.person_followed", pk, None, until - timedelta(days=PAST_DAYS), props=json.dumps({"followee_id": other})))  # fmt: skip
    lake.write(told)
    return len(rows)


def _row(
    name: str, verb: str, person_id: int, shop_id: int | None, at: datetime, **more: Any
) -> dict[str, Any]:
    row = {"id": name, "ts": at.isoformat(), "verb": verb, "person_id": person_id, "shop_id": shop_id}  # fmt: skip
    return row | {"props": "{}"} | more


def begin(shop_id: int, name: str, at: datetime) -> ExperimentView:
    new = NewExperiment(
        knob="shop.slot", name=name, hypothesis="…", primary="ctr", unit="person", window_days=WINDOW_DAYS,
        shares={"popular": 5_000, "model": 5_000}, planned_units=PEOPLE,
    )  # fmt: skip
    with clock.at(at):
        made = signals.draft_experiment(new=new, shop_id=shop_id, by_id=None)
        return signals.start_experiment(public_id=made.public_id, shop_id=shop_id)


class Watch:
    """The visits of one shop's experiment."""

    def __init__(self, town: Town, shop: Shop, start: datetime) -> None:
        self.town, self.shop, self.start = town, shop, start
        self.arms: dict[int, str] = {}
        self.changed = 0
        """How often somebody was given another arm than before."""

    def visits(self) -> Iterator[dict[str, Any]]:
        """What everybody sees and clicks: rows of the lake. The arm is asked for at every visit, the slot made at the first."""
        for n, pk in enumerate(self.town.people):
            at = self.start + timedelta(minutes=self.town.chance.randrange(ENTERING_DAYS * 1440))
            with clock.at(at):
                slot = shop_slot(pk, self.shop.id, SLOT, personalised=True)
                signals.expose(slot.variant)
            self.arms[pk] = slot.variant.arm
            shown = [one.goods for one in slot.suggested]
            if n == len(self.town.people) // 2:
                self.change_shares(at)
            for visit in range(VISITS):
                yield from self.seen(pk, shown, at + timedelta(days=visit, seconds=5))

    def ask_again(self, at: datetime) -> None:
        """Everybody who came so far is drawn once more."""
        for pk, arm in self.arms.items():
            with clock.at(at):
                again = signals.variant("shop.slot", shop_id=self.shop.id, person_id=pk).arm
            self.changed += again != arm

    def change_shares(self, at: datetime) -> None:
        """Nine in ten go to the model for a moment, and then half again: who was shown an arm keeps it."""
        for shares in ({"popular": 1_000, "model": 9_000}, {"popular": 5_000, "model": 5_000}):
            one = signals.experiments(self.shop.id, state="running").items[0]
            with clock.at(at):
                signals.change_shares(public_id=one.public_id, shop_id=self.shop.id, shares=shares, traffic_bps=10_000, by_id=None)  # fmt: skip
            if shares["model"] > shares["popular"]:
                self.ask_again(at)

    def seen(self, pk: int, shown: Sequence[Any], at: datetime) -> Iterator[dict[str, Any]]:
        for place, card in enumerate(shown):
            name = f"{self.shop.id}-{pk}-{at.timestamp()}-{place}"
            about = {"surface": SURFACE, "object_type": "goods", "object_id": card.public_id, "position": place}  # fmt: skip
            yield _row(f"i-{name}", "impression", pk, self.shop.id, at, **about)
            if self.town.chance.random() < self.shop.likes(self.town.circle[pk], card.id):
                yield _row(f"c-{name}", "click", pk, self.shop.id, at, **about)


def same(town: Town, shop: Shop, start: datetime) -> Iterator[dict[str, Any]]:
    """An experiment in which both arms are shown the popular slot: exposures as drawn, visits like the others."""
    watch = Watch(town, shop, start)
    shown = [one.goods for one in shop_slot(None, shop.id, SLOT, personalised=False).suggested]
    for pk in town.people:
        at = start + timedelta(minutes=town.chance.randrange(ENTERING_DAYS * 1440))
        with clock.at(at):
            signals.expose(signals.variant("shop.slot", shop_id=shop.id, person_id=pk))
        for visit in range(VISITS):
            yield from watch.seen(pk, shown, at + timedelta(days=visit, seconds=5))


def told(one: ExperimentView, now: datetime) -> dict[str, Any]:
    """The primary measure as the experiment's page has it."""
    with clock.at(now):
        body = trialing.read(signals.experiment_of(one.public_id))
    assert body is not None
    found = body["measures"]["ctr"]["model"]
    return {
        "people": body["counted"], "popular": round(found["control"], 4), "model": round(found["value"], 4),
        "ratio": round(found["value"] / found["control"], 3),
        "lift": [round(found[name], 3) for name in ("relative_low", "relative", "relative_high")],
        "p": found["p"], "verdict": found["verdict"], "shares_fit": not body["mismatch"]["is_off"],
    }  # fmt: skip


def measure(size: int = PEOPLE, *, seed: int = 20, draws: int = DRAWS) -> dict[str, Any]:
    """Both arms alike first, then the model against what sells best; all of it is written before any of it is read."""
    started = time.monotonic()
    now = clock.now()
    span = timedelta(days=ENTERING_DAYS + WINDOW_DAYS + 2)
    start = now - span
    town = Town(size, seed)
    signals.drain()
    bought = live(town, start - span)
    card = training.train()
    rows: list[dict[str, Any]] = []
    watches = []
    for shop in town.shops:
        equal = begin(shop.id, "same", start - span)
        rows += same(town, shop, start - span)
        with clock.at(start):
            signals.stop_experiment(public_id=equal.public_id, shop_id=shop.id, reason="read")
        one, watch = begin(shop.id, "model", start), Watch(town, shop, start)
        rows += watch.visits()
        watch.ask_again(now)
        watches.append((one, watch, equal))
    lake.write([*rows, *_exposures()])
    return {
        "people": size, "orders_before": bought, "slot": SLOT, "trained": card["trained"],
        "shops": {
            watch.shop.merchant.slug: {
                **told(one, now), "arm_changes": watch.changed,
                "planted": {name: getattr(watch.shop.merchant, name) for name in ("groups", "liked", "other")},
            }
            for one, watch, _equal in watches
        },
        "aa": {watch.shop.merchant.slug: told(equal, start) for _one, watch, equal in watches},
        "aa_drawn": _drawn(town, watches[0][2], start - span, draws),
        "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip


def _exposures() -> list[dict[str, Any]]:
    """What `expose` wrote into the spool."""
    signals.seal()
    rows = [
        json.loads(line)
        for path in signals.ready_spool_files()
        for line in path.read_text().splitlines()
    ]
    return [row for row in rows if row["verb"] == EXPOSED]


def _drawn(town: Town, one: ExperimentView, start: datetime, draws: int) -> dict[str, Any]:
    """Arms drawn again and again over what happened in the experiment of equal arms: how often would one be believed?"""
    end = start + timedelta(days=ENTERING_DAYS + WINDOW_DAYS + 2)
    frame = trialing.Frame(UnitKind.PERSON, one.shop_id, SURFACE, WINDOW_DAYS, start, end, end)
    read = trialing.units_of(frame, one.public_id, ["popular", "model"])
    assert read is not None
    found = aa(read[0], ["ctr"], draws=draws, looks=LOOKS, planned=len(town.people))["measures"]["ctr"]  # fmt: skip
    return {"draws": draws, "looks": LOOKS, "alarms": found["alarms"], "alarms_of_peeking": found["peeking"]}  # fmt: skip


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    print(json.dumps(home.run(lambda: measure(count))))  # noqa: T201
