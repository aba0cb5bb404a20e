"""Keys of a shop: made, used, revoked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from grapevine.gateway import access
from grapevine.gateway.contracts import (
    KeyRefused,
    LacksScope,
    NotForPrograms,
    Scope,
    TooManyKeys,
)
from grapevine.gateway.models import ApiKey
from grapevine.gateway.rules import scopes as table
from grapevine.goods.contracts import ShopNotFound
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id, new_token
from grapevine.kit.text import marked

KIND = "gvk"
"""Keys begin so: easy to see, to search for in a leak, and to tell from people's tokens."""
PREFIX_LENGTH = 10
KEYS_MAX = 20
DAYS_MAX = 3650
USED_EVERY = timedelta(minutes=10)
API = "/api/v1"


def create_key(
    *, shop_id: int, person_id: int, name: str, scopes: Sequence[str], days: int | None = None
) -> str:
    """A new key; this is the only time it is seen. `days` None never expires.

    Raises BadInput or TooManyKeys. The caller has asked for the right to the shop's settings.
    """
    allowed = table.read_scopes(scopes, among=table.OF_A_SHOP)
    label = name.strip()[:40]
    if not label:
        raise BadInput(fields={"name": marked("给它起个名字，以后认得出来")})
    if days is not None and not 1 <= days <= DAYS_MAX:
        raise BadInput(fields={"days": marked("有效期要在 1 到 3650 天之间")})
    now, secret = clock.now(), f"{KIND}_{new_token()}{new_token()}"
    with transaction.atomic():
        if ApiKey.objects.filter(shop_id=shop_id, revoked_at=None).count() >= KEYS_MAX:
            raise TooManyKeys(most=KEYS_MAX)
        key = ApiKey.objects.create(
            public_id=new_id(), shop_id=shop_id, person_id=person_id, name=label,
            prefix=secret[:PREFIX_LENGTH], digest=access.digest_of(secret), scopes=allowed,
            created_at=now, expires_at=now + timedelta(days=days) if days else None,
        )  # fmt: skip
        guard.audit(
            actor_id=person_id, action="gateway.key_created", object=f"shop:{shop_id}", shop_id=shop_id,
            after={"key": key.prefix, "scopes": allowed},
        )  # fmt: skip
    return secret


@transaction.atomic
def revoke_key(*, shop_id: int, person_id: int, public_id: str) -> None:
    """End a key at once; revoking it again changes nothing."""
    key = access.key_of_shop(shop_id, public_id)
    mine = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now())
    if mine:
        guard.audit(
            actor_id=person_id, action="gateway.key_revoked", object=f"shop:{shop_id}", shop_id=shop_id,
            before={"key": key.prefix},
        )  # fmt: skip


def person_for_key(token: str, request: HttpRequest) -> Any:
    """Whom a key acts for in this request. Raises KeyRefused, LacksScope, NotForPrograms or ShopNotFound.

    The person's rights are asked by the endpoint itself, as of this moment.
    """
    now = clock.now()
    key = (
        ApiKey.objects.select_related("shop", "person")
        .filter(digest=access.digest_of(token), revoked_at=None, person__erased_at=None)
        .first()
    )
    if key is None or (key.expires_at and key.expires_at <= now):
        raise KeyRefused
    require(request, scopes=table.known(key.scopes), shop_slug=key.shop.slug, shop_only=True)
    if key.used_at is None or now - key.used_at > USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(used_at=now)
    return key.person


def require(
    request: HttpRequest, *, scopes: Sequence[Scope], shop_slug: str, shop_only: bool
) -> None:
    """Whether a program with these scopes may call this operation, of this shop.

    Another shop's operation is refused as if that shop did not exist. A key of a shop reaches nothing personal.
    """
    operation, slug = _operation(request)
    needed = table.OPERATIONS.get(operation)
    if needed is None:
        raise NotForPrograms
    if needed == table.PUBLIC:
        return
    is_shops = needed in table.OF_A_SHOP
    if slug and slug != shop_slug:
        raise ShopNotFound(slug)
    if needed not in scopes:
        raise LacksScope(scope=needed)
    if (is_shops and not shop_slug) or (shop_only and not is_shops):
        raise NotForPrograms


def _operation(request: HttpRequest) -> tuple[str, str]:
    """("GET /shops/{slug}/orders", the slug or "")."""
    match = request.resolver_match
    assert match is not None
    route = "/" + match.route.removeprefix(API.lstrip("/")).lstrip("/")
    template = "".join("{" + part if i else part for i, part in enumerate(_parts(route)))
    return f"{request.method} {template}", str(match.kwargs.get("slug", ""))


def _parts(route: str) -> list[str]:
    """The route cut before each variable, converters dropped: `/a/<str:b>/c` → ["/a/", "b}/c"]."""
    head, *rest = route.split("<")
    return [head, *("}".join(one.split(":", 1)[-1].split(">", 1)) for one in rest)]
