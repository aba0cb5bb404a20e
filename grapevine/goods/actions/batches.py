"""Changing many goods at once: said beforehand, made with what was before, undone as a whole."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from grapevine.goods import access
from grapevine.goods.actions.auditing import change_keys
from grapevine.goods.actions.desk import set_on_sale
from grapevine.goods.actions.prices import CHANGES_MAX, change_prices
from grapevine.goods.actions.rows import back_to, now_of
from grapevine.goods.contracts import GoodsChanged, NewPrice
from grapevine.goods.desking import BatchNotFound, Bulk, Done, NothingPicked, PlannedRow, Undone
from grapevine.goods.models import DeskBatch, DeskChange, Goods, Sku
from grapevine.goods.queries.desk import was_wanted
from grapevine.goods.rules.listing import PRICE_MAX
from grapevine.goods.rules.shipping import LIMIT_MAX
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.formats import money_text
from grapevine.kit.ids import new_id
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

PICKED_MAX = 500
PERCENT_MAX = 500
FIELDS = {"on": "on_sale", "off": "on_sale", "category": "category", "limit": "limit_per_person",
          "shipping": "shipping_id", "remove": "removed"}  # fmt: skip


def plan_bulk(*, shop_id: int, picked: Sequence[str], bulk: Bulk) -> list[PlannedRow]:
    """What the change would make of each row, without making it. Raises BadInput or NothingPicked."""
    found = _picked(shop_id, picked)
    if bulk.kind == "price":
        return [row for goods in found for row in _price_rows(goods, bulk)]
    value = _value(shop_id, bulk)
    wanted = was_wanted([goods.pk for goods in found]) if bulk.kind == "remove" else set()
    return [_plan(goods, bulk.kind, value, wanted) for goods in found]


@transaction.atomic
def apply_bulk(
    *, shop_id: int, picked: Sequence[str], bulk: Bulk, actor_id: int,
    below_cost_ok: bool = False, large_ok: bool = False,
) -> Done:  # fmt: skip
    """Change the picked goods; rows that may not change are refused one by one, the others go on.

    Prices are all or none, with the guardrails of `change_prices`.
    """
    found = _picked(shop_id, picked, lock=True)
    batch = DeskBatch(
        public_id=new_id(), shop_id=shop_id, kind=bulk.kind, actor_id=actor_id, at=clock.now()
    )
    batch.save(force_insert=True)
    if bulk.kind == "price":
        changed = _change_prices(batch, found, bulk, below_cost_ok=below_cost_ok, large_ok=large_ok)
        held, refused = 0, list[PlannedRow]()
    else:
        changed, held, refused = _change_goods(batch, found, bulk)
    if not changed:
        batch.delete()
        return Done("", 0, tuple(refused), held)
    return Done(batch.public_id, changed, tuple(refused), held)


@transaction.atomic
def undo_batch(*, shop_id: int, batch: str) -> Undone:
    """Put every row back as it was before a batch, but for those somebody changed since. Raises BatchNotFound."""
    rows = DeskBatch.objects.filter(public_id=batch, shop_id=shop_id, undone_at=None)
    found = rows.first()
    if found is None or not rows.update(undone_at=clock.now()):
        raise BatchNotFound(batch)
    back, kept = 0, []
    changes = DeskChange.objects.filter(batch=found).select_related("goods", "sku")
    for change in changes.order_by("goods_id", "sku_id"):
        try:
            with transaction.atomic():
                back_to(shop_id, change)
            back += 1
        except DomainError:
            kept.append(change.goods.title)
    return Undone(back, tuple(dict.fromkeys(kept)))


def _picked(shop_id: int, picked: Sequence[str], *, lock: bool = False) -> list[Goods]:
    wanted = list(dict.fromkeys(picked))
    if not 1 <= len(wanted) <= PICKED_MAX:
        raise NothingPicked
    rows = Goods.objects.filter(shop_id=shop_id, public_id__in=wanted, removed_at=None)
    found = list((rows.select_for_update() if lock else rows).order_by("id"))
    if not found:
        raise NothingPicked
    return found


def _value(shop_id: int, bulk: Bulk) -> Any:
    """What the field is to be, or BadInput."""
    text = bulk.value.strip()
    if bulk.kind in ("on", "off"):
        return bulk.kind == "on"
    if bulk.kind == "remove":
        return True
    if bulk.kind == "category" and len(text) <= 20:
        return text
    if bulk.kind == "limit" and text.isascii() and text.isdigit() and int(text[:9]) <= LIMIT_MAX:
        return int(text)
    if bulk.kind == "shipping":
        return access.shipping_of_shop(shop_id, text).pk if text else None
    raise BadInput(fields={"value": marked("这一项填得不对")})


def _plan(goods: Goods, kind: str, value: Any, wanted: set[int]) -> PlannedRow:
    name = FIELDS[kind]
    before = now_of(goods, None, [name])[name]
    refusal = ""
    if kind == "remove" and (goods.on_sale or goods.pk in wanted):
        refusal = marked("在售或有人买过的商品不能删除，可以下架")
    return PlannedRow(goods.public_id, goods.title, _said(before), _said(value), refusal)


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _change_goods(
    batch: DeskBatch, found: Sequence[Goods], bulk: Bulk
) -> tuple[int, int, list[PlannedRow]]:
    """How many changed, how many wait for an operator, and which were refused."""
    value = _value(batch.shop_id, bulk)
    name = FIELDS[bulk.kind]
    wanted = was_wanted([goods.pk for goods in found]) if bulk.kind == "remove" else set()
    refused, changes, held = [], [], 0
    for goods in found:
        row = _plan(goods, bulk.kind, value, wanted)
        before = now_of(goods, None, [name])
        if row.refusal:
            refused.append(row)
        elif before[name] != value:
            try:
                with transaction.atomic():
                    is_live = set_field(goods, name, value)
            except DomainError as error:
                refused.append(
                    PlannedRow(row.public_id, row.title, row.before, row.after, words(error)[0])
                )
            else:
                held += not is_live
                if is_live:
                    changes.append(
                        DeskChange(batch=batch, goods=goods, before=before, after={name: value})
                    )
    DeskChange.objects.bulk_create(changes, batch_size=500)
    return len(changes), held, refused


def set_field(goods: Goods, name: str, value: Any) -> bool:
    """One field of goods, told to the house; whether it holds already. The shelf and keys go their own ways."""
    if name == "on_sale":
        set_on_sale(shop_id=goods.shop_id, public_id=goods.public_id, on=value)
        return True
    if name == "category":
        return change_keys(shop_id=goods.shop_id, public_id=goods.public_id, category=value)
    column, stored = (
        ("removed_at", clock.now() if value else None) if name == "removed" else (name, value)
    )
    Goods.objects.filter(pk=goods.pk).update(**{column: stored})
    signals.emit(GoodsChanged(goods.shop_id, goods.pk, goods.public_id, clock.now().isoformat()))
    return True


def _percent(text: str) -> Decimal:
    """-10 or 12.5: by how many percent a price moves. Raises BadInput."""
    try:
        found = Decimal(text.strip().rstrip("%"))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not -100 < found <= PERCENT_MAX:
        raise BadInput(fields={"value": marked("涨跌写成 -10 或 12.5，最多涨 500%")})
    return found


def moved(price_minor: int, percent: Decimal) -> int:
    """A price after so many percent, rounded to the nearest fen, at least one."""
    exact = Decimal(price_minor) * (100 + percent) / 100
    return min(PRICE_MAX, max(1, int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))))


def _price_rows(goods: Goods, bulk: Bulk) -> list[PlannedRow]:
    percent = _percent(bulk.value)
    return [
        PlannedRow(
            goods.public_id, f"{goods.title} {sku.option}".strip(),
            money_text(sku.price_minor, goods.currency, exact=True),
            money_text(moved(sku.price_minor, percent), goods.currency, exact=True),
        )
        for sku in Sku.objects.filter(goods=goods).order_by("position", "id")
    ]  # fmt: skip


def _change_prices(
    batch: DeskBatch, found: Sequence[Goods], bulk: Bulk, *, below_cost_ok: bool, large_ok: bool
) -> int:
    percent = _percent(bulk.value)
    skus = list(Sku.objects.filter(goods__in=found).order_by("id"))
    moves: Mapping[str, tuple[Sku, int]] = {
        sku.code: (sku, after)
        for sku in skus
        if (after := moved(sku.price_minor, percent)) != sku.price_minor
    }
    prices = [NewPrice(code, after) for code, (_, after) in moves.items()]
    for start in range(0, len(prices), CHANGES_MAX):
        change_prices(
            shop_id=batch.shop_id, prices=prices[start : start + CHANGES_MAX],
            actor_id=batch.actor_id, reason=f"{percent:+}%", below_cost_ok=below_cost_ok,
            large_ok=large_ok,
        )  # fmt: skip
    DeskChange.objects.bulk_create(
        [
            DeskChange(
                batch=batch, goods_id=sku.goods_id, sku=sku,
                before={"price_minor": sku.price_minor}, after={"price_minor": after},
            )
            for sku, after in moves.values()
        ],
        batch_size=500,
    )  # fmt: skip
    return len(moves)
