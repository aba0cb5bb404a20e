"""Training the model of shops that leave: weekly snapshots, forward months as the proof, published if it proves itself.

The card says version, data range, seed and quality; `grapevine models status` shows it beside the recommender's.
"""

import time
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from grapevine.discovery import facade as discovery
from grapevine.goods import facade as goods
from grapevine.insight.actions.staging import MODEL
from grapevine.insight.queries.lives import Lives, lives
from grapevine.insight.rules import leaving

MONTH = 4
"""Weeks of a forward month."""
MONTHS = 6
LEFT_MIN = 12
"""Fewer shops that left prove nothing."""
AUC_MIN = 0.65
SEED = 0
"""Nothing is drawn by chance; it stands in the card so that cards of all models read alike."""


def _code() -> str:
    try:
        return version("grapevine")
    except PackageNotFoundError:
        return "source"


def train(today: date) -> dict[str, Any]:
    """Fit, prove and publish; returns the card, with `trained` and, if not, why, and tells operators."""
    report = _trained(today)
    told = {"reason": "pinned"} if report["trained"] and discovery.is_pinned(MODEL) else {}
    discovery.tell_outcome(MODEL, report | {"published": report["trained"] and not told} | told)
    return report


def _trained(today: date) -> dict[str, Any]:
    started = time.monotonic()
    found = lives(today, goods.every_shop())
    known = leaving.snapshots(found.lives, known_until=found.last)
    gone = len({shop for shop, left in zip(known.shop_ids, known.left, strict=True) if left})
    if gone < LEFT_MIN:
        return {"trained": False, "reason": "too few shops have left to learn from", "left": gone}
    card = {
        "name": MODEL, "seed": SEED, "code": _code(), "shops": len(found.lives), "left": gone,
        "snapshots": len(known), "data_from": str(found.line[0]), "data_until": str(found.line[-1]),
        **_proof(found, known),
    }  # fmt: skip
    auc = card["metrics"]["auc"]
    if auc is None or auc < AUC_MIN:
        return {"trained": False, "reason": "the model did not prove itself", **card}
    model = leaving.fit(known)
    arrays = {
        "means": model.means, "spreads": model.spreads, "weights": model.weights,
        "intercepts": model.intercepts,
    }  # fmt: skip
    written = {name: array.tolist() for name, array in arrays.items()} | {"names": model.names}
    name = discovery.publish_artifact(MODEL, arrays, card | {"model": written})
    return {
        "trained": True, **card, "version": name,
        "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip


def _proof(found: Lives, known: leaving.Snapshots) -> dict[str, Any]:
    """Each of the last months guessed by a model that had seen nothing of it: what was known on its eve, and no more."""
    months, chances, answers = [], [], []
    last = found.last - leaving.HORIZON_WEEKS
    for back in range(MONTHS, 0, -1):
        end = last - (back - 1) * MONTH
        eve = end - MONTH
        lessons = known.as_of(eve)
        month = known.where((known.weeks > eve) & (known.weeks <= end) & known.is_known)
        if not len(month) or len(set(lessons.shop_ids[lessons.left > 0])) < LEFT_MIN // 2:
            continue
        guessed = leaving.fit(lessons).leaving(month.figures)
        left = month.left > 0
        months.append({"from": str(found.line[eve + 1]), **leaving.measured(guessed, left)})
        chances.append(guessed)
        answers.append(left)
    if not chances:
        return {
            "months": [],
            "metrics": leaving.measured(np.zeros(0), np.zeros(0, dtype=bool)),
            "calibration": [],
        }
    all_chances, all_answers = np.concatenate(chances), np.concatenate(answers)
    return {
        "months": months, "metrics": leaving.measured(all_chances, all_answers),
        "calibration": [
            [round(chance, 4), round(share, 4), count]
            for chance, share, count in leaving.calibration(all_chances, all_answers)
        ],
    }  # fmt: skip
