"""Serves the reference view alone, without a single middleware."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
import django
from django.conf import settings

django.setup(set_prefix=False)
settings.ROOT_URLCONF = "bench.reference"
settings.MIDDLEWARE = []

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

application = WSGIHandler()
