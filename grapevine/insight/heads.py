"""Training the ranking heads of notes and of goods from the log, and moving channel weights by what came of showings.

The log is played again (`replaying`), each head is fitted, calibrated and proven (`rules/ranking/heads`), and a new
version of the artifact `note_heads` or `goods_heads` is published if a head proved itself. A head that did not keeps what is
in force.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone
from ibis.expr.types import Table

from grapevine.discovery import facade as discovery
from grapevine.discovery.contracts import Channel
from grapevine.goods import facade as goods
from grapevine.insight import engine, lake
from grapevine.insight.replaying import (
    ACTS,
    DEEDS,
    GOODS_ACTS,
    GOODS_DEEDS,
    WINDOWS,
    WORDS,
    Happening,
    Replay,
    Showing,
    happening_of,
)
from grapevine.insight.rules.ranking import heads as rules
from grapevine.insight.training import code_version
from grapevine.kit import clock
from grapevine.people import facade as people

MODEL, GOODS_MODEL = "note_heads", "goods_heads"
FEATURES = {MODEL: discovery.FEATURES, GOODS_MODEL: discovery.GOODS_FEATURES}
DAYS = 60
SHOWINGS_MAX = 200_000
"""More than this many showings: those of a part of the people, drawn by their number."""
SEED = 0
FEEDBACK_DAYS = 4
GOODS_FEEDBACK_DAYS = 7
"""Lists of goods say themselves what they were, so that what proved nothing yet can wait for more."""
SETTLED = timedelta(hours=6)
"""Feedback is read when most of what a showing leads to has come."""
STEP = 500
FOLLOWS = ("people.person_followed", "people.person_unfollowed")
REACTIONS = frozenset(ACTS) - {"click", "view"}
Key = tuple[str, int, int]
"""A place of a list: its request id, the place, whose list it is."""
OUTCOMES = (("click", "click"), ("save", "save"), ("order", "buy"), ("hide", "hide"))
"""Deeds of a showing and the feedback they are."""


def train_heads() -> dict[str, Any]:
    """Fit, prove and publish; returns the card of notes, with `published` and, if not, why, and under `goods` that of goods.

    The outcomes are kept for operators.
    """
    started = time.monotonic()
    played, is_part = _played(DAYS)
    outcome = _trained(MODEL, played.showings, is_part=is_part)
    outcome["seconds"] = round(time.monotonic() - started, 1)
    discovery.tell_outcome(MODEL, outcome)
    of_goods = _trained(GOODS_MODEL, played.goods_showings, is_part=is_part)
    discovery.tell_outcome(GOODS_MODEL, of_goods)
    return {**outcome, "goods": of_goods}


def _trained(model: str, showings: Sequence[Showing], *, is_part: bool) -> dict[str, Any]:
    if not showings:
        return {"published": False, "reason": "no showings"}
    now = clock.now().timestamp()
    held = _in_force(model)
    found = {head: _judged(head, showings, now, held.get(head)) for head in discovery.HEADS}
    card: dict[str, Any] = {
        "name": model, "features": list(FEATURES[model]), "code": code_version(), "seed": SEED,
        "data_from": _day(showings[0].at), "data_until": _day(showings[-1].at),
        "showings": len(showings), "people": len({one.person_id for one in showings}),
        "is_part_of_people": is_part,
        "parameters": {
            "ridge": rules.RIDGE, "fitted_until": rules.FITTED_UNTIL,
            "calibrated_until": rules.CALIBRATED_UNTIL, "windows": dict(WINDOWS), "days": DAYS,
        },
        "metrics": {head: {**one.figures, "reason": one.reason} for head, one in found.items()},
    }  # fmt: skip
    fresh = {name: one.head for name, one in found.items() if one.head and not one.reason}
    used = {name: fresh.get(name, held.get(name)) for name in discovery.HEADS}
    heads = {name: head for name, head in used.items() if head is not None}
    if not fresh or "click" not in heads:
        return {"published": False, "reason": "gate", **card}
    card |= {"heads": list(heads), "fresh": list(fresh)}
    is_pinned = discovery.is_pinned(model)
    version = discovery.publish_artifact(model, _arrays(heads), card)
    outcome = {"published": not is_pinned, "version": version, **card}
    return outcome | ({"reason": "pinned"} if is_pinned else {})


def _judged(
    name: str, showings: Sequence[Showing], now: float, held: rules.Head | None
) -> rules.Judged:
    """A head is judged on showings whose window is over, so that nothing counts as not done that may still be."""
    ripe = [one for one in showings if one.at <= now - WINDOWS[name]]
    rows = np.array([one.row for one in ripe]).reshape(len(ripe), len(showings[0].row))
    answers = np.array([name in one.deeds for one in ripe], dtype=np.float64)
    people = np.array([one.person_id for one in ripe], dtype=np.int64)
    return rules.judge(rows, answers, people, in_force=held)


def _arrays(heads: dict[str, rules.Head]) -> dict[str, np.ndarray[Any, Any]]:
    return {
        "weights": np.array([head.weights for head in heads.values()]),
        "intercepts": np.array([head.intercept for head in heads.values()]),
        "worths": np.array([discovery.WORTHS[name] for name in heads]),
    }


def _in_force(name: str) -> dict[str, rules.Head]:
    """The heads that are served; none where this release reads other features."""
    model = discovery.load(name)
    if model is None or tuple(model.meta.get("features", ())) != FEATURES[name]:
        return {}
    rows = zip(
        model.meta["heads"], model.arrays["weights"], model.arrays["intercepts"], strict=True
    )
    return {name: rules.Head(np.array(weights), float(level)) for name, weights, level in rows}


def _day(at: float) -> str:
    moment = datetime.fromtimestamp(at, tz=timezone.get_current_timezone())
    return moment.isoformat(timespec="seconds")


def _played(days: int) -> tuple[Replay, bool]:
    """What was shown in the last days to people who have not switched personalisation off, oldest first; and whether
    it is a part of the people."""
    happenings, is_part = _happenings(days)
    facts = discovery.facts_by_public_ids(
        one.note for one in happenings if one.note and one.verb == "impression"
    )
    played = Replay(facts, discovery.goods_categories(), _goods_facts(happenings, facts.values()))
    played.play(happenings)
    return played, is_part


def _goods_facts(
    happenings: Sequence[Happening], notes: Iterable[discovery.Facts]
) -> dict[int, discovery.GoodsFacts]:
    """Of all goods anybody acted on, none where no goods were shown; what sold since then is taken off."""
    if not any(one.kind == "goods" and one.verb == "impression" for one in happenings):
        return {}
    sold = Counter(pk for one in happenings if one.verb == "trade.order_paid" for pk in one.goods)
    ids = sorted(
        {pk for one in happenings for pk in one.goods}
        | {int(key) for note in notes for key in note.goods}
    )
    found: dict[int, discovery.GoodsFacts] = {}
    for start in range(0, len(ids), STEP):
        found |= discovery.goods_facts(ids[start : start + STEP])
    return {pk: replace(facts, sold=max(facts.sold - sold[pk], 0)) for pk, facts in found.items()}


def _happenings(days: int) -> tuple[list[Happening], bool]:
    since = timezone.localdate() - timedelta(days=days)
    with engine.opened() as connection:
        log = engine.log(connection, [day for day in lake.days() if day >= since])
        if log is None:
            return [], False
        shown = (
            log.filter((log.verb == "impression") & log.person_id.notnull()).count().to_pyarrow()
        )
        parts = -(-int(shown.as_py()) // SHOWINGS_MAX)
        rows = engine.rows(_read(log, max(parts, 1)))
    off = people.not_personalised({row["person_id"] for row in rows})
    viewed = _goods_ids({row["object_id"] for row in rows if row["object_type"] == "goods"})
    return [happening_of(row, viewed) for row in rows if row["person_id"] not in off], parts > 1


def _read(log: Table, parts: int) -> Table:
    """The rows a replay needs, oldest first; of people outside the part drawn only what gives notes their points."""
    verbs = {
        "impression",
        "trade.order_paid",
        *FOLLOWS,
        *DEEDS,
        *ACTS,
        *GOODS_DEEDS,
        *GOODS_ACTS,
        *WORDS,
    }
    about_note = (log.object_type == "note") | log.verb.isin(["trade.order_paid", *FOLLOWS])
    seen_goods = (log.object_type == "goods") & log.verb.isin(
        ["impression", *GOODS_DEEDS, *GOODS_ACTS, *WORDS]
    )
    rows = log.filter(
        log.verb.isin(sorted(verbs)) & log.person_id.notnull() & (about_note | seen_goods)
    )
    if parts > 1:
        rows = rows.filter((rows.person_id % parts == 0) | rows.verb.isin(sorted(REACTIONS)))
    props = rows.props.fill_null("")
    return rows.select(
        "ts", "verb", "person_id", "object_type", "object_id", "position", "request_id",
        goods=props.re_extract(r'"goods_ids":\s*\[([\d, ]*)\]', 1),
        source_note=props.re_extract(r'"note":\s*"([^"]*)"', 1),
        followee=props.re_extract(r'"followee_id":\s*(\d+)', 1),
        turn=(rows.verb != "impression").cast("int8"),
        id=rows.id,
    ).order_by(["ts", "turn", "id"])  # fmt: skip


def _goods_ids(public_ids: set[str]) -> dict[str, int]:
    wanted = sorted(public_ids)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), STEP):
        cards = goods.goods_by_public_ids(wanted[start : start + STEP])
        found |= {public_id: card.id for public_id, card in cards.items()}
    return found


# What channels are worth to whom


def adapt_channels() -> str:
    """Move channel weights by what came of feeds since the last time; returns the version, "" if nothing changed.

    Each showing counts once: the weights keep up to which moment they have learned. Feeds are kept for two days, so
    what is older says nothing.
    """
    played, _is_part = _played(FEEDBACK_DAYS)
    since, until = _span(timedelta(days=2), discovery.learned_until())
    once = _once(played.showings, since, until)
    feedback = _feedback(once, discovery.placed(once))
    return discovery.adapt_weights(feedback, since=since, until=until, code=code_version())


def adapt_goods_channels() -> str:
    """The same for lists of goods, whose change must prove itself; returns the version, "" if nothing changed."""
    played, _is_part = _played(GOODS_FEEDBACK_DAYS + 1)
    goods_blend = discovery.GOODS
    since, until = _span(timedelta(days=GOODS_FEEDBACK_DAYS), discovery.learned_until(goods_blend))
    once = _once(played.goods_showings, since, until)
    feedback = _feedback(once, discovery.placed_goods(once, since=since))
    return discovery.adapt_weights(
        feedback, since=since, until=until, code=code_version(), blend=goods_blend
    )


def _span(reach: timedelta, learned_until: str) -> tuple[datetime, datetime]:
    """From what was learned last, so far back at most, to what is settled by now."""
    now = clock.now()
    since = now - reach
    if learned_until:
        since = max(since, datetime.fromisoformat(learned_until))
    return since, now - SETTLED


def _once(showings: Sequence[Showing], since: datetime, until: datetime) -> dict[Key, Showing]:
    """Once a place of a list, however often a browser says that it was seen."""
    return {
        (one.request_id, one.place, one.person_id): one
        for one in showings
        if one.request_id and one.place and since.timestamp() < one.at <= until.timestamp()
    }


def _feedback(
    once: Mapping[Key, Showing], placed: Mapping[Key, tuple[str, Channel]]
) -> list[discovery.Feedback]:
    """What came of these showings, oldest first."""
    found = []
    for key in sorted(placed, key=lambda key: (once[key].at, key)):
        segment, channel = placed[key]
        acts = [act for deed, act in OUTCOMES if deed in once[key].deeds] or [""]
        found += [
            discovery.Feedback(segment, channel, act, is_further=number > 0, person_id=key[2])
            for number, act in enumerate(acts)
        ]
    return found
