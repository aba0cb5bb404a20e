"""The shop's numbers: tree, cube, fans. For its own staff only."""

import csv
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade
from grapevine.insight.contracts import Cube, Node
from grapevine.insight.queries import cube as cubes
from grapevine.insight.rules.advice import advise
from grapevine.insight.rules.drawing import draw
from grapevine.insight.web import words
from grapevine.kit.errors import BadInput
from grapevine.kit.formats import money_text
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import marked, safe_cell
from grapevine.signals import facade as signals

ROWS_SHOWN = 200


@require_GET
@signed_in_page
def tree(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/tree/?days=7|28"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    asked = request.GET.get("days")
    found = facade.tree_of(shop.id, int(asked) if asked in ("7", "28") else None)
    drawing = draw(found.root, found.cause)
    context = {
        "shop": shop, "nav": "tree", "tree": found, "drawing": drawing,
        "verdict": words.verdict(found), "advices": advise(found),
        "boxes": [(box, *_told(box.node)) for box in drawing.boxes],
        "rows": _rows(found.root),
    }  # fmt: skip
    return render(request, "insight/tree.html", context)


def _told(node: Node) -> tuple[str, str, str, str, str]:
    """label, value now, value before, change, contribution"""
    return (
        words.node_label(node.name), words.node_value(node, node.now),
        words.node_value(node, node.before), words.change_text(node),
        words.signed_money(node.contribution_minor),
    )  # fmt: skip


def _rows(node: Node, depth: int = 0) -> list[tuple[Any, ...]]:
    rows = [(node, depth * 18, *_told(node))]
    for child in node.children:
        rows += _rows(child, depth + 1)
    return rows


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(fields={"first": marked("日期写成 2026-01-31 这样")}) from None


def _cube(request: HttpRequest, shop_id: int) -> Cube:
    by = [name for name in request.GET.get("by", "day").split(",") if name][:3]
    return facade.cube(
        shop_id, subject=request.GET.get("subject", "orders"), by=by,
        first=_day(request.GET.get("first")), last=_day(request.GET.get("last")),
        channel=request.GET.get("channel", "")[:12],
    )  # fmt: skip


def _value(measure: str, value: int) -> str:
    return money_text(value) if measure.endswith("_minor") else f"{value:,}"


def _key(dimension: str, text: str) -> str:
    return signals.channel_label(text) if dimension == "channel" else text


@require_GET
@signed_in_page
def cube(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/cube/?subject=&by=&first=&last=&channel=&format=csv : the address is the query."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = _cube(request, shop.id)
    if request.GET.get("format") == "csv":
        return _csv(found)
    start = max(
        0, int(request.GET.get("start", "0") if request.GET.get("start", "0").isdigit() else 0)
    )
    shown = found.rows[start : start + ROWS_SHOWN]
    known = cubes.SUBJECTS[found.subject]
    context = {
        "shop": shop, "nav": "cube", "cube": found,
        "subjects": [(name, _(cubes.LABELS[name])) for name in cubes.SUBJECTS],
        "dimensions": [(name, _(cubes.LABELS[name])) for name in known.dimensions],
        "heads": [_(cubes.LABELS[name]) for name in found.dimensions],
        "measures": [(_(cubes.LABELS[name]), _(cubes.MEANINGS[name])) for name in found.measures],
        "rows": [
            (
                [_key(d, k) for d, k in zip(found.dimensions, row.key, strict=True)],
                [_value(m, v) for m, v in zip(found.measures, row.values, strict=True)],
            )
            for row in shown
        ],
        "totals": [_value(m, v) for m, v in zip(found.measures, found.totals, strict=True)],
        "next_start": start + ROWS_SHOWN if len(found.rows) > start + ROWS_SHOWN else None,
        "channels": [(name, signals.channel_label(name)) for name in ("feed", "share", "search", "note", "group", "shop", "direct")],
        "channel": request.GET.get("channel", ""),
    }  # fmt: skip
    return render(request, "insight/cube.html", context)


def _csv(found: Cube) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.subject}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([*found.dimensions, *found.measures])
    for row in found.rows:
        writer.writerow([*(safe_cell(key) for key in row.key), *row.values])
    return response


@require_GET
@signed_in_page
def fans(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/fans/ : the network as a picture and as a table; ?format=csv"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    network = facade.network_of(shop.id)
    if request.GET.get("format") == "csv":
        return _fans_csv(network)
    names = {dot.fan.person_id: dot.fan.name for dot in network.dots}
    table = sorted(
        network.dots, key=lambda dot: (-dot.fan.brought, -dot.fan.orders, dot.fan.person_id)
    )
    context = {
        "shop": shop, "nav": "fans", "network": network, "half": network.size,
        "full": network.size * 2,
        "rows": [(dot, names.get(dot.fan.brought_by or 0, "")) for dot in table[:ROWS_SHOWN]],
    }  # fmt: skip
    return render(request, "insight/fans.html", context)


def _fans_csv(network: Any) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="fans.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["name", "layer", "orders", "spent_minor", "brought", "supporting"])
    for dot in network.dots:
        fan = dot.fan
        writer.writerow(
            [
                safe_cell(fan.name),
                dot.layer,
                fan.orders,
                fan.spent_minor,
                fan.brought,
                int(fan.supporting),
            ]
        )
    return response
