"""The facts by which people may or may not judge between two sides."""

from collections.abc import Iterable, Sequence

from grapevine.campaigns import facade as campaigns
from grapevine.cases.models import Consent, Jury, Volunteer
from grapevine.cases.rules.eligibility import Facts
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.people import facade as people
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade


def parties(jury: Jury) -> set[int]:
    """The buyer, and everybody who works for the shop or for another shop of its owner."""
    shop = goods.shops([jury.shop_id])[jury.shop_id]
    found = {jury.buyer_id, shop.owner_id}
    for own in {jury.shop_id, *(one.id for one in goods.shops_of(shop.owner_id))}:
        found |= goods.people_with(own, Right.TODAY)
    return found


def facts_of(
    jury: Jury, person_ids: Iterable[int], *, devices: dict[int, str] | None = None
) -> dict[int, Facts]:
    """What speaks for and against each of these people; closed accounts are left out. Fifteen queries or so.

    `devices`: the digest a person comes with now, else the one they volunteered with.
    """
    ids = sorted(set(person_ids))
    known = people.accounts(ids)
    received = trade.received_counts(ids)
    sides = parties(jury)
    found = {
        "party": sides & set(ids),
        "follow": people.tied_by_follow(ids, sides),
        "tie": spread.tied(ids, sides),
        "sharer": spread.sharers_among(jury.shop_id, ids),
        "group": campaigns.seated_together(ids, sides),
        "dispute": trade.had_cases_with(jury.shop_id, ids),
        "contact": trade.sharing_contact(ids, sides),
        "device": _same_device(jury, ids, sides, devices or {}),
    }
    return {
        pk: Facts(
            joined_at, is_operator, received.get(pk, 0),
            frozenset(why for why, those in found.items() if pk in those),
        )
        for pk, (joined_at, is_operator) in known.items()
    }  # fmt: skip


def _same_device(
    jury: Jury, ids: Sequence[int], sides: set[int], devices: dict[int, str]
) -> set[int]:
    theirs = set(Consent.objects.filter(jury=jury).values_list("device", flat=True))
    known = Volunteer.objects.filter(person_id__in=[*ids, *sides]).values_list(
        "person_id", "device"
    )
    volunteered = dict(known)
    theirs |= {volunteered[pk] for pk in sides if pk in volunteered}
    theirs.discard("")
    return {
        pk for pk in ids if theirs & {devices.get(pk, ""), volunteered.get(pk, "")}
    }  # fmt: skip
