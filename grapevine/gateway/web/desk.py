"""The shop's desk for other people's programs: keys, webhooks, and what was sent."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.gateway.actions import keys, webhooks
from grapevine.gateway.queries import keys as key_reads, webhooks as reads
from grapevine.gateway.rules import scopes as table
from grapevine.gateway.rules.catalogue import KINDS
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.people import facade as people

DAYS = ("30", "90", "365", "")


def _shop(request: HttpRequest, slug: str) -> ShopCard:
    return goods.shop_for_staff(me(request), slug, Right.SETTINGS)


def _fields(error: DomainError | None) -> dict[str, str]:
    return {name: _(text) for name, text in error.fields.items()} if error else {}


def _page(
    request: HttpRequest, shop: ShopCard, *, error: DomainError | None = None, made: str = "",
    secret: str = "",
) -> HttpResponse:  # fmt: skip
    found = key_reads.keys_of(shop.id)
    apps = key_reads.apps_in(shop.id)
    people_of = people.cards({one.person_id for one in found} | {one.person_id for one in apps})
    chosen = request.POST.getlist("scopes") + request.POST.getlist("events")
    context: dict[str, Any] = {
        "shop": shop, "nav": "open", "made": made, "secret": secret,
        "keys": [
            (key, people_of.get(key.person_id), [_(table.WORDS[one]) for one in key.scopes])
            for key in found
            if key.is_live
        ],
        "ended": [key for key in found if not key.is_live],
        "webhooks": reads.webhooks_of(shop.id),
        "scopes": [
            (_(label), [(scope, _(table.WORDS[scope]), scope in chosen) for scope in scopes])
            for label, scopes in table.GROUPS
        ],
        "apps": [
            (one, people_of.get(one.person_id), [_(table.WORDS[scope]) for scope in one.scopes])
            for one in apps
        ],
        "kinds": [(kind.name, _(kind.words), kind.name in chosen) for kind in KINDS.values()],
        "days": DAYS, "given": request.POST, "fields": _fields(error),
        "refusal": words(error) if error else None,
    }  # fmt: skip
    return render(request, "gateway/desk.html", context, status=error.status if error else 200)


@require_GET
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/open/"""
    return _page(request, _shop(request, slug))


@require_POST
@signed_in_page
def new_key(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/open/keys/ : the answer shows the key, once."""
    shop, days = _shop(request, slug), request.POST.get("days", "")
    try:
        made = keys.create_key(
            shop_id=shop.id, person_id=me(request), name=request.POST.get("name", ""),
            scopes=request.POST.getlist("scopes"), days=int(days) if days in DAYS[:-1] else None,
        )  # fmt: skip
    except DomainError as error:
        return _page(request, shop, error=error)
    return _page(request, shop, made=made)


@require_POST
@signed_in_page
def revoke_key(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/open/keys/<key>/revocation/"""
    shop = _shop(request, slug)
    keys.revoke_key(shop_id=shop.id, person_id=me(request), public_id=public_id)
    messages.success(request, _("已吊销，从现在起它不能再用"))
    return HttpResponseRedirect(reverse("gateway:desk", args=[slug]), status=303)


@require_POST
@signed_in_page
def new_webhook(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/open/webhooks/ : the answer shows the signing secret, once."""
    shop, url = _shop(request, slug), request.POST.get("url", "").strip()
    try:
        webhooks.require_reachable(url)
        _id, secret = webhooks.add_webhook(
            shop_id=shop.id, person_id=me(request), url=url, events=request.POST.getlist("events")
        )
    except DomainError as error:
        return _page(request, shop, error=error)
    return _page(request, shop, secret=secret)


STATES = ("", "waiting", "delivered", "failed")


def _webhook_page(
    request: HttpRequest, shop: ShopCard, public_id: str, secret: str = ""
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    labels = {"": _("全部"), "waiting": _("等待中"), "delivered": _("已送达"), "failed": _("失败")}
    page = reads.deliveries_page(
        shop.id, public_id, state=state, cursor=request.GET.get("cursor"), limit=30
    )
    view = reads.webhook_view(shop.id, public_id)
    context = {
        "shop": shop, "nav": "open", "webhook": view, "secret": secret, "page": page,
        "rows": [(row, labels[row.state]) for row in page.items], "state": state,
        "tabs": [
            {"url": f"?state={name}", "label": label, "current": name == state}
            for name, label in labels.items()
        ],
        "kinds": [(kind.name, _(kind.words), kind.name in view.events) for kind in KINDS.values()],
    }  # fmt: skip
    return render(request, "gateway/webhook.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_page
def webhook(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/open/webhooks/<id>/ ; POST does one of: events, on, off, test, replay, secret, remove."""
    shop = _shop(request, slug)
    if request.method == "GET":
        return _webhook_page(request, shop, public_id)
    wish = request.POST.get("do", "")
    mine: dict[str, Any] = {"shop_id": shop.id, "public_id": public_id}
    actor: dict[str, Any] = {**mine, "person_id": me(request)}
    target = reverse("gateway:webhook", args=[slug, public_id])
    if wish == "secret":
        return _webhook_page(request, shop, public_id, webhooks.rotate_secret(**actor))
    if wish == "events":
        webhooks.change_webhook(**actor, events=request.POST.getlist("events"))
        messages.success(request, _("已保存"))
    elif wish in ("on", "off"):
        webhooks.change_webhook(**actor, on=wish == "on")
        messages.success(request, _("已打开") if wish == "on" else _("已关闭"))
    elif wish == "test":
        webhooks.send_test(**mine)
        messages.success(request, _("测试消息已排队，几秒后刷新看结果"))
    elif wish == "replay":
        _replay(request, mine)
    elif wish == "remove":
        webhooks.remove_webhook(**actor)
        target = reverse("gateway:desk", args=[slug])
    return HttpResponseRedirect(target, status=303)


def _replay(request: HttpRequest, mine: dict[str, Any]) -> None:
    day = _day(request.POST.get("since", ""))
    count = webhooks.replay(
        **mine, delivery=request.POST.get("delivery", "")[:12], failed_since=day
    )
    text = ngettext("%(n)s 条消息会重新发送", "%(n)s 条消息会重新发送", count) % {"n": count}
    messages.success(request, text)


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return make_aware(datetime.combine(day, time())) if day else None
