"""The operator's list of notes that wait for eyes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.people import facade as people
from grapevine.scene import facade


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


@require_GET
@signed_in_page
def queue(request: HttpRequest) -> HttpResponse:
    """GET /operator/notes/?cursor=: oldest first, each with the wording that stopped it."""
    _operator(request)
    page = facade.notes_in_review(request.GET.get("cursor", ""))
    context = {"console": "operator", "nav": "notes", "page": page}
    return render(request, "scene/review.html", context)


@require_POST
@signed_in_page
def decision(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/notes/<id>/decision/ pass=1|0"""
    moderator_id = _operator(request)
    if request.POST.get("pass") == "1":
        facade.release_note(moderator_id=moderator_id, public_id=public_id)
        messages.success(request, _("已放行"))
    else:
        facade.return_note(moderator_id=moderator_id, public_id=public_id)
        messages.success(request, _("已退回作者修改"))
    return HttpResponseRedirect(reverse("scene:review"), status=303)
