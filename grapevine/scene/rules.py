"""What a note may be: pure decisions."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

from grapevine.kit.text import marked

T = TypeVar("T")
TITLE_MAX = 60
BODY_MAX = 5_000
PICTURES_MAX = 9
GOODS_MAX = 9
TOPICS_MAX = 10
TOPIC_LENGTH_MAX = 30
COMMENT_MAX = 500
ALT_MAX = 120
_BETWEEN_TOPICS = re.compile(r"[\s#＃,，、;；]+")


def _printable(text: str) -> str:
    """Without control characters, which no page and no database wants."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) != "Cc")


def clean_title(text: str) -> str:
    """One line, no runs of spaces."""
    return _printable(" ".join(text.split()))


def clean_body(text: str) -> str:
    """Line ends of one kind, no trailing spaces, never more than one empty line in a row."""
    plain = _printable(text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    lines = [line.rstrip() for line in plain.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_topics(given: Iterable[str]) -> list[str]:
    """Names without #, in order, each once whatever its case or width; at most ten."""
    found: dict[str, str] = {}
    for entry in given:
        for part in _BETWEEN_TOPICS.split(_printable(unicodedata.normalize("NFKC", entry))):
            name = part.strip("/?.·")[:TOPIC_LENGTH_MAX].replace("/", "")
            if name:
                found.setdefault(name.casefold(), name)
    return list(found.values())[:TOPICS_MAX]


def wrong_parts(*, title: str, body: str, picture_count: int) -> dict[str, str]:
    """Which inputs stop a note from being published, with what to do about each."""
    wrong: dict[str, str] = {}
    if not title:
        wrong["title"] = marked("写一个标题")
    elif len(title) > TITLE_MAX:
        wrong["title"] = marked("标题最多 60 个字")
    if len(body) > BODY_MAX:
        wrong["body"] = marked("正文最多 5000 个字")
    if picture_count < 1:
        wrong["pictures"] = marked("至少放一张图")
    elif picture_count > PICTURES_MAX:
        wrong["pictures"] = marked("最多 9 张图")
    return wrong


def moved(items: Sequence[T], index: int, step: int) -> list[T]:
    """The list with one item moved by `step` places; beyond either end nothing moves."""
    result = list(items)
    target = index + step
    if 0 <= index < len(result) and 0 <= target < len(result):
        result.insert(target, result.pop(index))
    return result
