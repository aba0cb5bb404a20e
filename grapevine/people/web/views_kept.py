"""Keeping how a list is narrowed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from grapevine.kit.pages import me, own_path, signed_in_page
from grapevine.people import actions


@require_POST
@signed_in_page
def keep(request: HttpRequest) -> HttpResponse:
    """POST /views/ : place, query, name."""
    place, query = (request.POST.get(name, "") for name in ("place", "query"))
    actions.save_view(
        person_id=me(request), place=place, query=query, name=request.POST.get("name", "")
    )
    messages.success(request, _("已存为视图"))
    return HttpResponseRedirect(own_path(request, f"{place}?{query}"), status=303)


@require_POST
@signed_in_page
def removal(request: HttpRequest, view_id: int) -> HttpResponse:
    """POST /views/<id>/removal/"""
    actions.forget_view(person_id=me(request), view_id=view_id)
    return HttpResponseRedirect(own_path(request, request.POST.get("next", "")), status=303)
