"""What a shipping template may be, and what it costs to send something. Pure."""

from collections.abc import Sequence

from grapevine.goods.contracts import ShippingView, ShippingZone
from grapevine.goods.rules.allocation import CAPITALS
from grapevine.goods.rules.listing import PRICE_MAX
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

ZONES_MAX = 35
LIMIT_MAX = 100_000
GRAMS_MAX = 1_000_000


def check_shipping(
    *, name: str, zones: Sequence[ShippingZone], free_over_minor: int | None
) -> None:
    wrong: dict[str, str] = {}
    if not 1 <= len(name.strip()) <= 30:
        wrong["name"] = marked("给模板一个名字，最多 30 个字")
    named = [province for zone in zones for province in zone.provinces]
    if not 1 <= len(zones) <= ZONES_MAX or sum(not zone.provinces for zone in zones) > 1:
        wrong["zones"] = marked("1 到 35 个区域，其中最多一个写“其他地区”")
    elif len(set(named)) != len(named) or not set(named) <= set(CAPITALS):
        wrong["zones"] = marked("省份写错了，或在两个区域里")
    elif any(not _sound(zone) for zone in zones):
        wrong["zones"] = marked("重量要大于 0，运费不能是负数")
    if free_over_minor is not None and not 0 <= free_over_minor <= PRICE_MAX:
        wrong["free_over"] = marked("包邮门槛不能是负数")
    if wrong:
        raise BadInput(fields=wrong)


def _sound(zone: ShippingZone) -> bool:
    weights = 0 < zone.first_grams <= GRAMS_MAX and 0 < zone.step_grams <= GRAMS_MAX
    return weights and 0 <= zone.first_minor <= PRICE_MAX and 0 <= zone.step_minor <= PRICE_MAX


def check_limit(limit_per_person: int) -> None:
    if not 0 <= limit_per_person <= LIMIT_MAX:
        raise BadInput(fields={"limit": marked("每人限购不能是负数")})


def shipping_cost(
    template: ShippingView, *, province: str, grams: int, goods_minor: int
) -> int | None:
    """What it costs to send `grams` to a province; None if it is not delivered there.

    `goods_minor` is what the goods cost after every offer: it decides whether sending is free. An
    unknown province (no address chosen yet) counts as everywhere else.
    """
    zone = next((zone for zone in template.zones if province in zone.provinces), None)
    zone = zone or next((zone for zone in template.zones if not zone.provinces), None)
    if zone is None or not zone.sends:
        return None if province else 0
    if template.free_over_minor is not None and goods_minor >= template.free_over_minor:
        return 0
    beyond = max(0, grams - zone.first_grams)
    steps = -(-beyond // zone.step_grams)
    return zone.first_minor + steps * zone.step_minor
