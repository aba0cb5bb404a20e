"""What is advised to a shop, the drafts its buttons make, and what came of each. For its own staff, and the operator."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.insight.actions import advising, carrying
from grapevine.insight.advising import DISMISSALS, AdviceView, Guidance, Kind
from grapevine.insight.queries import advices as queries
from grapevine.insight.queries.situation import FANS_MAX, fans_asked
from grapevine.insight.web import advicewords as say
from grapevine.kit import exports
from grapevine.kit.errors import BadInput, DomainError, NotFound
from grapevine.kit.pages import me, own_path, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.kit.workbook import Cell
from grapevine.people import facade as people

ROWS = 30
SPANS = (28, 90, 365)
THINGS = {
    Kind.COUPON: "campaigns:promotions", Kind.GROUP: "campaigns:desk", Kind.NOTE: "scene:edit",
    Kind.WAKE: "insight:fans", Kind.MOVE: "goods:desk", Kind.ORDER: "goods:desk",
}  # fmt: skip


def guidance_of(guide: Guidance) -> dict[str, Any]:
    """What `insight/_advices.html` shows of a shop's guidance."""
    kinds = frozenset(str(one.kind) for one in (*guide.advices, *guide.waiting))
    return {
        "found": [(one, say.finding(one), say.so_what(one, kinds)) for one in guide.findings],
        "advices": rows_of(guide.advices), "waiting": rows_of(guide.waiting),
        "last": (guide.last, say.title(guide.last), say.result_text(guide.last))
        if guide.last
        else None,
        "quiet": say.quiet(guide.state, is_ended=guide.is_ended), "reasons": [(one, say.reason_label(one)) for one in DISMISSALS],
    }  # fmt: skip


def rows_of(found: Iterable[AdviceView]) -> list[dict[str, Any]]:
    betas = queries.success()
    return [
        {
            "one": one, "title": say.title(one), "reason": say.reason(one),
            "button": say.button(one.kind), "kind": say.kind_label(one.kind),
            "success": queries.told_success(betas, one.kind, one.category),
            "state": say.state_label(one.state), "why_not": say.reason_label(one.reason),
            "result": say.result_text(one),
        }
        for one in found
    ]  # fmt: skip


@require_GET
@signed_in_page
def advices(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/advices/?state=&kind=&cursor=&format=csv|xlsx"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    state = state if state in queries.STATES else ""
    kind = kind if kind in set(Kind) else ""
    if request.GET.get("format") in exports.KINDS:
        rows = queries.every_row(shop.id, state=state, kind=kind)
        return _export(request.GET["format"], rows)
    page = queries.history(
        shop.id, state=state, kind=kind, cursor=request.GET.get("cursor"), limit=ROWS
    )
    context = {
        "shop": shop, "nav": "steps", "state": state, "kind": kind, "page": page, "rows": rows_of(page.items),
        "states": [(one, say.state_label(one)) for one in queries.STATES],
        "kinds": [(str(one), say.kind_label(one)) for one in Kind],
    }  # fmt: skip
    return render(request, "insight/advices.html", context)


def _export(form: str, found: Sequence[AdviceView]) -> HttpResponse:
    heads = [
        _("日期"), _("建议"), _("做法"), _("理由"), _("状态"), _("放下的原因"), _("预计每周多收，低"),
        _("预计每周多收，高"), _("结果"), _("实际多收"),
    ]  # fmt: skip
    rows = [
        [
            one.day.isoformat(), say.title(one), say.kind_label(one.kind), say.reason(one),
            say.state_label(one.state), say.reason_label(one.reason), exports.yuan(one.low_minor),
            exports.yuan(one.high_minor), say.result_text(one),
            exports.yuan(one.outcome.gained_minor) if one.outcome else "",
        ]
        for one in found
    ]  # fmt: skip
    return exports.export(form, "advices", heads, rows)


@require_POST
@signed_in_page
def adoption(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/advices/<id>/adoption/ : make the draft and show it."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    advising.adopt(shop_id=shop.id, public_id=public_id, actor_id=me(request))
    return _to_draft(slug, public_id)


@require_POST
@signed_in_page
def dismissal(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/advices/<id>/dismissal/ : reason"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    advising.dismiss(
        shop_id=shop.id, public_id=public_id, reason=request.POST.get("reason", ""),
        actor_id=me(request),
    )  # fmt: skip
    messages.success(request, _("放下了，四周内不再提这一类"))
    back = own_path(request, request.POST.get("next", ""), reverse("insight:advices", args=[slug]))
    return HttpResponseRedirect(back, status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def draft(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/advices/<id>/draft/?format=csv : look; POST do=carry|drop|undo : decide."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = queries.advice_of(shop.id, public_id)
    if found.state not in ("draft", "done", "undone", "dropped"):
        raise NotFound
    if request.method == "POST":
        return _decided(request, shop, found)
    if request.GET.get("format") in exports.KINDS and "lines" in found.facts:
        return _order_list(request.GET["format"], found)
    return _draft_page(request, shop, found)


def _decided(request: HttpRequest, shop: ShopCard, found: AdviceView) -> HttpResponse:
    goods.shop_for_staff(me(request), shop.slug, carrying.RIGHTS[found.kind])
    asked, public_id = request.POST.get("do", ""), found.public_id
    try:
        if asked == "drop":
            carrying.drop(shop_id=shop.id, public_id=public_id)
            messages.success(request, _("草稿丢掉了"))
        elif asked == "undo":
            carrying.take_back(shop_id=shop.id, public_id=public_id, actor_id=me(request))
            messages.success(request, _("收回来了"))
        else:
            carrying.carry_out(
                shop_id=shop.id, public_id=public_id, actor_id=me(request),
                changed=_changed(request, found.kind), title=request.POST.get("title", "")[:60],
            )  # fmt: skip
            messages.success(request, _("做好了。过几天来看它有没有用"))
    except DomainError as refused:
        return _draft_page(request, shop, queries.advice_of(shop.id, public_id), refused)
    return _to_draft(shop.slug, public_id)


def _changed(request: HttpRequest, kind: Kind) -> dict[str, int]:
    """The numbers of the form; money is in yuan. Raises BadInput."""
    asked = {name: request.POST.get(name, "").strip() for name in carrying.CHANGEABLE.get(kind, ())}
    found = {name: _number(text, name) for name, text in asked.items() if text}
    wrong = {name: marked("填一个大于 0 的数") for name, number in found.items() if number is None}
    if wrong:
        raise BadInput(fields=wrong)
    return {name: number for name, number in found.items() if number is not None}


def _number(text: str, name: str) -> int | None:
    """In minor units for money; None for what is no number above zero."""
    try:
        value = Decimal(text) * (100 if name.endswith("_minor") else 1)
    except InvalidOperation:
        return None
    return int(value) if value.is_finite() and value == int(value) and 0 < value < 10**9 else None


def _to_draft(slug: str, public_id: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("insight:advice_draft", args=[slug, public_id]), status=303)


def _draft_page(
    request: HttpRequest, shop: ShopCard, found: AdviceView, refused: DomainError | None = None
) -> HttpResponse:
    inputs = [
        (
            name, _field(name), request.POST.get(name)
            or (exports.yuan(found.facts[name]) if name.endswith("_minor") else found.facts[name]),
        )
        for name in carrying.CHANGEABLE.get(found.kind, ())
    ]  # fmt: skip
    fields = getattr(refused, "fields", {}) if refused else {}
    context = {
        "shop": shop, "nav": "steps", "row": rows_of([found])[0], "one": found,
        "inputs": inputs, "told": _told(found), "may": carrying.RIGHTS[found.kind] in shop.rights,
        "carry": say.carry_label(found.kind), "thing": _thing(shop, found, me(request)),
        "call": _call(shop, found), "lines": found.facts.get("lines", ()),
        "refusal": words(refused) if refused else None, "wrong": [_(text) for text in fields.values()],
        "by": people.cards([found.done_by]).get(found.done_by) if found.done_by else None,
    }  # fmt: skip
    return render(
        request, "insight/advice_draft.html", context, status=refused.status if refused else 200
    )


def _field(name: str) -> str:
    return {
        "worth_minor": _("减多少（元）"), "count": _("发多少张"), "days": _("几天内有效"),
        "price_minor": _("团价（元）"), "size": _("几个人成团"), "hours": _("几小时内凑齐"),
    }[name]  # fmt: skip


def _told(found: AdviceView) -> list[tuple[str, Any]]:
    """(name, value) of what the draft will do, where nothing is to be typed."""
    facts = found.facts
    if found.kind is Kind.COUPON:
        who = _("关注了店主的人") if facts["audience"] == "fans" else _("所有人")
        return [
            (_("给谁"), who), (_("用在"), facts["title"] or _("全店")),
            (_("门槛"), exports.yuan(facts["threshold_minor"]) if facts["threshold_minor"] else _("没有")),
        ]  # fmt: skip
    if found.kind is Kind.GROUP:
        return [
            (_("商品"), facts["title"]),
            (_("单买价（元）"), exports.yuan(facts["alone_minor"])),
        ]
    if found.kind is Kind.NOTE:
        return [
            (_("带上的商品"), _("、").join(facts["titles"])),
            (_("作者"), _("你自己，标明是推广")),
        ]
    return []


def _call(shop: ShopCard, found: AdviceView) -> dict[str, Any] | None:
    """The dry run of a call: how many may be written to now, and why the others may not."""
    if found.kind is not Kind.WAKE:
        return None
    if found.state == "done":
        return {"told": found.facts.get("told", 0)}
    asked, reach = fans_asked(shop.id)
    return {"asked": asked, "reach": reach, "count": min(len(reach.ids), FANS_MAX)}


def _thing(shop: ShopCard, found: AdviceView, viewer_id: int) -> str:
    """Where the thing that was made stands; "" where the viewer cannot open it."""
    if found.state != "done":
        return ""
    name = THINGS[found.kind]
    if found.kind is Kind.NOTE:
        return reverse(name, args=[found.result]) if found.done_by == viewer_id else ""
    try:
        return reverse(name, args=[shop.slug])
    except NoReverseMatch:
        return ""


def _order_list(form: str, found: AdviceView) -> HttpResponse:
    heads = [_("规格编码"), _("商品"), _("从"), _("到"), _("件数")]
    rows = [
        [line["code"], line["title"], line.get("source_name", ""), line["target_name"], line["count"]]
        for line in found.facts["lines"]
    ]  # fmt: skip
    return exports.export(form, f"list-{found.public_id}", heads, rows)


@require_GET
@signed_in_page
def kinds(request: HttpRequest) -> HttpResponse:
    """GET /operator/advices/?days=28|90|365&format=csv : how each kind of advice does."""
    if not people.is_operator(me(request)):
        raise NotFound
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(n) for n in SPANS} else SPANS[1]
    rows = [(row, say.kind_label(row.kind)) for row in queries.kinds_of(days)]
    if request.GET.get("format") in exports.KINDS:
        heads = [
            _("做法"), _("看到"), _("拟了草稿"), _("做了"), _("放下"), _("看出结果"), _("见效"),
            _("见效率"), _("区间低"), _("区间高"), _("多收"),
        ]  # fmt: skip
        table: list[list[Cell]] = [
            [label, row.shown, row.drafted, row.done, row.dismissed, row.judged, row.worked,
             Decimal(round(row.mean * 1000)).scaleb(-3), Decimal(round(row.low * 1000)).scaleb(-3),
             Decimal(round(row.high * 1000)).scaleb(-3), exports.yuan(row.gained_minor)]
            for row, label in rows
        ]  # fmt: skip
        return exports.export(request.GET["format"], "advice-kinds", heads, table)
    idle, recovered = queries.by_itself()
    context = {
        "console": "operator", "nav": "advices", "days": days, "spans": SPANS,
        "rows": [_told_kind(row, label) for row, label in rows],
        "categories": [
            (say.kind_label(kind), category, beta, *_percents(beta.mean, low, high))
            for kind, category, beta, low, high in queries.categories_of(queries.success())
        ],
        "idle": idle, "recovered": recovered,
        "idle_share": round(recovered * 100 / idle) if idle else None,
    }  # fmt: skip
    return render(request, "insight/advice_kinds.html", context)


def _percents(*shares: float) -> tuple[int, ...]:
    return tuple(round(share * 100) for share in shares)


def _told_kind(row: Any, label: str) -> dict[str, Any]:
    mean, low, high = _percents(row.mean, row.low, row.high)
    return {"row": row, "label": label, "mean": mean, "low": low, "high": high}
