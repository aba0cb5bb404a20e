"""Reads about webhooks."""

from typing import Any

from django.db.models import Count, Q

from grapevine.gateway import access
from grapevine.gateway.contracts import DeliveryView, WebhookView
from grapevine.gateway.models import Delivery, Webhook
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor


def webhooks_of(shop_id: int) -> list[WebhookView]:
    """The shop's addresses with what waits and what failed. Two queries."""
    rows = list(Webhook.objects.filter(shop_id=shop_id).order_by("id"))
    counted = (
        Delivery.objects.filter(webhook__in=rows)
        .values("webhook_id")
        .annotate(waiting=Count("id", Q(state="waiting")), failed=Count("id", Q(state="failed")))
    )
    counts: dict[int, dict[str, Any]] = {one["webhook_id"]: dict(one) for one in counted}
    return [
        WebhookView(
            public_id=row.public_id, url=row.url, events=row.events, is_on=row.is_on,
            off_reason=row.off_reason, failing_since=row.failing_since,
            old_secret_until=row.old_secret_until, created_at=row.created_at,
            waiting=counts.get(row.pk, {}).get("waiting", 0),
            failed=counts.get(row.pk, {}).get("failed", 0),
        )
        for row in rows
    ]  # fmt: skip


def webhook_view(shop_id: int, public_id: str) -> WebhookView:
    access.webhook_of_shop(shop_id, public_id)
    return next(one for one in webhooks_of(shop_id) if one.public_id == public_id)


def deliveries_page(
    shop_id: int, public_id: str, *, state: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Page[DeliveryView]:  # fmt: skip
    """What was sent to an address, newest first."""
    size = clamp(limit)
    rows = Delivery.objects.filter(webhook=access.webhook_of_shop(shop_id, public_id))
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows.order_by("-id")[: size + 1])
    views = [
        DeliveryView(
            public_id=row.public_id, event=row.event, state=row.state, tries=row.tries,
            status=row.status, said=row.said, milliseconds=row.milliseconds,
            created_at=row.created_at, tried_at=row.tried_at, next_at=row.next_at,
        )
        for row in found[:size]
    ]  # fmt: skip
    return Page(views, encode_cursor(found[size - 1].pk) if len(found) > size else None)
