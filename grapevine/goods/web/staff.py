"""The shop's staff: who works here, invitations, roles, leaving, handing over."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods.actions import staffing as actions
from grapevine.goods.contracts import Right, Role, ShopCard
from grapevine.goods.queries import cards, staff
from grapevine.goods.rules.roles import RIGHTS
from grapevine.goods.staffing import INVITED_AS, RIGHT_WORDS, ROLE_WORDS, InviteView
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words


def _table() -> list[dict[str, Any]]:
    """Rights as rows, roles as columns: the very table that decides."""
    return [
        {"label": _(RIGHT_WORDS[right]), "cells": [right in RIGHTS[role] for role in Role]}
        for right in Right
    ]


def _page(
    request: HttpRequest, shop: ShopCard, error: DomainError | None = None, link: str = ""
) -> HttpResponse:
    context = {
        "shop": shop, "nav": "staff", "link": link, "mine": me(request),
        "staff": [(one, _(ROLE_WORDS[one.role])) for one in staff.staff_of(shop.id)],
        "invites": [(one, _(ROLE_WORDS[one.role])) for one in staff.open_invites(shop.id)],
        "choices": [(str(role), _(ROLE_WORDS[role])) for role in INVITED_AS],
        "heads": [_(ROLE_WORDS[role]) for role in Role], "table": _table(),
        "most": settings.STAFF_MAX, "refusal": words(error) if error else None,
    }  # fmt: skip
    return render(request, "goods/staff.html", context, status=error.status if error else 200)


def _done(
    request: HttpRequest, shop: ShopCard, text: str, act: Callable[[], object]
) -> HttpResponse:
    """Do it and go back to the list; a refusal is told on the page."""
    try:
        act()
    except DomainError as error:
        return _page(request, shop, error)
    messages.success(request, text)
    return HttpResponseRedirect(reverse("goods:staff", args=[shop.slug]), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/staff/ ; POST role, handle ("" for a link) invites. The link is shown once."""
    shop = cards.shop_for_staff(me(request), slug, Right.STAFF)
    if request.method == "GET":
        return _page(request, shop)
    try:
        made = actions.invite_staff(
            shop_id=shop.id, actor_id=me(request), role=request.POST.get("role", ""),
            handle=request.POST.get("handle", ""),
        )  # fmt: skip
    except DomainError as error:
        return _page(request, shop, error)
    if not made.token:
        return _done(request, shop, _("已邀请，等对方答复"), lambda: None)
    link = request.build_absolute_uri(reverse("goods:invite", args=[made.token]))
    response = _page(request, shop, link=link)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in_page
def role(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    """POST /console/<slug>/staff/<handle>/role/ : role"""
    shop = cards.shop_for_staff(me(request), slug, Right.STAFF)
    return _done(request, shop, _("角色已改，对方下一次打开就生效"), lambda: actions.change_role(
        shop_id=shop.id, actor_id=me(request), person_id=staff.staff_id(shop.id, handle),
        role=request.POST.get("role", ""),
    ))  # fmt: skip


@require_POST
@signed_in_page
def removal(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    """POST /console/<slug>/staff/<handle>/removal/"""
    shop = cards.shop_for_staff(me(request), slug, Right.STAFF)
    return _done(request, shop, _("已移除，对方马上就打不开后台了"), lambda: actions.remove_staff(
        shop_id=shop.id, actor_id=me(request), person_id=staff.staff_id(shop.id, handle),
    ))  # fmt: skip


@require_POST
@signed_in_page
def withdrawal(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/staff/invites/<public_id>/withdrawal/"""
    shop = cards.shop_for_staff(me(request), slug, Right.STAFF)
    return _done(request, shop, _("邀请已撤回"), lambda: actions.withdraw_invite(
        shop_id=shop.id, actor_id=me(request), public_id=public_id
    ))  # fmt: skip


@require_POST
@signed_in_page
def hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/hand-over/ : handle of one of the staff, password of the owner"""
    shop = cards.shop_for_staff(me(request), slug, Right.CLOSING)
    try:
        actions.hand_over(
            shop_id=shop.id, actor_id=me(request), password=request.POST.get("password", ""),
            person_id=staff.staff_id(shop.id, request.POST.get("handle", "")),
        )  # fmt: skip
    except DomainError as error:
        return _page(request, shop, error)
    messages.success(request, _("店铺已转让，你现在是店长"))
    return HttpResponseRedirect(reverse("goods:own_role", args=[slug]), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def own_role(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/role/ : what I may do here ; POST leaves the shop."""
    shop = cards.shop_for_staff(me(request), slug, Right.TODAY)
    mine = staff.role_of(shop.id, me(request))
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            actions.leave_shop(shop_id=shop.id, person_id=me(request))
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("你已离开这家店"))
            return HttpResponseRedirect("/", status=303)
    context = {
        "shop": shop, "nav": "role", "role": mine, "label": _(ROLE_WORDS[mine]),
        "may": [_(RIGHT_WORDS[right]) for right in Right if right in RIGHTS[mine]],
        "may_not": [_(RIGHT_WORDS[right]) for right in Right if right not in RIGHTS[mine]],
        "refusal": words(refused) if refused else None,
    }  # fmt: skip
    return render(request, "goods/role.html", context, status=refused.status if refused else 200)


@require_GET
@signed_in_page
def invitations(request: HttpRequest) -> HttpResponse:
    """GET /invitations/ : the shops that wait for my answer."""
    rows = [_invited(one) for one in staff.invites_to(me(request))]
    return render(request, "goods/invitations.html", {"tab": "me", "rows": rows})


def _invited(one: InviteView, token: str = "") -> dict[str, Any]:
    """An invitation with what its role may and may not do."""
    rights = RIGHTS[Role(one.role)]
    return {
        "one": one, "label": _(ROLE_WORDS[one.role]), "token": token,
        "shop": cards.shop_by_slug(one.shop_slug),
        "may": [_(RIGHT_WORDS[right]) for right in Right if right in rights],
        "may_not": [_(RIGHT_WORDS[right]) for right in Right if right not in rights],
    }  # fmt: skip


def _answer(request: HttpRequest, *, public_id: str = "", token: str = "") -> HttpResponse:
    given = {"person_id": me(request), "public_id": public_id, "token": token}
    if request.POST.get("answer") != "accept":
        actions.decline_invite(**given)  # type: ignore[arg-type]
        messages.success(request, _("已婉拒"))
        return HttpResponseRedirect("/", status=303)
    slug = actions.accept_invite(**given)  # type: ignore[arg-type]
    messages.success(request, _("欢迎加入"))
    return HttpResponseRedirect(reverse("goods:own_role", args=[slug]), status=303)


@require_POST
@signed_in_page
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /invitations/<public_id>/ : answer=accept|decline"""
    return _answer(request, public_id=public_id)


@require_http_methods(["GET", "POST"])
@signed_in_page
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """GET /invitations/link/<token>/ : what one is invited to ; POST answer=accept|decline"""
    if request.method == "POST":
        return _answer(request, token=token)
    found = staff.invite_by_digest(me(request), actions.invite_digest(token))
    rows = [_invited(found, token)]
    return render(request, "goods/invitations.html", {"tab": "me", "rows": rows})
