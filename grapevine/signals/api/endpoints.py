"""Behaviour events from pages and apps."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from grapevine.kit import clock
from grapevine.kit.api import maybe_signed_in
from grapevine.kit.errors import BadInput
from grapevine.kit.middleware import visitor_of
from grapevine.kit.pages import person_id_of
from grapevine.signals import facade
from grapevine.signals.contracts import source_from
from grapevine.signals.rules import clean_row

router = Router(tags=["signals"])
EVENTS_MAX = 500


class Accepted(Schema):
    accepted: int
    refused: int


BODY = {
    "type": "object",
    "required": ["events"],
    "properties": {
        "events": {"type": "array", "maxItems": EVENTS_MAX, "items": {"type": "object"}}
    },
}
SEEN = {
    "id": "0f6c8d1e-view",
    "ts": "2026-12-01T10:00:00+08:00",
    "verb": "view",
    "object_type": "note",
}
DOCUMENTED = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": BODY, "example": {"events": [SEEN]}}},
    }
}


@router.post("/events", response={202: Accepted}, auth=None, openapi_extra=DOCUMENTED)
def accept_events(request: HttpRequest) -> Status[dict[str, int]]:
    """Take up to 500 events `{"events": [{"id", "ts", "verb", …}]}`; one id counts once.

    Who acted is read from the session or the token, never from the body. The answer comes after the rows are
    written.
    """
    if "Authorization" in request.headers:
        maybe_signed_in(request)
    try:
        given: Any = json.loads(request.body)
        events = given["events"]
    except (ValueError, KeyError, TypeError):
        raise BadInput(fields={"events": "a list of events"}) from None
    if not isinstance(events, list) or len(events) > EVENTS_MAX:
        raise BadInput(fields={"events": f"at most {EVENTS_MAX}"})
    now, token = clock.now(), request.COOKIES.get("gv_share", "")
    rows = []
    for raw in events:
        row = clean_row(raw, now=now) if isinstance(raw, dict) else None
        if row is not None:
            source = source_from(str(raw.get("from") or ""), share_token=token)
            row |= {"person_id": person_id_of(request), "visitor_id": visitor_of(request)}
            row |= {"channel": source.channel, "share_token": source.share_token}
            rows.append(row)
    facade.record(rows)
    return Status(202, {"accepted": len(rows), "refused": len(events) - len(rows)})
