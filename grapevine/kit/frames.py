"""Pages asked for so often that all that stays the same about them is drawn once: a frame with marks, filled per request.

A frame is a template drawn with marks in place of the form token, of every panel, and of what the caller names. Whatever
else the template reads must be in the key; after a few minutes it is drawn anew all the same.
"""

import re
import secrets
import string
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
PANEL, TOKEN, SECRET = "panel.", "token", "CSRF_COOKIE"
LETTERS = string.ascii_letters + string.digits
"""Of Django's form tokens, in its order."""
COUNT = len(LETTERS)
PLACES = {letter: place for place, letter in enumerate(LETTERS)}
UNFAIR = bytes(range(256 - 256 % COUNT, 256))
"""Bytes that would make some letters likelier than others."""
DRAWN = bytes(ord(LETTERS[byte % COUNT]) for byte in range(256))
RANDOM_BYTES = 64


class Sheet:
    """A text cut at its marks once, to be filled by one joining."""

    __slots__ = ("_names", "_words")

    def __init__(self, text: str) -> None:
        words = MARKS.split(text)
        self._words, self._names = words, tuple(words[1::2])

    @property
    def names(self) -> tuple[str, ...]:
        """Of the marks, in the order of the text."""
        return self._names

    def filled(self, values: Mapping[str, str]) -> str:
        words = self._words.copy()
        words[1::2] = map(values.__getitem__, self._names)
        return "".join(words)


_frames: Memory[Hashable, Sheet] = Memory(FRAMES_MAX, KEPT_SECONDS)


def mark(name: str) -> str:
    return f"gv{SALT}-{name}-"


def filled(
    request: HttpRequest, template: str, key: Hashable, context: Callable[[], Mapping[str, Any]],
    values: Mapping[str, str],
) -> str:  # fmt: skip
    """The page. `context` is asked for only when the frame must be drawn; it holds `mark(name)` for each name of `values`."""
    whole = (template, key, get_language(), request.scheme, request.get_host())
    frame = _frames.get(whole)
    if frame is None:
        frame = _frames.put(whole, Sheet(_drawn(request, template, context())))
    return frame.filled({name: _value(request, name, values) for name in set(frame.names)})


def _drawn(request: HttpRequest, template: str, context: Mapping[str, Any]) -> str:
    request.marked_panels = True  # type: ignore[attr-defined]
    try:
        return render_to_string(template, {**context, "csrf_token": mark(TOKEN)}, request)
    finally:
        del request.marked_panels  # type: ignore[attr-defined]


def form_token(request: HttpRequest) -> str:
    """The token of every form of this answer: veiled once. Who brought a secret keeps the cookie they have; it lives a year."""
    known: str | None = getattr(request, "form_token", None)
    if known is None:
        secret = request.META.get(SECRET)
        known = veiled(secret) if secret else get_token(request)
        request.form_token = known  # type: ignore[attr-defined]
    return known


def veiled(secret: str) -> str:
    """As Django veils a secret of its letters and digits, at a tenth of the price: another text each time."""
    veil = ""
    while len(veil) < len(secret):
        veil += secrets.token_bytes(RANDOM_BYTES).translate(DRAWN, UNFAIR).decode()
    veil = veil[: len(secret)]
    return veil + "".join([
        LETTERS[(PLACES[own] + PLACES[drawn]) % COUNT] for own, drawn in zip(secret, veil, strict=True)
    ])  # fmt: skip


def _value(request: HttpRequest, name: str, values: Mapping[str, str]) -> str:
    if name == TOKEN:
        return form_token(request)
    if name.startswith(PANEL):
        return panels.render(name.removeprefix(PANEL), request)
    return values[name]
