"""Whom the log has to forget, and the events it can be made of again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from grapevine.kit import clock
from grapevine.signals.experimenting import forget_unit
from grapevine.signals.models import Erased, OutboxEvent
from grapevine.signals.spool import row_of_event

SALT = "signals.nobody"
NOBODY_BITS = 52
BATCH = 2_000


def forget(person_id: int) -> None:
    """Note it, in the transaction that closes the account; the worker takes the person out of the files."""
    Erased.objects.get_or_create(person_id=person_id, defaults={"at": clock.now()})
    forget_unit(person_id)


def forgotten() -> dict[int, int]:
    """Everybody who is to be forgotten → the number below zero that stands for them in what others need."""
    return {one: nobody(one) for one in Erased.objects.values_list("person_id", flat=True)}


def nobody(person_id: int) -> int:
    """Always the same for one person, so that a buyer still counts as one; it leads back to nobody."""
    digest = salted_hmac(SALT, str(person_id), algorithm="sha256").digest()
    return -(int.from_bytes(digest[:8], "big") >> (64 - NOBODY_BITS)) - 1


def to_forget() -> list[int]:
    return list(
        Erased.objects.filter(done_at=None).order_by("id").values_list("person_id", flat=True)
    )


def note_forgotten(person_id: int) -> None:
    Erased.objects.filter(person_id=person_id, done_at=None).update(done_at=clock.now())


def delivered_rows() -> Iterator[list[dict[str, Any]]]:
    """Rows of the log for every delivered event that the outbox still has, in batches."""
    after = 0
    while True:
        events = OutboxEvent.objects.filter(pk__gt=after).exclude(done_at=None).order_by("pk")
        found: list[tuple[int, str, Any, datetime]] = list(
            events.values_list("pk", "name", "payload", "created_at")[:BATCH]
        )
        if not found:
            return
        after = found[-1][0]
        yield [row_of_event(*one) for one in found]
