"""Which imported row became which row here. Everything is asked for a batch at a time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from grapevine.front.models import ImportedId
from grapevine.kit import sql

CHUNK = 500
COLUMNS = "kind, external_id, internal_id, digest"


@dataclass(frozen=True, slots=True)
class Known:
    """`number` grows with every row remembered, so it tells this run's rows from earlier ones."""

    internal_id: str
    digest: int
    number: int


def known(kind: str, external_ids: Iterable[str]) -> dict[str, Known]:
    """One query for each 500 ids; ids that were never imported are absent."""
    wanted = sorted(set(external_ids))
    found: dict[str, Known] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = ImportedId.objects.filter(
            kind=kind, external_id__in=wanted[start : start + CHUNK]
        ).values_list("external_id", "internal_id", "digest", "id")
        found |= {
            external: Known(internal, digest, number) for external, internal, digest, number in rows
        }
    return found


def remember(kind: str, rows: Iterable[tuple[str, str, int]]) -> None:
    """Rows are (external id, internal id, digest). Same transaction as what they became."""
    values = [(kind, *row) for row in rows]
    for start in range(0, len(values), CHUNK):
        sql.insert("front_importedid", COLUMNS, values[start : start + CHUNK])


def last_number() -> int:
    """The number of the row remembered last, 0 when there is none."""
    return ImportedId.objects.aggregate(last=Max("id"))["last"] or 0


class Directory:
    """Internal ids for the references of one batch, fetched together and then answered from memory."""

    def __init__(self) -> None:
        self._wanted: dict[str, set[str]] = defaultdict(set)
        self._found: dict[str, dict[str, str]] = defaultdict(dict)

    def want(self, kind: str, external_id: str) -> None:
        self._wanted[kind].add(external_id)

    def fetch(self) -> None:
        for kind in sorted(self._wanted):
            rows = known(kind, self._wanted[kind])
            self._found[kind] |= {external: row.internal_id for external, row in rows.items()}
        self._wanted.clear()

    def learn(self, kind: str, external_id: str, internal_id: str) -> None:
        self._found[kind][external_id] = internal_id

    def text(self, kind: str, external_id: str) -> str:
        """The internal id, or "" for an empty or unknown reference."""
        return self._found[kind].get(external_id, "")

    def number(self, kind: str, external_id: str) -> int | None:
        text = self.text(kind, external_id)
        return int(text) if text else None
