"""Reads of juries. What was voted is in no view before the jury has closed."""

from collections import Counter

from grapevine.cases import access
from grapevine.cases.contracts import (
    CLOSED,
    JuryNotFound,
    JuryState,
    JuryView,
    SeatView,
    Side,
    Tally,
    VoteView,
)
from grapevine.cases.models import Consent, Juror, Jury, Volunteer
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.people import facade as people
from grapevine.trade import facade as trade


def view(jury: Jury, *, is_whole: bool = True) -> JuryView:
    """A jury. `is_whole` False leaves out what only its people read: statements, pictures and reasons. Two queries."""
    consents = list(Consent.objects.filter(jury=jury).order_by("side"))
    seats = list(Juror.objects.filter(jury=jury).order_by("id").values_list("vote", "reason"))
    is_closed = jury.state in CLOSED
    votes = [(vote, reason) for vote, reason in seats if vote] if is_closed else []
    counted = Counter(vote for vote, _ in votes)
    has_votes = jury.state in (JuryState.DECIDED, JuryState.HUNG)
    both = len(consents) == len(Side)
    released = set.intersection(*(set(one.pictures) for one in consents)) if both else set()
    return JuryView(
        public_id=jury.public_id, state=JuryState(jury.state), effect=jury.effect, kind=jury.kind,
        reason=jury.reason, category=jury.category, about_minor=jury.about_minor,
        currency=jury.currency,
        statements={one.side: one.statement for one in consents} if is_whole else {},
        pictures=sorted(released) if is_whole else (), seats=jury.seats, quorum=jury.quorum,
        drawn=len(seats), due_at=jury.due_at, closed_at=jury.closed_at, outcome=jury.outcome,
        tally=Tally(counted["buyer"], counted["shop"]) if has_votes else None,
        votes=tuple(VoteView(*one) for one in sorted(votes)) if is_whole and has_votes else (),
        agreed=frozenset(one.side for one in consents),
    )  # fmt: skip


def jury_of_case(case_number: str) -> JuryView | None:
    """For the two sides and operators, who have passed the case's door."""
    found = access.jury_of_case(case_number)
    return view(found) if found else None


def seat(person_id: int, public_id: str) -> SeatView:
    found = access.seat_of(person_id, public_id)
    return SeatView(view(found.jury), found.vote, found.reason)


def seats_of(person_id: int) -> list[SeatView]:
    """A person's seats, those that wait for a vote first; at most thirty."""
    rows = Juror.objects.select_related("jury").filter(person_id=person_id).order_by("-id")[:30]
    found = [SeatView(view(row.jury, is_whole=False), row.vote, row.reason) for row in rows]
    return sorted(found, key=lambda one: one.jury.state != JuryState.VOTING or bool(one.vote))


def closed_juries(cursor: str | None = None, limit: int | None = None) -> Page[JuryView]:
    """For everybody: how people decided, without words, pictures or anything that tells whose case it was."""
    size = clamp(limit)
    rows = Jury.objects.filter(state=JuryState.DECIDED).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([view(row, is_whole=False) for row in found[:size]], more)


def picture(person_id: int, public_id: str, picture_id: str) -> bytes:
    """A picture both sides released, for somebody who sits on this jury, or an operator."""
    if people.is_operator(person_id):
        jury = access.jury_by_id(public_id)
    else:
        jury = access.seat_of(person_id, public_id).jury
    if picture_id not in view(jury).pictures:
        raise JuryNotFound(picture_id)
    return trade.disputed_picture(jury.case_number, picture_id)


def is_volunteer(person_id: int) -> bool:
    return Volunteer.objects.filter(person_id=person_id).exists()
