"""The doors to juries."""

from grapevine.cases.contracts import JuryNotFound, NotEligible
from grapevine.cases.models import Juror, Jury
from grapevine.cases.rules.eligibility import WHY


def jury_by_id(public_id: str, *, lock: bool = False) -> Jury:
    rows = Jury.objects.select_for_update() if lock else Jury.objects.all()
    try:
        return rows.get(public_id=public_id)
    except Jury.DoesNotExist:
        raise JuryNotFound(public_id) from None


def jury_of_case(number: str, *, lock: bool = False) -> Jury | None:
    rows = Jury.objects.select_for_update() if lock else Jury.objects.all()
    return rows.filter(case_number=number).first()


def seat_of(person_id: int, public_id: str) -> Juror:
    """The person's own seat; for everybody else there is no such jury."""
    seat = Juror.objects.select_related("jury").filter(
        jury__public_id=public_id, person_id=person_id
    )
    found = seat.first()
    if found is None:
        raise JuryNotFound(public_id)
    return found


def refused(why: str) -> NotEligible:
    return NotEligible(why=WHY[why])
