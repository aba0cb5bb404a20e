"""Scheduled exports of the cube: what is asked every week or month, and the files."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.guard import facade as guard
from grapevine.insight import facade
from grapevine.insight.actions import schedules
from grapevine.insight.measures import ASPECTS
from grapevine.insight.queries import reports as kept
from grapevine.insight.web.cubing import asked_text, question_of
from grapevine.kit import workbook
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words

OWN = ("first", "last", "start", "format", "csrfmiddlewaretoken", "name", "every", "kind")


def _asked(given: QueryDict) -> str:
    """The question's own words, without its span."""
    query = given.copy()
    for name in OWN:
        query.pop(name, None)
    return query.urlencode()


@require_GET
@signed_in_page
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/cube/reports/?on=…: the address of a question prepares to schedule it."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    return _page(request, shop, _asked(request.GET))


def _page(
    request: HttpRequest, shop: ShopCard, query: str, refused: DomainError | None = None
) -> HttpResponse:
    question = question_of(QueryDict(query))
    aspect = ASPECTS.get(question.aspect) if query else None
    context = {
        "shop": shop, "nav": "cube", "schedules": kept.schedules_of(shop.id),
        "reports": kept.reports_of(shop.id), "query": query,
        "asked": asked_text(question) if aspect else "", "wrong": words(refused) if refused else None,
    }  # fmt: skip
    return render(
        request, "insight/cube_reports.html", context, status=refused.status if refused else 200
    )


@require_POST
@signed_in_page
def schedule(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/cube/reports/new/ : name, every, kind, query"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    query = _asked(QueryDict(request.POST.get("query", "")[:1000]))
    try:
        facade.ask(shop.id, question_of(QueryDict(query)))
        made = schedules.schedule_report(
            shop_id=shop.id, actor_id=me(request), name=request.POST.get("name", ""), query=query,
            every=request.POST.get("every", ""), kind=request.POST.get("kind", ""),
            language=get_language() or "zh-hans",
        )  # fmt: skip
        _note(request, shop, "cube.schedule", made, {"query": query})
    except DomainError as refused:
        return _page(request, shop, query, refused)
    messages.success(request, _("定好了，到时候文件在这一页"))
    return HttpResponseRedirect(reverse("insight:cube_reports", args=[slug]), status=303)


@require_POST
@signed_in_page
def stop(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/cube/reports/<id>/stopping/"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    schedules.stop_schedule(shop_id=shop.id, public_id=public_id)
    _note(request, shop, "cube.stop", public_id, {})
    messages.success(request, _("停掉了"))
    return HttpResponseRedirect(reverse("insight:cube_reports", args=[slug]), status=303)


@require_GET
@signed_in_page
def file(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/cube/reports/<id>/file/"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    report, body = kept.report_body(shop.id, public_id)
    kind = workbook.CONTENT_TYPE if report.kind == "xlsx" else "text/csv; charset=utf-8"
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = (
        f'attachment; filename="cube-{report.first}-{report.last}.{report.kind}"'
    )
    return response


def _note(
    request: HttpRequest, shop: ShopCard, action: str, public_id: str, after: dict[str, str]
) -> None:
    guard.audit(
        actor_id=me(request),
        action=action,
        object=f"schedule:{public_id}",
        shop_id=shop.id,
        after=after,
    )
