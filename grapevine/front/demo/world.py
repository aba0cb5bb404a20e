"""The whole demo world as an interchange folder. The same people, seed and now: the same bytes."""

import json
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from grapevine.front.demo import (
    alleys,
    cast,
    circles,
    courting,
    gatherings,
    liking,
    lives,
    market,
    reading,
    truth,
    visits,
)
from grapevine.front.demo.pictures import rasterise
from grapevine.front.demo.plans import Plan
from grapevine.front.demo.traffic import Log, ShopTraffic
from grapevine.front.interchange.writing import Folder
from grapevine.front.progress import Step

FULL = 2000
"""The number of people for which the plans' figures are meant."""
PLANTED = {0: "falling", 2: "fans", 5: "flat", 9: "small"}


def plans(count: int, people: int, chance: Random) -> list[Plan]:
    """One plan for each shop. Planted ones stay large enough to be seen in a small world."""
    scale = people / FULL
    kept, usual = max(scale, 0.9), max(scale, 0.4)
    made: list[Plan] = []
    for number in range(count):
        visitors = chance.uniform(40, 90)
        conversion = chance.uniform(0.026, 0.055)
        trend = chance.choice((-0.2, 0.0, 0.1, 0.3, 0.5))
        planted = {
            "falling": Plan(460 * kept, 0.05, "falling", noise=0.03),
            "fans": Plan(150 * kept, 0.05, "fans", noise=0.08),
            "flat": Plan(240 * kept, 0.045, "flat", noise=0.0),
            "small": Plan(11, 0.04, "small", noise=0.2),
        }
        role = PLANTED.get(number, "")
        made.append(planted[role] if role else Plan(visitors * usual, conversion, "", trend))
    return made


def _log(
    shops: list[market.Shop], shop_plans: list[Plan], people: list[cast.Human],
    notes: list[market.Note], follows: list[dict[str, Any]], apart: circles.Circles, seed: int,
    now: datetime,
) -> tuple[Log, list[gatherings.Gathering], list[str], list[courting.Courting]]:  # fmt: skip
    log = Log()
    supporters: list[str] = []
    with Step("店 / shops", len(shops)) as step:
        for shop, plan in zip(shops, shop_plans, strict=True):
            chance = Random(f"{seed}:traffic:{shop.id}")  # noqa: S311  a made-up world
            traffic = ShopTraffic(shop, plan, people, notes, log, chance, apart)
            traffic.run(now)
            supporters += [human.id for human in traffic.supporters]
            step.advance()
    plain = [shop for shop, plan in zip(shops, shop_plans, strict=True) if not plan.role]
    groups = gatherings.Groups(plain, people, log, Random(f"{seed}:groups"), apart)  # noqa: S311
    groups.run(now)
    courted = [
        one
        for shop in plain
        for one in courting.courtings(shop, people, log.orders, apart, seed, now)
    ]
    chance = Random(f"{seed}:reading")  # noqa: S311
    causes = liking.Liking.of(people, follows, chance)
    told = chain(
        reading.reactions(notes, causes, chance, now), reading.showings(shops, causes, chance, now),
        visits.visits(shops, shop_plans, Random(f"{seed}:visits"), now),  # noqa: S311
        *(courting.looked(one, seed) for one in courted),
    )  # fmt: skip
    log.events += [event for event in told if event["at"] < now]
    log.events.sort(key=lambda event: (event["at"], event["visitor_id"], event["object_id"]))
    log.orders.sort(key=lambda order: (order.at, order.id))
    log.shares.sort(key=lambda share: (share.at, share.id))
    return log, groups.found, supporters, courted


def _numbered(events: list[dict[str, Any]]) -> Any:
    for number, event in enumerate(events, start=1):
        yield {"id": f"e{number:07d}", **event}


def build(
    *, people: int, seed: int, now: datetime, target: Path, cache: Path | None,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Write the folder and return the planted truths. Without a `cache` no picture is drawn.

    `now` is a whole minute in the world's own time zone.
    """
    names = ("cast", "market", "plans", "follows", "circles")
    chance = {name: Random(f"{seed}:{name}") for name in names}  # noqa: S311
    tastes = [theme.category for theme in market.THEMES]
    humans = cast.humans(people, chance["cast"], now, tastes)
    shops = market.shops(humans, chance["market"], now)
    notes = market.notes(shops, humans, max(60, people * 32 // 100), chance["market"], now)
    shop_plans = plans(len(shops), people, chance["plans"])
    plain = [shop for shop, plan in zip(shops, shop_plans, strict=True) if not plan.role]
    apart = circles.plant(humans, plain, chance["circles"])
    say("九十天的来往 / ninety days of comings and goings")
    follows = list(cast.follows(humans, chance["follows"], now))
    log, groups, supporters, courted = _log(
        shops, shop_plans, humans, notes, follows, apart, seed, now
    )
    folder = Folder(target)
    with Step("写文件 / writing files"):
        folder.write("people", (human.row() for human in humans))
        folder.write("follows", follows)
        folder.write("shops", (market.shop_row(shop) for shop in shops))
        goods = (row for shop in shops for row in market.goods_rows(shop, chance["market"]))
        folder.write("goods", goods)
        folder.write("notes", (note.row() for note in notes))
        folder.write("groups", (group.row() for group in groups))
        folder.write("shares", (share.row() for share in log.shares))
        folder.write("orders", (order.row() for order in log.orders))
        folder.write("events", _numbered(log.events))
    if cache is not None:
        say("画图 / drawing the pictures")
        rasterise(market.pictures(shops), cache=cache, target=target / "pictures")
    handles = {human.id: human.handle for human in humans}
    truths = truth.found(shops, shop_plans, log, groups, supporters, handles, now)
    truths["influences"] = truth.influences(shops, shop_plans, log, notes, follows)
    truths["circles"] = circles.told(apart, humans, shops, log.orders)
    truths["courting"] = courting.told(courted)
    small = lives.told(alleys.planned(seed, now.date()))
    return {"people": people, "seed": seed, "now": now.isoformat(), **truths, "lives": small}


def write_truth(path: Path, truths: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(truths, ensure_ascii=False, indent=1), encoding="utf-8")
