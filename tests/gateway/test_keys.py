"""Keys of a shop: what they open, where, and that they end."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from grapevine.gateway import facade as gateway
from grapevine.gateway.actions import keys
from grapevine.gateway.contracts import KeyNotFound, Scope, TooManyKeys
from grapevine.gateway.models import ApiKey
from grapevine.gateway.rules import scopes as table
from grapevine.goods.models import Staff
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people
from grapevine.people.models import Person
from grapevine.trade.tests.cast import Cast, gather

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def key_of(cast: Cast, *scopes: Scope, days: int | None = None) -> str:
    return gateway.create_key(
        shop_id=cast.bobs.id, person_id=cast.bob, name="打单", scopes=scopes, days=days
    )


def asked(token: str, path: str, method: str = "get", body: Any = None) -> tuple[int, Any]:
    answer = getattr(Client(), method)(
        f"/api/v1{path}", data=json.dumps(body or {}) if method != "get" else None,
        content_type="application/json", headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    return answer.status_code, answer.json() if answer.content else None


def test_a_key_opens_what_its_scopes_say_and_nothing_else(cast: Cast) -> None:
    reading = key_of(cast, Scope.GOODS_READ)
    assert asked(reading, "/shops/bobs/stock")[0] == 200
    status, refused = asked(reading, "/shops/bobs/orders")
    assert (status, refused["code"], refused["params"]) == (
        403, "gateway.lacks_scope", {"scope": "orders:read"},
    )  # fmt: skip
    assert asked(reading, "/shops/bobs/warehouses", "post", {"name": "二仓"})[0] == 403
    both = key_of(cast, Scope.GOODS_READ, Scope.ORDERS_READ)
    assert asked(both, "/shops/bobs/orders")[0] == 200


def test_a_key_does_not_know_other_shops_and_reaches_nothing_personal(cast: Cast) -> None:
    key = key_of(cast, *table.OF_A_SHOP)
    status, refused = asked(key, "/shops/carols/orders")
    assert (status, refused["code"]) == (404, "goods.shop_not_found")
    assert asked(key, "/shops/nowhere/orders")[0] == 404
    for path in ("/me", "/cart", "/orders", "/addresses", "/me/points", "/reconciliations"):
        status, refused = asked(key, path)
        assert (path, status) == (path, 403)
    assert asked(key, "/shops", "post", {"slug": "bobs2", "name": "x"})[0] == 403
    assert asked(key, "/shops/carols")[0] == 200  # what a stranger sees, a key sees


def test_a_key_never_does_more_than_its_maker_may_now(cast: Cast) -> None:
    key = key_of(cast, Scope.ORDERS_READ, Scope.AFTER_SALES)
    Staff.objects.filter(shop_id=cast.bobs.id, person_id=cast.bob).update(role="clerk")
    assert asked(key, "/shops/bobs/orders")[0] == 200
    status, refused = asked(key, "/shops/bobs/orders/nothing/refund", "post", {"reason": "x"})
    assert (status, refused["code"]) == (403, "goods.lacks_right")
    Staff.objects.filter(shop_id=cast.bobs.id, person_id=cast.bob).delete()
    assert asked(key, "/shops/bobs/orders")[0] == 404


def test_a_key_ends_when_revoked_expired_or_its_maker_is_gone(cast: Cast) -> None:
    key = key_of(cast, Scope.ORDERS_READ)
    assert asked(key, "/shops/bobs/orders")[0] == 200
    row = ApiKey.objects.get()
    keys.revoke_key(shop_id=cast.bobs.id, person_id=cast.bob, public_id=row.public_id)
    status, refused = asked(key, "/shops/bobs/orders")
    assert (status, refused["code"]) == (401, "gateway.key_refused")
    short = key_of(cast, Scope.ORDERS_READ, days=30)
    with time_machine.travel(clock.now() + timedelta(days=29, hours=23), tick=False):
        assert asked(short, "/shops/bobs/orders")[0] == 200
    with time_machine.travel(clock.now() + timedelta(days=30, seconds=1), tick=False):
        assert asked(short, "/shops/bobs/orders")[0] == 401
    Person.objects.filter(pk=cast.bob).update(erased_at=clock.now())
    assert asked(short, "/shops/bobs/orders")[0] == 401
    assert asked("gvk_nothing", "/shops/bobs/orders")[0] == 401


def test_only_the_digest_is_kept_and_use_is_noted(cast: Cast) -> None:
    key = key_of(cast, Scope.ORDERS_READ)
    row = ApiKey.objects.get()
    assert key.startswith(row.prefix)
    assert len(row.prefix) == 10
    assert key not in json.dumps(ApiKey.objects.values().get(), default=str)
    assert ApiKey.objects.filter(used_at=None).count() == 1
    asked(key, "/shops/bobs/orders")
    row.refresh_from_db()
    first: Any = row.used_at
    assert first is not None
    asked(key, "/shops/bobs/orders")
    row.refresh_from_db()
    assert row.used_at == first


def test_keys_are_refused_without_a_name_a_scope_or_beyond_twenty(cast: Cast) -> None:
    mine: dict[str, Any] = {"shop_id": cast.bobs.id, "person_id": cast.bob}
    for wrong in (
        {"name": " ", "scopes": ["orders:read"]}, {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["profile"]}, {"name": "x", "scopes": ["orders:read"], "days": 0},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            keys.create_key(**mine, **wrong)
    for _ in range(20):
        key_of(cast, Scope.ORDERS_READ)
    with pytest.raises(TooManyKeys):
        key_of(cast, Scope.ORDERS_READ)
    with pytest.raises(KeyNotFound):
        keys.revoke_key(
            shop_id=cast.carols.id, person_id=cast.carol,
            public_id=ApiKey.objects.first().public_id,  # type: ignore[union-attr]
        )  # fmt: skip


def test_peoples_own_tokens_keep_every_right(cast: Cast) -> None:
    token = people.issue_token(cast.bob, "own")
    for path in ("/me", "/cart", "/shops/bobs/orders", "/shops/bobs/stock"):
        assert asked(token, path)[0] == 200


def test_the_desk_makes_shows_once_and_revokes(cast: Cast) -> None:
    bob, eve = Client(), Client()
    bob.force_login(Person.objects.get(pk=cast.bob))
    eve.force_login(Person.objects.get(pk=cast.eve))
    url = reverse("gateway:desk", args=["bobs"])
    assert eve.get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert bob.get(url).status_code == 200
    form = {"name": "报表", "scopes": ["goods:read", "orders:read"], "days": "90"}
    new = reverse("gateway:new_key", args=["bobs"])
    assert eve.post(new, form).status_code == 404
    assert bob.post(new, {**form, "scopes": []}).status_code == 422
    assert not ApiKey.objects.exists()
    made = bob.post(new, form)
    row = ApiKey.objects.get()
    assert (row.scopes, row.person_id, row.shop_id) == (
        ["goods:read", "orders:read"], cast.bob, cast.bobs.id,
    )  # fmt: skip
    key = made.context["made"]
    assert key in made.content.decode()
    assert asked(key, "/shops/bobs/stock")[0] == 200
    page = bob.get(url).content.decode()
    assert key not in page
    assert row.prefix in page
    revoking = reverse("gateway:revoke_key", args=["bobs", row.public_id])
    assert eve.post(revoking).status_code == 404
    assert bob.post(revoking).status_code == 303
    assert asked(key, "/shops/bobs/stock")[0] == 401
    Staff.objects.filter(shop_id=cast.bobs.id).update(role="clerk")
    assert bob.get(url).status_code == 403
