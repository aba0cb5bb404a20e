"""The consoles' own pages: which shop, what to do today, and the operator's lists."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from grapevine.campaigns import facade as campaigns
from grapevine.front.web.first_thing import Pressing, first_thing, said
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade as insight
from grapevine.insight.contracts import TodayView
from grapevine.kit import clock
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.ledger import facade as ledger
from grapevine.people import facade as people
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade

ROWS = 30
UNSENT = ("draft", "more", "rejected")
"""States of an application that wait for its shop."""


@require_GET
@signed_in_page
def chooser(request: HttpRequest) -> HttpResponse:
    """GET /console/: straight to the only shop, or a choice, or the way to open one."""
    shops = goods.shops_of(me(request))
    if len(shops) == 1:
        return redirect("front:console", slug=shops[0].slug)
    return render(request, "front/chooser.html", {"shops": shops, "tab": "me"})


@require_GET
@signed_in_page
def today(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/: what to do now, today's money against last week, advice, groups."""
    shop = goods.shop_for_staff(me(request), slug, Right.TODAY)
    counts, day = trade.shop_order_counts(shop.id), insight.today(shop.id)
    steps, low = goods.first_steps(shop.id), goods.soon_gone(shop.id, limit=5)
    context: dict[str, Any] = {
        "shop": shop,
        "steps": steps,
        "is_shared": not steps.is_new or spread.is_shared(shop.id),
        "nav": "today",
        "now": clock.now(),
        "to_ship": counts.get("paid", 0),
        "waiting": counts.get("waiting", 0),
        "cases": trade.cases_to_answer(shop.id) if Right.AFTER_SALES in shop.rights else 0,
        "low": low,
        "groups": campaigns.groups_of_shop(shop.id, state="open", limit=5),
        "day": day,
        "curve": curve(day),
        "change": f"{day.change * 100:+.1f}%".replace("-", "−"),
    }
    pressing = Pressing(
        context["to_ship"], context["cases"], steps.application in UNSENT and not steps.may_sell,
        len(low), len(context["groups"]), steps.is_new and not steps.goods,
    )  # fmt: skip
    gone = next((one.line.title for one in low if not one.line.free), "")
    context["first"] = said(first_thing(pressing, shop.rights), pressing, shop, gone)
    return render(request, "front/today.html", context)


def curve(day: TodayView) -> dict[str, Any] | None:
    """Today's and last week's running totals as paths in a box of 680 × 200; None with nothing to draw."""
    top = max((max(hour.today_minor, hour.before_minor) for hour in day.hours), default=0)
    if top <= 0:
        return None

    def points(values: list[int]) -> list[tuple[float, float]]:
        spots = [
            (20 + 640 * (h + 1) / 24, 180 - 160 * value / top) for h, value in enumerate(values)
        ]
        return [(20.0, 180.0), *spots]

    def path(spots: list[tuple[float, float]]) -> str:
        return "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in spots)

    today = points([hour.today_minor for hour in day.hours if hour.today_minor >= 0])
    before = points([hour.before_minor for hour in day.hours])
    x, y = today[-1]
    return {"today": path(today), "before": path(before), "x": round(x, 1), "y": round(y, 1)}


def _operator(request: HttpRequest) -> None:
    """Operators only; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound


@require_GET
@signed_in_page
def operator_people(request: HttpRequest) -> HttpResponse:
    """GET /operator/: people, newest first, found by name or handle."""
    _operator(request)
    query = request.GET.get("q", "")[:60]
    page = people.people_page(query=query, cursor=request.GET.get("cursor"), limit=ROWS)
    context = {"console": "operator", "nav": "people", "query": query, "page": page}
    return render(request, "front/operator_people.html", context)


@require_GET
@signed_in_page
def operator_shops(request: HttpRequest) -> HttpResponse:
    """GET /operator/shops/: shops, newest first, found by name."""
    _operator(request)
    query = request.GET.get("q", "")[:60]
    page = goods.shops_page(query=query, cursor=request.GET.get("cursor"), limit=ROWS)
    owners = people.cards([shop.owner_id for shop in page.items])
    context = {"console": "operator", "nav": "shops", "query": query, "page": page}
    return render(request, "front/operator_shops.html", context | {"owners": owners})


@require_GET
@signed_in_page
def operator_reports(request: HttpRequest) -> HttpResponse:
    """GET /operator/reports/: is the money whole: clearing accounts and the trial balance."""
    _operator(request)
    context = {
        "console": "operator",
        "nav": "reports",
        "trial": ledger.trial_balance(),
        "clearing": ledger.clearing_accounts(),
    }
    return render(request, "front/operator_reports.html", context)
