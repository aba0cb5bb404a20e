"""What a person said of what they are shown, as lists read it and as the person sees it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.urls import reverse

from grapevine.discovery.contracts import NothingToSteer, WishView
from grapevine.discovery.models import FeedSession, GoodsWord, TagWord, Trait
from grapevine.discovery.rules.tasting import TAG_KINDS
from grapevine.discovery.rules.wishing import WISH_KINDS, Words, is_unwanted
from grapevine.discovery.rules.words import cut_words, normal
from grapevine.goods import facade as goods
from grapevine.kit.errors import NotFound
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteCard

TRAITS = ("goods", "shop", "category", "topic")
WISHES_MAX = 600


class Sold(Protocol):
    """Goods as far as words of people reach."""

    @property
    def shop_id(self) -> int: ...
    @property
    def category(self) -> str: ...


def unwanted_words(person_id: int) -> set[tuple[str, str]]:
    """(kind, key) of what this person does not want. One query."""
    rows = TagWord.objects.filter(person_id=person_id, is_wanted=False)
    return set(rows.values_list("kind", "key"))


def unwanted_notes(cards: Collection[NoteCard], words: Words) -> set[int]:
    """Those of the notes that the words keep out. One query, none without words."""
    if not words or not cards:
        return set()
    pairs = {card.id: [("note", str(card.id)), ("author", str(card.author.id))] for card in cards}
    rows = Trait.objects.filter(note_id__in=pairs, kind__in=TRAITS)
    for note_id, kind, key in rows.values_list("note_id", "kind", "key"):
        pairs[note_id].append((kind, key))
    return {pk for pk, told in pairs.items() if is_unwanted(words, told)}


def unwanted_goods(sold: Mapping[int, Sold], words: Words, *, in_shop: bool = False) -> set[int]:
    """Those of the goods (by id) that the words keep out; inside a shop, where one goes by oneself, only goods said by name.

    A topic keeps out goods that are called by it, or whose category it is. One query, none without a topic.
    """
    if not words:
        return set()
    if in_shop:
        return {pk for pk in sold if ("goods", str(pk)) in words}
    topics = {normal(key) for kind, key in words if kind == "topic"}
    called = GoodsWord.objects.filter(goods_id__in=list(sold), word__in=topics) if topics else None
    found = set(called.values_list("goods_id", flat=True)) if called is not None else set()
    for pk, one in sold.items():
        told = [
            ("goods", str(pk)), ("shop", str(one.shop_id)), ("category", one.category),
            ("topic", one.category),
        ]  # fmt: skip
        if is_unwanted(words, told):
            found.add(pk)
    return found


def asked_names(query: str) -> set[str]:
    """Names that somebody may mean by this: the whole, and each word of it."""
    return {query.strip(), *query.split(), *cut_words(query)}


def inner_key(kind: str, key: str) -> str:
    """What a thing is kept under, by its public name. Raises NothingToSteer where there is none."""
    key = key.strip()[:60]
    if kind in TAG_KINDS and key:
        return key
    try:
        match kind:
            case "note":
                found = scene.note_id_of(key)
            case "goods":
                found = goods.goods_by_public_id(key).id
            case "author":
                found = people.card_by_handle(key).id
            case "shop":
                found = goods.shop_by_slug(key).id
            case _:
                found = 0
    except NotFound:
        found = 0
    if not found:
        raise NothingToSteer
    return str(found)


def brought_by(person_id: int, note_id: int) -> str:
    """The channel that brought this note into the person's newest feed with it, "" if none did. One query."""
    rows = FeedSession.objects.filter(person_id=person_id).order_by("-created_at")
    for places in rows.values_list("places", flat=True):
        for place in places:
            if place[0] == note_id:
                return str(place[1])
    return ""


def wishes_of(person_id: int) -> list[WishView]:
    """Everything the person said, the newest first; what is gone from the house is left out. Five queries."""
    rows = list(
        TagWord.objects.filter(person_id=person_id, kind__in=WISH_KINDS).order_by("-at", "-id")
        .values_list("kind", "key", "is_wanted", "at")[:WISHES_MAX]
    )  # fmt: skip
    named = _named(rows)
    return [
        WishView(kind, named[kind, key][0], is_wanted, named[kind, key][1], at, named[kind, key][2])
        for kind, key, is_wanted, at in rows
        if (kind, key) in named
    ]


def _named(rows: Sequence[Sequence[Any]]) -> dict[tuple[str, str], tuple[str, str, str]]:
    """(kind, key) → public name, label, address."""
    ids = {kind: _ids(rows, kind) for kind in WISH_KINDS}
    found = {
        (kind, key): (key, f"#{key}" if kind == "topic" else key, _tag_url(kind, key))
        for kind, key, *_ in rows
        if kind in TAG_KINDS
    }
    for pk, note in scene.note_cards(ids["note"]).items() if ids["note"] else ():
        url = reverse("scene:note", args=[note.public_id])
        found["note", str(pk)] = note.public_id, note.title, url
    for pk, card in goods.goods_cards(ids["goods"]).items() if ids["goods"] else ():
        url = reverse("goods:goods", args=[card.public_id])
        found["goods", str(pk)] = card.public_id, card.title, url
    for pk, person in people.cards(ids["author"]).items() if ids["author"] else ():
        url = reverse("people:profile", args=[person.handle])
        found["author", str(pk)] = person.handle, person.name, url
    for pk, shop in goods.shops(ids["shop"]).items() if ids["shop"] else ():
        found["shop", str(pk)] = shop.slug, shop.name, reverse("goods:shop", args=[shop.slug])
    return found


def _ids(rows: Iterable[Sequence[Any]], kind: str) -> list[int]:
    return [int(key) for of, key, *_ in rows if of == kind and key.isdigit()]


def _tag_url(kind: str, key: str) -> str:
    return reverse("scene:topic", args=[key]) if kind == "topic" and "/" not in key else ""


def wishes_about(person_id: int, things: Sequence[tuple[str, str]]) -> list[WishView]:
    """What the person said of these, by public name, the newest first."""
    wanted = set(things)
    return [one for one in wishes_of(person_id) if (one.kind, one.key) in wanted]
