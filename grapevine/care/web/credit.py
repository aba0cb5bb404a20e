"""Public pages of the rating: the method, and what is known of a shop."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.care import facade, ports
from grapevine.care.contracts import Rating
from grapevine.care.rules import rating as rules, score
from grapevine.goods import facade as goods


def labels() -> dict[str, str]:
    return {one.name: _(one.label) for one in rules.FACTORS}


def said_value(unit: str, value: int) -> str:
    """A measure in its unit: 24 小时, 2.35%, 0.812, 3 次."""
    if unit == "hours":
        return _("%(n)d 小时") % {"n": value}
    if unit == "bps":
        return f"{value // 100}.{value % 100:02d}%"
    if unit == "share":
        return f"{value // 10_000}.{value % 10_000 // 10:03d}"
    return _("%(n)d 次") % {"n": value}


def factor_rows(found: Rating) -> list[dict[str, Any]]:
    """The factors of a rating in words, with what they were made of."""
    known = {one.name: one for one in rules.FACTORS}
    return [
        {
            "name": one.name, "label": _(known[one.name].label), "source": _(known[one.name].source),
            "points": one.points, "weight": one.weight, "cases": one.cases,
            "value": said_value(known[one.name].unit, one.value),
        }
        for one in found.factors
        if one.name in known
    ]  # fmt: skip


@require_GET
def method(request: HttpRequest) -> HttpResponse:
    """GET /rules/rating/ : how reviews are counted and shops are rated."""
    measured = ports.sourced()
    rows = [
        {
            "label": _(one.label), "source": _(one.source), "weight": one.weight, "least": one.least,
            "best": said_value(one.unit, one.best), "worst": said_value(one.unit, one.worst),
            "is_measured": one.name in measured,
        }
        for one in rules.FACTORS
    ]  # fmt: skip
    effects = {one.level: one for one in rules.EFFECTS}
    levels = [
        {"name": name, "least": least, "effect": effects[name], **_percents(effects[name])}
        for name, least in rules.LEVELS
    ]
    context = {
        "rows": rows, "levels": levels, "days": rules.WINDOW_DAYS, "few": score.FEW,
        "prior": {"stars": score.PRIOR_STARS, "weight": score.PRIOR_WEIGHT},
        "whole": sum(one.weight for one in rules.FACTORS), "notice": rules.DEPOSIT_NOTICE_DAYS,
    }  # fmt: skip
    return render(request, "care/method.html", context)


def _percents(effect: rules.Effect) -> dict[str, str]:
    return {
        "ranking": f"{effect.ranking_bps // 100}%", "deposit": f"{effect.deposit_bps // 100}%",
        "fee": f"{effect.fee_bps // 100}%",
    }  # fmt: skip


@require_GET
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /shop/<slug>/credit/ : the rating with its factors and history, the certificates, the score."""
    found = goods.shop_by_slug(slug)
    rating = facade.rating_of(found.id)
    context = {
        "shop": found, "rating": rating, "rows": factor_rows(rating) if rating else [],
        "history": facade.rating_history(found.id), "badges": facade.badges_of(found.id),
        "score": facade.shop_score(found.id), "few": score.FEW,
    }  # fmt: skip
    return render(request, "care/credit.html", context)
