"""What must hold whatever happened: goods, money, orders, groups and news agree with one another.

`broken()` reads the whole database with a few dozen queries and says in words what is wrong; an empty list means that
everything is whole. It belongs to nobody's scenario: races, crashes and simulations end with it. At rest (no process
working, every job run until nothing is left) the clearing accounts are empty and every event has had its effects;
pass `at_rest=False` to look while work goes on, with nothing half-committed in between.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Count, F, Q, Sum

from grapevine.campaigns.models import (
    Coupon,
    CouponPlan,
    FlashCount,
    FlashSale,
    FlashShare,
    FlashUse,
    Group,
    Seat,
)
from grapevine.goods.models import Goods, Stock, StockHold, StockMovement
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import NEVER_NEGATIVE
from grapevine.ledger.models import AccountRow, Hold, PostingRow, Transfer
from grapevine.signals import actions as delivery
from grapevine.signals.models import Handled, OutboxEvent
from grapevine.trade.models import (
    LimitUse,
    Line,
    Order,
    OrderStep,
    Payment,
    PoolSale,
    ProviderEvent,
    Refund,
    SandboxCharge,
    SandboxPayout,
    SandboxRefund,
    SettlementBatch,
    SettlementLine,
    ShipmentLine,
    Withdrawal,
)
from grapevine.trade.rules.states import may

ENDS = ("sold", "released", "expired")
BY_HOLDS = ("hold", *ENDS, "returned")
"""Movements between free, held and sold; all others bring pieces in or take them away."""
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


def broken(*, at_rest: bool = True) -> list[str]:
    """Everything that is wrong, in words."""
    found = [*stock(), *holds(), *books(), *payments(), *orders(), *limits(), *groups()]
    found += [*coupons(), *flash_sales(), *settlement(), *pool_sales(), *withdrawals()]
    if at_rest:
        found += [*clearing(), *providers(), *news(), *resting(), *points()]
    return found


def assert_whole(*, at_rest: bool = True) -> None:
    found = broken(at_rest=at_rest)
    assert not found, "\n".join(found[:40])


def stock() -> Iterator[str]:
    """Counters = Σ movements by SKU and warehouse; free + held + sold = what came in; nothing below zero."""
    counted = {
        (sku, where): tuple(sums)
        for sku, where, *sums in Stock.objects.values_list("sku", "warehouse").annotate(
            Sum("free"), Sum("held"), Sum("sold")
        )
    }
    moved = {
        (sku, where): tuple(sums)
        for sku, where, *sums in StockMovement.objects.values_list("sku", "warehouse").annotate(
            Sum("free"), Sum("held"), Sum("sold")
        )
    }
    for place in sorted(counted.keys() | moved.keys()):
        have, journal = counted.get(place, (0, 0, 0)), moved.get(place, (0, 0, 0))
        if have != journal:
            yield f"stock {place}: counters (free, held, sold) {have}, journal {journal}"
    came = (
        StockMovement.objects.exclude(reason__in=BY_HOLDS)
        .values_list("sku")
        .annotate(total=Sum(F("free") + F("held") + F("sold")))
    )
    received = dict(came)
    there = Stock.objects.values_list("sku").annotate(total=Sum(F("free") + F("held") + F("sold")))
    for sku, total in there:
        if total != received.get(sku, 0):
            yield f"stock of SKU {sku}: {total} pieces are counted, {received.get(sku, 0)} came in"
    for row in Stock.objects.filter(Q(free__lt=0) | Q(held__lt=0) | Q(sold__lt=0)):
        yield f"stock {row.pk} is below zero: {row.free} {row.held} {row.sold}"
    inner = StockMovement.objects.filter(reason__in=BY_HOLDS)
    for pk in inner.exclude(free=-F("held") - F("sold")).values_list("pk", flat=True):
        yield f"movement {pk} makes pieces or loses them"


def holds() -> Iterator[str]:
    """Held pieces = open holds, place by place; the journal tells of each hold's one end, and only of that."""
    open_ = dict(
        StockHold.objects.filter(state="held").values_list("stock").annotate(total=Sum("count"))
    )
    for pk, held in Stock.objects.values_list("pk", "held"):
        if held != open_.get(pk, 0):
            yield f"stock {pk}: {held} held, open holds are {open_.get(pk, 0)}"
    by_orders = StockMovement.objects.filter(reason__in=BY_HOLDS)
    journal: dict[tuple[str, int, int], Counter[str]] = defaultdict(Counter)
    pieces = by_orders.values_list("reference", "sku", "warehouse", "reason").annotate(
        plus=Sum("free", filter=Q(free__gt=0), default=0)
        + Sum("held", filter=Q(held__gt=0), default=0)
        + Sum("sold", filter=Q(sold__gt=0), default=0)
    )
    for reference, sku, where, reason, plus in pieces:
        journal[reference, sku, where][reason] += plus
    states: dict[tuple[str, int, int], Counter[str]] = defaultdict(Counter)
    kept = StockHold.objects.values_list("reference", "sku", "stock__warehouse", "state")
    for reference, sku, where, state, count in kept.annotate(Sum("count")):
        states[reference, sku, where][state] += count
    for key in sorted(journal.keys() | states.keys()):
        wanted = _journal_of(states[key])
        if journal[key] != wanted:
            yield f"holds {key}: the journal says {dict(journal[key])}, the holds {dict(wanted)}"


def _journal_of(states: Counter[str]) -> Counter[str]:
    """What the journal must say of holds in these states."""
    told: Counter[str] = Counter(hold=sum(states.values()))
    for state in ENDS:
        told[state] = states[state]
    told["sold"] += states["returned"]  # sold once, then given back
    told["returned"] = states["returned"]
    return +told


def books() -> Iterator[str]:
    """Trial balance zero per currency, cached balances = Σ transfers, digests and chain whole, no debts."""
    yield from ledger.verify()["differences"]
    totals = AccountRow.objects.values_list("currency").annotate(total=Sum("balance_minor"))
    for currency, total in totals:
        if total:
            yield f"the accounts in {currency} add up to {total}"
    for row in AccountRow.objects.filter(kind__in=NEVER_NEGATIVE, balance_minor__lt=0):
        yield f"{row} is {row.balance_minor}"
    aside: dict[tuple[str, str], int] = defaultdict(int)
    for owner, currency, total in (
        Hold.objects.filter(state="held")
        .values_list("account__owner", "account__currency")
        .annotate(total=Sum("amount_minor"))
    ):
        aside[owner, currency] = total
    for owner, currency, total in (
        AccountRow.objects.filter(kind="hold")
        .values_list("owner", "currency")
        .annotate(total=Sum("balance_minor"))
    ):
        if total != aside.pop((owner, currency), 0):
            yield f"{owner}: {total} lie aside, its open holds say otherwise"
    for owner, total in aside.items():
        yield f"{owner}: holds of {total}, nothing lies aside"


def _postings(kind: str) -> Counter[str]:
    """Reference → number of postings of a kind."""
    rows = PostingRow.objects.filter(kind=kind).values_list("reference").annotate(Count("id"))
    return Counter(dict(rows))


def payments() -> Iterator[str]:
    """A provider's event has one effect; paid means captured once and in full; what came too late went back."""
    captured, late = _postings("capture"), _postings("late")
    events = Counter(
        dict(ProviderEvent.objects.values_list("payment__number").annotate(Count("id")))
    )
    totals = dict(Order.objects.values_list("payment").annotate(Sum("total_minor")))
    back = dict(
        Refund.objects.filter(order=None)
        .values_list("payment__number")
        .annotate(total=Sum("amount_minor"))
    )
    subsidised = set(
        Order.objects.filter(subsidy_minor__gt=0).values_list("payment__number", flat=True)
    )
    for one in Payment.objects.all():
        name, moves = one.number, bool(one.total_minor or one.number in subsidised)
        if totals.get(one.pk, 0) != one.total_minor:
            yield f"payment {name}: {one.total_minor}, its orders {totals.get(one.pk, 0)}"
        if captured[name] != (one.state == "paid" and moves):
            yield f"payment {name} is {one.state} and captured {captured[name]} times"
        if one.method not in ("none", "imported") and one.total_minor:
            effects = captured[name] + late[name]
            if events[name] != effects:
                yield f"payment {name}: {events[name]} provider events, {effects} effects"
        if one.state == "returned" and not late[name]:
            yield f"payment {name} is returned and nothing came"
        if one.state in ("pending", "closed") and events[name]:
            yield f"payment {name} is {one.state} and a provider's event had an effect"
        if back.get(name, 0) != late[name] * one.total_minor:
            yield f"payment {name}: {late[name]} times too late, {back.get(name, 0)} go back"


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


def settlement() -> Iterator[str]:
    """What waits for a batch is what lies in `payable`; a batch is its lines, and was posted so."""
    waiting: dict[tuple[str, str], int] = {
        (owner, currency): total
        for owner, currency, total in SettlementLine.objects.filter(batch=None)
        .values_list("party__owner", "party__currency")
        .annotate(Sum("net_minor"))
    }
    parties = Q(owner__startswith="shop:") | Q(owner__startswith="person:")
    rows = AccountRow.objects.filter(parties, kind="payable")
    lies = {(row.owner, row.currency): row.balance_minor for row in rows}
    for key in sorted(waiting.keys() | lies.keys()):
        if waiting.get(key, 0) != lies.get(key, 0):
            yield f"{key}: {lies.get(key, 0)} is payable, its lines say {waiting.get(key, 0)}"
    sums: dict[int, tuple[int, int]] = {
        batch: (total, count)
        for batch, total, count in SettlementLine.objects.exclude(batch=None)
        .values_list("batch")
        .annotate(Sum("net_minor"), Count("id"))
    }
    posted: dict[str, int] = dict(
        Transfer.objects.filter(posting__kind="settlement")
        .values_list("posting__reference")
        .annotate(Sum("amount_minor"))
    )
    for batch in SettlementBatch.objects.all():
        if sums.get(batch.pk) != (batch.total_minor, batch.lines):
            yield f"batch {batch}: {batch.total_minor} in {batch.lines}, its lines {sums.get(batch.pk)}"
        if posted.get(batch.number, 0) != batch.total_minor:
            yield f"batch {batch}: {batch.total_minor}, posted {posted.get(batch.number, 0)}"


def pool_sales() -> Iterator[str]:
    """Of what a shop earned by selling for another went back what its pieces carried; the line was its supplier's."""
    for row in PoolSale.objects.select_related("line", "order"):
        gone = row.amount_minor * row.line.refunded_count // row.line.count
        if row.reversed_minor != gone:
            yield f"pool sale {row}: {row.reversed_minor} went back, its pieces say {gone}"
        if row.shop_id == row.order.shop_id or row.line.order_id != row.order_id:
            yield f"pool sale {row} is not of another shop's order"
        if row.amount_minor * 2 > row.base_minor:
            yield f"pool sale {row}: {row.amount_minor} is more than half of {row.base_minor}"


def withdrawals() -> Iterator[str]:
    """What is on its way is what lies aside; what is done left once; what is not came back once."""
    open_: dict[tuple[str, str], int] = {
        (owner, currency): total
        for owner, currency, total in Withdrawal.objects.filter(
            state__in=["review", "ready", "sent"]
        )
        .values_list("owner", "currency")
        .annotate(Sum("amount_minor"))
    }
    for row in AccountRow.objects.filter(kind="withdrawing"):
        if row.balance_minor != open_.pop((row.owner, row.currency), 0):
            yield f"{row.owner}: {row.balance_minor} is on its way, its withdrawals say otherwise"
    for owner, total in open_.items():
        yield f"{owner}: withdrawals of {total}, nothing is on its way"
    out, back = _postings("payout"), _postings("withdrawal_back")
    paid = Counter(SandboxPayout.objects.filter(state="done").values_list("payout_id", flat=True))
    for one in Withdrawal.objects.all():
        over = one.state in ("refused", "cancelled", "failed")
        if (out[one.number], back[one.number]) != (one.state == "done", over):
            yield f"withdrawal {one} is {one.state}: {out[one.number]} out, {back[one.number]} back"
        if paid[one.number] != (one.state == "done") and one.state != "sent":
            yield f"withdrawal {one} is {one.state}, the bank paid it {paid[one.number]} times"


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


def groups() -> Iterator[str]:
    """Seats as counted, never more than the size; a full group is full, an ended one keeps nobody's money."""
    seats: dict[int, Counter[str]] = defaultdict(Counter)
    for group, state, count in Seat.objects.values_list("group", "state").annotate(Count("id")):
        seats[group][state] += count
    ours = Group.objects.filter(pk__in=Seat.objects.values("group")).exclude(plan__active=False)
    state_of = dict(Order.objects.filter(claim__startswith="group:").values_list("number", "state"))
    for group in ours:
        taken = seats[group.pk]
        if group.paid + group.held > group.size:
            yield f"group {group}: {group.paid} + {group.held} seats of {group.size}"
        if group.state == "filled" and (group.paid, group.held) != (group.size, 0):
            yield f"group {group} is filled with {group.paid} paid and {group.held} held"
        if group.state == "open" and group.paid == group.size:
            yield f"group {group} is full and still open"
        if group.state == "open" and (group.paid, group.held) != (taken["paid"], taken["held"]):
            yield f"group {group}: counts {group.paid} + {group.held}, seats {dict(taken)}"
    for seat in Seat.objects.select_related("group"):
        order = state_of.get(seat.order_number)
        if order is not None:
            yield from _seat(seat, order)


def _seat(seat: Seat, order: str) -> Iterator[str]:
    """Only what no event on its way can change: an order that was released sits in a filled group."""
    if order in ("paid", "shipped", "received", "completed") and seat.group.state != "filled":
        yield f"order {seat.order_number} is {order}, its group {seat.group} {seat.group.state}"


def coupons() -> Iterator[str]:
    """As many as counted, never more than were to be given out or than a person may have; used once."""
    there = dict(Coupon.objects.values_list("plan").annotate(Count("id")))
    for plan in CouponPlan.objects.all():
        if plan.issued != there.get(plan.pk, 0) or plan.issued > plan.issue_limit:
            yield (
                f"coupons {plan.public_id}: {plan.issued} counted, {there.get(plan.pk, 0)} there, "
                f"{plan.issue_limit} allowed"
            )
        if plan.budget_minor is not None and plan.issued * plan.worth_minor > plan.budget_minor:
            yield f"coupons {plan.public_id} may cost more than their budget"
    many = Coupon.objects.values_list("plan", "person_id").annotate(n=Count("id"))
    for plan_id, person, count in many.filter(n__gt=F("plan__per_person")):
        yield f"person {person} has {count} coupons of plan {plan_id}"
    cuts: Counter[str] = Counter()
    live = Order.objects.filter(state__in=LIVE).exclude(offers=[])
    for payment, offers in live.values_list("payment__number", "offers"):
        for reference in {offer["reference"] for offer in offers}:
            if reference.startswith("campaigns.coupon:"):
                cuts[f"{reference.partition(':')[2]} {payment}"] += 1
    used = {
        f"{coupon} {payment}"
        for coupon, payment in Coupon.objects.filter(state="used").values_list(
            "public_id", "payment_number"
        )
    }
    for cut in sorted(cuts.keys() - used):
        yield f"coupon and payment {cut}: cut, and not used up"


def flash_sales() -> Iterator[str]:
    """Quota = free shares + pieces taken and not given back; each person's count is their pieces."""
    free = dict(FlashShare.objects.values_list("sale").annotate(Sum("free")))
    kept = FlashUse.objects.filter(is_returned=False)
    taken = dict(kept.values_list("sale").annotate(Sum("count")))
    for sale in FlashSale.objects.all():
        if free.get(sale.pk, 0) + taken.get(sale.pk, 0) != sale.quota:
            yield (
                f"flash sale {sale.public_id}: {free.get(sale.pk, 0)} free and "
                f"{taken.get(sale.pk, 0)} taken of {sale.quota}"
            )
    pieces: dict[tuple[int, int], int] = {
        (sale, person): count
        for sale, person, count in kept.values_list("sale", "person_id").annotate(Sum("count"))
    }
    for count in FlashCount.objects.select_related("sale"):
        have = pieces.get((count.sale_id, count.person_id), 0)
        if count.count != have or have > count.sale.per_person:
            yield f"flash sale {count.sale.public_id}: {count} counted, {have} taken"


def points() -> Iterator[str]:
    """At rest an order's points are set aside, spent or back, as its state says."""
    right = {"pending": "held", "cancelled": "voided"}
    back = set(PostingRow.objects.filter(kind="points.back").values_list("reference", flat=True))
    states = dict(Order.objects.values_list("number", "state"))
    for key, state in Hold.objects.filter(key__startswith="points:").values_list("key", "state"):
        number = key.partition(":")[2]
        order = states.get(number, "")
        if order == "refunded":
            if (state == "posted") != (number in back):
                yield f"points of {number}, which is refunded, are {state}; back: {number in back}"
        elif state != right.get(order, "posted") or number in back:
            yield f"points of {number}, which is {order}, are {state}"
    uses = FlashUse.objects.filter(is_returned=False).values_list("order_number", flat=True)
    for number in uses:
        if states.get(number) == "cancelled":
            yield f"order {number} is cancelled and keeps its flash price"


def resting() -> Iterator[str]:
    """Where every event was heard and every job has run: nothing waits for something that cannot come."""
    now = clock.now()
    state_of = dict(Order.objects.filter(claim__startswith="group:").values_list("number", "state"))
    allowed = {
        ("open", "held"): {"pending"},
        ("expired", "held"): {"pending"},
        ("open", "paid"): {"waiting"},
        ("filled", "paid"): {"paid", "shipped", "received", "completed"},
    }
    gone = {"released": {"cancelled"}, "refunded": {"refunded"}}
    for seat in Seat.objects.select_related("group"):
        order = state_of.get(seat.order_number, "")
        right = gone.get(seat.state, allowed.get((seat.group.state, seat.state), set()))
        if order and order not in right:
            yield (
                f"seat of {seat.order_number} is {seat.state} in a group that is {seat.group.state}, "
                f"its order {order}"
            )
    for group in Group.objects.filter(state="open", deadline__lt=now):
        yield f"group {group} should have ended at {group.deadline}"
    for refund in Refund.objects.exclude(state="done"):
        yield f"{refund} of {refund.payment} is {refund.state}"
    for payment in Payment.objects.filter(state="pending", expires_at__lt=now):
        yield f"payment {payment} should have been closed at {payment.expires_at}"


def clearing() -> Iterator[str]:
    """Nothing lies between two accounts for good."""
    for account, minor in ledger.clearing_accounts():
        if minor:
            yield f"{account.kind} is {minor}"
    yield from (f"unclear: {one.reference} {one.amount_minor}" for one in ledger.clearing_ageing())


def providers() -> Iterator[str]:
    """What the sandbox took and sent back, by its own books, is what our books say."""
    taken = SandboxCharge.objects.filter(state="paid").aggregate(n=Sum("amount_minor"))["n"] or 0
    back = SandboxRefund.objects.aggregate(n=Sum("amount_minor"))["n"] or 0
    rows = AccountRow.objects.filter(owner="platform", kind="cash:sandbox")
    ours = -(rows.aggregate(n=Sum("balance_minor"))["n"] or 0)
    if ours != taken - back:
        yield f"the sandbox has {taken} − {back}, our books say {ours}"
    done = Counter(
        Refund.objects.filter(state="done")
        .exclude(payment__method="imported")
        .values_list("pk", flat=True)
    )
    posted = Counter(
        int(key.partition(":")[2])
        for key in PostingRow.objects.filter(kind="refunded").values_list("key", flat=True)
    )
    for pk in sorted(done.keys() | posted.keys()):
        if done[pk] != posted[pk]:
            yield f"refund {pk}: done {done[pk]}, posted {posted[pk]}"


def news() -> Iterator[str]:
    """Every event was delivered, and had each of its effects once."""
    for row in OutboxEvent.objects.filter(done_at=None):
        yield f"{row} was not delivered: {row.last_error or 'nobody tried'}"
    had = Counter(dict(Handled.objects.values_list("event").annotate(Count("id"))))
    for pk, name in OutboxEvent.objects.exclude(done_at=None).values_list("pk", "name"):
        wanted = len(delivery._subscriptions.get(name, ()))
        if had[pk] != wanted:
            yield f"event {pk} {name}: {had[pk]} effects of {wanted}"


def moved(kind: str, references: Iterable[str] | None = None) -> int:
    """How much money postings of a kind moved in all: for a scenario's own arithmetic."""
    rows = Transfer.objects.filter(posting__kind=kind)
    if references is not None:
        rows = rows.filter(posting__reference__in=list(references))
    return int(rows.aggregate(n=Sum("amount_minor"))["n"] or 0)
