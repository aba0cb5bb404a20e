"""Reading: a note, a topic, one's own drafts and keeps."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grapevine.kit.pages import me, person_id_of, signed_in_page
from grapevine.scene import facade
from grapevine.scene.contracts import NoteCard
from grapevine.scene.queries.cards import topic_count


def hearts(viewer_id: int | None, cards: Sequence[NoteCard]) -> dict[int, bool]:
    """Which of these cards the viewer likes, for `liked|get:note.id`."""
    return dict.fromkeys(facade.liked_by(viewer_id, [card.id for card in cards]), True)


@require_GET
def note(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /note/<id>/ (`?reply=<comment id>` answers to a comment)"""
    viewer_id = person_id_of(request)
    detail = facade.note_by_public_id(public_id, viewer_id)
    context = {
        "note": detail,
        "comments": facade.comments_of(public_id, viewer_id),
        "reply": request.GET.get("reply", ""),
        "tab": "home",
    }
    return render(request, "scene/note.html", context)


@require_GET
def topic(request: HttpRequest, name: str) -> HttpResponse:
    """GET /topic/<name>/?cursor="""
    viewer_id = person_id_of(request)
    page = facade.topic_notes(name, request.GET.get("cursor", ""), viewer_id=viewer_id)
    context = {
        "name": name,
        "count": topic_count(name),
        "page": page,
        "liked": hearts(viewer_id, page.items),
        "tab": "home",
    }
    return render(request, "scene/topic.html", context)


@require_GET
@signed_in_page
def mine(request: HttpRequest) -> HttpResponse:
    """GET /notes/mine/?show=drafts|kept"""
    show = request.GET.get("show", "kept")
    kept = facade.collected_by(me(request), request.GET.get("cursor", ""))
    drafts = facade.unpublished_of(me(request))
    context = {
        "show": show,
        "page": kept,
        "drafts": drafts,
        "liked": hearts(me(request), kept.items),
        "tab": "me",
    }
    return render(request, "scene/mine.html", context)
