"""Who is signed in on pages: the person who was read together with the session.

Whatever is not plainly in order (another password since, a session of nobody, a secret that was changed) is left to
Django's own reading, which decides and tidies up.
"""

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject


class SignedInMiddleware(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


def _user_of(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):
        request._cached_user = _read_with(request.session) or auth.get_user(request)
    return request._cached_user


def _read_with(session: Any) -> Any:
    """The session's person, if it says so itself and their password is the one it began with."""
    told, digest = session.get(auth.SESSION_KEY), session.get(auth.HASH_SESSION_KEY, "")
    person = getattr(session, "person", None)
    is_in_order = (
        person is not None
        and str(person.pk) == told
        and person.is_active
        and session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(digest, person.get_session_auth_hash())
    )
    return person if is_in_order else None
