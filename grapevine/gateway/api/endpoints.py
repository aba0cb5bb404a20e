"""Webhooks over the API: keys and apps with the scope `webhooks`, and the shop's staff."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.gateway.actions import webhooks
from grapevine.gateway.contracts import DeliveryView, WebhookView
from grapevine.gateway.queries import webhooks as reads
from grapevine.gateway.rules.catalogue import KINDS, VERSION
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["webhooks"])
URL_MAX = 500


class EventKindOut(Schema):
    name: str
    version: str
    description: str
    example: dict[str, Any]


class WebhookIn(Schema):
    url: str = Field(max_length=URL_MAX)
    events: list[str] = Field(min_length=1, max_length=50)


class WebhookChangeIn(Schema):
    events: list[str] | None = Field(None, min_length=1, max_length=50)
    on: bool | None = None


class WebhookOut(Schema):
    id: str
    url: str
    events: list[str]
    on: bool
    off_reason: str
    failing_since: datetime | None
    waiting: int
    failed: int
    created_at: datetime


class NewWebhookOut(Schema):
    id: str
    secret: str


class SecretOut(Schema):
    secret: str


class MessageOut(Schema):
    id: str


class DeliveryOut(Schema):
    id: str
    event: str
    state: str
    tries: int
    status: int | None
    said: str
    milliseconds: int | None
    created_at: datetime
    tried_at: datetime | None
    next_at: datetime | None


class ReplayIn(Schema):
    delivery: str = Field("", max_length=12, description="One message; empty for all that failed")
    failed_since: datetime | None = None


class ReplayedOut(Schema):
    queued: int


def _shop_id(request: HttpRequest, slug: str) -> int:
    return goods.shop_for_staff(me(request), slug, Right.SETTINGS).id


def _webhook(view: WebhookView) -> dict[str, Any]:
    return {
        "id": view.public_id, "url": view.url, "events": list(view.events), "on": view.is_on,
        "off_reason": view.off_reason, "failing_since": view.failing_since,
        "waiting": view.waiting, "failed": view.failed, "created_at": view.created_at,
    }  # fmt: skip


def _delivery(view: DeliveryView) -> dict[str, Any]:
    return {
        "id": view.public_id, "event": view.event, "state": view.state, "tries": view.tries,
        "status": view.status, "said": view.said, "milliseconds": view.milliseconds,
        "created_at": view.created_at, "tried_at": view.tried_at, "next_at": view.next_at,
    }  # fmt: skip


@router.get("/webhook-events", response=list[EventKindOut], auth=signed_in)
def list_webhook_events(request: HttpRequest) -> Any:  # noqa: ARG001
    """The events a webhook may choose, each with an example of its `data`."""
    return [
        {"name": one.name, "version": VERSION, "description": one.words, "example": one.example}
        for one in KINDS.values()
    ]


@router.get("/shops/{slug}/webhooks", response=list[WebhookOut], auth=signed_in)
def list_webhooks(request: HttpRequest, slug: str) -> Any:
    """The shop's webhooks, at most ten."""
    return [_webhook(one) for one in reads.webhooks_of(_shop_id(request, slug))]


@router.post("/shops/{slug}/webhooks", response={201: NewWebhookOut}, auth=signed_in)
@once
def add_webhook(request: HttpRequest, slug: str, body: WebhookIn) -> Any:
    """Add a webhook. The signing secret is in this answer and never again."""
    public_id, secret = webhooks.add_webhook(
        shop_id=_shop_id(request, slug), person_id=me(request), url=body.url, events=body.events
    )
    return Status(201, {"id": public_id, "secret": secret})


@router.patch("/shops/{slug}/webhooks/{public_id}", response=WebhookOut, auth=signed_in)
@once
def change_webhook(
    request: HttpRequest, slug: str, public_id: str, body: WebhookChangeIn
) -> Any:  # fmt: skip
    """Choose other events, or switch a webhook on or off."""
    shop_id = _shop_id(request, slug)
    webhooks.change_webhook(
        shop_id=shop_id, person_id=me(request), public_id=public_id, events=body.events, on=body.on
    )
    return _webhook(reads.webhook_view(shop_id, public_id))


@router.delete("/shops/{slug}/webhooks/{public_id}", response={204: None}, auth=signed_in)
@once
def remove_webhook(request: HttpRequest, slug: str, public_id: str) -> Status[None]:
    """Remove a webhook with all that was sent to it."""
    webhooks.remove_webhook(
        shop_id=_shop_id(request, slug), person_id=me(request), public_id=public_id
    )
    return Status(204, None)


@router.post("/shops/{slug}/webhooks/{public_id}/secret", response={201: SecretOut}, auth=signed_in)
@once
def rotate_webhook_secret(request: HttpRequest, slug: str, public_id: str) -> Any:
    """A new signing secret. For a day messages carry signatures by both."""
    secret = webhooks.rotate_secret(
        shop_id=_shop_id(request, slug), person_id=me(request), public_id=public_id
    )
    return Status(201, {"secret": secret})


@router.post("/shops/{slug}/webhooks/{public_id}/test", response={202: MessageOut}, auth=signed_in)
@once
def test_webhook(request: HttpRequest, slug: str, public_id: str) -> Any:
    """Send a `test.ping`; the answer is the message's id, what became of it is among the deliveries."""
    made = webhooks.send_test(shop_id=_shop_id(request, slug), public_id=public_id)
    return Status(202, {"id": made})


@router.get(
    "/shops/{slug}/webhooks/{public_id}/deliveries",
    response=ListOut[DeliveryOut],
    auth=signed_in,
)
def list_deliveries(
    request: HttpRequest, slug: str, public_id: str, state: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """What was sent, newest first, with the other side's answer. Kept for thirty days."""
    page = reads.deliveries_page(
        _shop_id(request, slug), public_id, state=state, cursor=cursor, limit=limit
    )
    return {"items": [_delivery(one) for one in page.items], "next_cursor": page.next_cursor}


@router.post(
    "/shops/{slug}/webhooks/{public_id}/replays", response={202: ReplayedOut}, auth=signed_in
)
@once
def replay_deliveries(request: HttpRequest, slug: str, public_id: str, body: ReplayIn) -> Any:
    """Send one message again, or all that failed since a moment; ids stay the same."""
    queued = webhooks.replay(
        shop_id=_shop_id(request, slug), public_id=public_id, delivery=body.delivery,
        failed_since=body.failed_since,
    )  # fmt: skip
    return Status(202, {"queued": queued})
