"""Starts processes that have read the libraries already, so that a start costs a second less; not one line of ours.

Reads a line of JSON for each: words, environment, files for what it says. Forks; the new process reads the settings
and the whole product for itself, lives and dies alone. Answers with its exit code, negative for a signal.
"""

import importlib
import json
import os
import signal
import sys
import traceback

LIBRARIES = (
    "cryptography.hazmat.primitives.asymmetric.ed25519", "cryptography.fernet", "django.core.handlers.wsgi",
    "django.core.management", "django.db.models", "django.forms", "django.template.engine",
    "django.template.defaulttags", "django.test.signals", "django.views.generic", "numpy", "phonenumbers",
    "PIL.Image", "rjieba", "segno", "whitenoise.middleware",
    "psycopg", "pydantic", "requests", "sqlite3", "stripe",
)  # fmt: skip
SECONDS_MAX = 300
"""A process that hangs is ended by then, and not by the signal that is expected."""


def born(words: list[str], environment: dict[str, str], out: str, wrong: str) -> int:
    signal.alarm(SECONDS_MAX)
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((out, 1), (wrong, 2)):
        handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        os.dup2(handle, number)
    try:
        from tests.crashes import child

        child.main(words[0], words[1:])
    except BaseException:  # noqa: BLE001  whatever it was, it is told and the process ends
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os._exit(born(**asked))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
