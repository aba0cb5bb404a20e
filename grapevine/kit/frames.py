"""Pages asked for so often that all that stays the same about them is drawn once: a frame with marks, filled per request.

A frame is a template drawn with marks in place of the form token, of every panel, and of what the caller names. Whatever
else the template reads must be in the key; after a few minutes it is drawn anew all the same.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language

from grapevine.kit import panels
from grapevine.kit.memory import Memory

KEPT_SECONDS = 120
FRAMES_MAX = 500
SALT = secrets.token_hex(8)
"""Nobody can write a mark into a text. Marks stay as they are in HTML and in addresses."""
MARKS = re.compile(f"gv{SALT}-([a-z_.]+)-")
PANEL, TOKEN = "panel.", "token"

_frames: Memory[Hashable, tuple[str, ...]] = Memory(FRAMES_MAX, KEPT_SECONDS)


def mark(name: str) -> str:
    return f"gv{SALT}-{name}-"


def filled(
    request: HttpRequest, template: str, key: Hashable, context: Callable[[], Mapping[str, Any]],
    values: Mapping[str, str],
) -> str:  # fmt: skip
    """The page. `context` is asked for only when the frame must be drawn; it holds `mark(name)` for each name of `values`."""
    whole = (template, key, get_language(), request.scheme, request.get_host())
    parts = _frames.get(whole)
    if parts is None:
        parts = _frames.put(whole, _drawn(request, template, context()))
    words = list(parts)
    known: dict[str, str] = {}
    for place in range(1, len(words), 2):
        name = words[place]
        if name not in known:
            known[name] = _value(request, name, values)
        words[place] = known[name]
    return "".join(words)


def _drawn(request: HttpRequest, template: str, context: Mapping[str, Any]) -> tuple[str, ...]:
    request.marked_panels = True  # type: ignore[attr-defined]
    try:
        html = render_to_string(template, {**context, "csrf_token": mark(TOKEN)}, request)
    finally:
        del request.marked_panels  # type: ignore[attr-defined]
    return tuple(MARKS.split(html))


def form_token(request: HttpRequest) -> str:
    """The token of every form of this answer: veiled once."""
    known: str | None = getattr(request, "form_token", None)
    if known is None:
        known = request.form_token = get_token(request)  # type: ignore[attr-defined]
    return known


def _value(request: HttpRequest, name: str, values: Mapping[str, str]) -> str:
    if name == TOKEN:
        return form_token(request)
    if name.startswith(PANEL):
        return panels.render(name.removeprefix(PANEL), request)
    return values[name]
