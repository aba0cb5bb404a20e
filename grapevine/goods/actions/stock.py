"""Moving the only counter. Every move is one guarded update per SKU, SKUs in one order for everybody."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from grapevine.goods.contracts import OutOfStock
from grapevine.goods.models import Stock, StockHold, StockMovement
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

EXPIRE_BATCH = 200


@transaction.atomic
def hold(*, reference: str, lines: Sequence[tuple[int, int]], until: datetime) -> None:
    """Move (sku_id, count) from free to held, all lines or none. Raises OutOfStock."""
    assert lines
    wanted: dict[int, int] = {}
    for sku_id, count in lines:
        assert count > 0
        wanted[sku_id] = wanted.get(sku_id, 0) + count
    for sku_id, count in sorted(wanted.items()):
        taken = Stock.objects.filter(sku_id=sku_id, free__gte=count).update(
            free=F("free") - count, held=F("held") + count
        )
        if not taken:
            raise OutOfStock(sku_id)
    now = clock.now()
    StockHold.objects.bulk_create(
        StockHold(reference=reference, sku_id=sku_id, count=count, until=until)
        for sku_id, count in sorted(wanted.items())
    )
    _journal(((sku, -n, n, 0) for sku, n in sorted(wanted.items())), "hold", reference, now)


def sell(reference: str) -> bool:
    """Held → sold. False if there is nothing held any more (sold already, released or expired)."""
    return _end(reference, "held", "sold", (0, -1, 1))


def release(reference: str) -> bool:
    """Held → free. False if there is nothing held any more."""
    return _end(reference, "held", "released", (1, -1, 0))


def restock(reference: str) -> bool:
    """Sold → free, after a refund of goods that never left. False if nothing is sold under it."""
    return _end(reference, "sold", "returned", (1, 0, -1))


@transaction.atomic
def _end(reference: str, before: str, after: str, signs: tuple[int, int, int]) -> bool:
    ended = False
    free, held, sold = signs
    moves = []
    for row in StockHold.objects.filter(reference=reference, state=before).order_by("sku_id"):
        if not StockHold.objects.filter(pk=row.pk, state=before).update(state=after):
            continue
        n = row.count
        Stock.objects.filter(sku_id=row.sku_id).update(
            free=F("free") + free * n, held=F("held") + held * n, sold=F("sold") + sold * n
        )
        moves.append((row.sku_id, free * n, held * n, sold * n))
        ended = True
    _journal(moves, after, reference, clock.now())
    return ended


def expire_holds() -> int:
    """Give back what nobody paid for in time; returns how many references ended."""
    due = StockHold.objects.filter(state="held", until__lt=clock.now())
    references = due.order_by("until").values_list("reference", flat=True)[:EXPIRE_BATCH]
    return sum(_end(ref, "held", "expired", (1, -1, 0)) for ref in dict.fromkeys(references))


@transaction.atomic
def adjust(*, sku_id: int, change: int) -> None:
    """Add pieces to free, or take them away; never below zero. Safe while selling."""
    moved = Stock.objects.filter(sku_id=sku_id, free__gte=-change).update(free=F("free") + change)
    if not moved:
        raise BadInput(fields={"stock": marked("可卖的没有这么多，减不了")})
    if change:
        _journal([(sku_id, change, 0, 0)], "adjust", "", clock.now())


def _journal(
    moves: Iterable[tuple[int, int, int, int]], reason: str, reference: str, at: datetime
) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(
            sku_id=sku_id,
            at=at,
            reason=reason,
            reference=reference,
            free=free,
            held=held,
            sold=sold,
        )
        for sku_id, free, held, sold in moves
    )
