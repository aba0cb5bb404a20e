"""What a shop's papers and invitations held of people goes when its time is over; the terms are in front/personal.py."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from grapevine.goods.models import Application, Document, StaffInvite, Withholding
from grapevine.goods.onboarding import Cause
from grapevine.kit import clock
from grapevine.media import facade as media

CLOSED_KEPT = timedelta(days=3 * 366)
"""Three years after a shop closed (E-Commerce Law of the PRC, article 31)."""
BATCH = 200


def forget_papers() -> int:
    """Take the persons and the papers out of applications of shops that closed long ago; how many shops."""
    shops = _closed_before(clock.now() - CLOSED_KEPT)
    for shop_id in shops:
        _forget_shop(shop_id)
    return len(shops)


def _closed_before(moment: datetime) -> list[int]:
    closed = Withholding.objects.filter(
        cause=Cause.CLOSED, goods=None, lifted_at=None, since__lt=moment
    ).values("shop_id")
    named = Application.objects.exclude(person="", identity="", phone="", address="")
    left = Q(shop_id__in=named.values("shop_id")) | Q(
        shop_id__in=Document.objects.values("shop_id")
    )
    rows = Withholding.objects.filter(left, shop_id__in=closed)
    return list(rows.order_by("shop_id").values_list("shop_id", flat=True).distinct()[:BATCH])


def _forget_shop(shop_id: int) -> None:
    """The files first: a crash in between leaves rows that are found again."""
    papers = Document.objects.filter(shop_id=shop_id)
    for file_id in papers.values_list("file_id", flat=True):
        media.drop_private(file_id)
    with transaction.atomic():
        papers.delete()
        Application.objects.filter(shop_id=shop_id).update(
            person="", identity="", identity_until=None, licence_until=None, phone="", address=""
        )


def forget_invites() -> int:
    """Invitations by link that ended or ran out go, and the digests of their links with them; how many."""
    over = StaffInvite.objects.exclude(outcome="open") | StaffInvite.objects.filter(
        expires_at__lt=clock.now()
    )
    return over.exclude(digest=None).delete()[0]
