"""Facts of notes for the ranking heads: of candidates while a page is made, of what the log names while a model learns."""

from collections.abc import Collection, Iterable

from grapevine.discovery.models import GoodsEntry
from grapevine.discovery.rules.heads import Facts
from grapevine.kit import sql
from grapevine.scene import facade as scene

KINDS = ("goods", "category", "topic")
STEP = 500
FACTS = """
SELECT e.note_id, e.author_id, e.published_at, e.points, t.kind, t.key
FROM discovery_entry e
LEFT JOIN discovery_trait t ON t.note_id = e.note_id AND t.kind IN ('goods', 'category', 'topic')
WHERE e.note_id IN ({places}) ORDER BY e.note_id, t.kind, t.key
"""


def facts_of(note_ids: Collection[int]) -> dict[int, Facts]:
    """Facts of the indexed among these notes. One query."""
    wanted = sql.stepped(note_ids)
    if not wanted:
        return {}
    told: dict[int, list[tuple[str, str]]] = {}
    known: dict[int, tuple[int, float, int]] = {}
    rows = sql.rows(FACTS.format(places=sql.places(len(wanted))), wanted)
    for note_id, author_id, published_at, points, kind, key in rows:
        if note_id not in known:
            known[note_id] = author_id, sql.moment(published_at).timestamp(), points
        told.setdefault(note_id, []).append((kind, key))
    return {pk: Facts(pk, *known[pk], *(_keys(told[pk], kind) for kind in KINDS)) for pk in known}


def _keys(told: Collection[tuple[str, str]], kind: str) -> tuple[str, ...]:
    return tuple(key for of, key in told if of == kind)


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
