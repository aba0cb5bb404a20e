"""What operators look at: flags and hidden reviews."""

from grapevine.care.contracts import FlagView, ReviewView
from grapevine.care.models import Flag, FlaggedReview, HidingAct, Standing
from grapevine.care.queries.reviews import reviews_by_id, views
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

SAMPLE = 8
"""How many reviews of a flag its row shows."""


def flags(
    state: str = "open", cursor: str | None = None, limit: int | None = None
) -> Page[FlagView]:
    """Bursts in this state, the newest first, each with a few of its reviews."""
    size = clamp(limit)
    rows = Flag.objects.filter(state=state).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    inside: dict[int, list[int]] = {}
    pairs = FlaggedReview.objects.filter(flag__in=found[:size]).order_by("review_id")
    for flag_id, review_id in pairs.values_list("flag_id", "review_id"):
        inside.setdefault(flag_id, []).append(review_id)
    known = reviews_by_id(pk for own in inside.values() for pk in own)
    items = [
        FlagView(
            one.public_id, one.kind, one.shop_id, one.at, one.state, one.reason,
            tuple(known[pk] for pk in inside.get(one.pk, ())),
        )
        for one in found[:size]
    ]  # fmt: skip
    return Page(items, more)


def hidden_reviews(
    cursor: str | None = None, limit: int | None = None, *, appealed: bool = False
) -> Page[ReviewView]:
    """Reviews hidden for a legal reason, the newest first; only those whose writer appealed, if asked."""
    size = clamp(limit)
    rows = Standing.objects.filter(is_hidden=True).select_related("review").order_by("-pk")
    if appealed:
        waiting = HidingAct.objects.filter(kind="appealed").values_list("review_id", "number")
        later = {(pk, n) for pk, n in HidingAct.objects.filter(kind__in=["upheld", "lifted"]).values_list("review_id", "number")}  # fmt: skip
        rows = rows.filter(pk__in=[pk for pk, n in waiting if (pk, n + 1) not in later])
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(views(found[:size]), more)
