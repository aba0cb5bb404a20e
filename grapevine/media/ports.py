"""What pictures and videos ask of modules above: which of them are shown somewhere, or are to be."""

from collections.abc import Callable, Collection, Sequence

InUse = Callable[[Collection[int]], Collection[int]]
_uses: list[tuple[tuple[str, ...], InUse]] = []
_video_uses: list[tuple[tuple[str, ...], InUse]] = []


def register_use(columns: Sequence[str], in_use: InUse) -> None:
    """Say which of these picture ids rows of `columns` (app.model.field) name. What nobody names is forgotten."""
    _uses.append((tuple(columns), in_use))


def register_video_use(columns: Sequence[str], in_use: InUse) -> None:
    """As `register_use`, of videos."""
    _video_uses.append((tuple(columns), in_use))


def columns(*, of: str = "picture") -> list[str]:
    """Every column that names pictures or videos, for the test that no other does."""
    return sorted(column for some, _in_use in _registered(of) for column in some)


def in_use(ids: Collection[int], *, of: str = "picture") -> set[int]:
    found: set[int] = set()
    for _columns, ask in _registered(of):
        found |= set(ask(ids)) & set(ids)
    return found


def _registered(of: str) -> list[tuple[tuple[str, ...], InUse]]:
    return _video_uses if of == "video" else _uses
