"""People over the API."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.guard.facade import address_of, limit, once
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.middleware import is_recognised, visitor_of
from grapevine.kit.pages import me, person_id_of
from grapevine.media import facade as media
from grapevine.people import access, actions, queries, second_factor
from grapevine.people.contracts import PersonCard

router = Router(tags=["people"])
Answer = dict[str, Any]
SIGN_UPS_PER_MINUTE = 30


class SignUpIn(Schema):
    identifier: str = Field(max_length=120)
    password: str = Field(max_length=128)
    name: str = Field(max_length=80)


class SignInIn(Schema):
    identifier: str = Field(max_length=120)
    password: str = Field(max_length=128)


class EditIn(Schema):
    name: str | None = Field(None, max_length=80)
    bio: str | None = Field(None, max_length=300)
    region: str | None = Field(None, max_length=60)
    avatar: str | None = Field(None, max_length=12)
    personalised: bool | None = None
    shares_purchases: bool | None = None


class CodeIn(Schema):
    code: str = Field(max_length=40)


class TokenOut(Schema):
    token: str


class SignedUpOut(Schema):
    handle: str
    name: str
    token: str


class PersonOut(Schema):
    handle: str
    name: str
    avatar: str
    bio: str
    region: str


def _person(card: PersonCard) -> Answer:
    return {
        "handle": card.handle, "name": card.name, "avatar": card.avatar, "bio": card.bio,
        "region": card.region,
    }  # fmt: skip


@router.post("/people", response={201: SignedUpOut}, auth=None)
def sign_up(request: HttpRequest, body: SignUpIn) -> Status[Any]:
    """Make an account with a phone number or an e-mail; answers with a bearer token."""
    limit(f"sign-up:{address_of(request)}", per_minute=SIGN_UPS_PER_MINUTE)
    person_id = actions.sign_up(
        identifier=body.identifier, password=body.password, name=body.name,
        visitor_id=visitor_of(request),
        is_recognised=is_recognised(request),
    )  # fmt: skip
    card = queries.cards([person_id])[person_id]
    token = actions.issue_token(person_id, "sign-up")
    return Status(201, {"handle": card.handle, "name": card.name, "token": token})


@router.post("/tokens", response={201: TokenOut}, auth=None)
def sign_in(request: HttpRequest, body: SignInIn) -> Status[Any]:
    """Sign in: a bearer token for `Authorization: Bearer …`."""
    person_id = actions.authenticate(body.identifier, body.password, address=address_of(request))
    actions.note_sign_in(
        person_id=person_id, visitor_id=visitor_of(request), is_recognised=is_recognised(request)
    )
    return Status(201, {"token": actions.issue_token(person_id, "sign-in")})


@router.delete("/tokens/current", response={204: None}, auth=signed_in)
def sign_out(request: HttpRequest) -> Status[None]:
    """Revoke the bearer token this request came with."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token:
        actions.revoke_token(person_id=me(request), token=token)
        actions.note_sign_out(person_id=me(request), visitor_id=visitor_of(request))
    return Status(204, None)


@router.get("/me", response=Answer, auth=signed_in)
def read_me(request: HttpRequest) -> Any:
    """Your own profile, with what only you may see."""
    return {**_person(queries.cards([me(request)])[me(request)]), **queries.own_data(me(request))}


@router.patch("/me", response=PersonOut, auth=signed_in)
@once
def edit_me(request: HttpRequest, body: EditIn) -> Any:
    """Change name, bio, region, avatar (a picture of yours), personalisation, or whether friends may see what you bought."""
    changes: dict[str, object] = body.model_dump(exclude_none=True, exclude={"avatar"})
    if body.avatar:
        changes["avatar_id"] = media.pictures_owned_by(me(request), [body.avatar])[0].id
    actions.edit_profile(person_id=me(request), changes=changes)
    return _person(queries.cards([me(request)])[me(request)])


@router.get("/me/sessions", response=ListOut[Answer], auth=signed_in)
def my_sessions(request: HttpRequest) -> Any:
    """The browsers where you are signed in."""
    return {"items": [asdict(one) for one in queries.sessions(me(request))]}


@router.delete("/me/sessions/{session_id}", response={204: None}, auth=signed_in)
@once
def end_session(request: HttpRequest, session_id: str) -> Status[None]:
    """End one of your sessions; that browser has to sign in again."""
    actions.end_session(person_id=me(request), session_id=session_id)
    return Status(204, None)


@router.delete("/me/sessions", response={204: None}, auth=signed_in)
@once
def end_sessions(request: HttpRequest) -> Status[None]:
    """End all your sessions and tokens, this one too."""
    actions.end_sessions(person_id=me(request))
    return Status(204, None)


@router.get("/people/{handle}", response=Answer, auth=maybe_signed_in)
def read_person(request: HttpRequest, handle: str) -> Any:
    """A person's page."""
    found = queries.profile(handle, viewer_id=person_id_of(request))
    return {
        **_person(found.person), "followers": found.followers, "followees": found.followees,
        "following": found.following, "blocking": found.blocking,
    }  # fmt: skip


@router.put("/people/{handle}/follow", response={204: None}, auth=signed_in)
@once
def follow(request: HttpRequest, handle: str) -> Status[None]:
    """Follow; refused across a block."""
    actions.follow(person_id=me(request), other_id=access.person_by_handle(handle).pk)
    return Status(204, None)


@router.delete("/people/{handle}/follow", response={204: None}, auth=signed_in)
@once
def unfollow(request: HttpRequest, handle: str) -> Status[None]:
    """Stop following."""
    actions.unfollow(person_id=me(request), other_id=access.person_by_handle(handle).pk)
    return Status(204, None)


@router.put("/people/{handle}/block", response={204: None}, auth=signed_in)
@once
def block(request: HttpRequest, handle: str) -> Status[None]:
    """Block; follows between you end both ways."""
    actions.block(person_id=me(request), other_id=access.person_by_handle(handle).pk)
    return Status(204, None)


@router.delete("/people/{handle}/block", response={204: None}, auth=signed_in)
@once
def unblock(request: HttpRequest, handle: str) -> Status[None]:
    """Lift a block."""
    actions.unblock(person_id=me(request), other_id=access.person_by_handle(handle).pk)
    return Status(204, None)


def _follows(
    request: HttpRequest, handle: str, cursor: str | None, limit: int | None, *, followers: bool
) -> Any:
    found = queries.profile(handle, viewer_id=person_id_of(request))
    page = queries.follow_page(found.person.id, followers=followers, cursor=cursor, limit=limit)
    return {"items": [_person(card) for card in page.items], "next_cursor": page.next_cursor}


@router.get("/people/{handle}/followers", response=ListOut[PersonOut], auth=maybe_signed_in)
def followers(
    request: HttpRequest, handle: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """Who follows this person, newest first."""
    return _follows(request, handle, cursor, limit, followers=True)


@router.get("/people/{handle}/followees", response=ListOut[PersonOut], auth=maybe_signed_in)
def followees(
    request: HttpRequest, handle: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """Whom this person follows, newest first."""
    return _follows(request, handle, cursor, limit, followers=False)


@router.get("/me/second-factor", response=Answer, auth=signed_in)
def read_second_factor(request: HttpRequest) -> Any:
    """Whether my second factor is on, and how many recovery codes are left."""
    person_id = me(request)
    return {
        "is_on": second_factor.has_second_factor(person_id),
        "recovery_codes_left": second_factor.recovery_codes_left(person_id),
    }


@router.post("/me/second-factor", response={201: Answer}, auth=signed_in)
def begin_second_factor(request: HttpRequest) -> Status[Any]:
    """A secret for an authenticator app; in force once a first code confirms it."""
    begun = second_factor.begin_second_factor(me(request))
    return Status(201, {"secret": begun.secret, "address": begun.address})


@router.post("/me/second-factor/confirmation", response=Answer, auth=signed_in)
def confirm_second_factor(request: HttpRequest, body: CodeIn) -> Any:
    """The first right code turns it on; answers with the recovery codes, this once."""
    return {"recovery_codes": second_factor.confirm_second_factor(me(request), body.code)}


@router.post("/me/second-factor/recovery-codes", response=Answer, auth=signed_in)
def renew_recovery_codes(request: HttpRequest, body: CodeIn) -> Any:
    """Ten new recovery codes; the old ones end."""
    return {"recovery_codes": second_factor.renew_recovery_codes(me(request), body.code)}


@router.post("/me/second-factor/removal", response={204: None}, auth=signed_in)
def end_second_factor(request: HttpRequest, body: CodeIn) -> Status[None]:
    """Turn it off by a right code."""
    second_factor.end_second_factor(me(request), body.code)
    return Status(204, None)
