"""`grapevine evaluate`: planted worlds, protocols kept, nothing of the test in the tuning, folders nobody tidied."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grapevine.insight.evaluation.command import evaluate, parts
from grapevine.insight.evaluation.reading import (
    DataFileBroken,
    DataFileMissing,
    DataSetEmpty,
    UnknownDataSet,
    read,
    tenths,
)
from grapevine.insight.rules.ranking import tuning
from grapevine.insight.rules.ranking.measuring import measure
from grapevine.insight.rules.ranking.simple import Popularity
from grapevine.kit.errors import DomainError

DATA = Path(__file__).parents[4] / "shared" / "data"
Rows = Sequence[tuple[str, str]]


def _write(folder: Path, **files: Rows) -> Path:
    folder.mkdir(exist_ok=True)
    heads = {"ties": "user,user", "categories": "item,category"}
    for name, rows in files.items():
        lines = [heads.get(name, "user,item"), *(f"{a},{b}" for a, b in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _world(folder: Path, people: int = 120) -> Path:
    """Eight circles; two thirds of what a person chooses is what the circle likes, and ties stay within it."""
    random = np.random.default_rng(5)
    pairs = set()
    for person in range(people):
        for _ in range(8):
            circle = person % 8 if random.random() < 0.67 else int(random.integers(8))
            pairs.add((f"u{person}", f"i{circle}-{min(int(random.exponential(4)), 15)}"))
    mixed = [sorted(pairs)[i] for i in random.permutation(len(pairs)).tolist()]
    ends = [
        (p, p % 8 + 8 * int(random.integers(people // 8))) for p in range(people) for _ in "123"
    ]
    first, second = int(0.7 * len(mixed)), int(0.85 * len(mixed))
    return _write(
        folder,
        train=mixed[:first],
        valid=mixed[first:second],
        test=mixed[second:],
        ties=[(f"u{a}", f"u{b}") for a, b in ends],
    )


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coarser grids: what is proven here does not hang on fine steps."""
    monkeypatch.setattr(tuning, "KERNEL_GRID", {
        "ridge": (30.0, 60.0, 100.0), "tie": (0.0, 3.0, 10.0), "tie2": (0.0, 3.0), "alike": (0.0, 1.0), "item_power": (0.0, 0.2), "person_power": (0.5,),
    })  # fmt: skip
    monkeypatch.setattr(tuning, "FACTOR_GRID", {"weight": (10.0,), "ridge": (2.0, 6.0), "tie": (0.0, 0.3), "category": (0.0, 1.0)})  # fmt: skip


def _report(folder: Path, capsys: pytest.CaptureFixture[str], **given: Any) -> dict[str, Any]:
    capsys.readouterr()
    evaluate(str(folder), "split", as_json=True, **given)
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 1
    report: dict[str, Any] = json.loads(out[0])
    return report


TIMES = ("fit_seconds", "tune_seconds", "wall_seconds", "peak_mb")


@pytest.mark.usefixtures("_quick")
def test_ties_help_where_like_choose_like(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _world(tmp_path / "world")
    report = _report(folder, capsys, seed=3)
    assert report["gain_by_ties95"]["ndcg@10"][0] > 0
    assert report["ndcg@10"] > max(
        report["baselines"][name]["ndcg@10"] for name in ("popularity", "EASE")
    )
    assert set(report["baselines"]) == {
        "popularity", "friends", "item-kNN", "ALS", "EASE", "social EASE", "Grapevine without ties",
    }  # fmt: skip
    low, high = report["interval95"]["recall@20"]
    assert low < report["recall@20"] < high
    assert (report["dataset"], report["model"]) == ("world", "Grapevine")


@pytest.mark.usefixtures("_quick")
def test_tuning_sees_nothing_of_the_test(tmp_path: Path) -> None:
    folder = _world(tmp_path / "world", 40)
    first = read(folder, "split", seed=0)
    rows = (folder / "test.csv").read_text().splitlines()
    _write(folder, test=[("u1", "i0-0"), ("stranger", "i-new"), ("u2", "i-other")])
    second = read(folder, "split", seed=0)
    assert len(rows) > 4
    (a, a_valid, _, _), (b, b_valid, _, _) = (
        parts(data, data.tasks[0]) for data in (first, second)
    )
    for one, other in ((a.chosen, b.chosen), (a.ties, b.ties), (a_valid, b_valid)):
        assert one.shape == other.shape
        assert abs(one - other).nnz == 0
    assert second.tasks[0].evidence.chosen.shape == (41, a.chosen.shape[1] + 2)
    chosen = [tuning.tune(e, v, seed=1) for e, v in ((a, a_valid), (b, b_valid))]
    assert chosen[0] == chosen[1]


def test_what_is_fitted_and_masked(tmp_path: Path) -> None:
    folder = _write(
        tmp_path / "set",
        train=[("a", "1"), ("b", "2")],
        valid=[("a", "2")],
        test=[("a", "3"), ("b", "1")],
    )
    data = read(folder, "split", seed=0)
    assert (data.refit, data.mask_valid, data.notes) == (True, True, ["no ties"])
    learned, valid, final, masked = parts(data, data.tasks[0])
    assert learned.chosen.toarray().tolist() == [[1, 0], [0, 1]]
    assert valid.toarray().tolist() == [[0, 1], [0, 0]]
    assert final.chosen.toarray().tolist() == masked.toarray().tolist() == [[1, 1, 0], [0, 1, 0]]


@pytest.mark.usefixtures("_quick")
def test_a_folder_nobody_tidied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids of any kind, doubles, strangers, a tie to oneself, several categories, an empty validation, packed files."""
    people = [f"人 {i}\t😀" for i in range(12)]
    train = [(p, f"货{(i * k) % 9}") for i, p in enumerate(people) for k in (1, 2, 4)]
    folder = _write(
        tmp_path / "set",
        train=[*train, *train[:5]],
        valid=[],
        test=[(people[0], "货7"), ("stranger", "货1"), (people[3], "新货"), train[0]],
        ties=[(people[0], people[0]), (people[0], people[1]), ("lonely", "other")],
        categories=[("货1", "x"), ("货1", "y"), ("货2", "x"), ("unseen", "z")],
    )
    packed = folder / "train.csv"
    (folder / "train.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + packed.read_bytes()))
    packed.unlink()
    report = _report(folder, capsys)
    assert report["notes"] == [
        "validation is empty: 3 training pairs serve as validation",
        "1 held-out pairs are in training and were left out",
        "1 people of the test have no training items",
    ]
    again = _report(folder, capsys)
    assert {k: v for k, v in again.items() if k not in TIMES} == {
        k: v for k, v in report.items() if k not in TIMES
    }
    assert all(0 <= report[name] <= 1 for name in ("recall@10", "ndcg@10", "recall@20", "ndcg@20"))
    assert _report(folder, capsys, refit=False)["protocol"].startswith("fitted on train,")


def test_files_without_a_byte_say_that_there_is_nothing(tmp_path: Path) -> None:
    folder = _world(tmp_path / "world", 40)
    for name in ("valid.csv", "ties.csv", "categories.csv"):
        (folder / name).write_bytes(b"")
    data = read(folder, "split", seed=0)
    assert (data.tasks[0].evidence.ties.nnz, data.tasks[0].evidence.categories) == (0, None)
    assert data.tasks[0].valid.nnz > 0
    assert data.notes[0] == "no ties"


def _without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def _text(name: str, text: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(text)


def _torn(folder: Path) -> None:
    """A packed file whose middle was lost."""
    packed = bytearray(gzip.compress(b"user,item\n" + bytes(range(33, 126)) * 40))
    packed[20:24] = b"\xff\xff\xff\xff"
    (folder / "train.csv").unlink()
    (folder / "train.csv.gz").write_bytes(packed)


def _lonely(folder: Path) -> None:
    """One pair to learn from, and no validation: nothing could be chosen by anything."""
    _text("train.csv", b"user,item\nq,9\n")(folder)
    _text("valid.csv", b"user,item\n")(folder)


@pytest.mark.parametrize(
    ("spoil", "error", "params"),
    [
        (_without("train.csv"), DataFileMissing, {"file": "train.csv"}),
        (_without("valid.csv"), DataFileMissing, {"file": "valid.csv"}),
        (_without("test.csv"), DataFileMissing, {"file": "test.csv"}),
        (_text("train.csv", b""), DataFileBroken, {"file": "train.csv", "line": 1}),
        (_text("train.csv", b"person,thing\na,b\n"), DataFileBroken, {"line": 1}),
        (_text("train.csv", b"user,item\na,1\nb\n"), DataFileBroken, {"line": 3, "why": "b"}),
        (_text("valid.csv", b"user,item\n ,1\n"), DataFileBroken, {"file": "valid.csv", "line": 2}),
        (_text("ties.csv", b"user,user\na\n"), DataFileBroken, {"file": "ties.csv", "line": 2}),
        (_text("train.csv", b"user,item\n\xff\xfe,1\n"), DataFileBroken, {"line": "?"}),
        (_text("train.csv", b"user,item\n"), DataSetEmpty, {"file": "train.csv"}),
        (_text("train.csv", b"user;item\na;1\n"), DataFileBroken, {"line": 1, "why": "user;item ≠ user,item"}),
        (_text("train.csv", b'user,item\na,1\n"b,2\nc,3\n'), DataFileBroken, {"file": "train.csv"}),
        (_text("train.csv", b"user,item\na,1\nb,2\0\n"), DataFileBroken, {"line": 3, "why": "b,2␀"}),
        (_torn, DataFileBroken, {"file": "train.csv.gz", "line": "?"}),
        (_lonely, DataSetEmpty, {"file": "train.csv"}),
        (_text("test.csv", b"user,item\na,1\n"), DataSetEmpty, {"file": "test.csv"}),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_read_says_why(
    tmp_path: Path,
    spoil: Callable[[Path], object],
    error: type[DomainError],
    params: dict[str, Any],
) -> None:
    folder = _write(
        tmp_path / "set", train=[("a", "1"), ("b", "2")], valid=[("a", "2")], test=[("b", "1")]
    )
    spoil(folder)
    with pytest.raises(error) as caught:
        read(folder, "split", seed=0)
    assert params.items() <= caught.value.params.items()
    assert caught.value.remedy


def test_unknown_formats_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownDataSet):
        read(tmp_path, "netflix", seed=0)
    with pytest.raises(DataFileMissing):
        read(tmp_path / "nowhere", "split", seed=0)


def test_each_persons_choices_are_divided_by_tenths(tmp_path: Path) -> None:
    counts = {
        1: (0, 0),
        2: (0, 1),
        3: (1, 1),
        9: (1, 1),
        10: (1, 1),
        19: (1, 1),
        20: (2, 2),
        50: (5, 5),
    }
    assert {count: tenths(count) for count in counts} == counts
    plays = [(f"u{n}", f"i{k}") for n in counts for k in range(n)]
    head = ["user,item,weight", *(f"{a},{b},1" for a, b in plays)]
    (tmp_path / "plays.csv").write_text("\n".join(head), encoding="utf-8")
    (tmp_path / "friends.csv").write_text("a,b\nu9,u10\n", encoding="utf-8")
    data = read(tmp_path, "lastfm", seed=3)
    people = sorted(f"u{n}" for n in counts)
    for task in data.tasks:
        matrices = (task.evidence.chosen, task.valid, task.test)
        assert sum(matrix.nnz for matrix in matrices) == len(plays)
        assert (matrices[0] + matrices[1] + matrices[2]).max() == 1
        held = [tuple(np.diff(m.indptr).tolist()) for m in matrices[1:]]
        assert held == [tuple(counts[int(name[1:])][which] for name in people) for which in (0, 1)]
    assert (data.tasks[0].test - data.tasks[1].test).count_nonzero()


@pytest.mark.parametrize(
    ("name", "kind", "numbers", "popularity"),
    [
        ("beidian", "beidian", (3773, 4544), (0.0224, 0.0112)),
        ("ciao_split", "ciao", (1925, 15053), (0.0429, 0.0294)),
        ("lastfm", "lastfm", (1892, 17632), (0.0733, 0.0648)),
    ],
)
def test_protocols_are_those_of_the_published_tables(
    name: str,
    kind: str,
    numbers: tuple[int, int],
    popularity: tuple[float, float],
) -> None:
    """Popularity has no settings: if its figures agree, reading, masking and measuring do."""
    if not DATA.exists():
        pytest.skip("left out: the public data sets (../shared/data) are not here")
    data = read(DATA / name, kind, seed=0)
    assert data.tasks[0].evidence.chosen.shape == numbers
    found = []
    for task in data.tasks:
        _, _, final, masked = parts(data, task)
        found.append(measure(Popularity(final).scores, task.test, masked).named())
    keys = ("recall@20", "ndcg@20") if kind == "ciao" else ("recall@10", "ndcg@10")
    room = 0.005 if kind == "lastfm" else 0.001  # its splits are random
    means = [sum(one[key] for one in found) / len(found) for key in keys]
    assert means == pytest.approx(popularity, abs=room)
