"""Cards of the feed: drawn once per (note, version, language), then only joined together.

The template is scene's own card with marks where a request differs (place, like, chip); what lies between them is
remembered, with the like form and the way to steer in it, so that a warm card is one joining of strings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.http import HttpRequest
from django.template.defaultfilters import urlencode
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
from grapevine.kit.frames import Sheet, form_token, mark
from grapevine.kit.memory import Memory
from grapevine.media.contracts import PictureCard
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteCard

KEPT_SECONDS = 300
HELD_MAX = 20_000
EAGER = 2
LIKE, STEER = mark("like"), mark("steer")
"""Where the parts that have marks of their own come in."""
MARKS = {
    "position": mark("place"), "like": mark_safe(LIKE), "chip": mark_safe(mark("chip") + STEER),  # noqa: S308  marks of our own
    "attributes": mark_safe(mark("more")),  # noqa: S308  marks of our own
}  # fmt: skip
ID = mark("id")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A card as drawn, and what is needed to ask for its chip."""

    html: str
    note: NoteCard
    price: str
    sheets: dict[tuple[bool, bool], Sheet] = field(default_factory=dict)
    """By whether it is liked and whether its reader can say what they want to see."""


held: Memory[tuple[int, int, str], Fragment] = Memory(HELD_MAX, KEPT_SECONDS)
_like_forms: Memory[tuple[bool, str], str] = Memory(16, KEPT_SECONDS)
_steers: Memory[str, str] = Memory(16, KEPT_SECONDS)
_reasons: Memory[tuple[str, str, str], str] = Memory(HELD_MAX, KEPT_SECONDS)


class Drawn(NamedTuple):
    """A card for `{% columns %}`: its cover tells its height."""

    html: str
    cover: PictureCard | None


def drawn(request: HttpRequest, page: FeedPage, *, first: bool) -> list[Drawn]:
    """The cards of one feed page in order. `first`: the top of the page is among them.

    Each card says which request brought it, at which place, by which channel: impressions and clicks
    carry that into the behaviour log, whatever column the card ends up in.
    """
    language = get_language() or ""
    fragments = _fragments(page.items, language)
    shown = [item for item in page.items if item.note_id in fragments]
    notes = [fragments[item.note_id].note for item in shown]
    chips = panels.render_batch("card.chip", request, notes=notes)
    here = request.get_full_path()
    values = {"next": escape(here), "path": urlencode(here), "token": form_token(request)}
    brought = f' data-request="{page.request_id}" data-channel="'
    found = []
    for index, item in enumerate(shown):
        fragment = fragments[item.note_id]
        chance = f'" data-propensity="{item.propensity}"' if item.propensity else '"'
        values["place"] = str(item.position)
        values["more"] = f"{brought}{item.told}{chance}"
        values["chip"] = (chips.get(item.note_id) or fragment.price) + _reason(item, language)
        values["count"] = count_text(item.likes)
        html = _sheet(fragment, language, liked=item.liked, personal=page.personal).filled(values)
        if first and index < EAGER:
            html = html.replace('loading="lazy"', 'loading="eager" fetchpriority="high"', 1)
        found.append(Drawn(html, fragment.note.cover))
    return found


def _sheet(fragment: Fragment, language: str, *, liked: bool, personal: bool) -> Sheet:
    known = fragment.sheets.get((liked, personal))
    if known is None:
        steer = _steer(language) if personal else ""
        form = _like_form(language, liked=liked)
        html = fragment.html.replace(LIKE, form, 1).replace(STEER, steer, 1)
        known = Sheet(html.replace(ID, fragment.note.public_id))
        fragment.sheets[liked, personal] = known
    return known


def _steer(language: str) -> str:
    """The way to say what one wants to see, with marks for note and page."""
    known = _steers.get(language)
    if known is None:
        context = {"public_id": ID, "next": mark("path")}
        known = _steers.put(language, render_to_string("discovery/_steer_mark.html", context))
    return known


def _reason(item: Served, language: str) -> str:
    """Why the card is here, where there is something to say."""
    key = (item.channel, item.why, language)
    known = _reasons.get(key)
    if known is None:
        text = reason(item.channel, item.why)
        html = format_html('<p class="why clamp1">{}</p>', text) if text else ""
        known = _reasons.put(key, str(html))
    return known


def _like_form(language: str, *, liked: bool) -> str:
    """The like form, with marks for note, count, page and form token."""
    known = _like_forms.get((liked, language))
    if known is None:
        context = {
            "public_id": ID,
            "liked": liked,
            "count": mark("count"),
            "next": mark("next"),
            "csrf_token": mark("token"),
        }
        known = _like_forms.put((liked, language), render_to_string("scene/_like.html", context))
    return known


def _fragments(items: Sequence[Served], language: str) -> dict[int, Fragment]:
    """Fragments from memory; what is missing is drawn in one go."""
    found: dict[int, Fragment] = {}
    cold: dict[int, int] = {}
    for item in items:
        known = held.get((item.note_id, item.version, language))
        if known is None:
            cold[item.note_id] = item.version
        else:
            found[item.note_id] = known
    for pk, fragment in _draw(list(cold)).items() if cold else ():
        found[pk] = held.put((pk, cold[pk], language), fragment)
    return found


def _draw(note_ids: Sequence[int]) -> dict[int, Fragment]:
    cards = scene.note_cards(note_ids)
    tagged = goods.goods_cards({card.goods_ids[0] for card in cards.values() if card.goods_ids})
    template = get_template("scene/_card.html")
    return {
        pk: Fragment(template.render({"note": card, **MARKS}), card, _price(card, tagged))
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
