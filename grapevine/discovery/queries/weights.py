"""Which weights channels are blended by: what was learned for a segment of readers, or what is written. No query."""

from dataclasses import dataclass

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import Channel
from grapevine.discovery.rules.adapting import FIRST, GOODS_FIRST, Weights


@dataclass(frozen=True, slots=True)
class Blend:
    """Channels that are weighed against each other. `model`: the artifact of what was learned; `first`: what is written;
    `is_proven`: whether a change must prove itself on showings it did not learn from."""

    model: str
    first: Weights
    is_proven: bool


NOTES = Blend("channel_weights", FIRST, is_proven=False)
GOODS = Blend("goods_channel_weights", GOODS_FIRST, is_proven=True)


def weights_for(segment: str, blend: Blend = NOTES) -> dict[Channel, int]:
    """The weights in force of a segment, in the written order of channels; the first ones where none were learned."""
    artifact = artifacts.load(blend.model)
    known = [] if artifact is None else list(artifact.meta["segments"])
    if artifact is None or segment not in known:
        return dict(blend.first)
    row = artifact.arrays["weights"][known.index(segment)].tolist()
    learned = dict(zip(artifact.meta["channels"], row, strict=True))
    return {
        channel: int(learned.get(channel.value, weight)) for channel, weight in blend.first.items()
    }
