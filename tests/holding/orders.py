"""Orders: steps, pieces, parcels, money, what went back and what was told agree with where each stands."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import F, Q, Sum

from grapevine.goods.models import Goods, StockHold
from grapevine.ledger.models import AccountRow
from grapevine.signals.models import OutboxEvent
from grapevine.trade.models import LimitUse, Line, Order, OrderStep, Refund, ShipmentLine
from grapevine.trade.rules.states import may

HELD_FOR = {
    "pending": {"held", "expired"},
    "waiting": {"sold"},
    "paid": {"sold"},
    "shipped": {"sold"},
    "received": {"sold"},
    "completed": {"sold"},
    "cancelled": {"released", "expired"},
    "refunded": {"returned", "sold"},
}
LIVE = ("pending", "waiting", "paid", "shipped", "received", "completed")
IN_ESCROW = ("waiting", "paid", "shipped", "received")
TOLD_BY = {
    "pending": "trade.order_placed",
    "shipped": "trade.order_shipped",
    "received": "trade.order_received",
    "completed": "trade.order_settled",
    "cancelled": "trade.order_cancelled",
    "refunded": "trade.order_refunded",
}
"""Which event tells of a step. That a payment came is `order_paid`, whether the order then waits or not."""


def orders() -> Iterator[str]:
    """Steps along the written table; pieces, money and news as the state says."""
    yield from _steps()
    yield from _pieces()
    yield from _money()
    yield from _told()
    yield from _parcels()


def _steps() -> Iterator[str]:
    steps: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    rows = OrderStep.objects.order_by("order", "id")
    for order, state, actor, reason in rows.values_list("order", "state", "actor", "reason"):
        steps[order].append((state, actor, reason))
    for pk, number, state in Order.objects.values_list("pk", "number", "state"):
        way = steps[pk]
        if not way or way[0][0] != "pending" or way[-1][0] != state:
            yield f"order {number} is {state}, its steps are {[step[0] for step in way]}"
            continue
        if way[0][1] == "system":
            continue  # imported
        before = "pending"
        for after, actor, _reason in way[1:]:
            if before != after and not may(before, after, actor):  # type: ignore[arg-type]
                yield f"order {number} went {before} → {after} by {actor}"
            before = after


def _imported() -> set[int]:
    return set(Order.objects.filter(payment__method="imported").values_list("pk", flat=True))


def _pieces() -> Iterator[str]:
    wanted: dict[int, Counter[int]] = defaultdict(Counter)
    for order, sku, count in Line.objects.values_list("order", "sku_id", "count"):
        wanted[order][sku] += count
    kept: dict[str, Counter[int]] = defaultdict(Counter)
    states: dict[str, set[str]] = defaultdict(set)
    rows = StockHold.objects.values_list("reference", "sku", "state", "count")
    for reference, sku, state, count in rows:
        kept[reference][sku] += count
        states[reference].add(state)
    imported = _imported()
    parted = set(Line.objects.filter(refunded_count__gt=0).values_list("order", flat=True))
    known = set()
    for pk, number, state in Order.objects.values_list("pk", "number", "state"):
        known.add(number)
        if pk in imported:
            continue
        if kept[number] != wanted[pk]:
            yield f"order {number}: lines {dict(wanted[pk])}, holds {dict(kept[number])}"
        whole = len(states[number]) == 1 or state == "refunded"  # a part may have left before
        allowed = HELD_FOR[state]
        if pk in parted:  # some pieces went back, and some of these are on the shelf again
            whole, allowed = True, allowed | {"returned"}
        if not whole or not states[number] <= allowed:
            yield f"order {number} is {state}, its pieces are {sorted(states[number])}"
    for reference in sorted(kept.keys() - known):
        if states[reference] & {"held", "sold"}:
            yield f"pieces are kept for {reference}, which is no order"


def _parcels() -> Iterator[str]:
    """What is counted on a line as sent is in parcels, and no more of a SKU than was kept where it left.

    What came back after a return was kept there too.
    """
    inside = dict(ShipmentLine.objects.values_list("line").annotate(total=Sum("count")).order_by())
    for pk, number, sent, count in Line.objects.values_list(
        "pk", "order__number", "shipped_count", "count"
    ):
        if sent != inside.get(pk, 0) or sent > count:
            yield f"order {number}: {sent} of {count} counted as sent, {inside.get(pk, 0)} in parcels"
    kept: Counter[tuple[str, int, int]] = Counter()
    rows = StockHold.objects.filter(state__in=["sold", "returned"]).values_list(
        "reference", "sku", "stock__warehouse", "count"
    )
    for reference, sku, where, count in rows:
        kept[reference, sku, where] += count
    gone = ShipmentLine.objects.exclude(shipment__warehouse_id=None).values_list(
        "shipment__order__number", "line__sku_id", "shipment__warehouse_id"
    )
    for *key, total in gone.annotate(total=Sum("count")).order_by():
        if total > kept[tuple(key)]:
            yield f"parcels {key}: {total} pieces have left, {kept[tuple(key)]} were kept for it"


def _money() -> Iterator[str]:
    rows = AccountRow.objects.filter(owner__startswith="order:", kind="escrow")
    left = dict(rows.values_list("owner").annotate(Sum("balance_minor")))
    backs = dict(
        Refund.objects.exclude(order=None).values_list("order").annotate(Sum("amount_minor"))
    )
    yield from _given_back()
    for one in Order.objects.all():
        kept = one.total_minor + one.subsidy_minor if one.state in IN_ESCROW else 0
        kept -= one.refunded_minor + one.refunded_subsidy_minor if kept else 0
        have = left.get(f"order:{one.number}", 0)
        if have != kept:
            yield f"order {one.number} is {one.state}, {have} lie in its escrow, not {kept}"
        if backs.get(one.pk, 0) != one.refunded_minor:
            yield f"order {one.number}: {one.refunded_minor} went back, its refunds are {backs.get(one.pk, 0)}"
        if one.refunded_minor > one.total_minor or (
            one.state == "refunded" and one.refunded_minor != one.total_minor
        ):
            yield f"order {one.number} is {one.state}, {one.refunded_minor} of {one.total_minor} went back"


def _given_back() -> Iterator[str]:
    """Lines: no more pieces went back than were bought, no more money than was paid; all of both if the order did."""
    lines = Line.objects.select_related("order")
    for line in lines.filter(Q(refunded_count__gt=0) | Q(order__state="refunded")):
        paid = line.price_minor * line.count - line.discount_minor
        whole = line.order.state == "refunded"
        if line.refunded_count > line.count or (whole and line.refunded_count != line.count):
            yield f"order {line.order} is {line.order.state}, {line.refunded_count} of {line.count} {line} went back"
        if line.refunded_minor > paid or (whole and line.refunded_minor != paid):
            yield f"order {line.order}: {line.refunded_minor} of {paid} for {line} went back"
    done = set(Order.objects.filter(state="refunded").values_list("pk", flat=True))
    left = set(Line.objects.filter(refunded_count__lt=F("count")).values_list("order", flat=True))
    touched = Line.objects.filter(refunded_count__gt=0).values_list("order", flat=True)
    for pk in sorted(set(touched) - left - done):
        yield f"order {pk}: every piece went back and it is not refunded"


def _told() -> Iterator[str]:
    """Every step has exactly one event, every event its step."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    events = OutboxEvent.objects.filter(name__startswith="trade.order_")
    for name, payload in events.values_list("name", "payload"):
        told[payload["order_number"]][name] += 1
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    rows = OrderStep.objects.exclude(order__in=_imported()).order_by("order", "id")
    before: tuple[str, str] = ("", "")
    for number, state, actor in rows.values_list("order__number", "state", "actor"):
        if (number, state) == before:
            continue  # a note, not a move
        before = (number, state)
        if state in TOLD_BY:
            wanted[number][TOLD_BY[state]] += 1
        elif actor == "provider":
            wanted[number]["trade.order_paid"] += 1
    for number in sorted(told.keys() | wanted.keys()):
        if told[number] != wanted[number]:
            yield f"order {number}: events {dict(told[number])}, steps {dict(wanted[number])}"


def limits() -> Iterator[str]:
    """What a person has used of a limit = the pieces in their live orders, and not more than allowed.

    For goods whose limit never changed.
    """
    limited = dict(Goods.objects.exclude(limit_per_person=0).values_list("pk", "limit_per_person"))
    bought: dict[tuple[int, int], int] = defaultdict(int)
    lines = Line.objects.filter(order__state__in=LIVE, goods_id__in=limited)
    rows = lines.exclude(order__payment__method="imported")
    for buyer, goods, total in rows.values_list("order__buyer_id", "goods_id").annotate(
        total=Sum(F("count") - F("refunded_count"))
    ):
        bought[buyer, goods] = total
    used = {
        (buyer, goods): count
        for buyer, goods, count in LimitUse.objects.filter(goods_id__in=limited).values_list(
            "buyer_id", "goods_id", "count"
        )
    }
    for key in sorted(bought.keys() | used.keys()):
        if bought.get(key, 0) != used.get(key, 0):
            yield f"limit {key}: {used.get(key, 0)} counted, {bought.get(key, 0)} bought"
        if bought.get(key, 0) > limited[key[1]]:
            yield f"limit {key}: {bought[key]} bought, {limited[key[1]]} allowed"
