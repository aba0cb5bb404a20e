"""What pictures ask of modules above: which of them are shown somewhere, or are to be."""

from collections.abc import Callable, Collection, Sequence

InUse = Callable[[Collection[int]], Collection[int]]
_uses: list[tuple[tuple[str, ...], InUse]] = []


def register_use(columns: Sequence[str], in_use: InUse) -> None:
    """Say which of these picture ids rows of `columns` (app.model.field) name. What nobody names is forgotten."""
    _uses.append((tuple(columns), in_use))


def columns() -> list[str]:
    """Every column that names pictures, for the test that no other does."""
    return sorted(column for some, _in_use in _uses for column in some)


def in_use(ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for _columns, ask in _uses:
        found |= set(ask(ids)) & set(ids)
    return found
