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


_panels: dict[str, list[tuple[int, Panel]]] = {}
_batches: dict[str, list[BatchPanel]] = {}
_nav: dict[tuple[str, str], NavEntry] = {}


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
    right: str = "",
) -> None:  # fmt: skip
    _nav[console, name] = NavEntry(console, name, label, icon, url_name, order, right)


def nav(console: str) -> Sequence[NavEntry]:
    entries = [entry for entry in _nav.values() if entry.console == console]
    return sorted(entries, key=lambda entry: entry.order)
