"""Django's PostgreSQL backend with a health check that costs no statement."""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import pq


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the server is still there: a server that went away has closed the socket, or said goodbye.

        An idle connection has nothing to read. One that has is not used again.
        """
        raw: Any = self.connection
        if raw is None or raw.pgconn.status != pq.ConnStatus.OK:
            return False
        watch = select.poll()
        watch.register(raw.pgconn.socket, select.POLLIN | select.POLLPRI)
        return not watch.poll(0)
