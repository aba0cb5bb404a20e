"""Behaviour events from pages and apps."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from grapevine.kit import clock
from grapevine.kit.api import answer, maybe_signed_in
from grapevine.kit.errors import BadInput
from grapevine.kit.middleware import came_before, is_recognised, visitor_of
from grapevine.kit.pages import person_id_of
from grapevine.kit.rates import Buckets, address_of
from grapevine.signals import facade
from grapevine.signals.contracts import TooManyEvents
from grapevine.signals.rules import EVENTS_MAX, Judged, NotABatch, Recent, Sender, judge, lines_of

router = Router(tags=["signals"])
STRANGERS = 10
"""Callers without a visitor id share the bucket of their address: it is so many times as large."""
buckets = Buckets()
recent = Recent()


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
    try:
        judged = judge(request.body, _sender(request), now=clock.now())
    except NotABatch as error:
        raise BadInput(fields={"events": str(error)}) from None
    _refuse_too_many(request, len(judged.rows))
    fresh = recent.fresh(judged.rows)
    facade.record_lines(lines_of(fresh), sync=settings.LOG_SYNC)
    recent.add(fresh)
    if judged.refusals and not judged.rows:
        raise BadInput(fields=_told(judged))
    return answer(202, _counted(judged, len(fresh)))


def _sender(request: HttpRequest) -> Sender:
    person_id, visitor_id = person_id_of(request), visitor_of(request)
    is_known = is_recognised(request) and bool(getattr(request.user, "personalised", True))
    return Sender(
        person_id=person_id,
        visitor_id=visitor_id if is_known else facade.name_of_day(visitor_id),
        origin="app" if "Authorization" in request.headers else "page",
        is_recognised=is_known,
        share_token=request.COOKIES.get("gv_share", ""),
    )


def _refuse_too_many(request: HttpRequest, count: int) -> None:
    """Count a visitor's events in the memory of this process; a visitor over the limit is refused whole."""
    most: int = settings.EVENTS_PER_MINUTE
    if not most:
        return
    if came_before(request):
        taken = buckets.take(visitor_of(request), most, count)
    else:
        taken = buckets.take(address_of(request), most * STRANGERS, count)
    if taken.wait:
        raise TooManyEvents(retry_after=taken.wait)


def _told(judged: Judged) -> dict[str, str]:
    return {f"events[{one.index}]": f"{one.code}: {one.message}" for one in judged.refusals[:20]}


def _counted(judged: Judged, written: int) -> dict[str, Any]:
    return {
        "accepted": written,
        "duplicates": len(judged.rows) - written,
        "refused": len(judged.refusals),
        "problems": [
            {"index": one.index, "id": one.id, "code": one.code, "message": one.message}
            for one in judged.refusals
        ],
    }
