"""`grapevine evaluate`: the product's model beside its baselines, by full ranking, on a data set."""

import csv
import json
import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse

from grapevine.insight.rules import ranking
from grapevine.insight.rules.ranking import Matrix, Quality, Settings, SocialKernel
from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked

Pairs = list[tuple[str, str]]


class UnknownDataSet(DomainError):
    code = "insight.unknown_data_set"
    status = 422
    message = marked("读不懂这个数据集：%(why)s")
    remedy = marked("格式是 beidian 或 split，见 docs/IMPORT.md")


@dataclass(frozen=True, slots=True)
class DataSet:
    name: str
    train: sparse.csr_matrix
    valid: sparse.csr_matrix
    test: sparse.csr_matrix
    ties: sparse.csr_matrix


def _pairs(path: Path, columns: tuple[str, str]) -> Pairs:
    if not path.is_file():
        raise UnknownDataSet(why=path.name)
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if not set(columns) <= set(reader.fieldnames or ()):
            raise UnknownDataSet(why=f"{path.name}: {', '.join(columns)}")
        return [(row[columns[0]], row[columns[1]]) for row in reader]


def _read(folder: Path, format: str) -> DataSet:  # noqa: A002  the word of the command line
    if format == "beidian":
        names, ties = ("train.csv", "val.csv", "test.csv"), ("shares.csv", ("user1", "user2"))
    elif format == "split":
        names, ties = ("train.csv", "valid.csv", "test.csv"), ("ties.csv", ("user", "user2"))
    else:
        raise UnknownDataSet(why=format)
    parts = [_pairs(folder / name, ("user", "item")) for name in names]
    tied = _tied(folder / ties[0], ties[1])
    people = _index(a for part in [*parts, tied] for a, _ in part) | {}
    for _, other in tied:
        people.setdefault(other, len(people))
    items = _index(b for part in parts for _, b in part)
    train, valid, test = (_matrix(part, people, items) for part in parts)
    pairs = [(a, b) for a, b in tied if a != b]
    graph = _matrix(pairs, people, people)
    graph = graph.maximum(graph.T).tocsr()
    return DataSet(folder.name, train, valid, test, graph)


def _tied(path: Path, columns: tuple[str, str]) -> Pairs:
    """Ties: the named columns, or the first two of the file."""
    with path.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream), [])
        if set(columns) <= set(header):
            first, second = header.index(columns[0]), header.index(columns[1])
        else:
            first, second = 0, 1
        return [(row[first], row[second]) for row in csv.reader(stream) if len(row) > second]


def _index(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _matrix(pairs: Pairs, rows: dict[str, int], columns: dict[str, int]) -> sparse.csr_matrix:
    at = np.array([(rows[a], columns[b]) for a, b in pairs], dtype=int).reshape(-1, 2)
    made = sparse.csr_matrix(
        (np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(rows), len(columns))
    )
    made.data[:] = 1.0
    return made


def _baselines(data: DataSet) -> dict[str, Callable[[], Matrix]]:
    return {
        "popularity": lambda: ranking.popularity(data.train),
        "friends": lambda: ranking.friends(data.train, data.ties),
        "item-kNN": lambda: ranking.item_knn(data.train),
    }


def _parts(data: DataSet, kernel: SocialKernel, best: Settings) -> dict[str, Matrix]:
    """The components of the product's model, z-scored per person."""
    return {
        "social EASE": ranking.z_scores(kernel.scores(best)),
        "user side": ranking.z_scores(kernel.scores(replace(best, debias=0.0))),
        "friends": ranking.z_scores(ranking.friends_two_hops(data.train, data.ties)),
        "popularity": ranking.z_scores(np.log1p(ranking.popularity(data.train))),
    }


def command(folder: str, format: str, *, as_json: bool) -> None:  # noqa: A002  the word of the command line
    """Fit on train, choose everything on validation, measure once on test; print the table."""
    data = _read(Path(folder), format)
    console = Console(stderr=as_json)
    table = Table("model", "R@10", "N@10", "R@20", "N@20", title=data.name)
    for name, score in _baselines(data).items():
        _add(table, name, ranking.measure(score(), data.test, data.train))
    started = time.monotonic()
    kernel = SocialKernel(data.train, data.ties)
    best, _ = ranking.tune(kernel, data.valid)
    parts = _parts(data, kernel, best)
    weights = ranking.blend(parts, data.valid, data.train)
    tuned = time.monotonic() - started
    started = time.monotonic()
    own = ranking.mix(_parts(data, kernel, best), weights)
    fitted = time.monotonic() - started
    plain = replace(best, tie=0.0, tie2=0.0)
    _add(table, "EASE (no ties)", ranking.measure(kernel.scores(plain), data.test, data.train))
    _add(table, "social EASE", ranking.measure(parts["social EASE"], data.test, data.train))
    quality = ranking.measure(own, data.test, data.train)
    _add(table, "Grapevine", quality)
    console.print(table)
    console.print(f"{best}\n{weights}\ntuned in {tuned:.1f} s, fitted in {fitted:.1f} s")
    if as_json:
        print(json.dumps(_report(data, quality, fitted, tuned)))  # noqa: T201  a command's answer


def _add(table: Table, name: str, quality: Quality) -> None:
    values = (quality.recall_10, quality.ndcg_10, quality.recall_20, quality.ndcg_20)
    table.add_row(name, *(f"{value:.4f}" for value in values))


def _report(data: DataSet, quality: Quality, fitted: float, tuned: float) -> dict[str, object]:
    return {
        "dataset": data.name,
        "protocol": "train only, validation for choices, full ranking, training items masked",
        "model": "Grapevine",
        "recall@10": round(quality.recall_10, 5),
        "ndcg@10": round(quality.ndcg_10, 5),
        "recall@20": round(quality.recall_20, 5),
        "ndcg@20": round(quality.ndcg_20, 5),
        "fit_seconds": round(fitted, 2),
        "tune_seconds": round(tuned, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
