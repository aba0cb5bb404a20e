"""Cells: amounts, counts, yes and no, lists, and text that no spreadsheet takes for a formula. Pure."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, Overflow
from html.parser import HTMLParser

from grapevine.goods.rules.listing import PRICE_MAX
from grapevine.kit.text import FORMULA_STARTS

YES = frozenset({"1", "true", "yes", "y", "是", "在售"})
NO = frozenset({"0", "-1", "false", "no", "n", "否", "下架"})
GUARDED = (*FORMULA_STARTS, "'")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
BODY_MAX = 20_000


def sealed(text: str) -> str:
    """A cell of an export: an apostrophe before what a spreadsheet would run, and before an apostrophe."""
    return f"'{text}" if text.startswith(GUARDED) else text


def opened(cell: str) -> str:
    """The text of a cell: `sealed` undone, anything else as it is."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(GUARDED) else cell


def amount(text: str) -> int | None:
    """Minor units of "12.5", "1,299.00" or "¥12"; None if it is no amount with at most two decimals."""
    clean = text.strip().lstrip("¥￥").replace(",", "")
    try:
        value = Decimal(clean) * 100
    except (InvalidOperation, Overflow):
        return None
    if not value.is_finite() or value != value.to_integral_value() or abs(value) > PRICE_MAX:
        return None
    return int(value)


def count(text: str) -> int | None:
    """A whole number not below zero, or None; "12.0" is 12, as spreadsheets write it."""
    clean = re.sub(r"\.0+$", "", text.strip())
    return int(clean) if re.fullmatch(r"[0-9]{1,12}", clean) else None


def yes_or_no(text: str) -> bool | None:
    """None for neither."""
    clean = text.strip().lower()
    return True if clean in YES else False if clean in NO else None


def grams(text: str, unit: str = "g") -> int | None:
    """Whole grams of a weight in g, kg, lb(s) or oz."""
    factor = {"g": "1", "kg": "1000", "lb": "453.59237", "lbs": "453.59237", "oz": "28.349523125"}
    try:
        value = Decimal(text.strip() or "0") * Decimal(factor.get(unit, "1"))
    except (InvalidOperation, Overflow):
        return None
    if not value.is_finite() or not 0 <= value <= 10**9:
        return None
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


ESCAPES = {"\\": "\\\\", "|": "\\|", "=": "\\=", "\n": "\\n"}


def joined(pairs: "list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> str:
    """name=value|name=value, the marks in them escaped by a backslash."""
    return "|".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs)


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(one, one) for one in text)


def split_pairs(text: str) -> list[tuple[str, str]] | None:
    """`joined` undone; None where a part has no name or no value."""
    parts: list[list[str]] = [[""]]
    escaped = False
    for one in text:
        if escaped:
            parts[-1][-1] += "\n" if one == "n" else one
            escaped = False
        elif one == "\\":
            escaped = True
        elif one == "|":
            parts.append([""])
        elif one == "=":
            parts[-1].append("")
        else:
            parts[-1][-1] += one
    if not text.strip():
        return []
    if any(len(part) != 2 or not part[0].strip() or not part[1].strip() for part in parts):
        return None
    return [(part[0].strip(), part[1].strip()) for part in parts]


class _Text(HTMLParser):
    """The words of an HTML fragment, a line for each block; scripts and styles say nothing."""

    BLOCKS = frozenset({"p", "br", "li", "div", "h1", "h2", "h3", "h4", "tr", "ul", "ol", "table"})
    SILENT = frozenset({"script", "style", "iframe", "template"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in self.SILENT))
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(re.sub(r"\s+", " ", data))


def plain(html: str) -> str:
    """HTML as text: tags gone, entities read, a line for each block."""
    if "<" not in html and "&" not in html:
        return html.strip()[:BODY_MAX]
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r" +", " ", line).strip() for line in "".join(reader.said).splitlines())
    return "\n".join(line for line in lines if line)[:BODY_MAX]


def part_of(value: str) -> str:
    """An option's value as a part of "a / b": its own slash may not be taken for the joint."""
    return value.strip().replace(" / ", "／")
