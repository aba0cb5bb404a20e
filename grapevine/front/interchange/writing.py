"""Writing an interchange folder: one CSV for each file, rows in the order given."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from grapevine.front.interchange.tables import TABLES


def moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


class Folder:
    """A folder in the interchange format; a file begins with the first row written to it."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path

    def write(self, table: str, rows: Iterable[dict[str, Any]]) -> int:
        """Write the whole file; returns the number of rows. Absent columns are left empty."""
        names = [column.name for column in TABLES[table].columns]
        count = 0
        with (self.path / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(names)
            for row in rows:
                count += 1
                writer.writerow([_text(row.get(name)) for name in names])
        return count


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "|".join(value)
    return "" if value is None else value
