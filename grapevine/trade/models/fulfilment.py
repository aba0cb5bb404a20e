"""Scans, alarms, pick-up and files of parcel numbers."""

from django.db import models
from django.db.models import Q

from grapevine.kit.sealed import SealedTextField
from grapevine.trade.models.orders import Order, Shipment


class ShippingTerms(models.Model):
    """What a shop promises: how many hours after payment a parcel leaves."""

    shop_id = models.BigIntegerField(unique=True)
    ship_hours = models.PositiveSmallIntegerField(default=48)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ship_hours__gte=1, ship_hours__lte=720), name="trade_ship_hours"
            ),
        )

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.ship_hours} h"


class Scan(models.Model):
    """What a carrier saw of a parcel. The same scan counts once, however often and in whatever order it is told."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    tracking = models.CharField(max_length=40)
    at = models.DateTimeField()
    status = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    place = models.CharField(max_length=60, blank=True, default="")
    heard_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shipment", "tracking", "at", "status", "text"], name="trade_scan_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.tracking} {self.status}"


class ParcelChange(models.Model):
    """The carrier and number a parcel had before somebody put them right."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=30)
    tracking = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField()

    def __str__(self) -> str:
        return self.tracking


class ShippingAlarm(models.Model):
    """Something about sending that needs eyes, once for each `key`; over when `ended_at` is set."""

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10)
    shop_id = models.BigIntegerField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["late", "stall", "returned"]),
                name="trade_shipping_alarm_kind",
            ),
        )
        indexes = (
            models.Index(
                fields=["shop_id", "kind"], name="trade_shipping_alarms_open", condition=Q(ended_at=None)
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.key


class PickupPoint(models.Model):
    """A place of a shop where buyers fetch what they bought."""

    public_id = models.CharField(max_length=12, unique=True)
    shop_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=30)
    address = models.CharField(max_length=120)
    hours = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True, default="")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Pickup(models.Model):
    """An order that is fetched. The code is sealed; `digest` finds it without opening any."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="+")
    point = models.ForeignKey(PickupPoint, on_delete=models.PROTECT, related_name="+")
    code = SealedTextField()
    digest = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"pick-up of {self.order_id}"


class ShippingBatch(models.Model):
    """A file of parcel numbers, row by row: draft → confirmed → done. The same file is the same batch."""

    public_id = models.CharField(max_length=12, unique=True)
    shop_id = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="draft")
    rows = models.JSONField(default=list)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "digest"], name="trade_batch_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "confirmed", "done"]), name="trade_batch_state"
            ),
        )
        indexes = (
            models.Index(fields=["id"], name="trade_batches_due", condition=Q(state="confirmed")),
        )

    def __str__(self) -> str:
        return self.name
