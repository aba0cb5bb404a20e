"""Pages of the house itself: its style page, how it looks, and what is said when a page fails."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import check_for_language, gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.kit import clock
from grapevine.kit.middleware import YEAR_SECONDS
from grapevine.kit.pages import own_path
from grapevine.kit.problems import fault
from grapevine.kit.web.samples import SAMPLES

LOOK_COOKIE = "gv_look"


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """POST /look/: language, theme ("", light, dark) or elder ("0", "1"), then back to `next`."""
    response = HttpResponseRedirect(own_path(request, request.POST.get("next", "/")), status=303)
    now = request.appearance  # type: ignore[attr-defined]
    theme = request.POST.get("theme", now.theme)
    elder = request.POST.get("elder", "1" if now.elder else "0") == "1"
    words = [theme if theme in {"light", "dark"} else "", "elder" if elder else ""]
    _remember(response, LOOK_COOKIE, "-".join(filter(None, words)))
    language = request.POST.get("language", "")
    if language and check_for_language(language):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax")


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """GET /kit/: every token and component, alive."""
    now = clock.now()
    moments = {"soon": now + timedelta(hours=5, minutes=12), "later": now + timedelta(days=2)}
    return render(request, "kit/gallery.html", {**SAMPLES, **moments, "now": now, "tab": "home"})


@require_GET
def gallery_console(request: HttpRequest) -> HttpResponse:
    """GET /kit/console/: the parts of the consoles."""
    return render(request, "kit/gallery_console.html", {**SAMPLES, "console": "operator"})


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """GET /sw.js: at the root, because a worker only serves pages below its own address."""
    response = render(request, "kit/sw.js", content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "kit/offline.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django passes it
    return _fault(request, 404, "search", _("没有找到这个页面"), _("它可能已被删除，或链接不完整"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django passes it
    return _fault(request, 403, "lock", _("你没有权限看这一页"), _("换个账号登录，或回到首页"))


def broken(request: HttpRequest) -> HttpResponse:
    """The last page standing: reads neither the session nor the database."""
    if request.path.startswith("/api/"):
        return fault(500, FAULT_CODES[500])
    words = {"message": _("我们这边出了点问题"), "remedy": _("已经记下来了，请过一会儿再试")}
    return HttpResponse(render_to_string("kit/broken.html", words), status=500)


FAULT_CODES = {403: "not_allowed", 404: "not_found", 500: "broken"}


def _fault(request: HttpRequest, status: int, icon: str, message: str, remedy: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return fault(status, FAULT_CODES[status])
    context: dict[str, Any] = {"code": status, "icon": icon, "message": message, "remedy": remedy}
    return render(request, "kit/error.html", context, status=status)
