"""What this module puts into lower modules' pages."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from grapevine.discovery import facade
from grapevine.discovery.actions import learning
from grapevine.discovery.contracts import Suggested
from grapevine.discovery.queries import slots
from grapevine.discovery.web.reasons import said
from grapevine.goods.contracts import GoodsDetail, ShopCard
from grapevine.kit.middleware import is_recognised
from grapevine.kit.pages import person_id_of
from grapevine.scene.contracts import NoteDetail
from grapevine.signals import facade as signals

SHOWN = 6


def _personalised(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "personalised", False))


def _region(request: HttpRequest) -> str:
    return getattr(request.user, "region", "") or ""


def _panel(request: HttpRequest, title: str, found: Sequence[Suggested], surface: str = "") -> str:
    if not found:
        return ""
    rows = [(entry, said(entry)) for entry in found]
    list_id = facade.list_id(person_id_of(request), found)
    context = {
        "title": title,
        "suggested": rows,
        "inside": True,
        "surface": surface,
        "list_id": list_id,
    }
    return render_to_string("discovery/_goodspanel.html", context, request)


def below_shop(request: HttpRequest, *, shop: ShopCard, **_more: Any) -> str:
    """`shop.below`: what this shop has for this person; of another shop only what it agreed to, and labelled.

    A shop with few goods shows them all above; naming them again would help nobody.
    """
    slot = slots.shop_slot(
        person_id_of(request), shop.id, SHOWN, personalised=_personalised(request),
        is_recognised=is_recognised(request), region=_region(request),
    )  # fmt: skip
    if len(slot.suggested) < SHOWN and not any(entry.via for entry in slot.suggested):
        return ""
    signals.expose(slot.variant)
    return _panel(request, _("猜你喜欢"), slot.suggested, slots.SURFACE)


def below_goods(request: HttpRequest, *, goods: GoodsDetail, **_more: Any) -> str:
    """`goods.notes`, after the notes: 看了又看, of the same shop alone; and the look itself is a small
    sign of taste."""
    card = goods.card
    viewer_id = person_id_of(request)
    if viewer_id is not None and _personalised(request):
        learning.learn_from_goods(person_id=viewer_id, act="click", goods_ids=[card.id])
    found = facade.recommend_goods(
        viewer_id,
        card.shop_id,
        SHOWN,
        beside=card.id,
        region=_region(request),
        personalised=_personalised(request),
    )
    line = _steer_line(request, "goods", card.public_id) if viewer_id is not None else ""
    return line + _panel(request, _("看了又看"), found)


def below_note(request: HttpRequest, *, note: NoteDetail, **_more: Any) -> str:
    """`note.below`: reading a note is a small sign of taste. Draws the way to say what one wants to see."""
    viewer_id = person_id_of(request)
    if viewer_id is not None and not note.mine and _personalised(request):
        learning.learn_from_note(
            person_id=viewer_id, act="click", note_id=note.card.id, author_id=note.card.author.id,
            goods_ids=note.card.goods_ids, topics=note.topics,
        )  # fmt: skip
    if viewer_id is None or note.mine or note.card.published_at is None:
        return ""
    return _steer_line(request, "note", note.card.public_id)


def _steer_line(request: HttpRequest, kind: str, key: str) -> str:
    """The way to say: not this, or more of it."""
    context = {"kind": kind, "key": key, "next": request.get_full_path()}
    return render_to_string("discovery/_steer_line.html", context, request)


def settings_taste(request: HttpRequest, **_: Any) -> str:
    """`settings.taste`: the way to one's own tags."""
    return render_to_string("discovery/_tags_line.html", {}, request)
