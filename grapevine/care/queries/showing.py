"""Show-orders as pages show them."""

from collections.abc import Sequence

from grapevine.care.contracts import ShownView
from grapevine.care.models import ShowOrder
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.scene import facade as scene


def _views(rows: Sequence[ShowOrder]) -> list[ShownView]:
    """Those whose note is out; one taken back or in review is missing."""
    cards = scene.note_cards([row.note_id for row in rows]) if rows else {}
    return [
        ShownView(cards[row.note_id], row.goods_id, row.views, row.orders)
        for row in rows
        if row.note_id in cards
    ]


def shown_of_goods(goods_id: int, limit: int = 6) -> list[ShownView]:
    """The newest show-orders of goods."""
    return _views(list(ShowOrder.objects.filter(goods_id=goods_id).order_by("-pk")[:limit]))


def shown_of_shop(
    shop_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[ShownView]:
    """A shop's show-orders with what they brought, the newest first."""
    size = clamp(limit)
    rows = ShowOrder.objects.filter(shop_id=shop_id).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(_views(found[:size]), more)


def is_verified(note_id: int) -> bool:
    """Whether the note is about something its writer bought and received."""
    return ShowOrder.objects.filter(note_id=note_id).exists()
