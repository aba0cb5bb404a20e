"""The session engine: Django's, in a table that knows whose each session is. Its person comes with it, in one query."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from grapevine.kit.memory import Memory
from grapevine.people import access
from grapevine.people.models import Person, Session

DEVICE, STARTED = "device", "started_at"
"""What signing in notes in the session."""
READ_MAX, READ_SECONDS = 20_000, 300

_read: Memory[tuple[str, bytes | str], str] = Memory(READ_MAX, READ_SECONDS)
"""What was found in signed data: named by data and key, so that the signature need not be checked on every request."""


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    person: Person | None = None
    """Whose it was when it was read; only `signed_in.py` may believe it."""

    def load(self) -> dict[str, Any]:
        found = access.live_session(self.session_key) if self.session_key else None
        if found is None:
            self._session_key: str | None = None  # a new one is made if something is to be kept
            return {}
        data, self.person = found
        return self.decode(data)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        name = (settings.SECRET_KEY, session_data)
        known = _read.get(name)
        if known is not None:
            told: dict[str, Any] = json.loads(known)
            return told
        found = super().decode(session_data)
        if found:
            _read.put(name, json.dumps(found))
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        person_id = data.get("_auth_user_id")
        row.person_id = int(person_id) if person_id else None
        row.device = str(data.get(DEVICE, ""))[:40]
        row.started_at = datetime.fromisoformat(data[STARTED]) if STARTED in data else None
        return row
