"""Writing a note. Every button is a submit button, so the page works without a script: each press
keeps the text as a draft and comes back with what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.media import facade as media
from grapevine.scene import facade, rules
from grapevine.scene.contracts import Dot, NoteDetail, NoteState
from grapevine.scene.queries.reading import own_note

WRITES_PER_MINUTE = 60
CHOICES_MAX = 8


@dataclass(frozen=True, slots=True)
class Press:
    """Which button was pressed: `up:2`, `tag:<goods id>`, `publish` …"""

    what: str
    value: str

    @property
    def index(self) -> int:
        return int(self.value) if self.value.isdecimal() else -1


@require_http_methods(["GET", "POST"])
@signed_in_page
def compose(request: HttpRequest) -> HttpResponse:
    """GET, POST /note/new/ (`?goods=<id>` starts with that goods tagged)"""
    if request.method == "POST":
        return _pressed(request, None)
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@signed_in_page
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET, POST /note/<id>/edit/"""
    note = own_note(public_id, me(request))
    if request.method == "POST":
        return _pressed(request, note)
    return _form(request, note)


@require_POST
@signed_in_page
def deletion(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /note/<id>/deletion/"""
    facade.delete_note(author_id=me(request), public_id=public_id)
    messages.success(request, _("笔记已删除"))
    return HttpResponseRedirect(reverse("scene:mine"), status=303)


@require_GET
@signed_in_page
def goods_choices(request: HttpRequest) -> HttpResponse:
    """GET /note/goods/?q= (or `find`, as the field is called): goods to tag, as a fragment."""
    query = request.GET.get("q") or request.GET.get("find", "")
    return render(request, "scene/_choices.html", {"choices": _choices(query)})


def _choices(query: str) -> Sequence[Any]:
    return goods.find_goods(query, limit=CHOICES_MAX) if query.strip() else ()


def _form(
    request: HttpRequest, note: NoteDetail | None, error: DomainError | None = None
) -> HttpResponse:
    said, remedy = words(error) if error else ("", "")
    first = request.GET.get("goods", "")
    context = {
        "note": note,
        "said": said,
        "remedy": remedy,
        "wrong": {name: _(text) for name, text in error.fields.items()} if error else {},
        "choices": _choices(request.GET.get("q", "")),
        "query": request.GET.get("q", ""),
        "first_goods": goods.goods_by_public_id(first) if first and note is None else None,
        "popular_topics": facade.top_topics(8),
        "limits": {"title": rules.TITLE_MAX, "pictures": rules.PICTURES_MAX},
    }
    return render(request, "scene/compose.html", context, status=error.status if error else 200)


def _pressed(request: HttpRequest, note: NoteDetail | None) -> HttpResponse:
    """Keep the text, do what the button says; a refusal comes back on the form, the draft kept."""
    guard.limit(f"write:{me(request)}", per_minute=WRITES_PER_MINUTE)
    what, _colon, value = request.POST.get("do", "save").partition(":")
    press = Press(what, value)
    public_id = note.card.public_id if note else ""
    try:
        public_id = _keep(request, note, press)
        if press.what == "publish":
            card = facade.publish_draft(author_id=me(request), public_id=public_id)
            return _published(request, card.public_id)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        kept = own_note(public_id, me(request)) if public_id else None
        return _form(request, kept, error)
    target = reverse("scene:edit", args=[public_id])
    if press.what == "find":
        target += "?" + urlencode({"q": request.POST.get("find", "")})
    anchors = {"find": "#goods", "tag": "#goods", "untag": "#goods", "save": ""}
    return HttpResponseRedirect(target + anchors.get(press.what, "#pictures"), status=303)


def _published(request: HttpRequest, public_id: str) -> HttpResponse:
    state = own_note(public_id, me(request)).state
    if state == NoteState.REVIEW:
        messages.info(request, _("已提交，审核通过后大家就能看到"))
    else:
        messages.success(request, _("发布成功"))
    return HttpResponseRedirect(reverse("scene:note", args=[public_id]), status=303)


def _keep(request: HttpRequest, note: NoteDetail | None, press: Press) -> str:
    """Write the form into the note (a new draft where there is none); returns its public id."""
    given = request.POST
    pictures = _pictures(request, note, press)
    tagged = _tagged(request, note, press)
    text: dict[str, Any] = {
        "title": given.get("title", ""),
        "body": given.get("body", ""),
        "topics": [given.get("topics", "")],
        "picture_ids": [pk for pk, _alt in pictures],
        "goods_public_ids": tagged,
        "dots": _dots(request, tagged, len(pictures)),
        "sponsored": given.get("sponsored") == "1",
    }
    if note is None:
        return facade.save_draft(author_id=me(request), **text)
    public_id = note.card.public_id
    alts = [alt for _pk, alt in pictures]
    facade.edit_note(author_id=me(request), public_id=public_id, alts=alts, **text)
    return public_id


def _pictures(request: HttpRequest, note: NoteDetail | None, press: Press) -> list[tuple[int, str]]:
    """(picture id, alt) in the new order, uploads at the end."""
    held = list(note.pictures) if note else []
    rows = [(card.id, request.POST.get(f"alt-{card.public_id}", card.alt)) for card in held]
    if press.what in {"up", "down"}:
        rows = rules.moved(rows, press.index, -1 if press.what == "up" else 1)
    if press.what == "drop" and 0 <= press.index < len(rows):
        rows.pop(press.index)
    for file in request.FILES.getlist("pictures"):
        stored = media.store_picture(owner_id=me(request), file=file)
        rows.append((stored.id, stored.alt))
    return rows


def _tagged(request: HttpRequest, note: NoteDetail | None, press: Press) -> list[str]:
    kept = [tag.goods.public_id for tag in note.tagged] if note else request.POST.getlist("goods")
    if press.what == "tag" and press.value not in kept:
        kept.append(press.value)
    if press.what == "untag":
        kept = [public_id for public_id in kept if public_id != press.value]
    return kept


def _dots(request: HttpRequest, tagged: Sequence[str], pictures: int) -> dict[str, Dot]:
    """Where on which picture each goods is, for those whose three fields are filled."""
    found = {}
    for public_id in tagged:
        told = [request.POST.get(f"{name}-{public_id}", "") for name in ("picture", "x", "y")]
        if all(value.isdecimal() for value in told):
            picture, x, y = (int(value) for value in told)
            if 1 <= picture <= pictures and x <= 100 and y <= 100:
                found[public_id] = Dot(picture - 1, x * 100, y * 100)
    return found
