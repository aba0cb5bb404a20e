"""Addresses that want to be told, and what they were told."""

from django.db import models
from django.db.models import Q

from grapevine.kit.sealed import SealedTextField


class Webhook(models.Model):
    """An address of a shop's own system. One worker at a time sends to it: `busy_until` is the lease."""

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey("goods.Shop", on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    events = models.JSONField()
    secret = SealedTextField()
    old_secret = SealedTextField(blank=True, default="")
    old_secret_until = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=20, blank=True, default="")
    failing_since = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    turn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One message to one address. `public_id` is its webhook-id, the same at every try and replay."""

    STATES = (("waiting", "waiting"), ("delivered", "delivered"), ("failed", "failed"))

    public_id = models.CharField(max_length=12, unique=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=9, choices=STATES, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    said = models.CharField(max_length=500, blank=True, default="")
    milliseconds = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["next_at"], name="gateway_deliveries_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["webhook", "-id"], name="gateway_deliveries_of"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"
