"""Reads of a shop's staff and invitations. Three queries each: rows, people, pictures."""

from grapevine.goods import access
from grapevine.goods.contracts import Role
from grapevine.goods.models import Staff, StaffInvite
from grapevine.goods.staffing import InviteView, StaffNotFound, StaffView
from grapevine.kit import clock
from grapevine.people import facade as people

ROLES = list(Role)


def staff_of(shop_id: int) -> list[StaffView]:
    """Everybody who works in a shop, the owner first, then by role."""
    rows = list(Staff.objects.filter(shop_id=shop_id).order_by("id"))
    cards = people.cards([row.person_id for row in rows])
    found = [
        StaffView(
            row.person_id, cards[row.person_id].handle, cards[row.person_id].name,
            Role(row.role), row.joined_at,
        )
        for row in rows
        if row.person_id in cards
    ]  # fmt: skip
    return sorted(found, key=lambda one: ROLES.index(one.role))


def staff_id(shop_id: int, handle: str) -> int:
    """The person id of somebody who works here. Raises StaffNotFound."""
    found = next((one for one in staff_of(shop_id) if one.handle == handle), None)
    if found is None:
        raise StaffNotFound(handle)
    return found.person_id


def role_of(shop_id: int, person_id: int) -> Role:
    row = Staff.objects.filter(shop_id=shop_id, person_id=person_id).first()
    if row is None:
        raise StaffNotFound(person_id)
    return Role(row.role)


def _invites(rows: list[StaffInvite]) -> list[InviteView]:
    ids = [row.invited_by for row in rows] + [row.person_id for row in rows if row.person_id]
    cards = people.cards(ids)
    found = []
    for row in rows:
        to = cards.get(row.person_id or 0)
        by = cards.get(row.invited_by)
        found.append(
            InviteView(
                row.public_id,
                row.shop.slug,
                row.shop.name,
                Role(row.role),
                to.handle if to else "",
                to.name if to else "",
                by.name if by else "",
                row.expires_at,
            )
        )
    return found


def open_invites(shop_id: int) -> list[InviteView]:
    rows = StaffInvite.objects.filter(shop_id=shop_id, outcome="open", expires_at__gt=clock.now())
    return _invites(list(rows.select_related("shop").order_by("-id")[:200]))


def invites_to(person_id: int) -> list[InviteView]:
    """Invitations that wait for this person's answer."""
    rows = StaffInvite.objects.filter(
        person_id=person_id, outcome="open", expires_at__gt=clock.now()
    )
    return _invites(list(rows.select_related("shop").order_by("-id")[:50]))


def invite_by_digest(person_id: int, digest: str) -> InviteView:
    return _invites([access.invite_for(person_id, digest=digest)])[0]
