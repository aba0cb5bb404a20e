"""The navigation of a console: what the modules registered, under the headings they named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.translation import gettext as _

from grapevine.kit import panels
from grapevine.kit.templatetags.kit import page

register = template.Library()
OPEN_COOKIE = "gv_rail"
"""Which headings the person left open, joined by dots; the browser writes it."""
BAR_MAX = 4


@dataclass(frozen=True, slots=True)
class NavLink:
    name: str
    label: str
    icon: str
    url: str
    current: bool
    count: int


@dataclass(frozen=True, slots=True)
class NavSection:
    """A heading and what stands under it; one link alone stands without its heading."""

    name: str
    label: str
    icon: str
    links: list[NavLink]
    is_open: bool

    @property
    def first(self) -> NavLink:
        return self.links[0]

    @property
    def is_current(self) -> bool:
        return any(link.current for link in self.links)

    @property
    def count(self) -> int:
        return sum(link.count for link in self.links)


def _entries(console: str, shop: Any) -> list[tuple[panels.NavEntry, str]]:
    """What this person may see, with addresses."""
    rights = shop.rights if shop else frozenset()
    seen = [entry for entry in panels.nav(console) if not entry.right or entry.right in rights]
    pairs = [
        (entry, page(entry.url_name, shop.slug) if shop else page(entry.url_name)) for entry in seen
    ]
    return [(entry, url) for entry, url in pairs if url]


def _links(console: str, shop: Any, path: str, current: str) -> list[tuple[str, NavLink]]:
    """(group, link) in order; the current one is the named one, otherwise the longest address that fits."""
    entries = _entries(console, shop)
    here = max((url for _entry, url in entries if path.startswith(url)), key=len, default="")
    shop_id = shop.id if shop else None
    links = []
    for entry, url in entries:
        is_current = entry.name == current if current else url == here
        count = panels.nav_count(console, entry.name, shop_id)
        link = NavLink(entry.name, _(entry.label), entry.icon, url, is_current, count)
        links.append((entry.group, link))
    return links


def _section(
    group: panels.NavGroup, links: Sequence[tuple[str, NavLink]], left_open: frozenset[str]
) -> NavSection:
    own = [link for name, link in links if name == group.name]
    is_open = group.name in left_open or any(link.current for link in own)
    return NavSection(group.name, _(group.label), group.icon, own, is_open)


def sections_of(console: str, shop: Any, request: HttpRequest, current: str) -> list[NavSection]:
    """The headings that have something for this person, then what stands alone."""
    links = _links(console, shop, request.path, current)
    groups = panels.nav_groups(console)
    always = [group.name for group in groups[:1]]  # where everybody begins
    left_open = frozenset([*request.COOKIES.get(OPEN_COOKIE, "").split("."), *always])
    sections = [_section(group, links, left_open) for group in groups]
    known = {group.name for group in groups}
    alone = [
        NavSection(link.name, link.label, link.icon, [link], link.current)
        for name, link in links
        if name not in known
    ]
    return [section for section in (*sections, *alone) if section.links]


def _of(context: Context, console: str) -> list[NavSection]:
    """Worked out once a page: the rail and the bar of a phone show the same."""
    known: list[NavSection] | None = context.get("nav_sections")
    if known is None:
        shop = context.get("shop") if console == "shop" else None
        if console == "shop" and shop is None:
            return []
        known = sections_of(console, shop, context["request"], str(context.get("nav") or ""))
        context.dicts[0]["nav_sections"] = known
    return known


@register.inclusion_tag("kit/_console_nav.html", takes_context=True)
def console_nav(context: Context, console: str = "shop") -> dict[str, Any]:
    """The left navigation of a console. The context may name the current entry as `nav`."""
    return {"sections": _of(context, console), "console": console}


@register.inclusion_tag("kit/_console_bar.html", takes_context=True)
def console_bar(context: Context, console: str = "shop") -> dict[str, Any]:
    """A phone's bar: the first headings, and the way to all of them."""
    sections = _of(context, console)
    first, rest = sections[:BAR_MAX], sections[BAR_MAX:]
    return {"sections": first, "rest": sum(section.count for section in rest)}
