"""Staff of a shop: invited, answering, changed, gone; every change in the trail, nobody raising themself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.goods.actions import staffing
from grapevine.goods.contracts import LacksRight
from grapevine.goods.models import Shop, StaffInvite
from grapevine.goods.queries import staff
from grapevine.goods.staffing import (
    AlreadyInvited,
    AlreadyStaff,
    BadRole,
    InviteNotFound,
    OwnerStays,
    OwnRole,
    StaffFull,
    StaffNotFound,
)
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson, WrongPassword

pytestmark = pytest.mark.django_db
PASSWORD = "vine-and-grape-7"


def person(name: str) -> int:
    return people.sign_up(identifier=f"{name.lower()}@example.com", password=PASSWORD, name=name)


def handle(person_id: int) -> str:
    return people.cards([person_id])[person_id].handle


@dataclass
class Cast:
    bob: int
    carol: int
    eve: int
    shop_id: int

    def joins(self, person_id: int, role: str = "clerk") -> None:
        made = staffing.invite_staff(
            shop_id=self.shop_id, actor_id=self.bob, role=role, handle=handle(person_id)
        )
        staffing.accept_invite(person_id=person_id, public_id=made.public_id)

    def roles(self) -> dict[str, str]:
        return {one.name: str(one.role) for one in staff.staff_of(self.shop_id)}

    def trail(self) -> list[tuple[str, Any, Any]]:
        page = guard.trail(AuditFilter(shop_id=self.shop_id, action="staff."))
        return [(one.action, one.before, one.after) for one in reversed(page.items)]


@pytest.fixture
def cast() -> Cast:
    bob, carol, eve = person("Bob"), person("Carol"), person("Eve")
    shop = goods.open_shop(owner_id=bob, slug="tea-house", name="茶舍", colour="#1d5a41")
    return Cast(bob, carol, eve, shop.id)


def client(person_id: int) -> Client:
    browser = Client()
    browser.force_login(
        get_user_model().objects.get(pk=person_id),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return browser


def test_whoever_accepts_works_there_in_that_role_and_it_is_written_down(cast: Cast) -> None:
    cast.joins(cast.carol, "service")
    assert cast.roles() == {"Bob": "owner", "Carol": "service"}
    assert cast.trail() == [
        ("staff.invite", None, {"role": "service", "to": handle(cast.carol)}),
        ("staff.accepted", {"role": "service"}, {"outcome": "accepted"}),
    ]


def test_an_invitation_is_of_one_person_and_counts_once(cast: Cast) -> None:
    made = staffing.invite_staff(
        shop_id=cast.shop_id, actor_id=cast.bob, role="clerk", handle=handle(cast.carol)
    )
    with pytest.raises(InviteNotFound):
        staffing.accept_invite(person_id=cast.eve, public_id=made.public_id)
    with pytest.raises(AlreadyInvited):
        staffing.invite_staff(
            shop_id=cast.shop_id, actor_id=cast.bob, role="manager", handle=handle(cast.carol)
        )
    staffing.decline_invite(person_id=cast.carol, public_id=made.public_id)
    with pytest.raises(InviteNotFound):
        staffing.accept_invite(person_id=cast.carol, public_id=made.public_id)
    assert cast.roles() == {"Bob": "owner"}


def test_a_links_token_is_kept_as_a_digest_works_once_and_ends(cast: Cast) -> None:
    made = staffing.invite_staff(shop_id=cast.shop_id, actor_id=cast.bob, role="clerk")
    row = StaffInvite.objects.get()
    assert len(made.token) == 34
    assert made.token not in str(row.__dict__)
    assert staffing.accept_invite(person_id=cast.carol, token=made.token) == "tea-house"
    with pytest.raises(InviteNotFound):
        staffing.accept_invite(person_id=cast.eve, token=made.token)
    late = staffing.invite_staff(shop_id=cast.shop_id, actor_id=cast.bob, role="clerk")
    StaffInvite.objects.filter(public_id=late.public_id).update(
        expires_at=clock.now() - timedelta(seconds=1)
    )
    with pytest.raises(InviteNotFound):
        staffing.accept_invite(person_id=cast.eve, token=late.token)
    assert cast.roles() == {"Bob": "owner", "Carol": "clerk"}


def test_an_empty_token_opens_nothing(cast: Cast) -> None:
    staffing.invite_staff(
        shop_id=cast.shop_id, actor_id=cast.bob, role="clerk", handle=handle(cast.carol)
    )
    with pytest.raises(InviteNotFound):
        staffing.accept_invite(person_id=cast.eve, token="")
    with pytest.raises(InviteNotFound):
        staffing.accept_invite(person_id=cast.eve)


def test_a_withdrawn_invitation_is_gone(cast: Cast) -> None:
    made = staffing.invite_staff(shop_id=cast.shop_id, actor_id=cast.bob, role="clerk")
    staffing.withdraw_invite(shop_id=cast.shop_id, actor_id=cast.bob, public_id=made.public_id)
    with pytest.raises(InviteNotFound):
        staffing.accept_invite(person_id=cast.eve, token=made.token)


def test_staff_cannot_be_invited_to_raise_their_role(cast: Cast) -> None:
    cast.joins(cast.carol)
    link = staffing.invite_staff(shop_id=cast.shop_id, actor_id=cast.bob, role="manager")
    with pytest.raises(AlreadyStaff):
        staffing.accept_invite(person_id=cast.carol, token=link.token)
    with pytest.raises(AlreadyStaff):
        staffing.invite_staff(
            shop_id=cast.shop_id, actor_id=cast.bob, role="manager", handle=handle(cast.carol)
        )
    assert cast.roles() == {"Bob": "owner", "Carol": "clerk"}
    assert StaffInvite.objects.filter(outcome="open").count() == 1  # the link is still good


@pytest.mark.parametrize("role", ["manager", "clerk", "service", "finance"])
def test_only_who_has_the_right_changes_staff(cast: Cast, role: str) -> None:
    cast.joins(cast.carol, role)
    cast.joins(cast.eve, "clerk")
    given: Any = {"shop_id": cast.shop_id, "actor_id": cast.carol}
    for act in (
        lambda: staffing.invite_staff(**given, role="manager"),
        lambda: staffing.change_role(**given, person_id=cast.carol, role="manager"),
        lambda: staffing.change_role(**given, person_id=cast.eve, role="manager"),
        lambda: staffing.remove_staff(**given, person_id=cast.eve),
        lambda: staffing.hand_over(**given, person_id=cast.carol, password=PASSWORD),
        lambda: staffing.hand_over(**given, person_id=cast.eve, password=PASSWORD),
    ):
        with pytest.raises(LacksRight):
            act()
    assert cast.roles() == {"Bob": "owner", "Carol": role, "Eve": "clerk"}


def test_a_role_is_changed_with_before_and_after(cast: Cast) -> None:
    cast.joins(cast.carol)
    staffing.change_role(
        shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.carol, role="finance"
    )
    assert cast.trail()[-1] == ("staff.role", {"role": "clerk"}, {"role": "finance"})
    with pytest.raises(BadRole):
        staffing.change_role(
            shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.carol, role="owner"
        )
    with pytest.raises(OwnRole):
        staffing.change_role(
            shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.bob, role="manager"
        )
    with pytest.raises(StaffNotFound):
        staffing.change_role(
            shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.eve, role="manager"
        )


def test_the_owner_cannot_leave_before_the_shop_has_another(cast: Cast) -> None:
    cast.joins(cast.carol)
    with pytest.raises(OwnerStays):
        staffing.leave_shop(shop_id=cast.shop_id, person_id=cast.bob)
    with pytest.raises(OwnerStays):
        staffing.remove_staff(shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.bob)
    with pytest.raises(WrongPassword):
        staffing.hand_over(
            shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.carol, password="guess"
        )
    assert cast.roles() == {"Bob": "owner", "Carol": "clerk"}
    staffing.hand_over(
        shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.carol, password=PASSWORD
    )
    assert cast.roles() == {"Carol": "owner", "Bob": "manager"}
    assert Shop.objects.get().owner_id == cast.carol
    staffing.leave_shop(shop_id=cast.shop_id, person_id=cast.bob)
    assert cast.roles() == {"Carol": "owner"}
    assert cast.trail()[-3:] == [
        ("staff.role", {"role": "owner"}, {"role": "manager"}),
        ("staff.role", {"role": "clerk"}, {"role": "owner"}),
        ("staff.leave", {"role": "manager"}, None),
    ]


def test_a_shops_staff_has_a_most(cast: Cast, settings: Any) -> None:
    settings.STAFF_MAX = 3
    first = staffing.invite_staff(shop_id=cast.shop_id, actor_id=cast.bob, role="clerk")
    staffing.invite_staff(shop_id=cast.shop_id, actor_id=cast.bob, role="clerk")
    with pytest.raises(StaffFull, match="most"):
        staffing.invite_staff(shop_id=cast.shop_id, actor_id=cast.bob, role="clerk")
    settings.STAFF_MAX = 1
    with pytest.raises(StaffFull):
        staffing.accept_invite(person_id=cast.carol, token=first.token)


def test_who_is_removed_is_out_on_the_next_request_with_page_and_token(cast: Cast) -> None:
    cast.joins(cast.carol, "manager")
    browser, token = client(cast.carol), people.issue_token(cast.carol, "phone")
    bearer = {"Authorization": f"Bearer {token}"}
    assert browser.get("/console/tea-house/goods/").status_code == 200
    assert Client().get("/api/v1/shops/tea-house/stock", headers=bearer).status_code == 200
    staffing.remove_staff(shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.carol)
    assert browser.get("/console/tea-house/goods/").status_code == 404
    assert browser.get("/console/tea-house/").status_code == 404
    assert Client().get("/api/v1/shops/tea-house/stock", headers=bearer).status_code == 404


def test_a_lower_role_counts_in_a_session_that_is_open(cast: Cast) -> None:
    cast.joins(cast.carol, "manager")
    browser, token = client(cast.carol), people.issue_token(cast.carol, "phone")
    bearer = {"Authorization": f"Bearer {token}"}
    assert browser.get("/console/tea-house/promotion/").status_code == 200
    staffing.change_role(
        shop_id=cast.shop_id, actor_id=cast.bob, person_id=cast.carol, role="service"
    )
    assert browser.get("/console/tea-house/promotion/").status_code == 403
    assert Client().get("/api/v1/shops/tea-house/prices", headers=bearer).status_code == 403
    assert browser.get("/console/tea-house/orders/").status_code == 200


def test_the_pages_walk_through_it(cast: Cast) -> None:
    owner, invited = client(cast.bob), client(cast.carol)
    page = owner.post("/console/tea-house/staff/", {"role": "clerk", "handle": ""})
    assert page["Cache-Control"] == "no-store"
    link = page.context["link"].removeprefix("http://testserver")
    assert "茶舍" in invited.get(link).content.decode()
    told = invited.post(link, {"answer": "accept"})
    assert (told.status_code, told["Location"]) == (303, "/console/tea-house/role/")
    assert "看订单" in invited.get("/console/tea-house/role/").content.decode()
    assert invited.get("/console/tea-house/staff/").status_code == 403
    carol = handle(cast.carol)
    owner.post(f"/console/tea-house/staff/{carol}/role/", {"role": "manager"})
    assert cast.roles()["Carol"] == "manager"
    refused = owner.post("/console/tea-house/hand-over/", {"handle": carol, "password": "wrong"})
    assert refused.status_code == 401
    assert "密码不对" in refused.content.decode()
    owner.post(f"/console/tea-house/staff/{carol}/removal/")
    assert cast.roles() == {"Bob": "owner"}
    assert invited.get("/console/tea-house/role/").status_code == 404


def test_a_person_sees_and_declines_an_invitation(cast: Cast) -> None:
    made = staffing.invite_staff(
        shop_id=cast.shop_id, actor_id=cast.bob, role="finance", handle=handle(cast.carol)
    )
    invited = client(cast.carol)
    assert "财务" in invited.get("/invitations/").content.decode()
    assert (
        client(cast.eve).post(f"/invitations/{made.public_id}/", {"answer": "accept"}).status_code
        == 404
    )
    invited.post(f"/invitations/{made.public_id}/", {"answer": "decline"})
    assert staff.invites_to(cast.carol) == []
    assert cast.roles() == {"Bob": "owner"}


def test_the_trail_is_filtered_by_its_address_and_leaves_as_a_file(cast: Cast) -> None:
    cast.joins(cast.carol)
    owner = client(cast.bob)
    url = "/console/tea-house/audit/"
    today = timezone.localtime(clock.now()).date().isoformat()

    def found(query: str) -> list[str]:
        rows = owner.get(f"{url}?{query}").context["rows"]
        return [row["entry"].action for row in rows]

    assert found("action=staff.") == ["staff.accepted", "staff.invite"]
    assert found(f"who={handle(cast.carol)}") == ["staff.accepted"]
    assert found("who=nobody-at-all") == []
    assert found("day=2001-01-01") == []
    assert found(f"day={today}&action=staff.invite") == ["staff.invite"]
    assert found("day=rubbish&action=staff.invite") == ["staff.invite"]
    made = StaffInvite.objects.get()
    assert found(f"object=invite:{made.public_id}") == ["staff.accepted", "staff.invite"]
    lines = owner.get(f"{url}?format=csv&action=staff.").content.decode().splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("at,actor,action,object,before,after")
    assert lines[1].split(",")[1:4] == [
        handle(cast.carol),
        "staff.accepted",
        f"invite:{made.public_id}",
    ]
    assert client(cast.carol).get(url).status_code == 403
    assert client(cast.eve).get(url).status_code == 404


def test_the_trail_comes_in_pages(cast: Cast) -> None:
    for n in range(60):
        guard.audit(
            actor_id=cast.bob, action="goods.shelf", object=f"goods:{n}", shop_id=cast.shop_id
        )
    owner = client(cast.bob)
    first = owner.get("/console/tea-house/audit/?action=goods.shelf")
    assert len(first.context["rows"]) == 50
    more = first.context["page"].next_cursor
    rest = owner.get(f"/console/tea-house/audit/?action=goods.shelf&cursor={more}")
    assert [row["entry"].object for row in rest.context["rows"]] == [
        f"goods:{n}" for n in range(9, -1, -1)
    ]


def test_a_shop_sees_its_own_trail_and_an_operator_the_whole(cast: Cast) -> None:
    goods.open_shop(owner_id=cast.eve, slug="other", name="别家", colour="#1d5a41")
    cast.joins(cast.carol)
    assert client(cast.eve).get("/console/other/audit/").context["rows"] == []
    assert client(cast.eve).get("/operator/audit/").status_code == 404
    operator = people.save_people_bulk([people_row()])[0]
    rows = client(operator).get("/operator/audit/?action=staff.").context["rows"]
    assert len(rows) == 2


def people_row() -> Any:
    return NewPerson(handle="op", name="Op", is_operator=True)
