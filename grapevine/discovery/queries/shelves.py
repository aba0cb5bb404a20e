"""Goods on sale as recommendation reads them: what is known of candidates, and the best of a category, a region, a shop."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grapevine.discovery.models import GoodsEntry
from grapevine.discovery.rules.choosing import region_key
from grapevine.kit import sql

PER_CATEGORY = 40
REGIONAL_MAX = 100
BEST = """
SELECT * FROM (
  SELECT goods_id, shop_id, category, ranking_bps, is_repeat FROM discovery_goodsentry
  WHERE category = %s{shop} ORDER BY rank DESC, goods_id DESC LIMIT {limit}
) AS one
"""
LOCAL = """
SELECT * FROM (
  SELECT 'local' AS what, goods_id AS who, buyers AS number FROM discovery_regional
  WHERE region = %s ORDER BY buyers DESC, goods_id DESC LIMIT %s
) AS local
"""


@dataclass(frozen=True, slots=True)
class OnSale:
    """Goods as scores need them; `ranking_bps`: what its shop's rating makes of a score."""

    goods_id: int
    shop_id: int
    category: str
    ranking_bps: int
    is_repeat: bool


FIELDS = ("goods_id", "shop_id", "category", "ranking_bps", "is_repeat")


def on_sale(goods_ids: Collection[int], shop_id: int | None) -> dict[int, OnSale]:
    """Those that are on sale, and the shop's where there is one. One query."""
    if not goods_ids:
        return {}
    rows = GoodsEntry.objects.filter(goods_id__in=goods_ids)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    return {row[0]: OnSale(*row) for row in rows.values_list(*FIELDS)}


def best_of_categories(names: Sequence[str], shop_id: int | None) -> dict[str, list[OnSale]]:
    """What sells best in each of these categories, at most forty each. One query, none without names."""
    if not names:
        return {}
    inside = "" if shop_id is None else " AND shop_id = %s"
    one = BEST.format(shop=inside, limit=PER_CATEGORY)
    given = [] if shop_id is None else [shop_id]
    params = [value for name in names for value in (name, *given)]
    found: dict[str, list[OnSale]] = {name: [] for name in names}
    for goods_id, shop, category, bps, is_repeat in sql.rows(
        " UNION ALL ".join([one] * len(names)), params
    ):
        found[category].append(OnSale(goods_id, shop, category, bps, bool(is_repeat)))
    return found


def region_part(region: str) -> sql.Part | None:
    """What most people bought there of late, to be asked along: rows (local, goods, buyers)."""
    key = region_key(region)
    return sql.Part(LOCAL, (key, REGIONAL_MAX)) if key else None


def around_everybody(parts: Iterable[sql.Part | None]) -> dict[str, list[tuple[int, int]]]:
    """What these parts say, by what it is: (who, number). One query, none without parts."""
    asked = [part for part in parts if part is not None]
    text = " UNION ALL ".join(part.text for part in asked)
    found: dict[str, list[tuple[int, int]]] = {}
    for what, who, number in (
        sql.rows(text, [one for part in asked for one in part.params]) if asked else ()
    ):
        found.setdefault(what, []).append((who, number))
    return found


def by_buyers(rows: Iterable[tuple[int, int]]) -> dict[int, float]:
    """(goods, buyers) as a channel's scores, the most bought first."""
    return {pk: float(n) for pk, n in sorted(rows, key=lambda row: (-row[1], -row[0]))}


def best_of_all(
    shop_id: int | None, size: int, *, without: Iterable[int] = ()
) -> list[OnSale]:  # fmt: skip
    """What sells best, of one shop or of all. One query."""
    rows = GoodsEntry.objects.order_by("-rank", "-goods_id").exclude(goods_id__in=list(without))
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    return [OnSale(*row) for row in rows.values_list(*FIELDS)[:size]]


def ranked(scores: Mapping[int, float], known: Mapping[int, OnSale]) -> list[int]:
    """The known ones by score times rating, best first; what is equal stays in its order."""
    return sorted(
        (pk for pk in scores if pk in known), key=lambda pk: -scores[pk] * known[pk].ranking_bps
    )
