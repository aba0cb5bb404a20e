"""Where somebody is, no finer than a city: what they wrote in their own profile, never what a machine measured.

Where a person moves is sensitive personal information (Personal Information Protection Law of the PRC, article 28); a city
that a person shows to everybody is not.
"""

import re

_PARTS = re.compile(r"[\s·・/,，、|-]+")
_ENDINGS = re.compile(r"(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|省|市)$")
PLACE_MAX = 40


def coarse(text: str) -> str:
    """The first two parts of a place without their endings ("浙江省 杭州市 西湖区" is "浙江 杭州"); "" for nothing."""
    parts = [_ENDINGS.sub("", part) or part for part in _PARTS.split(text.strip()) if part]
    return " ".join(dict.fromkeys(parts[:2]))[:PLACE_MAX]
