"""Typed readers of the environment. Nonsense is refused at start, with the variable's name."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BPS_MAX = 10_000
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-32000; PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;"
    ),
}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def _typed(name: str, default: Any, convert: Callable[[str], Any], kind: str) -> Any:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return convert(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be {kind}, not {raw!r}") from None


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    value: int = _typed(name, default, int, "a whole number")
    if not least <= value <= most:
        raise ImproperlyConfigured(f"{name} must lie between {least} and {most}, not {value}")
    return value


def flag(name: str, *, default: bool) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

    def convert(raw: str) -> bool:
        if raw.lower() not in words:
            raise ValueError(raw)
        return words[raw.lower()]

    value: bool = _typed(name, default, convert, "1 or 0")
    return value


def choice(name: str, default: str, words: tuple[str, ...]) -> str:
    def convert(raw: str) -> str:
        if raw not in words:
            raise ValueError(raw)
        return raw

    value: str = _typed(name, default, convert, f"one of {', '.join(words)}")
    return value


def pem(name: str, kind: str) -> str:
    """A key as PEM text (line ends may be written `\\n`), or the path of a file that holds one.

    `kind` is what its first line must name: "PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE". Never says what was given.
    """
    given = text(name).replace("\\n", "\n").strip()
    if not given:
        return ""
    if not given.startswith("-----BEGIN "):
        try:
            given = Path(given).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            raise ImproperlyConfigured(
                f"{name} must be a key as PEM text, or the path of a readable file with one"
            ) from None
    first = given.partition("\n")[0].strip()
    if not (first.startswith("-----BEGIN ") and first.endswith(f"{kind}-----")):
        raise ImproperlyConfigured(f"{name} must hold a {kind}")
    return f"{given}\n"


def is_loopback(address: str) -> bool:
    """Whether an address leads to this machine only."""
    return urlsplit(address).hostname in {"127.0.0.1", "::1", "localhost"}


def cashiers(api: str) -> list[str]:
    """Where a provider with this API may send a browser: the API's own origin, and its domain's other hosts."""
    parts = urlsplit(api)
    own = f"{parts.scheme}://{parts.netloc}"
    if is_loopback(api):
        return [own]
    return [own, f"https://*.{'.'.join((parts.hostname or '').split('.')[-2:])}"]


def together(*given: str, what: str) -> tuple[str, ...]:
    """Texts that mean something only together: all of them, or () for none."""
    if any(given) and not all(given):
        raise ImproperlyConfigured(f"{what} are set together or not at all")
    return given if all(given) else ()


def names(name: str, default: str) -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def rates(name: str) -> dict[str, int]:
    """`wechat:60,alipay:55`: a rate in basis points for each name."""

    def convert(raw: str) -> dict[str, int]:
        found = {}
        for pair in filter(None, (part.strip() for part in raw.split(","))):
            key, _, rate = pair.partition(":")
            if not key or not rate.isascii() or not rate.isdigit() or int(rate) > BPS_MAX:
                raise ValueError
            found[key] = int(rate)
        return found

    found: dict[str, int] = _typed(name, {}, convert, "a list like wechat:60,alipay:55")
    return found


def refuse_to_crash(place: str, *, is_test: bool) -> None:
    """A process that is told to kill itself somewhere (see kit.crashing) starts in tests alone."""
    if not place:
        return
    if not is_test:
        raise ImproperlyConfigured(
            "CRASH_AT kills this process: it needs CRASH_TESTS=1, and never goes with HTTPS=1 or SANDBOX=0"
        )
    count = place.partition(":")[2]
    if count and not (count.isascii() and count.isdigit() and int(count) > 0):
        raise ImproperlyConfigured(f"CRASH_AT must be a place or place:count, not {place!r}")


def secret(name: str, home: Path) -> str:
    """The variable, or a secret made once and kept in the home folder, readable by its owner only."""
    given = text(name)
    if given:
        return given
    file = home / "secrets" / name.lower()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's settings for a `postgresql://` or `sqlite:///` address; empty means SQLite at home."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "grapevine.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
        }
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path).removeprefix("/")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name or home / "grapevine.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// or sqlite:///")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "grapevine.kit.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }
