"""A person's own settings, and their data."""

import json
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.kit.middleware import name_visitor
from grapevine.kit.pages import me, own_path, signed_in_page
from grapevine.kit.problems import words
from grapevine.media import facade as media
from grapevine.people import access, actions, ports, queries, second_factor as factor


def _page(request: HttpRequest, error: DomainError | None = None, **extra: Any) -> HttpResponse:
    person_id = me(request)
    fields = {name: _(text) for name, text in error.fields.items()} if error else {}
    context = {
        "tab": "me", "person": queries.cards([person_id])[person_id],
        "personalised": queries.personalised(person_id),
        "shares_purchases": queries.shares_purchases(person_id),
        "second_factor": factor.has_second_factor(person_id), "tokens": queries.tokens(person_id),
        "refusal": words(error) if error else None, "fields": fields, **extra,
    }  # fmt: skip
    return render(request, "people/settings.html", context, status=error.status if error else 200)


def _done(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("people:settings"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def overview(request: HttpRequest) -> HttpResponse:
    """GET /settings/ ; POST saves name, words, region and picture."""
    if request.method == "GET":
        return _page(request)
    changes: dict[str, object] = {
        name: request.POST[name] for name in ("name", "bio", "region") if name in request.POST
    }
    try:
        avatar = request.FILES.get("avatar")
        if isinstance(avatar, UploadedFile):
            changes["avatar_id"] = media.store_picture(owner_id=me(request), file=avatar).id
        actions.edit_profile(person_id=me(request), changes=changes)
    except DomainError as error:
        return _page(request, error)
    return _done(request, _("已保存"))


@require_POST
@signed_in_page
def password(request: HttpRequest) -> HttpResponse:
    """POST /settings/password/ : every other session and token ends."""
    try:
        actions.change_password(
            person_id=me(request), old=request.POST.get("old", ""), new=request.POST.get("new", "")
        )
    except DomainError as error:
        return _page(request, error)
    update_session_auth_hash(request, access.person_by_id(me(request)))
    return _done(request, _("密码已更换，其他地方都已退出"))


@require_POST
@signed_in_page
def personalised(request: HttpRequest) -> HttpResponse:
    """POST /settings/personalised/ : counts from the next request on."""
    on = request.POST.get("on") == "1"
    actions.set_personalised(me(request), on=on)
    messages.success(request, _("个性化推荐已打开") if on else _("个性化推荐已关闭"))
    back = own_path(request, request.POST.get("next", ""), reverse("people:settings"))
    return HttpResponseRedirect(back, status=303)


@require_POST
@signed_in_page
def sharing(request: HttpRequest) -> HttpResponse:
    """POST /settings/sharing/ : whether friends may be told what I bought; counts from the next request on."""
    on = request.POST.get("on") == "1"
    actions.set_sharing(me(request), on=on)
    return _done(request, _("朋友能看到你买过什么了") if on else _("朋友看不到你买过什么了"))


@require_POST
@signed_in_page
def tokens(request: HttpRequest) -> HttpResponse:
    """POST /settings/tokens/ : make one (seen once), or revoke one."""
    revoked = request.POST.get("revoke", "")
    if revoked.isdigit():
        actions.revoke_token(person_id=me(request), token_id=int(revoked))
        return _done(request, _("已吊销"))
    made = actions.issue_token(me(request), request.POST.get("name", "") or "API")
    return _page(request, made=made)


@require_http_methods(["GET", "POST"])
@signed_in_page
def second_factor(request: HttpRequest) -> HttpResponse:
    """GET /settings/second-factor/ : the picture to scan, or how it stands; POST act = on, renew or off, with code.

    `next` is the page that asked for it; it is offered again once the codes were seen, and only if it is ours.
    """
    person_id, codes, error = me(request), [], None
    if request.method == "POST":
        code, act = request.POST.get("code", ""), request.POST.get("act", "")
        try:
            if act == "on":
                codes = factor.confirm_second_factor(person_id, code)
            elif act == "renew":
                codes = factor.renew_recovery_codes(person_id, code)
            else:
                factor.end_second_factor(person_id, code)
                return _done(request, _("两步验证已关闭"))
        except DomainError as refused:
            error = refused
    given = request.POST.get("next") or request.GET.get("next", "")
    back = own_path(request, given, "")
    is_on = factor.has_second_factor(person_id)
    begun = None if is_on else factor.begin_second_factor(person_id)
    context = {
        "tab": "me", "is_on": is_on, "codes": codes, "left": factor.recovery_codes_left(person_id),
        "setup": begun, "refusal": words(error) if error else None,
        "picture": _drawn(begun.address) if begun else "",
        "back": back or reverse("people:settings"), "has_next": bool(back),
    }  # fmt: skip
    status = error.status if error else 200
    response = render(request, "people/second_factor.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _drawn(address: str) -> str:
    """The address as a picture inside the page; it is asked of nobody else."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)


@require_GET
@signed_in_page
def export(request: HttpRequest) -> HttpResponse:
    """GET /settings/export/ : what this account holds of me, as JSON."""
    body = json.dumps(
        queries.own_data(me(request)) | ports.kept_elsewhere(me(request)),
        ensure_ascii=False,
        indent=1,
        default=str,
    )
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="grapevine-me.json"'
    return response


@require_POST
@signed_in_page
def closure(request: HttpRequest) -> HttpResponse:
    """POST /settings/closure/ : close the account for good."""
    try:
        actions.erase(person_id=me(request), password=request.POST.get("password", ""))
    except DomainError as error:
        return _page(request, error)
    logout(request)
    response = HttpResponseRedirect("/", status=303)
    name_visitor(request, response, new_id())
    return response
