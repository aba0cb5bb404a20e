"""After-sales against their targets, over the API."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit.api import signed_in
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me
from grapevine.trade.queries import assessing as reading
from grapevine.trade.queries.assessing import Performance
from grapevine.trade.web.assessing import days_of, of_shop

router = Router(tags=["after-sales"])
Answer = dict[str, Any]


def _row(one: Performance) -> Answer:
    return {"id": one.id, "name": one.name, "missed": list(one.missed), **asdict(one.figures)}


@router.get("/shops/{slug}/after-sales-performance", response=Answer, auth=signed_in)
def shop_performance(request: HttpRequest, slug: str, days: int = 30) -> Any:  # noqa: ARG001  read from the address
    """The shop's and its staff's figures of 7, 30 or 90 days, the targets, and which are missed."""
    shop = goods.shop_for_staff(me(request), slug, Right.AFTER_SALES)
    rows, _agents = of_shop(request, shop)
    return {"targets": asdict(reading.targets()), "rows": [_row(one) for one in rows]}


@router.get("/after-sales-assessments", response=Answer, auth=signed_in)
def all_shops(request: HttpRequest, days: int = 30, is_missed: bool = False) -> Any:  # noqa: ARG001, FBT001, FBT002
    """Every shop's figures, those that miss most first. Operators only."""
    if not getattr(request.user, "is_operator", False):
        raise NotFound
    rows = reading.shops_performance(days_of(request), only_missed=is_missed)
    return {"targets": asdict(reading.targets()), "rows": [_row(one) for one in rows]}
