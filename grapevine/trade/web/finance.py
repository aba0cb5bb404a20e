"""A party's own money: 财务 in a shop's console, and the same for a person who shares.

One set of pages for both; `_desk` is the door. A shop's need Right.FINANCE.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.exports import export, moment, yuan
from grapevine.kit.ids import new_id
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.kit.workbook import Cell
from grapevine.ledger.contracts import OwnerLine
from grapevine.people import facade as people
from grapevine.trade.actions import banking, withdrawing
from grapevine.trade.money_words import component_rows, movement_label, withdrawal_label
from grapevine.trade.queries import revenue, settlement as reading, withdrawable
from grapevine.trade.rules.revenue import WIDTH

ROWS = 50
PAGES = ("home", "statement", "batches", "withdrawals", "accounts", "invoices", "plan")
OF_ORDERS = ("settle", "claw_back", "commission_released")
CENTS = 2


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose money the page shows, who looks, and where its sister pages are."""

    owner: str
    actor_id: int
    shop: ShopCard | None

    def url(self, page: str, *args: str) -> str:
        if self.shop is None:
            return reverse(f"trade:my_{page}", args=args)
        return reverse(f"trade:finance_{page}", args=[self.shop.slug, *args])

    def context(self, page: str, heading: str) -> dict[str, Any]:
        names = {
            "home": _("总览"), "statement": _("流水"), "batches": _("结算"), "withdrawals": _("提现"),
            "accounts": _("收款账户"), "invoices": _("平台账单"), "plan": _("服务套餐"),
        }  # fmt: skip
        shown = [name for name in PAGES if self.shop or name not in ("invoices", "plan")]
        return {
            "layout": "trade/finance_shop.html" if self.shop else "trade/finance_person.html",
            "shop": self.shop, "nav": "finance", "tab": "me", "heading": heading,
            "links": {name: self.url(name) for name in shown},
            "tabs": [
                {"url": self.url(name), "label": names[name], "current": name == page}
                for name in shown
            ],
        }  # fmt: skip


def _desk(request: HttpRequest, slug: str) -> Desk:
    actor = me(request)
    if not slug:
        return Desk(f"person:{actor}", actor, None)
    shop = goods.shop_for_staff(actor, slug, Right.FINANCE)
    return Desk(f"shop:{shop.id}", actor, shop)


def minor(text: str) -> int:
    """12, 12.3 or 12.30 as cents; BadInput for anything else."""
    whole, _dot, rest = text.strip().partition(".")
    digits = whole + rest.ljust(CENTS, "0")
    if (
        not whole
        or len(rest) > CENTS
        or len(digits) > 15
        or not (digits.isascii() and digits.isdigit())
    ):
        raise BadInput(fields={"amount": marked("金额写成 12 或 12.50")})
    return int(digits)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


@require_GET
@signed_in_page
def home(request: HttpRequest, slug: str = "") -> HttpResponse:
    """GET /console/<slug>/finance/ or /income/money/ : what there is, where it is, what comes next."""
    desk = _desk(request, slug)
    context = desk.context("home", _("财务") if slug else _("我的钱")) | {
        "purses": reading.purses(desk.owner),
        "batches": reading.batches(desk.owner, limit=5).items,
        "withdrawals": _labelled(reading.withdrawals(desk.owner, limit=5).items),
        "fees": reading.fees(desk.shop.id) if desk.shop else None,
        "second_factor": people.has_second_factor(desk.actor_id),
    }
    return render(request, "trade/finance_home.html", context)


def _labelled(rows: Any) -> list[tuple[Any, str]]:
    return [(one, withdrawal_label(one.state)) for one in rows]


@require_GET
@signed_in_page
def statement(request: HttpRequest, slug: str = "") -> HttpResponse:
    """GET …/statement/?from=&to=&currency=&cursor= ; format=csv or xlsx for all of it."""
    desk = _desk(request, slug)
    first, last = _day(request.GET.get("from")), _day(request.GET.get("to"))
    currency = request.GET.get("currency", "CNY")[:3]
    kind = request.GET.get("format", "")
    if kind in ("csv", "xlsx"):
        lines = reading.statement_lines(desk.owner, currency, first, last)
        name = f"statement-{desk.owner.replace(':', '-')}-{currency}"
        return export(kind, name, _heads(), _cells(lines))
    page = reading.statement(desk.owner, currency, first, last, request.GET.get("cursor"), ROWS)
    context = desk.context("statement", _("流水")) | {
        "page": page, "first": first, "last": last, "currency": currency,
        "currencies": [purse.currency for purse in reading.purses(desk.owner)],
        "rows": [(one, movement_label(one.kind), _order_link(desk, one)) for one in page.items],
    }  # fmt: skip
    return render(request, "trade/finance_statement.html", context)


def _order_link(desk: Desk, line: OwnerLine) -> str:
    if desk.shop is None or line.kind not in OF_ORDERS:
        return ""
    return reverse("trade:desk_order", args=[desk.shop.slug, line.reference])


def _heads() -> list[str]:
    return [_("时间"), _("类型"), _("编号"), _("金额"), _("之后共有"), _("记账号")]


def _cells(lines: Iterator[OwnerLine]) -> Iterator[list[Cell]]:
    for one in lines:
        yield [
            moment(one.at), movement_label(one.kind), one.reference, yuan(one.amount_minor),
            yuan(one.after_minor), one.key,
        ]  # fmt: skip


@require_GET
@signed_in_page
def batches(request: HttpRequest, slug: str = "") -> HttpResponse:
    """GET …/settlements/?cursor="""
    desk = _desk(request, slug)
    context = desk.context("batches", _("结算")) | {
        "page": reading.batches(desk.owner, request.GET.get("cursor"), ROWS)
    }
    return render(request, "trade/finance_batches.html", context)


@require_GET
@signed_in_page
def batch(request: HttpRequest, number: str, slug: str = "") -> HttpResponse:
    """GET …/settlements/<number>/ : its lines."""
    desk = _desk(request, slug)
    found = reading.batch(desk.owner, number)
    page = reading.batch_lines(number, request.GET.get("cursor"), ROWS)
    context = desk.context("batches", _("结算")) | {
        "batch": found, "page": page, "rows": [(one, movement_label(one.kind)) for one in page.items],
    }  # fmt: skip
    return render(request, "trade/finance_batch.html", context)


def _said(error: DomainError) -> dict[str, Any]:
    return {
        "refusal": words(error),
        "fields": {name: _(text) for name, text in error.fields.items()},
    }


@require_http_methods(["GET", "POST"])
@signed_in_page
def withdrawals(request: HttpRequest, slug: str = "") -> HttpResponse:
    """GET …/withdrawals/ : the form and the list; POST amount, account, code, key asks for money."""
    desk, said, status = _desk(request, slug), {}, 200
    if request.method == "POST":
        try:
            number = withdrawing.withdraw(
                owner=desk.owner, account_id=_id(request.POST.get("account", "")),
                amount_minor=minor(request.POST.get("amount", "")), key=request.POST.get("key", ""),
                actor_id=desk.actor_id, code=request.POST.get("code", ""),
            )  # fmt: skip
            messages.success(request, _("提现已受理，编号 %(number)s") % {"number": number})
            return HttpResponseRedirect(desk.url("withdrawals"), status=303)
        except DomainError as error:
            said, status = _said(error), error.status
    page = reading.withdrawals(desk.owner, cursor=request.GET.get("cursor"), limit=ROWS)
    accounts = reading.bank_accounts(desk.owner)
    context = desk.context("withdrawals", _("提现")) | {
        "page": page, "entries": _labelled(page.items), "purses": reading.purses(desk.owner),
        "terms": withdrawable.terms(desk.owner),
        "accounts": accounts, "usable": [one for one in accounts if one.usable], "key": new_id(),
        "given": request.POST, "second_factor": people.has_second_factor(desk.actor_id), **said,
    }  # fmt: skip
    return render(request, "trade/finance_withdrawals.html", context, status=status)


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


@require_POST
@signed_in_page
def cancellation(request: HttpRequest, number: str, slug: str = "") -> HttpResponse:
    """POST …/withdrawals/<number>/cancellation/"""
    desk = _desk(request, slug)
    withdrawing.cancel_withdrawal(owner=desk.owner, number=number, actor_id=desk.actor_id)
    messages.success(request, _("已取消，钱回到余额里"))
    return HttpResponseRedirect(desk.url("withdrawals"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def accounts(request: HttpRequest, slug: str = "") -> HttpResponse:
    """GET …/accounts/ : where money may go; POST holder, bank, number, code adds one."""
    desk, said, status = _desk(request, slug), {}, 200
    data = request.POST
    if request.method == "POST":
        try:
            banking.add_bank_account(
                owner=desk.owner, holder=data.get("holder", ""), bank=data.get("bank", ""),
                number=data.get("number", ""), actor_id=desk.actor_id, code=data.get("code", ""),
            )  # fmt: skip
            messages.success(request, _("已添加收款账户"))
            return HttpResponseRedirect(desk.url("accounts"), status=303)
        except DomainError as error:
            said, status = _said(error), error.status
    return _accounts(request, desk, said, status)


def _accounts(request: HttpRequest, desk: Desk, said: dict[str, Any], status: int) -> HttpResponse:
    rows = reading.bank_accounts(desk.owner)
    names = people.cards([one.added_by for one in rows])
    context = desk.context("accounts", _("收款账户")) | {
        "entries": [
            (one, names[one.added_by].name if one.added_by in names else "", one.added_by == desk.actor_id)
            for one in rows
        ],
        "given": request.POST, "second_factor": people.has_second_factor(desk.actor_id), **said,
    }  # fmt: skip
    return render(request, "trade/finance_accounts.html", context, status=status)


@require_POST
@signed_in_page
def account(request: HttpRequest, account_id: int, slug: str = "") -> HttpResponse:
    """POST …/accounts/<id>/ : act = agree, refuse or remove; code but for refusing."""
    desk = _desk(request, slug)
    act, code = request.POST.get("act", ""), request.POST.get("code", "")
    which: dict[str, Any] = {
        "owner": desk.owner, "account_id": account_id, "actor_id": desk.actor_id,
    }  # fmt: skip
    try:
        if act == "agree":
            banking.agree_to_bank_account(**which, code=code)
        elif act == "refuse":
            banking.refuse_bank_account(**which)
        else:
            banking.remove_bank_account(**which, code=code)
    except DomainError as error:
        return _accounts(request, desk, _said(error), error.status)
    messages.success(request, _("已保存"))
    return HttpResponseRedirect(desk.url("accounts"), status=303)


def revenue_context(shop_id: int | None) -> dict[str, Any]:
    """What the platform took, by month, and the bars of it."""
    months = revenue.revenue(shop_id)
    bars = revenue.drawn(months)
    return {"months": months, "bars": bars, "width": bars[-1].x + WIDTH if bars else 0}


@require_GET
@signed_in_page
def invoices(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/finance/invoices/ : what the platform kept, month by month."""
    desk = _desk(request, slug)
    assert desk.shop is not None
    context = desk.context("invoices", _("平台账单")) | {
        "page": reading.invoices(desk.shop.id, request.GET.get("cursor"), ROWS),
        "fees": reading.fees(desk.shop.id),
        **revenue_context(desk.shop.id),
    }
    return render(request, "trade/finance_invoices.html", context)


@require_GET
@signed_in_page
def invoice(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """GET /console/<slug>/finance/invoices/<number>/ ; format=csv or xlsx"""
    desk = _desk(request, slug)
    assert desk.shop is not None
    found = reading.invoice(desk.shop.id, number)
    rows = component_rows(found)
    kind = request.GET.get("format", "")
    if kind in ("csv", "xlsx"):
        cells: list[list[Cell]] = [[label, yuan(amount), found.currency] for label, amount in rows]
        cells.append([_("合计"), yuan(found.total_minor), found.currency])
        return export(kind, found.number, [_("项目"), _("金额"), _("币种")], cells)
    context = desk.context("invoices", _("平台账单")) | {"invoice": found, "rows": rows}
    return render(request, "trade/finance_invoice.html", context)
