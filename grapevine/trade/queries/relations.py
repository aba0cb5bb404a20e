"""What ties buyers to each other and to a shop, for those who must not judge their own."""

import json
from collections.abc import Iterable

from django.db.models import Count

from grapevine.trade.models import Address, Case, Order

ORDERS_MAX = 2_000


def received_counts(ids: Iterable[int]) -> dict[int, int]:
    """How many orders each of these people has received, those refunded later left out. One query."""
    rows = Order.objects.filter(buyer_id__in=set(ids), received_at__isnull=False)
    counted = rows.exclude(state="refunded").values_list("buyer_id").annotate(n=Count("id"))
    return dict(counted.order_by())


def had_cases_with(shop_id: int, ids: Iterable[int]) -> set[int]:
    """Those who asked this shop for after-sales. One query."""
    rows = Case.objects.filter(shop_id=shop_id, buyer_id__in=set(ids))
    return set(rows.values_list("buyer_id", flat=True))


def sharing_contact(ids: Iterable[int], others: Iterable[int]) -> set[int]:
    """Those of `ids` with a phone or a door that one of `others` has too, in address books and newest orders. Four queries."""
    theirs: set[str] = set()
    for found in _contacts(others).values():
        theirs |= found
    return {pk for pk, found in _contacts(ids).items() if found & theirs}


def _contacts(ids: Iterable[int]) -> dict[int, set[str]]:
    wanted = set(ids)
    books = Address.objects.filter(person_id__in=wanted).values_list("person_id", "body")
    sent = Order.objects.filter(buyer_id__in=wanted).exclude(address="").order_by("-id")
    found: dict[int, set[str]] = {}
    for pk, body in [*books, *sent.values_list("buyer_id", "address")[:ORDERS_MAX]]:
        found.setdefault(pk, set()).update(_keys(json.loads(body)))
    return found


def _keys(address: dict[str, str]) -> set[str]:
    """A phone by its last eleven digits, a door by its letters."""
    phone = "".join(filter(str.isdigit, str(address.get("phone", ""))))[-11:]
    parts = (str(address.get(one, "")) for one in ("city", "district", "street", "detail"))
    door = "".join("".join(parts).split()).casefold()
    return {one for one in (phone, door) if len(one) > 5}
