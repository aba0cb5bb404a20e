"""The session engine: Django's, in a table that knows whose each session is. Its person comes with it, in one query."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from grapevine.people import access
from grapevine.people.models import Person, Session

DEVICE, STARTED = "device", "started_at"
"""What signing in notes in the session."""


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

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        person_id = data.get("_auth_user_id")
        row.person_id = int(person_id) if person_id else None
        row.device = str(data.get(DEVICE, ""))[:40]
        row.started_at = datetime.fromisoformat(data[STARTED]) if STARTED in data else None
        return row
