"""Limiting, auditing, tidying."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from grapevine.guard.contracts import TooManyRequests
from grapevine.guard.models import AuditEntry, Bucket, StoredAnswer
from grapevine.kit import clock

MINUTE_SECONDS = 60
ANSWERS_KEPT = timedelta(days=7)
TRAIL_KEPT = timedelta(days=3 * 366)
"""Three years and what leap days add; the database itself refuses to forget anything younger than three."""


def limit(key: str, *, per_minute: int) -> None:
    """Count one use of `key`; raise TooManyRequests beyond `per_minute` in the current minute.

    One guarded update; keys are stored as digests, so that no phone number is kept.
    """
    now = int(clock.now().timestamp())
    window = now // MINUTE_SECONDS
    digest = hashlib.sha256(key.encode()).hexdigest()
    with transaction.atomic():
        Bucket.objects.get_or_create(key=digest, defaults={"window": window, "used": 0})
        Bucket.objects.filter(key=digest, window__lt=window).update(window=window, used=0)
        mine = Bucket.objects.filter(key=digest, used__lt=per_minute).update(used=F("used") + 1)
    if not mine:
        raise TooManyRequests(retry_after=MINUTE_SECONDS - now % MINUTE_SECONDS)


def audit(
    *,
    actor_id: int | None,
    action: str,
    object: str,  # noqa: A002  the word of the trail
    before: object = None,
    after: object = None,
    shop_id: int | None = None,
    subject_id: int | None = None,
) -> None:
    """Add to the trail, in the caller's transaction. What is personal never goes into `before` and `after`.

    `shop_id`: whose trail its owner reads it in. `subject_id`: the person whose contacts were looked at.
    """
    AuditEntry.objects.create(
        at=clock.now(), actor_id=actor_id, action=action, object=object[:80], before=before,
        after=after, shop_id=shop_id, subject_id=subject_id,
    )  # fmt: skip


def note(
    *,
    actor_id: int | None,
    action: str,
    object: str,  # noqa: A002  the word of the trail
    before: object = None,
    after: object = None,
    shop_id: int,
) -> None:
    """As `audit`, of a shop's staff; nothing where nobody acts: an import, the demo."""
    if actor_id is not None:
        audit(
            actor_id=actor_id, action=action, object=object, before=before, after=after,
            shop_id=shop_id,
        )  # fmt: skip


def tidy() -> None:
    """Drop stored answers after seven days, buckets of past minutes, and the trail after three years."""
    now = clock.now()
    StoredAnswer.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()
    window = int(now.timestamp()) // MINUTE_SECONDS
    Bucket.objects.filter(window__lt=window - 1).delete()
    AuditEntry.objects.filter(at__lt=now - TRAIL_KEPT).delete()
