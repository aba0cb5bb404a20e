"""Files of goods on their way in: checked, then written batch by batch, each with the place in the plan it reached.

A batch and the place it reached are one transaction, so a killed import goes on where it was and writes nothing twice.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from time import monotonic
from typing import IO

from django.db import transaction
from django.db.models import F

from grapevine.goods.actions import importfiles
from grapevine.goods.actions.bulk import save_goods_bulk
from grapevine.goods.actions.importpictures import (
    ask_pictures,
    ask_videos,
    new_pictures,
    new_video,
)
from grapevine.goods.actions.judging import Judgement, is_asked, judge, replace_waiting
from grapevine.goods.actions.limits import room_of
from grapevine.goods.actions.sheets import apply_sheet, differs, kept_pictures, shelf_bulk
from grapevine.goods.actions.shelves import lock_shop
from grapevine.goods.actions.stock import lock_stock
from grapevine.goods.contracts import Facts, NewGoods, NewSku
from grapevine.goods.desking import ChangedMeanwhile
from grapevine.goods.models import (
    DeskBatch,
    DeskChange,
    Goods,
    ImportedGoods,
    ImportPicture,
    ImportReject,
    ImportRun,
    Shop,
    Sku,
    StockHold,
)  # fmt: skip
from grapevine.goods.onboarding import UpgradeNeeded
from grapevine.goods.oversight import GoodsRefused, Listing
from grapevine.goods.queries.onboarding import rules_in_force
from grapevine.goods.queries.sheets import import_run, sheets_of
from grapevine.goods.rules.auditing import FINDINGS
from grapevine.goods.rules.sheets.words import CONTROL
from grapevine.goods.sheets import (
    FORMS,
    ImportGoesOn,
    ImportOrdered,
    ImportRefused,
    SheetError,
    SheetGoods,
    SheetSku,
)  # fmt: skip
from grapevine.guard import facade as guard
from grapevine.kit import clock, crashing
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked

BATCH = 500
SLICE_SECONDS = 5.0
UNSOLD = FINDINGS["prohibited"]
NOT_HERE = FINDINGS["forbidden"]
GOODS_FIELDS = tuple(field.name for field in fields(SheetGoods))
SKU_FIELDS = tuple(field.name for field in fields(SheetSku))


def begin(
    *, shop_id: int, actor_id: int, file: IO[bytes], file_name: str, form: str = "", lists: bool = False
) -> str:  # fmt: skip
    """Keep a file and have it checked; nothing of it is written yet. Returns its id. Raises ImportRefused or BadInput.

    `form` is own, shopify or woo; "" is read from the header. `lists`: goods that say nothing go on sale.
    """
    if form and form not in FORMS:
        raise BadInput(fields={"form": marked("选一种表格")})
    run = ImportRun(
        public_id=new_id(), shop_id=shop_id, actor_id=actor_id, form=form or "own",
        file_name=CONTROL.sub("", file_name)[-120:], lists=lists, made_at=clock.now(),
    )  # fmt: skip
    importfiles.keep(run, file)
    try:
        run.form = form or importfiles.guess(run)
    except ImportRefused:
        importfiles.forget(run)
        raise
    run.save(force_insert=True)
    return run.public_id


@transaction.atomic
def start(*, shop_id: int, public_id: str) -> None:
    """Write what was checked. Raises ImportGoesOn unless it is checked and waits for this."""
    run = import_run(shop_id, public_id)
    batch = DeskBatch.objects.create(
        public_id=new_id(), shop_id=shop_id, kind="import", actor_id=run.actor_id, at=clock.now()
    )
    mine = ImportRun.objects.filter(pk=run.pk, state="checked")
    if not mine.update(state="running", batch=batch):
        raise ImportGoesOn


@transaction.atomic
def cancel(*, shop_id: int, public_id: str) -> None:
    """Stop; what is written stays and can be undone. Raises ImportGoesOn where there is nothing to stop."""
    run = import_run(shop_id, public_id)
    mine = ImportRun.objects.filter(pk=run.pk, state__in=["waiting", "checked", "running"])
    if not mine.update(state="cancelled", ended_at=clock.now()):
        raise ImportGoesOn
    ImportPicture.objects.filter(run=run, state="waiting").delete()


@transaction.atomic
def undo(*, shop_id: int, public_id: str) -> tuple[int, int]:
    """Take back everything a file brought: (goods removed, goods put back). Raises ImportOrdered or ImportGoesOn.

    Goods it changed and somebody changed since stay as they are.
    """
    run = import_run(shop_id, public_id)
    mine = ImportRun.objects.filter(
        pk=run.pk, state__in=["done", "cancelled"], batch__undone_at=None
    )
    if run.batch_id is None or not mine.update(state="undone"):
        raise ImportGoesOn
    made = ImportedGoods.objects.filter(run=run, goods__removed_at=None)
    ids = list(made.order_by("goods_id").values_list("goods_id", flat=True))
    changes = list(
        DeskChange.objects.filter(batch_id=run.batch_id)
        .select_related("goods")
        .order_by("goods_id")
    )
    for start_at in range(0, len(ids), BATCH):
        part = ids[start_at : start_at + BATCH]
        lock_stock(Sku.objects.filter(goods_id__in=part).values_list("pk", flat=True))
        if StockHold.objects.filter(sku__goods_id__in=part).exists():
            raise ImportOrdered
        Goods.objects.filter(pk__in=part).update(on_sale=False, removed_at=clock.now())
        ImportedGoods.objects.filter(shop_id=shop_id, goods_id__in=part).delete()
    ImportPicture.objects.filter(run=run).delete()
    back = sum(_put_back(shop_id, change) for change in changes)
    DeskBatch.objects.filter(pk=run.batch_id).update(undone_at=clock.now())
    return len(ids), back


def _put_back(shop_id: int, change: DeskChange) -> int:
    try:
        with transaction.atomic():
            now = sheets_of([change.goods])[0]
            if _plain(now) != {"video": "", **change.after}:
                raise ChangedMeanwhile
            replace_waiting([change.goods_id])
            apply_sheet(shop_id, change.goods, now, _sheet(change.before))
            ImportedGoods.objects.filter(shop_id=shop_id, goods=change.goods).update(digest="")
    except DomainError:
        return 0
    return 1


def work(seconds: float = SLICE_SECONDS) -> int:
    """Go on with every import for a few seconds; returns how many goods were done. Called again and again."""
    ends, done = monotonic() + seconds, 0
    for run in ImportRun.objects.filter(state__in=["waiting", "running"]).order_by("id"):
        if run.state == "waiting":
            check(run)
        else:
            done += advance(run, lambda: monotonic() < ends)
        if monotonic() >= ends:
            break
    return done


def check(run: ImportRun) -> None:
    """Read the whole file, write the plan beside it, and count what would become of it."""
    try:
        sheet = importfiles.read_sheet(run)
    except ImportRefused as error:
        reason = str(error.params.get("reason", ""))
        ImportRun.objects.filter(pk=run.pk, state="waiting").update(
            state="refused", reason=reason[:200], ended_at=clock.now()
        )
        importfiles.forget(run)
        return
    clean, errors = _screened(sheet.goods)
    errors = [*sheet.errors, *errors]
    tally = {"create": 0, "update": 0, "same": 0}
    with (importfiles.folder_of(run) / "plan").open("w", encoding="utf-8") as plan:
        for part in _parts(clean):
            known = _known(run, part)
            for one in part:
                tally[_fate(one, known)] += 1
                plan.write(json.dumps(_fields(one), ensure_ascii=False) + "\n")
    refused = {(one.key, one.line if not one.key else 0) for one in errors}
    with transaction.atomic():
        mine = ImportRun.objects.filter(pk=run.pk, state="waiting")
        if not mine.update(
            state="checked", total=len(clean), to_create=tally["create"], to_update=tally["update"],
            same=0, refused=len(refused), done=0, offset=0,
        ):  # fmt: skip
            return
        ImportReject.objects.filter(run=run).delete()
        _reject(run, errors)


def _screened(goods: Iterable[SheetGoods]) -> tuple[list[SheetGoods], list[SheetError]]:
    """What may be written, and what may not be sold here or not be published at all."""
    clean, errors = [], []
    asked = is_asked()
    screen = guard.screen_goods if asked else guard.screen
    forbidden = {name for name, rule in rules_in_force().items() if rule.is_forbidden and asked}
    for one in goods:
        verdict = screen(
            f"{one.title} {one.body} {one.origin} {one.supplier} {' '.join(map(' '.join, one.attributes))}"
        )
        if one.category in forbidden:
            errors.append(SheetError(one.line, one.key, "category", NOT_HERE, one.category))
        elif verdict.blocked:
            hits = "、".join(hit.text for hit in verdict.hits)
            unsold = any(hit.rule == "prohibited" for hit in verdict.hits)
            reason = UNSOLD if unsold else marked("有不能发布的内容")
            errors.append(SheetError(one.line, one.key, "title", reason, hits))
        else:
            clean.append(one)
    return clean, errors


def _reject(run: ImportRun, errors: Sequence[SheetError]) -> None:
    ImportReject.objects.bulk_create(
        [
            ImportReject(
                run=run, line=one.line, key=one.key[:120], column=one.column[:60],
                reason=one.reason[:200], value=one.value[:200],
            )
            for one in errors
        ],
        batch_size=1000,
    )  # fmt: skip


def _parts(goods: Sequence[SheetGoods]) -> Iterator[Sequence[SheetGoods]]:
    for at in range(0, len(goods), BATCH):
        yield goods[at : at + BATCH]


def _fields(one: SheetGoods) -> dict[str, object]:
    """Ready to be written as JSON. `dataclasses.asdict` copies every value, which is much of an import's time."""
    told: dict[str, object] = {name: getattr(one, name) for name in GOODS_FIELDS}
    told["skus"] = [{name: getattr(sku, name) for name in SKU_FIELDS} for sku in one.skus]
    return told


def _plain(one: SheetGoods) -> dict[str, object]:
    """As JSON keeps it, so that what is read back compares equal."""
    found: dict[str, object] = json.loads(json.dumps(_fields(one)))
    return found


def _sheet(plain: dict[str, object]) -> SheetGoods:
    fields = dict(plain)
    fields["skus"] = tuple(SheetSku(**sku) for sku in fields["skus"])  # type: ignore[attr-defined]
    fields["attributes"] = tuple((name, value) for name, value in fields["attributes"])  # type: ignore[attr-defined]
    fields["pictures"] = tuple(fields["pictures"])  # type: ignore[arg-type]
    return SheetGoods(**fields)  # type: ignore[arg-type]


def _digest(one: SheetGoods) -> str:
    text = json.dumps({**_fields(one), "line": 0}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


Known = dict[str, tuple[Goods, str, SheetGoods]]
"""By key: goods that are there, the digest of what a file last said of them, and what they say now."""


def _known(run: ImportRun, part: Sequence[SheetGoods]) -> Known:
    keys = [one.key for one in part]
    rows = ImportedGoods.objects.filter(
        shop_id=run.shop_id, key__in=keys, goods__removed_at=None
    ).select_related("goods")
    found = {row.key: (row.goods, row.digest) for row in rows}
    rest = [key for key in keys if key not in found and len(key) <= 12]
    for goods in Goods.objects.filter(shop_id=run.shop_id, public_id__in=rest, removed_at=None):
        found[goods.public_id] = (goods, "")
    sheets = sheets_of([goods for goods, _ in found.values()])
    return {
        key: (goods, digest, now)
        for (key, (goods, digest)), now in zip(found.items(), sheets, strict=True)
    }


def _fate(one: SheetGoods, known: Known) -> str:
    if one.key not in known:
        return "create"
    goods, digest, now = known[one.key]
    if digest == _digest(one):
        return "same"
    is_other = differs(now, one) or new_pictures(goods, one) or new_video(goods, one)
    return "update" if is_other else "same"


def advance(run: ImportRun, goes_on: Callable[[], bool]) -> int:
    """Write batches until the plan is at its end or time is up; returns how many goods were done."""
    done = 0
    try:
        plan = (importfiles.folder_of(run) / "plan").open("rb")
    except FileNotFoundError:
        ImportRun.objects.filter(pk=run.pk, state="running").update(
            state="cancelled", reason=marked("文件不在了"), ended_at=clock.now()
        )
        return 0
    with plan:
        while True:
            plan.seek(run.offset)
            lines = [line for line in (plan.readline() for _ in range(BATCH)) if line]
            if not lines:
                _finish(run)
                return done
            part = [_sheet(json.loads(line)) for line in lines]
            if not _write(run, part, run.offset + sum(map(len, lines))):
                return done
            done += len(part)
            run.refresh_from_db()
            if not goes_on():
                return done


@transaction.atomic
def _write(run: ImportRun, part: Sequence[SheetGoods], offset: int) -> bool:
    """One batch and the place it reached. False if somebody else is at it, or it was stopped."""
    mine = ImportRun.objects.filter(pk=run.pk, state="running", offset=run.offset)
    if not mine.update(offset=offset, done=F("done") + len(part)):
        return False
    known = _known(run, part)
    fates = {one.key: _fate(one, known) for one in part}
    fresh = [one for one in part if fates[one.key] == "create"]
    created, refused = _create(run, fresh) if fresh else (0, [])
    updated = 0
    for one in part:
        if fates[one.key] == "update":
            goods, _, now = known[one.key]
            try:
                with transaction.atomic():
                    _update(run, goods, now, one)
                updated += 1
            except DomainError as error:
                refused.append(_refusal(one, error))
    _reject(run, refused)
    crashing.point("goods.import.batch")
    ImportRun.objects.filter(pk=run.pk).update(
        created=F("created") + created, updated=F("updated") + updated,
        same=F("same") + sum(fate == "same" for fate in fates.values()),
        refused=F("refused") + len(refused),
    )  # fmt: skip
    return True


def _refusal(one: SheetGoods, error: DomainError) -> SheetError:
    """Why goods that are here were not changed, in words that can be translated."""
    hits = str(error.params.get("hits", ""))
    if hits:
        column, reason = "title", marked("有不能发布的内容")
        if isinstance(error, GoodsRefused):
            column, reason = _unsold(is_category="category" in error.fields)
        return SheetError(one.line, one.key, column, reason, hits)
    reason = "；".join(error.fields.values()) or error.message
    return SheetError(one.line, one.key, next(iter(error.fields), ""), reason)


def _unsold(*, is_category: bool) -> tuple[str, str]:
    """The column that keeps goods from being sold here, and how it is said."""
    return ("category", NOT_HERE) if is_category else ("title", UNSOLD)


def _create(run: ImportRun, part: Sequence[SheetGoods]) -> tuple[int, list[SheetError]]:
    """New goods, checked as those that are typed in: how many came, and which may not."""
    shop = lock_shop(run.shop_id)
    judged, refused = _judged(shop, part)
    made = save_goods_bulk([_new(run, one) for one, _ in judged])
    ids = [goods.goods_id for goods in made]
    keys = [one.key for one, _ in judged]
    ImportedGoods.objects.filter(shop_id=run.shop_id, key__in=keys).delete()
    ImportedGoods.objects.bulk_create(
        [
            ImportedGoods(
                shop_id=run.shop_id, key=one.key, goods_id=pk, run=run, digest=_digest(one)
            )
            for (one, _), pk in zip(judged, ids, strict=True)
        ],
        batch_size=BATCH,
    )
    ask_pictures(run, [(pk, one, {}) for pk, (one, _) in zip(ids, judged, strict=True)])
    ask_videos(run, [(pk, one) for pk, (one, _) in zip(ids, judged, strict=True)])
    shown = [
        pk
        for pk, (one, _) in zip(ids, judged, strict=True)
        if (run.lists if one.on_sale is None else one.on_sale)
    ]
    if ids:
        shelf_bulk(shop, {pk: found for pk, (_, found) in zip(ids, judged, strict=True)}, shown)
    return len(made), refused


def _judged(
    shop: Shop, part: Sequence[SheetGoods]
) -> tuple[list[tuple[SheetGoods, Judgement]], list[SheetError]]:
    if not is_asked():
        found = [Judgement([], None) for _ in part]
    else:
        found = judge([_listing(one) for one in part], shop)
    room, may, refused = room_of(shop), list[tuple[SheetGoods, Judgement]](), list[SheetError]()
    for one, judged in zip(part, found, strict=True):
        if judged.state == "refused":
            column, reason = _unsold(is_category="category" in judged.fields)
            refused.append(SheetError(one.line, one.key, column, reason, judged.hits))
        elif room is not None and len(may) >= room:
            refused.append(SheetError(one.line, one.key, "", UpgradeNeeded.message))
        else:
            may.append((one, judged))
    return may, refused


def _listing(one: SheetGoods) -> Listing:
    return Listing(
        one.title, one.body, one.category, 0, min(sku.price_minor for sku in one.skus),
        tuple(name for name, _ in one.attributes), is_coming=bool(one.pictures),
    )  # fmt: skip


def _new(run: ImportRun, one: SheetGoods) -> NewGoods:
    return NewGoods(
        run.shop_id, one.title, one.category, one.body,
        [
            NewSku(sku.option, sku.price_minor, sku.stock or 0, grams=sku.grams, own_code=sku.code, cost_minor=sku.cost_minor)
            for sku in one.skus
        ],
        axes=one.axes, facts=Facts(one.kind, one.origin, one.supplier, tuple(one.attributes)),
        limit_per_person=one.limit_per_person, on_sale=False,
    )  # fmt: skip


def _update(run: ImportRun, goods: Goods, now: SheetGoods, wanted: SheetGoods) -> None:
    assert run.batch_id is not None
    lock_shop(run.shop_id)
    apply_sheet(run.shop_id, goods, now, wanted)
    if new_pictures(goods, wanted):
        ImportPicture.objects.filter(goods=goods, is_video=False).delete()
        ask_pictures(run, [(goods.pk, wanted, kept_pictures(goods, wanted.pictures))])
    if new_video(goods, wanted):
        ImportPicture.objects.filter(goods=goods, is_video=True).delete()
        ask_videos(run, [(goods.pk, wanted)])
    goods.refresh_from_db()
    after = sheets_of([goods])[0]
    DeskChange.objects.create(
        batch_id=run.batch_id, goods=goods, before=_plain(now), after=_plain(after)
    )
    ImportedGoods.objects.update_or_create(
        shop_id=run.shop_id, key=wanted.key, defaults={"goods": goods, "digest": _digest(wanted)}
    )


def _finish(run: ImportRun) -> None:
    ImportRun.objects.filter(pk=run.pk, state="running").update(state="done", ended_at=clock.now())
    if not ImportPicture.objects.filter(run=run, state="waiting").exists():
        importfiles.forget(run)
