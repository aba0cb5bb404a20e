"""The session engine: Django's, in a table that knows whose each session is. No query more than Django's own."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from grapevine.people.models import Session

DEVICE, STARTED = "device", "started_at"
"""What signing in notes in the session."""


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        person_id = data.get("_auth_user_id")
        row.person_id = int(person_id) if person_id else None
        row.device = str(data.get(DEVICE, ""))[:40]
        row.started_at = datetime.fromisoformat(data[STARTED]) if STARTED in data else None
        return row
