"""Which goods stand in which category, of all shops at once."""

from collections.abc import Iterable, Iterator

from django.db.models import Count

from grapevine.goods.models import Goods

CHUNK = 5000


def goods_categories() -> Iterator[tuple[int, str, int, str]]:
    """(id, public id, shop, category) of everything there is, streamed. One query."""
    rows = Goods.objects.order_by("pk").values_list("pk", "public_id", "shop_id", "category")
    yield from rows.iterator(CHUNK)


def category_counts(shop_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Shop → category → how many goods it has on sale there. One query."""
    rows = Goods.objects.filter(shop_id__in=set(shop_ids), on_sale=True).exclude(category="")
    found: dict[int, dict[str, int]] = {}
    counted = rows.order_by().values_list("shop_id", "category").annotate(n=Count("id"))
    for shop_id, category, count in counted:
        found.setdefault(shop_id, {})[category] = count
    return found
