"""The port by which a higher module puts HTML into a lower module's page.

The lower page names a slot, the higher module registers a function for it in `AppConfig.ready()`.
Nobody imports upward, and a page never learns who fills it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

Panel = Callable[..., str]
BatchPanel = Callable[..., Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class NavEntry:
    console: str
    name: str
    label: str
    icon: str
    url_name: str
    order: int
    right: str = ""
    """What of `shop.rights` it takes to see it; "" for everybody in the console."""
    group: str = ""
    """The heading it stands under; "" stands alone, after the groups."""


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A heading of a console's navigation; entries name it, wherever they are registered."""

    console: str
    name: str
    label: str
    icon: str
    order: int


Count = Callable[[int | None], int]
"""How much waits behind an entry, of a shop's id (None: of the whole house). One query at most."""
_panels: dict[str, list[tuple[int, Panel]]] = {}
_batches: dict[str, list[BatchPanel]] = {}
_nav: dict[tuple[str, str], NavEntry] = {}
_groups: dict[tuple[str, str], NavGroup] = {}
_counts: dict[tuple[str, str], Count] = {}


def register(slot: str, panel: Panel, *, order: int = 50) -> None:
    _panels.setdefault(slot, []).append((order, panel))
    _panels[slot].sort(key=lambda pair: pair[0])


def render(slot: str, request: HttpRequest, **kwargs: Any) -> SafeString:
    """What every registered panel says for this slot, in order; "" where nobody registered, or the request hides it."""
    if slot in getattr(request, "hidden_slots", ()):
        return mark_safe("")
    parts = [panel(request, **kwargs) for _, panel in _panels.get(slot, ())]
    return mark_safe("".join(parts))  # noqa: S308  each panel returns rendered template output


def register_batch(slot: str, panel: BatchPanel) -> None:
    """For lists: one call answers for all rows, so that a page of 20 cards costs one query."""
    _batches.setdefault(slot, []).append(panel)


def render_batch(slot: str, request: HttpRequest, **kwargs: Any) -> dict[int, SafeString]:
    merged: dict[int, str] = {}
    for panel in _batches.get(slot, ()):
        for key, text in panel(request, **kwargs).items():
            merged[key] = merged.get(key, "") + text
    return {key: mark_safe(text) for key, text in merged.items()}  # noqa: S308  as above


def register_nav(
    console: str, name: str, *, label: str, icon: str, url_name: str, order: int = 50,
    right: str = "", group: str = "", count: Count | None = None,
) -> None:  # fmt: skip
    _nav[console, name] = NavEntry(console, name, label, icon, url_name, order, right, group)
    if count:
        _counts[console, name] = count


def register_nav_group(console: str, name: str, *, label: str, icon: str, order: int) -> None:
    _groups[console, name] = NavGroup(console, name, label, icon, order)


def nav(console: str) -> Sequence[NavEntry]:
    entries = [entry for entry in _nav.values() if entry.console == console]
    return sorted(entries, key=lambda entry: entry.order)


def nav_groups(console: str) -> Sequence[NavGroup]:
    groups = [group for group in _groups.values() if group.console == console]
    return sorted(groups, key=lambda group: group.order)


def nav_count(console: str, name: str, shop_id: int | None) -> int:
    """What waits behind the entry; 0 where nobody counts."""
    count = _counts.get((console, name))
    return count(shop_id) if count else 0
