"""Reads about keys and apps."""

from django.db.models import QuerySet

from grapevine.gateway.contracts import AppView, InstallationView, KeyView
from grapevine.gateway.models import ApiKey, App, Installation
from grapevine.gateway.rules import scopes as table
from grapevine.kit import clock

ROWS_MAX = 100


def keys_of(shop_id: int) -> list[KeyView]:
    """The shop's keys, newest first, revoked and expired ones too."""
    now = clock.now()
    return [
        KeyView(
            public_id=row.public_id, name=row.name, prefix=row.prefix,
            scopes=table.known(row.scopes), person_id=row.person_id, created_at=row.created_at,
            used_at=row.used_at, expires_at=row.expires_at,
            is_live=row.revoked_at is None and (row.expires_at is None or row.expires_at > now),
        )
        for row in ApiKey.objects.filter(shop_id=shop_id).order_by("-id")[:ROWS_MAX]
    ]  # fmt: skip


def app_view(row: App) -> AppView:
    return AppView(
        client_id=row.client_id, name=row.name, website=row.website,
        redirect_uris=row.redirect_uris, is_confidential=bool(row.secret_digest),
        created_at=row.created_at,
    )  # fmt: skip


def apps_of(owner_id: int) -> list[AppView]:
    rows = App.objects.filter(owner_id=owner_id).order_by("-id")
    return [app_view(row) for row in rows[:ROWS_MAX]]


def installations_of(person_id: int) -> list[InstallationView]:
    """What this person has allowed, newest first."""
    return _installations(Installation.objects.filter(person_id=person_id))


def apps_in(shop_id: int) -> list[InstallationView]:
    """The apps that somebody let into this shop, newest first."""
    return _installations(Installation.objects.filter(shop_id=shop_id))


def _installations(rows: QuerySet[Installation]) -> list[InstallationView]:
    return [
        InstallationView(
            id=row.pk, app=app_view(row.app), shop_slug=row.shop.slug if row.shop else "",
            shop_name=row.shop.name if row.shop else "", scopes=table.known(row.scopes),
            created_at=row.created_at, used_at=row.used_at, person_id=row.person_id,
        )
        for row in rows.select_related("app", "shop").order_by("-id")[:ROWS_MAX]
    ]  # fmt: skip
