"""What a loader gets and gives. One loader for each file turns checked rows into rows of a module."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grapevine.front.interchange.checking import Fault, Row
from grapevine.front.interchange.known import Directory
from grapevine.front.interchange.pictures import Pictures
from grapevine.trade import facade as trade

PART = "|"


@dataclass(slots=True)
class Context:
    """What loading a batch needs: the references' internal ids, the folder's pictures, the moment."""

    directory: Directory
    pictures: Pictures
    now: datetime


@dataclass(slots=True)
class Loaded:
    """Internal ids by row key, and rows for the behaviour log."""

    ids: dict[str, str] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)


Load = Callable[[Sequence[Row], Context], Loaded]


class RowFault(Fault):
    """A fault that a loader found in one row of its batch."""

    def __init__(self, row: Row, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.row = row


def joined(*parts: object) -> str:
    """Several internal ids as one text; see `parts`."""
    return PART.join(str(part) for part in parts)


def parts(text: str) -> list[str]:
    return text.split(PART)


def log_row(kind: str, row: Row, at: datetime, verb: str, **columns: Any) -> dict[str, Any]:
    """A row of the behaviour log. Its id follows from the imported row, so it counts once; a region is a province's name."""
    if columns.get("region"):
        columns["region"] = trade.province_of(columns["region"]) or columns["region"]
    return {"id": f"import:{kind}:{row.key}", "ts": at.isoformat(), "verb": verb, **columns}
