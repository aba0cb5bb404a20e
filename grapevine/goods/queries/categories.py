"""Which goods stand in which category, of all shops at once."""

from collections.abc import Iterator

from grapevine.goods.models import Goods

CHUNK = 5000


def goods_categories() -> Iterator[tuple[int, str, int, str]]:
    """(id, public id, shop, category) of everything there is, streamed. One query."""
    rows = Goods.objects.order_by("pk").values_list("pk", "public_id", "shop_id", "category")
    yield from rows.iterator(CHUNK)
