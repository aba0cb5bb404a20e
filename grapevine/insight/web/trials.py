"""Experiments: the operators' list and proof, a shop's own; drafting, reading and deciding one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.insight.actions import trials as actions
from grapevine.insight.queries import trials as reads
from grapevine.insight.rules.trials.effects import GUARDS
from grapevine.insight.web import trialwords as words
from grapevine.insight.web.lifecycle import operator
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words as problem_words
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.signals.facade import PLATFORM, Knob, NewExperiment, State

ROWS = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose page it is: a shop's, or (without one) the operators', who see everybody's."""

    actor_id: int
    shop: ShopCard | None = None

    @property
    def owner(self) -> int | None:
        return self.shop.id if self.shop else None

    @property
    def drafts_for(self) -> int:
        return self.shop.id if self.shop else PLATFORM

    def url(self, name: str, *args: str) -> str:
        if self.shop:
            return reverse(f"insight:shop_{name}", args=[self.shop.slug, *args])
        return reverse(f"insight:{name}", args=args)

    def context(self, **more: Any) -> dict[str, Any]:
        frame: dict[str, Any] = {
            "nav": "trials",
            "list_url": self.url("trials"),
            "new_url": self.url("trial_new"),
        }
        if self.shop:
            return {"shop": self.shop, **frame, **more}
        return {"console": "operator", **frame, **more}

    def knobs(self) -> list[Knob]:
        return [knob for knob in signals.knobs() if self.shop or knob.for_platform]


def _of_operator(request: HttpRequest) -> Desk:
    return Desk(operator(request))


def _of_shop(request: HttpRequest, slug: str, right: Right) -> Desk:
    return Desk(me(request), goods.shop_for_staff(me(request), slug, right))


@require_GET
@signed_in_page
def trials(request: HttpRequest) -> HttpResponse:
    """GET /operator/experiments/?state=&cursor="""
    return _list(request, _of_operator(request))


@require_GET
@signed_in_page
def shop_trials(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/experiments/?state=&cursor="""
    return _list(request, _of_shop(request, slug, Right.INSIGHT))


def _list(request: HttpRequest, desk: Desk) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in {*State} else ""
    page = reads.trials(desk.owner, state=state, cursor=request.GET.get("cursor"), limit=ROWS)
    shops = goods.shops({row.one.shop_id for row in page.items if row.one.shop_id})
    tabs = [
        {"url": f"?state={name}" if name else "?", "label": words.state_label(name) if name else _("全部"), "count": None, "current": name == state}
        for name in ("", *State)
    ]  # fmt: skip
    rows = [
        {
            "trial": row, "url": desk.url("trial", row.one.public_id), "owner": shops.get(row.one.shop_id),
            "state": words.state_label(row.one.state), "css": words.state_css(row.one.state),
            "unit": words.unit_label(row.one.unit), "primary": words.measure_label(row.one.primary),
            "found": _headline(row),
        }
        for row in page.items
    ]  # fmt: skip
    context = desk.context(page=page, rows=rows, tabs=tabs, state=state, proof=reads.latest_proof())
    return render(request, "insight/trials.html", context)


def _headline(row: reads.Trial) -> list[dict[str, Any]]:
    """What the primary measure of each arm says."""
    told = [] if row.body is None else words.measure_rows(row.one, row.body)
    return [one for one in told if one["is_primary"]]


@require_http_methods(["GET", "POST"])
@signed_in_page
def trial_new(request: HttpRequest) -> HttpResponse:
    """GET, POST /operator/experiments/new/?knob="""
    return _new(request, _of_operator(request))


@require_http_methods(["GET", "POST"])
@signed_in_page
def shop_trial_new(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/experiments/new/?knob="""
    return _new(request, _of_shop(request, slug, Right.MARKETING))


def _new(request: HttpRequest, desk: Desk) -> HttpResponse:
    refused: DomainError | None = None
    known = {knob.name: knob for knob in desk.knobs()}
    wanted = request.POST.get("knob") or request.GET.get("knob", "")
    knob = known.get(wanted) or next(iter(known.values()))
    if request.method == "POST":
        try:
            made = actions.draft_trial(
                actor_id=desk.actor_id, shop_id=desk.drafts_for, new=_read_new(request.POST, knob)
            )
            messages.success(request, _("草稿存好了，看一遍再开始"))
            return HttpResponseRedirect(desk.url("trial", made.public_id), status=303)
        except BadInput as error:
            refused = error
    even = 100 // len(knob.arms)
    rest = 100 - even * (len(knob.arms) - 1)
    given = request.POST
    context = desk.context(
        knob=knob, knobs=list(known.values()), given=given,
        guards=[(name, label, given.get(f"guard_{name}", "")) for name, label in words.guards(knob.units)],
        arms=[(arm.name, _(arm.label), given.get(f"share_{arm.name}", rest if n == 0 else even), arm.name == knob.control) for n, arm in enumerate(knob.arms)],
        units=[(str(unit), words.unit_label(unit)) for unit in knob.units],
        measures=[(name, words.measure_label(name)) for name in knob.measures],
        refusal=problem_words(refused) if refused else None,
        fields={name: _(text) for name, text in refused.fields.items()} if refused else {},
    )  # fmt: skip
    return render(request, "insight/trial_new.html", context, status=422 if refused else 200)


def _read_new(data: Any, knob: Knob) -> NewExperiment:
    guardrails = {name: data.get(f"guard_{name}", "") for name in GUARDS}
    try:
        ends_on = parse_date(data.get("ends_on", "")) if data.get("ends_on") else None
    except ValueError:
        ends_on = None
    return NewExperiment(
        knob=knob.name, name=data.get("name", "")[:200], hypothesis=data.get("hypothesis", "")[:400],
        primary=data.get("primary", ""), unit=data.get("unit", ""), shares=_shares(data, knob),
        traffic_bps=_bps(data.get("traffic", "100")), min_effect_bps=_bps(data.get("min_effect", "5")),
        guardrails={name: act for name, act in guardrails.items() if act},
        window_days=_whole(data.get("window_days", "7")), planned_units=_whole(data.get("planned_units", "2000")),
        layer=data.get("layer", "")[:60], ends_on=ends_on,
    )  # fmt: skip


def _shares(data: Any, knob: Knob) -> dict[str, int]:
    shares = {arm.name: _bps(data.get(f"share_{arm.name}", "0")) for arm in knob.arms}
    return {arm: share for arm, share in shares.items() if share}


def _bps(text: str) -> int:
    """A percentage of a form in basis points; -1 for what is none."""
    whole, _dot, part = text.strip().removesuffix("%").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) < 6 and len(part) < 3):
        return -1
    return int(whole) * 100 + int(f"{part:0<2}") if not part or part.isdigit() else -1


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


@require_GET
@signed_in_page
def trial(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /operator/experiments/<id>/"""
    return _one(request, _of_operator(request), public_id)


@require_GET
@signed_in_page
def shop_trial(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/experiments/<id>/"""
    return _one(request, _of_shop(request, slug, Right.INSIGHT), public_id)


@require_POST
@signed_in_page
def trial_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/experiments/<id>/moves/ : move, reason, arm, share_<arm>, traffic"""
    return _move(request, _of_operator(request), public_id)


@require_POST
@signed_in_page
def shop_trial_move(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/experiments/<id>/moves/ : the same"""
    return _move(request, _of_shop(request, slug, Right.MARKETING), public_id)


def _move(request: HttpRequest, desk: Desk, public_id: str) -> HttpResponse:
    data = request.POST
    found = reads.trial_of(public_id, desk.owner)
    try:
        after = actions.move_trial(
            actor_id=desk.actor_id, one=found.one, move=data.get("move", ""),
            reason=data.get("reason", "")[:400], arm=data.get("arm", "")[:20],
            shares=_shares(data, found.one.knob), traffic_bps=_bps(data.get("traffic", "")),
        )  # fmt: skip
    except DomainError as refused:
        return _one(request, desk, public_id, refused)
    messages.success(request, _("已保存"))
    there = desk.url("trial", public_id) if after else desk.url("trials")
    return HttpResponseRedirect(there, status=303)


def _one(
    request: HttpRequest, desk: Desk, public_id: str, refused: DomainError | None = None
) -> HttpResponse:
    found = reads.trial_of(public_id, desk.owner)
    one = found.one
    context = desk.context(
        one=one, as_of=found.as_of, state=words.state_label(one.state), css=words.state_css(one.state),
        unit=words.unit_label(one.unit), primary=words.measure_label(one.primary), move_url=desk.url("trial_move", public_id),
        owner=goods.shops([one.shop_id]).get(one.shop_id) if one.shop_id else None,
        stop_words=words.stop_words(one.stop_reason), is_guarded=one.stop_reason.startswith(signals.GUARDRAIL), decision=_(one.knob.label_of(one.decision)) if one.decision else "",
        min_effect=words.bps_text(one.min_effect_bps), traffic=words.bps_text(one.traffic_bps),
        versions=[(row, words.shares_text(one, row.shares), words.bps_text(row.traffic_bps)) for row in one.versions],
        arms=[(arm.name, _(arm.label), one.shares.get(arm.name, 0) / 100) for arm in one.knob.arms],
        guards=[(words.measure_label(name), words.act_label(act)) for name, act in one.guardrails.items()],
        steps=_steps(public_id), refusal=problem_words(refused) if refused else None,
        wrong=[_(text) for text in refused.fields.values()] if refused else [], **_told(found),
    )  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "insight/trial.html", context, status=status)


def _told(found: reads.Trial) -> dict[str, Any]:
    """What was read, in words; {} before anything was."""
    one, body = found.one, found.body
    if body is None:
        return {}
    label = one.knob.label_of
    return {
        "counts": [(_(label(arm)), body["entered"].get(arm, 0), body["counted"].get(arm, 0)) for arm in body["arms"]],
        "mixed": body["mixed"], "mismatch": body["mismatch"], "mismatch_p": words.p_text(body["mismatch"]["p"]),
        "rows": words.measure_rows(one, body), "guard_rows": words.guard_rows(one, body),
        "picture": words.picture(one, body), "days": words.day_rows(one, body),
    }  # fmt: skip


def _steps(public_id: str) -> list[tuple[Any, str, Any]]:
    """(entry, what was done, who) of the trail."""
    found = reads.steps_of_trial(public_id)
    cards = people.cards({row.actor_id for row in found if row.actor_id})
    return [
        (row, _(words.MOVED.get(row.action, row.action)), cards.get(row.actor_id or 0))
        for row in found
    ]


@require_GET
@signed_in_page
def trial_proof(request: HttpRequest) -> HttpResponse:
    """GET /operator/experiments/proof/ : experiments in which nothing differs"""
    desk = _of_operator(request)
    proof = reads.latest_proof()
    context = desk.context(proof=proof, rows=_proof_rows(proof.body) if proof else [])
    return render(request, "insight/trial_proof.html", context)


def _proof_rows(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    most = max((n for told in body["measures"].values() for n in told["bins"]), default=1) or 1
    return [
        {
            "measure": words.measure_label(name), "told": told["told"], "alarms": told["alarms"],
            "alarm_share": words.value_text("", told["alarms"] / told["told"]) if told["told"] else "–",
            "peeking_share": words.value_text("", told["peeking"] / told["told"]) if told["told"] else "–",
            "bins": [(f"{n / 10:.1f}–{(n + 1) / 10:.1f}", count, round(80 * count / most)) for n, count in enumerate(told["bins"])],
            "is_fine": told["alarms"] <= 0.05 * told["told"] + 2 * (0.0475 * told["told"]) ** 0.5,
        }
        for name, told in body["measures"].items()
    ]  # fmt: skip
