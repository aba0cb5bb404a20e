"""A buyer's pages: what waits for a review, writing one, following it up, showing an order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from grapevine.care import access, facade
from grapevine.care.contracts import Opinion, ReviewHistory, ReviewView
from grapevine.care.rules.words import PICTURES_MAX, TAGS, WORDS_MAX
from grapevine.care.web.tracing import trace_of
from grapevine.goods.contracts import GoodsCard
from grapevine.guard import facade as guard
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard
from grapevine.trade.contracts import LineView, OrderView

WRITES_PER_MINUTE = 20
STARS = (1, 2, 3, 4, 5)


def _stars(data: Mapping[str, str], name: str) -> int:
    value = data.get(name, "")
    return int(value) if value in {"1", "2", "3", "4", "5"} else 0


def _keep_pictures(request: HttpRequest, buyer_id: int, kept: list[PictureCard]) -> list[int]:
    """Pictures kept from before, then those sent along; each goes into `kept`, so that none is lost with a refusal."""
    kept += media.pictures_owned_by(buyer_id, request.POST.getlist("picture")[: 2 * PICTURES_MAX])
    room = max(0, PICTURES_MAX + 1 - len(kept))
    for file in request.FILES.getlist("pictures")[:room]:
        kept.append(media.store_picture(owner_id=buyer_id, file=file))
    return [one.id for one in kept]


def read_opinion(
    request: HttpRequest, buyer_id: int, kept: list[PictureCard], *, is_follow_up: bool = False
) -> Opinion:
    """What a review form says; its pictures go into `kept`. A follow-up has no stars of its own."""
    data = request.POST
    stars = [
        5 if is_follow_up else _stars(data, name) for name in ("goods", "service", "logistics")
    ]
    return Opinion(
        stars[0], stars[1], stars[2], data.get("words", ""), data.getlist("tag"),
        _keep_pictures(request, buyer_id, kept), data.get("anonymous") == "1",
    )  # fmt: skip


def _form(
    request: HttpRequest, *, refused: DomainError | None, title: str, back: str, **more: Any
) -> HttpResponse:
    said, remedy = words(refused) if refused else ("", "")
    context = {
        "title": title, "back": back, "said": said, "remedy": remedy, "stars": STARS, "tags": TAGS,
        "given": request.POST, "chosen": request.POST.getlist("tag"), "limit": WORDS_MAX,
        "wrong": {name: _(text) for name, text in refused.fields.items()} if refused else {},
        "axes": (("goods", _("商品")), ("service", _("服务")), ("logistics", _("物流"))),
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "care/write.html", context | more, status=status)


@require_http_methods(["GET", "POST"])
@signed_in_page
def write(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """GET, POST /orders/<number>/reviews/<position>/"""
    person_id = me(request)
    order, line = access.line_of_buyer(person_id, number, position)
    refused: DomainError | None = None
    kept: list[PictureCard] = []
    if request.method == "POST":
        guard.limit(f"review:{person_id}", per_minute=WRITES_PER_MINUTE)
        try:
            facade.write_review(
                buyer_id=person_id, number=number, position=position,
                opinion=read_opinion(request, person_id, kept), trace=trace_of(request),
            )  # fmt: skip
        except NotFound:
            raise
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("评价已发布，谢谢"))
            return HttpResponseRedirect(f"{reverse('care:mine')}?tab=written", status=303)
    known = facade.lines_of([order])
    if known and known[position - 1].review and refused is None:
        there = reverse("care:review", args=[known[position - 1].review])
        return HttpResponseRedirect(there, status=303)
    return _form(
        request, refused=refused, title=_("写评价"), back=reverse("trade:order", args=[number]),
        subject=_subject(order, line), is_ready=order.received_at is not None, pictures=kept,
    )  # fmt: skip


def _subject(order: OrderView, line: LineView) -> dict[str, Any]:
    return {
        "title": line.title, "option": line.option, "cover": line.cover, "shop": order.shop_name
    }  # fmt: skip


def _goods(card: GoodsCard, option: str) -> dict[str, Any]:
    return {"title": card.title, "option": option, "cover": card.cover, "shop": card.shop_name}


@require_http_methods(["GET", "POST"])
@signed_in_page
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET, POST /reviews/<id>/edit/"""
    return _again(request, public_id, is_follow_up=False)


@require_http_methods(["GET", "POST"])
@signed_in_page
def follow_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET, POST /reviews/<id>/follow-up/"""
    return _again(request, public_id, is_follow_up=True)


def _again(request: HttpRequest, public_id: str, *, is_follow_up: bool) -> HttpResponse:
    person_id = me(request)
    access.review_of_buyer(person_id, public_id)
    refused: DomainError | None = None
    kept: list[PictureCard] = []
    if request.method == "POST":
        guard.limit(f"review:{person_id}", per_minute=WRITES_PER_MINUTE)
        act = facade.follow_up if is_follow_up else facade.edit_review
        try:
            opinion = read_opinion(request, person_id, kept, is_follow_up=is_follow_up)
            act(buyer_id=person_id, public_id=public_id, opinion=opinion)
        except NotFound:
            raise
        except DomainError as error:
            refused = error
        else:
            messages.success(
                request, _("追评已发布") if is_follow_up else _("改好了，原来的话会留着")
            )
            return HttpResponseRedirect(reverse("care:review", args=[public_id]), status=303)
    history = facade.review_history(public_id, person_id)
    review = history.review
    return _form(
        request, refused=refused, title=_("追评") if is_follow_up else _("修改评价"),
        back=reverse("care:review", args=[public_id]), subject=_goods(review.goods, review.option),
        is_follow_up=is_follow_up, pictures=_shown(review, kept, request, is_follow_up=is_follow_up),
        is_ready=history.may_follow_up if is_follow_up else history.may_edit,
        **({} if request.method == "POST" else _before(history, is_follow_up=is_follow_up)),
    )  # fmt: skip


def _shown(
    review: ReviewView, kept: list[PictureCard], request: HttpRequest, *, is_follow_up: bool
) -> Sequence[PictureCard]:
    """The pictures the form shows as chosen: what was sent, else what the review has."""
    return kept if request.method == "POST" or is_follow_up else review.said.pictures


def _before(history: ReviewHistory, *, is_follow_up: bool) -> dict[str, Any]:
    """What the fields hold when an edit begins."""
    if is_follow_up:
        return {}
    review = history.review
    given = {
        "goods": str(review.stars), "service": str(review.service),
        "logistics": str(review.logistics), "words": review.said.words,
        "anonymous": "1" if review.author is None else "",
    }  # fmt: skip
    return {"given": given, "chosen": list(review.said.tags)}


@require_GET
@signed_in_page
def mine(request: HttpRequest) -> HttpResponse:
    """GET /me/reviews/?tab=waiting|written&cursor="""
    tab = "written" if request.GET.get("tab") == "written" else "waiting"
    cursor = request.GET.get("cursor")
    tabs = [
        {"url": "?tab=waiting", "label": _("待评价"), "current": tab == "waiting"},
        {"url": "?tab=written", "label": _("已评价"), "current": tab == "written"},
    ]
    page: Any = (
        facade.my_reviews(me(request), cursor)
        if tab == "written"
        else facade.lines_to_review(me(request), cursor)
    )
    context = {"tab": "me", "tabs": tabs, "shown": tab, "page": page}
    return render(request, "care/mine.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_page
def show(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """GET, POST /orders/<number>/notes/<position>/ : title, body, topics, pictures"""
    person_id = me(request)
    order, line = access.line_of_buyer(person_id, number, position)
    refused: DomainError | None = None
    kept: list[PictureCard] = []
    if request.method == "POST":
        guard.limit(f"write:{person_id}", per_minute=WRITES_PER_MINUTE)
        try:
            card = facade.show_order(
                buyer_id=person_id, number=number, position=position,
                title=request.POST.get("title", ""), body=request.POST.get("body", ""),
                topics=[request.POST.get("topics", "")],
                picture_ids=_keep_pictures(request, person_id, kept),
            )  # fmt: skip
        except NotFound:
            raise
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("晒单已发布"))
            return HttpResponseRedirect(reverse("scene:note", args=[card.public_id]), status=303)
    said, remedy = words(refused) if refused else ("", "")
    context = {
        "title": _("晒单"), "back": reverse("trade:order", args=[number]), "given": request.POST,
        "subject": _subject(order, line), "pictures": kept,
        "is_ready": order.received_at is not None or order.delivered_at is not None,
        "said": said, "remedy": remedy,
        "wrong": {name: _(text) for name, text in refused.fields.items()} if refused else {},
    }  # fmt: skip
    return render(request, "care/show.html", context, status=refused.status if refused else 200)
