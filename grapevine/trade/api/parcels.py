"""Sending over the API: what waits, parcels, files of numbers, pick-up, alarms, and what carriers tell."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Router, Status, UploadedFile
from pydantic import BaseModel, Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import audit, once
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.pages import me
from grapevine.trade.actions import alarming, batches, pickup, shipping, tracking
from grapevine.trade.api.schemas import order_out
from grapevine.trade.carriers.registry import tracker, tracker_for
from grapevine.trade.parcels import BadPush, BatchView, PointView, ToShip
from grapevine.trade.queries import (
    batches as batch_reading,
    parcels as parcel_reading,
    reading,
    toship,
)
from grapevine.trade.queries.pickup import points_of
from grapevine.trade.rules.carriers import CARRIERS
from grapevine.trade.rules.shipfile import BYTES_MAX

router = Router(tags=["trade"])
Answer = dict[str, Any]


class PieceIn(BaseModel):
    line_id: int
    count: int = Field(ge=1, le=999)


class NewParcelIn(BaseModel):
    """`pieces` absent: all that the warehouse still has of the order. `is_sure`: the number is right though it looks odd."""

    warehouse_id: int
    carrier: str = Field(max_length=30)
    tracking: str = Field(max_length=40)
    pieces: list[PieceIn] = Field(default_factory=list, max_length=100)
    is_sure: bool = False


class NumberIn(BaseModel):
    carrier: str = Field(max_length=30)
    tracking: str = Field(max_length=40)
    is_sure: bool = False


class PointIn(BaseModel):
    name: str = Field(max_length=60)
    address: str = Field(max_length=200)
    hours: str = Field(max_length=100)
    phone: str = Field("", max_length=40)
    is_active: bool = True


class PickupCodeIn(BaseModel):
    code: str = Field(max_length=40)


class PromiseIn(BaseModel):
    ship_hours: int = Field(ge=1, le=720)


def _waiting_out(one: ToShip) -> Answer:
    return asdict(one) | {"pieces": one.pieces}


def _batch_out(one: BatchView) -> Answer:
    return {
        "id": one.public_id, "name": one.name, "state": one.state, "made_at": one.made_at,
        "counts": dict(one.counts), "rows": [asdict(row) for row in one.rows],
    }  # fmt: skip


def _point_out(one: PointView) -> Answer:
    return {
        "id": one.public_id, "name": one.name, "address": one.address, "hours": one.hours,
        "phone": one.phone, "is_active": one.is_active,
    }  # fmt: skip


@router.get("/carriers", response=ListOut[Answer], auth=maybe_signed_in)
def list_carriers(request: HttpRequest) -> Any:  # noqa: ARG001
    """Carriers whose numbers are checked and whose parcels can be followed; `carrier` takes a code or a name of theirs.

    Any other name is taken too: its number is not checked, its parcels are not followed, and their `carrier_code` is
    empty. `is_followed`: a tracker that knows this carrier is set up here.
    """
    rows = [
        {
            "code": one.code, "name": _(one.name), "aliases": list(one.aliases), "example": one.example,
            "is_followed": tracker_for(one.code) is not None,
        }
        for one in CARRIERS
    ]  # fmt: skip
    return {"items": rows}


@router.post("/parcels/{name}/push", auth=None, url_name="parcel_push")
def parcel_push(request: HttpRequest, name: str) -> HttpResponse:
    """Where a tracker reports scans; refused unless it is signed with our secret."""
    try:
        receipt = tracking.receive_push(name=name, headers=request.headers, body=request.body)
    except BadPush:
        receipt = tracker(name).receipt(accepted=False)
    return HttpResponse(receipt.body, status=receipt.status, content_type=receipt.content_type)


@router.get("/shops/{slug}/to-ship", response=ListOut[Answer], auth=signed_in)
def list_to_ship(
    request: HttpRequest, slug: str, warehouse_id: int | None = None, age_hours: int = 0,
    title: str = "", province: str = "", late: int = 0, cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """Orders that wait to be sent, the oldest first, with what is left in which warehouse; for staff."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    filters = toship.Filters(
        _id(warehouse_id), max(0, min(age_hours, 10_000)), title[:60], province[:20], late == 1
    )
    page = toship.to_ship(shop.id, filters, cursor, limit)
    return {"items": [_waiting_out(one) for one in page.items], "next_cursor": page.next_cursor}


def _id(value: int | None) -> int | None:
    """An id a database can compare, or one of nobody."""
    return value if value is None or 0 < value < 2**62 else 0


@router.put("/shops/{slug}/shipping-promise", response=Answer, auth=signed_in)
@once
def set_terms(request: HttpRequest, slug: str, body: PromiseIn) -> Any:
    """Promise to send within so many hours after payment."""
    shop = goods.shop_for_staff(me(request), slug, Right.SETTINGS)
    alarming.set_ship_hours(shop_id=shop.id, hours=body.ship_hours)
    audit(
        actor_id=me(request), action="trade.ship_hours", object=f"shop:{shop.id}", shop_id=shop.id,
        after={"hours": body.ship_hours},
    )  # fmt: skip
    return {"ship_hours": toship.ship_hours(shop.id)}


@router.post("/shops/{slug}/orders/{number}/parcels", response={201: Answer}, auth=signed_in)
@once
def add_parcel(request: HttpRequest, slug: str, number: str, body: NewParcelIn) -> Status[Any]:
    """Send pieces of an order as one parcel; the order is shipped when its last piece has left."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    pieces = {one.line_id: one.count for one in body.pieces}
    if not pieces:
        found = toship.waiting_order(shop.id, number)
        pieces = {
            piece.line_id: piece.left
            for place in (found.places if found else ())
            if place.warehouse_id == body.warehouse_id
            for piece in place.pieces
        }
    shipping.ship_parcel(
        shop_id=shop.id, number=number, warehouse_id=body.warehouse_id, pieces=pieces,
        carrier=body.carrier, tracking=body.tracking, actor_id=me(request), is_sure=body.is_sure,
    )  # fmt: skip
    return Status(201, order_out(reading.order_for_shop(shop.id, number)))


@router.put("/shops/{slug}/orders/{number}/parcels/{parcel_id}", response=Answer, auth=signed_in)
@once
def correct_parcel(
    request: HttpRequest, slug: str, number: str, parcel_id: int, body: NumberIn
) -> Any:
    """Put carrier and number of a parcel right, within a day; the old ones stay in the timeline."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    shipping.correct_parcel(
        shop_id=shop.id, number=number, parcel_id=_id(parcel_id) or 0, carrier=body.carrier,
        tracking=body.tracking, actor_id=me(request), is_sure=body.is_sure,
    )  # fmt: skip
    return order_out(reading.order_for_shop(shop.id, number))


@router.post("/shops/{slug}/shipping-files", response={201: Answer}, auth=signed_in)
def upload_numbers(
    request: HttpRequest, slug: str, file: File[UploadedFile], is_sure: int = 0
) -> Status[Any]:
    """Try a file (CSV or XLSX) of carriers and numbers: says which rows will be sent and which not, and sends none.

    The same file again is the same answer, so no key is needed.
    """
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    content = file.read(BYTES_MAX + 1)
    made = batches.draft(
        shop_id=shop.id,
        actor_id=me(request),
        name=file.name or "",
        content=content,
        is_sure=is_sure == 1,
    )
    return Status(201, _batch_out(batch_reading.view_of(made)))


@router.get("/shops/{slug}/shipping-files/{batch_id}", response=Answer, auth=signed_in)
def read_batch(request: HttpRequest, slug: str, batch_id: str) -> Any:
    """What a file will do, or did, row by row."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    return _batch_out(batch_reading.batch(shop.id, batch_id))


@router.post(
    "/shops/{slug}/shipping-files/{batch_id}/confirmation", response=Answer, auth=signed_in
)
def confirm_batch(request: HttpRequest, slug: str, batch_id: str) -> Any:
    """Send the good rows of a file. Each is sent once, however often this is asked, so no key is needed."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    batches.confirm(shop_id=shop.id, public_id=batch_id, actor_id=me(request))
    return _batch_out(batch_reading.batch(shop.id, batch_id))


@router.get("/shops/{slug}/parcel-alarms", response=ListOut[Answer], auth=signed_in)
def list_parcel_alarms(
    request: HttpRequest, slug: str, kind: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """What needs eyes at a shop: too late, standing still, on its way back."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    page = parcel_reading.alarms(shop.id, kind, cursor, limit)
    return {"items": [asdict(one) for one in page.items], "next_cursor": page.next_cursor}


@router.get("/orders/{number}/alarms", response=ListOut[Answer], auth=signed_in)
def order_alarms(request: HttpRequest, number: str) -> Any:
    """What is wrong with sending your order, if anything."""
    found = reading.order_for(me(request), number)
    return {"items": [asdict(one) for one in parcel_reading.order_alarms(found.number)]}


@router.get("/shops/{slug}/pickup-points", response=ListOut[Answer], auth=maybe_signed_in)
def list_points(request: HttpRequest, slug: str) -> Any:  # noqa: ARG001
    """Where goods of a shop can be fetched. Name one in `pickups` of an order or a quote."""
    shop = goods.shop_by_slug(slug)
    return {"items": [_point_out(one) for one in points_of([shop.id])]}


@router.post("/shops/{slug}/pickup-points", response={201: Answer}, auth=signed_in)
@once
def add_point(request: HttpRequest, slug: str, body: PointIn) -> Status[Any]:
    """Offer a place where orders are fetched."""
    shop = goods.shop_for_staff(me(request), slug, Right.SETTINGS)
    made = pickup.save_point(shop_id=shop.id, **body.model_dump())
    audit(
        actor_id=me(request), action="trade.pickup_point", object=f"point:{made.public_id}",
        shop_id=shop.id,
    )  # fmt: skip
    return Status(201, _point_out(made))


@router.put("/shops/{slug}/pickup-points/{point_id}", response=Answer, auth=signed_in)
@once
def change_point(request: HttpRequest, slug: str, point_id: str, body: PointIn) -> Any:
    """Change a place, or close it. Orders that wait there keep it."""
    shop = goods.shop_for_staff(me(request), slug, Right.SETTINGS)
    made = pickup.save_point(shop_id=shop.id, public_id=point_id, **body.model_dump())
    audit(
        actor_id=me(request), action="trade.pickup_point", object=f"point:{point_id}",
        shop_id=shop.id,
    )  # fmt: skip
    return _point_out(made)


@router.post("/shops/{slug}/pickups", response=Answer, auth=signed_in)
def hand_over(request: HttpRequest, slug: str, body: PickupCodeIn) -> Any:
    """Hand an order to whoever shows its code: sent and received in one step. Ten tries a minute."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    number = pickup.hand_over(shop_id=shop.id, code=body.code, actor_id=me(request))
    return order_out(reading.order_for_shop(shop.id, number))
