"""Taking people out of words that strangers will read."""

import re
from collections.abc import Iterable

HIDDEN = "＊＊"
NAME_LEAST = 2
PATTERNS = (
    re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE),
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,80}(?:\.[\w-]{1,40})*"),
    re.compile(r"@[\w-]{2,40}"),
    re.compile(r"(?i)(?:微信|wechat|weixin|wx|vx|qq|企鹅)\s*(?:号|id)?\s*[:：是]?\s*[A-Za-z0-9_-]{5,30}"),
    re.compile(r"[A-Za-z]{1,4}\d{6,}[A-Za-z0-9]*"),
    re.compile(r"[0-9０-９](?:[ \-－—.]?[0-9０-９]){5,}"),
    re.compile(r"[〇零一二三四五六七八九幺]{7,}"),
    re.compile(r"[\u4e00-\u9fff]{1,12}(?:路|街|巷|弄|大道|胡同)\s*[0-9０-９一二三四五六七八九十百]+\s*(?:号|弄)(?:\s*[0-9０-９A-Za-z]+\s*(?:号楼|栋|幢|单元|室|楼|层))*"),
    re.compile(r"[0-9０-９A-Za-z]+\s*(?:号楼|栋|幢|单元)\s*(?:[0-9０-９A-Za-z]+\s*(?:室|单元|楼|层)?)?"),
)  # fmt: skip
"""Links, e-mails, handles, accounts elsewhere, order and parcel numbers, phones and cards, streets and doors."""


def anonymised(text: str, names: Iterable[str]) -> str:
    """The text without these names, whatever their case, and without anything that looks like a way to find somebody."""
    known = sorted({one.strip() for one in names if len(one.strip()) >= NAME_LEAST}, key=len)
    for name in reversed(known):
        text = re.sub(re.escape(name), HIDDEN, text, flags=re.IGNORECASE)
    for pattern in PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return re.sub(rf"(?:{HIDDEN}\s*){{2,}}", HIDDEN, text).strip()


def about(amount_minor: int) -> int:
    """The amount in round hundreds, rounded up, so that it does not tell which order it was."""
    return -(-amount_minor // 10_000) * 10_000
