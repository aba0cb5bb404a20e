"""OAuth 2: apps are registered and installed; codes and tokens are exchanged, rotated and ended.

RFC 6749 with the advice of RFC 9700: codes with PKCE (S256) only, redirect addresses compared letter by letter,
refresh tokens used once. A code or a refresh token that comes a second time was stolen from somebody: all of its family ends.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from grapevine.gateway import access
from grapevine.gateway.actions.keys import USED_EVERY, require
from grapevine.gateway.contracts import (
    AppNotFound,
    BadRedirect,
    KeyRefused,
    OAuthRefused,
    Tokens,
)
from grapevine.gateway.models import App, Grant, Installation
from grapevine.gateway.rules import scopes as table
from grapevine.gateway.rules.redirects import is_redirect
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id, new_token
from grapevine.kit.text import marked

Registered = App
"""For pages and endpoints, which hold one between two calls."""
ACCESS = "gva"
REFRESH = "gvr"
CODE_SECONDS = 60
ACCESS_SECONDS = 3600
REFRESH_DAYS = 60
REDIRECTS_MAX = 5
APPS_MAX = 20
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def register_app(
    *, owner_id: int, name: str, redirect_uris: Sequence[str], website: str = "",
    confidential: bool = True,
) -> tuple[str, str]:  # fmt: skip
    """A new app: (client id, secret). The secret is seen now and never again; "" for a public app."""
    fields: dict[str, str] = {}
    uris = list(dict.fromkeys(one.strip() for one in redirect_uris if one.strip()))
    if not name.strip():
        fields["name"] = marked("给应用起个名字")
    if not 1 <= len(uris) <= REDIRECTS_MAX or not all(is_redirect(one) for one in uris):
        fields["redirect_uris"] = marked("填 1 到 5 个返回地址：https 开头，或本机的 http 地址")
    if website and not website.startswith("https://"):
        fields["website"] = marked("网站要以 https:// 开头")
    if App.objects.filter(owner_id=owner_id).count() >= APPS_MAX:
        fields["name"] = marked("一个人最多 20 个应用")
    if fields:
        raise BadInput(fields=fields)
    secret = f"gvs_{_secret()}" if confidential else ""
    app = App.objects.create(
        client_id=new_token(), owner_id=owner_id, name=name.strip()[:40], website=website[:200],
        redirect_uris=uris, secret_digest=access.digest_of(secret) if secret else "",
        created_at=clock.now(),
    )  # fmt: skip
    return app.client_id, secret


def replace_secret(*, owner_id: int, client_id: str) -> str:
    """A new secret at once; the old one is refused from now on."""
    app, secret = access.app_of(owner_id, client_id), f"gvs_{_secret()}"
    App.objects.filter(pk=app.pk).update(secret_digest=access.digest_of(secret))
    return secret


def remove_app(*, owner_id: int, client_id: str) -> None:
    """Remove an app; all it was given ends."""
    access.app_of(owner_id, client_id).delete()


def read_request(*, client_id: str, redirect_uri: str) -> App:
    """The app of an authorisation request. Raises AppNotFound or BadRedirect: then nobody may be sent anywhere."""
    app = access.app_by_client_id(client_id)
    if redirect_uri not in app.redirect_uris:
        raise BadRedirect(redirect_uri)
    return app


@transaction.atomic
def allow(
    *, app: App, person_id: int, shop_id: int | None, scopes: Sequence[str], redirect_uri: str,
    challenge: str,
) -> str:  # fmt: skip
    """The person agrees: the installation is written, and a code for the app is returned.

    The caller has asked for the right to the shop's settings.
    """
    among = table.OF_A_PERSON | (table.OF_A_SHOP if shop_id else frozenset())
    allowed = table.read_scopes(scopes, among=among)
    if not CHALLENGE.fullmatch(challenge):
        raise BadInput(fields={"code_challenge": "S256"})
    now, code = clock.now(), _secret()
    who: dict[str, Any] = {"app": app, "person_id": person_id, "shop_id": shop_id}
    installation, _ = Installation.objects.update_or_create(
        **who,
        defaults={"scopes": allowed},
        create_defaults={"scopes": allowed, "created_at": now},
    )  # fmt: skip
    _give(installation, "code", code, new_id(), allowed, seconds=CODE_SECONDS,
          redirect_uri=redirect_uri, challenge=challenge)  # fmt: skip
    guard.audit(
        actor_id=person_id, action="gateway.app_allowed",
        object=f"shop:{shop_id}" if shop_id else f"person:{person_id}",
        after={"app": app.client_id, "scopes": allowed},
    )  # fmt: skip
    return code


@transaction.atomic
def uninstall(*, person_id: int, installation_id: int) -> None:
    """Take an app's permission away; its tokens are refused from now on."""
    mine = Installation.objects.filter(pk=installation_id, person_id=person_id)
    found = mine.select_for_update(of=("self",)).select_related("app").first()
    if found is None:
        raise AppNotFound(installation_id)
    guard.audit(
        actor_id=person_id, action="gateway.app_removed",
        object=f"shop:{found.shop_id}" if found.shop_id else f"person:{person_id}",
        before={"app": found.app.client_id},
    )  # fmt: skip
    mine.delete()


def client(*, client_id: str, secret: str) -> App:
    """The app that calls. Raises OAuthRefused for an unknown one, or a wrong or a missing secret."""
    app = App.objects.filter(client_id=client_id).first()
    digest = access.digest_of(secret) if secret else ""
    if app is None or not hmac.compare_digest(app.secret_digest, digest):
        raise OAuthRefused("invalid_client", status=401)
    return app


def exchange_code(*, app: App, code: str, redirect_uri: str, verifier: str) -> Tokens:
    """Tokens for a code, once. A code that comes again ends all it brought; a wrong verifier uses it up."""
    grant = _found(app, "code", code)
    made = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(made).decode().rstrip("=")
    is_right = (
        VERIFIER.fullmatch(verifier) is not None
        and hmac.compare_digest(expected, grant.challenge)
        and redirect_uri == grant.redirect_uri
    )
    return _exchange(grant, grant.scopes if is_right else ())


def refresh(*, app: App, token: str, scopes: Sequence[str] = ()) -> Tokens:
    """New tokens for a refresh token, once; narrower scopes may be asked for.

    Of two that come at the same time one spends it and the other is a second use, which ends the family:
    the answer of the first is worth nothing then, and the person is asked anew.
    """
    grant = _found(app, "refresh", token)
    if not set(scopes) <= set(grant.scopes):
        raise OAuthRefused("invalid_scope")
    return _exchange(grant, [one for one in grant.scopes if not scopes or one in scopes])


def _found(app: App, kind: str, secret: str) -> Grant:
    mine = Grant.objects.filter(kind=kind, digest=access.digest_of(secret), installation__app=app)
    grant = mine.first()
    if grant is None or grant.expires_at <= clock.now():
        raise OAuthRefused("invalid_grant")
    return grant


def _exchange(grant: Grant, scopes: Sequence[str]) -> Tokens:
    """Spend the grant by one guarded update and give a pair for it, all or nothing.

    A second use waits for the first's commit and then ends the pair that it made.
    """
    given, renewing = f"{ACCESS}_{_secret()}", f"{REFRESH}_{_secret()}"
    with transaction.atomic():
        installation = (
            Installation.objects.select_for_update().filter(pk=grant.installation_id).first()
        )
        spent = Grant.objects.filter(pk=grant.pk, spent_at=None).update(spent_at=clock.now())
        if installation and spent and scopes:
            for kind, secret, seconds in (
                ("access", given, ACCESS_SECONDS), ("refresh", renewing, REFRESH_DAYS * 86_400),
            ):  # fmt: skip
                _give(installation, kind, secret, grant.family, scopes, seconds=seconds)
    if installation and not spent:
        end_family(grant.family)
    if not (installation and spent and scopes):
        raise OAuthRefused("invalid_grant")
    return Tokens(given, renewing, ACCESS_SECONDS, table.known(scopes))


def _secret() -> str:
    return new_token() + new_token()


def end_family(family: str) -> None:
    """Refuse all tokens that came of one consent."""
    now = clock.now()
    Grant.objects.filter(family=family).exclude(kind="code").update(expires_at=now, spent_at=now)


def _give(
    installation: Installation, kind: str, secret: str, family: str, scopes: Sequence[str], *,
    seconds: int, redirect_uri: str = "", challenge: str = "",
) -> None:  # fmt: skip
    now = clock.now()
    Grant.objects.create(
        installation=installation, family=family, kind=kind, digest=access.digest_of(secret),
        scopes=list(scopes), redirect_uri=redirect_uri, challenge=challenge, created_at=now,
        expires_at=now + timedelta(seconds=seconds),
    )  # fmt: skip


def client_credentials(*, app: App, shop_slug: str, scopes: Sequence[str]) -> Tokens:
    """A token for an app's own work in a shop that installed it; no refresh token, the secret is one."""
    if not app.secret_digest:
        raise OAuthRefused("unauthorized_client", "a public app has no credentials")
    installation = (
        Installation.objects.filter(app=app, shop__slug=shop_slug).order_by("-created_at").first()
    )
    if not shop_slug or installation is None:
        raise OAuthRefused("invalid_request", "shop: the app is not installed there")
    wanted = set(scopes) or set(installation.scopes)
    if not wanted <= set(installation.scopes):
        raise OAuthRefused("invalid_scope")
    kept = [one for one in installation.scopes if one in wanted]
    given = f"{ACCESS}_{_secret()}"
    _give(installation, "access", given, new_id(), kept, seconds=ACCESS_SECONDS)
    return Tokens(given, "", ACCESS_SECONDS, table.known(kept))


def revoke(*, app: App, token: str) -> None:
    """RFC 7009: the token's whole family ends; an unknown token is no error."""
    mine = Grant.objects.filter(digest=access.digest_of(token), installation__app=app)
    for family in mine.exclude(kind="code").values_list("family", flat=True):
        end_family(family)


def person_for_access(token: str, request: HttpRequest) -> Any:
    """Whom an app acts for in this request; see `keys.person_for_key`."""
    now = clock.now()
    grant = (
        Grant.objects.select_related("installation__person", "installation__shop")
        .filter(kind="access", digest=access.digest_of(token), expires_at__gt=now, spent_at=None)
        .filter(installation__person__erased_at=None)
        .first()
    )
    if grant is None:
        raise KeyRefused
    installation = grant.installation
    slug = installation.shop.slug if installation.shop else ""
    # A consent given anew with fewer scopes counts for the tokens of before, too.
    both = set(grant.scopes) & set(installation.scopes)
    require(request, scopes=table.known(list(both)), shop_slug=slug, shop_only=False)
    _note_use(installation, now)
    return installation.person


def _note_use(installation: Installation, now: datetime) -> None:
    if installation.used_at is None or now - installation.used_at > USED_EVERY:
        Installation.objects.filter(pk=installation.pk).update(used_at=now)


def tidy(*, days: int = 7) -> None:
    """Drop what expired a week ago. Spent refresh tokens stay as long as they would have been good."""
    Grant.objects.filter(Q(expires_at__lt=clock.now() - timedelta(days=days))).delete()
