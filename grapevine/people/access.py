"""The doors to people."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from grapevine.kit import clock, sql
from grapevine.kit.sealed import blind_index
from grapevine.people.contracts import PersonNotFound
from grapevine.people.models import Person, Session
from grapevine.people.rules import Identifier


def person_by_id(person_id: int) -> Person:
    try:
        return Person.objects.get(pk=person_id, erased_at=None)
    except Person.DoesNotExist:
        raise PersonNotFound(person_id) from None


def person_by_handle(handle: str) -> Person:
    try:
        return Person.objects.get(handle=handle, erased_at=None)
    except Person.DoesNotExist:
        raise PersonNotFound(handle) from None


def index_of(identifier: Identifier) -> dict[str, str]:
    """The look-up for an identifier: which blind index must equal what."""
    if identifier.phone:
        return {"phone_index": blind_index(identifier.phone, context="people.phone")}
    return {"email_index": blind_index(identifier.email, context="people.email")}


def person_by_identifier(identifier: Identifier) -> Person | None:
    return Person.objects.filter(erased_at=None, **index_of(identifier)).first()


def session_id(session_key: str) -> str:
    """The name of a session: it cannot be turned back into the key."""
    return hashlib.sha256(f"session:{session_key}".encode()).hexdigest()[:20]


def live_sessions(person_id: int) -> list[Session]:
    """The newest first, at most 200."""
    rows = Session.objects.filter(person_id=person_id, expire_date__gt=clock.now())
    return list(rows.order_by("-started_at", "session_key")[:200])


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _columns(*names: str) -> tuple[str, ...]:
    """These columns in the model's own order, in which it takes them."""
    return tuple(one.attname for one in Person._meta.concrete_fields if one.attname in names)


REQUESTED = (
    "id", "handle", "name", "region", "avatar_id", "is_operator", "personalised", "erased_at",
)  # fmt: skip
KNOWN = _columns(*REQUESTED)
BY_SESSION = _columns(*REQUESTED, "password")
"""With what a session was signed by: another password ends it."""
HAS_BLOCKS = """EXISTS (SELECT 1 FROM people_block mine WHERE mine.person_id = person.id)
  OR EXISTS (SELECT 1 FROM people_block theirs WHERE theirs.other_id = person.id)"""
LIVE_TOKEN = f"""
SELECT token.id, token.used_at, {HAS_BLOCKS}, {", ".join(f"person.{name}" for name in KNOWN)}
FROM people_token token JOIN people_person person ON person.id = token.person_id
WHERE token.digest = %s AND person.erased_at IS NULL
"""  # noqa: S608  constants
LIVE_SESSION = f"""
SELECT session.session_data, {HAS_BLOCKS}, {", ".join(f"person.{name}" for name in BY_SESSION)}
FROM people_session session LEFT JOIN people_person person ON person.id = session.person_id
WHERE session.session_key = %s AND session.expire_date > %s
"""  # noqa: S608  constants


def live_token(token: str) -> tuple[int, datetime | None, Person] | None:
    """The token's id, when it was last used, and its person; every program's request passes here.

    Of the person only what a request needs is read; the rest is fetched if somebody asks for it.
    """
    for pk, used_at, has_blocks, *values in sql.rows(LIVE_TOKEN, [token_digest(token)]):
        person = _known(KNOWN, values, has_blocks=has_blocks)
        return pk, sql.moment(used_at) if used_at else None, person
    return None


def live_session(session_key: str) -> tuple[str, Person | None] | None:
    """What a session that is not over holds, signed, and its person; every page of somebody signed in passes here."""
    for data, has_blocks, *values in sql.rows(LIVE_SESSION, [session_key, clock.now()]):
        is_somebodys = values[0] is not None
        person = _known(BY_SESSION, values, has_blocks=has_blocks) if is_somebodys else None
        return data, person
    return None


def _known(names: Sequence[str], values: Sequence[Any], *, has_blocks: bool) -> Person:
    person = Person.from_db(None, names, values)
    person._state.db = "default"
    person.has_blocks = bool(has_blocks)
    return person
