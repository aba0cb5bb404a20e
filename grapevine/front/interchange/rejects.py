"""rejects.csv: every row that was left out, with its place and the reason."""

import csv
import json
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

NAME = "rejects.csv"
HEADER = ("file", "line", "column", "reason", "row")


class Rejects:
    """Written as the import goes; removed again when no row was rejected."""

    def __init__(self, folder: Path, fallback: Path) -> None:
        self.count = 0
        self.path = folder / NAME
        self._stream = self._open(self.path, fallback)
        self._writer = csv.writer(self._stream)
        self._writer.writerow(HEADER)

    def _open(self, path: Path, fallback: Path) -> TextIO:
        try:
            return path.open("w", encoding="utf-8", newline="")
        except OSError:  # a read-only folder
            fallback.mkdir(parents=True, exist_ok=True)
            self.path = fallback / f"{path.parent.name}-{NAME}"
            return self.path.open("w", encoding="utf-8", newline="")

    def add(self, file: str, line: int, column: str, reason: str, row: dict[str, str]) -> None:
        self.count += 1
        self._writer.writerow((file, line, column, reason, json.dumps(row, ensure_ascii=False)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()
        if not self.count:
            self.path.unlink()
