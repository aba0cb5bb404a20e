"""Not this, more like this: one page a note or goods, which a card opens in its own place; each tap can be taken back there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.discovery import facade
from grapevine.discovery.contracts import NothingToSteer, WishView
from grapevine.discovery.queries.wishes import wishes_about
from grapevine.goods import facade as goods
from grapevine.kit.pages import me, own_path, signed_in_page
from grapevine.scene import facade as scene

TOPICS_MAX = 3
WAY_MAX = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """Something one may say: which word about what, and how the button reads."""

    kind: str
    key: str
    wanted: str
    label: str


@dataclass(frozen=True, slots=True)
class Thing:
    kind: str
    key: str
    title: str
    url: str
    choices: Sequence[Choice]


def _note(public_id: str, viewer_id: int) -> Thing:
    note = scene.note_by_public_id(public_id, viewer_id)
    card = note.card
    choices = [
        Choice("note", card.public_id, "0", _("不感兴趣")),
        Choice("note", card.public_id, "1", _("多来点这样的")),
        Choice("author", card.author.handle, "0", _("不看 %(name)s 的") % {"name": card.author.name}),
    ]  # fmt: skip
    choices += [
        Choice("topic", name, "0", _("不看 #%(name)s") % {"name": name})
        for name in note.topics[:TOPICS_MAX]
    ]
    url = reverse("scene:note", args=[card.public_id])
    return Thing("note", card.public_id, card.title, url, choices)


def _goods(public_id: str, _viewer_id: int) -> Thing:
    card = goods.goods_by_public_id(public_id)
    choices = [
        Choice("goods", card.public_id, "0", _("不感兴趣")),
        Choice("goods", card.public_id, "1", _("多来点这样的")),
        Choice("shop", card.shop_slug, "0", _("不看 %(name)s 的") % {"name": card.shop_name}),
    ]
    if card.category:
        choices.append(
            Choice("category", card.category, "0", _("不看%(name)s") % {"name": card.category})
        )
    url = reverse("goods:goods", args=[card.public_id])
    return Thing("goods", card.public_id, card.title, url, choices)


THINGS: Mapping[str, Callable[[str, int], Thing]] = {"note": _note, "goods": _goods}


def _thing(kind: str, key: str, viewer_id: int) -> Thing:
    if kind not in THINGS:
        raise NothingToSteer
    return THINGS[kind](key, viewer_id)


def word_label(wish: WishView) -> str:
    """What was said, in words."""
    what = {"label": wish.label}
    if wish.is_wanted:
        return _("多来点：%(label)s") % what
    return {
        "author": _("不看这位作者：%(label)s"), "shop": _("不看这家店：%(label)s"),
        "topic": _("不看这个话题：%(label)s"), "category": _("不看这个类目：%(label)s"),
    }.get(wish.kind, _("不感兴趣：%(label)s")) % what  # fmt: skip


@require_GET
@signed_in_page
def thing(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """GET /steer/<note|goods>/<public id>/ : what one may say of it; for htmx in the card's place."""
    return _page(request, _thing(kind, key, me(request)))


def _page(request: HttpRequest, about: Thing) -> HttpResponse:
    said = wishes_about(me(request), [(one.kind, one.key) for one in about.choices])
    taken = {(wish.kind, wish.key) for wish in said}
    context = {
        "about": about, "said": [(wish, word_label(wish)) for wish in said], "tab": "home",
        "choices": [one for one in about.choices if (one.kind, one.key) not in taken],
        "channel": request.GET.get("channel", "")[:WAY_MAX],
        "next": own_path(request, request.GET.get("next", "")),
        "is_on": getattr(request.user, "personalised", True),
    }  # fmt: skip
    part = bool(request.htmx)  # type: ignore[attr-defined]
    template = "discovery/_steer.html" if part else "discovery/steer.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@signed_in_page
def say(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """POST /steer/<note|goods>/<public id>/word/ : word=<kind>|<wanted 1, 0 or back>|<key>; channel"""
    about = _thing(kind, key, me(request))
    of, _bar, rest = request.POST.get("word", "").partition("|")
    wanted, _bar, named = rest.partition("|")
    if wanted == "back":
        facade.take_back(person_id=me(request), kind=of, key=named)
    else:
        facade.wish(
            person_id=me(request), kind=of, key=named, is_wanted=wanted == "1",
            channel=request.POST.get("channel", "")[:WAY_MAX],
        )  # fmt: skip
    if request.htmx:  # type: ignore[attr-defined]
        return _page(request, about)
    return HttpResponseRedirect(reverse("discovery:steer", args=[kind, key]), status=303)
