"""Sending what waits: each address by one worker at a time, a slow one never in the way of the others."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic

from django.db import connections, transaction
from django.db.models import F, Q

from grapevine.gateway import wire
from grapevine.gateway.contracts import WebhookSwitchedOff
from grapevine.gateway.models import Delivery, Webhook
from grapevine.gateway.rules import signing
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.signals import facade as signals

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = (30, 120, 600, 1_800, 5_400, 18_000, 57_600)
"""Between the eight tries: a day in all."""
TURN_SECONDS = 10.0
TURN_MAX = 50
LEASE = timedelta(seconds=60)
"""Longer than a turn and its last message can take; after it another worker may go on."""
AT_ONCE = 8
GIVE_UP_AFTER = timedelta(days=3)
GONE = 410
OK = range(200, 300)


def due(*, limit: int, without: frozenset[int] = frozenset()) -> list[int]:
    """Addresses with something to send, the longest waiting for their turn first."""
    now = clock.now()
    waiting = Delivery.objects.filter(state="waiting", next_at__lte=now)
    rows = (
        Webhook.objects.filter(is_on=True, pk__in=waiting.values("webhook_id"))
        .filter(Q(busy_until=None) | Q(busy_until__lt=now))
        .exclude(pk__in=without)
        .order_by(F("turn_at").asc(nulls_first=True), "id")
    )
    return list(rows.values_list("pk", flat=True)[:limit])


def send_due() -> int:
    """One turn of every address that has something waiting, one after the other; how many messages were sent."""
    return sum(turn(pk) for pk in due(limit=1_000))


def turn(webhook_id: int) -> int:
    """Send to one address for ten seconds at most; returns how many messages were tried.

    Must not run inside a transaction: another machine is asked.
    """
    now = clock.now()
    with transaction.atomic(durable=True):
        mine = (
            Webhook.objects.filter(pk=webhook_id, is_on=True)
            .filter(Q(busy_until=None) | Q(busy_until__lt=now))
            .update(busy_until=now + LEASE, turn_at=now)
        )
    if not mine:
        return 0
    began, sent = monotonic(), 0
    try:
        waiting = Delivery.objects.filter(
            webhook_id=webhook_id, state="waiting", next_at__lte=now
        ).order_by("id")
        for delivery in list(waiting[:TURN_MAX]):
            if monotonic() - began > TURN_SECONDS or not _send(webhook_id, delivery):
                break
            sent += 1
    finally:
        Webhook.objects.filter(pk=webhook_id).update(busy_until=None)
    return sent


def _send(webhook_id: int, delivery: Delivery) -> bool:
    """Try one message and write down how it went. False if the address was removed or switched off meanwhile."""
    webhook = Webhook.objects.filter(pk=webhook_id, is_on=True).first()
    if webhook is None:
        return False
    now, body = clock.now(), delivery.body.encode()
    secrets = [webhook.secret]
    if webhook.old_secret and webhook.old_secret_until and webhook.old_secret_until > now:
        secrets.append(webhook.old_secret)
    signed = signing.headers(
        secrets, message_id=delivery.public_id, timestamp=int(now.timestamp()), body=body
    )
    about = {"Content-Type": "application/json", "User-Agent": "Grapevine-Webhooks/1"}
    reply = wire.post(webhook.url, headers={**about, **signed}, body=body)
    _write_down(webhook, delivery, reply, now)
    return True


@transaction.atomic
def _write_down(webhook: Webhook, delivery: Delivery, reply: wire.Reply, now: datetime) -> None:
    is_good = reply.status in OK if reply.status else False
    tries = delivery.tries + 1
    over = is_good or tries > len(RETRY_AFTER_SECONDS) or reply.status == GONE
    wait = None if over else now + timedelta(seconds=RETRY_AFTER_SECONDS[tries - 1])
    state = "delivered" if is_good else "failed" if over else "waiting"
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, tries=tries, status=reply.status, said=reply.said,
        milliseconds=reply.milliseconds, tried_at=now, next_at=wait,
    )  # fmt: skip
    if is_good:
        Webhook.objects.filter(pk=webhook.pk).exclude(failing_since=None).update(failing_since=None)
        return
    Webhook.objects.filter(pk=webhook.pk, failing_since=None).update(failing_since=now)
    since = webhook.failing_since or now
    if reply.status == GONE or now - since >= GIVE_UP_AFTER:
        _switch_off(webhook, "gone" if reply.status == GONE else "failing")


def _switch_off(webhook: Webhook, reason: str) -> None:
    """Stop, and say so where the shop's staff sees it; what waits is kept and may be replayed."""
    off = Webhook.objects.filter(pk=webhook.pk, is_on=True).update(is_on=False, off_reason=reason)
    if off:
        Delivery.objects.filter(webhook=webhook, state="waiting").update(
            state="failed", next_at=None
        )
        guard.audit(
            actor_id=None, action="gateway.webhook_switched_off",
            object=f"shop:{webhook.shop_id}", after={"webhook": webhook.public_id, "why": reason},
        )  # fmt: skip
        at = clock.now().isoformat()
        signals.emit(WebhookSwitchedOff(webhook.shop_id, webhook.public_id, reason, at))


class Sender:
    """The worker's: eight addresses at a time; a slow one holds its own place and no other."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="webhooks")
        self._busy: dict[int, Future[None]] = {}

    def step(self) -> int:
        """Begin turns for which there is a place; how many."""
        self._busy = {pk: one for pk, one in self._busy.items() if not one.done()}
        free = self._at_once - len(self._busy)
        chosen = due(limit=free, without=frozenset(self._busy)) if free else []
        for pk in chosen:
            self._busy[pk] = self._pool.submit(_alone, turn, pk)
        return len(chosen)

    def close(self) -> None:
        """Wait for the turns that have begun."""
        self._pool.shutdown(wait=True)


def _alone(work: Callable[[int], int], pk: int) -> None:
    """In a thread of the pool: what goes wrong is written down, and connections are given back."""
    try:
        work(pk)
    except Exception:
        logger.exception("sending to webhook %s failed; it goes on", pk)
    finally:
        connections.close_all()
