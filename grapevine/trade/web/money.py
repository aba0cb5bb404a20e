"""The operator's page of money that needs eyes: days compared, failed refunds, unusual payments."""

import csv
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import safe_cell
from grapevine.people import facade as people
from grapevine.trade.actions import reconciling, refunding, watching
from grapevine.trade.oversight import AlertView, ReconciliationView
from grapevine.trade.payments.registry import PROVIDERS, provider, providers
from grapevine.trade.queries import reconciling as reading

ROWS = 30
COLUMNS = (
    "kind", "reference", "payment_number", "transaction_id", "ours_minor", "theirs_minor",
    "currency", "at",
)  # fmt: skip


def kind_label(kind: str) -> str:
    return {
        "payment_not_theirs": _("我们记了收款，对账单里没有"),
        "payment_not_ours": _("对账单里有收款，我们没有"),
        "payment_closed_here": _("对方已收款，我们这边已关闭"),
        "amount": _("收款金额不同"), "currency": _("币种不同"), "line_twice": _("对账单里同一行出现两次"),
        "transaction": _("交易号不同"), "transaction_twice": _("两笔收款用了同一个交易号"),
        "refund_not_theirs": _("我们记了退款，对账单里没有"),
        "refund_not_ours": _("对账单里有退款，我们没有"), "refund_amount": _("退款金额不同"),
        "refund_without_payment": _("退款找不到对应的收款"), "other_day": _("记在了另一天"),
        "kind_flipped": _("收款和退款弄反了"), "cash": _("账本里的现金与收付不符"),
    }.get(kind, kind)  # fmt: skip


def alert_label(alert: AlertView) -> str:
    return {
        "failures": _("同一买家几分钟内多次付款失败"), "high": _("同一买家几分钟内多笔大额付款"),
        "second": _("同一笔支付收到两次款，第二次已退回"), "mismatch": _("渠道的答复与这笔支付对不上"),
        "stuck": _("收到了钱，但订单走不下去"), "dispute": _("持卡人向银行提出了争议"),
        "refund": _("退款没有成功"),
    }.get(alert.kind, alert.kind)  # fmt: skip


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


def _label(method: str) -> str:
    return _(provider(method).label) if method in PROVIDERS else method


@require_GET
@signed_in_page
def money(request: HttpRequest) -> HttpResponse:
    """GET /operator/money/?cursor= : the first unusual payments and failed refunds, and days compared."""
    _operator(request)
    alerts, refunds = reading.alerts(limit=ROWS), reading.failed_refunds(limit=ROWS)
    page = reading.reconciliations(request.GET.get("cursor"), ROWS)
    context: dict[str, Any] = {
        "console": "operator", "nav": "money", "page": page,
        "alerts": [(one, alert_label(one)) for one in alerts.items],
        "refunds": [(one, _label(one.method)) for one in refunds.items],
        "days": [(one, _label(one.provider)) for one in page.items],
        "methods": [(one.name, _(one.label)) for one in providers() if one.ready()],
    }  # fmt: skip
    return render(request, "trade/money.html", context)


@require_GET
@signed_in_page
def day(request: HttpRequest, method: str, day: str) -> HttpResponse:
    """GET /operator/money/days/<provider>/<day>/ : each difference; ?format=csv"""
    _operator(request)
    found = reading.reconciliation(method, _day(day))
    if request.GET.get("format") == "csv":
        return _csv(found)
    context = {
        "console": "operator", "nav": "money", "found": found, "label": _label(method),
        "rows": [(one, kind_label(one["kind"])) for one in found.differences],
    }  # fmt: skip
    return render(request, "trade/money_day.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None


def _csv(found: ReconciliationView) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{found.provider}-{found.day}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for one in found.differences:
        writer.writerow([
            safe_cell(value) if isinstance(value := one.get(name), str) else value
            for name in COLUMNS
        ])  # fmt: skip
    return response


@require_POST
@signed_in_page
def compare(request: HttpRequest) -> HttpResponse:
    """POST /operator/money/days/ : method, day. The provider is asked now, outside any transaction."""
    _operator(request)
    method, wanted = request.POST.get("method", "")[:20], _day(request.POST.get("day", ""))
    reconciling.reconcile(method=method, day=wanted)
    return HttpResponseRedirect(reverse("trade:money_day", args=[method, wanted]), status=303)


@require_POST
@signed_in_page
def retry(request: HttpRequest, refund_id: int) -> HttpResponse:
    """POST /operator/money/refunds/<id>/retry/"""
    refunding.retry_refund(refund_id=refund_id, operator_id=_operator(request))
    messages.success(request, _("会马上再退一次"))
    return HttpResponseRedirect(reverse("trade:money"), status=303)


@require_POST
@signed_in_page
def seen(request: HttpRequest, alert_id: int) -> HttpResponse:
    """POST /operator/money/alerts/<id>/seen/"""
    watching.see_alert(alert_id=alert_id, operator_id=_operator(request))
    return HttpResponseRedirect(reverse("trade:money"), status=303)
