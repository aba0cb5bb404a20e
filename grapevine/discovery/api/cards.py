"""Cards of the feed as JSON: each written once a version, then only joined together with what a request changes.

The pieces are cut from what the schema writes, so that there is one card; a warm page builds no objects at all.
"""

import json
from collections.abc import Iterable

from grapevine.discovery.api.schemas import NoteItem
from grapevine.discovery.contracts import FeedPage, Served
from grapevine.discovery.web.channelwords import reason
from grapevine.kit.memory import Memory
from grapevine.scene import facade as scene

KEPT_SECONDS = 300
"""As long a name or a face may be an old one; titles and covers move the note's version."""
HELD_MAX = 20_000
LIKES, PLACE, CHANNEL = -1_000_000_007, -1_000_000_009, "\x01"
CUTS = (f'"likes":{LIKES}', f'"position":{PLACE}', f'"channel":{json.dumps(CHANNEL)}')
"""A quote inside a text is written \\", so these stand nowhere else."""

Piece = tuple[str, str, str]
held: Memory[tuple[int, int], Piece] = Memory(HELD_MAX, KEPT_SECONDS)


def page_json(page: FeedPage) -> bytes:
    """The whole answer of `GET /feed`. No query where every card is remembered, five where one is not."""
    pieces, reasons = _pieces(page.items), _reasons(page.items)
    cards = (
        f'{a}"likes":{item.likes}{b}"position":{item.position}{c}"channel":"{item.told}"'
        f',"propensity":{item.propensity},"reason":{reasons[item.channel, item.why]}}}'
        for item in page.items
        if item.note_id in pieces
        for a, b, c in (pieces[item.note_id],)
    )
    tail = (
        f'"next_cursor":{json.dumps(page.next_cursor)},"request_id":{json.dumps(page.request_id)}'
    )
    return f'{{"items":[{",".join(cards)}],{tail}}}'.encode()


def _pieces(items: Iterable[Served]) -> dict[int, Piece]:
    found, missing = {}, {}
    for item in items:
        piece = held.get((item.note_id, item.version))
        if piece is None:
            missing[item.note_id] = item.version
        else:
            found[item.note_id] = piece
    for note_id, card in scene.note_cards(missing).items() if missing else ():
        drawn = NoteItem.of(card, likes=LIKES, position=PLACE, channel=CHANNEL)
        found[note_id] = held.put((note_id, missing[note_id]), _cut(drawn.model_dump_json()))
    return found


def _cut(text: str) -> Piece:
    before, text = text.split(CUTS[0], 1)
    between, text = text.split(CUTS[1], 1)
    return before, between, text.split(CUTS[2], 1)[0]


def _reasons(items: Iterable[Served]) -> dict[tuple[str, str], str]:
    """(channel, why) → why a card is here, in the reader's language."""
    kinds = {(item.channel, item.why) for item in items}
    return {kind: json.dumps(reason(*kind), ensure_ascii=False) for kind in kinds}
