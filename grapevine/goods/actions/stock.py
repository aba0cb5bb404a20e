"""Moving the only counter. Every move is one guarded update per row, rows in one order for everybody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from zlib import crc32

from django.db import connection, transaction
from django.db.models import F

from grapevine.goods.actions import stock_sql as text
from grapevine.goods.contracts import OutOfStock, Place, Want
from grapevine.goods.models import StockHold
from grapevine.goods.rules.allocation import allocate, distance_km
from grapevine.kit import clock, crashing, sql

EXPIRE_BATCH = 200
BUCKETS = 16
SOLD_OUT_SECONDS = 0.2
Move = tuple[int, int, str, int, int, int]
"""SKU, warehouse, reference, and the changes of free, held and sold."""
Taken = tuple[int, int, int, int]
"""SKU, stock, warehouse, pieces."""
Gone = tuple[int, int, int]
"""SKU, warehouse, pieces that have left it."""
SOLD_OUT_MAX = 1000
_sold_out: dict[str, float] = {}
"""Codes of hot SKUs this process found empty a moment ago, until when it believes so."""


def seems_sold_out(code: str) -> bool:
    """Whether a hot SKU was found empty within the last 200 ms: for a refusal at the door, without a statement.

    When that time is over one caller looks again while the others go on believing for as long. `hold` decides.
    """
    until = _sold_out.get(code) if _sold_out else None
    if until is None or until > (now := monotonic()):
        return until is not None
    _sold_out[code] = now + SOLD_OUT_SECONDS
    return False


def hold(*, wants: Sequence[Want], until: datetime, province: str = "") -> None:
    """Move pieces from free to held, all of them or none. Raises OutOfStock.

    Warehouses by priority, then by distance to `province`; a SKU is split over several only where
    none has enough. Reads once, then one guarded update a SKU, then two inserts; a refusal for want
    of pieces has written nothing. Must run in a transaction, which a refusal undoes.

    Rows are taken in ascending SKU and id, by everybody who touches stock, so that nobody blocks another.
    """
    assert wants
    assert connection.in_atomic_block
    total: dict[int, int] = {}
    for want in wants:
        assert want.count > 0
        total[want.sku_id] = total.get(want.sku_id, 0) + want.count
    shelves = _shelves(sorted(total), province)
    for sku_id, count in total.items():
        if sum(place.free for place in shelves[sku_id].places) < count:
            raise _empty(sku_id, shelves[sku_id])
    for shelf in shelves.values():
        _sold_out.pop(shelf.hot_code, None)
    mark = crc32(wants[0].reference.encode()) % BUCKETS
    taken: list[Taken] = []
    for sku_id in sorted(total):
        taken += _take(sku_id, total[sku_id], shelves[sku_id], province, mark)
    _write(wants, taken, until)


@dataclass(slots=True)
class _Shelf:
    """Where a SKU is free, the lowest id of all its rows, free or not, and its code if it is a hot one."""

    places: list[Place] = field(default_factory=list)
    lowest: int = 0
    hot_code: str = ""


def _shelves(sku_ids: Sequence[int], province: str) -> dict[int, _Shelf]:
    found = {sku_id: _Shelf() for sku_id in sku_ids}
    rows = sql.rows(text.PLACES.format(sql.places(len(sku_ids))), sku_ids)
    for pk, sku_id, warehouse_id, free, priority, where, bucket, hot_code, is_active in rows:
        shelf = found[sku_id]
        shelf.hot_code = hot_code
        shelf.lowest = min(pk, shelf.lowest or pk)
        if free > 0 and is_active:
            far = distance_km(where, province) if province else 0
            shelf.places.append(Place(pk, warehouse_id, free, priority, far, bucket))
    return found


def _empty(sku_id: int, shelf: _Shelf) -> OutOfStock:
    """The refusal. A hot SKU with nothing at all is remembered as sold out."""
    if shelf.hot_code and not shelf.places:
        if len(_sold_out) > SOLD_OUT_MAX:
            _sold_out.clear()
        _sold_out[shelf.hot_code] = monotonic() + SOLD_OUT_SECONDS
    return OutOfStock(sku_id)


def _take(sku_id: int, count: int, shelf: _Shelf, province: str, mark: int) -> list[Taken]:
    """One place that has enough, in one statement; else the whole SKU is locked and read again."""
    plan = allocate(shelf.places, count)
    anywhere = bool(shelf.hot_code) and connection.vendor == "postgresql"
    if anywhere or len(plan) == 1:
        ids = [place.stock_id for place in shelf.places] if anywhere else [plan[0][0]]
        for pk, warehouse_id in _take_one(ids, count, shelf, mark):
            return [(sku_id, pk, warehouse_id, count)]
    lock_stock([sku_id])
    shelf = _shelves([sku_id], province)[sku_id]
    plan = allocate(shelf.places, count)
    if not plan:
        raise _empty(sku_id, shelf)
    return [
        (sku_id, pk, warehouse_id, part)
        for place, part in sorted(plan)
        for pk, warehouse_id in sql.rows(text.TAKE, [part, part, place, part])
    ]


def _take_one(
    ids: Sequence[int], count: int, shelf: _Shelf, mark: int
) -> Sequence[tuple[int, int]]:
    """`count` pieces of one of these rows, unless somebody was faster.

    PostgreSQL keeps a row locked whose pieces were gone when our turn came, and who then waits for a lower one
    may be waited for. So only the lowest row of a SKU is waited for; a higher one is taken if nobody else is
    at it, or all locks are given back.
    """
    if connection.vendor != "postgresql" or list(ids) == [shelf.lowest]:
        return sql.rows(text.TAKE, [count, count, ids[0], count])
    query = text.TAKE_UNLOCKED.format(sql.places(len(ids)))
    sql.changed("SAVEPOINT goods_take")
    taken = sql.rows(query, [count, count, *ids, count, mark])
    if not taken:
        sql.changed("ROLLBACK TO SAVEPOINT goods_take")
    return taken


def lock_stock(sku_ids: Iterable[int]) -> None:
    """Nobody else moves pieces of these SKUs until the transaction ends. In the one order everybody takes rows."""
    known = sorted(set(sku_ids))
    if known and connection.vendor == "postgresql":
        sql.rows(text.LOCK.format(sql.places(len(known))), known)


def _write(wants: Sequence[Want], taken: Sequence[Taken], until: datetime) -> None:
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


def restock(references: Sequence[str], *, gone: Sequence[Gone] = ()) -> set[str]:
    """Sold → free, after a refund, but for the pieces in `gone`, which have left.

    Returns the references that had something to give back.
    """
    return _end(references, "sold", "returned", (1, 0, -1), gone=gone)


@transaction.atomic(savepoint=False)
def restock_pieces(*, reference: str, sku_id: int, count: int, gone: Sequence[Gone] = ()) -> int:
    """Sold → free, for some pieces of a SKU, but for those in `gone`, which have left; how many.

    Pieces are parted from their hold: it keeps the rest, and what came back is a row of its own. The caller has
    locked the order. Rows in ascending id, as everybody takes them.
    """
    assert count > 0
    left = {place: n for sku, place, n in gone if sku == sku_id}
    rows = StockHold.objects.filter(reference=reference, sku=sku_id, state="sold")
    wanted, moved = count, []
    for hold_ in rows.select_related("stock").order_by("stock_id"):
        stays = min(left.get(hold_.stock.warehouse_id, 0), hold_.count)
        left[hold_.stock.warehouse_id] = left.get(hold_.stock.warehouse_id, 0) - stays
        part = min(wanted, hold_.count - stays)
        if part and _part(hold_, part):
            where = sql.rows(text.MOVE, [part, 0, -part, hold_.stock_id])[0][0]
            moved.append((sku_id, where, reference, part, 0, -part))
            wanted -= part
    journal("returned", moved)
    return count - wanted


def _part(hold_: StockHold, part: int) -> bool:
    """Set `part` pieces of a sold hold apart as returned; False if they are not there any more."""
    mine = StockHold.objects.filter(pk=hold_.pk, state="sold")
    if part == hold_.count:
        return bool(mine.filter(count=part).update(state="returned"))
    if not mine.filter(count__gt=part).update(count=F("count") - part):
        return False
    StockHold.objects.create(
        reference=hold_.reference, sku_id=hold_.sku_id, stock_id=hold_.stock_id, count=part,
        state="returned", until=hold_.until,
    )  # fmt: skip
    return True


@transaction.atomic(savepoint=False)
def _end(
    references: Sequence[str],
    before: str,
    after: str,
    signs: tuple[int, int, int],
    *,
    gone: Sequence[Gone] = (),
) -> set[str]:
    known = sorted(set(references))
    if not known:
        return set()
    kept, ended = _set_apart(known, gone) if gone else ([], [])
    stays = text.BUT_GONE.format(sql.places(len(kept))) if kept else ""
    query = text.END.format(sql.places(len(known)), stays)
    ended += sql.rows(query, [after, before, *known, *kept])
    total: dict[tuple[int, int], int] = {}
    for _, sku_id, stock_id, count in ended:
        total[sku_id, stock_id] = total.get((sku_id, stock_id), 0) + count
    free, held, sold = signs
    where = {
        pk: sql.rows(text.MOVE, [free * n, held * n, sold * n, pk])[0][0]
        for (_, pk), n in sorted(total.items())
    }
    crashing.point("goods.end.moved")
    journal(
        after, ((sku, where[pk], ref, free * n, held * n, sold * n) for ref, sku, pk, n in ended)
    )
    return {row[0] for row in ended}


def _set_apart(
    references: Sequence[str], gone: Sequence[Gone]
) -> tuple[list[int], list[tuple[str, int, int, int]]]:
    """Ids of sold holds whose pieces have left, and what is given back of those that left in part.

    A hold that left in part is cut in two: the part that left stays sold.
    """
    left = {(sku, place): count for sku, place, count in gone}
    kept: list[int] = []
    back: list[tuple[str, int, int, int]] = []
    rows = StockHold.objects.filter(reference__in=references, state="sold").order_by("id")
    for row in rows.select_related("stock"):
        part = min(left.get((row.sku_id, row.stock.warehouse_id), 0), row.count)
        if part <= 0:
            continue
        left[row.sku_id, row.stock.warehouse_id] -= part
        kept.append(row.pk)
        rest = row.count - part
        if rest and _part(row, rest):
            back.append((row.reference, row.sku_id, row.stock_id, rest))
    return kept, back


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
