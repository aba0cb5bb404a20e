"""Which word index serves: the one of the database in use."""

from collections.abc import Sequence
from types import ModuleType

from django.db import connection

from grapevine.discovery.index import postgres, sqlite
from grapevine.discovery.index.words import Asked, Words


def _serving() -> ModuleType:
    return postgres if connection.vendor == "postgresql" else sqlite


def put(rows: Sequence[Words]) -> None:
    """Index these documents anew."""
    if rows:
        _serving().put(rows)


def take(document_ids: Sequence[int]) -> None:
    """Forget these documents."""
    if document_ids:
        _serving().take(document_ids)


def find(asked: Asked) -> list[int]:
    """Object ids, best first; ties newest first."""
    if not asked.words:
        return []
    found: list[int] = _serving().find(asked)
    return found
