"""Who works in a shop: inviting, answering, changing roles, leaving, handing the shop over.

Every action locks the shop first and asks again what the acting person may do: of two owners' clicks, or a click and a
removal, the second sees what the first did.
"""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from grapevine.goods import access
from grapevine.goods.contracts import LacksRight, Right, Role, ShopNotFound
from grapevine.goods.models import Shop, Staff, StaffInvite
from grapevine.goods.rules.roles import rights_of
from grapevine.goods.staffing import (
    INVITED_AS,
    AlreadyInvited,
    AlreadyStaff,
    BadRole,
    Invited,
    InviteNotFound,
    OwnerStays,
    OwnRole,
    StaffFull,
    StaffNotFound,
)
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.ids import new_id, new_token
from grapevine.people import facade as people

INVITE_DAYS = 7
INVITES_PER_MINUTE = 20


def invite_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _locked(shop_id: int) -> Shop:
    shop = Shop.objects.select_for_update(no_key=True).filter(pk=shop_id).first()
    if shop is None:
        raise ShopNotFound(shop_id)
    return shop


def _staffer(shop_id: int, actor_id: int) -> Shop:
    """The shop, locked, if the acting person may change its staff now."""
    shop = _locked(shop_id)
    if Right.STAFF not in rights_of(_place(shop_id, actor_id).role):
        raise LacksRight(Right.STAFF)
    return shop


def _place(shop_id: int, person_id: int) -> Staff:
    place = Staff.objects.filter(shop_id=shop_id, person_id=person_id).first()
    if place is None:
        raise StaffNotFound(person_id)
    return place


def _role(text: str) -> Role:
    if text not in INVITED_AS:
        raise BadRole(text)
    return Role(text)


@transaction.atomic
def invite_staff(*, shop_id: int, actor_id: int, role: str, handle: str = "") -> Invited:
    """Invite the person with this handle, or, without one, whoever first brings the token that is returned.

    Raises BadRole, PersonNotFound, AlreadyStaff, AlreadyInvited or StaffFull.
    """
    guard.limit(f"staff-invite:{shop_id}", per_minute=INVITES_PER_MINUTE)
    wanted = _role(role)
    _staffer(shop_id, actor_id)
    person = people.card_by_handle(handle.strip().lstrip("@")) if handle.strip() else None
    now = clock.now()
    open_ones = StaffInvite.objects.filter(shop_id=shop_id, outcome="open", expires_at__gt=now)
    if person and Staff.objects.filter(shop_id=shop_id, person_id=person.id).exists():
        raise AlreadyStaff(person.id)
    if person and open_ones.filter(person_id=person.id).exists():
        raise AlreadyInvited(person.id)
    if Staff.objects.filter(shop_id=shop_id).count() + open_ones.count() >= settings.STAFF_MAX:
        raise StaffFull(most=settings.STAFF_MAX)
    if person:  # one that ran out makes room for the new one
        StaffInvite.objects.filter(shop_id=shop_id, outcome="open", person_id=person.id).update(
            outcome="withdrawn"
        )
    token = "" if person else new_token() + new_token()
    made = StaffInvite.objects.create(
        public_id=new_id(), shop_id=shop_id, role=wanted, invited_by=actor_id, invited_at=now,
        person_id=person.id if person else None, digest=invite_digest(token) if token else None,
        expires_at=now + timedelta(days=INVITE_DAYS),
    )  # fmt: skip
    guard.audit(
        actor_id=actor_id, action="staff.invite", object=f"invite:{made.public_id}",
        after={"role": wanted, "to": person.handle if person else "link"}, shop_id=shop_id,
    )  # fmt: skip
    return Invited(made.public_id, token)


def _end(invite: StaffInvite, outcome: str, actor_id: int) -> None:
    """End an open invitation once, or InviteNotFound: whoever is second finds it gone."""
    mine = StaffInvite.objects.filter(pk=invite.pk, outcome="open", expires_at__gt=clock.now())
    if not mine.update(outcome=outcome):
        raise InviteNotFound(invite.public_id)
    guard.audit(
        actor_id=actor_id, action=f"staff.{outcome}", object=f"invite:{invite.public_id}",
        before={"role": invite.role}, after={"outcome": outcome}, shop_id=invite.shop_id,
    )  # fmt: skip


@transaction.atomic
def accept_invite(*, person_id: int, public_id: str = "", token: str = "") -> str:
    """Take the place; returns the shop's slug. Raises InviteNotFound, AlreadyStaff or StaffFull."""
    invite = access.invite_for(person_id, public_id=public_id, digest=invite_digest(token))
    shop = _locked(invite.shop_id)
    if Staff.objects.filter(shop=shop, person_id=person_id).exists():
        raise AlreadyStaff(person_id)
    if Staff.objects.filter(shop=shop).count() >= settings.STAFF_MAX:
        raise StaffFull(most=settings.STAFF_MAX)
    _end(invite, "accepted", person_id)
    Staff.objects.create(
        shop=shop, person_id=person_id, role=invite.role, joined_at=clock.now()
    )  # fmt: skip
    return shop.slug


@transaction.atomic
def decline_invite(*, person_id: int, public_id: str = "", token: str = "") -> None:
    invite = access.invite_for(person_id, public_id=public_id, digest=invite_digest(token))
    _end(invite, "declined", person_id)


@transaction.atomic
def withdraw_invite(*, shop_id: int, actor_id: int, public_id: str) -> None:
    _staffer(shop_id, actor_id)
    invite = StaffInvite.objects.filter(shop_id=shop_id, public_id=public_id).first()
    if invite is None:
        raise InviteNotFound(public_id)
    _end(invite, "withdrawn", actor_id)


@transaction.atomic
def change_role(*, shop_id: int, actor_id: int, person_id: int, role: str) -> None:
    """Give one of the staff another role, never oneself, never the owner. It counts from their next request on."""
    wanted = _role(role)
    _staffer(shop_id, actor_id)
    if person_id == actor_id:
        raise OwnRole(actor_id)
    place = _place(shop_id, person_id)
    if place.role == Role.OWNER:
        raise OwnerStays(person_id)
    if place.role == wanted:
        return
    Staff.objects.filter(pk=place.pk).update(role=wanted)
    _note("staff.role", actor_id, place, after={"role": wanted})


@transaction.atomic
def remove_staff(*, shop_id: int, actor_id: int, person_id: int) -> None:
    """Let somebody go; their next request finds no shop, with whatever session or token."""
    _staffer(shop_id, actor_id)
    _go(_place(shop_id, person_id), "staff.remove", actor_id)


@transaction.atomic
def leave_shop(*, shop_id: int, person_id: int) -> None:
    """Leave of one's own will; the owner hands the shop over first."""
    _locked(shop_id)
    _go(_place(shop_id, person_id), "staff.leave", person_id)


def _go(place: Staff, action: str, actor_id: int) -> None:
    if place.role == Role.OWNER:
        raise OwnerStays(place.person_id)
    Staff.objects.filter(pk=place.pk).delete()
    _note(action, actor_id, place)


@transaction.atomic
def hand_over(*, shop_id: int, actor_id: int, person_id: int, password: str) -> None:
    """Make one of the staff the owner; who was it stays as manager. Asks for the owner's password again."""
    people.require_password(actor_id, password)
    shop = _locked(shop_id)
    mine, theirs = _place(shop_id, actor_id), _place(shop_id, person_id)
    if mine.role != Role.OWNER:
        raise LacksRight(Right.CLOSING)
    if person_id == actor_id:
        raise OwnRole(actor_id)
    Staff.objects.filter(pk=theirs.pk).update(role=Role.OWNER)
    Staff.objects.filter(pk=mine.pk).update(role=Role.MANAGER)
    Shop.objects.filter(pk=shop.pk).update(owner_id=person_id)
    _note("staff.role", actor_id, mine, after={"role": Role.MANAGER})
    _note("staff.role", actor_id, theirs, after={"role": Role.OWNER})
    guard.audit(
        actor_id=actor_id, action="shop.hand_over", object=f"shop:{shop.slug}", shop_id=shop.pk,
        before={"owner": _handle(actor_id)}, after={"owner": _handle(person_id)},
    )  # fmt: skip


def _note(action: str, actor_id: int, place: Staff, after: object = None) -> None:
    guard.audit(
        actor_id=actor_id, action=action, object=f"person:{_handle(place.person_id)}",
        before={"role": place.role}, after=after, shop_id=place.shop_id,
    )  # fmt: skip


def _handle(person_id: int) -> str:
    return people.cards([person_id])[person_id].handle
