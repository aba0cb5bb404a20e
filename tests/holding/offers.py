"""Offers: groups, coupons, flash sales and points are counted as they are used."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Sum

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
from grapevine.ledger.models import Hold, PostingRow
from grapevine.trade.models import Order
from tests.holding.orders import LIVE


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
