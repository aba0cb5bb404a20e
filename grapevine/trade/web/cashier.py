"""The cashier: how to pay, waiting, and what came of it; and the sandbox provider's own page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page, site_of
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.trade.actions.starting import methods, start_payment
from grapevine.trade.contracts import AttemptView, PaymentNotFound, PaymentView
from grapevine.trade.payments.port import Provider, ProviderDown
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.payments.registry import provider
from grapevine.trade.queries import reading
from grapevine.trade.web.drawing import qr
from grapevine.trade.web.payers import INSIDE, learn_payer, payer_for, pays_inside, question

STOP_POLLING = 286
"""The status by which htmx stops asking again."""
SCAN = marked("用手机扫码")
WAYS = {
    "page": ("desk", marked("打开付款网页")), "checkout": ("any", marked("打开付款网页")),
    "wap": ("phone", marked("在手机上付")), "h5": ("phone", marked("在手机上付")),
    "native": ("scan", SCAN), "qr": ("scan", SCAN), "precreate": ("scan", SCAN),
    "jsapi": ("inside", marked("在微信里付")),
}  # fmt: skip
"""Where a way works, and what it is for the buyer. Ways not named here need a program of their own."""
FITTING = {
    "phone": ("phone", "any", "scan", "desk"), "desk": ("desk", "any", "scan"),
    "inside": ("inside", "any", "phone"),
}  # fmt: skip
ICONS = {"wechat": "wechat", "alipay": "alipay", "sandbox": "flask"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to pay, as the list shows it."""

    value: str
    label: str
    note: str
    icon: str


def _device(request: HttpRequest) -> str:
    agent = request.headers.get("User-Agent", "")
    if "MicroMessenger" in agent:
        return "inside"
    return "phone" if "Mobi" in agent else "desk"


def choices(providers: Sequence[Provider], device: str) -> list[Choice]:
    """The ways that work on this device, each provider's best first; a desk's page only where nothing else fits."""
    fitting = FITTING[device]
    found: list[tuple[int, Choice]] = []
    for one in providers:
        own = sorted(
            (fitting.index(WAYS[way][0]), way)
            for way in one.ways
            if way in WAYS and WAYS[way][0] in fitting and (way != INSIDE or pays_inside(one))
        )
        if device == "phone" and len(own) > 1:
            own = [pair for pair in own if WAYS[pair[1]][0] != "desk"]
        for rank, way in own:
            icon = next((icon for name, icon in ICONS.items() if name in one.name), "wallet")
            note = _("演示用，不会真的扣钱") if one.name == "sandbox" else _(WAYS[way][1])
            found.append((rank, Choice(f"{one.name}:{way}", _(one.label), note, icon)))
    return [choice for _rank, choice in found]


@require_http_methods(["GET", "POST"])
@signed_in_page
def cashier(request: HttpRequest, number: str) -> HttpResponse:
    """GET /pay/<number>/ : choose how, wait, done; POST starts at the provider."""
    payment = reading.payment(me(request), number)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            return _begun(request, number)
        except DomainError as error:
            refused = error
            payment = reading.payment(me(request), number)
            if payment.state == "paid":  # the last attempt was heard of just now
                return HttpResponseRedirect(reverse("trade:cashier", args=[number]), status=303)
    return _shown(request, payment, refused)


def _shown(request: HttpRequest, payment: PaymentView, refused: DomainError | None) -> HttpResponse:
    polled = request.headers.get("HX-Target") == "cashier"
    if polled and payment.state == "pending" and not payment.failed:
        return HttpResponse(
            status=204
        )  # nothing new: the page, and the focus in it, stay as they are
    context = _context(request, payment, refused)
    template = "trade/_cashier.html" if polled else "trade/cashier.html"
    status = STOP_POLLING if polled else refused.status if refused else 200
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Target"
    return response


def _begun(request: HttpRequest, number: str) -> HttpResponse:
    """Begin, and go on: to our own sandbox at once, to WeChat's silent question, elsewhere by a page with a link.

    A form may not lead to another site by a redirect (Content-Security-Policy: form-action), a link may.
    """
    method, _sep, way = request.POST.get("method", "").partition(":")
    chosen = provider(method)
    payer = payer_for(request, chosen, way)
    if payer is None:
        return HttpResponseRedirect(question(request, chosen, number), status=303)
    return _started(request, number, method, way, payer)


def _started(request: HttpRequest, number: str, method: str, way: str, payer: str) -> HttpResponse:
    begun = start_payment(
        buyer_id=me(request), number=number, method=method, way=way, payer=payer,
        client_ip=request.META.get("REMOTE_ADDR", ""), site=site_of(request),
    )  # fmt: skip
    if begun.url.startswith("/"):
        return HttpResponseRedirect(begun.url, status=303)
    here = reverse("trade:cashier", args=[number])
    if begun.url:
        return HttpResponseRedirect(f"{here}?go={begun.number}", status=303)
    shown = begun.qr or begun.params
    return HttpResponseRedirect(here if shown else f"{here}?waiting=1", status=303)


@require_http_methods(["GET"])
@signed_in_page
def payer(request: HttpRequest, number: str) -> HttpResponse:
    """GET /pay/<number>/wechat/ : WeChat said who pays; what the buyer had chosen goes on."""
    payment = reading.payment(me(request), number)
    try:
        chosen = provider("wechat")
        learn_payer(request, chosen, number)
        known = payer_for(request, chosen, INSIDE) or ""
        return _started(request, number, chosen.name, INSIDE, known)
    except DomainError as refused:
        return _shown(request, payment, refused)


def _context(
    request: HttpRequest, payment: PaymentView, refused: DomainError | None
) -> dict[str, Any]:
    pending = payment.state == "pending"
    attempt = reading.last_attempt(payment.number) if pending else None
    offered = choices(methods(), _device(request)) if pending else []
    waiting = request.GET.get("waiting") == "1"
    unheard = isinstance(refused, ProviderDown) or (attempt is not None and attempt.state == "starting")  # fmt: skip
    shown = _way_on(attempt) if attempt and attempt.state == "open" and not payment.failed else None
    going = attempt is not None and request.GET.get("go") == attempt.number
    last = f"{attempt.method}:{attempt.way}" if attempt else ""
    return {
        "payment": payment, "orders": reading.orders_of_payment(me(request), payment.number, bare=pending),
        "waiting": waiting, "choices": offered, "attempt": attempt, "shown": shown,
        "going": going and shown is not None and "url" in shown, "unheard": unheard or (waiting and payment.waits),
        "chosen": last if any(one.value == last for one in offered) else offered[0].value if offered else "",
        "refusal": words(refused) if refused and not isinstance(refused, ProviderDown) else None,
        "over": payment.expires_at <= clock.now(),
        "token": signals.live_token(f"order:{payment.order_numbers[0]}"),
    }  # fmt: skip


def _way_on(attempt: AttemptView) -> dict[str, Any] | None:
    """How to go on with what was begun: a link, a code to scan, or what WeChat's own browser wants."""
    if attempt.qr:
        return {"qr": qr(attempt.qr)}
    if attempt.url and not attempt.url.startswith("/"):
        return {"url": attempt.url}
    return (
        {"params": json.dumps(dict(attempt.params))}
        if attempt.params and attempt.way == "jsapi"
        else None
    )


@require_http_methods(["GET", "POST"])
@signed_in_page
def sandbox_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET /sandbox/<number>/ : the provider's cashier; POST decides and goes back to ours."""
    payment = reading.payment(me(request), number)
    attempt = reading.last_attempt(number, "sandbox")
    if attempt is None:
        raise PaymentNotFound(number)
    charge = sandbox.charge(attempt.number)
    outcome = request.POST.get("outcome", "")
    if request.method == "POST" and outcome in sandbox.OUTCOMES:
        sandbox.decide(attempt.number, outcome)
        return HttpResponseRedirect(
            f"{reverse('trade:cashier', args=[number])}?waiting=1", status=303
        )
    return render(request, "trade/sandbox.html", {"payment": payment, "charge": charge})
