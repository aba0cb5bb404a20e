"""A home of its own for measurements of the log and the lake: made before Django reads its settings, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
os.environ.setdefault("GRAPEVINE_HOME", tempfile.mkdtemp(prefix="grapevine-bench-"))
os.environ.setdefault("EVENTS_PER_MINUTE", "0")

import django

django.setup()

from django.core.management import call_command  # noqa: E402  after django.setup


def run(measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Measure in this home, and take it away if we made it."""
    call_command("migrate", verbosity=0, interactive=False)
    try:
        return measure()
    finally:
        if "grapevine-bench-" in os.environ["GRAPEVINE_HOME"]:
            shutil.rmtree(os.environ["GRAPEVINE_HOME"], ignore_errors=True)
