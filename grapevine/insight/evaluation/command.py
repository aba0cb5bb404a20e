"""`grapevine evaluate`: the product's recommender beside its baselines, by full ranking, on a data set."""

import json
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse

from grapevine.insight.evaluation.baselines import baselines
from grapevine.insight.evaluation.reading import DataSet, DataSetEmpty, Task, read
from grapevine.insight.rules.ranking.evidence import Evidence, Numbers, spread_hash
from grapevine.insight.rules.ranking.measuring import Quality, measure
from grapevine.insight.rules.ranking.model import KERNEL_PEOPLE_MAX, ModelSettings, Recommender
from grapevine.insight.rules.ranking.tuning import TUNED_PEOPLE_MAX, Tuner

OWN = "Grapevine"
MEASURED_PEOPLE_MAX = 20_000
OWN_WITHOUT = "Grapevine without ties"


@dataclass(frozen=True, slots=True)
class Result:
    """Of one split: quality and settings by the name of the model, and the own model's seconds."""

    qualities: Mapping[str, Quality]
    settings: Mapping[str, Any]
    fitted: float
    tuned: float


def evaluate(
    folder: str,
    format: str,  # noqa: A002  the word of the command line
    *,
    as_json: bool,
    seed: int = 0,
    refit: bool | None = None,
) -> None:
    """Choose everything on validation, measure once on the test; print a table and, last, a line of JSON."""
    started = time.monotonic()
    data = read(Path(folder), format, seed=seed)
    if refit is not None:
        data = replace(data, refit=refit, mask_valid=refit or format == "lastfm")
    console = Console(file=sys.stderr if as_json else sys.stdout, width=None if as_json else 110)
    results = []
    for number, task in enumerate(data.tasks):
        console.print(_described(data, task, number))
        results.append(_result(data, task, seed + number, console))
    report = reported(data, results, seed)
    report["wall_seconds"] = round(time.monotonic() - started, 1)
    console.print(_table(data, report))
    for note in data.notes:
        console.print(f"note: {note}")
    print(json.dumps(report, ensure_ascii=False))  # noqa: T201  a command's answer


def _described(data: DataSet, task: Task, number: int) -> str:
    chosen = task.evidence.chosen
    return (
        f"{data.name} {number + 1}/{len(data.tasks)}: {chosen.shape[0]} people, {chosen.shape[1]} items, "
        f"{chosen.nnz} + {task.valid.nnz} + {task.test.nnz} pairs, {task.evidence.ties.nnz // 2} ties; {_way(task)}"
    )


def _way(task: Task) -> str:
    """What was chosen for the size of the set."""
    if task.evidence.people <= KERNEL_PEOPLE_MAX:
        return "the kernel over people is inverted whole"
    return (
        f"above {KERNEL_PEOPLE_MAX} people: local EASE, parts tuned on {TUNED_PEOPLE_MAX} people "
        f"found by following ties, measured on at most {MEASURED_PEOPLE_MAX} people"
    )


def parts(
    data: DataSet, task: Task
) -> tuple[Evidence, sparse.csr_matrix, Evidence, sparse.csr_matrix]:
    """To tune on, its validation, to fit on, and what takes no place at the test. Tuning sees nothing of the test."""
    people, items = task.known_people, task.known_items
    whole = task.evidence
    learned = Evidence(
        chosen=whole.chosen[:people, :items],
        ties=whole.ties[:people, :people],
        categories=None if whole.categories is None else whole.categories[:items],
        shared=None if whole.shared is None else whole.shared[:people, :items],
    )
    both = whole.chosen.maximum(task.valid).tocsr()
    final = replace(whole, chosen=both) if data.refit else whole
    return learned, task.valid[:people, :items], final, both if data.mask_valid else whole.chosen


def _result(data: DataSet, task: Task, seed: int, console: Console) -> Result:
    learned, valid, final, masked = parts(data, task)
    test = task.test - task.test.multiply(masked)
    test.eliminate_zeros()
    test = test.tocsr()
    if not test.nnz:
        raise DataSetEmpty(file="test.csv")
    people = measured_people(test, seed)
    qualities: dict[str, Quality] = {}
    settings: dict[str, Any] = {}

    def note(name: str, quality: Quality, chosen: Any) -> None:
        qualities[name], settings[name] = quality, chosen
        console.print(f"  {name}: {_words(quality)}  {chosen or ''}", highlight=False)

    started = time.monotonic()
    tuner = Tuner(learned, valid, seed=seed)
    best = tuner.tune()
    tuned = time.monotonic() - started
    started = time.monotonic()
    model = Recommender(final, best, seed=seed)
    fitted = time.monotonic() - started
    note(OWN, measure(model.scores, test, masked, model.column_of, people), best)
    for baseline in baselines(tuner, final, model):
        note(
            baseline.name,
            measure(baseline.scores, test, masked, baseline.column_of, people),
            baseline.settings,
        )
    if final.ties.nnz and model.whole:
        model = Recommender(final, best.without_ties(), seed=seed)
        note(OWN_WITHOUT, measure(model.scores, test, masked, model.column_of, people), None)
    return Result(qualities, settings, fitted, tuned)


def measured_people(test: sparse.csr_matrix, seed: int) -> Numbers:
    """People with held-out items; of very many, a sample by hash."""
    those = np.flatnonzero(np.diff(test.indptr))
    if len(those) <= MEASURED_PEOPLE_MAX:
        return those
    order = np.argsort(spread_hash(those + seed), kind="stable")
    return np.sort(those[order[:MEASURED_PEOPLE_MAX]])


def _words(quality: Quality) -> str:
    return " ".join(f"{name} {value:.4f}" for name, value in quality.named().items())


def reported(data: DataSet, results: Sequence[Result], seed: int) -> dict[str, Any]:
    """What the last line says."""
    means = {
        name: _mean([result.qualities[name].named() for result in results])
        for name in results[0].qualities
    }
    own = [result.qualities[OWN] for result in results]
    report: dict[str, Any] = {
        "dataset": data.name,
        "protocol": _protocol(data),
        "model": OWN,
        **means[OWN],
        "fit_seconds": round(float(np.mean([result.fitted for result in results])), 2),
        "tune_seconds": round(float(np.mean([result.tuned for result in results])), 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "seed": seed,
        "splits": [quality.named() for quality in own],
        "interval95": _bounds([quality.interval(seed) for quality in own]),
        "baselines": {name: mean for name, mean in means.items() if name != OWN},
        "settings": [_plain(result.settings[OWN]) for result in results],
        "way": _way(data.tasks[0]),
        "notes": data.notes,
    }
    if OWN_WITHOUT in means:
        gains = [q.qualities[OWN].interval(seed, q.qualities[OWN_WITHOUT]) for q in results]
        report["gain_by_ties95"] = _bounds(gains)
    return report


def _mean(values: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([v[name] for v in values])), 5) for name in values[0]}


def _bounds(intervals: Sequence[Mapping[str, Sequence[float]]]) -> dict[str, list[float]]:
    """The mean of the splits' bounds: splits share their people, so they do not narrow each other."""
    return {
        name: [round(float(np.mean([i[name][end] for i in intervals])), 5) for end in (0, 1)]
        for name in intervals[0]
    }


def _plain(settings: ModelSettings) -> dict[str, Any]:
    return asdict(settings)


def _protocol(data: DataSet) -> str:
    fitted = "fitted on train + valid" if data.refit else "fitted on train"
    masked = "train and valid masked" if data.mask_valid else "train masked"
    splits = f"mean of {len(data.tasks)} random 80/10/10 splits, " if len(data.tasks) > 1 else ""
    return f"{splits}{fitted}, settings from validation, full ranking, {masked}"


def _table(data: DataSet, report: Mapping[str, Any]) -> Table:
    table = Table(
        "model", "R@10", "N@10", "R@20", "N@20", title=f"{data.name}: {report['protocol']}"
    )
    names = ("recall@10", "ndcg@10", "recall@20", "ndcg@20")
    for name, values in report["baselines"].items():
        table.add_row(name, *(f"{values[key]:.4f}" for key in names))
    bounds = report["interval95"]
    table.add_row(f"[bold]{OWN}[/bold]", *(f"[bold]{report[key]:.4f}[/bold]" for key in names))
    table.add_row("95 % over people", *(f"{bounds[k][0]:.4f}–{bounds[k][1]:.4f}" for k in names))
    table.caption = (
        f"tuned in {report['tune_seconds']} s, fitted in {report['fit_seconds']} s, "
        f"{report['wall_seconds']} s in all, peak {report['peak_mb']} MB"
    )
    return table
