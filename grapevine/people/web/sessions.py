"""Where a person is signed in, and ending it."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grapevine.kit.pages import me, signed_in_page
from grapevine.people import actions, queries


@require_http_methods(["GET", "POST"])
@signed_in_page
def sessions(request: HttpRequest) -> HttpResponse:
    """GET /settings/sessions/ ; POST end=<id> | others | all"""
    key = request.session.session_key or ""
    if request.method == "GET":
        context = {"tab": "me", "sessions": queries.sessions(me(request), key)}
        return render(request, "people/sessions.html", context)
    end = request.POST.get("end", "")
    if end == "all":
        actions.end_sessions(person_id=me(request))
        logout(request)
        return HttpResponseRedirect("/", status=303)
    if end == "others":
        actions.end_sessions(person_id=me(request), but_key=key)
    else:
        actions.end_session(person_id=me(request), session_id=end)
    messages.success(request, _("已退出"))
    return HttpResponseRedirect(reverse("people:sessions"), status=303)
