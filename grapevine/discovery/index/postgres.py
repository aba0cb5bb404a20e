"""The word index on PostgreSQL: a tsvector column with GIN, filled without the server's parser.

The parser's idea of a letter depends on the locale the cluster was made with, so that Chinese may
be dropped; vectors and queries are therefore written as literals from words already cut.
"""

from collections.abc import Sequence

from django.db import connection

from grapevine.discovery.index.words import Asked, Words

POSITION_MAX = 16_383
TAKE = "DELETE FROM discovery_words WHERE document_id = ANY(%s)"
PUT = """
INSERT INTO discovery_words (document_id, words) VALUES (%s, %s::tsvector)
ON CONFLICT (document_id) DO UPDATE SET words = EXCLUDED.words
"""
FIND = """
SELECT document.object_id
FROM discovery_words AS held JOIN discovery_document AS document ON document.id = held.document_id
WHERE held.words @@ %s::tsquery AND document.kind = %s
  AND (%s::bigint IS NULL OR document.shop_id = %s)
ORDER BY ts_rank(held.words, %s::tsquery) * document.ranking_bps DESC, document.object_id DESC
LIMIT %s OFFSET %s
"""


def _vector(row: Words) -> str:
    """`'word':1A` for the title, `'word':2D` for the rest; words hold letters and digits only."""
    places: dict[str, list[str]] = {}
    told = [(word, "A") for word in row.title] + [(word, "D") for word in row.body]
    for position, (word, weight) in enumerate(told, 1):
        if position > POSITION_MAX:
            break
        places.setdefault(word, []).append(f"{position}{weight}")
    return " ".join(f"'{word}':{','.join(where[:255])}" for word, where in places.items())


def put(rows: Sequence[Words]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(PUT, [(row.document_id, _vector(row)) for row in rows])


def take(document_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [list(document_ids)])


def find(asked: Asked) -> list[int]:
    query = (" & " if asked.every else " | ").join(f"'{word}'" for word in asked.words)
    with connection.cursor() as cursor:
        cursor.execute(
            FIND,
            [query, asked.kind, asked.shop_id, asked.shop_id, query, asked.limit, asked.offset],
        )
        return [row[0] for row in cursor.fetchall()]
