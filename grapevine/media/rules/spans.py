"""Which part of a file a request asks for (RFC 9110, section 14): one span; of several the whole is sent."""

import re

ONE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


class OutOfFile(ValueError):
    """No byte of the file is in the span asked for."""


def span_of(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for, or None for the whole. Raises OutOfFile."""
    found = ONE.fullmatch(header.strip().replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start >= size:
        raise OutOfFile
    return start, end
