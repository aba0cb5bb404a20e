"""A shop's own domain: added, proved, answered to."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from grapevine.goods import proving
from grapevine.goods.actions.shelves import lock_shop
from grapevine.goods.brand import DomainNotFound, DomainTaken, DomainView, NotProved
from grapevine.goods.models import OwnDomain
from grapevine.goods.queries import brand as reads
from grapevine.goods.rules.storefront import check_host
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_token
from grapevine.kit.text import marked

DOMAINS_MAX = 5


def platform_hosts() -> list[str]:
    """The platform's own names, as far as they are known."""
    site = urlsplit(settings.SITE_URL).hostname or ""
    return [one for one in [site, *settings.PLATFORM_HOSTS] if one not in ("", "*")]


@transaction.atomic
def add_domain(*, shop_id: int, host: str) -> DomainView:
    """A host name with the token that proves it. Adding it again gives the same. Raises BadInput or DomainTaken."""
    clean = check_host(host, own=platform_hosts())
    lock_shop(shop_id)
    if OwnDomain.objects.filter(host=clean, proved_at__isnull=False).exclude(shop_id=shop_id):
        raise DomainTaken
    mine = OwnDomain.objects.filter(shop_id=shop_id)
    if not mine.filter(host=clean) and mine.count() >= DOMAINS_MAX:
        raise BadInput(fields={"host": marked("最多 5 个域名")})
    row, _ = OwnDomain.objects.get_or_create(
        shop_id=shop_id, host=clean, defaults={"token": new_token(), "added_at": clock.now()}
    )
    return reads.domain_view(row)


def prove_domain(*, shop_id: int, host: str, actor_id: int) -> DomainView:
    """Look for the token, and answer to the host if it is there. No transaction is open while others are asked.

    Raises DomainNotFound, NotProved, or DomainTaken (another shop proved it first).
    """
    row = OwnDomain.objects.filter(shop_id=shop_id, host=host).first()
    if row is None:
        raise DomainNotFound(host)
    if row.proved_at:
        return reads.domain_view(row)
    guard.limit(f"domain:{shop_id}", per_minute=10)
    view = reads.domain_view(row)
    if f"grapevine={row.token}" in proving.prover.txt(view.record):
        proof = "txt"
    elif proving.prover.file(row.host).strip() == row.token:
        proof = "file"
    else:
        raise NotProved
    try:
        with transaction.atomic():
            OwnDomain.objects.filter(pk=row.pk, proved_at=None).update(
                proved_at=clock.now(), proof=proof
            )
            guard.audit(
                actor_id=actor_id,
                action="shop.domain",
                object=f"shop:{shop_id}",
                after=row.host,
                shop_id=shop_id,
            )
            reads.forget_hosts()
    except IntegrityError:
        raise DomainTaken from None
    row.refresh_from_db()
    return reads.domain_view(row)


@transaction.atomic
def remove_domain(*, shop_id: int, host: str, actor_id: int) -> None:
    """Answer to it no more."""
    gone, _ = OwnDomain.objects.filter(shop_id=shop_id, host=host).delete()
    if not gone:
        raise DomainNotFound(host)
    guard.audit(
        actor_id=actor_id,
        action="shop.domain",
        object=f"shop:{shop_id}",
        before=host,
        shop_id=shop_id,
    )
    reads.forget_hosts()
