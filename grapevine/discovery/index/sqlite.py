"""The word index on SQLite: one FTS5 table whose row id is the document's."""

from collections.abc import Sequence

from django.db import connection

from grapevine.discovery.index.words import Asked, Words

TAKE = "DELETE FROM discovery_words WHERE rowid = %s"
PUT = "INSERT INTO discovery_words (rowid, title, body) VALUES (%s, %s, %s)"
FIND = """
SELECT document.object_id
FROM discovery_words JOIN discovery_document AS document ON document.id = discovery_words.rowid
WHERE discovery_words MATCH %s AND document.kind = %s AND (%s IS NULL OR document.shop_id = %s)
ORDER BY bm25(discovery_words, 6.0, 1.0) * document.ranking_bps, document.object_id DESC
LIMIT %s OFFSET %s
"""


def put(rows: Sequence[Words]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(TAKE, [(row.document_id,) for row in rows])
        cursor.executemany(
            PUT, [(row.document_id, " ".join(row.title), " ".join(row.body)) for row in rows]
        )


def take(document_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(TAKE, [(pk,) for pk in document_ids])


def find(asked: Asked) -> list[int]:
    match = (" AND " if asked.every else " OR ").join(f'"{word}"' for word in asked.words)
    with connection.cursor() as cursor:
        cursor.execute(
            FIND,
            [match, asked.kind, asked.shop_id, asked.shop_id, asked.limit, asked.offset],
        )
        return [row[0] for row in cursor.fetchall()]
