"""Which place pieces come from, and what should move between places. Pure."""

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

from grapevine.goods.contracts import Place, StockView, TransferSuggestion

EARTH_KM = 6371
CAPITALS: dict[str, tuple[float, float]] = {
    "北京市": (39.9, 116.4), "天津市": (39.1, 117.2), "河北省": (38.0, 114.5), "山西省": (37.9, 112.5),
    "内蒙古自治区": (40.8, 111.7), "辽宁省": (41.8, 123.4), "吉林省": (43.9, 125.3),
    "黑龙江省": (45.8, 126.5), "上海市": (31.2, 121.5), "江苏省": (32.1, 118.8),
    "浙江省": (30.3, 120.2), "安徽省": (31.8, 117.2), "福建省": (26.1, 119.3),
    "江西省": (28.7, 115.9), "山东省": (36.7, 117.0), "河南省": (34.8, 113.6),
    "湖北省": (30.6, 114.3), "湖南省": (28.2, 112.9), "广东省": (23.1, 113.3),
    "广西壮族自治区": (22.8, 108.4), "海南省": (20.0, 110.3), "重庆市": (29.6, 106.5),
    "四川省": (30.7, 104.1), "贵州省": (26.6, 106.7), "云南省": (25.0, 102.7),
    "西藏自治区": (29.7, 91.1), "陕西省": (34.3, 108.9), "甘肃省": (36.1, 103.8),
    "青海省": (36.6, 101.8), "宁夏回族自治区": (38.5, 106.2), "新疆维吾尔自治区": (43.8, 87.6),
    "台湾省": (25.0, 121.5), "香港特别行政区": (22.3, 114.2), "澳门特别行政区": (22.2, 113.5),
}  # fmt: skip
"""Latitude and longitude of each province's seat, to a tenth of a degree."""


def distance_km(one: str, other: str) -> int:
    """Great-circle distance of two provinces' seats; 0 if one is unknown."""
    if one == other or one not in CAPITALS or other not in CAPITALS:
        return 0
    (a, b), (c, d) = CAPITALS[one], CAPITALS[other]
    lat, lon = radians(c - a) / 2, radians(d - b) / 2
    arc = sin(lat) ** 2 + cos(radians(a)) * cos(radians(c)) * sin(lon) ** 2
    return round(2 * EARTH_KM * asin(sqrt(arc)))


def allocate(places: Sequence[Place], count: int) -> list[tuple[int, int]]:
    """(stock_id, pieces) for `count` pieces, or [] if there are not enough.

    By priority, then distance. One place for all of them if one has enough, else the nearest first.
    """
    assert count > 0
    order = sorted(places, key=lambda p: (p.priority, p.distance_km, p.bucket, p.stock_id))
    for place in order:
        if place.free >= count:
            return [(place.stock_id, count)]
    if sum(place.free for place in order) < count:
        return []
    taken, left = [], count
    for place in order:
        part = min(place.free, left)
        if part > 0:
            taken.append((place.stock_id, part))
            left -= part
    return taken


def suggest_transfers(
    rows: Sequence[StockView], *, cover_days: int = 14
) -> list[TransferSuggestion]:
    """Moves that cure a shortage out of a surplus, the largest first.

    A warehouse is short if it sells a SKU and has less than `cover_days` of it; one has a surplus above twice
    that. What moves is the smaller of what is missing and what the other can spare, in whole pieces.
    """
    by_sku: dict[int, list[StockView]] = {}
    for row in rows:
        by_sku.setdefault(row.sku_id, []).append(row)
    found = [move for own in by_sku.values() for move in _within(own, cover_days)]
    return sorted(found, key=lambda move: (-move.count, move.sku_id))


def _within(rows: Sequence[StockView], cover_days: int) -> list[TransferSuggestion]:
    spare = {r.warehouse_id: int(r.free - 2 * cover_days * r.per_day) for r in rows}
    missing = [(r, int(cover_days * r.per_day - r.free)) for r in rows if r.per_day > 0]
    found = []
    for short, wanted in sorted(missing, key=lambda pair: -pair[1]):
        need = wanted
        for giver in sorted(rows, key=lambda r: -spare[r.warehouse_id]):
            count = min(need, spare[giver.warehouse_id])
            if giver is short or count <= 0:
                continue
            spare[giver.warehouse_id] -= count
            need -= count
            found.append(
                TransferSuggestion(
                    short.sku_id, short.code, short.title, short.option, giver.warehouse_id,
                    giver.warehouse, short.warehouse_id, short.warehouse, count,
                )
            )  # fmt: skip
    return found
