"""Operators: models as things with a purpose, figures and versions; the text for the filing of algorithms."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _, override
from django.views.decorators.http import require_GET, require_POST

from grapevine.discovery.actions import governing
from grapevine.discovery.queries.models import ModelView, model_of, models as all_models
from grapevine.discovery.queries.weights import GOODS, NOTES
from grapevine.discovery.rules.adapting import SCALE
from grapevine.discovery.web import channelwords, modelwords as words
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.kit import clock, exports
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.people import facade as people

TRAIL = 10


def operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


@require_GET
@signed_in_page
def models(request: HttpRequest) -> HttpResponse:
    """GET /operator/models/"""
    operator(request)
    rows = [_told(view) for view in all_models()]
    context = {"console": "operator", "nav": "models", "rows": rows}
    return render(request, "discovery/models.html", context)


@require_GET
@signed_in_page
def model_page(request: HttpRequest, model: str) -> HttpResponse:
    """GET /operator/models/<model>/"""
    operator(request)
    view = model_of(model)
    trail = guard.trail(AuditFilter(object=f"model:{model}"), limit=TRAIL).items
    faces = people.cards({one.actor_id for one in trail if one.actor_id is not None})
    context = {
        "console": "operator", "nav": "models", **_told(view),
        "figures": list(_figures(view.card.get("metrics", {}))) if model not in TABLES else [],
        "heads": words.heads_told(_last_metrics(view)) if model in HEADS else [],
        "weights": _weights(view) if model in WEIGHTS else None,
        "proofs": words.proofs_told(view.outcome.get("gate", {})),
        "versions": [_version(view, card) for card in view.cards],
        "parameters": _flat(view.card.get("parameters") or view.card.get("settings") or {}),
        "trail": [
            (one, guard.action_label(one.action), faces.get(one.actor_id or 0)) for one in trail
        ],
    }  # fmt: skip
    return render(request, "discovery/model.html", context)


HEADS = ("note_heads", "goods_heads")
WEIGHTS = {
    NOTES.model: channelwords.label, GOODS.model: channelwords.goods_label,
}  # fmt: skip
"""Models that are weights of channels, and how each calls its channels."""
TABLES = (*HEADS, *WEIGHTS)
"""Models whose figures have a table of their own."""


def _told(view: ModelView) -> dict[str, Any]:
    reason = str(view.outcome.get("reason", ""))
    return {
        "view": view, "words": words.words_of(view.name), "range": _range(view.card),
        "at": _moment(view.card.get("at")), "tried_at": _moment(view.outcome.get("at")),
        "reason": words.reason_words(reason) if reason else "",
    }  # fmt: skip


def _moment(text: object) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _range(card: Mapping[str, Any]) -> str:
    first, last = str(card.get("data_from", ""))[:10], str(card.get("data_until", ""))[:10]
    return f"{first} – {last}" if first else ""


def _last_metrics(view: ModelView) -> Mapping[str, Any]:
    """Of the last training where there was one, whether it came into force or not."""
    found: Mapping[str, Any] = view.outcome.get("metrics") or view.card.get("metrics") or {}
    return found


def _flat(values: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", value))
    return found


def _figures(metrics: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in _flat(metrics):
        yield words.metric_label(name), value


def _weights(view: ModelView) -> dict[str, Any] | None:
    """Weights by segment, in points of the written ones; and what a showing was worth in the last round."""
    rows = view.card.get("weights", [])
    if not rows:
        return None
    rates = view.card.get("metrics", {})
    channels = view.card["channels"]
    return {
        "channels": [WEIGHTS[view.name](channel) for channel in channels],
        "rows": [
            (
                words.segment_label(segment),
                [
                    (weight / SCALE, rates.get(segment, {}).get(channel))
                    for channel, weight in zip(channels, row, strict=True)
                ],
            )
            for segment, row in zip(view.card["segments"], rows, strict=True)
        ],
    }


def _version(view: ModelView, card: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": card["version"], "at": _moment(card.get("at")), "range": _range(card),
        "code": card.get("code", ""), "seed": card.get("seed"),
        "is_in_force": card["version"] == view.version,
    }  # fmt: skip


@require_POST
@signed_in_page
def choose(request: HttpRequest, model: str) -> HttpResponse:
    """POST /operator/models/<model>/choice/ : version"""
    by_id = operator(request)
    model_of(model)
    governing.choose_version(by_id=by_id, name=model, version=request.POST.get("version", ""))
    messages.success(request, _("换好了，下一次打开就按这一版排。新版先放着，等你放行。"))
    return HttpResponseRedirect(reverse("discovery:model", args=[model]), status=303)


@require_POST
@signed_in_page
def let_in(request: HttpRequest, model: str) -> HttpResponse:
    """POST /operator/models/<model>/release/"""
    by_id = operator(request)
    model_of(model)
    governing.let_in(by_id=by_id, name=model)
    messages.success(request, _("放行了，下一版过关就自动启用。"))
    return HttpResponseRedirect(reverse("discovery:model", args=[model]), status=303)


@require_GET
@signed_in_page
def filing(request: HttpRequest) -> HttpResponse:
    """GET /operator/models/filing/?format=md|csv|xlsx&lang=zh : what the filing of algorithms asks for, as a file.

    In the reader's language, or in Chinese, in which it is filed, where `lang` says so.
    """
    operator(request)
    language = "zh-hans" if request.GET.get("lang") == "zh" else get_language()
    with override(language):
        rows = [{**_told(view), "figures": list(_filed(view))} for view in all_models()]
        if request.GET.get("format") in exports.KINDS:
            return _filed_table(request.GET["format"], rows)
        text = render_to_string("discovery/filing.txt", {"rows": rows, "at": clock.now()})
    response = HttpResponse("\ufeff" + text, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="algorithms.md"'
    return response


def _filed(view: ModelView) -> Iterator[tuple[str, str]]:
    """Figures of a model as the filing tells them: heads, weights and their proof, or what the card says."""
    if view.name in HEADS:
        for head in words.heads_told(_last_metrics(view)):
            yield str(head["label"]), words.head_line(head)
    elif view.name in WEIGHTS:
        weights = _weights(view)
        for segment, cells in weights["rows"] if weights else ():
            named = zip(weights["channels"] if weights else (), cells, strict=True)
            yield segment, " · ".join(f"{name} {weight:g}" for name, (weight, _rate) in named)
        for proof in words.proofs_told(view.outcome.get("gate", {})):
            yield _("%(who)s的检验") % {"who": proof["label"]}, words.proof_line(proof)
    else:
        for name, value in _figures(view.card.get("metrics", {})):
            yield name, "–" if value is None else str(value)


def _filed_table(form: str, rows: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """One line a model; figures in one cell, by lines."""
    heads = [
        _("模型"), _("名字"), _("目的"), _("输入"), _("机制"), _("个性化开关"), _("在用的版本"), _("数据"), _("成绩"),
    ]  # fmt: skip
    table = [
        [
            row["words"]["title"], row["view"].name, row["words"]["purpose"], row["words"]["inputs"],
            row["words"]["mechanism"], row["words"]["switch"],
            row["view"].version or _("还没有，按写定的规则"), row["range"] or "–",
            "\n".join(f"{name}: {value}" for name, value in row["figures"]) or "–",
        ]
        for row in rows
    ]  # fmt: skip
    return exports.export(form, "algorithms", heads, table)
