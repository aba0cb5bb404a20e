"""Ranking the goods each channel brought by the heads in force; without any, the channels' order stays."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import numpy as np

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import Channel
from grapevine.discovery.rules.goodsheads import (
    GOODS_FEATURES,
    GoodsFacts,
    Purse,
    both_ways,
    goods_features,
)
from grapevine.discovery.rules.heads import NEWCOMER_ACTS, Known, chances
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit import clock

MODEL = "goods_heads"
CONSIDERED_MAX = 240
FRONT = 24
"""So many of a channel may be shown though nothing is scored."""
KEPT_ORDER = frozenset({Channel.VISIT})
"""What goes with what is looked at this moment stands as near as it is."""
KEPT_FOR_NEWCOMERS = KEPT_ORDER | {Channel.SOCIAL}
"""Of who did little the heads know nothing but what sells; their ties know more, so what those chose stands as they chose it."""


def goods_facts(goods_ids: Collection[int]) -> dict[int, GoodsFacts]:
    """Facts of these goods, on sale or not."""
    return _facts(goods.listed_cards(goods_ids))


def _facts(listed: Mapping[int, tuple[GoodsCard, datetime]]) -> dict[int, GoodsFacts]:
    return {
        pk: GoodsFacts(pk, at.timestamp(), card.sold, card.category, card.price_minor)
        for pk, (card, at) in listed.items()
    }


def ranked_goods(
    lists: Mapping[Channel, Sequence[int]], reader: Known, ties: Mapping[int, float], *,
    likely: Collection[int] = (),
) -> tuple[dict[Channel, Sequence[int]], dict[int, GoodsCard]]:  # fmt: skip
    """Each channel's first goods as the channel and the heads like them; at most 240 in all are scored. `ties`: what those the
    reader follows did for goods.

    How many places a channel gets is decided by its weight, which goods take the place by its own order and the heads.
    Gives the cards that were read for it, too: `likely` goods, and the first of channels that keep their order, among them.
    """
    given = dict(lists)
    model = _in_force()
    kept = KEPT_FOR_NEWCOMERS if reader.acts < NEWCOMER_ACTS else KEPT_ORDER
    turns = [channel for channel in given if channel not in kept and given[channel]]
    if model is None or not turns:
        return given, {}
    each = CONSIDERED_MAX // len(turns)
    asked = {pk for channel in turns for pk in given[channel][:each]}
    touched = {int(key) for kind, key in reader.tastes if kind == "goods"}
    fronts = {pk for channel in given.keys() & kept for pk in given[channel][:FRONT]}
    listed = goods.listed_cards({*asked, *touched, *fronts, *likely})
    cards = {pk: card for pk, (card, _at) in listed.items()}
    facts = _facts(listed)
    purse = Purse.of([facts[pk].price_minor for pk in touched if pk in facts])
    shown = [facts[pk] for pk in sorted(asked) if pk in facts]
    if not shown:
        return given, cards
    now = clock.now().timestamp()
    rows = np.array([
        goods_features(reader, one, now, tie=ties.get(one.goods_id, 0.0), purse=purse)
        for one in shown
    ])  # fmt: skip
    chance = chances(model.arrays["weights"], model.arrays["intercepts"], rows)
    found = (model.arrays["worths"] @ chance).tolist()
    worth = {one.goods_id: score for one, score in zip(shown, found, strict=True)}
    for channel in turns:
        part = given[channel]
        given[channel] = [*both_ways(part[:each], worth), *part[each:]]
    return given, cards


def _in_force() -> artifacts.Artifact | None:
    """The version in force, if this release can read it."""
    model = artifacts.load(MODEL)
    if model is None or tuple(model.meta.get("features", ())) != GOODS_FEATURES:
        return None
    return model
