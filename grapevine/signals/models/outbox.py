"""The outbox, what was handled, live messages, and when periodic work is due."""

from django.db import models
from django.db.models import Q


class OutboxEvent(models.Model):
    """One event, written in the transaction that made it true."""

    name = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        indexes = (
            models.Index(fields=["id"], name="signals_outbox_waiting", condition=Q(done_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Handled(models.Model):
    """A subscriber's effect of an event, committed together with that effect."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="+")
    subscriber = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "subscriber"], name="signals_handled_once"),
        )

    def __str__(self) -> str:
        return f"{self.subscriber} of {self.event_id}"


class LiveMessage(models.Model):
    """A short-lived message for pages that are open now."""

    channel = models.CharField(max_length=80)
    body = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.channel


class Periodic(models.Model):
    """When a named job may run next; the row is the lock between workers."""

    name = models.CharField(max_length=80, unique=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Erased(models.Model):
    """Somebody who closed their account: the log forgets them, also in what is read again later."""

    person_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.person_id)
