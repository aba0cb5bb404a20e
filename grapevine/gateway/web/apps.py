"""A person's side: the apps they allowed, the apps they made, and the page that asks."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.gateway.actions import oauth
from grapevine.gateway.contracts import Scope
from grapevine.gateway.queries import keys as reads
from grapevine.gateway.rules import scopes as table
from grapevine.gateway.rules.redirects import origin
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words

CARRIED = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
    "code_challenge_method",
)  # fmt: skip
"""What the page's form sends on, as the app asked."""


@require_GET
@signed_in_page
def installed(request: HttpRequest) -> HttpResponse:
    """GET /settings/apps/"""
    rows = [
        (one, [_(table.WORDS[scope]) for scope in one.scopes])
        for one in reads.installations_of(me(request))
    ]
    return render(request, "gateway/installed.html", {"tab": "me", "rows": rows})


@require_POST
@signed_in_page
def uninstall(request: HttpRequest, installation_id: int) -> HttpResponse:
    """POST /settings/apps/<id>/removal/"""
    oauth.uninstall(person_id=me(request), installation_id=installation_id)
    messages.success(request, _("已取消授权，从现在起它不能再用"))
    return HttpResponseRedirect(reverse("gateway:installed"), status=303)


def _developer_page(
    request: HttpRequest, *, error: DomainError | None = None, made: tuple[str, str] | None = None
) -> HttpResponse:
    fields = {name: _(text) for name, text in error.fields.items()} if error else {}
    context: dict[str, Any] = {
        "tab": "me", "apps": reads.apps_of(me(request)), "made": made, "fields": fields,
        "given": request.POST, "refusal": words(error) if error else None,
    }  # fmt: skip
    return render(request, "gateway/developer.html", context, status=error.status if error else 200)


@require_http_methods(["GET", "POST"])
@signed_in_page
def developer(request: HttpRequest) -> HttpResponse:
    """GET /settings/developer/ ; POST registers an app and shows its secret, once."""
    if request.method == "GET":
        return _developer_page(request)
    try:
        made = oauth.register_app(
            owner_id=me(request), name=request.POST.get("name", ""),
            redirect_uris=request.POST.get("redirect_uris", "").split(),
            website=request.POST.get("website", "").strip(),
            confidential=request.POST.get("confidential") == "1",
        )  # fmt: skip
    except DomainError as error:
        return _developer_page(request, error=error)
    return _developer_page(request, made=made)


@require_POST
@signed_in_page
def developed(request: HttpRequest, client_id: str) -> HttpResponse:
    """POST /settings/developer/<client>/ : do=secret replaces the secret, do=remove removes the app."""
    if request.POST.get("do") == "secret":
        secret = oauth.replace_secret(owner_id=me(request), client_id=client_id)
        return _developer_page(request, made=(client_id, secret))
    oauth.remove_app(owner_id=me(request), client_id=client_id)
    messages.success(request, _("应用已删除"))
    return HttpResponseRedirect(reverse("gateway:developer"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def authorize(request: HttpRequest) -> HttpResponse:
    """GET /oauth/authorize : ask the person, in plain words. POST goes back to the app with a code, or with a no."""
    given = request.POST if request.method == "POST" else request.GET
    uri = given.get("redirect_uri", "")
    app = oauth.read_request(client_id=given.get("client_id", ""), redirect_uri=uri)
    error = _wrong(given)
    if error:
        return _back(uri, given, error=error)
    wanted = [Scope(one) for one in given.get("scope", "").split()]
    if request.method == "POST" and given.get("decision") != "allow":
        return _back(uri, given, error="access_denied")
    if request.method == "POST":
        return _allowed(request, app, wanted, uri)
    return _ask(request, app, wanted, uri)


def _wrong(given: Any) -> str:
    """The OAuth error of a request that is wrong though its app and address are right; "" if none."""
    if given.get("response_type") != "code":
        return "unsupported_response_type"
    names = given.get("scope", "").split()
    if not names or set(names) - set(Scope):
        return "invalid_scope"
    challenge = oauth.CHALLENGE.fullmatch(given.get("code_challenge", ""))
    if given.get("code_challenge_method") != "S256" or challenge is None:
        return "invalid_request"
    return ""


def _back(uri: str, given: Any, **answer: str) -> HttpResponse:
    """To the app's own address, with `state` and `iss` (RFC 9207)."""
    if given.get("state"):
        answer["state"] = given["state"][:500]
    answer["iss"] = settings.SITE_URL
    mark = "&" if "?" in uri else "?"
    response = HttpResponse(status=303)
    response["Location"] = f"{uri}{mark}{urlencode(answer)}"
    return response


def _ask(
    request: HttpRequest, app: oauth.Registered, wanted: list[Scope], uri: str
) -> HttpResponse:
    needs_shop = bool(set(wanted) & table.OF_A_SHOP)
    mine = goods.shops_of(me(request)) if needs_shop else []
    shops = [shop for shop in mine if _may_settle(request, shop.slug)]
    context = {
        "tab": "me", "app": reads.app_view(app), "host": origin(uri),
        "names": [(name, request.GET.get(name, "")) for name in CARRIED],
        "scopes": [_(table.WORDS[one]) for one in table.known(wanted)],
        "needs_shop": needs_shop, "shops": shops,
    }  # fmt: skip
    response = render(request, "gateway/authorize.html", context)
    # The answer to the form sends the browser on, and `form-action` counts that too.
    response._csp_update = {"form-action": origin(uri)}  # type: ignore[attr-defined]
    return response


def _may_settle(request: HttpRequest, slug: str) -> bool:
    try:
        goods.shop_for_staff(me(request), slug, Right.SETTINGS)
    except DomainError:
        return False
    return True


def _allowed(
    request: HttpRequest, app: oauth.Registered, wanted: list[Scope], uri: str
) -> HttpResponse:
    shop_id = None
    if set(wanted) & table.OF_A_SHOP:
        shop_id = goods.shop_for_staff(me(request), request.POST.get("shop", ""), Right.SETTINGS).id
    code = oauth.allow(
        app=app, person_id=me(request), shop_id=shop_id, scopes=wanted, redirect_uri=uri,
        challenge=request.POST.get("code_challenge", ""),
    )  # fmt: skip
    return _back(uri, request.POST, code=code)
