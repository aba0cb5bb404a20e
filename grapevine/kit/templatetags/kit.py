"""The house's own template tags. They are builtins: no page needs `{% load kit %}`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from grapevine.kit import colours, formats, frames, panels
from grapevine.kit.pages import own_shop_of
from grapevine.kit.text import marked

register = template.Library()

PLATFORM = re.compile(r"(?:\s*·)?\s*(?:藤(?: Grapevine)?|Grapevine)\s*$")
EMPTY = SafeString("")
HIDDEN = SafeString('aria-hidden="true"')
SIZES_CARD = "(min-width: 960px) 20vw, 50vw"
COLUMNS_MAX = 6
HUES = 6
TRENDS = {
    "up": ("↑", marked("升")),
    "down": ("↓", marked("降")),
    "flat": ("→", marked("平")),
    "unknown": ("·", marked("数据还不够")),
}


class Picture(Protocol):
    """What `{% picture %}` reads of a picture card."""

    @property
    def url(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def tone(self) -> str: ...
    @property
    def alt(self) -> str: ...
    @property
    def srcset(self) -> str: ...


class Face(Protocol):
    """What `{% avatar %}` reads of a person card."""

    @property
    def name(self) -> str: ...
    @property
    def avatar(self) -> str: ...


def _classes(*names: str) -> str:
    return " ".join(filter(None, names))


# ---- marks -----------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """One icon of `kit/icons.svg`. Decoration unless `label` says what it means."""
    classes = _classes("icon", css)
    address = f"{static('kit/icons.svg')}#i-{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            classes, label, address,
        )  # fmt: skip
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address
    )


@register.simple_tag
def trend(state: str, value: str = "", pill: bool = True) -> SafeString:  # noqa: FBT001, FBT002
    """Business direction: arrow, word, value and colour. `state`: up, down, flat, unknown."""
    arrow, word = TRENDS.get(state, TRENDS["unknown"])
    state = state if state in TRENDS else "unknown"
    said = f"{_(word)} {value}".strip()
    return format_html(
        '<span class="d {}{}"><span aria-hidden="true">{}</span>{}</span>',
        state, " pill" if pill else "", arrow, said,
    )  # fmt: skip


# ---- money and numbers -----------------------------------------------------------------------


@register.simple_tag
def price(
    amount_minor: int | None,
    currency: str = "CNY",
    group: bool = False,  # noqa: FBT001, FBT002  a template flag
    css: str = "",
    exact: bool = False,  # noqa: FBT001, FBT002  a template flag
) -> SafeString:
    """A price, typeset. `group=True`: in grape, the colour of buying together. `css="lg"`: large."""
    if amount_minor is None:
        return EMPTY
    parts = formats.price_parts(amount_minor, currency, exact=exact)
    decimals = format_html("<small>{}</small>", parts.decimals) if parts.decimals else EMPTY
    return format_html(
        '<span class="{}"><small>{}</small>{}{}</span>',
        _classes("price", "group" if group else "", css), parts.symbol, parts.whole, decimals,
    )  # fmt: skip


@register.filter("money")
def money_filter(amount_minor: int | None, currency: str = "CNY") -> str:
    """Plain text with decimals only where they say something: ¥69, ¥69.90."""
    return "" if amount_minor is None else formats.money_text(amount_minor, currency)


@register.simple_tag
def money(
    amount_minor: int | None,
    currency: str = "CNY",
    exact: bool = True,  # noqa: FBT001, FBT002  a template flag
) -> str:
    """Plain text, always two decimals: for tables, totals and receipts."""
    if amount_minor is None:
        return ""
    return formats.money_text(amount_minor, currency, exact=exact)


@register.filter("percent")
def percent(bps: int) -> str:
    """Basis points as people read them: 1250 is 12.5%."""
    return f"{bps / 100:g}%"


@register.filter("count")
def count_filter(number: int | None) -> str:
    return formats.count_text(number or 0)


@register.filter("whole")
def whole(number: int | None) -> formats.Whole | str:
    """12,316 to the last digit, for desks; "–" for what is not known. Still a number to `blocktranslate count`."""
    return "–" if number is None else formats.Whole(number)


@register.simple_tag
def count(number: int | None) -> str:
    """2,316 · 1.2万 / 12K."""
    return formats.count_text(number or 0)


# ---- time ------------------------------------------------------------------------------------


@register.simple_tag
def ago(when: datetime | None) -> SafeString:
    """刚刚 · 5 分钟前 · 今天 09:15 · 11-20 08:12, with the full moment as the title."""
    if when is None:
        return EMPTY
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        when.isoformat(timespec="seconds"), formats.clock_text(when), formats.ago_text(when),
    )  # fmt: skip


@register.filter("ago")
def ago_filter(when: datetime | None) -> str:
    return "" if when is None else formats.ago_text(when)


@register.filter("long_day", expects_localtime=True)
def long_day_filter(when: date | None) -> str:
    """11 月 26 日 星期四 · Thursday, November 26."""
    return "" if when is None else formats.long_day_text(when)


@register.simple_tag
def countdown(when: datetime | None) -> SafeString:
    """Time left, ticking where there is a script. Put `{% deadline %}` beside it."""
    if when is None:
        return EMPTY
    moment = when.isoformat(timespec="seconds")
    return format_html(
        '<time class="num" datetime="{}" data-countdown="{}" data-day="{}" data-over="{}">{}</time>',
        moment, moment, _("天"), _("已截止"), formats.left_text(when),
    )  # fmt: skip


@register.simple_tag
def deadline(when: datetime | None) -> SafeString:
    """The exact end: 今天 21:15:00 截止."""
    if when is None:
        return EMPTY
    said = _("%(moment)s 截止") % {"moment": formats.deadline_text(when)}
    return format_html(
        '<time class="num" datetime="{}">{}</time>', when.isoformat(timespec="seconds"), said
    )


# ---- pictures and people ---------------------------------------------------------------------


@register.simple_tag
def picture(
    card: Picture | None,
    sizes: str = SIZES_CARD,
    eager: bool = False,  # noqa: FBT001, FBT002  a template flag
    css: str = "",
    alt: str | None = None,
) -> SafeString:
    """An <img> that never moves the page: size, srcset and dominant colour are known.

    `eager=True` only for the one or two pictures above the fold. Without a card: a quiet block.
    """
    if card is None:
        spoken = format_html(' role="img" aria-label="{}"', alt) if alt else EMPTY
        return format_html(
            '<span class="{}"{}>{}</span>', _classes("nopic", css), spoken, icon("picture")
        )
    attributes = [
        ("src", card.url),
        ("srcset", card.srcset),
        ("sizes", sizes if card.srcset else ""),
        ("width", str(card.width)),
        ("height", str(card.height)),
        ("class", css),
        ("loading", "" if eager else "lazy"),
        ("fetchpriority", "high" if eager else ""),
        ("decoding", "async"),
        ("style", f"--tone:{card.tone}" if card.tone else ""),
    ]
    said = card.alt if alt is None else alt
    return format_html(
        '<img alt="{}"{}>',
        said,
        format_html_join("", ' {}="{}"', [pair for pair in attributes if pair[1]]),
    )


def _hue(text: str) -> int:
    return sum(map(ord, text)) % HUES + 1


@register.simple_tag
def avatar(person: Face | None, size: int = 32, css: str = "", alt: str = "") -> SafeString:
    """A round face; without a picture, the first character of the name on a steady colour."""
    if person is not None and person.avatar:
        return format_html(
            '<img class="{}" src="{}" alt="{}" width="{}" height="{}" loading="lazy"'
            ' style="--d:{}px">',
            _classes("avatar", css), person.avatar, alt, size, size, size,
        )  # fmt: skip
    spoken = format_html('role="img" aria-label="{}"', alt) if alt else HIDDEN
    hue = f"hue{_hue(person.name)}" if person is not None else ""
    return format_html(
        '<span class="{}" style="--d:{}px" {}>{}</span>',
        _classes("avatar initial", hue, css), size, spoken,
        icon("user", "s") if person is None else person.name[:1],
    )  # fmt: skip


@register.simple_tag
def avatar_stack(people: Iterable[Face], size: int = 32, limit: int = 5) -> SafeString:
    """Overlapping faces, the first `limit` of them."""
    faces = [(avatar(person, size),) for person in list(people)[:limit]]
    return format_html('<span class="stack">{}</span>', format_html_join("", "{}", faces))


@register.simple_tag
def shop_mark(shop: Any, size: int = 44) -> SafeString:
    """A shop's logo, or the first two characters of its name on the shop's colour."""
    if shop.logo is not None:
        return format_html(
            '<img class="mark" src="{}" alt="" width="{}" height="{}" style="--d:{}px">',
            shop.logo.url, size, size, size,
        )  # fmt: skip
    return format_html(
        '<span class="mark" style="--d:{}px;--tone:{}" aria-hidden="true">{}</span>',
        size, colours.readable(shop.colour), shop.name[:2],
    )  # fmt: skip


@register.filter
def readable(colour: str) -> str:
    """`<body class="store" style="--shop:{{ shop.colour|readable }}">`: white text stays readable."""
    return colours.readable(colour)


# ---- places ----------------------------------------------------------------------------------


@register.simple_tag(name="panels", takes_context=True)
def panels_tag(context: Context, slot: str, **kwargs: Any) -> SafeString:
    """What higher modules put into this slot: `{% panels "goods.buy" goods=goods %}`."""
    request = context["request"]
    if not kwargs and getattr(request, "marked_panels", False):
        return SafeString(frames.mark(frames.PANEL + slot))
    return panels.render(slot, request, **kwargs)


class _OwnTitle(template.Node):
    """A page's title, with the shop's name in place of the platform's on the shop's own domain."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        title = self.nodelist.render(context)
        shop = own_shop_of(context["request"])
        if shop is None:
            return title
        said = SafeString(PLATFORM.sub("", title).strip())
        name = conditional_escape(shop.name)
        return said if name in said else format_html("{} · {}", said, name) if said else name


@register.tag
def own_title(parser: template.base.Parser, token: template.base.Token) -> _OwnTitle:  # noqa: ARG001
    """`{% own_title %}购物车 · 藤{% endown_title %}`"""
    nodelist = parser.parse(("endown_title",))
    parser.delete_first_token()
    return _OwnTitle(nodelist)


@register.simple_tag(takes_context=True)
def batch(context: Context, slot: str, **kwargs: Any) -> dict[int, SafeString]:
    """For lists: `{% batch "card.chip" notes=notes as chips %}`, then `{{ chips|get:note.id }}`."""
    return panels.render_batch(slot, context["request"], **kwargs)


@register.simple_tag
def page(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page another module may own; "" where that page does not exist."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.filter
def get(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """`{{ chips|get:note.id }}`: the value of a key, "" where there is none, or no mapping at all."""
    return mapping.get(key, "") if mapping else ""


# ---- waterfall -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """A card and its place in reading order, from 1."""

    position: int
    card: Any


def column_count(request: HttpRequest) -> int:
    """As many columns as the browser reported; before that, two for phones and four for desks."""
    if getattr(getattr(request, "appearance", None), "elder", False):
        return 1
    told = request.COOKIES.get("gv_cols", "")
    if told.isdecimal():
        return max(1, min(int(told), COLUMNS_MAX))
    return 2 if "Mobi" in request.headers.get("User-Agent", "Mobi") else 4


def _height(card: Any) -> float:
    """Height of a card relative to its width: the picture's own ratio (2:3 at most) and the text."""
    cover = getattr(card, "cover", None)
    ratio = min(cover.height / cover.width, 1.5) if cover and cover.width else 1.0
    return ratio + 0.5


@register.simple_tag(takes_context=True)
def columns(context: Context, cards: Sequence[Any], start: int = 1) -> list[list[Placed]]:
    """Cards laid out for `.waterfall`: each goes to the column that is shortest so far."""
    return laid_out(cards, start, column_count(context["request"]))


def laid_out(cards: Sequence[Any], start: int, count: int) -> list[list[Placed]]:
    found: list[list[Placed]] = [[] for _column in range(count)]
    heights = [0.0] * len(found)
    for position, card in enumerate(cards, start):
        shortest = heights.index(min(heights))
        found[shortest].append(Placed(position, card))
        heights[shortest] += _height(card)
    return found


@register.filter
def ratio(card: Picture | None) -> str:
    """`style="--ar:{{ cover|ratio }}"`: width/height, never taller than 2:3; square if unknown."""
    if card is None or not card.width or not card.height:
        return "1/1"
    if card.height * 2 > card.width * 3:
        return "2/3"
    return f"{card.width}/{card.height}"
