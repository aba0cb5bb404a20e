"""Which word index serves: the one of the database in use."""

from collections.abc import Sequence

from django.db import connection

from grapevine.discovery.index import postgres, sqlite
from grapevine.discovery.index.words import Asked, Words


def put(rows: Sequence[Words]) -> None:
    """Index these documents anew."""
    if rows:
        (postgres if connection.vendor == "postgresql" else sqlite).put(rows)


def take(document_ids: Sequence[int]) -> None:
    """Forget these documents."""
    if document_ids:
        (postgres if connection.vendor == "postgresql" else sqlite).take(document_ids)


def find(asked: Asked) -> list[int]:
    """Object ids, best first; ties newest first."""
    if not asked.words:
        return []
    return (postgres if connection.vendor == "postgresql" else sqlite).find(asked)
