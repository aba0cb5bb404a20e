"""The operator's pages of everybody's money: settlements, withdrawals, fees and plans, invoices, the ledger."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.kit.errors import BadInput, DomainError, NotFound
from grapevine.kit.exports import export, yuan
from grapevine.kit.ids import new_id
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.kit.workbook import Cell
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.people import facade as people
from grapevine.trade.actions import charging, settling, withdrawing
from grapevine.trade.money_words import component_rows, movement_label, withdrawal_label
from grapevine.trade.queries import revenue, settlement as reading
from grapevine.trade.web.finance import minor, revenue_context

ROWS = 50
PAGES = ("settlements", "payouts", "fees", "invoices_all", "ledger")


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


def _context(page: str, heading: str) -> dict[str, Any]:
    names = {
        "settlements": _("结算"), "payouts": _("提现审核"), "fees": _("费率和套餐"),
        "invoices_all": _("平台账单"), "ledger": _("账本"),
    }  # fmt: skip
    return {
        "console": "operator", "nav": "settlements", "heading": heading,
        "layout": "trade/finance_shop.html", "everybody": True,
        "links": {
            "batches": reverse("trade:settlements"), "invoices": reverse("trade:invoices_all"),
        },
        "tabs": [
            {"url": reverse(f"trade:{name}"), "label": names[name], "current": name == page}
            for name in PAGES
        ],
    }  # fmt: skip


def _names(owners: list[str]) -> dict[str, str]:
    """What to call these owners: the shop's or the person's name."""
    ids: dict[str, list[int]] = {"shop": [], "person": []}
    for owner in owners:
        kind, _colon, number = owner.partition(":")
        if kind in ids and number.isdigit():
            ids[kind].append(int(number))
    shops = {f"shop:{one}": card.name for one, card in goods.shops(ids["shop"]).items()}
    return shops | {f"person:{one}": c.name for one, c in people.cards(ids["person"]).items()}


@require_http_methods(["GET", "POST"])
@signed_in_page
def settlements(request: HttpRequest) -> HttpResponse:
    """GET /operator/settlements/ : batches; POST makes those that are due now."""
    operator = _operator(request)
    if request.method == "POST":
        made = settling.make_batches(actor_id=operator)
        messages.success(
            request, ngettext("做了 %(n)d 批结算", "做了 %(n)d 批结算", made) % {"n": made}
        )
        return HttpResponseRedirect(reverse("trade:settlements"), status=303)
    page = reading.batches("", request.GET.get("cursor"), ROWS)
    names = _names([one.owner for one in page.items])
    context = _context("settlements", _("结算")) | {
        "page": page, "waiting": reading.waiting_parties(),
        "rows": [(one, names.get(one.owner, one.owner)) for one in page.items],
    }  # fmt: skip
    return render(request, "trade/ops_settlements.html", context)


@require_GET
@signed_in_page
def settlement(request: HttpRequest, number: str) -> HttpResponse:
    """GET /operator/settlements/<number>/"""
    _operator(request)
    found = reading.batch("", number)
    page = reading.batch_lines(number, request.GET.get("cursor"), ROWS)
    context = _context("settlements", _("结算")) | {
        "batch": found, "page": page,
        "rows": [(one, movement_label(one.kind)) for one in page.items],
    }  # fmt: skip
    return render(request, "trade/finance_batch.html", context)


@require_GET
@signed_in_page
def payouts(request: HttpRequest) -> HttpResponse:
    """GET /operator/withdrawals/?state=&cursor= : those that wait first."""
    _operator(request)
    state = request.GET.get("state", "review")
    chosen = state if state in reading.STATES else ""
    page = reading.withdrawals("", chosen, request.GET.get("cursor"), ROWS)
    names, counts = _names([one.owner for one in page.items]), reading.withdrawal_counts()
    states = [
        {"url": f"?state={name}", "label": withdrawal_label(name), "count": counts.get(name), "current": name == chosen}
        for name in reading.STATES
    ]  # fmt: skip
    context = _context("payouts", _("提现审核")) | {
        "page": page, "states": states,
        "rows": [
            (one, withdrawal_label(one.state), names.get(one.owner, one.owner))
            for one in page.items
        ],
    }  # fmt: skip
    return render(request, "trade/ops_payouts.html", context)


@require_POST
@signed_in_page
def review(request: HttpRequest, number: str) -> HttpResponse:
    """POST /operator/withdrawals/<number>/ : act = approve or refuse, reason."""
    operator = _operator(request)
    if request.POST.get("act") == "approve":
        withdrawing.approve_withdrawal(number=number, operator_id=operator)
        messages.success(request, _("已通过，马上打款"))
    else:
        withdrawing.refuse_withdrawal(
            number=number, operator_id=operator, reason=request.POST.get("reason", "")
        )
        messages.success(request, _("已退回，钱回到对方余额里"))
    return HttpResponseRedirect(reverse("trade:payouts"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def fees(request: HttpRequest) -> HttpResponse:
    """GET /operator/fees/?shop=<slug> ; POST act = rate, plan, new_plan, end_plan or advertising."""
    operator, said, status = _operator(request), {}, 200
    slug = request.POST.get("shop") or request.GET.get("shop", "")
    shop = goods.shop_by_slug(slug) if slug else None
    if request.method == "POST":
        try:
            _act(request, shop.id if shop else None, operator)
            messages.success(request, _("已保存"))
            target = reverse("trade:fees") + (f"?shop={shop.slug}" if shop else "")
            return HttpResponseRedirect(target, status=303)
        except DomainError as error:
            said = {"refusal": words(error), "fields": {k: _(v) for k, v in error.fields.items()}}
            status = error.status
    context = _context("fees", _("费率和套餐")) | {
        "chosen": shop, "fees": reading.fees(shop.id) if shop else None, "plans": reading.plans(),
        "slug": slug, "key": new_id(), **said,
    }  # fmt: skip
    return render(request, "trade/ops_fees.html", context, status=status)


def _act(request: HttpRequest, shop_id: int | None, operator: int) -> None:
    data, act = request.POST, request.POST.get("act", "")
    if act == "new_plan":
        charging.save_plan(
            code=data.get("code", ""), name=data.get("name", ""),
            price_minor=minor(data.get("price", "")), actor_id=operator,
        )  # fmt: skip
    elif act == "end_plan":
        charging.end_plan(code=data.get("code", ""), actor_id=operator)
    elif shop_id is None:
        raise BadInput(fields={"shop": marked("先选一家店")})
    elif act == "rate":
        charging.set_take_rate(
            shop_id=shop_id, rate_bps=minor(data.get("rate", "")), actor_id=operator,
            reason=data.get("reason", ""),
        )  # fmt: skip
    elif act == "plan":
        charging.set_plan(shop_id=shop_id, code=data.get("plan", ""), actor_id=operator)
    else:
        charging.charge_advertising(
            shop_id=shop_id, amount_minor=minor(data.get("amount", "")),
            key=data.get("key", "") or new_id(), reference=data.get("reference", ""),
            actor_id=operator,
        )  # fmt: skip


def _revenue_file(kind: str) -> HttpResponse:
    heads = [
        _("月份"), _("币种"), _("平台佣金"), _("支付手续费"), _("服务费"), _("广告费"), _("合计"),
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [one.month.isoformat()[:7], one.currency, *map(yuan, one.parts), yuan(one.total_minor)]
        for one in revenue.revenue(months=revenue.MONTHS_MAX)
    ]
    return export(kind, "platform-revenue", heads, cells)


@require_GET
@signed_in_page
def invoices_all(request: HttpRequest) -> HttpResponse:
    """GET /operator/invoices/ : every shop's, and what the platform earned month by month; format=csv or xlsx of that."""
    _operator(request)
    kind = request.GET.get("format", "")
    if kind in ("csv", "xlsx"):
        return _revenue_file(kind)
    context = _context("invoices_all", _("平台账单")) | {
        "page": reading.invoices(None, request.GET.get("cursor"), ROWS),
        **revenue_context(None),
    }
    return render(request, "trade/ops_invoices.html", context)


@require_GET
@signed_in_page
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """GET /operator/invoices/<number>/ ; format=csv or xlsx"""
    _operator(request)
    found = reading.invoice(None, number)
    rows = component_rows(found)
    kind = request.GET.get("format", "")
    if kind in ("csv", "xlsx"):
        cells: list[list[Cell]] = [
            [found.shop_name, label, yuan(amount), found.currency] for label, amount in rows
        ]
        return export(kind, found.number, [_("店铺"), _("项目"), _("金额"), _("币种")], cells)
    context = _context("invoices_all", _("平台账单")) | {"invoice": found, "rows": rows}
    return render(request, "trade/finance_invoice.html", context)


@require_GET
@signed_in_page
def explorer(request: HttpRequest) -> HttpResponse:
    """GET /operator/ledger/?q=owner or posting key, ?owner=&kind=&currency=&cursor="""
    _operator(request)
    query, owner = request.GET.get("q", "")[:120].strip(), request.GET.get("owner", "")[:40]
    kind, currency = request.GET.get("kind", "")[:40], request.GET.get("currency", "CNY")[:3]
    page = None
    if owner and kind:
        cursor = request.GET.get("cursor")
        page = ledger.statement(Account(owner, kind), cursor, ROWS, currency)
    context = _context("ledger", _("账本")) | {
        "query": query, "owner": owner, "kind": kind, "currency": currency, "page": page,
        "posting": ledger.posting(query) if query else None,
        "found": ledger.find_accounts(query) if query else [],
        "totals": sorted(ledger.trial_balance().items()) if not query and page is None else [],
    }  # fmt: skip
    return render(request, "trade/ops_ledger.html", context)
