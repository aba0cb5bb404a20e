"""Finding notes, goods and shops by words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Count

from grapevine.discovery.contracts import Found, Kind, QueryTooLong
from grapevine.discovery.index import engine
from grapevine.discovery.index.words import Asked
from grapevine.discovery.models import Channelled, Document, SearchTerm
from grapevine.discovery.queries.wishes import (
    asked_names,
    unwanted_goods,
    unwanted_notes,
    unwanted_words,
)
from grapevine.discovery.rules.wishing import Words, not_asked_for
from grapevine.discovery.rules.words import QUERY_LENGTH_MAX, pairs, query_words
from grapevine.goods import facade as goods
from grapevine.kit.paging import BadCursor, clamp, decode_cursor, encode_cursor
from grapevine.people import facade as people
from grapevine.scene import facade as scene

DEPTH_MAX = 500
HISTORY_MAX = 10
SUGGESTIONS_MAX = 8
PEOPLE_PART = 900


def search(
    *,
    query: str,
    kind: Kind = Kind.NOTE,
    shop_id: int | None = None,
    cursor: str = "",
    limit: int | None = None,
    viewer_id: int | None = None,
    steered_by: int | None = None,
) -> Found:
    """One page of what holds every word; where nothing does, what holds any (`widened`).

    Inside a shop only that shop's. At most 500 deep. `steered_by`: whose words keep things out, but for what they now ask
    for by name. Raises QueryTooLong, BadCursor.
    """
    if len(query) > QUERY_LENGTH_MAX:
        raise QueryTooLong
    offset, mode = decode_cursor(cursor, [int, int]) if cursor else (0, 0)
    ways = _ways(query)
    if not 0 <= offset <= DEPTH_MAX or not 0 <= mode < max(len(ways), 1):
        raise BadCursor
    size = clamp(limit)
    ids: list[int] = []
    words: Sequence[str] = ()
    while mode < len(ways):
        words, every = ways[mode]
        ids = engine.find(
            Asked(words, kind.value, shop_id, every=every, limit=size + 1, offset=offset)
        )
        if ids or cursor or mode == len(ways) - 1:
            break
        mode += 1
    more = len(ids) > size and offset + size < DEPTH_MAX
    after = encode_cursor(offset + size, mode) if more else None
    widened = mode == len(ways) - 1 and mode > 0
    said = unwanted_words(steered_by) if steered_by is not None and ids else set()
    unwanted = not_asked_for(said, asked_names(query))
    found = _cards(kind, ids[:size], viewer_id, after, (widened, query_words(query)))
    return _without(found, unwanted, in_shop=shop_id is not None)


def _without(found: Found, words: Words, *, in_shop: bool) -> Found:
    """What the reader does not want is left out; a page is then shorter."""
    notes = unwanted_notes(found.notes, words)
    sold = unwanted_goods({card.id: card for card in found.goods}, words, in_shop=in_shop)
    shops = {key for kind, key in words if kind == "shop" and not in_shop}
    return replace(
        found,
        notes=[card for card in found.notes if card.id not in notes],
        goods=[card for card in found.goods if card.id not in sold],
        shops=[shop for shop in found.shops if str(shop.id) not in shops],
    )


def _ways(query: str) -> list[tuple[Sequence[str], bool]]:
    """How to ask, strictest first: every word; every pair of characters; any of them."""
    words = query_words(query)
    if not words:
        return []
    split = [part for word in words for part in (pairs(word) or [word])]
    found: list[tuple[Sequence[str], bool]] = [(words, True)]
    if split != words:
        found.append((list(dict.fromkeys(split)), True))
    if len(set(words + split)) > 1:
        found.append((list(dict.fromkeys(words + split)), False))
    return found


def _cards(
    kind: Kind, ids: Sequence[int], viewer_id: int | None, after: str | None,
    how: tuple[bool, Sequence[str]],
) -> Found:  # fmt: skip
    widened, words = how
    widened = widened and bool(ids)
    if kind == Kind.NOTE:
        hidden = people.blocked_ids(viewer_id) if viewer_id is not None and ids else set()
        cards = scene.note_cards(ids)
        notes = [cards[pk] for pk in ids if pk in cards and cards[pk].author.id not in hidden]
        return Found(kind, notes=notes, next_cursor=after, widened=widened, words=words)
    if kind == Kind.GOODS:
        sold = goods.goods_cards(ids)
        found = [sold[pk] for pk in ids if pk in sold and sold[pk].on_sale]
        return Found(kind, goods=found, next_cursor=after, widened=widened, words=words)
    shops = goods.shops(ids)
    open_ = [shops[pk] for pk in ids if pk in shops]
    return Found(kind, shops=open_, next_cursor=after, widened=widened, words=words)


def history_of(person_id: int | None) -> list[str]:
    """The person's last ten searches, newest first."""
    if person_id is None:
        return []
    rows = SearchTerm.objects.filter(person_id=person_id).order_by("-at", "-id")
    return list(rows.values_list("query", flat=True)[:HISTORY_MAX])


def hot_words() -> list[str]:
    """Names worth a tap: the topics and categories most notes are about."""
    rows = Channelled.objects.order_by("-notes", "name")
    return list(rows.values_list("name", flat=True)[:SUGGESTIONS_MAX])


def suggestions(query: str) -> list[str]:
    """Names and titles that go on as the typed text does; at most eight."""
    typed = query.strip()[:QUERY_LENGTH_MAX]
    if not typed:
        return []
    names = Channelled.objects.filter(name__startswith=typed).order_by("-notes")
    found = list(names.values_list("name", flat=True)[:SUGGESTIONS_MAX])
    words = query_words(typed)
    for kind in (Kind.GOODS, Kind.SHOP, Kind.NOTE):
        if len(found) < SUGGESTIONS_MAX:
            ids = engine.find(
                Asked(words, kind.value, None, every=True, limit=SUGGESTIONS_MAX, offset=0)
            )
            rows = Document.objects.filter(kind=kind, object_id__in=ids)
            found += rows.values_list("title", flat=True)
    return list(dict.fromkeys(found))[:SUGGESTIONS_MAX]


def chips() -> list[tuple[str, str]]:
    """(kind, name) of the channels above the feed: categories first, then topics."""
    rows = Channelled.objects.order_by("kind", "-notes", "name")
    return list(rows.values_list("kind", "name"))


def searched_by(
    person_ids: Sequence[int], since: datetime, *, least: int, limit: int = 200
) -> list[tuple[str, int]]:
    """Words that at least so many of these people searched for since then, and how many; the most wanted first.

    From the histories people keep: what somebody deleted no longer counts.
    """
    counts: dict[str, int] = {}
    for at in range(0, len(person_ids), PEOPLE_PART):
        part = list(person_ids[at : at + PEOPLE_PART])
        rows = SearchTerm.objects.filter(person_id__in=part, at__gte=since).values_list("query")
        for query, count in rows.annotate(n=Count("person_id")).order_by():
            clean = query.strip().lower()
            counts[clean] = counts.get(clean, 0) + count
    wanted = [(query, count) for query, count in counts.items() if count >= least]
    return sorted(wanted, key=lambda pair: (-pair[1], pair[0]))[:limit]
