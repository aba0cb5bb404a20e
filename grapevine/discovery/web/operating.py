"""For operators: the feed's channels, who is shown how much, and why a feed is as it is."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.discovery import facade
from grapevine.discovery.queries.exposure import ExposureReport, SlotRow
from grapevine.discovery.web import channelwords as say
from grapevine.discovery.web.reasons import said
from grapevine.guard import facade as guard
from grapevine.kit import exports
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.workbook import Cell
from grapevine.people import facade as people
from grapevine.scene import facade as scene

SPANS = (7, 28, 90)
HANDLE_MAX = 40
GOODS_SHOWN = 20


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


@require_GET
@signed_in_page
def feed(request: HttpRequest) -> HttpResponse:
    """GET /operator/feed/?days=7|28|90&who=<handle>&format=csv|xlsx"""
    operator_id = _operator(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(n) for n in SPANS} else SPANS[0]
    report = facade.exposure(days)
    if request.GET.get("format") in exports.KINDS:
        return _exported(request.GET["format"], report)
    return _page(request, report, _asked_feed(operator_id, request.GET.get("who", "")))


def _page(
    request: HttpRequest, report: ExposureReport, asked: dict[str, Any],
    refused: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    unwanted = facade.dislikes(report.days)
    rows = [
        {
            "row": row,
            "unwanted": unwanted.by_channel.get(row.channel.value, 0),
            "label": say.label(row.channel),
            "meaning": say.meaning(row.channel),
            "percent": round(row.share * 100, 1),
        }
        for row in report.channels
    ]
    trials = report.trials
    context = {
        "console": "operator", "nav": "feed", "spans": SPANS, "days": report.days, "report": report,
        "rows": rows, "goods_rows": _goods_rows(unwanted.by_channel), "unwanted_topics": unwanted.by_topic, "gini": f"{report.gini:.3f}", "top": round(report.top_percent * 100, 1),
        "met": None if trials.share is None else round(trials.share * 100, 1),
        "running": trials.authors - trials.met - trials.missed,
        "refusal": words(refused) if refused else None, "wrong": refused.fields if refused else {},
        **asked,
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "discovery/operator_feed.html", context, status=status)


def _goods_rows(unwanted: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "unwanted": unwanted.get(row.key, 0),
            "label": say.goods_label(row.channel),
            "meaning": say.goods_meaning(row.channel),
        }
        for row in facade.goods_channels()
    ]


def _asked_feed(operator_id: int, handle: str) -> dict[str, Any]:
    """Whose feed was asked for: the impersonal one, or a person's, which is written into the trail."""
    handle = handle.strip()[:HANDLE_MAX]
    if not handle:
        return {
            "who": "", "slots": _slots(facade.places_of(None)), "goods_slots": _goods_slots(None),
        }  # fmt: skip
    try:
        person_id = people.card_by_handle(handle).id
    except NotFound:
        return {"who": handle, "slots": [], "unknown": True}
    guard.audit(
        actor_id=operator_id, action="discovery.look_at_feed", object=f"person:{handle}",
        subject_id=person_id,
    )  # fmt: skip
    return {
        "who": handle, "slots": _slots(facade.places_of(person_id)),
        "goods_slots": _goods_slots(person_id),
    }  # fmt: skip


def _slots(found: Sequence[SlotRow]) -> list[dict[str, Any]]:
    cards = scene.note_cards({slot.note_id for slot in found})
    return [
        {
            "slot": slot, "note": cards[slot.note_id], "label": say.label(slot.channel),
            "chance": f"{slot.propensity:.4f}" if slot.propensity else "",
            "reason": say.reason(slot.channel, slot.why),
        }
        for slot in found
        if slot.note_id in cards
    ]  # fmt: skip


def _goods_slots(person_id: int | None) -> list[dict[str, Any]]:
    """The goods they would be recommended now, by channel; a list of goods is not kept."""
    return [
        {"goods": one.goods, "label": say.goods_label(one.channel), "reason": said(one)}
        for one in facade.recommend_goods(person_id, None, GOODS_SHOWN)
    ]


def _exported(form: str, report: ExposureReport) -> HttpResponse:
    heads = [_("召回渠道"), _("开着"), _("权重"), _("看到的人次"), _("占比"), _("点开")]
    table: list[list[Cell]] = [
        [
            say.label(row.channel), _("是") if row.is_on else _("否"), row.weight, row.people,
            Decimal(round(row.share * 10_000)).scaleb(-4), row.clicks,
        ]
        for row in report.channels
    ]  # fmt: skip
    return exports.export(form, f"feed-channels-{report.days}", heads, table)


@require_POST
@signed_in_page
def channel(request: HttpRequest) -> HttpResponse:
    """POST /operator/feed/channel/ : channel, weight, on=1"""
    operator_id = _operator(request)
    name, weight = request.POST.get("channel", ""), request.POST.get("weight", "")
    try:
        facade.set_channel(
            operator_id=operator_id, channel=name,
            weight=int(weight) if weight.isascii() and weight.isdecimal() and len(weight) < 6 else 0,
            is_on=request.POST.get("on") == "1",
        )  # fmt: skip
    except DomainError as refused:
        report = facade.exposure(SPANS[0])
        return _page(request, report, _asked_feed(operator_id, ""), refused)
    messages.success(request, _("改好了，从下一页起就照这个来"))
    return HttpResponseRedirect(reverse("discovery:operator_feed"), status=303)
