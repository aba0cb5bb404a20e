"""Taking in what pages and apps tell: judged, written, remembered, answered. No table is touched but the sender's session,
and what a watcher keeps of the cards a signed-in person saw."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from grapevine.kit import clock
from grapevine.kit.api import answer
from grapevine.kit.errors import BadInput
from grapevine.kit.middleware import came_before, is_recognised, visitor_of
from grapevine.kit.pages import person_id_of
from grapevine.kit.rates import Buckets, address_of
from grapevine.signals import spool, watching
from grapevine.signals.contracts import TooManyEvents
from grapevine.signals.devices import device_of
from grapevine.signals.naming import name_of_day
from grapevine.signals.rules import Judged, NotABatch, Recent, Sender, judge, lines_of

STRANGERS = 10
"""Callers without a visitor id share the bucket of their address: it is so many times as large."""
buckets = Buckets()
recent = Recent()


def take(request: HttpRequest) -> HttpResponse:
    """Keep a batch and say what became of it. Raises BadInput (no batch, or nothing good in it) and TooManyEvents."""
    try:
        judged = judge(request.body, _sender(request), now=clock.now())
    except NotABatch as error:
        raise BadInput(fields={"events": str(error)}) from None
    _refuse_too_many(request, len(judged.rows))
    fresh = recent.fresh(judged.rows)
    if fresh:
        spool.append_lines(lines_of(fresh), sync=settings.LOG_SYNC)
        recent.add(fresh)
        watching.tell(fresh)
    if judged.refusals and not judged.rows:
        raise BadInput(fields=_told(judged))
    return answer(202, _counted(judged, len(fresh)))


def _sender(request: HttpRequest) -> Sender:
    person_id, visitor_id = person_id_of(request), visitor_of(request)
    is_known = is_recognised(request) and bool(getattr(request.user, "personalised", True))
    return Sender(
        person_id=person_id,
        visitor_id=visitor_id if is_known else name_of_day(visitor_id),
        origin="app" if "Authorization" in request.headers else "page",
        is_recognised=is_known,
        share_token=request.COOKIES.get("gv_share", ""),
        device=device_of(request),
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
