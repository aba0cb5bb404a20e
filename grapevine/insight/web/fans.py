"""The fan network of a shop: what it is worth, who brings it, and the network as a picture and a table. By code, never by name."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight.queries import worth
from grapevine.insight.queries.fans import Dot, Network, layout, network_of
from grapevine.kit import clock
from grapevine.kit.pages import me, signed_in_page

ROWS_SHOWN, SUPPORTERS_SHOWN = 25, 10
ZOOMS = (1, 2, 4)
LAYERS = 4
DAYS = (30, 90, 365)
GOODS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Drawn:
    """One person of the picture under the shop's code, and the code of whoever brought them."""

    dot: Dot
    code: str
    by: str


@require_GET
@signed_in_page
def fans(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/fans/?days=30|90|365&goods=&layer=1…4&zoom=1|2|4 ; format=csv the network, format=asset the asset's parts"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    asked = request.GET
    if asked.get("format") == "asset":
        return _asset_csv(shop.id)
    days, bought = _whole(asked.get("days"), DAYS), asked.get("goods", "")[:40]
    network = _network(shop.id, days, bought)
    drawn = _drawn(network)
    if asked.get("format") == "csv":
        return _csv(drawn)
    layer = _whole(asked.get("layer"), range(1, LAYERS + 1))
    zoom = _whole(asked.get("zoom"), ZOOMS) or 1
    half = network.size / zoom
    shown = [one for one in drawn if not layer or min(one.dot.layer, LAYERS) == layer]
    context = {
        "shop": shop, "nav": "fans", "network": network, "half": half, "full": half * 2,
        "shown": shown, "lines": _lines(network, layer), "layer": layer, "zoom": zoom,
        "rows": sorted(shown, key=_strength)[:ROWS_SHOWN], "worth": worth.worth_of(shop.id),
        "layers": [(n, count) for n, count in enumerate(network.layers[:LAYERS], start=1)],
        "closer": next((one for one in ZOOMS if one > zoom), None),
        "wider": next((one for one in reversed(ZOOMS) if one < zoom), None),
        "supporters": worth.supporters_of(shop.id, SUPPORTERS_SHOWN), "lapsed": worth.lapsed_of(shop.id),
        "days": days, "spans": DAYS, "bought": bought, "is_narrowed": bool(days or bought),
        "goods": goods.goods_of_shop(shop.id, limit=GOODS_SHOWN, on_sale=None).items,
        "kept": urlencode([(name, value) for name, value in (("days", days), ("goods", bought)) if value]),
    }  # fmt: skip
    return render(request, "insight/fans.html", context)


def _network(shop_id: int, days: int, bought: str) -> Network:
    """Of a closed shop, and of goods that are another's, nothing."""
    goods_id = goods.goods_id_of(shop_id, bought) if bought else None
    if goods.is_closed(shop_id) or (bought and goods_id is None):
        return layout([], [])
    since = clock.today_start() - timedelta(days=days) if days else None
    return network_of(shop_id, since=since, goods_id=goods_id)


def _whole(text: str | None, allowed: Sequence[int]) -> int:
    """The number asked for if it is one of these, else 0."""
    return next((one for one in allowed if str(one) == text), 0)


def _drawn(network: Network) -> list[Drawn]:
    codes = {dot.fan.person_id: dot.fan.code for dot in network.dots}
    return [
        Drawn(dot, codes[dot.fan.person_id], codes.get(dot.fan.brought_by or 0, ""))
        for dot in network.dots
    ]


def _lines(network: Network, layer: int) -> list[Any]:
    """A line ends in its own dot; of one layer only those into it."""
    return [
        line for line, dot in zip(network.lines, network.dots, strict=True)
        if not layer or min(dot.layer, LAYERS) == layer
    ]  # fmt: skip


def _strength(one: Drawn) -> tuple[int, int, str]:
    return (-one.dot.fan.brought, -one.dot.fan.orders, one.code)


def _file(name: str) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(drawn: Sequence[Drawn]) -> HttpResponse:
    response = _file("fans.csv")
    writer = csv.writer(response)
    writer.writerow(
        ["code", "layer", "brought_by", "orders", "spent_minor", "brought", "supporting"]
    )
    for one in drawn:
        fan = one.dot.fan
        writer.writerow([
            one.code, one.dot.layer, one.by, fan.orders, fan.spent_minor, fan.brought, int(fan.supporting),
        ])  # fmt: skip
    return response


def _asset_csv(shop_id: int) -> HttpResponse:
    response = _file("asset.csv")
    writer = csv.writer(response)
    writer.writerow(["code", "income_minor", "customers_minor", "network_minor"])
    writer.writerows(worth.parts_of(shop_id))
    return response
