"""Saving the desk's table: each row whole or not at all, rows shown in another state refused, undone as a batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from grapevine.goods.actions.rows import now_of, write_row
from grapevine.goods.actions.stock import lock_stock
from grapevine.goods.actions.warehouses import adjust
from grapevine.goods.desking import ChangedMeanwhile, NothingPicked, RowEdit, TableRow
from grapevine.goods.models import DeskBatch, DeskChange, Goods, Sku, Warehouse
from grapevine.goods.queries.desk import table_rows
from grapevine.goods.rules import table as rules
from grapevine.goods.rules.pricing import is_large
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.kit.problems import words
from grapevine.kit.text import marked

ROWS_MAX = 100


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a table: the batch ("" if nothing changed), rows saved, and errors by SKU code and field.

    An error of the whole row is under "row". `held` rows have a title or category that waits for an operator.
    """

    batch: str
    rows: int
    wrong: dict[str, dict[str, str]] = field(default_factory=dict)
    held: int = 0


@transaction.atomic
def save_table(
    *, shop_id: int, edits: Sequence[RowEdit], actor_id: int,
    below_cost_ok: bool = False, large_ok: bool = False,
) -> Saved:  # fmt: skip
    """Save the rows that may be saved. Locks goods, then SKUs, then stock, each by id."""
    if len(edits) > ROWS_MAX:
        raise NothingPicked
    known = table_rows(shop_id, [edit.code for edit in edits])
    _lock(known.values())
    known = table_rows(shop_id, [edit.code for edit in edits])
    places = set(Warehouse.objects.filter(shop_id=shop_id).values_list("pk", flat=True))
    batch = DeskBatch(
        public_id=new_id(), shop_id=shop_id, kind="table", actor_id=actor_id, at=clock.now()
    )
    batch.save(force_insert=True)
    wrong: dict[str, dict[str, str]] = {}
    changes: list[DeskChange] = []
    held = 0
    for edit in edits:
        try:
            row = known.get(edit.code)
            if row is None or row.seen != edit.seen:
                raise ChangedMeanwhile
            values, stock = _checked(row, edit, places)
            _guard(row, values, below_cost_ok=below_cost_ok, large_ok=large_ok)
            with transaction.atomic():
                made, waits = _save(batch, row, values, stock)
            changes += made
            held += waits
        except DomainError as error:
            wrong[edit.code] = dict(error.fields) or {"row": words(error)[0]}
        except _RowWrong as error:
            wrong[edit.code] = error.fields
    if not changes:
        batch.delete()
        return Saved("", 0, wrong, held)
    DeskChange.objects.bulk_create(changes, batch_size=500)
    return Saved(batch.public_id, len(changes), wrong, held)


class _RowWrong(Exception):
    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self.fields = fields


def _lock(rows: Any) -> None:
    found = list(rows)
    goods = sorted({row.goods_id for row in found})
    list(Goods.objects.select_for_update().filter(pk__in=goods).order_by("id").values_list("pk"))
    skus = sorted({row.sku_id for row in found})
    list(Sku.objects.select_for_update().filter(pk__in=skus).order_by("id").values_list("pk"))
    lock_stock(skus)


def _checked(
    row: TableRow, edit: RowEdit, places: set[int]
) -> tuple[dict[str, Any], dict[int, int]]:
    """The values and stock changes that differ from what the row says, or every error of the row at once."""
    typed, wrong = rules.parse(edit.fields)
    values = {name: value for name, value in typed.items() if getattr(row, name) != value}
    stock: dict[int, int] = {}
    for place, was, wanted in edit.stock:
        change = rules.stock_change(was, wanted)
        if change is None or place not in places:
            wrong[f"stock-{place}"] = marked("写成不带小数的数字")
        elif change:
            stock[place] = change
    if wrong:
        raise _RowWrong(wrong)
    return values, stock


def _guard(row: TableRow, values: dict[str, Any], *, below_cost_ok: bool, large_ok: bool) -> None:
    """The guardrails of prices, for one row; the cost may be typed in the same row."""
    price, cost = (
        values.get("price_minor", row.price_minor),
        values.get("cost_minor", row.cost_minor),
    )
    if "price_minor" in values and cost is not None and price < cost and not below_cost_ok:
        raise _RowWrong({"price": marked("价格低于成本，勾选确认后再保存")})
    if is_large(row.price_minor, price) and not large_ok:
        raise _RowWrong({"price": marked("价格一次改了三成以上，勾选确认后再保存")})


def _save(
    batch: DeskBatch, row: TableRow, values: dict[str, Any], stock: dict[int, int]
) -> tuple[list[DeskChange], bool]:
    """What changed of the row, and whether something of it waits for an operator."""
    if not values and not stock:
        return [], False
    goods, sku = Goods.objects.get(pk=row.goods_id), Sku.objects.get(pk=row.sku_id)
    before = now_of(goods, sku, list(values))
    held = write_row(goods, sku, values, actor_id=batch.actor_id)
    after = {name: value for name, value in values.items() if name not in held}
    before = {name: value for name, value in before.items() if name not in held}
    for place, change in sorted(stock.items()):
        adjust(sku_id=sku.pk, change=change, warehouse_id=place)
    if stock:
        after["stock"] = {str(place): change for place, change in stock.items()}
    made = [DeskChange(batch=batch, goods=goods, sku=sku, before=before, after=after)]
    return made if after else [], bool(held)
