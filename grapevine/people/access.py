"""The doors to people."""

import hashlib

from grapevine.kit.sealed import blind_index
from grapevine.people.contracts import PersonNotFound
from grapevine.people.models import Person, Token
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


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def live_token(token: str) -> Token | None:
    found = Token.objects.select_related("person").filter(digest=token_digest(token)).first()
    return found if found and found.person.is_active else None
