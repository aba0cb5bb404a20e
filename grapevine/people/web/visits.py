"""Whether this browser may be recognised from one visit to the next: for everybody, without an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grapevine.kit.middleware import answer_consent, is_recognised


@require_http_methods(["GET", "POST"])
def visits(request: HttpRequest) -> HttpResponse:
    """GET, POST /privacy/visits/ : what the log keeps of a visit; on=0 stops it with the next request, on=1 lifts that."""
    if request.method == "GET":
        context = {
            "is_recognised": is_recognised(request),
            "by_browser": request.headers.get("Sec-GPC") == "1",
        }
        return render(request, "people/visits.html", context)
    on = request.POST.get("on") == "1"
    response = HttpResponseRedirect(reverse("people:visits"), status=303)
    answer_consent(request, response, on=on)
    messages.success(request, _("好的，会记得这个浏览器") if on else _("好的，不再认出这个浏览器"))
    return response
