"""The recommender's parts against direct algebra and counting by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from grapevine.insight.rules.ranking import factors, tuning
from grapevine.insight.rules.ranking.evidence import Evidence, mutual, snowball, spread_hash
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.kernel import KernelSettings, SocialKernel
from grapevine.insight.rules.ranking.local import LocalKernel, LocalSettings
from grapevine.insight.rules.ranking.measuring import Quality, measure
from grapevine.insight.rules.ranking.model import ModelSettings, Recommender
from grapevine.insight.rules.ranking.simple import (
    Friends,
    NearSettings,
    Popularity,
    Tastes,
    item_neighbours,
    top,
)

PEOPLE = np.arange(40)


def _evidence(seed: int = 1, *, ties: bool = True) -> Evidence:
    """40 people, 30 items of which the last six are twins of the first six, 5 categories."""
    random = np.random.default_rng(seed)
    chosen = (random.random((40, 24)) < 0.2).astype(np.float32)
    chosen = np.hstack([chosen, chosen[:, :6]])
    tied = sparse.csr_matrix((random.random((40, 40)) < 0.08 * ties).astype(np.float32))
    kinds = np.eye(5, dtype=np.float32)[np.r_[np.arange(24) % 5, np.arange(6) % 5]]
    return Evidence(sparse.csr_matrix(chosen), mutual(tied), sparse.csr_matrix(kinds))


def test_with_full_debiasing_and_no_ties_it_is_ease() -> None:
    evidence = _evidence()
    chosen = evidence.chosen.toarray().astype(np.float64)
    inverse = np.linalg.inv(chosen.T @ chosen + 7.0 * np.eye(30))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    fitted = SocialKernel(evidence, np.float64).fit(KernelSettings(ridge=7.0))
    unseen = chosen == 0
    expected = (chosen @ weights)[unseen]
    assert np.allclose(7.0 * fitted.scores(PEOPLE, 1.0)[unseen], expected, atol=1e-10)


def test_without_debiasing_it_is_ridge_regression_between_people() -> None:
    evidence = _evidence()
    chosen = evidence.chosen.toarray().astype(np.float64)
    degree = np.maximum(chosen.sum(axis=0), 1)
    own = evidence.ties.toarray() + np.eye(40)
    near = own / np.sqrt(own.sum(axis=1))[:, None]
    far = evidence.ties.toarray() @ evidence.ties.toarray()
    np.fill_diagonal(far, 0)
    far /= np.maximum(far.sum(axis=1), 1e-12)[:, None]
    kernel = chosen / degree**0.5 @ chosen.T + 2.0 * near @ near.T + 3.0 * far @ far.T
    scale = (np.maximum(chosen.sum(axis=1), 1) / chosen.sum(axis=1).mean()) ** -0.25
    kernel = scale[:, None] * kernel * scale + 7.0 * np.eye(40)
    expected = -(scale[:, None] * np.linalg.inv(kernel) * scale) @ chosen
    settings = KernelSettings(7.0, item_power=0.5, person_power=0.5, tie=2.0, tie2=3.0)
    fitted = SocialKernel(evidence, np.float64).fit(settings)
    assert np.allclose(fitted.scores(PEOPLE, 0.0), expected, atol=1e-10)


def test_folding_twins_changes_no_score() -> None:
    evidence = _evidence()
    folded = evidence.folded()
    assert folded.chosen.shape == (40, 24)
    assert folded.column_of is not None
    assert folded.weights.sum() == 30
    settings = KernelSettings(5.0, 0.3, 0.5, tie=1.0, tie2=2.0, alike=1.5)
    for debias in (0.0, 1.0):
        plain, less = (
            SocialKernel(e, np.float64).fit(settings).scores(PEOPLE, debias)
            for e in (evidence, folded)
        )
        assert np.allclose(plain, less[:, folded.column_of], atol=1e-10)
    plain, less = (Tastes(e).scores(PEOPLE) for e in (evidence, folded))
    assert np.allclose(plain, less[:, folded.column_of], atol=1e-5)


def test_single_precision_falls_back_to_double() -> None:
    evidence = _evidence()
    settings = KernelSettings(ridge=1e-7, tie=1e3)
    single = SocialKernel(evidence).fit(settings).scores(PEOPLE, 0.0)
    assert single.dtype == np.float32
    assert np.isfinite(single).all()


def test_factors_solve_their_normal_equations() -> None:
    """Of conjugate gradients as many steps as factors are exact."""
    evidence = _evidence().folded()
    settings = FactorSettings(ridge=0.5, weight=4.0, width=factors.STEPS)
    random = np.random.default_rng(2)
    other = random.standard_normal((24, 3)).astype(np.float32)
    count = evidence.weights.astype(np.float32)
    start = np.zeros((40, 3), dtype=np.float32)
    found = factors._half(evidence.chosen, other, count, start, settings)
    for person in range(40):
        seen = evidence.chosen[[person]].toarray().ravel()
        confidence = np.where(seen > 0, 4.0, 1.0) * count
        left = (other.T * confidence) @ other + 0.5 * 4.0 * np.eye(3)
        assert np.allclose(
            found[person], np.linalg.solve(left, other.T @ (confidence * seen)), atol=1e-3
        )


def test_local_ease_with_all_neighbours_is_a_regression_without_the_item() -> None:
    evidence = _evidence()
    chosen = evidence.chosen.toarray().astype(np.float64)
    scores = LocalKernel(evidence, LocalSettings(ridge=3.0, neighbours=100)).scores(PEOPLE)
    item = 4
    others = [j for j in range(30) if j != item and chosen[:, j] @ chosen[:, item] > 0]
    part = chosen[:, others]
    weights = np.linalg.solve(part.T @ part + 3.0 * np.eye(len(others)), part.T @ chosen[:, item])
    assert np.allclose(scores[:, item], part @ weights, atol=1e-5)


def test_friends_weigh_near_and_far() -> None:
    chosen = sparse.csr_matrix(np.eye(4, dtype=np.float32))
    ties = mutual(sparse.csr_matrix(np.eye(4, k=1, dtype=np.float32)))  # a chain 0–1–2–3
    scores = Friends(Evidence(chosen, ties), far=0.5).scores(np.array([0, 1]))
    assert scores.tolist() == [[0, 1, 0.5, 0], [0.5, 0, 0.5, 0.5]]


def test_neighbours_by_likeness_and_the_nearest_kept() -> None:
    chosen = sparse.csr_matrix(np.array([[1, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=np.float32))
    near = item_neighbours(chosen, NearSettings(neighbours=1, source=0.5, target=0.5))
    assert np.allclose(near.toarray()[0], [0, 2 / math.sqrt(6), 0])
    assert np.allclose(near.toarray()[2], [1 / math.sqrt(2), 0, 0])


def test_ranks_are_counted_among_what_is_not_masked() -> None:
    scores = np.zeros((2, 30), dtype=np.float32)
    scores[0] = -np.arange(30)
    held = sparse.lil_matrix((2, 30))
    held[0, [3, 12]] = 1  # behind 0, 1, 2 of which 1 is masked: places 3 and 12 of the rest
    masked = sparse.lil_matrix((2, 30))
    masked[0, 1] = 1
    quality = measure(lambda people: scores[people], held.tocsr(), masked.tocsr())
    ideal = 1 + 1 / math.log2(3)
    first, second = 1 / math.log2(4), 1 / math.log2(13)
    assert quality.each.shape == (1, 4)
    assert np.allclose(quality.mean, [0.5, first / ideal, 1.0, (first + second) / ideal])


def test_equal_scores_are_ordered_by_hash_and_not_by_number() -> None:
    held = sparse.csr_matrix(np.ones((1, 40)))
    masked = sparse.csr_matrix((1, 40))
    scores = np.zeros((1, 40), dtype=np.float32)
    assert measure(lambda people: scores[people], held, masked).mean[0] == pytest.approx(10 / 40)
    hashes = np.array([3.0, 1.0, 2.0, 0.0])
    assert top(np.array([[5.0, 5.0, 5.0, 9.0]], dtype=np.float32), hashes, 3).tolist() == [
        [3, 1, 2]
    ]


def test_intervals_are_of_people_and_of_pairs() -> None:
    each = np.repeat(np.array([[0.0], [1.0]]), 4, axis=1)
    one, other = Quality(np.repeat(each, 200, axis=0)), Quality(np.repeat(each, 200, axis=0) - 0.25)
    low, high = one.interval(3)["recall@10"]
    assert 0.44 < low < 0.5 < high < 0.56
    assert one.interval(3, other)["recall@10"] == [0.25, 0.25]


def test_a_snowball_keeps_ties_dense() -> None:
    groups = np.kron(np.eye(50), np.ones((6, 6))).astype(np.float32)
    ties = mutual(sparse.csr_matrix(groups))
    people = snowball(ties, 60, seed=1)
    assert len(people) == 60
    assert ties[people].tocsc()[:, people].nnz >= 60 * 5 - 30
    assert snowball(ties, 300, seed=1).tolist() == list(range(300))


def test_above_a_size_local_ease_takes_the_kernels_place(monkeypatch: pytest.MonkeyPatch) -> None:
    from grapevine.insight.rules.ranking import model

    monkeypatch.setattr(model, "KERNEL_PEOPLE_MAX", 39)
    monkeypatch.setattr(tuning, "KERNEL_PEOPLE_MAX", 39)
    monkeypatch.setattr(tuning, "TUNED_PEOPLE_MAX", 20)
    evidence = _evidence()
    held = sparse.csr_matrix(np.roll(evidence.chosen.toarray(), 1, axis=1))
    held = (held > evidence.chosen).astype(np.float32).tocsr()
    settings = tuning.tune(evidence, held, seed=1)
    found = Recommender(evidence, settings, seed=1)
    assert "people" not in found.components
    assert not found.whole
    assert found.scores(PEOPLE).shape == (40, 24)


def test_of_whom_nothing_is_known_gets_what_all_choose() -> None:
    evidence = _evidence()
    chosen, ties = evidence.chosen.tolil(), evidence.ties.tolil()
    chosen[3:5] = 0
    ties[3], ties[:, 3] = 0, 0  # the fourth is a stranger, the fifth has ties
    ties[4, 5] = ties[5, 4] = 1
    one = replace(evidence, chosen=chosen.tocsr(), ties=ties.tocsr())
    settings = replace(ModelSettings(), weights={"factors": 0.5, "friends": 0.5, "popular": -0.75})
    model = Recommender(one, settings)
    stranger, tied = model.scores(np.array([3, 4]))
    popular = Popularity(model.evidence).scores(np.array([3]))[0]
    assert np.array_equal(stranger, popular)
    assert np.corrcoef(tied, popular)[0, 1] < 0.99


def test_only_what_cannot_stand_in_the_first_twenty_is_passed_over() -> None:
    random = np.random.default_rng(2)
    scores = random.integers(0, 60, (30, 700)).astype(np.float32)  # many equal ones
    scores[0], scores[1, 5] = 0, np.nan
    known, held = (sparse.csr_matrix(random.random((30, 700)) < 0.1) for _ in "12")
    held = (held > known).tocsr()
    held.eliminate_zeros()
    column_of = random.integers(0, 700, 700)
    for columns in (None, column_of):
        quick = measure(lambda people: scores[people], held, known, columns)
        hits = []
        for person in range(30):
            row = scores[person] if columns is None else scores[person][columns]
            items = np.setdiff1d(np.arange(700), known[person].indices)
            order = np.lexsort((spread_hash(items), -row[items]))
            hits.append(np.isin(items[order[:20]], held[person].indices).sum())
        wanted = np.diff(held.indptr)
        whole = np.arange(30) != 1  # what is no number has no place
        assert np.allclose((quick.each[:, 2] * wanted)[whole], np.array(hits)[whole])


def test_settings_without_ties_have_none() -> None:
    bare = replace(ModelSettings(), factors=FactorSettings(tie=0.3)).without_ties()
    assert (bare.kernel.tie, bare.kernel.tie2, bare.factors.tie, bare.weights["friends"]) == (
        0,
        0,
        0,
        0,
    )
