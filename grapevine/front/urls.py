"""Every address of the product. A module's pages are in its own `web/urls.py`."""

from django.urls import include, path

from grapevine.front.api import api

PAGES = [
    "discovery", "kit", "media", "people", "goods", "scene", "trade", "campaigns", "spread", "loyalty",
    "care", "cases", "reach", "gateway", "insight", "front",
]  # fmt: skip
"""In this order addresses are looked for: first the module of the home page."""

urlpatterns = [
    path("api/v1/", api.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    *(path("", include(f"grapevine.{name}.web.urls")) for name in PAGES),
]
handler404 = "grapevine.kit.web.views.not_found"
handler403 = "grapevine.kit.web.views.forbidden"
handler500 = "grapevine.kit.web.views.broken"
