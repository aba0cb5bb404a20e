"""Stock: the counters, the holds and the journal say the same."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import F, Q, Sum

from grapevine.goods.models import Stock, StockHold, StockMovement

ENDS = ("sold", "released", "expired")
BY_HOLDS = ("hold", *ENDS, "returned")
"""Movements between free, held and sold; all others bring pieces in or take them away."""


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
