"""Alarms about sending: too late, standing still, going back. Each is raised once and tells shop and buyer."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from grapevine.kit import clock, sql
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Order, Pickup, Shipment, ShippingAlarm, ShippingTerms
from grapevine.trade.parcels import AlarmKind, ParcelAlarm
from grapevine.trade.queries.ready import with_ready
from grapevine.trade.rules.parcels import SHIP_HOURS, SHIP_HOURS_MAX, STALL

BATCH = 500
COLUMNS = "key, kind, shop_id, order_id, shipment_id, at"
ENDING = "ON CONFLICT (key) DO NOTHING RETURNING id"


def raise_alarm(
    kind: AlarmKind, order: Order, *, mark: str, shipment: Shipment | None = None
) -> bool:
    """Note it and tell the house, once for each kind, order or parcel, and mark. Must run in a transaction."""
    now = clock.now()
    key = f"{kind}:{shipment.pk if shipment else order.number}:{mark}"[:80]
    row = (key, str(kind), order.shop_id, order.pk, shipment.pk if shipment else None, now)
    if not sql.insert("trade_shippingalarm", COLUMNS, [row], ending=ENDING):
        return False
    signals.emit(
        ParcelAlarm(
            str(kind), order.number, order.buyer_id, order.shop_id,
            shipment.tracking if shipment else "", now.isoformat(),
        )
    )  # fmt: skip
    signals.publish(f"order:{order.number}", {"state": order.state})
    return True


def end_alarms(*, shipment_id: int, kind: AlarmKind) -> int:
    open_ = ShippingAlarm.objects.filter(shipment_id=shipment_id, kind=kind, ended_at=None)
    return open_.update(ended_at=clock.now())


def watch_parcels() -> int:
    """Raise what is late or stands still, end what is over; how many are new."""
    now = clock.now()
    _end_what_is_over(now)
    return _late(now) + _stalled(now)


def _end_what_is_over(now: datetime) -> None:
    open_ = ShippingAlarm.objects.filter(ended_at=None)
    over = Q(kind=AlarmKind.LATE) & ~Q(order__state=OrderState.PAID)
    over |= ~Q(order__state__in=[OrderState.PAID, OrderState.SHIPPED])
    ids = list(open_.filter(over).values_list("pk", flat=True)[:BATCH])
    ShippingAlarm.objects.filter(pk__in=ids).update(ended_at=now)


def _late(now: datetime) -> int:
    """By the promise of each shop; orders that are fetched are never late."""
    by_hours: dict[int, list[int]] = defaultdict(list)
    own = list(ShippingTerms.objects.values_list("shop_id", "ship_hours"))
    for shop_id, hours in own:
        by_hours[hours].append(shop_id)
    waiting = with_ready(Order.objects.filter(state=OrderState.PAID))
    waiting = waiting.exclude(
        pk__in=ShippingAlarm.objects.filter(kind=AlarmKind.LATE).values("order")
    )
    waiting = waiting.exclude(pk__in=Pickup.objects.values("order"))
    others = waiting.exclude(shop_id__in=[shop_id for shop_id, _ in own])
    raised = _raise_late(others, SHIP_HOURS, now)
    for hours, shop_ids in sorted(by_hours.items()):
        raised += _raise_late(waiting.filter(shop_id__in=shop_ids), hours, now)
    return raised


def _raise_late(waiting: QuerySet[Any], hours: int, now: datetime) -> int:
    limit = now - timedelta(hours=hours)
    due = waiting.filter(paid_at__lt=limit, ready_at__lt=limit).order_by("pk")[:BATCH]
    raised = 0
    for order in due:
        with transaction.atomic():
            raised += raise_alarm(AlarmKind.LATE, order, mark="")
    return raised


def _stalled(now: datetime) -> int:
    """Parcels somebody follows for us, with no scan for two days: once for each time they stand still."""
    limit = now - STALL
    rows = Shipment.objects.filter(
        delivered_at=None, returned_at=None, order__state__in=[OrderState.PAID, OrderState.SHIPPED]
    ).exclude(subscribed_at=None)
    still = Q(last_scan_at__lte=limit) | Q(last_scan_at=None, shipped_at__lte=limit)
    open_ = ShippingAlarm.objects.filter(kind=AlarmKind.STALL, ended_at=None)
    due = rows.filter(still).exclude(pk__in=open_.exclude(shipment=None).values("shipment"))
    raised = 0
    for row in due.select_related("order").order_by("pk")[:BATCH]:
        last = row.last_scan_at or row.shipped_at
        with transaction.atomic():
            mark = f"{row.tracking}:{last:%Y%m%d%H%M%S}"
            raised += raise_alarm(AlarmKind.STALL, row.order, mark=mark, shipment=row)
    return raised


def set_ship_hours(*, shop_id: int, hours: int) -> None:
    """How many hours after payment the shop promises to send."""
    if not 1 <= hours <= SHIP_HOURS_MAX:
        raise BadInput(fields={"ship_hours": marked("写 1 到 720 之间的小时数")})
    ShippingTerms.objects.update_or_create(shop_id=shop_id, defaults={"ship_hours": hours})
