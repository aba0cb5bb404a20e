"""Channel weights of segments, of notes and of goods: how feedback moves them. Each change is a version that can be taken back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import Channel
from grapevine.discovery.models import FeedSession
from grapevine.discovery.queries.weights import NOTES, Blend, weights_for
from grapevine.discovery.rules import adapting
from grapevine.discovery.rules.adapting import SEGMENTS, Feedback, Weights
from grapevine.discovery.rules.proving import Proof, parted, proved

STEP = 500


def adapt_weights(
    feedback: Sequence[Feedback], *, since: datetime, until: datetime, code: str = "",
    blend: Blend = NOTES,
) -> str:  # fmt: skip
    """Move the weights of the segments that said something, and publish them; returns the version, "" if nothing changed.

    `feedback` oldest first. Segments without feedback keep theirs to the number, and where a change must prove itself so do
    those whose change did not. What is pinned does not learn.
    """
    if artifacts.is_pinned(blend.model):
        artifacts.tell_outcome(blend.model, {"published": False, "reason": "pinned"})
        return ""
    learned, newest = parted(feedback) if blend.is_proven else (feedback, ())
    shown, rewards = _counted(learned)
    before = {segment: weights_for(segment, blend) for segment in SEGMENTS}
    after = {
        segment: adapting.moved(
            before[segment], shown[segment], rewards[segment], first=blend.first
        )
        for segment in SEGMENTS
    }
    gate = _gate(before, after, newest) if blend.is_proven else {}
    tried = {segment for segment in SEGMENTS if after[segment] != before[segment]}
    after |= {segment: before[segment] for segment, one in gate.items() if one.reason}
    counts = {segment: sum(shown[segment].values()) for segment in SEGMENTS}
    told = {
        "data_from": since.isoformat(), "data_until": until.isoformat(), "shown": counts,
        "gate": {segment: asdict(one) for segment, one in gate.items()},
    }  # fmt: skip
    if after == before:
        reason = "no better weights" if tried else "no feedback"
        artifacts.tell_outcome(blend.model, {"published": False, "reason": reason, **told})
        return ""
    rows = [[after[segment][channel] for channel in blend.first] for segment in SEGMENTS]
    card = {
        "name": blend.model, "segments": list(SEGMENTS),
        "channels": [channel.value for channel in blend.first],
        "code": code, "seed": 0, "parameters": _parameters(), "metrics": _rates(shown, rewards),
        "weights": rows, "before": artifacts.version_in_force(blend.model), **told,
    }  # fmt: skip
    arrays = {"weights": np.array(rows, dtype=np.int64)}
    version = artifacts.publish_artifact(blend.model, arrays, card)
    artifacts.tell_outcome(blend.model, {"published": True, "version": version, **told})
    return version


def _counted(
    feedback: Iterable[Feedback],
) -> tuple[dict[str, Counter[Channel]], dict[str, dict[Channel, float]]]:
    """By segment how often each channel was shown, and what came of it in looks."""
    shown: dict[str, Counter[Channel]] = {segment: Counter() for segment in SEGMENTS}
    rewards: dict[str, dict[Channel, float]] = {segment: {} for segment in SEGMENTS}
    for one in feedback:
        earned = rewards[one.segment]
        shown[one.segment][one.channel] += not one.is_further
        earned[one.channel] = earned.get(one.channel, 0.0) + adapting.REWARDS.get(one.act, 0.0)
    return shown, rewards


def _gate(
    before: Mapping[str, Weights], after: Mapping[str, Weights], newest: Sequence[Feedback]
) -> dict[str, Proof]:
    """Of the segments that would change."""
    return {
        segment: proved(
            before[segment], after[segment], [one for one in newest if one.segment == segment]
        )
        for segment in SEGMENTS
        if after[segment] != before[segment]
    }


def _parameters() -> dict[str, object]:
    return {
        "rate": adapting.RATE, "doubt": adapting.DOUBT, "least": adapting.LEAST,
        "most": adapting.MOST, "rewards": dict(adapting.REWARDS),
    }  # fmt: skip


def _rates(
    shown: Mapping[str, Counter[Channel]], rewards: Mapping[str, Mapping[Channel, float]]
) -> dict[str, dict[str, list[float]]]:
    """By segment and channel: how often shown, and what a showing was worth."""
    return {
        segment: {
            channel.value: [count, round(rewards[segment].get(channel, 0.0) / count, 4)]
            for channel, count in sorted(counts.items())
            if count
        }
        for segment, counts in shown.items()
    }


def learned_until(blend: Blend = NOTES) -> str:
    """Up to which moment feedback is in the weights in force; "" where none is."""
    return str(artifacts.card_of(blend.model).get("data_until", ""))


def placed(
    asked: Iterable[tuple[str, int, int]],
) -> dict[tuple[str, int, int], tuple[str, Channel]]:
    """(request id, place, person) → (segment, channel) of places in the feeds of these people. One query for five hundred.

    A request that is not of this person's feed is left out: what a browser says of others' feeds counts for nobody.
    """
    wanted: dict[str, list[tuple[str, int, int]]] = {}
    for one in asked:
        wanted.setdefault(one[0].rpartition(".")[0], []).append(one)
    keys, found = sorted(wanted), {}
    for start in range(0, len(keys), STEP):
        rows = FeedSession.objects.filter(pk__in=keys[start : start + STEP], segment__in=SEGMENTS)
        for key, person_id, segment, places in rows.values_list(
            "id", "person_id", "segment", "places"
        ):
            for one in wanted[key]:
                if one[2] == person_id and 1 <= one[1] <= len(places):
                    found[one] = segment, Channel(places[one[1] - 1][1])
    return found
