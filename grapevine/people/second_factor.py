"""A second sign that it is you, asked for where money leaves: a code by time, or one of ten recovery codes.

Call `check_second_factor` outside of any transaction: a wrong code must count even though all else is refused.
"""

import os

from django.conf import settings
from django.db import transaction

from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.ids import new_token
from grapevine.people import access, totp
from grapevine.people.contracts import (
    SecondFactorMissing,
    SecondFactorPresent,
    SecondFactorSetUp,
    WrongCode,
)
from grapevine.people.models import RecoveryCode, SecondFactor

CHECKS_PER_MINUTE = 5
RECOVERY_CODES = 10
RECOVERY_LENGTH = 12


def has_second_factor(person_id: int) -> bool:
    return SecondFactor.objects.filter(person_id=person_id, confirmed_at__isnull=False).exists()


def recovery_codes_left(person_id: int) -> int:
    return RecoveryCode.objects.filter(person_id=person_id, used_at=None).count()


def begin_second_factor(person_id: int) -> SecondFactorSetUp:
    """A secret to scan, the same until a first code confirms it. SecondFactorPresent if one is in force."""
    person = access.person_by_id(person_id)
    row, _ = SecondFactor.objects.get_or_create(
        person=person,
        defaults={"secret": totp.written(os.urandom(totp.SECRET_BYTES)), "begun_at": clock.now()},
    )
    if row.confirmed_at is not None:
        raise SecondFactorPresent
    account = person.email or person.phone or person.handle
    secret = totp.read(row.secret)
    return SecondFactorSetUp(
        row.secret, totp.address(secret, account=account, issuer=settings.SITE_NAME)
    )


def shown_code(secret: str) -> str:
    """What an app with this secret shows now."""
    return totp.code_at(totp.read(secret), totp.step_of(clock.now().timestamp()))


def confirm_second_factor(person_id: int, code: str) -> list[str]:
    """The first right code puts it in force; the recovery codes, seen this once."""
    guard.limit(f"second-factor:{person_id}", per_minute=CHECKS_PER_MINUTE)
    row = SecondFactor.objects.filter(person_id=person_id).first()
    if row is None:
        raise SecondFactorMissing
    step = totp.matching_step(totp.read(row.secret), _digits(code), clock.now().timestamp())
    if step is None:
        raise WrongCode
    with transaction.atomic():
        fresh = SecondFactor.objects.filter(pk=row.pk, confirmed_at=None)
        if not fresh.update(confirmed_at=clock.now(), last_step=step):
            raise SecondFactorPresent
        guard.audit(
            actor_id=person_id, action="people.second_factor_on", object=f"person:{person_id}"
        )
        return _new_recovery_codes(person_id)


def check_second_factor(person_id: int, code: str) -> None:
    """Nothing if the code is right; it is used up then. SecondFactorMissing, WrongCode or TooManyRequests else."""
    guard.limit(f"second-factor:{person_id}", per_minute=CHECKS_PER_MINUTE)
    row = SecondFactor.objects.filter(person_id=person_id, confirmed_at__isnull=False).first()
    if row is None:
        raise SecondFactorMissing
    given = _digits(code)
    if len(given) != totp.DIGITS:
        return _use_recovery_code(person_id, given)
    step = totp.matching_step(totp.read(row.secret), given, clock.now().timestamp())
    if step is None:
        raise WrongCode
    mine = SecondFactor.objects.filter(pk=row.pk, last_step__lt=step)
    if not mine.update(last_step=step):
        raise WrongCode  # used before: whoever looked over a shoulder is too late
    return None


def renew_recovery_codes(person_id: int, code: str) -> list[str]:
    """Ten new ones; the old ones open nothing any more."""
    check_second_factor(person_id, code)
    with transaction.atomic():
        guard.audit(
            actor_id=person_id, action="people.recovery_codes", object=f"person:{person_id}"
        )
        return _new_recovery_codes(person_id)


def end_second_factor(person_id: int, code: str) -> None:
    """Off, by a right code."""
    check_second_factor(person_id, code)
    with transaction.atomic():
        SecondFactor.objects.filter(person_id=person_id).delete()
        RecoveryCode.objects.filter(person_id=person_id).delete()
        guard.audit(
            actor_id=person_id, action="people.second_factor_off", object=f"person:{person_id}"
        )


def _digits(code: str) -> str:
    return code.strip().replace(" ", "").replace("-", "").lower()[:40]


def _use_recovery_code(person_id: int, given: str) -> None:
    mine = RecoveryCode.objects.filter(
        person_id=person_id, digest=access.token_digest(given), used_at=None
    )
    if not mine.update(used_at=clock.now()):
        raise WrongCode
    guard.audit(
        actor_id=person_id, action="people.recovery_code_used", object=f"person:{person_id}"
    )


def _new_recovery_codes(person_id: int) -> list[str]:
    RecoveryCode.objects.filter(person_id=person_id).delete()
    codes = [new_token()[:RECOVERY_LENGTH] for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person_id=person_id, digest=access.token_digest(code)) for code in codes
    )
    return codes
