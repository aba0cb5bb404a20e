"""Public pages of reviews, and what a reader does there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.care import facade
from grapevine.care.contracts import Score
from grapevine.care.queries.reviews import SHOWS
from grapevine.care.rules.score import FEW
from grapevine.goods import facade as goods
from grapevine.goods.contracts import SkuLine
from grapevine.guard import facade as guard
from grapevine.kit.pages import me, own_path, person_id_of, signed_in_page

VOTES_PER_MINUTE = 60


def flag_label(kind: str) -> str:
    return {
        "device": _("同一台设备短时间内写了很多条"),
        "network": _("同一网络的新账号短时间内写了很多条"),
        "words": _("几个人写了一样的话"),
    }.get(kind, "")


def filters(score: Score, skus: list[SkuLine], show: str, sku_id: int | None) -> dict[str, Any]:
    """The filters of a list of reviews: each one an address."""
    labels = {
        "": (_("最新"), score.reviews), "pictures": (_("有图"), score.pictures),
        "low": (_("低分在前"), None), "follow_up": (_("有追评"), score.follow_ups),
    }  # fmt: skip
    kept = f"&sku={sku_id}" if sku_id else ""
    tabs = [
        {"url": f"?show={name}{kept}", "label": labels[name][0], "count": labels[name][1], "current": name == show}
        for name in SHOWS
    ]  # fmt: skip
    options = [
        {"url": f"?show={show}&sku={sku.sku_id}", "label": sku.option, "current": sku.sku_id == sku_id}
        for sku in skus
        if sku.option
    ]  # fmt: skip
    every = {"url": f"?show={show}", "label": _("全部规格"), "current": sku_id is None}
    return {"tabs": tabs, "options": [every, *options] if len(options) > 1 else []}


@require_GET
def reviews(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /goods/<public_id>/reviews/?show=&sku=&cursor="""
    detail = goods.goods_detail(public_id)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    asked = request.GET.get("sku", "")
    sku_id = next((sku.sku_id for sku in detail.skus if str(sku.sku_id) == asked), None)
    score = facade.goods_score(detail.card.id)
    page = facade.reviews_of_goods(
        detail.card.id, viewer_id=person_id_of(request), show=show, sku_id=sku_id,
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    context = {
        "card": detail.card, "score": score, "page": page, "few": FEW,
        **filters(score, list(detail.skus), show, sku_id),
    }  # fmt: skip
    return render(request, "care/reviews.html", context)


@require_GET
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /reviews/<id>/ : one review with everything ever said under it."""
    history = facade.review_history(public_id, person_id_of(request))
    context = {
        "history": history, "one": history.review, "flag": flag_label(history.review.flag),
        "acts": {"hidden": _("因法律原因隐藏"), "appealed": _("作者申诉"), "upheld": _("维持隐藏"), "lifted": _("恢复显示")},
    }  # fmt: skip
    return render(request, "care/review.html", context)


@require_POST
@signed_in_page
def vote(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /reviews/<id>/vote/ on=1|0, next"""
    person_id = me(request)
    guard.limit(f"vote:{person_id}", per_minute=VOTES_PER_MINUTE)
    act = facade.take_vote_back if request.POST.get("on") == "0" else facade.vote
    act(person_id=person_id, public_id=public_id)
    there = reverse("care:review", args=[public_id])
    return HttpResponseRedirect(own_path(request, request.POST.get("next", ""), there), status=303)


@require_POST
@signed_in_page
def appeal(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /reviews/<id>/appeal/ : reason"""
    facade.appeal(buyer_id=me(request), public_id=public_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("申诉已提交，平台会给出答复"))
    return HttpResponseRedirect(reverse("care:review", args=[public_id]), status=303)
