"""The goods desk over the API: the list, changes of many with dry run and undo, the table, files, parts. For staff."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from grapevine.goods.actions import batches, importing, parts, schedule, table as tables
from grapevine.goods.contracts import Right
from grapevine.goods.desking import Bulk, DeskFilter, DeskRow, PlannedRow, RowEdit, TableRow
from grapevine.goods.queries import cards, desk as queries, sheets
from grapevine.goods.rules import matrix
from grapevine.goods.rules.table import FIELDS
from grapevine.goods.sheets import ImportView
from grapevine.guard.facade import audit, once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me
from grapevine.kit.paging import clamp

router = Router(tags=["goods desk"])
Answer = dict[str, Any]


class ChangeIn(Schema):
    """`kind` on, off, category, shipping, limit, price or remove; with `dry_run` nothing changes."""

    kind: str = Field(max_length=10)
    value: str = Field("", max_length=40)
    goods: list[str] = Field(min_length=1, max_length=500)
    dry_run: bool = False
    below_cost_ok: bool = False
    large_ok: bool = False


class StockIn(Schema):
    warehouse_id: int
    was: int = Field(ge=0)
    wanted: int = Field(ge=0)


class RowIn(Schema):
    """`fields`: title, category, price, cost, limit, grams, own_code, as typed; `seen` as the table told it."""

    sku: str = Field(max_length=40)
    seen: str = Field(max_length=16)
    fields: dict[str, str] = Field(default_factory=dict, max_length=7)
    stock: list[StockIn] = Field(default_factory=list, max_length=50)


class RowsIn(Schema):
    rows: list[RowIn] = Field(min_length=1, max_length=100)
    confirmed: bool = False


class ClockIn(Schema):
    on_sale_from: datetime | None = None
    on_sale_until: datetime | None = None


class ImportIn(Schema):
    """`form` own, shopify or woo, "" to be read from the header; `lists`: goods that say nothing go on sale."""

    form: str = Field("", max_length=8)
    lists: bool = False


class SlotsIn(Schema):
    """`weekdays` 0 Monday to 6 Sunday; `times` 10:00 and so on, none for whole days."""

    first: date
    last: date
    weekdays: list[int] = Field(default_factory=lambda: list(range(7)), max_length=7)
    times: list[str] = Field(default_factory=list, max_length=50)
    price_minor: int = Field(gt=0)
    capacity: int = Field(ge=0)


def _row(row: DeskRow) -> Answer:
    return {
        "public_id": row.public_id, "title": row.title, "category": row.category, "kind": row.kind,
        "price_minor": row.price_minor, "dearest_minor": row.dearest_minor, "currency": row.currency,
        "skus": row.skus, "free": row.free, "sold": row.sold, "limit_per_person": row.limit_per_person,
        "on_sale": row.on_sale, "on_sale_from": row.on_sale_from, "on_sale_until": row.on_sale_until,
        "cover": row.cover.url if row.cover else None,
    }  # fmt: skip


def _table(row: TableRow, *, costs: bool) -> Answer:
    return {
        "sku": row.code, "goods": row.public_id, "title": row.title, "option": row.option, "category": row.category,
        "price_minor": row.price_minor, **({"cost_minor": row.cost_minor} if costs else {}),
        "limit_per_person": row.limit_per_person, "grams": row.grams, "own_code": row.own_code,
        "stock": [{"warehouse_id": place, "free": free} for place, free in sorted(row.stock.items())], "seen": row.seen,
    }  # fmt: skip


def _planned(row: PlannedRow) -> Answer:
    return {
        "goods": row.public_id, "title": row.title, "before": row.before, "after": row.after,
        "refusal": row.refusal, "moves": row.moves,
    }  # fmt: skip


def _run(one: ImportView) -> Answer:
    return {
        "id": one.public_id, "form": one.form, "file_name": one.file_name, "state": one.state, "total": one.total,
        "done": one.done, "percent": one.percent, "to_create": one.to_create, "to_update": one.to_update,
        "created": one.created, "updated": one.updated, "same": one.same, "refused": one.refused,
        "reason": one.reason, "pictures_waiting": one.pictures_waiting, "pictures_failed": one.pictures_failed,
        "made_at": one.made_at, "ended_at": one.ended_at,
    }  # fmt: skip


@router.get("/shops/{slug}/desk/goods", response=ListOut[Answer], auth=signed_in)
def list_desk(
    request: HttpRequest, slug: str, q: str = "", state: str = "", category: str = "", kind: str = "",
    sort: str = "new", cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """The shop's goods, on the shelf or not; `state` on, off, scheduled, low or bare; `sort` new, old, price, dear, title."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    page = queries.desk_page(
        shop.id, DeskFilter(q[:60], state, category, kind, sort), cursor, clamp(limit)
    )
    return {"items": [_row(row) for row in page.items], "next_cursor": page.next_cursor}


@router.post("/shops/{slug}/desk/changes", response=Answer, auth=signed_in)
@once
def change_many(request: HttpRequest, slug: str, body: ChangeIn) -> Any:
    """Change many goods at once; with `dry_run` it is only said what would become of them."""
    right = Right.PRICES if body.kind == "price" else Right.GOODS
    shop = cards.shop_for_staff(me(request), slug, right)
    wanted = Bulk(body.kind, body.value)
    if body.dry_run:
        rows = batches.plan_bulk(shop_id=shop.id, picked=body.goods, bulk=wanted)
        return {"batch": "", "changed": 0, "held": 0, "rows": [_planned(row) for row in rows]}
    done = batches.apply_bulk(
        shop_id=shop.id, picked=body.goods, bulk=wanted, actor_id=me(request),
        below_cost_ok=body.below_cost_ok, large_ok=body.large_ok,
    )  # fmt: skip
    audit(
        actor_id=me(request),
        action=f"goods.{body.kind}",
        object=f"batch:{done.batch}",
        shop_id=shop.id,
        after=body.model_dump(),
    )
    return {
        "batch": done.batch,
        "changed": done.changed,
        "held": done.held,
        "rows": [_planned(row) for row in done.refused],
    }


@router.post("/shops/{slug}/desk/changes/{batch}/undoing", response=Answer, auth=signed_in)
@once
def undo_changes(request: HttpRequest, slug: str, batch: str) -> Any:
    """Put back what a batch changed; rows that somebody changed since stay and are named."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    if queries.moves_prices(shop.id, batch):
        cards.shop_for_staff(me(request), slug, Right.PRICES)
    done = batches.undo_batch(shop_id=shop.id, batch=batch)
    audit(
        actor_id=me(request),
        action="goods.undo",
        object=f"batch:{batch}",
        shop_id=shop.id,
        after={"back": done.back},
    )
    return {"back": done.back, "kept": list(done.kept)}


@router.get("/shops/{slug}/desk/rows", response=ListOut[Answer], auth=signed_in)
def list_rows(
    request: HttpRequest,
    slug: str,
    q: str = "",
    state: str = "",
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """SKUs as rows of a table, with the version each was shown in."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    page = queries.table_page(shop.id, DeskFilter(q[:60], state), cursor, clamp(limit))
    costs = Right.PRICES in shop.rights
    return {
        "items": [_table(row, costs=costs) for row in page.items],
        "next_cursor": page.next_cursor,
    }


@router.put("/shops/{slug}/desk/rows", response=Answer, auth=signed_in)
@once
def save_rows(request: HttpRequest, slug: str, body: RowsIn) -> Any:
    """Save rows, each whole or not at all; `wrong` names the fields of those that were refused."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    if any({"price", "cost"} & set(row.fields) for row in body.rows):
        cards.shop_for_staff(me(request), slug, Right.PRICES)
    edits = [
        RowEdit(
            row.sku, row.seen, {name: text for name, text in row.fields.items() if name in FIELDS},
            [(one.warehouse_id, str(one.was), str(one.wanted)) for one in row.stock],
        )
        for row in body.rows
    ]  # fmt: skip
    saved = tables.save_table(
        shop_id=shop.id,
        edits=edits,
        actor_id=me(request),
        below_cost_ok=body.confirmed,
        large_ok=body.confirmed,
    )
    audit(
        actor_id=me(request),
        action="goods.table",
        object=f"batch:{saved.batch}",
        shop_id=shop.id,
        after={"rows": saved.rows},
    )
    return {"batch": saved.batch, "rows": saved.rows, "held": saved.held, "wrong": saved.wrong}


def _told(request: HttpRequest, shop_id: int, action: str, public_id: str, after: Any) -> None:
    audit(
        actor_id=me(request), action=action, object=f"goods:{public_id}", after=after,
        shop_id=shop_id,
    )  # fmt: skip


@router.put("/shops/{slug}/goods/{public_id}/schedule", response={204: None}, auth=signed_in)
@once
def set_schedule(request: HttpRequest, slug: str, public_id: str, body: ClockIn) -> Status[None]:
    """When goods come on the shelf and leave it; null for neither."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    schedule.set_schedule(
        shop_id=shop.id, public_id=public_id, on_from=body.on_sale_from, on_until=body.on_sale_until
    )
    _told(request, shop.id, "goods.schedule", public_id, body.model_dump(mode="json"))
    return Status(204, None)


@router.post("/shops/{slug}/goods/{public_id}/slots", response=Answer, auth=signed_in)
@once
def add_slots(request: HttpRequest, slug: str, public_id: str, body: SlotsIn) -> Any:
    """Times of a service that can be booked, one SKU each."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    options = matrix.slots(
        first=body.first, last=body.last, weekdays=body.weekdays, times=body.times
    )
    added = parts.add_options(
        shop_id=shop.id, public_id=public_id, axes="日期 / 时间" if body.times else "日期", options=options,
        price_minor=body.price_minor, stock=body.capacity,
    )  # fmt: skip
    _told(request, shop.id, "goods.slots", public_id, {"added": added})
    return {"added": added}


@router.post("/shops/{slug}/imports", response={201: Answer}, auth=signed_in)
def begin_import(
    request: HttpRequest,
    slug: str,
    file: File[UploadedFile],
    given: Form[ImportIn],
) -> Status[Any]:
    """Bring a file (CSV, XLSX or a ZIP with pictures); it is checked, and nothing is written until it is started."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    made = importing.begin(
        shop_id=shop.id,
        actor_id=me(request),
        file=file,
        file_name=file.name or "",
        form=given.form,
        lists=given.lists,
    )
    audit(
        actor_id=me(request), action="goods.import_begin", object=f"import:{made}", shop_id=shop.id
    )
    return Status(201, _run(sheets.import_view(shop.id, made)))


@router.get("/shops/{slug}/imports", response=ListOut[Answer], auth=signed_in)
def list_imports(request: HttpRequest, slug: str) -> Any:
    """The newest twenty."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    return {"items": [_run(one) for one in sheets.imports_of(shop.id)]}


@router.get("/shops/{slug}/imports/{import_id}", response=Answer, auth=signed_in)
def read_import(request: HttpRequest, slug: str, import_id: str) -> Any:
    """How far an import is, with the first hundred rows that do not go in, and that are not sold yet."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    rejects = [
        {
            "line": one.line,
            "key": one.key,
            "column": one.column,
            "reason": one.reason,
            "value": one.value,
        }
        for one in sheets.rejects_of(shop.id, import_id, 100)
    ]
    held = [
        {"key": one.key, "code": one.column, "reason": one.reason, "value": one.value}
        for one in sheets.held_of(shop.id, import_id)[:100]
    ]
    return {**_run(sheets.import_view(shop.id, import_id)), "rejects": rejects, "held": held}


@router.post("/shops/{slug}/imports/{import_id}/start", response=Answer, auth=signed_in)
@once
def start_import(request: HttpRequest, slug: str, import_id: str) -> Any:
    """Write what was checked, in the background."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    importing.start(shop_id=shop.id, public_id=import_id)
    audit(
        actor_id=me(request),
        action="goods.import_start",
        object=f"import:{import_id}",
        shop_id=shop.id,
    )
    return _run(sheets.import_view(shop.id, import_id))


@router.post("/shops/{slug}/imports/{import_id}/cancellation", response=Answer, auth=signed_in)
@once
def cancel_import(request: HttpRequest, slug: str, import_id: str) -> Any:
    """Stop an import; what is written stays and can be undone."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    importing.cancel(shop_id=shop.id, public_id=import_id)
    audit(
        actor_id=me(request),
        action="goods.import_cancel",
        object=f"import:{import_id}",
        shop_id=shop.id,
    )
    return _run(sheets.import_view(shop.id, import_id))


@router.post("/shops/{slug}/imports/{import_id}/undoing", response=Answer, auth=signed_in)
@once
def undo_import(request: HttpRequest, slug: str, import_id: str) -> Any:
    """Take back everything an import brought, while nothing of it was ordered."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    removed, back = importing.undo(shop_id=shop.id, public_id=import_id)
    audit(
        actor_id=me(request),
        action="goods.import_undo",
        object=f"import:{import_id}",
        shop_id=shop.id,
        after={"removed": removed},
    )
    return {"removed": removed, "back": back}
