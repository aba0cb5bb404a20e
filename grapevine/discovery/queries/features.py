"""Facts of notes for the ranking heads: of candidates while a page is made, of what the log names while a model learns."""

from collections.abc import Collection, Iterable

from grapevine.discovery.models import Entry, GoodsEntry, Trait
from grapevine.discovery.rules.heads import Facts
from grapevine.scene import facade as scene

KINDS = ("goods", "category", "topic")
STEP = 500


def facts_of(note_ids: Collection[int]) -> dict[int, Facts]:
    """Facts of the indexed among these notes. Two queries."""
    told: dict[int, dict[str, list[str]]] = {}
    rows = Trait.objects.filter(note_id__in=note_ids, kind__in=KINDS).order_by(
        "note_id", "kind", "key"
    )
    for note_id, kind, key in rows.values_list("note_id", "kind", "key"):
        told.setdefault(note_id, {}).setdefault(kind, []).append(key)
    entries = Entry.objects.filter(note_id__in=note_ids)
    return {
        pk: Facts(
            pk, author_id, published_at.timestamp(), points,
            tuple(told.get(pk, {}).get("goods", ())), tuple(told.get(pk, {}).get("category", ())),
            tuple(told.get(pk, {}).get("topic", ())),
        )
        for pk, author_id, published_at, points in entries.values_list(
            "note_id", "author_id", "published_at", "points"
        )
    }  # fmt: skip


def facts_by_public_ids(public_ids: Iterable[str]) -> dict[str, Facts]:
    """The same under the names the log knows; what is gone is left out. Three queries for five hundred."""
    wanted = sorted(set(public_ids))
    found: dict[str, Facts] = {}
    for start in range(0, len(wanted), STEP):
        ids = scene.note_ids_of(wanted[start : start + STEP])
        facts = facts_of(list(ids.values()))
        found |= {public_id: facts[pk] for public_id, pk in ids.items() if pk in facts}
    return found


def goods_categories() -> dict[str, str]:
    """The category of every indexed goods that has one, by its id as tastes write it. One query."""
    rows = GoodsEntry.objects.exclude(category="")
    return {str(pk): category for pk, category in rows.values_list("goods_id", "category")}
