"""Data sets as they lie in folders: tables of two columns, and how each set is divided into learning and testing."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TextIO

import numpy as np
from scipy import sparse

from grapevine.insight.rules.ranking.evidence import Evidence, mutual, ones
from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked

Pairs = Sequence[tuple[str, str]]
LASTFM_SPLITS = 3
NEVER_EMPTY = ("train.csv", "test.csv")
"""Of other files, one without a byte says that there is nothing."""


class UnknownDataSet(DomainError):
    code = "insight.unknown_data_set"
    status = 422
    message = marked("读不懂这个数据集：%(why)s")
    remedy = marked("格式是 lastfm、ciao、beidian 或 split，见 docs/RECOMMENDING.md")


class DataFileMissing(DomainError):
    code = "insight.data_file_missing"
    status = 422
    message = marked("这个文件夹里没有 %(file)s：%(folder)s")
    remedy = marked(
        "split 需要 train.csv、valid.csv、test.csv，可以有 ties.csv 和 categories.csv；lastfm 需要 plays.csv、friends.csv；"
        "ciao 需要 train.csv、val.csv、test.csv、trust.csv；beidian 需要 train.csv、val.csv、test.csv、shares.csv。见 docs/RECOMMENDING.md"
    )


class DataFileBroken(DomainError):
    code = "insight.data_file_broken"
    status = 422
    message = marked("%(file)s 第 %(line)s 行读不懂：%(why)s")
    remedy = marked("每个文件是带表头的 UTF-8 CSV，每行至少两列，编号不能为空")


class DataSetEmpty(DomainError):
    code = "insight.data_set_empty"
    status = 422
    message = marked("%(file)s 里没有可用的记录")
    remedy = marked("训练和测试至少各要有一条记录，测试里不能只有训练里已有的记录")


@dataclass(frozen=True, slots=True)
class Task:
    """One split. Items and people that only the test knows have the last numbers, so that tuning can be kept from them."""

    evidence: Evidence
    valid: sparse.csr_matrix
    test: sparse.csr_matrix
    known_people: int
    known_items: int


@dataclass(frozen=True, slots=True)
class DataSet:
    name: str
    tasks: Sequence[Task]
    mask_valid: bool
    refit: bool
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tables:
    train: Pairs
    valid: Pairs
    test: Pairs
    ties: Pairs = ()
    categories: Pairs = ()
    shared: Pairs = ()


def read(folder: Path, format: str, *, seed: int) -> DataSet:  # noqa: A002  the word of the command line
    if format not in READERS:
        raise UnknownDataSet(why=format)
    if not folder.is_dir():
        raise DataFileMissing(file=folder.name, folder=str(folder.parent))
    return READERS[format](folder, seed)


def _lastfm(folder: Path, seed: int) -> DataSet:
    """HetRec 2011; three times 80/10/10 of each person's choices at random; at the test training and validation take no place.

    As RecBole divides (Zhao et al. 2021, `RS` grouped by user), with which the published figures were made.
    """
    plays = sorted(set(_table(folder, ("plays.csv",), ("user", "item"))))
    ties = _table(folder, ("friends.csv",))
    tasks = []
    for i in range(LASTFM_SPLITS):
        tables = Tables(*_divided(plays, np.random.default_rng(seed + i)), ties)
        tasks.append(task_of(tables, []))
    return DataSet(folder.name, tasks, mask_valid=True, refit=False)


def _divided(pairs: Pairs, random: np.random.Generator) -> tuple[Pairs, Pairs, Pairs]:
    """Each person's pairs (sorted by person) in random order: a tenth to test, a tenth to validation, the rest to learn from."""
    train: list[tuple[str, str]] = []
    valid: list[tuple[str, str]] = []
    test: list[tuple[str, str]] = []
    for _, group in groupby(pairs, key=lambda pair: pair[0]):
        own = list(group)
        mixed = [own[place] for place in random.permutation(len(own)).tolist()]
        held = tenths(len(own))
        train += mixed[: len(own) - sum(held)]
        valid += mixed[len(own) - sum(held) : len(own) - held[1]]
        test += mixed[len(own) - held[1] :]
    return train, valid, test


def tenths(count: int) -> tuple[int, int]:
    """(validation, test) of so many pairs: whole tenths; of fewer than ten one each, the test first, while one is left."""
    whole = count // 10
    if whole:
        return whole, whole
    return int(count > 2), int(count > 1)


def _ciao(folder: Path, seed: int) -> DataSet:  # noqa: ARG001  one shape for all readers
    train, valid, test = (
        _table(folder, (f"{name}.csv",), ("user", "item")) for name in ("train", "val", "test")
    )
    tables = Tables(
        train,
        valid,
        test,
        ties=_table(folder, ("trust.csv",)),
        categories=_table(folder, ("category.csv",), ("item", "category"), needed=False),
    )
    notes: list[str] = []
    return DataSet(
        folder.name, [task_of(tables, notes)], mask_valid=False, refit=False, notes=notes
    )


def _beidian(folder: Path, seed: int) -> DataSet:  # noqa: ARG001  one shape for all readers
    train, valid, test = (
        _table(folder, (f"{name}.csv",), ("user", "item")) for name in ("train", "val", "test")
    )
    ties = _table(folder, ("shares.csv",), ("user1", "user2"))
    shared = _table(folder, ("shares.csv",), ("user1", "item"))
    notes: list[str] = []
    tasks = [task_of(Tables(train, valid, test, ties=ties, shared=shared), notes)]
    return DataSet(folder.name, tasks, mask_valid=False, refit=False, notes=notes)


def _split(folder: Path, seed: int) -> DataSet:
    notes: list[str] = []
    train = _table(folder, ("train.csv",), ("user", "item"))
    valid = _table(folder, ("valid.csv", "val.csv"), ("user", "item"))
    test = _table(folder, ("test.csv",), ("user", "item"))
    ties = _table(folder, ("ties.csv",), needed=False)
    categories = _table(folder, ("categories.csv",), ("item", "category"), needed=False)
    if not ties:
        notes.append("no ties")
    if not set(valid) - set(train):
        train, valid = _held_out(train, seed)
        notes.append(f"validation is empty: {len(valid)} training pairs serve as validation")
    task = task_of(Tables(train, valid, test, ties, categories), notes)
    return DataSet(folder.name, [task], mask_valid=True, refit=True, notes=notes)


READERS = {"lastfm": _lastfm, "ciao": _ciao, "beidian": _beidian, "split": _split}


def _held_out(pairs: Pairs, seed: int) -> tuple[Pairs, Pairs]:
    """A tenth of the pairs, one at least, in place of a validation that is not there. Raises DataSetEmpty where nothing would be left."""
    distinct = sorted(set(pairs))
    if len(distinct) < 2:
        raise DataSetEmpty(file="train.csv")
    order = np.random.default_rng(seed).permutation(len(distinct)).tolist()
    cut = max(len(distinct) // 10, 1)
    return [distinct[i] for i in order[cut:]], [distinct[i] for i in order[:cut]]


def task_of(tables: Tables, notes: list[str]) -> Task:
    """Numbers in the order of the sorted ids, those of the test alone after all others."""
    train, known = set(tables.train), set(tables.train) | set(tables.valid)
    valid = sorted(set(tables.valid) - train)
    test = sorted(set(tables.test) - train)
    repeated = len(set(tables.valid) & train) + len(set(tables.test) & train)
    if repeated:
        notes.append(f"{repeated} held-out pairs are in training and were left out")
    if not train:
        raise DataSetEmpty(file="train.csv")
    if not test:
        raise DataSetEmpty(file="test.csv")
    people, known_people = _numbers(
        [
            *(a for a, _ in known),
            *(p for pair in tables.ties for p in pair),
            *(a for a, _ in tables.shared),
        ],
        (a for a, _ in test),
    )
    items, known_items = _numbers(
        [
            *(b for _, b in known),
            *(a for a, _ in tables.categories),
            *(b for _, b in tables.shared),
        ],
        (b for _, b in test),
    )
    kinds, _ = _numbers((b for _, b in tables.categories), ())
    evidence = Evidence(
        chosen=_matrix(train, people, items),
        ties=mutual(_matrix(tables.ties, people, people)),
        categories=_matrix(tables.categories, items, kinds) if kinds else None,
        shared=_matrix(tables.shared, people, items) if tables.shared else None,
    )
    cold = len({a for a, _ in test} - {a for a, _ in train})
    if cold:
        notes.append(f"{cold} people of the test have no training items")
    return Task(
        evidence,
        _matrix(valid, people, items),
        _matrix(test, people, items),
        known_people,
        known_items,
    )


def _numbers(known: Iterable[str], last: Iterable[str]) -> tuple[dict[str, int], int]:
    first = sorted(set(known))
    rest = sorted(set(last) - set(first))
    return {name: i for i, name in enumerate([*first, *rest])}, len(first)


def _matrix(
    pairs: Iterable[tuple[str, str]], rows: dict[str, int], columns: dict[str, int]
) -> sparse.csr_matrix:
    at = np.array([(rows[a], columns[b]) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    return ones(at[:, 0], at[:, 1], (len(rows), len(columns)))


def _table(
    folder: Path,
    names: Sequence[str],
    columns: tuple[str, str] | None = None,
    *,
    needed: bool = True,
) -> Pairs:
    """Two columns of a file, by name or, where `columns` is None or the header lacks them, the first two."""
    found = [folder / (name + end) for name in names for end in ("", ".gz")]
    path = next((path for path in found if path.is_file()), None)
    if path is None:
        if needed:
            raise DataFileMissing(file=names[0], folder=str(folder))
        return ()
    if not path.stat().st_size and names[0] not in NEVER_EMPTY:
        return ()
    try:
        with _opened(path) as stream:
            return list(_rows(path.name, stream, columns))
    except (UnicodeDecodeError, gzip.BadGzipFile, zlib.error, EOFError, csv.Error) as error:
        raise DataFileBroken(file=path.name, line="?", why=str(error)[:120]) from None


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _rows(name: str, stream: TextIO, columns: tuple[str, str] | None) -> Iterator[tuple[str, str]]:
    reader = csv.reader(stream, strict=True)
    header = [word.strip().lower() for word in next(reader, [])]
    if len(header) < 2:
        told = ",".join(columns or ("user", "user"))
        raise DataFileBroken(file=name, line=1, why=f"{','.join(header)[:60]} ≠ {told}")
    first, second = 0, 1
    if columns is not None:
        if not set(columns) <= set(header):
            raise DataFileBroken(
                file=name, line=1, why=f"{','.join(header)[:60]} ≠ {','.join(columns)}"
            )
        first, second = header.index(columns[0]), header.index(columns[1])
    last = max(first, second)
    for row in reader:
        if not row:
            continue
        one, other = (row[first].strip(), row[second].strip()) if len(row) > last else ("", "")
        if not (one and other) or "\0" in one or "\0" in other:
            why = ",".join(row).replace("\0", "␀")[:60]
            raise DataFileBroken(file=name, line=reader.line_num, why=why)
        yield one, other
