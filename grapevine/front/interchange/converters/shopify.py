"""A Shopify products CSV: one shop, its goods, a SKU for each variant.

Rows with the same Handle are one product; only the first carries title and text, later rows add
variants or pictures. Pictures are addresses on the web, which an import never opens: those that
lie as files beside the CSV are copied, the others are left out.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from grapevine.front.interchange.converters.reading import rows
from grapevine.front.interchange.errors import ConvertRefused
from grapevine.front.interchange.writing import Folder

OWNER = "shopify-owner"
SHOP = "shopify-shop"
DEFAULT = "Default Title"
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(slots=True)
class _Product:
    """What the first row of a product says, carried to its later rows."""

    handle: str
    title: str
    category: str
    body: str
    variants: int = 0
    pictures: list[str] = field(default_factory=list)


class _Text(HTMLParser):
    """The words of an HTML fragment, a line for each block."""

    BLOCKS = frozenset({"p", "br", "li", "div", "h1", "h2", "h3", "tr"})
    SILENT = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def text_of(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(reader.said).splitlines())
    return "\n".join(line for line in lines if line)[:5000]


def _price(text: str, line: int) -> int:
    """Minor units of "19.9" or "1,299.00"."""
    try:
        value = Decimal(text.replace(",", "").strip()) * 100
    except InvalidOperation:
        raise ConvertRefused(
            reason=f"第 {line} 行的价格 / price in line {line}: {text[:40]}"
        ) from None
    if value != value.to_integral_value():
        raise ConvertRefused(reason=f"第 {line} 行的价格 / price in line {line}: {text[:40]}")
    return int(value)


def _stock(text: str) -> int:
    digits = text.strip()
    return max(0, int(digits)) if re.fullmatch(r"-?\d+", digits) else 0


def _option(row: dict[str, str]) -> str:
    values = [(row.get(f"Option{n} Value") or "").strip() for n in (1, 2, 3)]
    return " / ".join(value for value in values if value and value != DEFAULT)[:60]


def _picture(source: Path, target: Path, address: str) -> str:
    """The path inside the target of a picture that lies beside the CSV, or ""."""
    name = PurePosixPath(urlsplit(address).path).name
    file = source.parent / name
    if not name or file.suffix.lower() not in PICTURES or not file.is_file():
        return ""
    (target / "pictures").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target / "pictures" / name)
    return f"pictures/{name}"


def _goods(source: Path, target: Path, currency: str) -> Iterator[dict[str, Any]]:
    product: _Product | None = None
    for line, row in enumerate(rows(source, "Handle", "Title", "Variant Price"), start=2):
        handle = (row["Handle"] or "").strip()
        if (row.get("Status") or "active").strip().lower() not in {"", "active"} or not handle:
            continue
        if product is None or product.handle != handle:
            title = (row["Title"] or handle).strip()[:80]
            category = (row.get("Type") or "").strip()[:20]
            product = _Product(handle, title, category, text_of(row.get("Body (HTML)") or ""))
        picture = _picture(source, target, row.get("Image Src") or "")
        price = (row["Variant Price"] or "").strip()
        if not price:
            continue
        product.variants += 1
        first = product.variants == 1
        yield {
            "id": f"shopify-{handle}"[:120], "shop_id": SHOP, "title": product.title,
            "category": product.category, "body": product.body if first else "",
            "sku": ((row.get("Variant SKU") or "").strip() or f"{handle}-{product.variants}")[:60],
            "option": _option(row), "price_minor": _price(price, line), "currency": currency,
            "stock": _stock(row.get("Variant Inventory Qty") or ""),
            "pictures": picture if first else "",
        }  # fmt: skip


def convert(source: Path, target: Path, currency: str = "CNY") -> dict[str, int]:
    vendors = {(row.get("Vendor") or "").strip() for row in rows(source, "Handle", "Title")} - {""}
    name = vendors.pop() if len(vendors) == 1 else source.stem
    folder = Folder(target)
    owner = [{"id": OWNER, "name": name[:40], "bio": "从 Shopify 商品表导入的店主。"}]
    shop = [{"id": SHOP, "owner_id": OWNER, "name": name[:40], "bio": "从 Shopify 商品表导入。"}]
    return {
        "people": folder.write("people", owner),
        "shops": folder.write("shops", shop),
        "goods": folder.write("goods", _goods(source, target, currency)),
    }
