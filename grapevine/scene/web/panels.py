"""What this module puts into lower modules' pages."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from grapevine.goods.contracts import GoodsDetail
from grapevine.kit.pages import person_id_of
from grapevine.people import facade as people
from grapevine.people.contracts import PersonCard
from grapevine.scene import facade
from grapevine.scene.web.notes import hearts

NOTES_OF_GOODS = 6


def notes_of_person(request: HttpRequest, *, person: PersonCard, **_more: Any) -> str:
    """`profile.tabs`: the person's notes, or a word that there are none."""
    viewer_id = person_id_of(request)
    if viewer_id is not None and person.id in people.blocked_ids(viewer_id):
        return ""
    page = facade.notes_of(person.id, request.GET.get("cursor", ""))
    more = f"?cursor={page.next_cursor}" if page.next_cursor else ""
    context = {
        "title": _("笔记"),
        "cards": page.items,
        "liked": hearts(viewer_id, page.items),
        "more": more,
        "empty": _("还没有发布笔记"),
    }
    return render_to_string("scene/_panel.html", context, request)


def notes_of_goods(request: HttpRequest, *, goods: GoodsDetail, **_more: Any) -> str:
    """`goods.notes`: the newest notes that tag the goods."""
    viewer_id = person_id_of(request)
    hidden = people.blocked_ids(viewer_id) if viewer_id is not None else set()
    cards = [
        card
        for card in facade.notes_with_goods(goods.card.id, NOTES_OF_GOODS)
        if card.author.id not in hidden
    ]
    if not cards:
        return ""
    context = {"title": _("大家在写"), "cards": cards, "liked": hearts(viewer_id, cards)}
    return render_to_string("scene/_panel.html", context, request)
