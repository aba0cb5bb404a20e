"""Emitting, delivering and running what is due."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string

from grapevine.kit import clock, crashing, sql
from grapevine.signals import spool
from grapevine.signals.contracts import Event
from grapevine.signals.models import Handled, LiveMessage, OutboxEvent, Periodic

logger = logging.getLogger(__name__)
E = TypeVar("E", bound=Event)
BATCH = 200
ATTEMPTS_MAX = 12
BACKOFF_SECONDS_MAX = 3600
LIVE_KEPT = timedelta(minutes=10)
DONE_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Subscription:
    event_type: type[Event]
    handler: Callable[[Any], None]
    name: str


_subscriptions: dict[str, list[_Subscription]] = {}
_periodic: dict[str, tuple[int, str]] = {}
_long: set[str] = set()


def subscribe(event_type: type[E], handler: Callable[[E], None], *, name: str) -> None:
    """Call `handler(event)` once in effect for every event of this type.

    The handler runs in a transaction of its own together with the note that it ran; a failure is
    retried with back-off up to 12 times and then stays visible in the outbox.
    """
    known = _subscriptions.setdefault(event_type.name, [])
    if any(entry.name == name for entry in known):
        raise ValueError(f"{name} subscribes to {event_type.name} twice")
    known.append(_Subscription(event_type, handler, name))


def every(name: str, *, seconds: int, job: str, is_long: bool = False) -> None:
    """Have the worker call the dotted path `job` every `seconds`; one worker at a time runs it.

    `is_long`: it may take minutes, and runs beside the others, which do not wait for it.
    """
    _periodic[name] = (seconds, job)
    if is_long:
        _long.add(name)


def emit(*events: Event) -> None:
    """Write events to the outbox in one statement. Must be called inside the transaction that makes them true."""
    assert transaction.get_connection().in_atomic_block, "emit inside a transaction"
    now = clock.now()
    sql.insert(
        "signals_outboxevent",
        "name, payload, created_at, attempts, last_error",
        [(event.name, json.dumps(event.payload()), now, 0, "") for event in events],
    )


def publish(channel: str, body: dict[str, Any]) -> None:
    """Tell open pages; delivered within a tick of the live process, kept for ten minutes."""
    publish_many([channel], body)


def publish_many(channels: Sequence[str], body: dict[str, Any]) -> None:
    """The same to several channels, in one statement."""
    now, text = clock.now(), json.dumps(body)
    sql.insert(
        "signals_livemessage", "channel, body, created_at", [(one, text, now) for one in channels]
    )


def drain(limit: int = 10_000, *, as_then: bool = False) -> int:
    """Deliver waiting events in order until none is due; returns how many were finished.

    `as_then`: by the moments in which they were told, each as if it were heard then, for a world that is made up.
    """
    finished, order = 0, ("created_at", "id") if as_then else ("id",)
    while finished < limit:
        due = list(
            OutboxEvent.objects.filter(done_at=None)
            .filter(Q(retry_at=None) | Q(retry_at__lte=clock.now()))
            .order_by(*order)[:BATCH]
        )
        done = [row for row in due if (_deliver_as_then(row) if as_then else _deliver(row))]
        finished += len(done)
        if not done:
            break
    return finished


def _deliver_as_then(row: OutboxEvent) -> bool:
    with clock.at(row.created_at):
        return _deliver(row)


def _deliver(row: OutboxEvent) -> bool:
    for subscription in _subscriptions.get(row.name, ()):
        try:
            _handle_once(row, subscription)
        except Exception as error:
            logger.exception("%s failed on %s", subscription.name, row)
            _retry_later(row, error)
            return False
    crashing.point("signals.deliver.handled")
    # The log first: a row that is there twice counts once, a row that was never written counts nowhere.
    spool.append([spool.row_of_event(row.pk, row.name, row.payload, row.created_at)])
    crashing.point("signals.deliver.logged")
    OutboxEvent.objects.filter(pk=row.pk, done_at=None).update(done_at=clock.now())
    return True


def _handle_once(row: OutboxEvent, subscription: _Subscription) -> None:
    event = subscription.event_type(**row.payload)
    try:
        with transaction.atomic():
            Handled.objects.create(event=row, subscriber=subscription.name)
            subscription.handler(event)
            crashing.point("signals.deliver.before_commit")
    except IntegrityError:
        if not Handled.objects.filter(event=row, subscriber=subscription.name).exists():
            raise


def _retry_later(row: OutboxEvent, error: Exception) -> None:
    """Back off 2, 4, 8 … seconds; after the last attempt wait a year, in plain sight."""
    attempt = row.attempts + 1
    wait = min(2**attempt, BACKOFF_SECONDS_MAX)
    if attempt >= ATTEMPTS_MAX:
        wait = 365 * 24 * 3600
    OutboxEvent.objects.filter(pk=row.pk).update(
        attempts=F("attempts") + 1,
        retry_at=clock.now() + timedelta(seconds=wait),
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


def run_long() -> int:
    """`run_due` of the jobs that may take minutes."""
    return run_due(is_long=True)


def run_short() -> int:
    """`run_due` of all other jobs."""
    return run_due(is_long=False)


def run_due(*, is_long: bool | None = None) -> int:
    """Run every periodic job (`is_long`: of these alone) whose time has come; a guarded update picks one worker for each."""
    ran = 0
    names = [name for name in _due_jobs() if is_long in (None, name in _long)]
    for name in names:
        (seconds, job), now = _periodic[name], clock.now()
        mine = Periodic.objects.filter(name=name, due_at__lte=now).update(
            due_at=now + timedelta(seconds=seconds)
        )
        if mine:
            ran += 1
            try:
                import_string(job)()
            except Exception:
                logger.exception("periodic job %s failed", name)
    return ran


def _due_jobs() -> list[str]:
    """Names of the jobs whose time has come, in one query; one never run before is due now."""
    known, now = dict(Periodic.objects.values_list("name", "due_at")), clock.now()
    new = [Periodic(name=name, due_at=now) for name in _periodic if name not in known]
    if new:
        Periodic.objects.bulk_create(new, ignore_conflicts=True)
    return sorted(name for name in _periodic if known.get(name, now) <= now)


def tidy() -> None:
    """Drop live messages after ten minutes and delivered events after thirty days."""
    now = clock.now()
    LiveMessage.objects.filter(created_at__lt=now - LIVE_KEPT).delete()
    OutboxEvent.objects.filter(done_at__lt=now - DONE_KEPT).delete()
