"""Answering to a note: like, keep, comment. Forms without a script, fragments with one."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.guard import facade as guard
from grapevine.kit.formats import count_text
from grapevine.kit.pages import me, own_path, person_id_of, signed_in_page
from grapevine.scene import facade
from grapevine.scene.contracts import NoteDetail

REACTIONS_PER_MINUTE = 120
COMMENTS_PER_MINUTE = 20


def _back(request: HttpRequest, public_id: str, anchor: str = "") -> HttpResponse:
    here = reverse("scene:note", args=[public_id])
    target = own_path(request, request.POST.get("next", ""), here)
    return HttpResponseRedirect(target + anchor, status=303)


@require_POST
@signed_in_page
def like(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /note/<id>/like/ on=1|0"""
    guard.limit(f"react:{me(request)}", per_minute=REACTIONS_PER_MINUTE)
    on = request.POST.get("on", "1") == "1"
    act = facade.like if on else facade.unlike
    count = act(person_id=me(request), public_id=public_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return _back(request, public_id)
    context = {"public_id": public_id, "liked": on, "count": count_text(count)}
    return render(request, "scene/_like.html", context)


@require_POST
@signed_in_page
def collect(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /note/<id>/collect/ on=1|0"""
    guard.limit(f"react:{me(request)}", per_minute=REACTIONS_PER_MINUTE)
    on = request.POST.get("on", "1") == "1"
    act = facade.collect if on else facade.uncollect
    count = act(person_id=me(request), public_id=public_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return _back(request, public_id)
    context = {"public_id": public_id, "collected": on, "collects": count}
    return render(request, "scene/_collect.html", context)


@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """GET /note/<id>/comments/?cursor= · POST body, reply_to"""
    if request.method == "POST":
        return _comment(request, public_id)
    page = facade.comments_of(public_id, person_id_of(request), request.GET.get("cursor", ""))
    context = {"note_id": public_id, "comments": page}
    template = "scene/_thread.html" if request.htmx else "scene/comments.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@signed_in_page
def _comment(request: HttpRequest, public_id: str) -> HttpResponse:
    guard.limit(f"comment:{me(request)}", per_minute=COMMENTS_PER_MINUTE)
    body, reply_to = request.POST.get("body", ""), request.POST.get("reply_to", "")
    facade.comment(person_id=me(request), public_id=public_id, body=body, reply_to=reply_to)
    if not request.htmx:  # type: ignore[attr-defined]
        return _back(request, public_id, "#comments")
    return _section(request, facade.note_by_public_id(public_id, me(request)))


@require_POST
@signed_in_page
def comment_deletion(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /comments/<id>/deletion/"""
    facade.delete_comment(person_id=me(request), public_id=public_id)
    return HttpResponseRedirect(own_path(request, request.POST.get("next", "/")), status=303)


def _section(request: HttpRequest, detail: NoteDetail) -> HttpResponse:
    page = facade.comments_of(detail.card.public_id, me(request))
    return render(request, "scene/_comments.html", {"note": detail, "comments": page})
