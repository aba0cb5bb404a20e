"""Training: from the lake's purchases and ties to the arrays that discovery serves.

The same `Recommender` that `grapevine evaluate` measures is tuned on older purchases, must prove itself on the newest,
and is then fitted on all of them. What does not prove itself is not published.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import ibis
import numpy as np
from scipy import sparse

from grapevine.discovery import facade as discovery
from grapevine.insight import engine, lake, training_large
from grapevine.insight.rules.ranking import large, tuning
from grapevine.insight.rules.ranking.evidence import (
    Evidence,
    degrees,
    mutual,
    ones,
    snowball,
    spread_hash,
)
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.kernel import KernelSettings
from grapevine.insight.rules.ranking.local import LocalSettings
from grapevine.insight.rules.ranking.measuring import Quality, measure
from grapevine.insight.rules.ranking.model import ModelSettings, Recommender
from grapevine.insight.rules.ranking.simple import (
    NearSettings,
    Popularity,
    item_neighbours,
    largest,
    top,
)
from grapevine.kit import clock
from grapevine.people import facade as accounts

NEIGHBOURS = 50
TIES = 50
ITEMS_EACH = 100
BLOCK = 256
SEED = 7
MADE = ("item_item", "popular", "social", "person_items")
"""The artifacts of one training."""
PROVABLE_MIN = 300
"""Fewer newest purchases than this prove nothing: then settings stay and nothing is compared."""
TUNED_DAYS = 7
LISTED_MAX = 4_000_000_000
"""People times goods up to which everybody gets a list of their own; beyond it lists are made when they are asked for."""
SAMPLED = 5_000
ENDS = ("person_id", "other_id")


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the lake knows: `pairs` (person, goods) by when they were first bought; `since`: the first and the last such moment."""

    people: list[int]
    items: list[int]
    pairs: np.ndarray[Any, np.dtype[np.int64]]
    since: Sequence[Any]
    ties: sparse.csr_matrix

    def evidence(self, first: int, last: int) -> Evidence:
        """Of purchases `first` to `last`, oldest first."""
        part = self.pairs[first:last]
        shape = (len(self.people), len(self.items))
        return Evidence(ones(part[:, 0], part[:, 1], shape), self.ties)


def train() -> dict[str, Any]:
    """Tune, prove, fit and publish; an empty lake publishes nothing. Returns the model card, and tells operators."""
    report = _trained()
    for name in MADE:
        is_in = report["trained"] and name in report["versions"]
        told = {"reason": "pinned"} if is_in and discovery.is_pinned(name) else {}
        discovery.tell_outcome(name, report | {"published": is_in and not told} | told)
    return report


def _trained() -> dict[str, Any]:
    lessons = _lessons()
    if isinstance(lessons, str):
        return {"trained": False, "reason": lessons}
    started = time.monotonic()
    is_large = len(lessons.people) * len(lessons.items) > LISTED_MAX
    settings, card = _settled(_sampled(lessons) if is_large else lessons)
    if not card.get("proven", True):
        return {"trained": False, "reason": "the model did not prove itself", **card}
    card |= {
        "people": len(lessons.people),
        "items": len(lessons.items),
        "purchases": len(lessons.pairs),
        "ties": lessons.ties.nnz // 2,
        "data_from": str(min(lessons.since)),
        "data_until": str(max(lessons.since)),
        "code": code_version(),
        "seed": SEED,
        "settings": asdict(settings),
    }
    if is_large:
        versions, took = _publish_parts(lessons, settings, card)
        seconds = round(time.monotonic() - started, 1)
        return {"trained": True, **card, "seconds": seconds, "steps": took, "versions": versions}
    whole = lessons.evidence(0, len(lessons.pairs))
    versions = _publish_items(whole.chosen, lessons.items, card)
    if lessons.ties.nnz:
        versions["social"] = _publish_rows(
            "social",
            lessons.people,
            lessons.people,
            lessons.ties,
            TIES,
            ("tie_ids", "tie_weights"),
            "person_ids",
            card,
        )
    versions["person_items"] = _publish_person_items(whole, settings, lessons, card)
    return {
        "trained": True,
        **card,
        "seconds": round(time.monotonic() - started, 1),
        "versions": versions,
    }


def _sampled(lessons: Lessons) -> Lessons:
    """Some thousand people with their ties, to tune and prove on: a model of millions is chosen by them."""
    people = snowball(lessons.ties, SAMPLED, SEED)
    is_kept = np.isin(lessons.pairs[:, 0], people)
    pairs = lessons.pairs[is_kept]
    items = np.unique(pairs[:, 1])
    numbered = np.stack(
        [np.searchsorted(people, pairs[:, 0]), np.searchsorted(items, pairs[:, 1])], axis=1
    )
    return Lessons(
        [lessons.people[at] for at in people],
        [lessons.items[at] for at in items],
        numbered,
        lessons.since,
        lessons.ties[people].tocsc()[:, people].tocsr(),
    )


def _publish_parts(
    lessons: Lessons, settings: ModelSettings, card: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, float]]:
    """What lists are made of when somebody asks, weighed as the sample found best."""
    shape = (len(lessons.people), len(lessons.items))
    chosen = large.in_order(lessons.pairs[:, 0], lessons.pairs[:, 1].astype(np.int32), shape)
    best = settings.weights
    weights = {
        "items": best.get("items", 0.0), "social": best.get("friends", 0.0),
        "factors": best.get("factors", 0.0) + best.get("keen", 0.0),
        "popular": best.get("popular", 0.0),
    }  # fmt: skip
    return training_large.publish(
        chosen, lessons.ties, np.array(lessons.people), np.array(lessons.items),
        {**card, "weights": weights}, replace(settings.factors, seeds=1, tie=0.0, category=0.0),
    )  # fmt: skip


def code_version() -> str:
    """The release a model was made by."""
    try:
        return version("grapevine")
    except PackageNotFoundError:
        return "source"


def _lessons() -> Lessons | str:
    with engine.opened() as connection:
        log = engine.log(connection, lake.days())
        if log is None:
            return "the lake is empty"
        # Columns, not rows of objects: there may be fifty million.
        bought = _bought(log).order_by(["since", "person_id", "goods_id"]).to_pyarrow()
        tied = _tied(log).to_pyarrow()
    bought, tied = _allowed(bought, tied)
    if not bought.num_rows:
        return "no purchases yet"
    buyer, goods = _column(bought, "person_id"), _column(bought, "goods_id")
    one, other = _column(tied, "person_id"), _column(tied, "other_id")
    people, items = np.unique(np.concatenate([buyer, one, other])), np.unique(goods)
    pairs = np.stack([np.searchsorted(people, buyer), np.searchsorted(items, goods)], axis=1)
    ends = np.searchsorted(people, one), np.searchsorted(people, other)
    ties = mutual(ones(*ends, (len(people), len(people))))
    since = [bought["since"][0].as_py(), bought["since"][-1].as_py()]
    return Lessons(people.tolist(), items.tolist(), pairs, since, ties)


def _column(table: Any, name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray(table[name].to_numpy(), dtype=np.int64)


def _allowed(bought: Any, tied: Any) -> tuple[Any, Any]:
    """Without people who switched personalisation off or closed their account: of them nothing is learned."""
    buyer, one, other = _column(bought, "person_id"), *map(partial(_column, tied), ENDS)
    off = list(accounts.not_personalised(np.unique(np.concatenate([buyer, one, other])).tolist()))
    return (
        bought.filter(~np.isin(buyer, off)),
        tied.filter(~(np.isin(one, off) | np.isin(other, off))),
    )


def _settled(lessons: Lessons) -> tuple[ModelSettings, dict[str, Any]]:
    """The settings to use and what speaks for them.

    Newest tenth: the proof. The tenth before it: validation, used when settings are missing or a week old. A model
    is proven if on the newest tenth it is no worse than popularity and, freshly tuned, no worse than the settings in
    force (by more than the standard error of the paired difference).
    """
    held, card = _in_force()
    count = len(lessons.pairs)
    first, second = int(0.8 * count), int(0.9 * count)
    if count - second < PROVABLE_MIN:
        return held or ModelSettings(), {"tuned_at": card.get("tuned_at", ""), "metrics": {}}
    tuned_at = card.get("tuned_at", "")
    fresh = held
    if held is None or not tuned_at or _days_since(tuned_at) >= TUNED_DAYS:
        older = lessons.evidence(0, first)
        fresh = tuning.tune(older, lessons.evidence(first, second).chosen, seed=SEED)
        tuned_at = clock.now().isoformat()
    assert fresh is not None
    known, newest = lessons.evidence(0, second), lessons.evidence(second, count).chosen
    quality = _proof(known, newest, fresh)
    column_of = known.folded().column_of
    popular = measure(Popularity(known.folded()).scores, newest, known.chosen, column_of)
    proven = not _worse(quality, popular)
    if held is not None and held != fresh:
        proven = proven and not _worse(quality, _proof(known, newest, held))
    metrics = {"model": quality.named(), "popularity": popular.named()}
    return fresh, {"tuned_at": tuned_at, "metrics": metrics, "proven": proven}


def _days_since(moment: str) -> int:
    return (clock.now() - datetime.fromisoformat(moment)).days


def _proof(known: Evidence, newest: sparse.csr_matrix, settings: ModelSettings) -> Quality:
    model = Recommender(known, settings, seed=SEED)
    return measure(model.scores, newest, known.chosen, model.column_of)


def _worse(one: Quality, other: Quality) -> bool:
    """By more than the standard error of the difference, person by person."""
    difference = (one.each - other.each).mean(axis=1)
    return bool(difference.mean() < -difference.std() / max(len(difference), 1) ** 0.5)


def _in_force() -> tuple[ModelSettings | None, Mapping[str, Any]]:
    """Settings and card of the version that is served."""
    cards = (discovery.card_of(name) for name in ("person_items", "history"))
    card = max(cards, key=lambda card: str(card.get("at", "")))
    settings = card.get("settings")
    if not settings:
        return None, card
    try:
        return settings_from(settings), card
    except (KeyError, TypeError):
        return None, card  # of a release with other settings


def settings_from(written: Mapping[str, Any]) -> ModelSettings:
    return ModelSettings(
        kernel=KernelSettings(**written["kernel"]),
        local=LocalSettings(**written["local"]),
        factors=FactorSettings(**written["factors"]),
        far=written["far"],
        smooth=written["smooth"],
        weights=dict(written["weights"]),
    )


def _bought(log: Any) -> Any:
    """Who bought what, and when first."""
    paid = log.filter((log.verb == "trade.order_paid") & log.person_id.notnull())
    listed = paid.mutate(
        goods=paid.props.re_extract(r'"goods_ids":\s*\[([\d, ]*)\]', 1).split(",").unnest()
    )
    valid = listed.filter(listed.goods.strip() != "")
    named = valid.select("person_id", "ts", goods_id=valid.goods.strip().cast("int64"))
    return named.group_by(["person_id", "goods_id"]).agg(since=named.ts.min())


def _tied(log: Any) -> Any:
    """Who is tied to whom: ties as imported, follows, who brought whom."""
    verbs = {
        "tie": "other_id",
        "people.person_followed": "followee_id",
        "spread.sign_up_brought": "new_person_id",
        "spread.order_brought": "buyer_id",
    }
    parts = []
    for verb, name in verbs.items():
        rows = log.filter((log.verb == verb) & log.person_id.notnull())
        other = rows.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64")
        parts.append(
            rows.select("person_id", other_id=other).filter(lambda t: t.other_id.notnull())
        )
    return ibis.union(*parts, distinct=True)


def _publish_items(
    chosen: sparse.csr_matrix, items: list[int], card: Mapping[str, Any]
) -> dict[str, str]:
    near = item_neighbours(chosen, NearSettings(NEIGHBOURS))
    counts = degrees(chosen, 0)
    order = np.argsort(-counts, kind="stable")
    arrays = {"item_ids": np.array(items)[order], "scores": counts[order].astype(np.float32)}
    titles = ("neighbour_ids", "neighbour_scores")
    return {
        "item_item": _publish_rows(
            "item_item", items, items, near, NEIGHBOURS, titles, "item_ids", card
        ),
        "popular": discovery.publish_artifact("popular", arrays, card),
    }


def _publish_rows(
    name: str, rows: list[int], columns: list[int], matrix: sparse.csr_matrix, keep: int,
    titles: tuple[str, str], id_title: str, card: Mapping[str, Any],
) -> str:  # fmt: skip
    """A sparse matrix as fixed-width arrays: ids (0 = none) and weights of each row's largest."""
    ids = np.zeros((len(rows), keep), dtype=np.int64)
    weights = np.zeros((len(rows), keep), dtype=np.float32)
    known = np.array(columns)
    kept = largest(matrix.tocsr(), keep)
    for i in range(kept.shape[0]):
        start, end = kept.indptr[i], kept.indptr[i + 1]
        order = np.argsort(-kept.data[start:end], kind="stable")
        ids[i, : len(order)] = known[kept.indices[start:end][order]]
        weights[i, : len(order)] = kept.data[start:end][order]
    arrays = {id_title: np.array(rows), titles[0]: ids, titles[1]: weights}
    return discovery.publish_artifact(name, arrays, card)


def _publish_person_items(
    evidence: Evidence, settings: ModelSettings, lessons: Lessons, card: Mapping[str, Any]
) -> str:
    """What each person would choose next; what they have is left out. By blocks of people."""
    model = Recommender(evidence, settings, seed=SEED)
    keep = min(ITEMS_EACH, len(lessons.items))
    hashes = spread_hash(np.arange(len(lessons.items))).astype(np.float64)
    ids = np.zeros((len(lessons.people), keep), dtype=np.int64)
    values = np.zeros((len(lessons.people), keep), dtype=np.float32)
    for start in range(0, len(ids), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(ids)))
        scores = model.scores(block)[:, model.column_of]
        scores[evidence.chosen[block].nonzero()] = -np.inf
        best = top(scores, hashes, keep)
        found = np.take_along_axis(scores, best, axis=1)
        missing = ~np.isfinite(found)
        ids[block] = np.where(missing, 0, np.array(lessons.items)[best])
        # Served scores are positive: the best is 1, the others fall by their distance from it.
        values[block] = np.where(missing, 0, np.exp(found - found[:, :1]))
    arrays = {"person_ids": np.array(lessons.people), "item_ids": ids, "scores": values}
    return discovery.publish_artifact("person_items", arrays, card)
