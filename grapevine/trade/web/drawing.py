"""Codes drawn on the server, so that a page needs no network to show them."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr(text: str) -> SafeString:
    """A QR code as SVG within the page."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(scale=6, border=2, dark="#101511", light="#ffffff", omitsize=True)
    return mark_safe(drawn)  # noqa: S308  shapes only; the text is not in it
