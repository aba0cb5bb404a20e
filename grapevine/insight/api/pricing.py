"""Costs, suggested prices, and changes of prices over the API. For a shop's staff."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewPrice, Right
from grapevine.guard.facade import audit, once
from grapevine.insight.queries.prices import PricedRow, price_rows
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["pricing"])
Answer = dict[str, Any]


class CostIn(Schema):
    sku: str = Field(max_length=40)
    cost_minor: int | None = None


class CostsIn(Schema):
    costs: list[CostIn] = Field(min_length=1, max_length=200)


class PriceIn(Schema):
    sku: str = Field(max_length=40)
    price_minor: int


class PricesIn(Schema):
    """`below_cost_ok` and `large_ok` confirm what is refused otherwise."""

    prices: list[PriceIn] = Field(min_length=1, max_length=200)
    reason: str = Field("", max_length=60)
    below_cost_ok: bool = False
    large_ok: bool = False


@router.put("/shops/{slug}/costs", response=Answer, auth=signed_in)
@once
def set_costs(request: HttpRequest, slug: str, body: CostsIn) -> Any:
    """What the shop itself pays for a piece; seen by its staff alone."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    goods.set_costs(shop_id=shop.id, costs=[(one.sku, one.cost_minor) for one in body.costs])
    return {"costs": len(body.costs)}


@router.get("/shops/{slug}/prices", response=ListOut[Answer], auth=signed_in)
def suggested_prices(request: HttpRequest, slug: str, q: str = "") -> Any:
    """Every SKU on sale with a suggested price, its range and what to expect a day; `suggestion` says from where."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    return {"items": [_row(row) for row in price_rows(shop.id, q[:40])]}


def _row(row: PricedRow) -> Answer:
    sku, told = row.sku, row.suggestion
    return {
        "sku": sku.code, "title": sku.title, "option": sku.option,
        "price_minor": sku.price_minor, "cost_minor": sku.cost_minor,
        "others_minor": list(sku.others_minor), "suggestion": told.kind,
        "suggested_minor": told.price_minor, "low_minor": told.low_minor,
        "high_minor": told.high_minor,
        "elasticity": round(told.demand.elasticity, 3) if told.demand else None,
        "pieces_a_day_now": _rounded(told.pieces_now),
        "pieces_a_day_then": _rounded(told.pieces_then),
        "profit_a_day_now_minor": _rounded(told.profit_now_minor),
        "profit_a_day_then_minor": _rounded(told.profit_then_minor),
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


@router.post("/shops/{slug}/price-changes", response={201: Answer}, auth=signed_in)
@once
def change_prices(request: HttpRequest, slug: str, body: PricesIn) -> Status[Any]:
    """Change list prices, all or none. Below cost, or by more than 30 %, only when confirmed."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    batch = goods.change_prices(
        shop_id=shop.id, prices=[NewPrice(one.sku, one.price_minor) for one in body.prices],
        actor_id=me(request), reason=body.reason, below_cost_ok=body.below_cost_ok,
        large_ok=body.large_ok,
    )  # fmt: skip
    audit(
        actor_id=me(request), action="prices.change", object=f"batch:{batch}", shop_id=shop.id,
        after=body.model_dump(),
    )  # fmt: skip
    return Status(201, {"batch": batch})


@router.get("/shops/{slug}/price-changes", response=ListOut[Answer], auth=signed_in)
def price_changes(request: HttpRequest, slug: str) -> Any:
    """The last thirty changes of prices, newest first."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    return {
        "items": [
            {
                "batch": one.batch, "at": one.at, "reason": one.reason, "is_undone": one.is_undone,
                "changes": [
                    {"sku": code, "title": title, "option": option, "before_minor": before, "after_minor": after}
                    for code, title, option, before, after in one.changes
                ],
            }
            for one in goods.price_batches(shop.id)
        ]
    }  # fmt: skip


@router.post("/shops/{slug}/price-changes/{batch}/undoing", response=Answer, auth=signed_in)
@once
def undo_prices(request: HttpRequest, slug: str, batch: str) -> Any:
    """Put prices back as they were before; those changed again since stay."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    undone = goods.undo_prices(shop_id=shop.id, batch=batch, actor_id=me(request))
    audit(actor_id=me(request), action="prices.undo", object=f"batch:{batch}", shop_id=shop.id, after={"undone": undone})  # fmt: skip
    return {"undone": undone}
