"""The import itself: batch by batch, each in one transaction, wrong rows to rejects.csv."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, transaction
from django.utils import timezone

from grapevine.front.interchange.checking import Fault, Row, checked
from grapevine.front.interchange.known import Directory, Known, known, last_number, remember
from grapevine.front.interchange.loaders import registry
from grapevine.front.interchange.loading import Context, Loaded, RowFault
from grapevine.front.interchange.pictures import Pictures
from grapevine.front.interchange.reading import RawRow, Source
from grapevine.front.interchange.rejects import Rejects
from grapevine.front.interchange.tables import KIND_OF_OBJECT, Column, Type
from grapevine.insight import facade as insight
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.problems import words

logger = logging.getLogger(__name__)
REFUSED = (DomainError, DatabaseError, Fault, ValueError, AssertionError)
"""What a module may raise at rows it does not want."""


@dataclass(slots=True)
class Tally:
    """How the rows of one file went."""

    imported: int = 0
    known: int = 0
    rejected: int = 0


@dataclass(slots=True)
class _Attempt:
    """One try at a batch; kept only when its transaction is."""

    imported: int = 0
    loaded: Loaded = field(default_factory=Loaded)
    faults: list[tuple[Row, Fault]] = field(default_factory=list)


class FileImport:
    """Imports one file of the folder."""

    def __init__(self, source: Source, folder: Path, rejects: Rejects) -> None:
        self.source = source
        self.table = source.table
        self.pictures = Pictures(folder)
        self.rejects = rejects
        self.load = registry.LOADERS[source.table.name]
        self.tally = Tally()
        self.start = last_number()

    def run(self) -> Iterator[int]:
        """Import all batches; yields the number of rows done after each."""
        for batch in self.source.batches():
            self._batch(batch)
            yield len(batch)

    def _batch(self, raws: Sequence[RawRow]) -> None:
        rows = self._readable(raws)
        with transaction.atomic():
            fresh, doubled = self._fresh(rows)
            attempt = self._attempt(fresh)
            insight.lake_append(attempt.loaded.log)
        self.tally.imported += attempt.imported
        for row, fault in sorted(doubled + attempt.faults, key=lambda pair: pair[0].line):
            self._reject(row.line, fault, row.raw)

    def _readable(self, raws: Sequence[RawRow]) -> list[Row]:
        zone = timezone.get_default_timezone()
        rows: list[Row] = []
        for raw in raws:
            try:
                rows.append(checked(self.table, raw, zone))
            except Fault as fault:
                self._reject(raw.line, fault, raw.fields)
        return rows

    def _reject(self, line: int, fault: Fault, row: dict[str, str]) -> None:
        self.tally.rejected += 1
        self.rejects.add(self.source.path.name, line, fault.column, fault.reason, row)

    def _fresh(self, rows: Sequence[Row]) -> tuple[list[Row], list[tuple[Row, Fault]]]:
        """Rows never imported before, and those whose id is taken by another row."""
        before = known(self.table.kind, (row.key for row in rows))
        seen: set[str] = set()
        fresh: list[Row] = []
        doubled: list[tuple[Row, Fault]] = []
        for row in rows:
            taken = before.get(row.key)
            if row.key in seen or (taken is not None and self._is_other(row, taken)):
                reason = "这个编号已经用过 / this id is already taken"
                doubled.append((row, Fault(self.table.key[0], reason)))
            elif taken is not None:
                self.tally.known += 1
            else:
                fresh.append(row)
            seen.add(row.key)
        return fresh, doubled

    def _is_other(self, row: Row, taken: Known) -> bool:
        """Whether the id belongs to another row: another content, or an earlier line of this run."""
        return taken.digest != row.digest or taken.number > self.start

    def _attempt(self, rows: Sequence[Row]) -> _Attempt:
        """Load rows together; when a module refuses, halve until the rows it means are alone."""
        attempt = _Attempt()
        if not rows:
            return attempt
        context = Context(self._directory(rows), self.pictures, clock.now())
        good = self._referring(rows, context, attempt)
        if not good:
            return attempt
        try:
            with transaction.atomic():
                loaded = self.load(good, context)
                remember(
                    self.table.kind, ((row.key, loaded.ids[row.key], row.digest) for row in good)
                )
        except REFUSED as error:
            self.pictures.forget()
            self._smaller(good, error, attempt)
        else:
            attempt.imported += len(good)
            attempt.loaded.log += loaded.log
        return attempt

    def _smaller(self, rows: list[Row], error: Exception, attempt: _Attempt) -> None:
        """Leave out the one row that is meant, or try both halves on their own."""
        if isinstance(error, RowFault) or len(rows) == 1:
            wrong = error.row if isinstance(error, RowFault) else rows[0]
            attempt.faults.append((wrong, _fault(error)))
            rest = [row for row in rows if row is not wrong]
            groups = [rest] if rest else []
        else:
            middle = len(rows) // 2
            groups = [rows[:middle], rows[middle:]]
        for group in groups:
            part = self._attempt(group)
            attempt.imported += part.imported
            attempt.loaded.log += part.loaded.log
            attempt.faults += part.faults

    # References

    def _directory(self, rows: Sequence[Row]) -> Directory:
        directory = Directory()
        for row in rows:
            for _, kind, key in self._references(row):
                directory.want(kind, key)
            registry.also_wants(self.table.name, row, directory)
        directory.fetch()
        return directory

    def _references(self, row: Row) -> Iterator[tuple[Column, str, str]]:
        """(column, file it points into, id) for everything the row refers to."""
        for column in self.table.columns:
            value = row[column.name]
            if column.type is Type.REF and value:
                yield column, column.refers_to, value
            elif column.type is Type.REFS:
                for key in value:
                    yield column, column.refers_to, key
            elif column.name == "object_id" and value and row["object_type"] in KIND_OF_OBJECT:
                yield column, KIND_OF_OBJECT[row["object_type"]], value

    def _referring(self, rows: Sequence[Row], context: Context, attempt: _Attempt) -> list[Row]:
        """Rows whose references and pictures exist; a row may refer to an earlier one here."""
        good: list[Row] = []
        here: set[str] = set()
        for row in rows:
            try:
                self._check(row, context, here)
            except Fault as fault:
                attempt.faults.append((row, fault))
            else:
                good.append(row)
                here.add(row.key)
        return good

    def _check(self, row: Row, context: Context, here: set[str]) -> None:
        for column, kind, key in self._references(row):
            own = kind == self.table.name and key in here
            if not own and not context.directory.text(kind, key):
                raise Fault(column.name, f"{kind} 里没有这个编号 / not in {kind}: {key}")
        for column in self.table.columns:
            if column.type is Type.PICTURE and row[column.name]:
                self.pictures.check(row[column.name], column.name)
            elif column.type is Type.PICTURES:
                for path in row[column.name]:
                    self.pictures.check(path, column.name)


def _fault(error: Exception) -> Fault:
    if isinstance(error, Fault):
        return error
    if isinstance(error, DomainError):
        message, _ = words(error)
        fields = "; ".join(f"{name}: {text}" for name, text in error.fields.items())
        return Fault(next(iter(error.fields), ""), f"{message} {fields}".strip())
    logger.info("a row was refused: %s", error)
    return Fault("", f"数据库拒绝了这一行 / refused: {type(error).__name__}: {str(error)[:160]}")
