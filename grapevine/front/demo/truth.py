"""What is planted in the world, measured on what was written: the answers to look for."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from grapevine.front.demo.gatherings import Gathering
from grapevine.front.demo.market import Note, Shop
from grapevine.front.demo.plans import FEW_OPENED, LEADS_FROM, LOST_CHANNEL, MANY_OPENED, Plan
from grapevine.front.demo.traffic import Log, Order, days_until

INFLUENCED = ("falling", "fans", "flat")
MET_WITHIN = timedelta(days=7)
PAID = {"paid", "shipped", "received", "waiting"}


def _series(shop: Shop, log: Log, now: datetime) -> list[dict[str, Any]]:
    """One entry a day: visitors by channel, orders and payments."""
    visitors: dict[str, Counter[str]] = defaultdict(Counter)
    for event in log.events:
        if event.get("shop_id") == shop.id and event["verb"] == "view":
            visitors[event["at"].date().isoformat()][event["channel"]] += 1
    orders: Counter[str] = Counter()
    payments: Counter[str] = Counter()
    for order in log.orders:
        if order.goods.shop is shop and order.state in PAID:
            day = order.at.date().isoformat()
            orders[day] += 1
            payments[day] += order.total
    days = [day.date().isoformat() for _, day in days_until(now)]
    return [
        {"day": day, "visitors": dict(sorted(visitors[day].items())), "orders": orders[day],
         "payments_minor": payments[day]}
        for day in days
    ]  # fmt: skip


def _total(series: list[dict[str, Any]]) -> dict[str, Any]:
    visitors: Counter[str] = Counter()
    for day in series:
        visitors.update(day["visitors"])
    orders = sum(day["orders"] for day in series)
    payments = sum(day["payments_minor"] for day in series)
    seen = sum(visitors.values())
    return {
        "payments_minor": payments, "orders": orders, "visitors": seen,
        "visitors_by_channel": dict(sorted(visitors.items())),
        "conversion": round(orders / seen, 4) if seen else 0,
        "average_order_minor": payments // orders if orders else 0,
    }  # fmt: skip


def _shop(shop: Shop, log: Log, now: datetime) -> dict[str, Any]:
    """Figures for whole days: the last 7 and 28 before today, and as many before those."""
    series = _series(shop, log, now)[:-1]
    return {
        "id": shop.id, "slug": shop.brand.slug, "name": shop.brand.name,
        "last_7": _total(series[-7:]), "before_7": _total(series[-14:-7]),
        "four_weeks_before_7": _total(series[-35:-7]),
        "last_28": _total(series[-28:]), "before_28": _total(series[-56:-28]),
    }  # fmt: skip


def _brought(orders: list[Order], shop: Shop) -> dict[str, set[str]]:
    """Who brought whom: new buyers by the person whose share led to their first order here."""
    found: dict[str, set[str]] = defaultdict(set)
    here: set[str] = set()
    for order in orders:
        if order.goods.shop is not shop or order.state not in PAID:
            continue
        if order.share and order.buyer.id not in here:
            found[order.share.sharer.id].add(order.buyer.id)
        here.add(order.buyer.id)
    return found


def _fans(shop: Shop, log: Log, supporters: list[str], handles: dict[str, str]) -> dict[str, Any]:
    brought = _brought(log.orders, shop)
    bought = {order.buyer.id for order in log.orders if order.goods.shop is shop}
    fans = [
        {"id": key, "handle": handles[key], "brought": len(buyers)}
        for key, buyers in brought.items()
        if key in bought
    ]
    fans.sort(key=lambda fan: (-int(str(fan["brought"])), fan["id"]))
    return {
        "id": shop.id, "slug": shop.brand.slug, "planted": supporters, "all": fans,
    }  # fmt: skip


def _regions(groups: list[Gathering]) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for group in groups:
        counts[group.leader.region]["opened"] += 1
        counts[group.leader.region][group.state] += 1
    return {
        "many_opened_few_filled": list(MANY_OPENED), "few_opened_well_filled": list(FEW_OPENED),
        "counts": {region: dict(count) for region, count in sorted(counts.items())},
    }  # fmt: skip


def found(
    shops: list[Shop], plans: list[Plan], log: Log, groups: list[Gathering],
    supporters: list[str], handles: dict[str, str], now: datetime,
) -> dict[str, Any]:  # fmt: skip
    by_role = {plan.role: shop for shop, plan in zip(shops, plans, strict=True) if plan.role}
    return {
        "falling_shop": {**_shop(by_role["falling"], log, now), "channel": LOST_CHANNEL},
        "flat_shop": _shop(by_role["flat"], log, now),
        "small_shop": _shop(by_role["small"], log, now),
        "supporting_fans": _fans(by_role["fans"], log, supporters, handles),
        "regions": _regions(groups),
    }


def influences(
    shops: list[Shop], plans: list[Plan], log: Log, notes: list[Note], follows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """By whom the buyers of the large planted shops were met last before they paid."""
    counts = Counter(row["followee_id"] for row in follows)
    leaders = {key for key, count in counts.items() if count >= LEADS_FROM}
    return [
        _influences(shop, log, notes, leaders)
        for shop, plan in zip(shops, plans, strict=True)
        if plan.role in INFLUENCED
    ]


def _influences(shop: Shop, log: Log, notes: list[Note], leaders: set[str]) -> dict[str, Any]:
    """What of other people met the buyers last, within seven days before they paid: orders by `friend`, `kol` (somebody whom many
    follow, by a note or a share), `review`, `talk` (anybody else's note) and `none`. What the owner says is the shop's own word.
    """
    writers = {
        note.id: note.author.id for note in notes if any(goods.shop is shop for goods in note.goods)
    }
    sharers = {share.id: share.sharer.id for share in log.shares if share.goods.shop is shop}
    shelf = {goods.id for goods in shop.goods}
    met: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for event in log.events:
        who, kind = event.get("person_id", ""), event["object_type"]
        if not who or event["verb"] != "view":
            continue
        if kind == "reviews" and event["object_id"] in shelf:
            met[who].append((event["at"], "review"))
        is_note = kind == "note"
        other = (writers if is_note else sharers).get(
            event["object_id"] if is_note else event.get("share_id", "")
        )
        if other not in (None, who, shop.owner.id):
            usual = "talk" if is_note else "friend"
            met[who].append((event["at"], "kol" if other in leaders else usual))
    orders: Counter[str] = Counter()
    for order in log.orders:
        if order.goods.shop is shop:
            near = [
                one for one in met[order.buyer.id] if order.at - MET_WITHIN < one[0] <= order.at
            ]
            orders[max(near)[1] if near else "none"] += 1
    return {"slug": shop.brand.slug, "orders": dict(sorted(orders.items()))}
