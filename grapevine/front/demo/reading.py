"""What people do with notes and goods they are shown: impressions, opening, likes, collections, comments."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from grapevine.front.demo.cast import Human
from grapevine.front.demo.liking import LIKES, Liking
from grapevine.front.demo.market import Goods, Note, Shop
from grapevine.front.demo.words import names

SHOWN_EACH = 110
"""How often goods are shown to different people in the recommendations of the last weeks."""
SHOWN_DAYS = 50


def reactions(
    notes: Sequence[Note], liking: Liking, chance: Random, now: datetime
) -> Iterator[dict[str, Any]]:
    """Likes, collections, comments, impressions and reads of notes; better notes are shown to more."""
    for note in notes:
        reach = min(len(liking.people), int(8 + note.appeal * 14))
        for human in liking.met_by(note.theme.category, reach, chance):
            at = note.published_at + (now - note.published_at) * chance.random() ** 2
            if human.joined_at > at or human is note.author:
                continue
            yield from _reading(note, human, at, liking, chance)


def _about(human: Human, kind: str, key: str) -> dict[str, Any]:
    return {
        "person_id": human.id, "visitor_id": f"v{human.id}", "object_type": kind,
        "object_id": key, "region": human.region, "channel": "feed",
    }  # fmt: skip


def _reading(
    note: Note, human: Human, at: datetime, liking: Liking, chance: Random
) -> Iterator[dict[str, Any]]:
    base, category = _about(human, "note", note.id), note.theme.category
    yield {**base, "at": at, "verb": "impression"}
    price = note.goods[0].price if note.goods else 0
    likely = liking.chance_of(human, category, at, author=note.author.id, price_minor=price)
    if chance.random() >= likely:
        return
    yield {**base, "at": at + timedelta(seconds=4), "verb": "click"}
    likes = LIKES[category in human.tastes]
    for verb, share in (("like", likes), ("collect", 0.4 * likes), ("comment", 0.06)):
        if chance.random() < share:
            later = at + timedelta(seconds=chance.randrange(20, 400))
            text = chance.choice(names.COMMENTS) if verb == "comment" else ""
            said = text.format(place=chance.choice(names.PLACES))
            yield {**base, "at": later, "verb": verb, "text": said}


def showings(
    shops: Sequence[Shop], liking: Liking, chance: Random, now: datetime
) -> Iterator[dict[str, Any]]:
    """Goods shown among the recommendations, outside of any shop, and opened or not by the same causes."""
    reach = min(SHOWN_EACH, len(liking.people) // 8)
    for goods in (one for shop in shops for one in shop.goods):
        for human in liking.met_by(goods.shop.theme.category, reach, chance):
            at = now - timedelta(days=SHOWN_DAYS * chance.random())
            if at > max(human.joined_at, goods.listed_at):
                yield from _look(goods, human, at, liking, chance)


def _look(
    goods: Goods, human: Human, at: datetime, liking: Liking, chance: Random
) -> Iterator[dict[str, Any]]:
    base = _about(human, "goods", goods.id)
    yield {**base, "at": at, "verb": "impression"}
    category = goods.shop.theme.category
    likely = liking.chance_of(
        human, category, at, author=goods.shop.owner.id, price_minor=goods.price
    )
    if chance.random() < likely:
        yield {**base, "at": at + timedelta(seconds=5), "verb": "click"}
