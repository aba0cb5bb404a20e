"""Keeping the index true: notes, goods and shops come, change and go."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from django.db import transaction

from grapevine.care import facade as care
from grapevine.discovery.actions.trying import open_trials
from grapevine.discovery.contracts import Kind
from grapevine.discovery.index import engine
from grapevine.discovery.index.words import Words
from grapevine.discovery.models import (
    Document,
    Entry,
    GoodsEntry,
    GoodsWord,
    Mark,
    Popular,
    Trait,
    Trending,
    Trial,
)
from grapevine.discovery.rules.phrasing import keywords
from grapevine.discovery.rules.places import coarse
from grapevine.discovery.rules.tasting import POINTS
from grapevine.discovery.rules.vectors import packed
from grapevine.discovery.rules.words import index_words, title_words
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, ShopCard
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteIndexRow

BATCH = 500
TOPIC_WEIGHT, WORDS_WEIGHT = 1.0, 1.5
"""Against a category, which weighs one; all words of a note together."""
WORDED = "words of goods"


def index_notes(note_ids: Iterable[int]) -> None:
    """Index these notes anew; one that is no longer out is forgotten."""
    wanted = sorted(set(note_ids))
    for start in range(0, len(wanted), BATCH):
        _index_notes(wanted[start : start + BATCH])


@transaction.atomic
def _index_notes(wanted: Sequence[int]) -> None:
    rows = scene.index_rows(wanted)
    forget_notes(sorted(set(wanted) - {row.id for row in rows}))
    tagged = goods.goods_cards(set(chain.from_iterable(row.goods_ids for row in rows)))
    words = {row.id: _words(row, tagged) for row in rows}
    Entry.objects.bulk_create(
        [
            Entry(
                note_id=row.id,
                author_id=row.author_id,
                published_at=row.published_at,
                points=_points(row.likes, row.collects, row.comments),
                category=_category(row, tagged)[:60],
                shop_id=next((card.shop_id for card in _cards(row, tagged)), 0),
                region=coarse(row.region),
                vector=_vector(row, tagged, words[row.id]),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["note_id"],
        update_fields=[
            "author_id", "published_at", "points", "category", "shop_id", "region", "vector",
        ],
    )  # fmt: skip
    Trait.objects.filter(note_id__in=[row.id for row in rows]).delete()
    Trait.objects.bulk_create(
        [
            Trait(note_id=row.id, kind=kind, key=key[:60])
            for row in rows
            for kind, key in [*_traits(row, tagged), *(("word", word) for word in words[row.id])]
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    open_trials([(row.id, row.author_id, row.published_at) for row in rows])
    _put_documents(
        Kind.NOTE,
        [(row.id, _only_shop(row, tagged), row.title, _note_text(row, tagged)) for row in rows],
    )


def recount_notes(note_ids: Sequence[int]) -> None:
    """Set the heat of these notes from their counts; their words and traits stay. Three queries."""
    counts = scene.counts_of(note_ids)
    rows = list(Entry.objects.filter(note_id__in=counts))
    for row in rows:
        row.points = _points(*counts[row.note_id])
    Entry.objects.bulk_create(
        [
            Entry(
                note_id=row.note_id,
                author_id=row.author_id,
                published_at=row.published_at,
                points=row.points,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["note_id"],
        update_fields=["points"],
    )


def _points(likes: int, collects: int, comments: int) -> int:
    return likes * POINTS["like"] + collects * POINTS["collect"] + comments * POINTS["comment"]


def measure_bare() -> int:
    """Index anew some of the notes that were indexed before notes had vectors; how many."""
    bare = Entry.objects.filter(vector=b"").order_by("-id").values_list("note_id", flat=True)
    ids = list(bare[:BATCH])
    index_notes(ids)
    return len(ids)


def _cards(row: NoteIndexRow, tagged: Mapping[int, GoodsCard]) -> list[GoodsCard]:
    return [tagged[goods_id] for goods_id in row.goods_ids if goods_id in tagged]


def _category(row: NoteIndexRow, tagged: Mapping[int, GoodsCard]) -> str:
    """What a page is mixed by: the category of the first goods, or else the first topic."""
    names = [card.category for card in _cards(row, tagged) if card.category]
    return next(iter([*names, *row.topics]), "")


def _words(row: NoteIndexRow, tagged: Mapping[int, GoodsCard]) -> dict[str, float]:
    names = [*row.topics, *(card.title for card in _cards(row, tagged))]
    return keywords(row.title, row.body, names)


def _vector(
    row: NoteIndexRow, tagged: Mapping[int, GoodsCard], words: Mapping[str, float]
) -> bytes:
    """Subject before words: a note of the same category and topic is near, whatever it says."""
    parts = {f"topic:{name}": TOPIC_WEIGHT for name in row.topics}
    parts |= {f"category:{card.category}": 1.0 for card in _cards(row, tagged) if card.category}
    total = sum(words.values()) or 1.0
    parts |= {f"word:{word}": WORDS_WEIGHT * weight / total for word, weight in words.items()}
    return packed(parts)


def _traits(row: NoteIndexRow, tagged: dict[int, GoodsCard]) -> list[tuple[str, str]]:
    cards = [tagged[goods_id] for goods_id in row.goods_ids if goods_id in tagged]
    found = [("goods", str(card.id)) for card in cards]
    found += [("shop", str(card.shop_id)) for card in cards]
    found += [("category", card.category) for card in cards if card.category]
    found += [("topic", name) for name in row.topics]
    return list(dict.fromkeys(found))


def _only_shop(row: NoteIndexRow, tagged: dict[int, GoodsCard]) -> int | None:
    """The shop whose search may show the note: all its goods are that shop's."""
    shops = {tagged[goods_id].shop_id for goods_id in row.goods_ids if goods_id in tagged}
    return shops.pop() if len(shops) == 1 else None


def _note_text(row: NoteIndexRow, tagged: dict[int, GoodsCard]) -> str:
    titles = [tagged[goods_id].title for goods_id in row.goods_ids if goods_id in tagged]
    return "\n".join([*row.topics, row.body, *titles])


@transaction.atomic
def forget_notes(note_ids: Sequence[int]) -> None:
    """Drop these notes from recall and search."""
    if not note_ids:
        return
    for model in (Entry, Trait, Popular, Trending, Trial):
        model.objects.filter(note_id__in=note_ids).delete()
    _drop_documents(Kind.NOTE, note_ids)


def index_goods(goods_ids: Iterable[int]) -> None:
    """Index these goods anew; what is not on sale is forgotten."""
    wanted = sorted(set(goods_ids))
    for start in range(0, len(wanted), BATCH):
        _index_goods(wanted[start : start + BATCH])


@transaction.atomic
def _index_goods(wanted: Sequence[int]) -> None:
    cards = [card for card in goods.goods_cards(wanted).values() if card.on_sale]
    gone = sorted(set(wanted) - {card.id for card in cards})
    GoodsEntry.objects.filter(goods_id__in=gone).delete()
    _put_words(cards, wanted)
    _drop_documents(Kind.GOODS, gone)
    ranks = _ranks(card.shop_id for card in cards)
    GoodsEntry.objects.bulk_create(
        [
            GoodsEntry(
                goods_id=card.id,
                shop_id=card.shop_id,
                category=card.category[:60],
                points=card.sold,
                ranking_bps=ranks[card.shop_id],
            )
            for card in cards
        ],
        update_conflicts=True,
        unique_fields=["goods_id"],
        update_fields=["shop_id", "category", "points", "ranking_bps"],
    )
    _put_documents(
        Kind.GOODS,
        [
            (card.id, card.shop_id, card.title, f"{card.category}\n{card.shop_name}")
            for card in cards
        ],
        ranks,
    )


def _put_words(cards: Sequence[GoodsCard], wanted: Sequence[int]) -> None:
    """The words of these goods anew; of those that are not on sale none."""
    GoodsWord.objects.filter(goods_id__in=wanted).delete()
    GoodsWord.objects.bulk_create(
        [
            GoodsWord(goods_id=card.id, word=word)
            for card in cards
            for word in keywords(card.title, card.category)
        ],
        batch_size=BATCH,
    )


@transaction.atomic
def word_goods() -> int:
    """Words of some of the goods that were indexed before goods had any; how many. Nothing once all were gone through."""
    mark, _is_new = Mark.objects.get_or_create(name=WORDED)
    rows = GoodsEntry.objects.filter(pk__gt=mark.place).order_by("pk")
    found = list(rows.values_list("pk", "goods_id")[:BATCH])
    if found:
        _put_words(
            list(goods.goods_cards([pk for _, pk in found]).values()), [pk for _, pk in found]
        )
        Mark.objects.filter(name=WORDED).update(place=found[-1][0])
    return len(found)


def _ranks(shop_ids: Iterable[int]) -> dict[int, int]:
    return {pk: effect.ranking_bps for pk, effect in care.effects_of(shop_ids).items()}


@transaction.atomic
def rank_shop(shop_id: int) -> None:
    """The shop's rating changed: its goods move in search and recommendation."""
    bps = _ranks([shop_id])[shop_id]
    GoodsEntry.objects.filter(shop_id=shop_id).update(ranking_bps=bps)
    Document.objects.filter(shop_id=shop_id, kind=Kind.GOODS).update(ranking_bps=bps)


@transaction.atomic
def index_shops(shops: Sequence[ShopCard]) -> None:
    _put_documents(
        Kind.SHOP, [(shop.id, shop.id, shop.name, f"{shop.slug}\n{shop.bio}") for shop in shops]
    )


def _put_documents(
    kind: Kind,
    rows: Sequence[tuple[int, int | None, str, str]],
    ranks: Mapping[int, int] | None = None,
) -> None:
    """Rows of (object id, shop id, title, other text); `ranks`: shop id → what its score is multiplied by."""
    if not rows:
        return
    Document.objects.bulk_create(
        [
            Document(
                kind=kind,
                object_id=object_id,
                shop_id=shop_id,
                title=title[:200],
                ranking_bps=(ranks or {}).get(shop_id or 0, 10_000),
            )
            for object_id, shop_id, title, _text in rows
        ],
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["shop_id", "title", "ranking_bps"],
    )
    held = Document.objects.filter(kind=kind, object_id__in=[row[0] for row in rows])
    ids = dict(held.values_list("object_id", "id"))
    engine.put(
        [
            Words(ids[object_id], title_words(title), index_words(text))
            for object_id, _shop_id, title, text in rows
        ]
    )


def _drop_documents(kind: Kind, object_ids: Sequence[int]) -> None:
    rows = Document.objects.filter(kind=kind, object_id__in=object_ids)
    ids = list(rows.values_list("id", flat=True))
    if ids:
        engine.take(ids)
        Document.objects.filter(pk__in=ids).delete()
