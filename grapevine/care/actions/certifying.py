"""Certificates: handed in by the shop, checked by an operator."""

from typing import IO

from django.db import transaction

from grapevine.care import access
from grapevine.care.contracts import NewCertificate
from grapevine.care.models import Certificate
from grapevine.care.refusals import BadCertificate, CertificateNotFound
from grapevine.care.rules.words import REASON_MAX, cleaned
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.media import facade as media

TEXT_MAX = 60
PLATFORM = 0
"""The `shop_id` of the platform's own certificates."""


@transaction.atomic
def hand_in_certificate(
    *, shop_id: int, new: NewCertificate, file: IO[bytes] | None, actor_id: int
) -> str:
    """Hand in a certificate with a picture of it; it shows nothing until an operator has checked it."""
    name, issuer, number = (cleaned(one) for one in (new.name, new.issuer, new.number))
    wrong = {
        field: marked("写 1 到 60 个字")
        for field, text in (("name", name), ("issuer", issuer), ("number", number))
        if not 1 <= len(text) <= TEXT_MAX
    }
    if new.valid_from is None or new.valid_until is None or new.valid_until < new.valid_from:
        wrong["valid_until"] = marked("写清楚起止日期，截止不早于开始")
    if file is None:
        wrong["file"] = marked("上传证书的照片或扫描件")
    if wrong or file is None or new.valid_from is None or new.valid_until is None:
        raise BadCertificate(fields=wrong)
    guard.require_clean(name)
    picture = media.store_picture(owner_id=actor_id, file=file, alt=name)
    made = Certificate.objects.create(
        shop_id=shop_id, name=name, issuer=issuer, number=number, picture_id=picture.id,
        valid_from=new.valid_from, valid_until=new.valid_until, handed_in_by=actor_id,
        handed_in_at=clock.now(),
    )  # fmt: skip
    return made.public_id


@transaction.atomic
def decide_certificate(
    *, operator_id: int, public_id: str, is_genuine: bool, reason: str = ""
) -> None:
    """An operator's check, once, audited. A refusal needs its reason."""
    why = cleaned(reason)[:REASON_MAX]
    if not is_genuine and not why:
        raise BadCertificate(fields={"reason": marked("写明理由")})
    _move(operator_id, public_id, "waiting", "approved" if is_genuine else "refused", why)


@transaction.atomic
def withdraw_certificate(*, operator_id: int, public_id: str, reason: str) -> None:
    """Take an approved certificate's badge away before its time, for a reason."""
    why = cleaned(reason)[:REASON_MAX]
    if not why:
        raise BadCertificate(fields={"reason": marked("写明理由")})
    _move(operator_id, public_id, "approved", "withdrawn", why)


def _move(operator_id: int, public_id: str, before: str, after: str, reason: str) -> None:
    found = access.certificate_by_public_id(public_id)
    mine = Certificate.objects.filter(pk=found.pk, state=before).update(
        state=after, reason=reason, decided_by=operator_id, decided_at=clock.now()
    )
    if not mine:
        raise CertificateNotFound(public_id)
    guard.audit(
        actor_id=operator_id, action=f"care.certificate_{after}", object=f"certificate:{public_id}",
        before={"state": before}, after={"state": after, "reason": reason},
    )  # fmt: skip
