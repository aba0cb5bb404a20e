"""A person's notices over the API: reading them, marking them as read, and choosing how one is told."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me
from grapevine.reach import actions, queries
from grapevine.reach.contracts import NoticeView

router = Router(tags=["notices"])
Answer = dict[str, Any]


class ChoicesIn(Schema):
    """`ways`: kind → off, site or mail; kinds that are not named stay as they are."""

    ways: dict[str, Literal["off", "site", "mail"]] = Field(max_length=100)


def _notice(one: NoticeView) -> Answer:
    return {
        "public_id": one.public_id, "kind": one.kind, "topic": one.topic, "text": one.text,
        "url": one.url, "at": one.at, "is_read": one.is_read,
    }  # fmt: skip


def _page(
    request: HttpRequest, shop: ShopCard | None, topic: str, cursor: str | None, limit: int | None,
    *, unread: bool,
) -> Answer:  # fmt: skip
    page = queries.inbox(
        me(request), shop, topic=topic[:20], only_unread=unread, cursor=cursor, limit=limit
    )
    return {"items": [_notice(one) for one in page.items], "next_cursor": page.next_cursor}


def _desk(request: HttpRequest, slug: str) -> ShopCard:
    return goods.shop_for_staff(me(request), slug, Right.TODAY)


@router.get("/me/notices", response=ListOut[Answer], auth=signed_in)
def my_notices(
    request: HttpRequest, topic: str = "", unread: bool = False,  # noqa: FBT001, FBT002  a query's own
    cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """Your notices, newest first, in your language; `unread` leaves out what you read."""
    return _page(request, None, topic, cursor, limit, unread=unread)


@router.get("/me/notices/count", response=Answer, auth=signed_in)
def count_notices(request: HttpRequest) -> Any:
    """How many you did not read, counted to 100."""
    return {"unread": queries.unread(me(request), None)}


@router.put("/me/notices/reading", response=Answer, auth=signed_in)
@once
def read_notices(request: HttpRequest) -> Any:
    """You read all of them; `read` is how many you had not."""
    return {"read": actions.mark_all_read(person_id=me(request), shop_id=None)}


@router.put("/me/notices/{public_id}/reading", response={204: None}, auth=signed_in)
@once
def read_notice(request: HttpRequest, public_id: str) -> Status[None]:
    """You read this one, of your own inbox or of a shop's you work in."""
    actions.mark_read(person_id=me(request), public_id=public_id)
    return Status(204, None)


@router.get("/me/notice-choices", response=ListOut[Answer], auth=signed_in)
def notice_choices(request: HttpRequest) -> Any:
    """Every kind you can meet, and how it reaches you: off, site, or site and mail."""
    rows = [
        {"kind": one.kind, "label": one.label, "topic": one.topic, "way": one.way, "hint": one.hint}
        for one in queries.choices(me(request))
    ]
    return {"items": rows}


@router.patch("/me/notice-choices", response=ListOut[Answer], auth=signed_in)
@once
def choose_notices(request: HttpRequest, body: ChoicesIn) -> Any:
    """Choose for some kinds how they reach you; kinds that nobody knows are left aside."""
    actions.choose(person_id=me(request), ways=body.ways)
    return notice_choices(request)


@router.get("/shops/{slug}/notices", response=ListOut[Answer], auth=signed_in)
def shop_notices(
    request: HttpRequest, slug: str, topic: str = "", unread: bool = False,  # noqa: FBT001, FBT002
    cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """What you were told as staff of a shop, as far as your role goes; everybody reads their own."""
    return _page(request, _desk(request, slug), topic, cursor, limit, unread=unread)


@router.put("/shops/{slug}/notices/reading", response=Answer, auth=signed_in)
@once
def read_shop_notices(request: HttpRequest, slug: str) -> Any:
    """You read all that you were told as staff of this shop."""
    return {"read": actions.mark_all_read(person_id=me(request), shop_id=_desk(request, slug).id)}
