"""Cards of the feed: drawn once per (note, version, language), then only joined together.

The template is scene's own card with marks where a request differs (place, like, chip); what lies between them is
remembered, so that a warm card is one joining of strings.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template, render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from grapevine.discovery.contracts import FeedPage, Served
from grapevine.discovery.web.channelwords import reason
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit import panels
from grapevine.kit.formats import count_text
from grapevine.kit.frames import form_token
from grapevine.kit.memory import Memory
from grapevine.media.contracts import PictureCard
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteCard

KEPT_SECONDS = 300
HELD_MAX = 20_000
EAGER = 2
PLACE, LIKE, CHIP, ATTRIBUTES = "\x01place\x01", "\x01like\x01", "\x01chip\x01", "\x01more\x01"
ID, COUNT, NEXT, TOKEN = "gv0id0gv", "gv0count0gv", "gv0next0gv", "gv0token0gv"
MARKS = re.compile("\x01(place|like|chip|more)\x01")
LIKE_MARKS = re.compile("gv0(id|count|next|token)0gv")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A card as drawn, cut at its marks (text, mark, text, …), and what is needed to ask for its chip."""

    parts: tuple[str, ...]
    note: NoteCard
    price: str


held: Memory[tuple[int, int, str], Fragment] = Memory(HELD_MAX, KEPT_SECONDS)
_like_forms: Memory[tuple[bool, str], tuple[str, ...]] = Memory(16, KEPT_SECONDS)


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
    notes = [fragments[item.note_id].note for item in shown]
    chips = panels.render_batch("card.chip", request, notes=notes)
    same = {"next": escape(request.get_full_path()), "token": form_token(request)}
    forms = {liked: _like_form(liked=liked) for liked in (False, True)}
    reasons: dict[tuple[str, str], str] = {}
    steer = _steer(request) if page.personal else ""
    found = []
    for index, item in enumerate(shown):
        fragment = fragments[item.note_id]
        own = {"id": fragment.note.public_id, "count": count_text(item.likes)}
        key = (item.channel, item.why)
        if key not in reasons:
            reasons[key] = _reason(item)
        own_steer = steer.replace(ID, fragment.note.public_id)
        chance = f' data-propensity="{item.propensity}"' if item.propensity else ""
        html = _filled(fragment.parts, {
            "place": str(item.position),
            "like": _filled(forms[item.liked], {**same, **own}),
            "chip": (chips.get(item.note_id) or fragment.price) + reasons[key] + own_steer,
            "more": f' data-request="{page.request_id}" data-channel="{item.channel}"{chance}',
        })  # fmt: skip
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


def _filled(parts: Sequence[str], values: Mapping[str, str]) -> str:
    """Every second part is a mark."""
    words = list(parts)
    words[1::2] = map(values.__getitem__, parts[1::2])
    return "".join(words)


def _like_form(*, liked: bool) -> tuple[str, ...]:
    """The like form of this language, cut at its marks for note, count, page and form token."""
    language = get_language() or ""
    known = _like_forms.get((liked, language))
    if known is None:
        context = {
            "public_id": ID,
            "liked": liked,
            "count": COUNT,
            "next": NEXT,
            "csrf_token": TOKEN,
        }
        form = render_to_string("scene/_like.html", context)
        known = _like_forms.put((liked, language), tuple(LIKE_MARKS.split(form)))
    return known


def _fragments(items: Sequence[Served]) -> dict[int, Fragment]:
    """Fragments from memory; what is missing is drawn in one go."""
    language = get_language() or ""
    keys = {(item.note_id, item.version, language) for item in items}
    found = {key[0]: fragment for key, fragment in held.get_many(keys).items()}
    cold = {key[0]: key for key in keys if key[0] not in found}
    if cold:
        fresh = _draw(list(cold))
        found |= fresh
        held.put_many({cold[pk]: fragment for pk, fragment in fresh.items()})
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
        pk: Fragment(
            tuple(MARKS.split(template.render({"note": card, **marks}))), card, _price(card, tagged)
        )
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
