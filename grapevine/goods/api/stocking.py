"""A shop's warehouses, their stock, what moves between them, and what sending costs, over the API. For its staff."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods.actions import shipping, warehouses
from grapevine.goods.contracts import Right, ShippingZone
from grapevine.goods.queries import cards, places
from grapevine.guard.facade import audit, once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["stock"])
Answer = dict[str, Any]
COUNT_MAX = 10_000_000


class WarehouseIn(Schema):
    name: str = Field(max_length=60)
    province: str = Field("", max_length=20)
    priority: int = Field(0, ge=-1000, le=1000)


class TransferIn(Schema):
    sku: str = Field(max_length=40)
    source: str = Field(max_length=12)
    target: str = Field(max_length=12)
    count: int = Field(ge=1, le=COUNT_MAX)


class CountedIn(Schema):
    sku: str = Field(max_length=40)
    warehouse: str = Field("", max_length=12)
    count: int = Field(ge=0, le=COUNT_MAX)


class CountsIn(Schema):
    rows: list[CountedIn] = Field(min_length=1, max_length=1000)


class HotIn(Schema):
    on: bool


class ZoneIn(Schema):
    """An empty `provinces` is everywhere else."""

    provinces: list[str] = Field(default_factory=list, max_length=34)
    first_grams: int = 1000
    first_minor: int = 0
    step_grams: int = 1000
    step_minor: int = 0
    sends: bool = True

    def zone(self) -> ShippingZone:
        parts = self.model_dump()
        return ShippingZone(**{**parts, "provinces": tuple(parts["provinces"])})


class ShippingIn(Schema):
    name: str = Field(max_length=60)
    zones: list[ZoneIn] = Field(max_length=36)
    free_over_minor: int | None = None
    is_default: bool = False


class TermsIn(Schema):
    """`shipping` is a template's id; empty is the shop's default."""

    limit_per_person: int = 0
    shipping: str = Field("", max_length=12)


class ReturnsIn(Schema):
    """`returns`: seven_days, or an exception of the law: custom, fresh, digital, periodical."""

    returns: str = Field(max_length=10)


def _shop_id(request: HttpRequest, slug: str) -> int:
    return cards.shop_for_staff(me(request), slug, Right.STOCK).id


def _told(
    request: HttpRequest, slug: str, action: str, object_: str, after: dict[str, Any]
) -> None:
    audit(
        actor_id=me(request), action=action, object=object_, after=after,
        shop_id=cards.shop_by_slug(slug).id,
    )  # fmt: skip


@router.get("/shops/{slug}/warehouses", response=ListOut[Answer], auth=signed_in)
def list_warehouses(request: HttpRequest, slug: str) -> Any:
    """The shop's warehouses, the first to be taken from first."""
    found = places.warehouses(_shop_id(request, slug))
    return {"items": [_without_id(asdict(one)) for one in found]}


@router.post("/shops/{slug}/warehouses", response={201: Answer}, auth=signed_in)
@once
def add_warehouse(request: HttpRequest, slug: str, body: WarehouseIn) -> Status[Any]:
    """Open a warehouse. Orders are sent from the lowest `priority`, then from the nearest."""
    made = warehouses.add_warehouse(shop_id=_shop_id(request, slug), **body.model_dump())
    _told(request, slug, "warehouse.add", f"warehouse:{made.public_id}", body.model_dump())
    return Status(201, _without_id(asdict(made)))


@router.get("/shops/{slug}/stock", response=ListOut[Answer], auth=signed_in)
def list_stock(request: HttpRequest, slug: str) -> Any:
    """What each warehouse has of each SKU, and what it sold a day over four weeks."""
    shop_id = _shop_id(request, slug)
    public = {one.id: one.public_id for one in places.warehouses(shop_id)}
    return {
        "items": [
            {
                "sku": row.code, "title": row.title, "option": row.option,
                "warehouse": public[row.warehouse_id], "warehouse_name": row.warehouse,
                "free": row.free, "held": row.held, "sold": row.sold,
                "per_day": round(row.per_day, 2),
            }
            for row in places.stock_by_warehouse(shop_id)
        ]
    }  # fmt: skip


@router.post("/shops/{slug}/stock/counts", response=Answer, auth=signed_in)
@once
def import_counts(request: HttpRequest, slug: str, body: CountsIn) -> Any:
    """Set free pieces as they were counted, while selling goes on: all rows or none."""
    rows = [(row.sku, row.warehouse, row.count) for row in body.rows]
    changed = warehouses.import_counts(shop_id=_shop_id(request, slug), rows=rows)
    _told(request, slug, "stock.count", f"shop:{slug}", {"rows": len(rows), "changed": changed})
    return {"rows": len(rows), "changed": changed}


@router.post("/shops/{slug}/stock/transfers", response={204: None}, auth=signed_in)
@once
def transfer(request: HttpRequest, slug: str, body: TransferIn) -> Status[None]:
    """Move free pieces of a SKU between two warehouses."""
    told = body.model_dump()
    warehouses.transfer(
        shop_id=_shop_id(request, slug), code=body.sku, source=body.source, target=body.target,
        count=body.count,
    )  # fmt: skip
    _told(request, slug, "stock.transfer", f"sku:{body.sku}", told)
    return Status(204, None)


@router.get("/shops/{slug}/stock/transfer-suggestions", response=ListOut[Answer], auth=signed_in)
def transfer_suggestions(request: HttpRequest, slug: str, cover_days: int = 14) -> Any:
    """What should move from a surplus to a shortage, the largest first."""
    shop_id = _shop_id(request, slug)
    public = {one.id: one.public_id for one in places.warehouses(shop_id)}
    days = min(90, max(1, cover_days))
    return {
        "items": [
            {
                "sku": one.code, "title": one.title, "option": one.option, "count": one.count,
                "source": public[one.from_warehouse_id], "source_name": one.from_warehouse,
                "target": public[one.to_warehouse_id], "target_name": one.to_warehouse,
            }
            for one in places.transfer_suggestions(shop_id, days)
        ]
    }  # fmt: skip


@router.put("/shops/{slug}/skus/{code}/hot", response={204: None}, auth=signed_in)
@once
def set_hot(request: HttpRequest, slug: str, code: str, body: HotIn) -> Status[None]:
    """Prepare a SKU for a rush: its pieces are spread, so that buyers do not wait for one another."""
    warehouses.set_hot(shop_id=_shop_id(request, slug), code=code, on=body.on)
    _told(request, slug, "stock.hot", f"sku:{code}", {"on": body.on})
    return Status(204, None)


@router.get("/shops/{slug}/shipping", response=ListOut[Answer], auth=signed_in)
def list_shipping(request: HttpRequest, slug: str) -> Any:
    """The shop's shipping templates."""
    found = places.shipping_templates([_shop_id(request, slug)])
    return {"items": [_template(asdict(one)) for one in found]}


@router.post("/shops/{slug}/shipping", response={201: Answer}, auth=signed_in)
@once
def add_shipping(request: HttpRequest, slug: str, body: ShippingIn) -> Status[Any]:
    """Make a shipping template: what the first weight and each further one cost, by provinces."""
    return Status(201, _saved(request, slug, body))


@router.put("/shops/{slug}/shipping/{public_id}", response=Answer, auth=signed_in)
@once
def change_shipping(request: HttpRequest, slug: str, public_id: str, body: ShippingIn) -> Any:
    """Change a shipping template; orders that were placed keep what they cost."""
    return _saved(request, slug, body, public_id=public_id)


def _saved(request: HttpRequest, slug: str, body: ShippingIn, *, public_id: str = "") -> Answer:
    saved = shipping.save_shipping(
        shop_id=_shop_id(request, slug), name=body.name, zones=[one.zone() for one in body.zones],
        free_over_minor=body.free_over_minor, is_default=body.is_default, public_id=public_id,
    )  # fmt: skip
    _told(request, slug, "shipping.save", f"shipping:{saved.public_id}", body.model_dump())
    return _template(asdict(saved))


@router.put("/shops/{slug}/goods/{public_id}/terms", response={204: None}, auth=signed_in)
@once
def set_terms(request: HttpRequest, slug: str, public_id: str, body: TermsIn) -> Status[None]:
    """How many pieces one person may buy (0: any), and which shipping template counts."""
    shipping.set_terms(shop_id=_shop_id(request, slug), public_id=public_id, **body.model_dump())
    _told(request, slug, "goods.terms", f"goods:{public_id}", body.model_dump())
    return Status(204, None)


@router.put("/shops/{slug}/goods/{public_id}/returns", response={204: None}, auth=signed_in)
@once
def set_returns(request: HttpRequest, slug: str, public_id: str, body: ReturnsIn) -> Status[None]:
    """Whether these goods may come back without a reason, for orders from now on."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    shipping.set_returns(shop_id=shop.id, public_id=public_id, returns=body.returns)
    _told(request, slug, "goods.returns", f"goods:{public_id}", body.model_dump())
    return Status(204, None)


def _without_id(parts: Answer) -> Answer:
    return {name: value for name, value in parts.items() if name != "id"}


def _template(parts: Answer) -> Answer:
    return {name: value for name, value in parts.items() if name not in ("id", "shop_id")}
