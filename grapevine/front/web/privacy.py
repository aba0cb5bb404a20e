"""A person's privacy page: who looked at their contacts, and what the house keeps of them, why and until when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.front.personal import REGISTER
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.kit.pages import me, signed_in_page

ROWS = 30


@require_GET
@signed_in_page
def privacy(request: HttpRequest) -> HttpResponse:
    """GET /settings/privacy/?cursor="""
    page = guard.trail(
        AuditFilter(subject_id=me(request)), cursor=request.GET.get("cursor"), limit=ROWS
    )
    how = {"sealed": _("加密"), "index": _("加密"), "digest": _("只存摘要"), "clear": _("不加密")}
    context = {
        "tab": "me", "page": page,
        "kept": [(_(one.what), _(one.purpose), _(one.until), how[one.how]) for one in REGISTER],
    }  # fmt: skip
    return render(request, "front/privacy.html", context)
