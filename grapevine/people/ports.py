"""The port by which higher modules add what they hold of a person to the export, and take it away on closing.

A keeper is two functions of a person's id. Registered in `AppConfig.ready()`; `people` never learns whose they are.
"""

from collections.abc import Callable

Read = Callable[[int], object]
Erase = Callable[[int], None]
_keepers: dict[str, tuple[Read, Erase]] = {}


def register_keeper(name: str, *, read: Read, erase: Erase) -> None:
    """`read` answers plain values for JSON; `erase` runs in the transaction that closes the account, and may refuse."""
    _keepers[name] = (read, erase)


def kept_elsewhere(person_id: int) -> dict[str, object]:
    return {name: read(person_id) for name, (read, _erase) in sorted(_keepers.items())}


def erase_elsewhere(person_id: int) -> None:
    for _name, (_read, erase) in sorted(_keepers.items()):
        erase(person_id)
