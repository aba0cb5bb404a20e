"""The bell, in the bars of the house. What it counts comes after the page: no page waits for it."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from grapevine.kit.pages import person_id_of
from grapevine.reach.actions import channel_of
from grapevine.signals import facade as signals


def _context(request: HttpRequest, shop: Any) -> dict[str, Any] | None:
    person_id = person_id_of(request)
    if person_id is None:
        return None
    slug = shop.slug if shop else ""
    return {
        "inbox": reverse("reach:desk", args=[slug]) if slug else reverse("reach:inbox"),
        "count": reverse("reach:count") + (f"?shop={slug}" if slug else ""),
        "token": signals.live_token(channel_of(person_id)),
    }


def bell(request: HttpRequest, shop: Any = None, **_: Any) -> str:
    """The bell of a person, or of a shop's console."""
    context = _context(request, shop)
    return render_to_string("reach/_bell.html", context, request) if context else ""


def line(request: HttpRequest, **_: Any) -> str:
    """The line on a person's own page."""
    context = _context(request, None)
    return render_to_string("reach/_line.html", context, request) if context else ""
