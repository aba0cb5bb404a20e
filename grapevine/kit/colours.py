"""A shop's own colour, made safe to print on: contrast by WCAG 2.2, section 1.4.3."""

import re
from typing import Final

HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
FALLBACK: Final = "#1d5a41"
CONTRAST_LEAST: Final = 4.5
STEPS_MAX: Final = 40


def _light(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 for black, 1 for white."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * _light(red) + 0.7152 * _light(green) + 0.0722 * _light(blue)


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def readable(colour: str) -> str:
    """`colour`, darkened only as far as white text on it needs; the house green if it is no colour."""
    if not HEX.fullmatch(colour):
        return FALLBACK
    found = colour.lower()
    for _step in range(STEPS_MAX):
        if contrast(found, "#ffffff") >= CONTRAST_LEAST:
            break
        channels = (int(found[at : at + 2], 16) * 95 // 100 for at in (1, 3, 5))
        found = "#" + "".join(f"{channel:02x}" for channel in channels)
    return found
