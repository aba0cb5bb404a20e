"""Every shop there ever was, for those above who look at all of them. Four queries, streamed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from grapevine.goods.models import Goods, Shop, Staff, Withholding
from grapevine.goods.onboarding import Cause

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class CountedShop:
    """`goods` it has put up, on sale or not; `closed_at`: when its owner closed it, None while it is open."""

    id: int
    slug: str
    name: str
    opened_at: datetime
    goods: int
    closed_at: datetime | None
    staff: tuple[int, ...]


def closed_shops() -> set[int]:
    """Those their owners closed. One query."""
    withheld = Withholding.objects.filter(goods=None, cause=Cause.CLOSED, lifted_at=None)
    return set(withheld.values_list("shop_id", flat=True))


def is_closed(shop_id: int) -> bool:
    """Whether its owner closed it. One query."""
    withheld = Withholding.objects.filter(goods=None, cause=Cause.CLOSED, lifted_at=None)
    return withheld.filter(shop_id=shop_id).exists()


def every_shop() -> Iterator[CountedShop]:
    """In the order of their ids, closed ones too."""
    counts: Counter[int] = Counter(
        dict(Goods.objects.values_list("shop_id").annotate(n=Count("id")).order_by("shop_id"))
    )
    withheld = Withholding.objects.filter(goods=None, cause=Cause.CLOSED, lifted_at=None)
    closed = dict(withheld.values_list("shop_id", "since"))
    staff: dict[int, list[int]] = {}
    for shop_id, person_id in Staff.objects.order_by("id").values_list("shop_id", "person_id"):
        staff.setdefault(shop_id, []).append(person_id)
    for shop in Shop.objects.order_by("id").iterator(CHUNK):
        yield CountedShop(
            shop.pk, shop.slug, shop.name, shop.opened_at, counts[shop.pk], closed.get(shop.pk),
            tuple(staff.get(shop.pk, ())),
        )  # fmt: skip
