"""How long the lake keeps what: retention, erasure, making it anew, and how it stands. Streams; holds one batch at a time.

Pages' rows go after LOG_DAYS days. Domain events stay: what was traded is kept for three years at least (E-Commerce Law of the
PRC, article 31). Whoever closes the account is taken out of both (Personal Information Protection Law, article 47): their
pages' rows go, and in domain events a number stands for them that leads back to nobody.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone

from grapevine.insight import firsts, lake
from grapevine.insight.models import BuiltDay
from grapevine.kit import clock
from grapevine.signals import facade as signals
from grapevine.signals.contracts import PAGE_VERBS, PEOPLE_FIELDS

NAMED = re.compile(rf'("(?:{"|".join(sorted(PEOPLE_FIELDS))})": ?)(\d+)')
FEW = 50
BROWSER = re.compile(r'("visitor_id": ?)"[^"]*"')


def compact() -> set[date]:
    """`lake.compact`, without whom the log has to forget."""
    people = signals.forgotten()
    return lake.compact((lambda table: without(table, people)) if people else None)


def without(
    table: pa.Table, people: Mapping[int, int], browsers: frozenset[str] = frozenset()
) -> pa.Table:
    """The rows without these people: pages' rows go, also what their browsers did alone; others lose the name."""
    named = pc.is_in(table.column("person_id"), pa.array(list(people), pa.int64()))
    is_page = _is_page(table)
    alone = pc.and_(
        pc.is_null(table.column("person_id")),
        pc.is_in(table.column("visitor_id"), pa.array(list(browsers), pa.string())),
    )
    gone = pc.or_(pc.and_(is_page, named), alone)
    left = table.filter(pc.invert(gone)) if pc.any(gone).as_py() else table
    return _nameless(left, people)


def _is_page(table: pa.Table) -> Any:
    """What pages and apps told, or what was imported as if they had; ties and domain events are not of them."""
    return pc.is_in(table.column("verb"), pa.array([verb.name for verb in PAGE_VERBS]))


def _nameless(table: pa.Table, people: Mapping[int, int]) -> pa.Table:
    if not _may_name(table, people):
        return table
    touched = []
    columns = {name: table.column(name) for name in ("person_id", "visitor_id", "props")}
    values = zip(*(column.to_pylist() for column in columns.values()), strict=True)
    made: list[tuple[Any, Any, Any]] = []
    for person_id, visitor_id, props in values:
        mine = people.get(person_id) if person_id is not None else None
        named = _unnamed(props, people, is_own=mine is not None) if props else props
        is_touched = mine is not None or named != props
        touched.append(is_touched)
        made.append(
            (
                mine if mine is not None else person_id,
                None if mine is not None else visitor_id,
                named,
            )
        )
    if not any(touched):
        return table
    for place, name in enumerate(columns):
        index = table.schema.get_field_index(name)
        values_of = pa.array([one[place] for one in made], lake.SCHEMA.field(name).type)
        table = table.set_column(index, lake.SCHEMA.field(name), values_of)
    return table


def _may_name(table: pa.Table, people: Mapping[int, int]) -> bool:
    """A quick look; of more than a few people every row is looked at one by one."""
    if len(people) > FEW:
        return True
    fields, numbers = "|".join(sorted(PEOPLE_FIELDS)), "|".join(str(one) for one in people)
    in_props = pc.match_substring_regex(
        table.column("props"), rf'"(?:{fields})": ?(?:{numbers})[,}}]'
    )
    named = pc.is_in(table.column("person_id"), pa.array(list(people), pa.int64()))
    return bool(pc.any(named).as_py() or pc.any(in_props).as_py())


def _unnamed(props: str, people: Mapping[int, int], *, is_own: bool) -> str:
    def other(found: re.Match[str]) -> str:
        number = int(found[2])
        return f"{found[1]}{people.get(number, number)}"

    text = NAMED.sub(other, props)
    return BROWSER.sub(r'\1""', text) if is_own else text


def forget_people() -> int:
    """Take everybody who closed their account out of every file; returns how many they were. May be stopped and run again."""
    waiting = signals.to_forget()
    if not waiting:
        return 0
    compact()
    everybody = signals.forgotten()
    people = {person_id: everybody[person_id] for person_id in waiting}
    with lake.held():
        browsers = _browsers_of(waiting)

        def change(table: pa.Table) -> pa.Table:
            return without(table, people, browsers)

        for day in lake.days():
            lake.rewrite(day, change)
        for path in lake.kept():
            _repack(path, change)
        firsts.forget()
    for person_id in waiting:
        signals.note_forgotten(person_id)
    return len(waiting)


def _browsers_of(people: Sequence[int]) -> frozenset[str]:
    """Every browser these people were signed in on."""
    found: set[str] = set()
    asked = pa.array(people, pa.int64())
    for file in _all_files():
        rows = pq.read_table(
            file, columns=["visitor_id"], partitioning=None, filters=[("person_id", "in", people)]
        )
        found.update(one for one in rows.column("visitor_id").to_pylist() if one)
    for path in lake.kept():
        for table in _packed_tables(path):
            rows = table.filter(pc.is_in(table.column("person_id"), asked))
            found.update(one for one in rows.column("visitor_id").to_pylist() if one)
    return frozenset(found)


def _all_files() -> Iterator[Path]:
    for day in lake.days():
        yield from lake.files_of(day)


def _packed_tables(path: Path) -> Iterator[pa.Table]:
    """The rows of packed spool files, a piece at a time, cut at line ends."""
    rest = b""
    with pa.input_stream(str(path), compression="zstd") as stream:
        while piece := stream.read(lake.CHUNK_BYTES):
            whole, _, rest = (rest + piece).rpartition(b"\n")
            yield lake.read_lines(whole + b"\n")
    if rest:
        yield lake.read_lines(rest)


def _repack(path: Path, change: lake.Change) -> None:
    tables = [(table, change(table)) for table in _packed_tables(path)]
    if all(after.equals(before) for before, after in tables):
        return
    lake.packed(b"".join(lake.lines_of(after) for _before, after in tables), path)


def is_final(day: date) -> bool:
    """Whether this day has lost its pages' rows: what was counted of it before is not counted again."""
    return day < timezone.localdate(clock.now()) - timedelta(days=settings.LOG_DAYS)


def keep() -> dict[str, int]:
    """Drop pages' rows of days that are counted, and packed spool files; returns how many rows and spool files went."""
    gone, counted = 0, set(BuiltDay.objects.values_list("day", flat=True))
    for day in lake.days():
        if is_final(day) and day in counted:
            with lake.held():
                gone += lake.rewrite(day, lambda table: table.filter(pc.invert(_is_page(table))))
    limit = clock.now() - timedelta(days=settings.SEGMENT_DAYS)
    old = [path for path in lake.kept() if path.name < f"{limit:%Y%m%d}"]
    for path in old:
        path.unlink()
    return {"rows": gone, "spool_files": len(old)}


def rebuild() -> int:
    """Bring back what the lake lacks from packed spool files and the outbox; returns how many days changed.

    Rows that are there are left alone, so it may run at any time, be stopped and run again.
    """
    changed = compact()
    people = signals.forgotten()
    with lake.held():
        for path in lake.kept():
            for table in _packed_tables(path):
                changed |= lake.store(without(table, people))
    for rows in signals.delivered_rows():
        with lake.held():
            changed |= lake.store(without(lake.table_of(rows), people))
    for day in changed:
        lake.merge(day)
    return len(changed)


def status() -> list[str]:
    """How the lake stands, in words."""
    days, files = lake.days(), list(_all_files())
    count = sum(pq.read_metadata(file).num_rows for file in files)
    size = sum(file.stat().st_size for file in files)
    spooled, waiting = signals.waiting()
    kept = lake.kept()
    packed = sum(path.stat().st_size for path in kept)
    span = f"{days[0]} … {days[-1]}" if days else "–"
    return [
        f"湖里有 / in the lake: {count} rows, {len(days)} days ({span}), {len(files)} files, {_megabytes(size)}",
        f"等着进湖 / waiting in the spool: {spooled} spool files, {_megabytes(waiting)}",
        f"可重建 / kept to make it anew: {len(kept)} packed spool files, {_megabytes(packed)}, for {settings.SEGMENT_DAYS} days",
        f"页面记录保留 / pages' rows are kept for: {settings.LOG_DAYS} days",
        f"等着删除的人 / people to be taken out: {len(signals.to_forget())}",
    ]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
