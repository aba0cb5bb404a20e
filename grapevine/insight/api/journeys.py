"""Funnels and the goods report over the API, for a shop's own staff."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsNotFound, Right
from grapevine.insight.cubes import Value
from grapevine.insight.funnels import FunnelQuestion
from grapevine.insight.queries.funnels import funnel_of
from grapevine.insight.queries.goods_report import MEASURES, report_of
from grapevine.insight.queries.hits import rising
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["insight"])
Body = dict[str, Any]
LINES_MAX = 500


@router.get("/shops/{slug}/funnel", response=Body, auth=signed_in)
def funnel(
    request: HttpRequest, slug: str, line: str = "buy",
    step: list[str] = Query([]),  # type: ignore[type-arg]  # noqa: B008  the framework's way
    channel: str = "", customer: str = "",
    goods_id: str = Query("", alias="goods"),  # type: ignore[type-arg]
    by: str = "", first: date | None = None, last: date | None = None,
) -> Any:  # fmt: skip
    """How far people came: `line` is `buy`, `note` or `share`, `step` may be repeated, `by` is channel, customer or goods.

    People are told in fives; fewer than ten are `null`. `state` compares with as many days before: up, down, flat, or
    unknown where there are too few. Times are seconds since the step before: the median and the quartiles.
    """
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    pk = goods.goods_id_of(shop.id, goods_id) if goods_id else 0
    if pk is None:
        raise GoodsNotFound
    found = funnel_of(shop.id, FunnelQuestion(line, tuple(step), channel, customer, pk, by, first, last))  # fmt: skip
    return {
        "line": line, "first": str(found.first), "last": str(found.last),
        "before_first": str(found.before_first), "before_last": str(found.before_last),
        "steps": [
            {
                "name": one.name, "people": one.people.number, "of_first": one.of_first.number,
                "of_step_before": one.of_step_before.number, "was_of_step_before": one.was_of_step_before.number,
                "state": str(one.state), "chance": one.chance, "median_seconds": one.median,
                "quartile_seconds": list(one.quartiles) if one.quartiles else None,
            }
            for one in found.steps
        ],
        "parts": [
            {"key": part.key, "people": [_number(one) for one in part.people], "share": part.share.number}
            for part in found.parts
        ],
        "fresh_at": found.fresh_at.isoformat() if found.fresh_at else "",
    }  # fmt: skip


def _number(value: Value) -> float | None:
    return value.number


@router.get("/shops/{slug}/goods-report", response=Body, auth=signed_in)
def goods_report(
    request: HttpRequest, slug: str, first: date | None = None, last: date | None = None,
    category: str = "", q: str = "", on_sale: bool | None = None, sort: str = "", up: bool = False,  # noqa: FBT001, FBT002
) -> Any:  # fmt: skip
    """What each goods sold, its rating, repurchase and return rate, beside as many days before. At most 500 goods."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = report_of(
        shop.id, first, last, category=category, words=q, on_sale=on_sale, sort=sort, ascending=up
    )
    return {
        "first": str(found.answer.first), "last": str(found.answer.last),
        "before_first": str(found.answer.before_first), "before_last": str(found.answer.before_last),
        "items": [
            {
                "goods": one.card.public_id, "title": one.card.title, "category": one.card.category,
                "on_sale": one.card.on_sale,
                "values": {name: one.line.values[name].number for name in MEASURES},
                "before": {name: value.number for name, value in one.line.before.items()},
            }
            for one in found.lines[:LINES_MAX]
        ],
        "truncated": len(found.lines) > LINES_MAX,
    }  # fmt: skip


@router.get("/shops/{slug}/hits", response=ListOut[Body], auth=signed_in)
def hits(request: HttpRequest, slug: str) -> Any:
    """Goods that rise, with the people of the last three days, as many as usual, and the lower bound of their growth."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = rising(shop.id)
    cards = goods.goods_cards(one.goods for one in found)
    return {
        "items": [
            {
                "goods": cards[one.goods].public_id, "title": cards[one.goods].title, "day": str(one.day),
                "signal": one.signal, "people": one.people, "before": one.before,
                "growth_at_least": round(one.growth, 2), "channel": one.channel,
            }
            for one in found if one.goods in cards
        ]
    }  # fmt: skip
