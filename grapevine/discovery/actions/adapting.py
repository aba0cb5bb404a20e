"""Channel weights of segments: what feeds blend by, and how feedback moves them. Each change is a version that can be taken back."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import Channel
from grapevine.discovery.models import FeedSession
from grapevine.discovery.rules import adapting
from grapevine.discovery.rules.adapting import FIRST, SEGMENTS, Feedback

MODEL = "channel_weights"
STEP = 500


def weights_for(segment: str) -> dict[Channel, int]:
    """The weights in force of a segment, in the written order of channels; the first ones where none were learned."""
    artifact = artifacts.load(MODEL)
    known = [] if artifact is None else list(artifact.meta["segments"])
    if artifact is None or segment not in known:
        return dict(FIRST)
    row = artifact.arrays["weights"][known.index(segment)].tolist()
    learned = dict(zip(artifact.meta["channels"], row, strict=True))
    return {channel: int(learned.get(channel.value, first)) for channel, first in FIRST.items()}


def adapt_weights(
    feedback: Iterable[Feedback], *, since: datetime, until: datetime, code: str = ""
) -> str:
    """Move the weights of the segments that said something, and publish them; returns the version, "" if nothing changed.

    Segments without feedback keep theirs to the number. What is pinned does not learn.
    """
    if artifacts.is_pinned(MODEL):
        artifacts.tell_outcome(MODEL, {"published": False, "reason": "pinned"})
        return ""
    shown: dict[str, Counter[Channel]] = {segment: Counter() for segment in SEGMENTS}
    rewards: dict[str, dict[Channel, float]] = {segment: {} for segment in SEGMENTS}
    for one in feedback:
        earned = rewards[one.segment]
        shown[one.segment][one.channel] += not one.is_further
        earned[one.channel] = earned.get(one.channel, 0.0) + adapting.REWARDS.get(one.act, 0.0)
    before = {segment: weights_for(segment) for segment in SEGMENTS}
    after = {
        segment: adapting.moved(before[segment], shown[segment], rewards[segment])
        for segment in SEGMENTS
    }
    counts = {segment: sum(shown[segment].values()) for segment in SEGMENTS}
    told = {"data_from": since.isoformat(), "data_until": until.isoformat(), "shown": counts}
    if after == before:
        artifacts.tell_outcome(MODEL, {"published": False, "reason": "no feedback", **told})
        return ""
    rows = [[after[segment][channel] for channel in FIRST] for segment in SEGMENTS]
    card = {
        "name": MODEL, "segments": list(SEGMENTS), "channels": [channel.value for channel in FIRST],
        "code": code, "seed": 0, "parameters": _parameters(), "metrics": _rates(shown, rewards),
        "weights": rows, "before": artifacts.version_in_force(MODEL), **told,
    }  # fmt: skip
    version = artifacts.publish_artifact(MODEL, {"weights": np.array(rows, dtype=np.int64)}, card)
    artifacts.tell_outcome(MODEL, {"published": True, "version": version, **told})
    return version


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


def learned_until() -> str:
    """Up to which moment feedback is in the weights in force; "" where none is."""
    return str(artifacts.card_of(MODEL).get("data_until", ""))


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
