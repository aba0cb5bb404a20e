"""合作 in a shop's console: proposals, agreements and what they bring, and with whom to work next."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.spread import partnering, partners
from grapevine.spread.partnership import RIVAL_FROM_BPS, STATE_WORDS, NewCooperation

ENDINGS = {"accept": partnering.accept, "decline": partnering.decline, "end": partnering.end}
SAID = {
    "accept": marked("合作开始了，从现在起店里会出现对方的商品"), "decline": marked("已谢绝"),
    "end": marked("合作已结束，对方的商品已从你的店里撤下"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in_page
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/partners/?with=<slug> ; POST other, rate (percent), starts, ends, categories, goods, words proposes."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    if request.method == "GET":
        return _page(request, shop)
    try:
        partnering.propose(shop=shop, new=_asked(request.POST), actor_id=me(request))
    except DomainError as error:
        return _page(request, shop, error)
    messages.success(request, _("提议已发出，等对方答复"))
    return HttpResponseRedirect(reverse("spread:partners", args=[slug]), status=303)


def _asked(data: QueryDict) -> NewCooperation:
    starts, ends = _day(data.get("starts", "")), _day(data.get("ends", ""))
    rate = data.get("rate", "").strip()
    if starts is None or ends is None:
        raise BadInput(fields={"ends": marked("选好开始和结束的日子")})
    if not (rate.isascii() and rate.isdigit() and len(rate) < 4):
        raise BadInput(fields={"rate": marked("分成写 0 到 50 之间的百分比")})
    return NewCooperation(
        data.get("other", "")[:40], int(rate) * 100, starts, ends + timedelta(days=1),
        [one.strip() for one in data.get("categories", "")[:500].replace("，", ",").split(",") if one.strip()],
        data.get("goods", "")[:700].replace("，", " ").replace(",", " ").split(), data.get("words", "")[:400],
    )  # fmt: skip


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    here = timezone.get_current_timezone()
    return datetime(day.year, day.month, day.day, tzinfo=here) if day else None


def _page(
    request: HttpRequest, shop: ShopCard, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    today = timezone.localtime(clock.now()).date()
    given = request.POST if error else request.GET
    context = {
        "shop": shop, "nav": "partners", "rows": _rows(shop.id), "ideas": partners.partner_ideas(shop.id),
        "other": given.get("other") or request.GET.get("with", "")[:40], "given": given,
        "rate": given.get("rate", "10"), "starts": given.get("starts") or today.isoformat(),
        "ends": given.get("ends") or (today + timedelta(days=90)).isoformat(),
        "refusal": words(error) if error else None, "rival_from_bps": RIVAL_FROM_BPS,
        "fields": {name: _(text) for name, text in error.fields.items()} if error else {},
    }  # fmt: skip
    return render(request, "spread/partners.html", context, status=error.status if error else 200)


def _rows(shop_id: int) -> list[tuple[object, str, str]]:
    return [
        (
            one,
            _(STATE_WORDS[one.state]),
            "、".join([*one.categories, *(card.title for card in one.goods)]),
        )
        for one in partners.cooperations_of(shop_id)
    ]


@require_POST
@signed_in_page
def answer(request: HttpRequest, slug: str, cooperation_id: str) -> HttpResponse:
    """POST /console/<slug>/partners/<id>/ act=accept|decline|end"""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    act = request.POST.get("act", "")
    if act not in ENDINGS:
        raise BadInput
    try:
        ENDINGS[act](shop=shop, public_id=cooperation_id, actor_id=me(request))
    except DomainError as error:
        return _page(request, shop, error)
    messages.success(request, _(SAID[act]))
    return HttpResponseRedirect(reverse("spread:partners", args=[slug]), status=303)
