"""The work list of account managers: who to call, what was said, what came of it, and whether it helps."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.insight.actions import following as actions
from grapevine.insight.lifecycle import FollowUpView
from grapevine.insight.queries import followups as reads
from grapevine.insight.rules.support import OUTCOMES, WAYS
from grapevine.insight.web import stagewords as words
from grapevine.insight.web.lifecycle import operator
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import signed_in_page
from grapevine.kit.problems import words as problem_words
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.people.contracts import PersonNotFound

ROWS = 30


@require_GET
@signed_in_page
def follow_ups(request: HttpRequest) -> HttpResponse:
    """GET /operator/follow-ups/?state=open|overdue|done&who=me|none&cursor="""
    return _page(request, operator(request))


def _page(request: HttpRequest, who: int, refused: DomainError | None = None) -> HttpResponse:
    state, whose = request.GET.get("state", "open"), request.GET.get("who", "")
    state = state if state in reads.STATES else "open"
    page = reads.follow_ups(
        state, manager_id=who if whose == "me" else None, is_unassigned=whose == "none",
        cursor=request.GET.get("cursor"), limit=ROWS,
    )  # fmt: skip
    desk, shops = reads.desk(), goods.shops([one.shop_id for one in page.items])
    names = people.cards(
        {one.manager_id for one in page.items if one.manager_id}
        | {one.person_id for one in desk.managers}
    )
    today = timezone.localdate()
    context = {
        "console": "operator", "nav": "follow_ups", "page": page, "state": state, "whose": whose,
        "tabs": _tabs(state, whose), "rows": [_row(one, shops, names, today) for one in page.items],
        "desk": desk, "managers": [(one, names.get(one.person_id)) for one in desk.managers],
        "ways": [(way, words.way_label(way)) for way in WAYS],
        "outcomes": [(name, words.outcome_label(name)) for name in OUTCOMES if name != "lapsed"],
        "refusal": problem_words(refused) if refused else None,
        "wrong": [_(text) for text in refused.fields.values()] if refused else [],
        "threshold": None if desk.threshold is None else f"{desk.threshold * 100:.0f}%",
        "effect": _effect(desk), "quality": _quality(desk),
    }  # fmt: skip
    return render(
        request, "insight/follow_ups.html", context, status=refused.status if refused else 200
    )


def _tabs(state: str, whose: str) -> list[dict[str, Any]]:
    counts = reads.counts()
    labels = {"open": _("待跟进"), "overdue": _("过期"), "done": _("已结束")}
    tail = f"&who={whose}" if whose in ("me", "none") else ""
    return [
        {"url": f"?state={name}{tail}", "label": label, "count": counts[name], "current": name == state}
        for name, label in labels.items()
    ]  # fmt: skip


def _row(one: FollowUpView, shops: Any, names: Any, today: date) -> dict[str, Any]:
    return {
        "task": one, "shop": shops.get(one.shop_id), "stage": words.stage_label(one.stage),
        "css": words.stage_css(one.stage), "chance": words.chance_words(one.chance, None),
        "manager": names.get(one.manager_id or 0), "is_late": one.closed_at is None and one.due_on < today,
        "outcome": words.outcome_label(one.outcome),
    }  # fmt: skip


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%".replace("-", "−")


def _effect(desk: Any) -> dict[str, Any]:
    one = desk.effect
    return {
        "followed": _percent(one.followed.share) if one.followed.shops else "–",
        "held_out": _percent(one.held_out.share) if one.held_out.shops else "–",
        "difference": f"{one.difference * 100:+.1f}".replace("-", "−"),
        "low": f"{one.low * 100:+.1f}".replace("-", "−"), "high": f"{one.high * 100:+.1f}".replace("-", "−"),
    }  # fmt: skip


def _quality(desk: Any) -> dict[str, Any] | None:
    card = desk.card
    if not card:
        return None
    return {
        "card": card, "metrics": card.get("metrics", {}), "months": card.get("months", []),
        "calibration": [
            (_percent(chance), _percent(share), count) for chance, share, count in card.get("calibration", [])
        ],
    }  # fmt: skip


def _back(public_id: str = "") -> HttpResponseRedirect:
    anchor = f"#t-{public_id}" if public_id else ""
    return HttpResponseRedirect(reverse("insight:follow_ups") + anchor, status=303)


def _due(text: str) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise BadInput(fields={"due": marked("日期写成 2026-01-31 这样")})
    return found


@require_POST
@signed_in_page
def open_one(request: HttpRequest) -> HttpResponse:
    """POST /operator/follow-ups/new/ : shop (its slug), note"""
    who = operator(request)
    shop = goods.shop_by_slug(request.POST.get("shop", "")[:40])
    try:
        made = actions.open_follow_up(
            operator_id=who, shop_id=shop.id, note=request.POST.get("note", "")
        )
    except DomainError as refused:
        return _page(request, who, refused)
    messages.success(request, _("已加到工作清单"))
    return _back(made)


@require_POST
@signed_in_page
def assignment(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/follow-ups/<id>/assignment/ : manager (an id or ""), due, note"""
    who = operator(request)
    manager = request.POST.get("manager", "")
    try:
        actions.assign_follow_up(
            operator_id=who, public_id=public_id, manager_id=int(manager) if manager.isdecimal() else None,
            due_on=_due(request.POST.get("due", "")), note=request.POST.get("note", ""),
        )  # fmt: skip
    except BadInput as refused:
        return _page(request, who, refused)
    except DomainError as refused:
        if refused.status == 404:
            raise
        return _page(request, who, refused)
    messages.success(request, _("已保存"))
    return _back(public_id)


@require_POST
@signed_in_page
def contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/follow-ups/<id>/contacts/ : way, note, outcome ("" leaves it open)"""
    who = operator(request)
    try:
        actions.log_contact(
            operator_id=who, public_id=public_id, way=request.POST.get("way", ""),
            note=request.POST.get("note", ""), outcome=request.POST.get("outcome", ""),
        )  # fmt: skip
    except BadInput as refused:
        return _page(request, who, refused)
    messages.success(request, _("联系记下了"))
    return _back("" if request.POST.get("outcome") else public_id)


@require_POST
@signed_in_page
def manager(request: HttpRequest) -> HttpResponse:
    """POST /operator/follow-ups/managers/ : handle, capacity (0 ends it)"""
    who = operator(request)
    capacity = request.POST.get("capacity", "")
    try:
        person = people.card_by_handle(request.POST.get("handle", "").strip()[:40])
        actions.set_manager(
            operator_id=who, person_id=person.id,
            capacity=int(capacity) if capacity.isdecimal() and len(capacity) < 5 else -1,
        )  # fmt: skip
    except PersonNotFound:
        return _page(
            request, who, BadInput(fields={"handle": marked("没有这个人，检查一下账号名")})
        )
    except DomainError as refused:
        return _page(request, who, refused)
    messages.success(request, _("已保存，下一轮按新的容量分派"))
    return _back()
