"""The nightly count of people: facts, forecasts and places of every shop's people, put in place of yesterday's at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.insight.customers import behaviour
from grapevine.insight.customers.promoters import Tally
from grapevine.insight.models import AssetDay, Customer, PeopleModel
from grapevine.insight.rules.customers import assets, likelihood, repeat, value
from grapevine.insight.rules.customers.segments import fifths
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade

BATCH = 1000
WEEKS_AHEAD = 90 / 7
BROUGHT_DAYS = 90
LIKELY_SHARE = 0.2
"""The part of those who have not bought that stands on the list of whom to speak to next."""
PROOF_WEEKS = 2
PROVABLE_MIN = 30
"""Fewer first orders than this in the weeks held back prove nothing."""
AUC_LEAST = 0.6
SLOPES = (0.5, 2.0)
ACTIVE_DAYS = 28


@dataclass(slots=True)
class Known:
    """What is known of one shop's people before anything is foretold."""

    shop_id: int
    buyers: dict[int, trade.Buyer]
    ties: dict[int, Any]
    seen: dict[int, behaviour.Row]
    followers: dict[int, datetime] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    """Of whom nothing may be learned."""
    category: str = ""

    @property
    def everybody(self) -> list[int]:
        return sorted({*self.buyers, *self.ties, *(self.seen.keys() - self.closed)})


@dataclass(frozen=True, slots=True)
class Learned:
    """`hazard` None: it did not prove itself, then places follow a plain rule and no chance is told to anybody."""

    hazard: likelihood.Hazard | None
    repeats: Mapping[str, repeat.Parameters]
    spendings: Mapping[str, value.Spending]


def count() -> dict[str, int]:
    """Count every open shop's people anew; returns people and shops. Safe to repeat."""
    now = clock.now()
    seen: dict[int, dict[int, behaviour.Row]] = defaultdict(dict)
    today, weeks = behaviour.looked_back(now)
    for row in today:
        seen[row["shop_id"]][row["person_id"]] = row
    shop_ids = sorted(
        {*trade.shops_with_buyers(), *spread.shops_with_fans(), *seen} - goods.closed_shops()
    )
    cards = goods.shops(shop_ids)
    shops = [_known(pk, seen[pk], cards[pk].owner_id) for pk in shop_ids if pk in cards]
    if not shops:
        Customer.objects.all().delete()
        Tally().keep(clock.today_start().date())
        return {"shops": 0, "people": 0}
    learned, tally = _learn(shops, weeks), Tally()
    people_count = sum(_count_shop(shop, learned, tally) for shop in shops)
    tally.keep(clock.today_start().date())
    Customer.objects.exclude(shop_id__in=[shop.shop_id for shop in shops]).delete()
    return {"shops": len(shops), "people": people_count}


def _known(shop_id: int, seen: dict[int, behaviour.Row], owner_id: int) -> Known:
    """The owner is nobody's customer at home."""
    shop = Known(
        shop_id,
        {one.person_id: one for one in trade.buyers_of(shop_id) if one.person_id != owner_id},
        {one.person_id: one for one in spread.ties_of_shop(shop_id) if one.person_id != owner_id},
        {pk: row for pk, row in seen.items() if pk != owner_id},
    )
    ids = {*shop.buyers, *shop.ties, *shop.seen}
    shop.closed = people.not_personalised(ids)
    shop.followers = people.followers_since(owner_id)
    own = trade.buyer_goods(shop_id)
    names = goods.categories_of_goods(set(own.values()))
    said = [names.get(goods_id, "") for goods_id in own.values()]
    shop.category = max(sorted(set(said)), key=said.count, default="")
    return shop


def _learn(shops: Sequence[Known], weeks: Sequence[behaviour.Row]) -> Learned:
    """Pools by the category a shop sells most, and the hazard of first orders over all shops."""
    pools: dict[str, list[trade.Buyer]] = defaultdict(list)
    for shop in shops:
        for pool in {"house", f"category:{shop.category}"[:24]}:
            pools[pool] += _learnable(shop)
    today = clock.today_start().date()
    repeats = {pool: repeat.fit(_histories(rows, today)) for pool, rows in pools.items()}
    spendings = {pool: value.fit_spending(*_worths(rows)) for pool, rows in pools.items()}
    for name, fitted in (("repeat", repeats), ("spending", spendings)):
        for pool, model in fitted.items():
            _file(name, pool, {"customers": len(pools[pool]), **asdict(model)})
    return Learned(_hazard(behaviour.person_weeks(weeks, _follows(shops))), repeats, spendings)


def _learnable(shop: Known) -> list[trade.Buyer]:
    return [one for pk, one in sorted(shop.buyers.items()) if pk not in shop.closed]


def _histories(rows: Sequence[trade.Buyer], today: date) -> repeat.Histories:
    return repeat.Histories(
        np.array([one.days - 1 for one in rows], dtype=float),
        np.array([(one.last_on - one.first_on).days for one in rows], dtype=float) / 7,
        np.array([max(0, (today - one.first_on).days) for one in rows], dtype=float) / 7,
    )


def _worths(rows: Sequence[trade.Buyer]) -> tuple[value.Array, value.Array]:
    days = np.array([one.days for one in rows], dtype=float)
    return days, np.array([max(0, one.spent_minor) / one.days for one in rows], dtype=float)


def _follows(shops: Sequence[Known]) -> dict[tuple[int, int], datetime]:
    return {(shop.shop_id, pk): at for shop in shops for pk, at in shop.followers.items()}


def _hazard(taught: behaviour.PersonWeeks) -> likelihood.Hazard | None:
    """Fitted on older weeks, proven on the newest two, then fitted on all; None if it did not prove itself."""
    held = taught.week <= PROOF_WEEKS
    if min(taught.bought[held].sum(), taught.bought[~held].sum()) < PROVABLE_MIN:
        _file("hazard", "house", {"proven": False, "reason": "too few first orders"})
        return None
    trial = likelihood.fit(taught.raw[~held], taught.bought[~held])
    proof = likelihood.prove(likelihood.weekly(trial, taught.raw[held]), taught.bought[held])
    is_proven = proof.auc >= AUC_LEAST and SLOPES[0] <= proof.slope <= SLOPES[1]
    model = likelihood.fit(taught.raw, taught.bought)
    _file("hazard", "house", {"proven": is_proven, "proof": asdict(proof), **asdict(model)})
    return model if is_proven else None


def _file(name: str, scope: str, card: dict[str, Any]) -> None:
    PeopleModel.objects.update_or_create(
        name=name, scope=scope[:24], defaults={"card": card, "fitted_at": clock.now()}
    )


def _count_shop(shop: Known, learned: Learned, tally: Tally) -> int:
    today = clock.today_start().date()
    rows = {pk: _facts(shop, pk, today) for pk in shop.everybody}
    _say_where(shop, rows)
    _foretell(shop, rows, learned, today)
    _credit(shop, rows)
    _place(shop, rows, learned)
    persons = {pk: asset_person(row, today) for pk, row in rows.items()}
    first_worth = _first_worth(rows)
    asset = assets.asset_of(persons.values(), first_worth_minor=first_worth)
    tally.add(shop.shop_id, shop.ties, persons, closed=shop.closed, first_worth_minor=first_worth)
    with transaction.atomic():
        Customer.objects.filter(shop_id=shop.shop_id).delete()
        Customer.objects.bulk_create(rows.values(), batch_size=BATCH)
        AssetDay.objects.update_or_create(shop_id=shop.shop_id, day=today, defaults=asdict(asset))
    return len(rows)


def _facts(shop: Known, person_id: int, today: date) -> Customer:
    buyer, tie = shop.buyers.get(person_id), shop.ties.get(person_id)
    row = Customer(
        shop_id=shop.shop_id, person_id=person_id, is_personalised=person_id not in shop.closed,
        is_following=person_id in shop.followers,
    )  # fmt: skip
    seen = shop.seen.get(person_id) if row.is_personalised else None
    since = [today]
    if buyer:
        row.orders, row.spent_minor = buyer.days, buyer.spent_minor
        row.first_on, row.last_on = buyer.first_on, buyer.last_on
        since.append(buyer.first_on)
    if tie:
        since.append(timezone.localdate(tie.since))
    if seen:
        row.seen_on = timezone.localdate(seen["seen"])
        row.views, row.carts = int(seen["goods"]), int(seen["carts"])
        row.comments, row.reads = int(seen["comments"]), int(seen["reads"])
        since.append(row.seen_on)
    row.known_on = min(since)
    return row


def _say_where(shop: Known, rows: Mapping[int, Customer]) -> None:
    places, own = trade.buyer_places(shop.shop_id), trade.buyer_goods(shop.shop_id)
    names = goods.categories_of_goods(set(own.values()))
    for person_id, row in rows.items():
        row.region, row.city = places.get(person_id, ("", ""))
        row.category = names.get(own.get(person_id, 0), "")[:20]


def _foretell(shop: Known, rows: Mapping[int, Customer], learned: Learned, today: date) -> None:
    """A small shop's own parameters are drawn to those of its category."""
    buyers = _learnable(shop)
    if not buyers:
        return
    pool = f"category:{shop.category}"[:24]
    data, (days, mean) = _histories(buyers, today), _worths(buyers)
    model = repeat.fit(data, towards=learned.repeats[pool])
    spending = value.fit_spending(days, mean, towards=learned.spendings[pool])
    alive = repeat.alive(model, data)
    orders = repeat.expected(model, data, weeks=WEEKS_AHEAD)
    worth = orders * value.order_value(spending, days, mean)
    _file("repeat", f"shop:{shop.shop_id}", {"customers": len(buyers), **asdict(model)})
    fives = [
        fifths({one.person_id: score for one, score in zip(buyers, scores, strict=True)})
        for scores in (
            [one.last_on.toordinal() for one in buyers], days.tolist(),
            [one.spent_minor for one in buyers],
        )
    ]  # fmt: skip
    for n, one in enumerate(buyers):
        row = rows[one.person_id]
        row.alive_bps = round(float(alive[n]) * 10_000)
        row.expected_orders, row.expected_minor = float(orders[n]), round(float(worth[n]))
        row.recency, row.frequency, row.money = (part[one.person_id] for part in fives)


def _credit(shop: Known, rows: Mapping[int, Customer]) -> None:
    """What each brought in ninety days, less what went back; nobody brings themself."""
    since = clock.now() - timedelta(days=BROUGHT_DAYS)
    earned = [
        one for one in spread.orders_brought(shop.shop_id, since) if one.sharer_id != one.buyer_id
    ]
    worth = trade.net_totals([one.order_number for one in earned])
    for one in earned:
        row = rows.get(one.sharer_id)
        if row is None or one.order_number not in worth:
            continue
        row.brought += 1
        row.brought_minor += worth[one.order_number]
        day = timezone.localdate(one.at)
        row.brought_on = max(day, row.brought_on or day)


def _place(shop: Known, rows: Mapping[int, Customer], learned: Learned) -> None:
    """The order in which those who have not bought are likely to. Without a proven model: by how much and how lately they looked."""
    waiting = [
        pk for pk, row in rows.items()
        if not row.orders and row.is_personalised and pk in shop.seen
    ]  # fmt: skip
    if not waiting:
        return
    raw = behaviour.raw_of([shop.seen[pk] for pk in waiting], _follows([shop]))
    if learned.hazard:
        scores = likelihood.within(likelihood.weekly(learned.hazard, raw), WEEKS_AHEAD)
        said = likelihood.reasons(learned.hazard, raw)
        for pk, chance, why in zip(waiting, scores, said, strict=True):
            rows[pk].chance, rows[pk].reasons = float(chance), ",".join(why)
    else:
        scores = raw @ PLAIN
    order = np.lexsort((np.array(waiting), -scores))
    for place, n in enumerate(order, start=1):
        rows[waiting[n]].place = place
        rows[waiting[n]].is_likely = place <= max(1, round(len(waiting) * LIKELY_SHARE))


PLAIN = np.array([0.2, 1.0, 4.0, 2.0, 1.0, 0.1, 2.0, 2.0, 3.0])
"""Weights of SIGNALS while no model has proven itself: an order of people, not a chance."""


def _first_worth(rows: Mapping[int, Customer]) -> float:
    firsts = [row.spent_minor / row.orders for row in rows.values() if row.orders]
    return sum(firsts) / len(firsts) if firsts else 0.0


def asset_person(row: Customer, today: date) -> assets.Person:
    last = max((day for day in (row.last_on, row.seen_on, row.brought_on) if day), default=None)
    return assets.Person(
        expected_minor=row.expected_minor or 0, chance=row.chance or 0.0,
        brought_minor=row.brought_minor if row.orders else 0,
        alive=1.0 if row.alive_bps is None else row.alive_bps / 10_000,
        is_active=last is not None and (today - last).days <= ACTIVE_DAYS,
        is_supporting=bool(row.orders and row.brought),
    )  # fmt: skip
