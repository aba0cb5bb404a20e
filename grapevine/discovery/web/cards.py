"""Cards of the feed: drawn once per (note, version, language), then only joined together.

The template is scene's own card with marks where a request differs (place, like, chip); a cached
fragment costs four string replacements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import get_template, render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from grapevine.discovery.contracts import FeedPage, Served
from grapevine.discovery.web.channelwords import reason
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit import panels
from grapevine.kit.formats import count_text
from grapevine.media.contracts import PictureCard
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteCard

KEPT_SECONDS = 300
EAGER = 2
PLACE, LIKE, CHIP, ATTRIBUTES = "\x01place\x01", "\x01like\x01", "\x01chip\x01", "\x01more\x01"
ID, COUNT = "gv0id0gv", "gv0count0gv"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A card as drawn, and what is needed to place it and to ask for its chip."""

    html: str
    note: NoteCard
    price: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card for `{% columns %}`: its cover tells its height."""

    html: SafeString
    cover: PictureCard | None


def drawn(request: HttpRequest, page: FeedPage, *, first: bool) -> list[Drawn]:
    """The cards of one feed page in order. `first`: the top of the page is among them.

    Each card says which request brought it, at which place, by which channel: impressions and clicks
    carry that into the behaviour log, whatever column the card ends up in.
    """
    fragments = _fragments(page.items)
    shown = [item for item in page.items if item.note_id in fragments]
    notes = [replace(fragments[item.note_id].note, likes=item.likes) for item in shown]
    chips = panels.render_batch("card.chip", request, notes=notes)
    likes = {on: _like(request, liked=on) for on in (True, False)}
    reasons: dict[tuple[str, str], str] = {}
    steer = _steer(request) if page.personal else ""
    found = []
    for index, item in enumerate(shown):
        fragment = fragments[item.note_id]
        html = fragment.html.replace(PLACE, str(item.position))
        html = html.replace(LIKE, _filled(likes[item.liked], fragment.note, item.likes))
        key = (item.channel, item.why)
        if key not in reasons:
            reasons[key] = _reason(item)
        chip = (chips.get(item.note_id) or fragment.price) + reasons[key]
        html = html.replace(CHIP, chip + steer.replace(ID, fragment.note.public_id))
        facts = f' data-request="{page.request_id}" data-channel="{item.channel}"'
        if item.propensity:
            facts += f' data-propensity="{item.propensity}"'
        html = html.replace(ATTRIBUTES, facts)
        if first and index < EAGER:
            html = html.replace('loading="lazy"', 'loading="eager" fetchpriority="high"', 1)
        found.append(Drawn(mark_safe(html), fragment.note.cover))  # noqa: S308  rendered by a template
    return found


def _steer(request: HttpRequest) -> str:
    """The way to say what one wants to see, with a mark for the note."""
    context = {"public_id": ID, "next": request.get_full_path()}
    return render_to_string("discovery/_steer_mark.html", context)


def _reason(item: Served) -> str:
    """Why the card is here, where there is something to say."""
    text = reason(item.channel, item.why)
    return format_html('<p class="why clamp1">{}</p>', text) if text else ""


def _filled(form: str, note: NoteCard, likes: int) -> str:
    return form.replace(ID, note.public_id).replace(COUNT, count_text(likes))


def _like(request: HttpRequest, *, liked: bool) -> str:
    """The like form with marks for note and count: rendered once, filled in for every card."""
    context = {"public_id": ID, "liked": liked, "count": COUNT, "next": request.get_full_path()}
    return render_to_string("scene/_like.html", context, request)


def _key(item: Served, language: str) -> str:
    return f"card:{item.note_id}:{item.version}:{language}"


def _fragments(items: Sequence[Served]) -> dict[int, Fragment]:
    """Fragments from the cache; what is missing is drawn in one go."""
    language = get_language() or ""
    keys = {_key(item, language): item.note_id for item in items}
    held: Mapping[str, Fragment] = cache.get_many(list(keys))
    found = {keys[key]: fragment for key, fragment in held.items()}
    cold = {key: note_id for key, note_id in keys.items() if note_id not in found}
    if cold:
        fresh = _draw(list(cold.values()))
        found |= fresh
        kept = {key: fresh[pk] for key, pk in cold.items() if pk in fresh}
        cache.set_many(kept, KEPT_SECONDS)
    return found


def _draw(note_ids: Sequence[int]) -> dict[int, Fragment]:
    cards = scene.note_cards(note_ids)
    tagged = goods.goods_cards({card.goods_ids[0] for card in cards.values() if card.goods_ids})
    template = get_template("scene/_card.html")
    marks: dict[str, Any] = {
        "position": PLACE,
        "like": mark_safe(LIKE),  # noqa: S308  a mark of our own
        "chip": mark_safe(CHIP),  # noqa: S308  a mark of our own
        "attributes": mark_safe(ATTRIBUTES),  # noqa: S308  a mark of our own
    }
    return {
        pk: Fragment(template.render({"note": card, **marks}), card, _price(card, tagged))
        for pk, card in cards.items()
    }


def _price(card: NoteCard, tagged: Mapping[int, GoodsCard]) -> str:
    """The plain price chip of the first tagged goods; a live group's chip takes its place."""
    first = tagged.get(card.goods_ids[0]) if card.goods_ids else None
    if first is None or not first.on_sale:
        return ""
    return render_to_string("discovery/_pricechip.html", {"goods": first})


def heading(spans: Sequence[tuple[str, bool]]) -> SafeString:
    """A title with the words searched for in <mark>; every piece escaped."""
    return mark_safe(  # noqa: S308  every piece went through format_html
        "".join(
            format_html("<mark>{}</mark>", piece) if hit else format_html("{}", piece)
            for piece, hit in spans
        )
    )
