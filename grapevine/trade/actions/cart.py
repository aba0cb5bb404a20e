"""The cart and the address book."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.goods.contracts import SkuLine
from grapevine.kit import clock, sql
from grapevine.kit.errors import NotFound
from grapevine.signals.contracts import Source
from grapevine.trade import access
from grapevine.trade.contracts import AddressView, NotOnSale, WrongCount
from grapevine.trade.models import Address, CartRow, Line
from grapevine.trade.queries.reading import NO_PICKS
from grapevine.trade.rules import address as places
from grapevine.trade.rules.pricing import COUNT_MAX, LINES_MAX

ADDRESSES_MAX = 30


def check_count(count: int) -> None:
    if not 1 <= count <= COUNT_MAX:
        raise WrongCount(most=COUNT_MAX)


CART_COLUMNS = "buyer_id, sku_id, count, price_minor, source, added_at, pick"
ADD_UP = f"""
ON CONFLICT (buyer_id, sku_id) DO UPDATE SET price_minor = EXCLUDED.price_minor, pick = EXCLUDED.pick, count = CASE
  WHEN trade_cartrow.count + EXCLUDED.count > {COUNT_MAX} THEN {COUNT_MAX}
  ELSE trade_cartrow.count + EXCLUDED.count END
"""
OVERFULL = f"SELECT 1 FROM trade_cartrow WHERE buyer_id = %s LIMIT 1 OFFSET {LINES_MAX}"  # noqa: S608  constants


@transaction.atomic(savepoint=False)
def add_to_cart(
    *, buyer_id: int, lines: Sequence[tuple[SkuLine, int]], source: Source | None = None,
    picks: Mapping[int, str] = NO_PICKS,
) -> None:  # fmt: skip
    """Put pieces into the cart, all lines or none; more of the same add up, to 999 at most. Two statements.

    `picks`: SKU → the pick it is put in by; the last one counts.
    """
    told, now = json.dumps(source.as_dict() if source else {}), clock.now()
    wanted: dict[int, int] = {}
    for line, count in lines:
        check_count(count)
        if not line.on_sale:
            raise NotOnSale(title=line.title)
        wanted[line.sku_id] = min(wanted.get(line.sku_id, 0) + count, COUNT_MAX)
    prices = {line.sku_id: line.price_minor for line, _ in lines}
    rows = [
        (buyer_id, sku_id, count, prices[sku_id], told, now, picks.get(sku_id, "")[:12])
        for sku_id, count in sorted(wanted.items())
    ]
    sql.insert("trade_cartrow", CART_COLUMNS, rows, ending=ADD_UP)
    if sql.rows(OVERFULL, [buyer_id]):
        raise WrongCount(most=LINES_MAX)


@transaction.atomic
def buy_again(*, buyer_id: int, number: str) -> int:
    """Put an order's goods into the cart again, as many as are still sold; returns how many lines."""
    order = access.order_of_buyer(buyer_id, number)
    rows = Line.objects.filter(order=order).values_list("sku_id", "count")
    wanted = dict(rows)
    lines = [line for line in goods.sku_lines(wanted, covers=False).values() if line.on_sale]
    if not lines:
        raise NotOnSale(title=order.shop_name)
    add_to_cart(buyer_id=buyer_id, lines=[(line, wanted[line.sku_id]) for line in lines])
    return len(lines)


def set_count(*, buyer_id: int, line_id: int, count: int) -> None:
    """Change a line's count; 0 takes it out."""
    rows = CartRow.objects.filter(buyer_id=buyer_id, pk=line_id)
    if count == 0:
        rows.delete()
        return
    check_count(count)
    if not rows.update(count=count):
        raise NotFound


def empty_of(*, buyer_id: int, sku_ids: list[int]) -> None:
    CartRow.objects.filter(buyer_id=buyer_id, sku_id__in=sku_ids).delete()


@transaction.atomic
def save_address(*, person_id: int, address: AddressView, address_id: int | None = None) -> int:
    """Check and keep an address; it becomes the default, as the one used last. Returns its id."""
    clean = places.check(address)
    body = {key: value for key, value in asdict(clean).items() if key not in ("id", "is_default")}
    mine = Address.objects.filter(person_id=person_id)
    mine.update(is_default=False)
    now, text = clock.now(), json.dumps(body, ensure_ascii=False)
    if address_id is not None:
        row = mine.filter(pk=address_id).first()
        if row is None:
            raise NotFound
        row.body, row.is_default, row.used_at = text, True, now
        row.save(update_fields=["body", "is_default", "used_at"])
        return row.pk
    same = next(
        (row for row in mine.order_by("-used_at")[:ADDRESSES_MAX] if row.body == text), None
    )
    if same is not None:
        same.is_default, same.used_at = True, now
        same.save(update_fields=["is_default", "used_at"])
        return same.pk
    row = Address.objects.create(person_id=person_id, body=text, is_default=True, used_at=now)
    old = mine.order_by("-used_at").values_list("pk", flat=True)[ADDRESSES_MAX:]
    Address.objects.filter(pk__in=list(old)).delete()
    return row.pk


def delete_address(*, person_id: int, address_id: int) -> None:
    Address.objects.filter(person_id=person_id, pk=address_id).delete()
