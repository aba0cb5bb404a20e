"""Reads of parcels: what is in them, where they were seen, and what needs eyes."""

from collections.abc import Iterable, Sequence

from django.db.models import Count

from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.trade.contracts import ShipmentView
from grapevine.trade.models import ParcelChange, Scan, Shipment, ShipmentLine, ShippingAlarm
from grapevine.trade.parcels import AlarmView, ChangeView, ScanView
from grapevine.trade.rules.carriers import BY_CODE
from grapevine.trade.rules.parcels import in_order

SCANS_MAX = 1000


def parcels_of(order_ids: Sequence[int], *, whole: bool = False) -> dict[int, list[ShipmentView]]:
    """By order, the oldest first. Two queries; `whole` adds scans and former numbers with two more."""
    rows = list(Shipment.objects.filter(order_id__in=order_ids).order_by("id"))
    if not rows:
        return {}
    inside = _inside(rows)
    scans = _scans(rows) if whole else {}
    changes = _changes(rows) if whole else {}
    found: dict[int, list[ShipmentView]] = {}
    for row in rows:
        carrier = BY_CODE.get(row.carrier_code)
        view = ShipmentView(
            row.carrier, row.tracking, row.warehouse_name, row.shipped_at,
            tuple(inside.get(row.pk, ())), id=row.pk,
            link=carrier.link(row.tracking) if carrier else "", delivered_at=row.delivered_at,
            returned_at=row.returned_at, scans=tuple(in_order(scans.get(row.pk, ()))),
            changes=tuple(changes.get(row.pk, ())), carrier_code=row.carrier_code,
        )  # fmt: skip
        found.setdefault(row.order_id, []).append(view)
    return found


def _inside(rows: Sequence[Shipment]) -> dict[int, list[tuple[str, str, int]]]:
    found: dict[int, list[tuple[str, str, int]]] = {}
    lines = ShipmentLine.objects.filter(shipment__in=rows).order_by("id")
    parts = lines.values_list("shipment_id", "line__title", "line__option", "count")
    for shipment_id, title, option, count in parts:
        found.setdefault(shipment_id, []).append((title, option, count))
    return found


def _scans(rows: Sequence[Shipment]) -> dict[int, list[ScanView]]:
    """What was seen of each parcel under the number it has now."""
    number_of = {row.pk: row.tracking for row in rows}
    known = Scan.objects.filter(shipment__in=rows).order_by("-at")
    columns = ("shipment_id", "tracking", "at", "status", "text", "place")
    found: dict[int, list[ScanView]] = {}
    for shipment_id, tracking, *scan in known.values_list(*columns)[:SCANS_MAX]:
        if number_of[shipment_id] == tracking:
            found.setdefault(shipment_id, []).append(ScanView(*scan))
    return found


def _changes(rows: Iterable[Shipment]) -> dict[int, list[ChangeView]]:
    known = ParcelChange.objects.filter(shipment__in=list(rows)).order_by("id")
    found: dict[int, list[ChangeView]] = {}
    for one in known:
        found.setdefault(one.shipment_id, []).append(ChangeView(one.at, one.carrier, one.tracking))
    return found


def alarm_counts(shop_id: int) -> dict[str, int]:
    """What is open at a shop, by kind. One query."""
    rows = ShippingAlarm.objects.filter(shop_id=shop_id, ended_at=None).values_list("kind")
    return dict(rows.annotate(n=Count("id")).order_by())


def alarms(
    shop_id: int, kind: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[AlarmView]:
    """What is open at a shop, the newest first."""
    size = clamp(limit)
    rows = ShippingAlarm.objects.filter(shop_id=shop_id, ended_at=None).order_by("-id")
    if kind:
        rows = rows.filter(kind=kind)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows.select_related("order", "shipment")[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([_alarm(row) for row in found[:size]], more)


def order_alarms(number: str) -> list[AlarmView]:
    """What is open about an order: for its buyer and its shop."""
    rows = ShippingAlarm.objects.filter(order__number=number, ended_at=None).order_by("id")
    return [_alarm(row) for row in rows.select_related("order", "shipment")]


def _alarm(row: ShippingAlarm) -> AlarmView:
    parcel = row.shipment
    return AlarmView(
        row.pk, row.kind, row.order.number, parcel.carrier if parcel else "",
        parcel.tracking if parcel else "", row.at,
    )  # fmt: skip
