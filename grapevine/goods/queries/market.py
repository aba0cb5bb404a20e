"""What a shop might sell: its own goods that are off the shelf, and what the categories of the house look like."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

from django.db.models import Min

from grapevine.goods.models import Goods, Sku

DRAFTS_MAX = 500
CATEGORY_MAX = 2_000


@dataclass(frozen=True, slots=True)
class ShelvedGoods:
    """Goods of a shop that are not on sale: the price of the cheapest SKU and its cost, if it is known."""

    goods_id: int
    public_id: str
    title: str
    category: str
    price_minor: int
    cost_minor: int | None


@dataclass(frozen=True, slots=True)
class Market:
    """A category as everybody sees it in other shops: how many, the middle price, and the SKUs that are sold."""

    shops: int
    goods: int
    price_minor: int
    sku_ids: tuple[int, ...]


def shelved_goods(shop_id: int) -> list[ShelvedGoods]:
    """Own goods off the shelf, newest first; those never sold and those that once were. Two queries."""
    rows = list(
        Goods.objects.filter(shop_id=shop_id, on_sale=False, removed_at=None).order_by("-id")[
            :DRAFTS_MAX
        ]
    )
    costs = dict(
        Sku.objects.filter(goods__in=[row.pk for row in rows], cost_minor__isnull=False)
        .values_list("goods_id")
        .annotate(least=Min("cost_minor"))
        .order_by()
    )
    return [
        ShelvedGoods(
            row.pk, row.public_id, row.title, row.category, row.price_minor, costs.get(row.pk)
        )
        for row in rows
    ]


def costs_of_shop(shop_id: int) -> dict[int, int]:
    """SKU → its cost, where the shop has told one. One query."""
    rows = Sku.objects.filter(goods__shop_id=shop_id).order_by("pk").values_list("pk", "cost_minor")
    return {pk: cost for pk, cost in rows if cost is not None}


def market(shop_id: int) -> dict[str, Market]:
    """Every category on sale in other shops, by its name. Two queries, at most 2,000 goods a category are looked at."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    rows = Goods.objects.filter(on_sale=True, kind="goods").exclude(shop_id=shop_id)
    for pk, owner, category, price in rows.exclude(category="").values_list(
        "pk", "shop_id", "category", "price_minor"
    ):
        some = found.setdefault(category, [])
        if len(some) < CATEGORY_MAX:
            some.append((pk, owner, price))
    skus: dict[int, list[int]] = {}
    for pk, goods_id in Sku.objects.filter(goods__in=rows.values("pk")).values_list(
        "pk", "goods_id"
    ):
        skus.setdefault(goods_id, []).append(pk)
    return {
        category: Market(
            len({owner for _, owner, _ in some}), len(some),
            median_low([price for _, _, price in some]),
            tuple(sku for pk, _, _ in some for sku in skus.get(pk, ())),
        )
        for category, some in found.items()
    }  # fmt: skip


def categories_of_goods(goods_ids: Iterable[int]) -> dict[int, str]:
    """The category of each of these goods."""
    wanted, found = list(goods_ids), dict[int, str]()
    for at in range(0, len(wanted), 900):
        rows = Goods.objects.filter(pk__in=wanted[at : at + 900])
        found.update(rows.values_list("pk", "category"))
    return found


def own_categories(shop_id: int) -> set[str]:
    """What a shop has on sale."""
    rows = Goods.objects.filter(shop_id=shop_id, on_sale=True)
    return set(rows.values_list("category", flat=True).distinct())
