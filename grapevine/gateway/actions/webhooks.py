"""Addresses of a shop that are told what happens: added, changed, tested, replayed; messages written for them."""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from grapevine.gateway import access, wire
from grapevine.gateway.contracts import TooManyWebhooks
from grapevine.gateway.models import Delivery, Webhook
from grapevine.gateway.rules import catalogue, signing
from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked

WEBHOOKS_MAX = 10
SECRET_BYTES = 24
OLD_SECRET_HOURS = 24
KEPT_DAYS = 30
REPLAYS_MAX = 1_000


def _secret() -> str:
    return signing.PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()


def _events(names: Sequence[str]) -> list[str]:
    """Raises BadInput for none or an unknown one."""
    wanted = set(names)
    if not wanted or wanted - set(catalogue.KINDS):
        raise BadInput(fields={"events": marked("请至少选一种事件，只能选列出来的")})
    return [name for name in catalogue.KINDS if name in wanted]


def require_reachable(url: str) -> None:
    """Raise AddressRefused for a name that is not on the public internet now. Asks the network."""
    wire.look_up(url)


def add_webhook(
    *, shop_id: int, person_id: int, url: str, events: Sequence[str]
) -> tuple[str, str]:
    """A new address: (public id, signing secret). Raises AddressRefused, BadInput or TooManyWebhooks.

    A name is looked up at every sending, not here.
    """
    chosen = _events(events)
    wire.check_url(url)
    secret = _secret()
    with transaction.atomic():
        if Webhook.objects.filter(shop_id=shop_id).count() >= WEBHOOKS_MAX:
            raise TooManyWebhooks(most=WEBHOOKS_MAX)
        made = Webhook.objects.create(
            public_id=new_id(), shop_id=shop_id, url=url, events=chosen, secret=secret,
            created_at=clock.now(),
        )  # fmt: skip
        guard.audit(
            actor_id=person_id, action="gateway.webhook_added", object=f"shop:{shop_id}", shop_id=shop_id,
            after={"webhook": made.public_id, "url": url, "events": chosen},
        )  # fmt: skip
    return made.public_id, secret


@transaction.atomic
def change_webhook(
    *, shop_id: int, person_id: int, public_id: str, events: Sequence[str] | None = None,
    on: bool | None = None,
) -> None:  # fmt: skip
    """Other events, or switched on or off. Switched on it starts anew, as if it had never failed."""
    row = access.webhook_of_shop(shop_id, public_id)
    changes: dict[str, Any] = {}
    if events is not None:
        changes["events"] = _events(events)
    if on is not None:
        changes |= {"is_on": on, "off_reason": "" if on else "by_hand", "failing_since": None}
    if changes:
        Webhook.objects.filter(pk=row.pk).update(**changes)
        guard.audit(
            actor_id=person_id, action="gateway.webhook_changed", object=f"shop:{shop_id}", shop_id=shop_id,
            after={"webhook": public_id, "events": events, "on": on},
        )  # fmt: skip


@transaction.atomic
def remove_webhook(*, shop_id: int, person_id: int, public_id: str) -> None:
    """Remove the address with all that was sent to it."""
    row = access.webhook_of_shop(shop_id, public_id)
    guard.audit(
        actor_id=person_id, action="gateway.webhook_removed", object=f"shop:{shop_id}", shop_id=shop_id,
        before={"webhook": public_id, "url": row.url},
    )  # fmt: skip
    row.delete()


@transaction.atomic
def rotate_secret(*, shop_id: int, person_id: int, public_id: str) -> str:
    """A new secret. For a day both sign, so that the receiver can change over without losing a message."""
    row, secret = access.webhook_of_shop(shop_id, public_id), _secret()
    row.old_secret, row.secret = row.secret, secret
    row.old_secret_until = clock.now() + timedelta(hours=OLD_SECRET_HOURS)
    row.save(update_fields=["secret", "old_secret", "old_secret_until"])
    guard.audit(
        actor_id=person_id, action="gateway.webhook_secret_rotated", object=f"shop:{shop_id}", shop_id=shop_id,
        after={"webhook": public_id},
    )  # fmt: skip
    return secret


def send_test(*, shop_id: int, public_id: str) -> str:
    """Queue a `test.ping`; returns its message id."""
    row = access.webhook_of_shop(shop_id, public_id)
    at = clock.now()
    body = catalogue.envelope(
        catalogue.TEST, at=at.isoformat(), shop=row.shop.slug, data={"hello": row.shop.slug}
    )
    return _queue([row], catalogue.TEST, body, at)[0]


def replay(
    *, shop_id: int, public_id: str, delivery: str = "", failed_since: datetime | None = None
) -> int:
    """Queue one message again, or all that failed since then; how many. Their ids stay as they were."""
    row = access.webhook_of_shop(shop_id, public_id)
    mine = Delivery.objects.filter(webhook=row)
    if delivery:
        chosen = mine.filter(pk=access.delivery_of(row, delivery).pk)
    else:
        since = failed_since or clock.now() - timedelta(days=KEPT_DAYS)
        failed = mine.filter(state="failed", created_at__gte=since).order_by("id")
        chosen = mine.filter(pk__in=list(failed.values_list("pk", flat=True)[:REPLAYS_MAX]))
    return chosen.exclude(state="waiting").update(state="waiting", tries=0, next_at=clock.now())


def write_messages(event: Any, *, name: str, data: Mapping[str, Any]) -> None:
    """One message for every address of the shop that chose this event, in the caller's transaction."""
    rows = [
        row
        for row in Webhook.objects.filter(shop_id=event.shop_id, is_on=True).order_by("id")
        if name in row.events
    ]
    if rows:
        shop = goods.shops([event.shop_id])[event.shop_id]
        body = catalogue.envelope(name, at=event.at, shop=shop.slug, data=dict(data))
        _queue(rows, name, body, clock.now())


def _queue(rows: Sequence[Webhook], name: str, body: Mapping[str, Any], at: datetime) -> list[str]:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    made = [
        Delivery(
            public_id=new_id(), webhook=row, event=name, body=text, created_at=at, next_at=at
        )
        for row in rows
    ]  # fmt: skip
    Delivery.objects.bulk_create(made)
    return [one.public_id for one in made]


def tidy() -> None:
    """Messages older than a month go, and secrets that were replaced once their day of grace is over."""
    Delivery.objects.filter(created_at__lt=clock.now() - timedelta(days=KEPT_DAYS)).delete()
    over = Webhook.objects.filter(old_secret_until__lt=clock.now())
    over.update(old_secret="", old_secret_until=None)
