"""Which addresses an app may be sent back to."""

from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def is_redirect(uri: str) -> bool:
    """https anywhere, http on the app's own machine only (RFC 8252), and no fragment (RFC 6749 3.1.2)."""
    if len(uri) > 500 or not uri.isascii() or not uri.isprintable() or set(uri) & set(" \\*<>\"'"):
        return False
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.fragment or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
