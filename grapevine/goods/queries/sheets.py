"""Goods as a file would say them. Six queries, however many goods."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Count, Q, Sum

from grapevine.goods.models import (
    DeskChange,
    Goods,
    GoodsPicture,
    GoodsReview,
    ImportedGoods,
    ImportPicture,
    ImportReject,
    ImportRun,
    Sku,
    Stock,
)
from grapevine.goods.rules.auditing import FINDINGS
from grapevine.goods.sheets import ImportNotFound, ImportView, SheetError, SheetGoods, SheetSku
from grapevine.media import facade as media

BATCH = 500
RUNS_MAX = 20


def sheets_of(found: Sequence[Goods], keys: dict[int, str] | None = None) -> list[SheetGoods]:
    """What each goods says now; `keys` name them, else their public ids do."""
    ids = [goods.pk for goods in found]
    skus: dict[int, list[Sku]] = {}
    for sku in Sku.objects.filter(goods_id__in=ids).order_by("goods_id", "position", "id"):
        skus.setdefault(sku.goods_id, []).append(sku)
    free = free_of(ids)
    placed = list(
        GoodsPicture.objects.filter(goods_id__in=ids).values_list("goods_id", "picture_id")
    )
    cards = media.pictures([picture for _, picture in placed])
    pictures: dict[int, list[str]] = {}
    for goods_id, picture in placed:
        if picture in cards:
            pictures.setdefault(goods_id, []).append(f"picture:{cards[picture].public_id}")
    films = media.videos(goods.video_id for goods in found if goods.video_id)
    return [
        SheetGoods(
            (keys or {}).get(goods.pk, goods.public_id), 0, goods.title,
            tuple(
                SheetSku(
                    sku.option, sku.price_minor, sku.own_code, free.get(sku.pk, 0), sku.cost_minor, sku.grams
                )
                for sku in skus.get(goods.pk, [])
            ),
            goods.category, goods.body, goods.kind, goods.axes, goods.origin, goods.supplier,
            tuple((name, value) for name, value in goods.attributes), goods.limit_per_person,
            goods.is_wanted, tuple(pictures.get(goods.pk, [])),
            f"video:{films[goods.video_id].public_id}" if goods.video_id in films else "",
        )
        for goods in found
    ]  # fmt: skip


def free_of(goods_ids: Iterable[int]) -> dict[int, int]:
    """Free pieces by SKU, in every warehouse, open or closed."""
    rows = Stock.objects.filter(sku__goods_id__in=list(goods_ids)).values_list("sku_id")
    return dict(rows.annotate(n=Sum("free")).order_by())


def keys_of(shop_id: int, goods_ids: Iterable[int]) -> dict[int, str]:
    """The key a file gave to goods, if one did."""
    rows = ImportedGoods.objects.filter(shop_id=shop_id, goods_id__in=list(goods_ids))
    return dict(rows.order_by("-id").values_list("goods_id", "key"))


def exported(shop_id: int) -> Iterator[SheetGoods]:
    """Every goods of a shop, oldest first, in batches."""
    last = 0
    while True:
        rows = Goods.objects.filter(shop_id=shop_id, removed_at=None, pk__gt=last)
        found = list(rows.order_by("id")[:BATCH])
        if not found:
            return
        yield from sheets_of(found, keys_of(shop_id, [goods.pk for goods in found]))
        last = found[-1].pk


def import_run(shop_id: int, public_id: str) -> ImportRun:
    found = ImportRun.objects.filter(shop_id=shop_id, public_id=public_id).first()
    if found is None:
        raise ImportNotFound(public_id)
    return found


def import_view(shop_id: int, public_id: str) -> ImportView:
    return _views([import_run(shop_id, public_id)])[0]


def imports_of(shop_id: int) -> list[ImportView]:
    """The newest twenty."""
    return _views(list(ImportRun.objects.filter(shop_id=shop_id).order_by("-id")[:RUNS_MAX]))


def _views(runs: Sequence[ImportRun]) -> list[ImportView]:
    pictures = {
        pk: (waiting, failed)
        for pk, waiting, failed in ImportPicture.objects.filter(run__in=runs)
        .values_list("run_id")
        .annotate(w=Count("id", filter=Q(state="waiting")), f=Count("id", filter=Q(state="failed")))
    }
    return [
        ImportView(
            run.public_id, run.form, run.file_name, run.state, run.total, run.done, run.to_create,
            run.to_update, run.created, run.updated, run.same, run.refused, run.reason, run.lists,
            *pictures.get(run.pk, (0, 0)), run.made_at, run.ended_at,
        )
        for run in runs
    ]  # fmt: skip


def rejects_of(shop_id: int, public_id: str, limit: int | None = None) -> list[SheetError]:
    """The rows that did not go in, in the order of the file, and pictures that could not be fetched."""
    run = import_run(shop_id, public_id)
    rows = ImportReject.objects.filter(run=run).order_by("line", "id")
    found = [
        SheetError(row.line, row.key, row.column, row.reason, row.value) for row in rows[:limit]
    ]
    lost = (
        ImportPicture.objects.filter(run=run, state="failed").select_related("goods").order_by("id")
    )
    found += [
        SheetError(0, one.goods.public_id, "pictures", one.reason, one.source)
        for one in lost[:limit]
    ]
    return found


def held_of(shop_id: int, public_id: str) -> list[SheetError]:
    """Goods of a file that are here and not sold yet, or whose change waits: what was found, as it is now.

    `column` is a code of `rules.auditing.FINDINGS`, `reason` its words.
    """
    run = import_run(shop_id, public_id)
    ids = set(ImportedGoods.objects.filter(run=run).values_list("goods_id", flat=True))
    if run.batch_id is not None:
        changed = DeskChange.objects.filter(batch_id=run.batch_id)
        ids |= set(changed.values_list("goods_id", flat=True))
    keys = keys_of(shop_id, ids)
    newest: dict[int, GoodsReview] = {}
    for row in GoodsReview.objects.filter(goods_id__in=ids).select_related("goods").order_by("id"):
        newest[row.goods_id] = row
    return [
        SheetError(
            0, keys.get(row.goods_id, row.goods.public_id), code, FINDINGS.get(code, code), detail
        )
        for row in newest.values()
        if row.state in ("waiting", "rejected")
        for code, detail in row.findings
    ]
