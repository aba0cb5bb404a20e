"""Behaviour events from pages and apps."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from grapevine.kit.api import maybe_signed_in
from grapevine.signals.intake import take
from grapevine.signals.rules import EVENTS_MAX

router = Router(tags=["signals"])


class Problem(Schema):
    index: int
    id: str
    code: str
    message: str


class Accepted(Schema):
    accepted: int
    duplicates: int
    refused: int
    problems: list[Problem]


BODY = {
    "type": "object",
    "required": ["events"],
    "properties": {
        "events": {"type": "array", "maxItems": EVENTS_MAX, "items": {"type": "object"}},
        "sent_at": {
            "type": "string",
            "format": "date-time",
            "description": "the sender's clock now",
        },
        "version": {"type": "integer", "description": "of the schema in docs/EVENTS.md"},
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
        "content": {
            "application/json": {"schema": BODY, "example": {"events": [SEEN]}},
            "text/plain": {"schema": BODY},
        },
    }
}


@router.post("/events", response={202: Accepted}, auth=None, openapi_extra=DOCUMENTED)
def accept_events(request: HttpRequest) -> HttpResponse:
    """Take up to 500 events `{"events": [{"id", "ts", "verb", …}], "sent_at"}`; one id counts once.

    Who acted is read from the session or the token, never from the body. The answer comes after the rows are
    written, and names every event that was not taken, with its place in the batch and why; if none was, it is 422.
    """
    if "Authorization" in request.headers:
        maybe_signed_in(request)
    return take(request)
