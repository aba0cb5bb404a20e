"""The bell, in the bars of the house. What it counts comes after the page: no page waits for it."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from grapevine.kit.memory import Memory
from grapevine.kit.pages import person_id_of
from grapevine.reach.actions import channel_of
from grapevine.signals import facade as signals

BELLS_MAX, BELL_SECONDS = 20_000, 60
_bells: Memory[tuple[int, str, str], str] = Memory(BELLS_MAX, BELL_SECONDS)
"""A bell has no number of its own, only a pass to its person's channel, which is good for hours."""


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
    person_id = person_id_of(request)
    if person_id is None:
        return ""
    name = (person_id, shop.slug if shop else "", get_language() or "")
    known = _bells.get(name)
    if known is None:
        context = _context(request, shop)
        known = _bells.put(name, render_to_string("reach/_bell.html", context))
    return known


def line(request: HttpRequest, **_: Any) -> str:
    """The line on a person's own page."""
    context = _context(request, None)
    return render_to_string("reach/_line.html", context, request) if context else ""
