"""What one wants to see and does not want to see, over the API: the same doors as on the pages."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from grapevine.discovery import facade
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["discovery"])
WishKind = Literal["note", "goods", "author", "shop", "topic", "category"]


class WishIn(Schema):
    """`key`: a note's or goods' id, a person's handle, a shop's slug, a name. `channel`: which brought the goods, if known."""

    key: str
    wanted: bool = False
    channel: str = ""


class WishOut(Schema):
    kind: str
    key: str
    wanted: bool
    label: str
    at: datetime


@router.get("/interests", auth=signed_in, response=ListOut[WishOut])
def read_interests(request: HttpRequest) -> dict[str, Any]:
    """What you said you want to see, or do not; the newest first. The switch for personalisation is `PATCH /me`."""
    items = [
        WishOut(kind=one.kind, key=one.key, wanted=one.is_wanted, label=one.label, at=one.at)
        for one in facade.wishes_of(me(request))
    ]
    return {"items": items, "next_cursor": None}


@router.put("/interests/{kind}", auth=signed_in, response={204: None})
@once
def say_interest(request: HttpRequest, kind: WishKind, body: WishIn) -> Status[None]:
    """Say that you want more like this, or do not want it; it holds from the next page on, of feed, search and goods."""
    facade.wish(
        person_id=me(request), kind=kind, key=body.key, is_wanted=body.wanted, channel=body.channel
    )
    return Status(204, None)


@router.delete("/interests/{kind}", auth=signed_in, response={204: None})
@once
def take_back_interest(request: HttpRequest, kind: WishKind, key: str) -> Status[None]:
    """Take back what you said of it."""
    facade.take_back(person_id=me(request), kind=kind, key=key)
    return Status(204, None)
