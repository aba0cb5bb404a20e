"""Training: from the lake's purchases and ties to the arrays that discovery serves."""

from typing import Any

import ibis
import numpy as np
from scipy import sparse

from grapevine.discovery import facade as discovery
from grapevine.insight import engine, lake
from grapevine.insight.rules import ranking
from grapevine.insight.rules.ranking import Settings, SocialKernel

NEIGHBOURS = 50
TIES = 50
ITEMS_EACH = 100
PEOPLE_MAX = 13_000
"""Up to here the kernel over people is inverted whole; above it item neighbours alone serve."""
DEFAULTS = Settings(ridge=100.0, item_power=0.2, person_power=0.5, tie=3.0, tie2=3.0, popular=0.2)


def train() -> dict[str, Any]:
    """Fit on everything the lake has and publish; an empty lake publishes nothing."""
    with engine.opened() as connection:
        log = engine.log(connection, lake.days())
        if log is None:
            return {"trained": False, "reason": "the lake is empty"}
        bought = engine.rows(_bought(log))
        tied = engine.rows(_tied(log))
    if not bought:
        return {"trained": False, "reason": "no purchases yet"}
    people = sorted(
        {row["person_id"] for row in bought} | {p for row in tied for p in row.values()}
    )
    items = sorted({row["goods_id"] for row in bought})
    chosen = _matrix([(r["person_id"], r["goods_id"]) for r in bought], people, items)
    ties = _matrix([(r["person_id"], r["other_id"]) for r in tied], people, people)
    ties = ties.maximum(ties.T).tocsr()
    ties.setdiag(0)
    ties.eliminate_zeros()
    meta = {
        "people": len(people),
        "items": len(items),
        "purchases": chosen.nnz,
        "ties": ties.nnz // 2,
    }
    versions = _publish_items(chosen, items, meta)
    if ties.nnz:
        versions["social"] = _publish_rows(
            "social", people, people, ties, TIES, ("tie_ids", "tie_weights"), "person_ids", meta
        )
    if len(people) <= PEOPLE_MAX:
        versions["person_items"] = _publish_person_items(chosen, ties, people, items, meta)
    return {"trained": True, **meta, "versions": versions}


def _bought(log: Any) -> Any:
    paid = log.filter((log.verb == "trade.order_paid") & log.person_id.notnull())
    listed = paid.mutate(
        goods=paid.props.re_extract(r'"goods_ids":\s*\[([\d, ]*)\]', 1).split(",")
    ).unnest("goods")
    valid = listed.filter(listed.goods.strip() != "")
    return valid.select("person_id", goods_id=valid.goods.strip().cast("int64")).distinct()


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


def _matrix(pairs: list[tuple[int, int]], rows: list[int], columns: list[int]) -> sparse.csr_matrix:
    at = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    i, j = np.searchsorted(rows, at[:, 0]), np.searchsorted(columns, at[:, 1])
    made = sparse.csr_matrix((np.ones(len(at)), (i, j)), shape=(len(rows), len(columns)))
    made.data[:] = 1.0
    return made


def _publish_items(
    chosen: sparse.csr_matrix, items: list[int], meta: dict[str, Any]
) -> dict[str, str]:
    near = ranking.item_neighbours(chosen, NEIGHBOURS)
    counts = np.asarray(chosen.sum(axis=0)).ravel()
    order = np.argsort(-counts, kind="stable")
    arrays = {"item_ids": np.array(items)[order], "scores": counts[order].astype(np.float32)}
    return {
        "item_item": _publish_rows(
            "item_item",
            items,
            items,
            near,
            NEIGHBOURS,
            ("neighbour_ids", "neighbour_scores"),
            "item_ids",
            meta,
        ),
        "popular": discovery.publish_artifact("popular", arrays, meta),
    }


def _publish_rows(
    name: str, rows: list[int], columns: list[int], matrix: sparse.csr_matrix, keep: int,
    titles: tuple[str, str], id_title: str, meta: dict[str, Any],
) -> str:  # fmt: skip
    """A sparse matrix as fixed-width arrays: ids (0 = none) and weights of each row's largest."""
    ids = np.zeros((len(rows), keep), dtype=np.int64)
    weights = np.zeros((len(rows), keep), dtype=np.float32)
    known = np.array(columns)
    for i in range(matrix.shape[0]):
        start, end = matrix.indptr[i], matrix.indptr[i + 1]
        order = np.argsort(-matrix.data[start:end], kind="stable")[:keep]
        ids[i, : len(order)] = known[matrix.indices[start:end][order]]
        weights[i, : len(order)] = matrix.data[start:end][order]
    arrays = {id_title: np.array(rows), titles[0]: ids, titles[1]: weights}
    return discovery.publish_artifact(name, arrays, meta)


def _publish_person_items(
    chosen: sparse.csr_matrix,
    ties: sparse.csr_matrix,
    people: list[int],
    items: list[int],
    meta: dict[str, Any],
) -> str:
    """What each person would choose next, by the social kernel; what they have is left out."""
    scores = SocialKernel(chosen, ties).scores(DEFAULTS)
    scores[chosen.nonzero()] = -np.inf
    keep = min(ITEMS_EACH, len(items))
    top = np.argpartition(-scores, keep - 1, axis=1)[:, :keep]
    values = np.take_along_axis(scores, top, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    top, values = np.take_along_axis(top, order, axis=1), np.take_along_axis(values, order, axis=1)
    missing = ~np.isfinite(values)
    ids = np.where(missing, 0, np.array(items)[top])
    arrays = {
        "person_ids": np.array(people),
        "item_ids": ids,
        "scores": np.where(missing, 0, values).astype(np.float32),
    }
    return discovery.publish_artifact("person_items", arrays, meta)
