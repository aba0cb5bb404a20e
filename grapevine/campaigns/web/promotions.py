"""The shop's desk for coupons, reductions and flash sales; the operators' for the platform's coupons."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.campaigns.actions import coupons, flash, reductions
from grapevine.campaigns.queries import coupons as coupon_queries, promotions
from grapevine.campaigns.web import forms
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit import clock
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.people import facade as people

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose desk: a shop's, or the platform's own (`shop` None)."""

    shop: ShopCard | None
    back: str

    @property
    def shop_id(self) -> int:
        return self.shop.id if self.shop else coupons.PLATFORM

    @property
    def context(self) -> dict[str, Any]:
        console = {} if self.shop else {"console": "operator"}
        return {
            "shop": self.shop, "nav": "promotions", "back": self.back, "now": clock.now(), **console
        }  # fmt: skip


def _shop_desk(request: HttpRequest, slug: str) -> Desk:
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    return Desk(shop, reverse("campaigns:promotions", args=[slug]))


def _platform_desk(request: HttpRequest) -> Desk:
    if not people.is_operator(me(request)):
        raise NotFound
    return Desk(None, reverse("campaigns:platform_coupons"))


@require_GET
@signed_in_page
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/promotions/ : what the shop gives out, newest first."""
    desk = _shop_desk(request, slug)
    context = {
        **desk.context, "coupons": coupon_queries.plans_of_shop(desk.shop_id, None, SHOWN).items,
        "reductions": promotions.reductions_of_shop(desk.shop_id, None, SHOWN).items,
        "sales": promotions.flash_sales_of_shop(desk.shop_id, None, SHOWN).items,
    }  # fmt: skip
    return render(request, "campaigns/promotions.html", context)


@require_GET
@signed_in_page
def platform_overview(request: HttpRequest) -> HttpResponse:
    """GET /operator/coupons/ : the platform's own coupons."""
    desk = _platform_desk(request)
    page = coupon_queries.plans_of_shop(desk.shop_id, request.GET.get("cursor"), SHOWN)
    context = {**desk.context, "coupons": page.items, "page": page}
    return render(request, "campaigns/platform_coupons.html", context)


def _form(
    request: HttpRequest,
    desk: Desk,
    template: str,
    *,
    preview: Callable[[], Any],
    create: Callable[[], Any],
    extra: dict[str, Any],
) -> HttpResponse:
    """An empty form; or what was sent with a preview; or what was sent with what is wrong; or made, and back."""
    context: dict[str, Any] = {**desk.context, **extra, "given": request.POST, "fields": {}}
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("then") == "save":
                create()
                messages.success(request, _("已安排好"))
                return HttpResponseRedirect(desk.back, status=303)
            context["preview"] = preview()
        except DomainError as error:
            status = error.status
            context["fields"] = {name: _(text) for name, text in error.fields.items()}
            context["refusal"] = words(error)
    return render(request, template, context, status=status)


def _shelf(desk: Desk) -> list[Any]:
    return list(goods.goods_of_shop(desk.shop_id, limit=100).items) if desk.shop else []


def _coupon_form(request: HttpRequest, desk: Desk) -> HttpResponse:
    new = forms.coupons(request.POST)
    return _form(
        request, desk, "campaigns/coupon_form.html",
        preview=lambda: coupons.preview_coupons(shop_id=desk.shop_id, new=new),
        create=lambda: coupons.create_coupons(
            shop_id=desk.shop_id, new=new, actor_id=me(request)
        ),
        extra={"shelf": _shelf(desk), "picked": request.POST.getlist("goods")},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in_page
def new_coupons(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/promotions/coupons/new/ : then=preview shows, then=save gives out."""
    return _coupon_form(request, _shop_desk(request, slug))


@require_http_methods(["GET", "POST"])
@signed_in_page
def new_platform_coupons(request: HttpRequest) -> HttpResponse:
    """GET, POST /operator/coupons/new/"""
    return _coupon_form(request, _platform_desk(request))


@require_http_methods(["GET", "POST"])
@signed_in_page
def new_reduction(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/promotions/reductions/new/"""
    desk, new = _shop_desk(request, slug), forms.reduction(request.POST)
    sent = list(zip(request.POST.getlist("over"), request.POST.getlist("cut"), strict=False))
    tiers = [*sent[: forms.TIERS_SHOWN], *[("", "")] * forms.TIERS_SHOWN][: forms.TIERS_SHOWN]
    return _form(
        request, desk, "campaigns/reduction_form.html",
        preview=lambda: reductions.preview_reduction(shop_id=desk.shop_id, new=new),
        create=lambda: reductions.create_reduction(
            shop_id=desk.shop_id, new=new, actor_id=me(request)
        ),
        extra={"tiers": tiers, "shelf": _shelf(desk), "picked": request.POST.getlist("goods")},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in_page
def new_flash_sale(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/promotions/flash/new/?goods= : choose goods, then a SKU and its terms; POST plans it."""
    desk = _shop_desk(request, slug)
    data = request.POST if request.method == "POST" else request.GET
    detail = goods.goods_detail(data["goods"][:12]) if data.get("goods") else None
    if detail is not None and detail.card.shop_id != desk.shop_id:
        raise NotFound
    new = forms.flash_sale(request.POST)
    return _form(
        request, desk, "campaigns/flash_form.html",
        preview=lambda: flash.preview_flash_sale(shop_id=desk.shop_id, new=new),
        create=lambda: flash.create_flash_sale(
            shop_id=desk.shop_id, new=new, actor_id=me(request)
        ),
        extra={"detail": detail, "shelf": _shelf(desk) if detail is None else []},
    )  # fmt: skip


@require_POST
@signed_in_page
def stop(request: HttpRequest, slug: str, kind: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/promotions/<coupons|reductions|flash>/<id>/stop/"""
    desk = _shop_desk(request, slug)
    stoppers: dict[str, Callable[..., None]] = {
        "coupons": coupons.stop_coupons,
        "reductions": reductions.stop_reduction,
        "flash": flash.stop_flash_sale,
    }
    if kind not in stoppers:
        raise NotFound
    stoppers[kind](shop_id=desk.shop_id, public_id=public_id, actor_id=me(request))
    messages.success(request, _("已停止"))
    return HttpResponseRedirect(desk.back, status=303)


@require_POST
@signed_in_page
def stop_platform(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/coupons/<id>/stop/"""
    desk = _platform_desk(request)
    coupons.stop_coupons(shop_id=desk.shop_id, public_id=public_id, actor_id=me(request))
    messages.success(request, _("已停止"))
    return HttpResponseRedirect(desk.back, status=303)


@require_POST
@signed_in_page
def give(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/promotions/coupons/<id>/gifts/ handles= : give one to each of these people."""
    desk = _shop_desk(request, slug)
    handles = forms.words(request.POST.get("handles", ""))
    try:
        given = coupons.give_coupons(
            shop_id=desk.shop_id, plan_id=public_id, handles=handles, actor_id=me(request)
        )
        messages.success(request, _("送出 %(n)s 张") % {"n": given})
    except DomainError as error:
        messages.error(request, " ".join(filter(None, words(error))))
    return HttpResponseRedirect(desk.back, status=303)
