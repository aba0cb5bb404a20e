"""The shop's desk: its reviews, its rating, its certificates."""

import csv
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.care import facade
from grapevine.care.actions.answering import note_staff_device
from grapevine.care.contracts import NewCertificate, ReviewView
from grapevine.care.queries import effects
from grapevine.care.queries.reviews import DESK_SHOWS, unanswered
from grapevine.care.rules.rating import hints
from grapevine.care.web.credit import factor_rows, labels
from grapevine.care.web.tracing import trace_of
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit.errors import DomainError
from grapevine.kit.formats import clock_text
from grapevine.kit.pages import me, own_path, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import safe_cell

ROWS = 30
CSV_ROWS_MAX = 5000


def _asked(request: HttpRequest) -> tuple[str, int]:
    show, stars = request.GET.get("show", "low"), request.GET.get("stars", "")
    return (
        show if show in DESK_SHOWS else "low",
        int(stars) if stars in {"1", "2", "3", "4", "5"} else 0,
    )


@require_GET
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/reviews/?show=low|unanswered|flagged|pictures&stars=&cursor="""
    shop = goods.shop_for_staff(me(request), slug, Right.REVIEWS)
    note_staff_device(shop_id=shop.id, trace=trace_of(request))
    show, stars = _asked(request)
    page = facade.reviews_of_shop(
        shop.id, show=show, stars=stars, cursor=request.GET.get("cursor"), limit=ROWS
    )
    score = facade.shop_score(shop.id)
    known = {
        "low": (_("低星在前"), None), "unanswered": (_("待回复"), unanswered(shop.id)),
        "": (_("最新"), score.reviews), "flagged": (_("异常"), score.flagged),
        "pictures": (_("有图"), score.pictures),
    }  # fmt: skip
    kept = f"&stars={stars}" if stars else ""
    context = {
        "shop": shop, "nav": "reviews", "page": page, "score": score, "show": show, "stars": stars,
        "tabs": [
            {"url": f"?show={name}{kept}", "label": known[name][0], "count": known[name][1], "current": name == show}
            for name in DESK_SHOWS
        ],
        "levels": (5, 4, 3, 2, 1), "shown": facade.shown_of_shop(shop.id, limit=5).items,
    }  # fmt: skip
    return render(request, "care/desk.html", context)


@require_POST
@signed_in_page
def reply(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/reviews/<id>/reply/ : words, next"""
    shop = goods.shop_for_staff(me(request), slug, Right.REVIEWS)
    note_staff_device(shop_id=shop.id, trace=trace_of(request))
    facade.reply(
        shop_id=shop.id,
        public_id=public_id,
        words=request.POST.get("words", ""),
        actor_id=me(request),
    )
    messages.success(request, _("已回复"))
    there = reverse("care:desk", args=[slug])
    return HttpResponseRedirect(own_path(request, request.POST.get("next", ""), there), status=303)


@require_GET
@signed_in_page
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/reviews.csv?show=&stars= : what the list shows, at most 5,000 rows."""
    shop = goods.shop_for_staff(me(request), slug, Right.REVIEWS)
    show, stars = _asked(request)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reviews-{shop.slug}.csv"'
    sheet = csv.writer(response)
    sheet.writerow(
        [_("时间"), _("商品"), _("规格"), _("买家"), _("商品分"), _("服务分"), _("物流分"), _("评价"), _("追评"), _("回复"), _("有用"), _("说明")]
    )  # fmt: skip
    cursor, left = None, CSV_ROWS_MAX
    while left > 0:
        page = facade.reviews_of_shop(shop.id, show=show, stars=stars, cursor=cursor, limit=100)
        for one in page.items[:left]:
            sheet.writerow([safe_cell(cell) for cell in _cells(one)])
        left -= len(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    return response


def _cells(one: ReviewView) -> list[str]:
    marks = [_("因法律原因隐藏")] if one.hiding else []
    marks += [_("异常，不计分")] if one.flag else []
    marks += [_("已退款")] if one.is_refunded else []
    return [
        clock_text(one.at), one.goods.title, one.option, one.name, str(one.stars), str(one.service),
        str(one.logistics), one.said.words, one.follow_up.words if one.follow_up else "",
        one.reply.words if one.reply else "", str(one.votes), " ".join(marks),
    ]  # fmt: skip


@require_GET
@signed_in_page
def rating(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/rating/ : the factors, how to improve, the history, the certificates."""
    shop = goods.shop_for_staff(me(request), slug, Right.REVIEWS)
    return _rating(request, shop)


def _rating(request: HttpRequest, shop: Any, refused: DomainError | None = None) -> HttpResponse:
    found = facade.rating_of(shop.id)
    names = labels()
    todo = hints(found.factors) if found else []
    said, remedy = words(refused) if refused else ("", "")
    context = {
        "shop": shop, "nav": "rating", "rating": found, "said": said, "remedy": remedy,
        "rows": factor_rows(found) if found else [], "history": facade.rating_history(shop.id),
        "hints": [(names[name], gain, _(hint)) for name, gain, hint in todo],
        "certificates": facade.certificates_of(shop.id), "given": request.POST,
        "wrong": {name: _(text) for name, text in refused.fields.items()} if refused else {},
        "states": certificate_states(), "effect": effect_now(shop.id),
    }  # fmt: skip
    return render(
        request, "care/desk_rating.html", context, status=refused.status if refused else 200
    )


def effect_now(shop_id: int) -> dict[str, str]:
    """What the rating does for this shop today."""
    effect = effects.effects_of([shop_id])[shop_id]
    found = {
        "ranking": effect.ranking_bps, "deposit": effects.deposit_bps(shop_id),
        "fee": effect.fee_bps,
    }  # fmt: skip
    return {name: f"{bps // 100}%" for name, bps in found.items()}


def certificate_states() -> dict[str, str]:
    return {
        "waiting": _("待审核"), "approved": _("已通过"), "refused": _("没有通过"), "withdrawn": _("证书已撤销"),
    }  # fmt: skip


def day(text: str) -> date | None:
    """A day of a form; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_http_methods(["POST"])
@signed_in_page
def certificate(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/certificates/ : name, issuer, number, valid_from, valid_until, file"""
    shop = goods.shop_for_staff(me(request), slug, Right.SETTINGS)
    data = request.POST
    new = NewCertificate(
        data.get("name", ""), data.get("issuer", ""), data.get("number", ""),
        day(data.get("valid_from", "")), day(data.get("valid_until", "")),
    )  # fmt: skip
    try:
        facade.hand_in_certificate(
            shop_id=shop.id, new=new, file=request.FILES.get("file"), actor_id=me(request)
        )
    except DomainError as error:
        return _rating(request, shop, error)
    messages.success(request, _("已提交，审核通过后显示在店铺页"))
    return HttpResponseRedirect(reverse("care:desk_rating", args=[slug]), status=303)
