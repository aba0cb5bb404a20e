"""Needs nobody spoke of: goods by the words a person writes and reads, whether they are called so or notes speak of them so."""

from collections.abc import Iterable, Mapping

from grapevine.discovery.queries.ties import Chosen, Ties, chosen_of, tied_part
from grapevine.discovery.rules.tasting import strongest
from grapevine.kit import sql

WORDS_MAX = 12
GOODS_PER_WORD, NOTES_PER_WORD = 20, 8
SPOKEN = 0.4
"""What a word is worth by which a note that shows the goods was found, against one of the goods' own name."""

CALLED = """
SELECT * FROM (
    SELECT 'called' AS how, word, goods_id AS who, 0.0 AS weight, CAST(NULL AS TIMESTAMPTZ) AS at FROM discovery_goodsword
    WHERE word = %s ORDER BY goods_id DESC LIMIT %s
) AS called
"""

TOLD = """
SELECT 'told' AS how, w.key AS word, CAST(g.key AS BIGINT) AS who, 0.0 AS weight, CAST(NULL AS TIMESTAMPTZ) AS at
FROM (
    SELECT t.note_id, t.key FROM discovery_trait AS t
    JOIN discovery_entry AS e ON e.note_id = t.note_id
    WHERE t.kind = 'word' AND t.key = %s AND e.author_id <> %s
    ORDER BY t.note_id DESC LIMIT %s
) AS w JOIN discovery_trait AS g ON g.note_id = w.note_id AND g.kind = 'goods'
"""


def needs_part(person_id: int, words: Mapping[str, float]) -> tuple[str, list[object]]:
    """Goods that are called by these words or shown by others' notes that have them: rows (how, word, goods, …).

    What the person wrote themself brings no goods: they know those.
    """
    keys = strongest(words, WORDS_MAX)
    text = " UNION ALL ".join([CALLED] * len(keys) + [TOLD] * len(keys))
    params: list[object] = [value for key in keys for value in (key, GOODS_PER_WORD)]
    params += [value for key in keys for value in (key, person_id, NOTES_PER_WORD)]
    return text, params


def goods_by_words(
    words: Mapping[str, float], rows: Iterable[tuple[str, str, int]]
) -> dict[int, float]:
    """Goods by what their words are worth to this person: each word once a goods, its own name before what notes say."""
    worth: dict[tuple[int, str], float] = {}
    for how, word, goods_id in rows:
        value = words[word] * (1.0 if how == "called" else SPOKEN)
        worth[goods_id, word] = max(worth.get((goods_id, word), 0.0), value)
    found: dict[int, float] = {}
    for (goods_id, _word), value in worth.items():
        found[goods_id] = found.get(goods_id, 0.0) + value
    return found


def chosen_and_needed(
    person_id: int, ties: Ties, words: Mapping[str, float]
) -> tuple[Chosen, dict[int, float]]:
    """What tied people chose, and goods by words. One query, none without ties and words."""
    asked = [tied_part(ties)] if ties.weights else []
    asked += [needs_part(person_id, words)] if words else []
    rows = (
        sql.rows(
            " UNION ALL ".join(text for text, _ in asked),
            [value for _, params in asked for value in params],
        )
        if asked
        else []
    )
    chosen = chosen_of(ties, [row[1:] for row in rows if row[0] == "tied"])
    return chosen, goods_by_words(words, [row[:3] for row in rows if row[0] != "tied"])
