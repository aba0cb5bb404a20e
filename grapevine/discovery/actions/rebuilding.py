"""Making the whole index anew from the modules below, in bounded steps."""

from django.db.models import Max

from grapevine.discovery.actions.indexing import index_goods, index_notes, index_shops
from grapevine.discovery.actions.learning import count_popular
from grapevine.discovery.models import Document, Entry, GoodsEntry
from grapevine.goods import facade as goods
from grapevine.scene import facade as scene

STEP = 1_000
ID_MAX = 2**63 - 1


def rebuild() -> dict[str, int]:
    """Index every shop, goods and note, forget what is no longer there; returns how many of each.

    May run while the house is open: every step is a transaction of its own.
    """
    counts = {"shops": _shops(), "goods": _goods(), "notes": _notes()}
    count_popular()
    return counts


def _shops() -> int:
    count, cursor = 0, ""
    while True:
        page = goods.shops_page(cursor=cursor or None, limit=100)
        index_shops(page.items)
        count += len(page.items)
        if page.next_cursor is None:
            return count
        cursor = page.next_cursor


def _goods() -> int:
    held = GoodsEntry.objects.values_list("goods_id", flat=True)
    index_goods(list(held))
    first = 0
    while ids := goods.goods_ids_between(first, first + STEP - 1) or _next(first):
        index_goods(ids)
        first = ids[-1] + 1
    return GoodsEntry.objects.count()


def _next(first: int) -> list[int]:
    """Over a gap in the ids: whatever comes after `first`."""
    return goods.goods_ids_between(first, ID_MAX)[:STEP]


def _notes() -> int:
    last = Entry.objects.aggregate(last=Max("note_id"))["last"] or 0
    for start in range(0, last + 1, STEP):
        held = Entry.objects.filter(note_id__gte=start, note_id__lt=start + STEP)
        index_notes(held.values_list("note_id", flat=True))
    first = 0
    while ids := scene.note_ids_between(first, ID_MAX, STEP):
        index_notes(ids)
        first = ids[-1] + 1
    return Document.objects.filter(kind="note").count()
