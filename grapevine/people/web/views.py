"""Signing up, in and out, and people's pages."""

from typing import Any

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.kit.middleware import is_recognised, name_visitor, visitor_of
from grapevine.kit.pages import me, own_path, person_id_of, signed_in_page
from grapevine.kit.problems import words
from grapevine.people import access, actions, queries
from grapevine.people.rules import device_of
from grapevine.people.sessions import DEVICE, STARTED

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _enter(request: HttpRequest, person_id: int) -> HttpResponse:
    """Start a fresh session for this person and go where they wanted."""
    login(request, access.person_by_id(person_id), backend=BACKEND)
    request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))
    request.session[STARTED] = clock.now().isoformat()
    actions.note_sign_in(
        person_id=person_id, visitor_id=visitor_of(request), is_recognised=is_recognised(request)
    )
    return HttpResponseRedirect(own_path(request, request.POST.get("next", "/")), status=303)


def _form(request: HttpRequest, template: str, error: DomainError | None = None) -> HttpResponse:
    fields = {name: _(text) for name, text in error.fields.items()} if error else {}
    context: dict[str, Any] = {
        "next": own_path(request, request.POST.get("next") or request.GET.get("next", "/")),
        "given": request.POST, "refusal": words(error) if error else None, "fields": fields,
    }  # fmt: skip
    return render(request, template, context, status=error.status if error else 200)


@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """GET, POST /signup/"""
    if request.method == "GET":
        return _form(request, "people/sign_up.html")
    data = request.POST
    try:
        person_id = actions.sign_up(
            identifier=data.get("identifier", ""), password=data.get("password", ""),
            name=data.get("name", ""), visitor_id=visitor_of(request),
            is_recognised=is_recognised(request),
        )  # fmt: skip
    except DomainError as error:
        return _form(request, "people/sign_up.html", error)
    return _enter(request, person_id)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET, POST /signin/"""
    if request.method == "GET":
        return _form(request, "people/sign_in.html")
    data = request.POST
    address = guard.address_of(request)
    try:
        person_id = actions.authenticate(
            data.get("identifier", ""), data.get("password", ""), address=address
        )
    except DomainError as error:
        return _form(request, "people/sign_in.html", error)
    return _enter(request, person_id)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """POST /signout/ : the browser goes on under a new name, so that whoever uses it next is somebody else."""
    person_id = person_id_of(request)
    logout(request)
    response = HttpResponseRedirect("/", status=303)
    if person_id is not None:
        actions.note_sign_out(person_id=person_id, visitor_id=visitor_of(request))
        name_visitor(request, response, new_id())
    return response


@require_GET
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """GET /person/<handle>/"""
    found = queries.profile(handle, viewer_id=person_id_of(request))
    return render(request, "people/profile.html", {"profile": found, "person": found.person})


@require_POST
@signed_in_page
def follow(request: HttpRequest, handle: str) -> HttpResponse:
    """POST /person/<handle>/follow/ : on=1 follows, on=0 stops."""
    other = access.person_by_handle(handle)
    change = actions.follow if request.POST.get("on", "1") == "1" else actions.unfollow
    change(person_id=me(request), other_id=other.pk)
    return _back(request, f"/person/{handle}/")


@require_POST
@signed_in_page
def block(request: HttpRequest, handle: str) -> HttpResponse:
    """POST /person/<handle>/block/ : on=1 blocks, on=0 lifts it."""
    other = access.person_by_handle(handle)
    change = actions.block if request.POST.get("on", "1") == "1" else actions.unblock
    change(person_id=me(request), other_id=other.pk)
    return _back(request, f"/person/{handle}/")


def _back(request: HttpRequest, default: str) -> HttpResponse:
    if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(
        own_path(request, request.POST.get("next", ""), default), status=303
    )


@require_GET
def followers(request: HttpRequest, handle: str) -> HttpResponse:
    """GET /person/<handle>/followers/"""
    return _people(request, handle, followers=True)


@require_GET
def followees(request: HttpRequest, handle: str) -> HttpResponse:
    """GET /person/<handle>/followees/"""
    return _people(request, handle, followers=False)


def _people(request: HttpRequest, handle: str, *, followers: bool) -> HttpResponse:
    found = queries.profile(handle, viewer_id=person_id_of(request))
    page = queries.follow_page(
        found.person.id, followers=followers, cursor=request.GET.get("cursor")
    )
    context = {"person": found.person, "page": page, "followers": followers}
    return render(request, "people/people.html", context)
