"""What cases holds of a person: for their own export, and taken away when they close the account."""

from grapevine.cases.models import Consent, Juror, Volunteer


def own_cases(person_id: int) -> dict[str, object]:
    """Whether they would sit on juries, what they voted there, what they told juries of their own case."""
    seats = Juror.objects.filter(person_id=person_id).select_related("jury").order_by("id")
    said = Consent.objects.filter(person_id=person_id).select_related("jury").order_by("id")
    return {
        "is_volunteer": Volunteer.objects.filter(person_id=person_id).exists(),
        "seats": [
            {
                "jury": one.jury.public_id, "vote": one.vote, "reason": one.reason,
                "voted_at": one.voted_at.isoformat() if one.voted_at else None,
            }
            for one in seats
        ],
        "statements": [
            {"jury": one.jury.public_id, "side": one.side, "statement": one.statement}
            for one in said
        ],
    }  # fmt: skip


def erase_cases(person_id: int) -> None:
    """Nobody is drawn any more, and no device is known. What was voted stays: it decided somebody's case."""
    Volunteer.objects.filter(person_id=person_id).delete()
    Juror.objects.filter(person_id=person_id).update(device="")
    Consent.objects.filter(person_id=person_id).update(device="")
