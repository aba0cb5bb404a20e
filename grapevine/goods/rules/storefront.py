"""What a shop's home page may hold, and which host names it may use."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from grapevine.kit.colours import CONTRAST_LEAST, contrast
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

KINDS = {
    "banner": marked("横幅"),
    "goods": marked("推荐商品"),
    "offers": marked("优惠和会员"),
    "text": marked("一段话"),
    "notes": marked("笔记"),
}
BLOCKS_MAX = 20
GOODS_MAX = 12
DEFAULT: tuple[dict[str, Any], ...] = (
    {"id": "offers", "kind": "offers", "facts": {}},
    {"id": "notes", "kind": "notes", "facts": {}},
)
"""What a shop that never published anything shows around its goods."""
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
CLOSED = ("localhost", "local", "internal", "test", "invalid", "example", "onion", "arpa", "lan")


def check_block(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that this kind keeps, trimmed. Raises BadInput."""
    if kind not in KINDS:
        raise BadInput(fields={"kind": marked("选一种版块")})
    title, text = str(facts.get("title") or "").strip(), str(facts.get("text") or "").strip()
    ids = [str(one) for one in facts.get("goods") or []]
    wrong: dict[str, str] = {}
    if len(title) > 40:
        wrong["title"] = marked("标题最多 40 个字")
    if len(text) > 500:
        wrong["text"] = marked("最多 500 个字")
    if kind == "text" and not text:
        wrong["text"] = marked("写点什么")
    if kind == "goods" and not 1 <= len(ids) <= GOODS_MAX:
        wrong["goods"] = marked("选 1 到 12 件商品")
    if kind == "banner" and not (facts.get("picture_id") or title):
        wrong["title"] = marked("横幅要有图片或标题")
    if wrong:
        raise BadInput(fields=wrong)
    return _kept(kind, facts, title, text, ids)


def _kept(
    kind: str, facts: Mapping[str, Any], title: str, text: str, ids: Sequence[str]
) -> dict[str, Any]:
    kept: dict[str, Any] = {"title": title}
    if kind in ("banner", "text"):
        kept["text"] = text
    if kind == "goods":
        kept["goods"] = list(ids)
    if kind == "banner" and facts.get("picture_id"):
        kept["picture_id"] = int(facts["picture_id"])
    return kept


def moved(ids: Sequence[str], which: str, *, step: int) -> list[str]:
    """The order with one block a place up (-1) or down (1); at the end it stays."""
    order = list(ids)
    at = order.index(which)
    to = min(len(order) - 1, max(0, at + step))
    order.insert(to, order.pop(at))
    return order


def is_readable(colour: str) -> bool:
    """Whether white text on it can be read (WCAG 2.2, 1.4.3)."""
    return contrast(colour, "#ffffff") >= CONTRAST_LEAST


def check_host(text: str, *, own: Sequence[str] = ()) -> str:
    """A public host name in lower case. Raises BadInput for addresses, reserved names and the platform's `own`."""
    host = text.strip().lower().rstrip(".")
    try:
        host = host.encode("idna").decode() if host and not host.isascii() else host
    except UnicodeError:
        host = ""
    labels = host.split(".")
    right = (
        len(host) <= 253
        and len(labels) > 1
        and all(LABEL.fullmatch(label) for label in labels)
        and labels[-1] not in CLOSED
        and not labels[-1][0].isdigit()  # an IPv4 address, also one that ends in 0x7f
        and not any(host == one or host.endswith(f".{one}") for one in own)
    )
    if not right:
        raise BadInput(fields={"host": marked("写一个自己的域名，比如 shop.example.com")})
    return host
