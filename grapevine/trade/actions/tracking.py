"""Hearing where parcels are: subscriptions and questions outside any transaction, scans noted once."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from grapevine.kit import clock, crashing, sql
from grapevine.signals import facade as signals
from grapevine.trade.actions.alarming import end_alarms, raise_alarm
from grapevine.trade.carriers.port import Heard, Receipt, Tracker
from grapevine.trade.carriers.registry import tracker, tracker_for
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Order, Scan, Shipment
from grapevine.trade.parcels import AlarmKind, BadPush, ScanView
from grapevine.trade.payments.port import ProviderDown, ProviderRefused
from grapevine.trade.rules.parcels import FUTURE_MAX, outcome

BATCH = 50
AGAIN = timedelta(minutes=10)
ASK_AFTER = timedelta(hours=12)
REFUSED_FOR = timedelta(hours=6)
FOLLOWED_FOR = timedelta(days=45)
"""Numbers are used again after some months: what is older than this is another parcel's."""
BEFORE_ORDER = timedelta(days=1)
COLUMNS = "shipment_id, tracking, at, status, text, place, heard_at"
ENDING = "ON CONFLICT (shipment_id, tracking, at, status, text) DO NOTHING RETURNING id"

logger = logging.getLogger(__name__)


def receive_push(*, name: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """A tracker's message, verified on its raw bytes before anything is read. BadPush if it is not right."""
    teller = tracker(name)
    heard = teller.read_push(headers=headers, body=body)
    note_scans(heard)
    return teller.receipt(accepted=True)


@transaction.atomic
def note_scans(heard: Heard) -> int:
    """Write down what is new of a parcel, and what follows from it; how many scans were new.

    A scan counts once by parcel, moment, status and text, so messages may come again and in any order. A number
    nobody here sends has no effect. Orders are locked before parcels, as those do who send them.
    """
    named = Shipment.objects.filter(carrier_code=heard.carrier_code, tracking=heard.tracking)
    known = list(named.values_list("order_id", flat=True)) if heard.carrier_code else []
    locked = Order.objects.select_for_update().filter(pk__in=known).order_by("pk")
    orders = {order.pk: order for order in locked}
    new = 0
    for row in named.filter(order__in=orders).order_by("pk"):
        order = orders[row.order_id]
        fresh = _insert(row, _own(heard.scans, order))
        new += fresh
        if fresh:
            _draw_conclusions(row, order)
    crashing.point("trade.scans.before_commit")
    return new


def _own(scans: Iterable[ScanView], order: Order) -> list[ScanView]:
    """Without what cannot be of this parcel: before the order, or not yet."""
    first, last = order.placed_at - BEFORE_ORDER, clock.now() + FUTURE_MAX
    return [one for one in scans if first <= one.at <= last]


def _insert(row: Shipment, scans: Sequence[ScanView]) -> int:
    now = clock.now()
    unique = {(one.at, one.status, one.text): one for one in scans}
    rows = [
        (row.pk, row.tracking, one.at, one.status, one.text, one.place, now)
        for _, one in sorted(unique.items())
    ]
    return len(sql.insert("trade_scan", COLUMNS, rows, ending=ENDING))


def _draw_conclusions(row: Shipment, order: Order) -> None:
    """When it was last seen, arrived or went back, by all scans known; then what that means for the order."""
    known = Scan.objects.filter(shipment=row, tracking=row.tracking)
    scans = [ScanView(*one) for one in known.values_list("at", "status", "text", "place")]
    delivered, returned = outcome(scans)
    Shipment.objects.filter(pk=row.pk).update(
        last_scan_at=max(one.at for one in scans), delivered_at=delivered, returned_at=returned
    )
    end_alarms(shipment_id=row.pk, kind=AlarmKind.STALL)
    if returned:
        raise_alarm(AlarmKind.RETURNED, order, mark=row.tracking, shipment=row)
    else:
        end_alarms(shipment_id=row.pk, kind=AlarmKind.RETURNED)
    note_delivery(order)
    signals.publish(f"order:{order.number}", {"state": order.state})


def note_delivery(order: Order) -> None:
    """An order has arrived when its last parcel has; the time to complain runs from there."""
    if order.state != OrderState.SHIPPED:
        return
    moments = list(Shipment.objects.filter(order=order).values_list("delivered_at", "shipped_at"))
    arrived: datetime | None = None
    if moments and all(delivered for delivered, _ in moments):
        arrived = max(max(delivered or sent, sent) for delivered, sent in moments)
    Order.objects.filter(pk=order.pk, state=OrderState.SHIPPED).update(delivered_at=arrived)


def subscribe_parcels() -> int:
    """Ask to be told of parcels that have just left; how many are followed now.

    Each is claimed by a guarded update, so that two workers do not ask for the same one. Asking again is safe.
    """
    now, done = clock.now(), 0
    due = _under_way(now).filter(subscribed_at=None)
    for row in due.filter(Q(asked_at=None) | Q(asked_at__lt=now - AGAIN))[:BATCH]:
        teller = tracker_for(row.carrier_code)
        if teller is None or not _claim(row, now):
            continue
        crashing.point("trade.parcels.claimed")
        if _subscribe(teller, row, now):
            mine = Shipment.objects.filter(pk=row.pk, tracking=row.tracking, subscribed_at=None)
            done += mine.update(subscribed_at=clock.now())
    return done


def _under_way(now: datetime) -> QuerySet[Shipment]:
    rows = Shipment.objects.filter(
        delivered_at=None, returned_at=None, shipped_at__gt=now - FOLLOWED_FOR,
        order__state__in=[OrderState.PAID, OrderState.SHIPPED],
    )  # fmt: skip
    found = rows.exclude(carrier_code="").exclude(tracking="").select_related("order")
    return found.order_by(F("asked_at").asc(nulls_first=True), "pk")


def _claim(row: Shipment, now: datetime) -> bool:
    mine = Shipment.objects.filter(pk=row.pk, asked_at=row.asked_at, tracking=row.tracking)
    return bool(mine.update(asked_at=now))


def _subscribe(teller: Tracker, row: Shipment, now: datetime) -> bool:
    path = reverse("api:parcel_push", args=[teller.name])
    try:
        teller.subscribe(
            carrier_code=row.carrier_code, tracking=row.tracking, phone_end=_phone_end(row),
            callback_url=f"{settings.SITE_URL}{path}",
        )  # fmt: skip
    except ProviderDown:
        return False
    except ProviderRefused as error:
        logger.warning("parcel %s is not followed: %s", row.pk, error)
        Shipment.objects.filter(pk=row.pk).update(asked_at=now + REFUSED_FOR)
        return False
    return True


def _phone_end(row: Shipment) -> str:
    """The last four digits of the receiver's telephone, which some carriers ask for."""
    phone = json.loads(row.order.address).get("phone", "") if row.order.address else ""
    return "".join(sign for sign in phone if sign.isdigit())[-4:]


def query_parcels() -> int:
    """Ask about parcels not heard of for half a day, in case a message was lost; how many had news."""
    now, news = clock.now(), 0
    due = _under_way(now).exclude(subscribed_at=None).filter(asked_at__lt=now - ASK_AFTER)
    for row in due[:BATCH]:
        teller = tracker_for(row.carrier_code)
        if teller is None or not _claim(row, now):
            continue
        try:
            heard = teller.query(
                carrier_code=row.carrier_code, tracking=row.tracking, phone_end=_phone_end(row)
            )
        except (ProviderDown, ProviderRefused):
            continue
        if (heard.carrier_code, heard.tracking) == (row.carrier_code, row.tracking):
            news += note_scans(heard) > 0
    return news


__all__ = ["BadPush", "note_scans", "query_parcels", "receive_push", "subscribe_parcels"]
