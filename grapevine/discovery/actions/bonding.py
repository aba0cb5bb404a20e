"""How people come to be tied: kept from both sides, so that a feed needs no other module to know it."""

from grapevine.campaigns import facade as campaigns
from grapevine.discovery.models import Bond
from grapevine.discovery.rules.ties import INVITEE, INVITER, MATE, SHARER
from grapevine.kit import clock

MATES_MAX = 50


def tie(*, person_id: int, other_id: int, kind: str) -> None:
    """`other_id` is of this kind to `person_id`. Asked again, it says that it was so again."""
    if person_id == other_id:
        return
    bond, is_new = Bond.objects.get_or_create(
        person_id=person_id, other_id=other_id, kind=kind, defaults={"at": clock.now()}
    )
    if not is_new:
        Bond.objects.filter(pk=bond.pk).update(times=bond.times + 1, at=clock.now())


def tie_brought(*, person_id: int, by_id: int) -> None:
    tie(person_id=person_id, other_id=by_id, kind=INVITER)
    tie(person_id=by_id, other_id=person_id, kind=INVITEE)


def tie_sharer(*, person_id: int, sharer_id: int) -> None:
    tie(person_id=person_id, other_id=sharer_id, kind=SHARER)


def tie_mates(*, person_id: int, group: str) -> None:
    """Who bought in one group knows each other, from both sides."""
    for other_id in campaigns.paid_members(group)[:MATES_MAX]:
        tie(person_id=person_id, other_id=other_id, kind=MATE)
        tie(person_id=other_id, other_id=person_id, kind=MATE)
