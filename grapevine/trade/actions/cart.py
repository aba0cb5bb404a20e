"""The cart and the address book."""

import json
from dataclasses import asdict

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.errors import NotFound
from grapevine.signals.contracts import Source
from grapevine.trade.contracts import AddressView, NotOnSale, WrongCount
from grapevine.trade.models import Address, CartRow
from grapevine.trade.rules import address as places
from grapevine.trade.rules.pricing import COUNT_MAX, LINES_MAX

ADDRESSES_MAX = 30


def check_count(count: int) -> None:
    if not 1 <= count <= COUNT_MAX:
        raise WrongCount(most=COUNT_MAX)


@transaction.atomic
def add_to_cart(*, buyer_id: int, sku_id: int, count: int, source: Source | None = None) -> None:
    """Put pieces into the cart; more of the same add up, to 999 at most."""
    check_count(count)
    line = goods.sku_lines([sku_id]).get(sku_id)
    if line is None or not line.on_sale:
        raise NotOnSale(title=line.title if line else "")
    rows = CartRow.objects.filter(buyer_id=buyer_id)
    if rows.filter(sku_id=sku_id).update(count=Least(F("count") + count, COUNT_MAX)):
        return
    if rows.count() >= LINES_MAX:
        raise WrongCount(most=LINES_MAX)
    told = source.as_dict() if source else {}
    row = CartRow(buyer_id=buyer_id, sku_id=sku_id, count=count, source=told, added_at=clock.now())
    CartRow.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["buyer_id", "sku_id"], update_fields=["count"]
    )


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
