"""Moving the only counter. Every move is one guarded update per row, rows in one order for everybody."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from time import monotonic
from zlib import crc32

from django.db import connection, transaction

from grapevine.goods.actions import stock_sql as text
from grapevine.goods.contracts import OutOfStock, Place, Want
from grapevine.goods.models import StockHold
from grapevine.goods.rules.allocation import allocate, distance_km
from grapevine.kit import clock, crashing, sql

EXPIRE_BATCH = 200
TRIES_MAX = 20
BUCKETS = 16
SOLD_OUT_SECONDS = 0.2
Move = tuple[int, int, str, int, int, int]
"""SKU, warehouse, reference, and the changes of free, held and sold."""
_sold_out: dict[int, float] = {}
"""Hot SKUs this process found empty a moment ago, until when it believes so."""


def seems_sold_out(sku_id: int) -> bool:
    """Whether a hot SKU was found empty within the last 200 ms: a refusal that costs no statement."""
    return bool(_sold_out) and _sold_out.get(sku_id, 0.0) > monotonic()


def hold(*, wants: Sequence[Want], until: datetime, province: str = "") -> None:
    """Move pieces from free to held, all of them or none. Raises OutOfStock.

    Warehouses by priority, then by distance to `province`; a SKU is split over several only where
    none has enough. Reads once, then one guarded update a SKU, then two inserts; a refusal for want
    of pieces has written nothing. Rows are taken in ascending SKU, so two carts cannot block each other.
    Must run in a transaction, which a refusal undoes.
    """
    assert wants
    assert connection.in_atomic_block
    total: dict[int, int] = {}
    for want in wants:
        assert want.count > 0
        total[want.sku_id] = total.get(want.sku_id, 0) + want.count
    if any(seems_sold_out(sku_id) for sku_id in total):
        raise OutOfStock
    places = _places(sorted(total), province)
    for sku_id, count in total.items():
        if sum(place.free for place in places[sku_id][0]) < count:
            raise _empty(sku_id, hot=places[sku_id][1])
    mark = crc32(wants[0].reference.encode()) % BUCKETS
    taken: list[tuple[int, int, int, int]] = []
    for sku_id in sorted(total):
        rows, hot = places[sku_id]
        taken += _take(sku_id, total[sku_id], rows, province, mark=mark if hot else None)
    _write(wants, taken, until)


def _places(sku_ids: Sequence[int], province: str) -> dict[int, tuple[list[Place], bool]]:
    found: dict[int, tuple[list[Place], bool]] = {sku_id: ([], False) for sku_id in sku_ids}
    rows = sql.rows(text.PLACES.format(sql.places(len(sku_ids))), sku_ids)
    for pk, sku_id, warehouse_id, free, priority, where, bucket, hot in rows:
        far = distance_km(where, province) if province else 0
        known = found[sku_id][0]
        known.append(Place(pk, warehouse_id, free, priority, far, bucket))
        found[sku_id] = (known, bool(hot))
    return found


def _empty(sku_id: int, *, hot: bool) -> OutOfStock:
    if hot:
        if len(_sold_out) > 1000:
            _sold_out.clear()
        _sold_out[sku_id] = monotonic() + SOLD_OUT_SECONDS
    return OutOfStock(sku_id)


def _take(
    sku_id: int, count: int, places: Sequence[Place], province: str, *, mark: int | None
) -> list[tuple[int, int, int, int]]:
    """(sku, stock, warehouse, pieces). Somebody else may be faster at a place: then look again."""
    if mark is not None and connection.vendor == "postgresql":
        query = text.TAKE_UNLOCKED.format(sql.places(len(places)))
        ids = [place.stock_id for place in places]
        for pk, warehouse_id in sql.rows(query, [count, count, *ids, count, mark]):
            return [(sku_id, pk, warehouse_id, count)]
    taken: list[tuple[int, int, int, int]] = []
    left, seen = count, list(places)
    for _ in range(TRIES_MAX):
        for pk, part in sorted(allocate(seen, left)):
            for (warehouse_id,) in sql.rows(text.TAKE, [part, part, pk, part]):
                taken.append((sku_id, pk, warehouse_id, part))
                left -= part
        if left == 0:
            return taken
        seen = _places([sku_id], province)[sku_id][0]
        if sum(place.free for place in seen) < left:
            break
    raise _empty(sku_id, hot=mark is not None)


def _write(wants: Sequence[Want], taken: list[tuple[int, int, int, int]], until: datetime) -> None:
    """Give what was taken to the references in order, and write it down."""
    given: dict[tuple[str, int, int, int], int] = {}
    pool = [[*one] for one in taken]
    for want in wants:
        left = want.count
        for one in pool:
            part = min(left, one[3]) if one[0] == want.sku_id else 0
            if part:
                key = (want.reference, one[0], one[1], one[2])
                given[key] = given.get(key, 0) + part
                one[3] -= part
                left -= part
        assert left == 0
    sql.insert(
        "goods_stockhold",
        text.HOLD_COLUMNS,
        [(ref, sku, stock, n, "held", until) for (ref, sku, stock, _), n in given.items()],
    )
    journal("hold", ((sku, at, ref, -n, n, 0) for (ref, sku, _, at), n in given.items()))


def sell(references: Sequence[str]) -> set[str]:
    """Held → sold. Returns the references that had something held; the others ended before."""
    return _end(references, "held", "sold", (0, -1, 1))


def release(references: Sequence[str]) -> set[str]:
    """Held → free. Returns the references that had something held."""
    return _end(references, "held", "released", (1, -1, 0))


def restock(references: Sequence[str]) -> set[str]:
    """Sold → free, after a refund of goods that never left. Returns the references that had something sold."""
    return _end(references, "sold", "returned", (1, 0, -1))


@transaction.atomic(savepoint=False)
def _end(
    references: Sequence[str], before: str, after: str, signs: tuple[int, int, int]
) -> set[str]:
    known = sorted(set(references))
    if not known:
        return set()
    ended = sql.rows(text.END.format(sql.places(len(known))), [after, before, *known])
    total: dict[int, int] = {}
    for _, _, stock_id, count in ended:
        total[stock_id] = total.get(stock_id, 0) + count
    free, held, sold = signs
    where = {
        pk: sql.rows(text.MOVE, [free * n, held * n, sold * n, pk])[0][0]
        for pk, n in sorted(total.items())
    }
    crashing.point("goods.end.moved")
    journal(
        after, ((sku, where[pk], ref, free * n, held * n, sold * n) for ref, sku, pk, n in ended)
    )
    return {row[0] for row in ended}


def expire_holds() -> int:
    """Give back what nobody paid for in time; returns how many references ended."""
    due = StockHold.objects.filter(state="held", until__lt=clock.now())
    references = due.order_by("until").values_list("reference", flat=True)[:EXPIRE_BATCH]
    return sum(len(_end([ref], "held", "expired", (1, -1, 0))) for ref in dict.fromkeys(references))


def journal(reason: str, moves: Iterable[Move]) -> None:
    now = clock.now()
    rows = [
        (sku, where, now, reason, reference, free, held, sold)
        for sku, where, reference, free, held, sold in moves
    ]
    sql.insert("goods_stockmovement", text.JOURNAL_COLUMNS, rows)
